// Gradients of ops that move or repeat elements against finite differences.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @v : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  kiln.param @p : tensor<3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}

  // CHECK-LABEL: gradients of @broadcast
  // CHECK: v 3 4 {{.*}} ok
  // CHECK-NEXT: p 3 12 {{.*}} ok
  func.func @broadcast(%b: tensor<4xf32> {kiln.param = @v},
                       %x: tensor<3x4xf32> {kiln.param = @p})
      -> (tensor<3x4xf32>, tensor<4x2xf32>) {
    %0 = kiln.broadcast %b along [1] : tensor<4xf32> to tensor<3x4xf32>
    %1 = kiln.mul %0, %x : tensor<3x4xf32>
    %2 = kiln.broadcast %b along [0] : tensor<4xf32> to tensor<4x2xf32>
    %3 = kiln.tanh %2 : tensor<4x2xf32>
    return %1, %3 : tensor<3x4xf32>, tensor<4x2xf32>
  }

  // CHECK-LABEL: gradients of @scalar
  // CHECK: v 3 4 {{.*}} ok
  func.func @scalar(%b: tensor<4xf32> {kiln.param = @v}) -> tensor<2x3xf32> {
    %0 = kiln.reduce sum, %b along [0] : tensor<4xf32>
    %1 = kiln.broadcast %0 along [] : tensor<f32> to tensor<2x3xf32>
    %2 = kiln.sigmoid %1 : tensor<2x3xf32>
    return %2 : tensor<2x3xf32>
  }

  // CHECK-LABEL: gradients of @reshape
  // CHECK: p 3 12 {{.*}} ok
  func.func @reshape(%x: tensor<3x4xf32> {kiln.param = @p})
      -> (tensor<2x6xf32>, tensor<4x3xf32>) {
    %0 = kiln.reshape %x : tensor<3x4xf32> to tensor<2x6xf32>
    %1 = kiln.exp %0 : tensor<2x6xf32>
    %2 = kiln.transpose %x : tensor<3x4xf32>
    %3 = kiln.tanh %2 : tensor<4x3xf32>
    return %1, %3 : tensor<2x6xf32>, tensor<4x3xf32>
  }
}
