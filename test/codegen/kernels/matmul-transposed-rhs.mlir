// Kernels read rows of the right operand.

// RUN: not kiln-test-kernels %s 2>&1 | FileCheck %s

func.func @f(%x: tensor<4x3xf32>, %y: tensor<5x3xf32>) -> tensor<4x5xf32> {
  %r = kiln.fusion "f" contraction (%x, %y) : (tensor<4x3xf32>, tensor<5x3xf32>)
      -> tensor<4x5xf32> {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<5x3xf32>):
    // CHECK: [[@LINE+1]]:10: error: 'kiln.matmul' op expected a right operand that is not transposed (kiln-materialize-transposes)
    %0 = kiln.matmul %a, %b transposed : (tensor<4x3xf32>, tensor<5x3xf32>)
    kiln.yield %0 : tensor<4x5xf32>
  }
  return %r : tensor<4x5xf32>
}
