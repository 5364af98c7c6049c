// The gate of phase train.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-verify-phase=phase=train

module {
  // expected-error@+1 {{@forward does not belong in phase train; run kiln-build-programs}}
  func.func @forward() {
    return
  }
}

// -----

// expected-error@+1 {{expected a function @evaluate; run kiln-build-programs}}
module {
  func.func @train_step(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
}

// -----

module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  // expected-error@+1 {{result 0 of @train_step is still a gradient; run kiln-insert-optimizer}}
  func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @w}) -> (tensor<6x3xf32> {kiln.gradient_of = @w}) {
    return %w : tensor<6x3xf32>
  }
}

// -----

module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  // expected-error@+1 {{no result of @train_step renews argument 1; run kiln-insert-optimizer}}
  func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @w},
      %m: tensor<6x3xf32> {kiln.param = @w, kiln.slot = "momentum"}) -> (tensor<6x3xf32> {kiln.donates = 0 : i64}) {
    return %w : tensor<6x3xf32>
  }
}

// -----

module {
  func.func @train_step(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
  func.func @evaluate(%x: tensor<8x6xf32> {kiln.role = "input"}, %seed: tensor<i64> {kiln.role = "seed"}) -> tensor<8x6xi1> {
    // expected-error@+1 {{'kiln.random_mask' op does not belong in @evaluate}}
    %0 = kiln.random_mask %seed, %seed, %seed {rate = 5.0e-01 : f64, stream = 1 : i64} : tensor<8x6xi1>
    return %0 : tensor<8x6xi1>
  }
  func.func @predict(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
}

// -----

module {
  func.func @train_step(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
  func.func @evaluate(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
  func.func @predict(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    // expected-error@+1 {{'kiln.fusion' op does not belong in phase train}}
    %0 = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
    ^bb0(%a: tensor<8x6xf32>):
      %1 = kiln.exp %a : tensor<8x6xf32>
      kiln.yield %1 : tensor<8x6xf32>
    }
    return %0 : tensor<8x6xf32>
  }
}
