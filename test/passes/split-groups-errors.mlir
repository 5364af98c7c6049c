// RUN: kiln-opt %s -verify-diagnostics -kiln-split-groups

func.func @no_kernel(%x: tensor<8x6xf32>, %w: tensor<3x6xf32>) -> tensor<8x3xf32> {
  %0 = kiln.fusion "a" contraction (%x, %w) : (tensor<8x6xf32>, tensor<3x6xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x6xf32>, %b: tensor<3x6xf32>):
    // expected-error@+1 {{no kernel runs 'kiln.matmul' alone}}
    %1 = kiln.matmul %a, %b transposed : (tensor<8x6xf32>, tensor<3x6xf32>)
    %2 = kiln.relu %1 : tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %0 : tensor<8x3xf32>
}
