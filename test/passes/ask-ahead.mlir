// RUN: kiln-opt %s -kiln-ask-ahead | FileCheck %s

// The last gradient by the model's input, also through a reshape; not what comes
// behind it, and not the product forward.

// CHECK-LABEL: func.func @train_step(
// CHECK: kiln.fusion "forward"
// CHECK-NOT: kiln.ask_ahead
// CHECK: kiln.fusion "dW" contraction(%{{.*}}, %{{.*}}) attributes {kiln.ask_ahead = 1 : i64}
// CHECK-NOT: kiln.ask_ahead
func.func @train_step(%x: tensor<64x8x8xf32> {kiln.role = "input"}, %w: tensor<64x32xf32>, %g: tensor<64x32xf32>) -> (tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<32x32xf32>) {
  %0 = kiln.reshape %x : tensor<64x8x8xf32> to tensor<64x64xf32>
  %y = kiln.fusion "forward" contraction(%0, %w) : (tensor<64x64xf32>, tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x64xf32>, %b: tensor<64x32xf32>):
    %m = kiln.matmul %a, %b : (tensor<64x64xf32>, tensor<64x32xf32>)
    kiln.yield %m : tensor<64x32xf32>
  }
  %c = kiln.fusion "first dW" contraction(%0, %g) : (tensor<64x64xf32>, tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x64xf32>, %b: tensor<64x32xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<64x64xf32>, tensor<64x32xf32>)
    kiln.yield %m : tensor<64x32xf32>
  }
  %d = kiln.fusion "dW" contraction(%y, %0) : (tensor<64x32xf32>, tensor<64x64xf32>) -> tensor<64x32xf32> {
  ^bb0(%b: tensor<64x32xf32>, %a: tensor<64x64xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<64x64xf32>, tensor<64x32xf32>)
    kiln.yield %m : tensor<64x32xf32>
  }
  // A gradient by what a layer puts out.
  %e = kiln.fusion "dW 2" contraction(%y, %g) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<32x32xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<64x32xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<64x32xf32>, tensor<64x32xf32>)
    kiln.yield %m : tensor<32x32xf32>
  }
  return %y, %c, %d, %e : tensor<64x32xf32>, tensor<64x32xf32>, tensor<64x32xf32>, tensor<32x32xf32>
}
