// What must stay as it is.
// RUN: kiln-opt %s -kiln-chunk-gradients | FileCheck %s

// A sum of rows is no contraction, and a contraction that is no sum stays one a
// step.
// CHECK-LABEL: func.func @others(
// CHECK-NOT: chunk
// CHECK: return
func.func @others(%h0: tensor<8x3xf32>, %x: tensor<8x40x3xf32>, %w: tensor<3x3xf32>) -> (tensor<8x3xf32>, tensor<3xf32>) {
  %h, %g = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x : tensor<8x40x3xf32>) captures(%w : tensor<3x3xf32>)
      -> (tensor<8x3xf32>) sums(tensor<3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %u: tensor<3x3xf32>):
    %0 = kiln.matmul %s, %u : (tensor<8x3xf32>, tensor<3x3xf32>)
    %1 = kiln.reduce sum, %a along [0] : tensor<8x3xf32>
    kiln.yield %0, %1 : tensor<8x3xf32>, tensor<3xf32>
  }
  return %h, %g : tensor<8x3xf32>, tensor<3xf32>
}

// CHECK-LABEL: func.func @chosen(
// CHECK: chunk = 4 : i64
func.func @chosen(%x: tensor<8x40x3xf32>) -> tensor<3x3xf32> {
  %g = kiln.scan sequences(%x : tensor<8x40x3xf32>) sums(tensor<3x3xf32>) attributes {chunk = 4 : i64} {
  ^bb0(%a: tensor<8x3xf32>):
    %1 = kiln.matmul %a transposed, %a : (tensor<8x3xf32>, tensor<8x3xf32>)
    kiln.yield %1 : tensor<3x3xf32>
  }
  return %g : tensor<3x3xf32>
}
