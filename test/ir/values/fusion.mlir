// A group computes what its ops compute, and barriers change nothing.
// RUN: kiln interpret %s | FileCheck %s

// CHECK: fusion: 0: tensor<1x2xf32> [0, 4]
// CHECK: fusion: 1: tensor<1x2xf32> [-2, 4]
func.func @fusion() -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %x = kiln.constant dense<[[2.0]]> : tensor<1x1xf32>
  %w = kiln.constant dense<[[-1.0, 2.0]]> : tensor<1x2xf32>
  %0, %1 = kiln.fusion "f" contraction (%x, %w)
      : (tensor<1x1xf32>, tensor<1x2xf32>)
      -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  ^bb0(%a: tensor<1x1xf32>, %b: tensor<1x2xf32>):
    %c = kiln.matmul %a, %b : (tensor<1x1xf32>, tensor<1x2xf32>)
    %d = kiln.relu %c : tensor<1x2xf32>
    kiln.yield %d, %c : tensor<1x2xf32>, tensor<1x2xf32>
  }
  kiln.barrier
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}
