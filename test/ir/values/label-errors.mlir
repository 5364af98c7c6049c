// A label that is no class ends the run where it is used.
// RUN: not kiln interpret %s 2>&1 | FileCheck %s

// CHECK: label-errors.mlir:[[#@LINE+5]]:8: error: 'kiln.softmax_cross_entropy' op cannot be interpreted: expected labels in [0, 2), got 2 in row 1
func.func @label() -> tensor<2xf32> {
  %x = kiln.constant dense<0.0> : tensor<2x2xf32>
  %y = kiln.constant dense<[1, 2]> : tensor<2xi32>
  // The loss:
  %0 = kiln.softmax_cross_entropy %x, %y : (tensor<2x2xf32>, tensor<2xi32>)
  return %0 : tensor<2xf32>
}
