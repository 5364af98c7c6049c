// RUN: kiln-opt %s --kiln-verify-plan | FileCheck %s
// RUN: kiln-opt %S/plan-memory.mlir --split-input-file --kiln-plan-memory --kiln-verify-plan -o /dev/null
// RUN: sed '/^ *kiln.barrier/d' %s | not kiln-opt --kiln-verify-plan 2>&1 | FileCheck %s --check-prefix=APART

// "a" and "c" share memory, for a barrier lies between the last use of one and
// the first of the other. Without it they do not.

// CHECK-LABEL: func.func @predict
// APART: error: in the arena, result 0 of 'c' has bytes 0 to 32 and result 0 of 'a' has bytes 0 to 32 at the same time
func.func @predict(%x: tensor<8xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<8xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 256 : i64, kiln.result_bytes = 64 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 128 : i64} {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<arena, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.places = [#kiln.place<arena, 128>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  kiln.barrier
  %2 = kiln.fusion "c" elementwise (%1)
      attributes {kiln.places = [#kiln.place<arena, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %3 = kiln.fusion "d" elementwise (%2)
      attributes {kiln.places = [#kiln.place<results, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %3 : tensor<8xf32>
}
