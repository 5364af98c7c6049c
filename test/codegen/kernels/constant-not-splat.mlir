// Kernels hold numbers, not tables.

// RUN: not kiln-test-kernels %s 2>&1 | FileCheck %s

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %r = kiln.fusion "f" elementwise (%x) : (tensor<2xf32>) -> tensor<2xf32> {
  ^bb0(%a: tensor<2xf32>):
    // CHECK: [[@LINE+1]]:10: error: 'kiln.constant' op expected a splat constant inside a fusion group
    %0 = kiln.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %1 = kiln.add %a, %0 : tensor<2xf32>
    kiln.yield %1 : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}
