// RUN: kiln-opt %s -kiln-split-sums | FileCheck %s

kiln.param @w : tensor<784x128xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
kiln.param @v : tensor<128x10xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
kiln.param @u : tensor<256x256xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}

// A product with weights that the step updates; the second one is too small.
// CHECK-LABEL: func.func @train_step(
// CHECK:      %[[P:.*]] = kiln.partial_matmul %arg2, %arg0, 2 : (tensor<64x784xf32>, tensor<784x128xf32>)
// CHECK-NEXT: %[[H:.*]] = kiln.reduce sum, %[[P]] along [0] : tensor<2x64x128xf32>
// CHECK-NEXT: kiln.matmul %[[H]], %arg1 : (tensor<64x128xf32>, tensor<128x10xf32>)
func.func @train_step(%w: tensor<784x128xf32> {kiln.param = @w}, %v: tensor<128x10xf32> {kiln.param = @v}, %x: tensor<64x784xf32> {kiln.role = "input"})
    -> (tensor<784x128xf32> {kiln.donates = 0 : i64}, tensor<128x10xf32> {kiln.donates = 1 : i64}, tensor<64x10xf32>) {
  %h = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x128xf32>)
  %y = kiln.matmul %h, %v : (tensor<64x128xf32>, tensor<128x10xf32>)
  return %w, %v, %y : tensor<784x128xf32>, tensor<128x10xf32>, tensor<64x10xf32>
}

// A deeper layer's weights, read both ways: the gradient of its input reads
// rows of them for columns of the result.
// CHECK-LABEL: func.func @deep(
// CHECK: kiln.partial_matmul %{{.*}}, %{{.*}}, 2
// CHECK: kiln.matmul %{{.*}}, %{{.*}} transposed
func.func @deep(%w: tensor<256x256xf32> {kiln.param = @u}, %x: tensor<32x256xf32>)
    -> (tensor<256x256xf32> {kiln.donates = 0 : i64}, tensor<32x256xf32>) {
  %h = kiln.matmul %x, %w : (tensor<32x256xf32>, tensor<256x256xf32>)
  %d = kiln.matmul %h, %w transposed : (tensor<32x256xf32>, tensor<256x256xf32>)
  return %w, %d : tensor<256x256xf32>, tensor<32x256xf32>
}

// Sums so long that the operands are much more than the result, whichever way
// the left one is held.
// CHECK-LABEL: func.func @long(
// CHECK:      %[[P:.*]] = kiln.partial_matmul %arg0, %arg1, 2 : (tensor<64x16384xf32>, tensor<16384x64xf32>)
// CHECK-NEXT: kiln.reduce sum, %[[P]] along [0] : tensor<2x64x64xf32>
// CHECK:      kiln.partial_matmul %arg2 transposed, %arg1, 2 : (tensor<16384x512xf32>, tensor<16384x64xf32>)
func.func @long(%a: tensor<64x16384xf32>, %b: tensor<16384x64xf32>, %x: tensor<16384x512xf32>) -> (tensor<64x64xf32>, tensor<512x64xf32>) {
  %c = kiln.matmul %a, %b : (tensor<64x16384xf32>, tensor<16384x64xf32>)
  %d = kiln.matmul %x transposed, %b : (tensor<16384x512xf32>, tensor<16384x64xf32>)
  return %c, %d : tensor<64x64xf32>, tensor<512x64xf32>
}
