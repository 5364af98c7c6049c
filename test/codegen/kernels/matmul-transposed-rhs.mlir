// Without blocks, kernels read rows of the right operand.

// RUN: not kiln-test-kernels %s 2>&1 | FileCheck %s

func.func @f(%x: tensor<4x3xf32>, %y: tensor<5x3xf32>) -> tensor<4x5xf32> {
  // CHECK: [[@LINE+1]]:8: error: 'kiln.fusion' op expected a right operand that is not transposed, or copied in blocks (kiln-materialize-transposes)
  %r = kiln.fusion "f" contraction (%x, %y)
      attributes {kiln.tiling = array<i64: 4, 2, 0, 0, 0, 0>} : (tensor<4x3xf32>, tensor<5x3xf32>)
      -> tensor<4x5xf32> {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<5x3xf32>):
    %0 = kiln.matmul %a, %b transposed : (tensor<4x3xf32>, tensor<5x3xf32>)
    kiln.yield %0 : tensor<4x5xf32>
  }
  return %r : tensor<4x5xf32>
}
