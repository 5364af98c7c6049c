// Where rows past the tokens are read, they are computed.
// RUN: kiln-opt %s -kiln-form-groups -kiln-skip-padding | FileCheck %s --implicit-check-not=kiln.ragged

// CHECK-LABEL: func.func @returned(
// CHECK: kiln.gather
func.func @returned(%table: tensor<50x4xf32>, %w: tensor<4x3xf32>, %tokens: tensor<2x6xi32>) -> tensor<12x3xf32> {
  %values, %positions, %counts = kiln.unique %tokens : tensor<2x6xi32>
  %x = kiln.gather %table, %values {batch_dims = 0 : i64} : (tensor<50x4xf32>, tensor<2x6xi32>)
  %flat = kiln.reshape %x : tensor<2x6x4xf32> to tensor<12x4xf32>
  %p = kiln.matmul %flat, %w : (tensor<12x4xf32>, tensor<4x3xf32>)
  return %p : tensor<12x3xf32>
}
