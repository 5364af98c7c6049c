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
