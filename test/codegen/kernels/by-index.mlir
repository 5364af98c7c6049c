// The loops of groups that find rows by index.
// RUN: kiln-opt %s --kiln-plan --kiln-lower-to-spmd | FileCheck %s

// One declaration serves both kernels that call it.
// CHECK: func.func private @kiln_rt_unique(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64)
// CHECK-NOT: @kiln_rt_unique(!llvm.ptr

// Results that nothing reads have no address.
// CHECK-LABEL: func.func private @kiln_predict.all
// CHECK-COUNT-4: memref.extract_aligned_pointer_as_index
// CHECK: call @kiln_rt_unique
// CHECK-LABEL: func.func private @kiln_predict.positions
// CHECK-COUNT-2: memref.extract_aligned_pointer_as_index
// CHECK-NOT: memref.extract_aligned_pointer_as_index
// CHECK: call @kiln_rt_unique

// An index is loaded once a row; row 0 stands in for -1, and zeros for it.
// CHECK-LABEL: func.func private @kiln_predict.rows
// CHECK: scf.for
// CHECK: scf.for
// CHECK: %[[INDEX:.*]] = memref.load {{.*}} : memref<8x6xi32>
// CHECK: scf.for
// CHECK-NOT: memref.load
// CHECK: %[[EXISTS:.*]] = arith.cmpi sge, %[[INDEX]]
// CHECK: arith.maxsi %[[INDEX]]
// CHECK: vector.load {{.*}} : memref<10x64xf32>, vector<16xf32>
// CHECK: vector.broadcast %[[EXISTS]] : i1 to vector<16xi1>
// CHECK: arith.select
// CHECK: vector.store

// A row's chain is walked with its sums in registers.
// CHECK-LABEL: func.func private @kiln_predict.sums
// CHECK: scf.for
// CHECK: scf.while
// CHECK: arith.cmpi sge
// CHECK: scf.condition
// CHECK-COUNT-4: arith.addf {{.*}} : vector<16xf32>
// CHECK: memref.load {{.*}} : memref<48xi32>
// CHECK: scf.yield
// CHECK-COUNT-4: vector.store
kiln.param @e : tensor<10x64xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "e"}
func.func @predict(%e: tensor<10x64xf32> {kiln.param = @e},
                   %i: tensor<8x6xi32> {kiln.role = "input"})
    -> (tensor<8x6xi32>, tensor<8x6xi32>, tensor<8xi32>, tensor<8x6xi32>,
        tensor<8x6x64xf32>, tensor<10x64xf32>) {
  %u:3 = kiln.fusion "all" index (%i) : (tensor<8x6xi32>) -> (tensor<8x6xi32>, tensor<8x6xi32>, tensor<8xi32>) {
  ^bb0(%a: tensor<8x6xi32>):
    %0:3 = kiln.unique %a : tensor<8x6xi32>
    kiln.yield %0#0, %0#1, %0#2 : tensor<8x6xi32>, tensor<8x6xi32>, tensor<8xi32>
  }
  %p = kiln.fusion "positions" index (%i) : (tensor<8x6xi32>) -> tensor<8x6xi32> {
  ^bb0(%a: tensor<8x6xi32>):
    %0:3 = kiln.unique %a : tensor<8x6xi32>
    kiln.yield %0#1 : tensor<8x6xi32>
  }
  %g = kiln.fusion "rows" gather (%e, %i) : (tensor<10x64xf32>, tensor<8x6xi32>) -> tensor<8x6x64xf32> {
  ^bb0(%a: tensor<10x64xf32>, %b: tensor<8x6xi32>):
    %0 = kiln.gather %a, %b {batch_dims = 0 : i64} : (tensor<10x64xf32>, tensor<8x6xi32>)
    kiln.yield %0 : tensor<8x6x64xf32>
  }
  %c:2 = kiln.fusion "chains" index (%i) : (tensor<8x6xi32>) -> (tensor<10xi32>, tensor<8x6xi32>) {
  ^bb0(%a: tensor<8x6xi32>):
    %0:2 = kiln.chain %a {rows = 10 : i64} : tensor<8x6xi32>
    kiln.yield %0#0, %0#1 : tensor<10xi32>, tensor<8x6xi32>
  }
  %s = kiln.fusion "sums" scatter (%g, %c#0, %c#1)
      : (tensor<8x6x64xf32>, tensor<10xi32>, tensor<8x6xi32>) -> tensor<10x64xf32> {
  ^bb0(%a: tensor<8x6x64xf32>, %b: tensor<10xi32>, %n: tensor<8x6xi32>):
    %0 = kiln.chain_sum %a, %b, %n : (tensor<8x6x64xf32>, tensor<10xi32>, tensor<8x6xi32>)
    kiln.yield %0 : tensor<10x64xf32>
  }
  return %u#0, %u#1, %u#2, %p, %g, %s
      : tensor<8x6xi32>, tensor<8x6xi32>, tensor<8xi32>, tensor<8x6xi32>,
        tensor<8x6x64xf32>, tensor<10x64xf32>
}
