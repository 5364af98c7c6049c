// What must stay as it is.
// RUN: kiln-opt %s -kiln-chain-scatters | FileCheck %s

// Into a table for each sample: the sample is the owner.
// CHECK-LABEL: func.func @own(
// CHECK-NEXT: kiln.scatter
// CHECK-NOT: kiln.chain
func.func @own(%dx: tensor<8x5x6xf32>, %i: tensor<8x5xi32>) -> tensor<8x5x6xf32> {
  %0 = kiln.scatter %dx, %i {batch_dims = 1 : i64, rows = 5 : i64}
     : (tensor<8x5x6xf32>, tensor<8x5xi32>)
  return %0 : tensor<8x5x6xf32>
}
