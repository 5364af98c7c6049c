// What stays whole, and what kiln explain says of it.
// RUN: kiln-opt %s -kiln-split-sums --split-input-file -verify-diagnostics | FileCheck %s

// CHECK-NOT: partial_matmul

module attributes {kiln.explain} {
  kiln.param @w : tensor<784x128xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  // Nothing writes them.
  func.func @evaluate(%w: tensor<784x128xf32> {kiln.param = @w}, %x: tensor<64x784xf32>) -> tensor<64x128xf32> {
    %h = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x128xf32>)
    return %h : tensor<64x128xf32>
  }
  // No parameter on the right; a slot is none. Too short, too wide, too small.
  func.func @other(%w: tensor<784x128xf32> {kiln.param = @w, kiln.slot = "momentum"}, %x: tensor<64x784xf32>, %g: tensor<64x128xf32>)
      -> (tensor<784x128xf32> {kiln.donates = 0 : i64}, tensor<64x128xf32>, tensor<784x128xf32>) {
    %h = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x128xf32>)
    %d = kiln.matmul %x transposed, %g : (tensor<64x784xf32>, tensor<64x128xf32>)
    return %w, %h, %d : tensor<784x128xf32>, tensor<64x128xf32>, tensor<784x128xf32>
  }
  func.func @short(%a: tensor<4096x2048xf32>, %b: tensor<4096x64xf32>) -> tensor<2048x64xf32> {
    %c = kiln.matmul %a transposed, %b : (tensor<4096x2048xf32>, tensor<4096x64xf32>)
    return %c : tensor<2048x64xf32>
  }
  func.func @wide(%a: tensor<4096x512xf32>, %b: tensor<4096x512xf32>) -> tensor<512x512xf32> {
    %c = kiln.matmul %a transposed, %b : (tensor<4096x512xf32>, tensor<4096x512xf32>)
    return %c : tensor<512x512xf32>
  }
  func.func @small(%a: tensor<4096x64xf32>, %b: tensor<4096x64xf32>) -> tensor<64x64xf32> {
    %c = kiln.matmul %a transposed, %b : (tensor<4096x64xf32>, tensor<4096x64xf32>)
    return %c : tensor<64x64xf32>
  }
  // Zeros of an input are passed over where its sum is whole.
  func.func @input(%a: tensor<16384x64xf32> {kiln.role = "input"}, %b: tensor<16384x64xf32>) -> tensor<64x64xf32> {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: zeros of the input can be passed over}}
    %c = kiln.matmul %a transposed, %b : (tensor<16384x64xf32>, tensor<16384x64xf32>)
    return %c : tensor<64x64xf32>
  }
}

// -----

module attributes {kiln.explain} {
  kiln.param @w_few : tensor<784x10xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  kiln.param @w_odd : tensor<785x128xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  kiln.param @w_many : tensor<784x128xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  kiln.param @w_packed : tensor<784x128xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  kiln.param @w_turned : tensor<128x784xf32> init <zeros, 0.000000e+00, 0.000000e+00> {layer = "dense"}
  func.func @few(%w: tensor<784x10xf32> {kiln.param = @w_few}, %x: tensor<64x784xf32>) -> (tensor<784x10xf32> {kiln.donates = 0 : i64}, tensor<64x10xf32>) {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: its weights are few}}
    %h = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x10xf32>)
    return %w, %h : tensor<784x10xf32>, tensor<64x10xf32>
  }
  func.func @odd(%w: tensor<785x128xf32> {kiln.param = @w_odd}, %x: tensor<64x785xf32>) -> (tensor<785x128xf32> {kiln.donates = 0 : i64}, tensor<64x128xf32>) {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: it sums over an odd number}}
    %h = kiln.matmul %x, %w : (tensor<64x785xf32>, tensor<785x128xf32>)
    return %w, %h : tensor<785x128xf32>, tensor<64x128xf32>
  }
  func.func @many(%w: tensor<784x128xf32> {kiln.param = @w_many}, %x: tensor<200x784xf32>) -> (tensor<784x128xf32> {kiln.donates = 0 : i64}, tensor<200x128xf32>) {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: two results would be more than half as large as the weights}}
    %h = kiln.matmul %x, %w : (tensor<200x784xf32>, tensor<784x128xf32>)
    return %w, %h : tensor<784x128xf32>, tensor<200x128xf32>
  }
  func.func @packed(%w: tensor<784x128xf32> {kiln.param = @w_packed}, %x: tensor<64x784xf32>) -> (tensor<784x128xf32> {kiln.donates = 0 : i64}, tensor<64x128xf32>) {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: it is in bfloat16, whose operands are packed}}
    %h = kiln.matmul %x, %w {bfloat16} : (tensor<64x784xf32>, tensor<784x128xf32>)
    return %w, %h : tensor<784x128xf32>, tensor<64x128xf32>
  }
  func.func @turned(%w: tensor<128x784xf32> {kiln.param = @w_turned}, %x: tensor<64x784xf32>) -> (tensor<128x784xf32> {kiln.donates = 0 : i64}, tensor<64x128xf32>) {
    // expected-remark@+1 {{kiln-split-sums: matmul is not split: its sum does not run over the rows of the right operand as stored}}
    %h = kiln.matmul %x, %w transposed : (tensor<64x784xf32>, tensor<128x784xf32>)
    return %w, %h : tensor<128x784xf32>, tensor<64x128xf32>
  }
}
