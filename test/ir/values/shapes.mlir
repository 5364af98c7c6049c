// RUN: kiln interpret %s | FileCheck %s

// CHECK: broadcast: 0: tensor<3x2xf32> [1, 2, 1, 2, 1, 2]
// CHECK: broadcast: 1: tensor<2x3xf32> [1, 1, 1, 2, 2, 2]
// CHECK: broadcast: 2: tensor<2x2xf32> [7, 7, 7, 7]
// CHECK: broadcast: 3: tensor<2x2x2xf32> [1, 2, 1, 2, 3, 4, 3, 4]
func.func @broadcast() -> (tensor<3x2xf32>, tensor<2x3xf32>, tensor<2x2xf32>,
                           tensor<2x2x2xf32>) {
  %v = kiln.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %s = kiln.constant dense<7.0> : tensor<f32>
  %m = kiln.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = kiln.broadcast %v along [1] : tensor<2xf32> to tensor<3x2xf32>
  %1 = kiln.broadcast %v along [0] : tensor<2xf32> to tensor<2x3xf32>
  %2 = kiln.broadcast %s along [] : tensor<f32> to tensor<2x2xf32>
  %3 = kiln.broadcast %m along [0, 2] : tensor<2x2xf32> to tensor<2x2x2xf32>
  return %0, %1, %2, %3 : tensor<3x2xf32>, tensor<2x3xf32>, tensor<2x2xf32>,
                          tensor<2x2x2xf32>
}

// CHECK: reshape: 0: tensor<3x2xf32> [1, 2, 3, 4, 5, 6]
// CHECK: transpose: 0: tensor<3x2xf32> [1, 4, 2, 5, 3, 6]
func.func @reshape() -> tensor<3x2xf32> {
  %x = kiln.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]>
     : tensor<2x3xf32>
  %0 = kiln.reshape %x : tensor<2x3xf32> to tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
func.func @transpose() -> tensor<3x2xf32> {
  %x = kiln.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]>
     : tensor<2x3xf32>
  %0 = kiln.transpose %x : tensor<2x3xf32>
  return %0 : tensor<3x2xf32>
}

// CHECK: constant: 0: tensor<2xi64> [-1, 9007199254740992]
func.func @constant() -> tensor<2xi64> {
  %0 = kiln.constant dense<[-1, 9007199254740992]> : tensor<2xi64>
  return %0 : tensor<2xi64>
}
