// RUN: kiln-opt %s -kiln-chain-scatters -cse | FileCheck %s

// CHECK-LABEL: func.func @embedding(
// CHECK-SAME: %[[DX:[a-z0-9]+]]: tensor<8x5x6xf32>, %[[I:[a-z0-9]+]]: tensor<8x5xi32>
// CHECK-NEXT: %[[FIRST:.*]], %[[NEXT:.*]] = kiln.chain %[[I]] {rows = 100 : i64}
// CHECK-NEXT: %[[G:.*]] = kiln.chain_sum %[[DX]], %[[FIRST]], %[[NEXT]]
// CHECK-NEXT: return %[[G]]
func.func @embedding(%dx: tensor<8x5x6xf32>, %i: tensor<8x5xi32>) -> tensor<100x6xf32> {
  %0 = kiln.scatter %dx, %i {batch_dims = 0 : i64, rows = 100 : i64}
     : (tensor<8x5x6xf32>, tensor<8x5xi32>)
  return %0 : tensor<100x6xf32>
}

// One chain serves both, but not the other direction.
// CHECK-LABEL: func.func @shared(
// CHECK:     %[[FIRST:.*]], %[[NEXT:.*]] = kiln.chain %{{.*}} {rows = 9 : i64}
// CHECK:     kiln.chain_sum %{{.*}}, %[[FIRST]], %[[NEXT]]
// CHECK:     kiln.chain_sum %{{.*}}, %[[FIRST]], %[[NEXT]]
// CHECK:     %[[LAST:.*]], %[[PREVIOUS:.*]] = kiln.chain %{{.*}} {descending, rows = 9 : i64}
// CHECK:     kiln.chain_sum %{{.*}}, %[[LAST]], %[[PREVIOUS]]
// CHECK-NOT: kiln.scatter
func.func @shared(%x: tensor<4x6xf32>, %y: tensor<4x3xf32>, %i: tensor<4xi32>)
    -> (tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x3xf32>) {
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 9 : i64} : (tensor<4x6xf32>, tensor<4xi32>)
  %1 = kiln.scatter %y, %i {batch_dims = 0 : i64, rows = 9 : i64} : (tensor<4x3xf32>, tensor<4xi32>)
  %2 = kiln.scatter %y, %i {batch_dims = 0 : i64, rows = 9 : i64, descending}
     : (tensor<4x3xf32>, tensor<4xi32>)
  return %0, %1, %2 : tensor<9x6xf32>, tensor<9x3xf32>, tensor<9x3xf32>
}
