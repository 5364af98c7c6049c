// What must stay as it is.
// RUN: kiln-opt %s -kiln-arrange-batches --split-input-file | FileCheck %s

// CHECK-NOT: kiln.arranged

// The mask comes from elsewhere: nothing is known of the samples' lengths.
func.func @train_step(%m: tensor<8x5xi1>, %h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>) -> tensor<8x3xf32> {
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %0, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}

// -----

// Another token than padding is masked.
func.func @train_step(%tokens: tensor<8x5xi32> {kiln.role = "input"}, %h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>) -> tensor<8x3xf32> {
  %sevens = kiln.constant dense<7> : tensor<8x5xi32>
  %m = kiln.compare ne, %tokens, %sevens : tensor<8x5xi32>
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %0, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}

// -----

// The mask is read, but by no recurrence.
func.func @train_step(%tokens: tensor<8x5xi32> {kiln.role = "input"}) -> tensor<8x5xi1> {
  %zeros = kiln.constant dense<0> : tensor<8x5xi32>
  %m = kiln.compare ne, %tokens, %zeros : tensor<8x5xi32>
  return %m : tensor<8x5xi1>
}
