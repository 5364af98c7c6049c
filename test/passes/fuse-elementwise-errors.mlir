// What must not share an elementwise group.
// RUN: kiln-opt %s -kiln-fuse-elementwise | FileCheck %s --implicit-check-not=kiln.fusion

// Another shape, though a reshape joins them.
// CHECK-LABEL: func.func @shapes(
// CHECK: kiln.tanh
// CHECK: kiln.reshape
// CHECK: kiln.exp
func.func @shapes(%x: tensor<8x3xf32>) -> tensor<24xf32> {
  %0 = kiln.tanh %x : tensor<8x3xf32>
  %1 = kiln.reshape %0 : tensor<8x3xf32> to tensor<24xf32>
  %2 = kiln.exp %1 : tensor<24xf32>
  return %2 : tensor<24xf32>
}

// A way round by another op.
// CHECK-LABEL: func.func @cycle(
// CHECK: kiln.tanh
// CHECK: kiln.softmax
// CHECK: kiln.add
func.func @cycle(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %0 = kiln.tanh %x : tensor<8x3xf32>
  %1 = kiln.softmax %0 : tensor<8x3xf32>
  %2 = kiln.add %0, %1 : tensor<8x3xf32>
  return %2 : tensor<8x3xf32>
}

// Equal shapes that feed one another nothing.
// CHECK-LABEL: func.func @apart(
// CHECK: kiln.tanh
// CHECK: kiln.exp
func.func @apart(%x: tensor<8x3xf32>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %0 = kiln.tanh %x : tensor<8x3xf32>
  %1 = kiln.exp %x : tensor<8x3xf32>
  return %0, %1 : tensor<8x3xf32>, tensor<8x3xf32>
}
