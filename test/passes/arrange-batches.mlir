// RUN: kiln-opt %s -kiln-arrange-batches | FileCheck %s

// Padding masks the recurrence, so samples of like length go side by side.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: attributes {kiln.arranged}
func.func @train_step(%tokens: tensor<8x5xi32> {kiln.role = "input"}, %h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>) -> tensor<8x3xf32> {
  %zeros = kiln.constant dense<0> : tensor<8x5xi32>
  %m = kiln.compare ne, %tokens, %zeros : tensor<8x5xi32>
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %0, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}

// What comes out of a prediction is in the order of what went in.
// CHECK-LABEL: func.func @predict(
// CHECK-NOT: kiln.arranged
func.func @predict(%tokens: tensor<8x5xi32> {kiln.role = "input"}, %h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>) -> tensor<8x3xf32> {
  %zeros = kiln.constant dense<0> : tensor<8x5xi32>
  %m = kiln.compare ne, %tokens, %zeros : tensor<8x5xi32>
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %0, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}
