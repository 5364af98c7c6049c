// What must not share a group of rows, or of a total.
// RUN: kiln-opt %s -kiln-fuse-loss | FileCheck %s --implicit-check-not=kiln.fusion

// The second softmax depends on the first by way of a contraction.
// CHECK-LABEL: func.func @cycle(
// CHECK: kiln.softmax
// CHECK: kiln.matmul
// CHECK: kiln.softmax
func.func @cycle(%x: tensor<3x3xf32>, %w: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = kiln.softmax %x : tensor<3x3xf32>
  %1 = kiln.matmul %0, %w : (tensor<3x3xf32>, tensor<3x3xf32>)
  %2 = kiln.softmax %1 : tensor<3x3xf32>
  return %2 : tensor<3x3xf32>
}

// As many rows as columns: sums of rows laid along columns need every row.
// CHECK-LABEL: func.func @square(
// CHECK: kiln.reduce
// CHECK: kiln.broadcast
// CHECK: kiln.add
func.func @square(%x: tensor<3x3xf32>, %y: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = kiln.reduce sum, %x along [1] : tensor<3x3xf32>
  %1 = kiln.broadcast %0 along [1] : tensor<3xf32> to tensor<3x3xf32>
  %2 = kiln.add %1, %y : tensor<3x3xf32>
  return %2 : tensor<3x3xf32>
}

// A total spread out again: only the next kernel can use it.
// CHECK-LABEL: func.func @spread(
// CHECK: kiln.reduce
// CHECK: kiln.broadcast
// CHECK: kiln.div
func.func @spread(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = kiln.reduce sum, %x along [0, 1] : tensor<3x4xf32>
  %1 = kiln.broadcast %0 along [] : tensor<f32> to tensor<3x4xf32>
  %2 = kiln.div %x, %1 : tensor<3x4xf32>
  return %2 : tensor<3x4xf32>
}

// Squares that others need as well are an input of their sum.
// CHECK-LABEL: func.func @shared(
// CHECK: kiln.mul
// CHECK: kiln.reduce
func.func @shared(%x: tensor<3x4xf32>) -> (tensor<f32>, tensor<3x4xf32>) {
  %0 = kiln.mul %x, %x : tensor<3x4xf32>
  %1 = kiln.reduce sum, %0 along [0, 1] : tensor<3x4xf32>
  return %1, %0 : tensor<f32>, tensor<3x4xf32>
}
