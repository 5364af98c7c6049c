// RUN: kiln interpret %s | FileCheck %s

// Row 2 is named by the elements 0, 3 and 4, row 0 by 1; 2 is nowhere.
// CHECK: chain: 0: tensor<4xi32> [1, -1, 0, -1]
// CHECK: chain: 1: tensor<5xi32> [3, -1, -1, 4, -1]
// CHECK: chain: 2: tensor<4xi32> [1, -1, 4, -1]
// CHECK: chain: 3: tensor<5xi32> [-1, -1, -1, 0, 3]
func.func @chain() -> (tensor<4xi32>, tensor<5xi32>, tensor<4xi32>,
                       tensor<5xi32>) {
  %i = kiln.constant dense<[2, 0, -1, 2, 2]> : tensor<5xi32>
  %0:2 = kiln.chain %i {rows = 4 : i64} : tensor<5xi32>
  %1:2 = kiln.chain %i {rows = 4 : i64, descending} : tensor<5xi32>
  return %0#0, %0#1, %1#0, %1#1 : tensor<4xi32>, tensor<5xi32>, tensor<4xi32>,
                                  tensor<5xi32>
}

// In the chain's order: 1 + 2^-24 twice is 1, 2^-24 twice and 1 is more.
// CHECK: chain_sum: 0: tensor<2x1xf32> [1, 0]
// CHECK: chain_sum: 1: tensor<2x1xf32> [1.00000012, 0]
func.func @chain_sum() -> (tensor<2x1xf32>, tensor<2x1xf32>) {
  %x = kiln.constant dense<[[1.0], [5.96046448e-08], [5.96046448e-08]]>
     : tensor<3x1xf32>
  %i = kiln.constant dense<0> : tensor<3xi32>
  %0:2 = kiln.chain %i {rows = 2 : i64} : tensor<3xi32>
  %1:2 = kiln.chain %i {rows = 2 : i64, descending} : tensor<3xi32>
  %2 = kiln.chain_sum %x, %0#0, %0#1
     : (tensor<3x1xf32>, tensor<2xi32>, tensor<3xi32>)
  %3 = kiln.chain_sum %x, %1#0, %1#1
     : (tensor<3x1xf32>, tensor<2xi32>, tensor<3xi32>)
  return %2, %3 : tensor<2x1xf32>, tensor<2x1xf32>
}
