// RUN: kiln-opt %s -kiln-ask-ahead | FileCheck %s

// A small batch is not worth it, nor is one that is scaled on the way.

// CHECK-LABEL: func.func @train_step(
// CHECK-NOT: kiln.ask_ahead
func.func @train_step(%x: tensor<63x65xf32> {kiln.role = "input"}, %z: tensor<64x65xf32> {kiln.role = "input"}, %g: tensor<63x32xf32>, %h: tensor<64x32xf32>) -> (tensor<65x32xf32>, tensor<65x32xf32>) {
  %c = kiln.fusion "small" contraction(%x, %g) : (tensor<63x65xf32>, tensor<63x32xf32>) -> tensor<65x32xf32> {
  ^bb0(%a: tensor<63x65xf32>, %b: tensor<63x32xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<63x65xf32>, tensor<63x32xf32>)
    kiln.yield %m : tensor<65x32xf32>
  }
  %d = kiln.fusion "scaled" contraction(%z, %h) : (tensor<64x65xf32>, tensor<64x32xf32>) -> tensor<65x32xf32> {
  ^bb0(%a: tensor<64x65xf32>, %b: tensor<64x32xf32>):
    %s = kiln.mul %a, %a : tensor<64x65xf32>
    %m = kiln.matmul %s transposed, %b : (tensor<64x65xf32>, tensor<64x32xf32>)
    kiln.yield %m : tensor<65x32xf32>
  }
  return %c, %d : tensor<65x32xf32>, tensor<65x32xf32>
}
