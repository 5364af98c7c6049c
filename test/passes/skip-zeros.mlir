// RUN: kiln-opt %s -kiln-skip-zeros | FileCheck %s

// The model's input, also through a reshape, in both directions.
// CHECK-LABEL: func.func @train_step(
// CHECK: kiln.fusion "forward" contraction({{.*}}kiln.skip_zeros
// CHECK: kiln.fusion "dW" contraction({{.*}}kiln.skip_zeros
func.func @train_step(%x: tensor<8x4x4xf32> {kiln.role = "input"}, %w: tensor<16x64xf32>, %g: tensor<8x64xf32>) -> (tensor<8x64xf32>, tensor<16x64xf32>) {
  %0 = kiln.reshape %x : tensor<8x4x4xf32> to tensor<8x16xf32>
  %y = kiln.fusion "forward" contraction(%0, %w) : (tensor<8x16xf32>, tensor<16x64xf32>) -> tensor<8x64xf32> {
  ^bb0(%a: tensor<8x16xf32>, %b: tensor<16x64xf32>):
    %m = kiln.matmul %a, %b : (tensor<8x16xf32>, tensor<16x64xf32>)
    kiln.yield %m : tensor<8x64xf32>
  }
  %d = kiln.fusion "dW" contraction(%0, %g) : (tensor<8x16xf32>, tensor<8x64xf32>) -> tensor<16x64xf32> {
  ^bb0(%a: tensor<8x16xf32>, %b: tensor<8x64xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<8x16xf32>, tensor<8x64xf32>)
    kiln.yield %m : tensor<16x64xf32>
  }
  return %y, %d : tensor<8x64xf32>, tensor<16x64xf32>
}
