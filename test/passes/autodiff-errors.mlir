// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-autodiff

// expected-error@+1 {{expected a function @train_step; run kiln-build-programs first}}
module {
}

// -----

module {
  // expected-error@+1 {{expected a result of role 'loss'; run kiln-build-programs first}}
  func.func @train_step(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module {
  // expected-error@+1 {{expected a loss of type tensor<f32>, got 'tensor<3xf32>'}}
  func.func @train_step(%x: tensor<3xf32>) -> (tensor<3xf32> {kiln.role = "loss"}) {
    return %x : tensor<3xf32>
  }
}

// -----

module {
  kiln.param @w : tensor<f32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @train_step(%w: tensor<f32> {kiln.param = @w}) -> (tensor<f32> {kiln.role = "loss"}) {
    // expected-error@+1 {{no gradient rule for 'kiln.fusion', which lies between a parameter and the loss}}
    %0 = kiln.fusion "a" elementwise (%w) : (tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<f32>):
      %1 = kiln.exp %a : tensor<f32>
      kiln.yield %1 : tensor<f32>
    }
    return %0 : tensor<f32>
  }
}

// -----

module {
  kiln.param @w : tensor<4x3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @train_step(%w: tensor<4x3xf32> {kiln.param = @w}, %x: tensor<4x5x3xf32>)
      -> (tensor<f32> {kiln.role = "loss"}) {
    // expected-error@+1 {{'kiln.scan' op with sums has no gradient rule}}
    %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<4x3xf32>) sums(tensor<4x3xf32>) {
    ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
      %1 = kiln.mul %a, %b : tensor<4x3xf32>
      kiln.yield %1 : tensor<4x3xf32>
    }
    %2 = kiln.reduce sum, %0 along [0, 1] : tensor<4x3xf32>
    return %2 : tensor<f32>
  }
}

// -----

module {
  kiln.param @w : tensor<4x3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @train_step(%w: tensor<4x3xf32> {kiln.param = @w}, %x: tensor<4x5x3xf32>)
      -> (tensor<f32> {kiln.role = "loss"}) {
    // expected-error@+1 {{'kiln.scan' op has no gradient rule once it is scheduled: expected no tile_rows, idle_when or chunk}}
    %0 = kiln.scan init(%w : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>)
        -> (tensor<4x3xf32>) attributes {tile_rows = 2 : i64} {
    ^bb0(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>):
      %1 = kiln.mul %a, %b : tensor<2x3xf32>
      kiln.yield %1 : tensor<2x3xf32>
    }
    %2 = kiln.reduce sum, %0 along [0, 1] : tensor<4x3xf32>
    return %2 : tensor<f32>
  }
}

// -----

// In a cell as anywhere.
module {
  kiln.param @w : tensor<4x3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @train_step(%w: tensor<4x3xf32> {kiln.param = @w}, %x: tensor<4x5x3xf32>)
      -> (tensor<f32> {kiln.role = "loss"}) {
    %0 = kiln.scan init(%w : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>)
        -> (tensor<4x3xf32>) {
    ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
      // expected-error@+1 {{no gradient rule for 'kiln.fusion', which lies between a parameter and the loss}}
      %1 = kiln.fusion "a" elementwise (%a) : (tensor<4x3xf32>) -> tensor<4x3xf32> {
      ^bb0(%c: tensor<4x3xf32>):
        %3 = kiln.exp %c : tensor<4x3xf32>
        kiln.yield %3 : tensor<4x3xf32>
      }
      kiln.yield %1 : tensor<4x3xf32>
    }
    %2 = kiln.reduce sum, %0 along [0, 1] : tensor<4x3xf32>
    return %2 : tensor<f32>
  }
}
