// RUN: kiln-opt %s -kiln-chunk-gradients | FileCheck %s

// CHECK-LABEL: func.func @recurrence(
// CHECK: kiln.scan
// CHECK-SAME: chunk = 16 : i64
func.func @recurrence(%h0: tensor<8x3xf32>, %x: tensor<8x40x3xf32>, %d: tensor<8x40x3xf32>) -> (tensor<8x3xf32>, tensor<3x3xf32>) {
  %h, %g = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %d : tensor<8x40x3xf32>, tensor<8x40x3xf32>)
      -> (tensor<8x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8x3xf32>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.matmul %s transposed, %b : (tensor<8x3xf32>, tensor<8x3xf32>)
    kiln.yield %0, %1 : tensor<8x3xf32>, tensor<3x3xf32>
  }
  return %h, %g : tensor<8x3xf32>, tensor<3x3xf32>
}

// No more steps than there are.
// CHECK-LABEL: func.func @short(
// CHECK: chunk = 5 : i64
func.func @short(%x: tensor<8x5x3xf32>) -> tensor<3x3xf32> {
  %g = kiln.scan sequences(%x : tensor<8x5x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%a: tensor<8x3xf32>):
    %1 = kiln.matmul %a transposed, %a : (tensor<8x3xf32>, tensor<8x3xf32>)
    kiln.yield %1 : tensor<3x3xf32>
  }
  return %g : tensor<3x3xf32>
}
