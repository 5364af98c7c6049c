// An op that the kind of its group has no kernel for is an error at the op.

// RUN: not kiln-test-kernels %s 2>&1 | FileCheck %s

func.func @f(%x: tensor<4x10xf32>) -> tensor<4x10xf32> {
  %r = kiln.fusion "f" elementwise (%x) : (tensor<4x10xf32>) -> tensor<4x10xf32> {
  ^bb0(%a: tensor<4x10xf32>):
    // CHECK: [[@LINE+1]]:10: error: 'kiln.softmax' op has no place in a fusion group of kind 'elementwise'
    %0 = kiln.softmax %a : tensor<4x10xf32>
    kiln.yield %0 : tensor<4x10xf32>
  }
  return %r : tensor<4x10xf32>
}
