// Gradients of ops along rows against finite differences.
// RUN: kiln check %s | FileCheck %s --implicit-check-not=WRONG

module {
  kiln.param @p : tensor<3x4xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "l"}

  // CHECK-LABEL: gradients of @softmax
  // CHECK: p 3 12 {{.*}} ok
  func.func @softmax(%x: tensor<3x4xf32> {kiln.param = @p}) -> tensor<3x4xf32> {
    %0 = kiln.softmax %x : tensor<3x4xf32>
    return %0 : tensor<3x4xf32>
  }

  // CHECK-LABEL: gradients of @cross_entropy
  // CHECK: p 3 12 {{.*}} ok
  func.func @cross_entropy(%x: tensor<3x4xf32> {kiln.param = @p},
                           %labels: tensor<3xi32>) -> tensor<3xf32> {
    %0 = kiln.softmax_cross_entropy %x, %labels
        : (tensor<3x4xf32>, tensor<3xi32>)
    %1 = kiln.mul %0, %0 : tensor<3xf32>
    return %1 : tensor<3xf32>
  }
}
