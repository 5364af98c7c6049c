// Updates that stay by themselves.
// RUN: kiln-opt %s -kiln-fuse-update | FileCheck %s --implicit-check-not=kiln.fusion

// Another needs the gradient, so it has to be stored.
// CHECK-LABEL: func.func @returned(
// CHECK: kiln.matmul
// CHECK: kiln.sgd_update
func.func @returned(%x: tensor<8x6xf32>, %d: tensor<8x3xf32>, %w: tensor<6x3xf32>, %h: tensor<2xf32>)
    -> (tensor<6x3xf32>, tensor<6x3xf32>) {
  %0 = kiln.matmul %x transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>)
  %1 = kiln.sgd_update %w, %0, %h : tensor<6x3xf32>
  return %1, %0 : tensor<6x3xf32>, tensor<6x3xf32>
}

// The gradient comes from no contraction and no column sum.
// CHECK-LABEL: func.func @no_anchor(
// CHECK: kiln.transpose
// CHECK: kiln.sgd_update
func.func @no_anchor(%g: tensor<3x6xf32>, %w: tensor<6x3xf32>, %h: tensor<2xf32>) -> tensor<6x3xf32> {
  %0 = kiln.transpose %g : tensor<3x6xf32>
  %1 = kiln.sgd_update %w, %0, %h : tensor<6x3xf32>
  return %1 : tensor<6x3xf32>
}

// Between the two stands an op that no tile computes.
// CHECK-LABEL: func.func @between(
// CHECK: kiln.matmul
// CHECK: kiln.softmax
// CHECK: kiln.sgd_update
func.func @between(%x: tensor<8x6xf32>, %d: tensor<8x3xf32>, %w: tensor<6x3xf32>, %h: tensor<2xf32>) -> tensor<6x3xf32> {
  %0 = kiln.matmul %x transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>)
  %1 = kiln.softmax %0 : tensor<6x3xf32>
  %2 = kiln.sgd_update %w, %1, %h : tensor<6x3xf32>
  return %2 : tensor<6x3xf32>
}
