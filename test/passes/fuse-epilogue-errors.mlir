// What must stay outside of a contraction.
// RUN: kiln-opt %s -kiln-fuse-epilogue | FileCheck %s --implicit-check-not=kiln.fusion

// Another needs the product: it leaves anyway, and nothing is won.
// CHECK-LABEL: func.func @shared(
// CHECK: kiln.matmul
// CHECK: kiln.relu
// CHECK: kiln.transpose
func.func @shared(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>) -> (tensor<8x3xf32>, tensor<3x8xf32>) {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
  %1 = kiln.relu %0 : tensor<8x3xf32>
  %2 = kiln.transpose %0 : tensor<8x3xf32>
  return %1, %2 : tensor<8x3xf32>, tensor<3x8xf32>
}

// The other operand depends on the product by way of an op outside.
// CHECK-LABEL: func.func @cycle(
// CHECK: kiln.matmul
// CHECK: kiln.softmax
// CHECK: kiln.add
func.func @cycle(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>) -> tensor<8x3xf32> {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
  %1 = kiln.softmax %0 : tensor<8x3xf32>
  %2 = kiln.add %0, %1 : tensor<8x3xf32>
  return %2 : tensor<8x3xf32>
}

// Updates are kiln-fuse-update's.
// CHECK-LABEL: func.func @update(
// CHECK: kiln.matmul
// CHECK: kiln.sgd_update
func.func @update(%x: tensor<8x6xf32>, %g: tensor<8x3xf32>, %w: tensor<6x3xf32>, %h: tensor<2xf32>) -> tensor<6x3xf32> {
  %0 = kiln.matmul %x transposed, %g : (tensor<8x6xf32>, tensor<8x3xf32>)
  %1 = kiln.sgd_update %w, %0, %h : tensor<6x3xf32>
  return %1 : tensor<6x3xf32>
}

// Along rows is not element by element.
// CHECK-LABEL: func.func @rows(
// CHECK: kiln.matmul
// CHECK: kiln.reduce
func.func @rows(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>) -> tensor<8xf32> {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
  %1 = kiln.reduce sum, %0 along [1] : tensor<8x3xf32>
  return %1 : tensor<8xf32>
}
