// RUN: kiln-opt %s --kiln-plan-memory --kiln-lower-to-spmd | FileCheck %s
// RUN: kiln-opt %s --kiln-plan-memory --kiln-lower-to-spmd=omit-barrier=1 \
// RUN:   | FileCheck %s --check-prefix=WITHOUT
// RUN: not kiln-opt %s --kiln-plan-memory \
// RUN:   --kiln-lower-to-spmd=omit-barrier=3 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR

// Of the three barriers, the one between the kernels can be left out.
// CHECK-COUNT-3: omp.barrier
// CHECK-NOT: omp.barrier
// WITHOUT: omp.barrier
// WITHOUT: call @kiln_predict.a
// WITHOUT-NOT: omp.barrier
// WITHOUT: call @kiln_predict.b
// WITHOUT: omp.barrier
// ERROR: error: expected omit-barrier to be below 3, got 3
func.func @predict(%x: tensor<8xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.relu %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  kiln.barrier
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.relu %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %1 : tensor<8xf32>
}
