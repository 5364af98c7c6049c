// The gate of phase model.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-verify-phase=phase=model

// expected-error@+1 {{expected a function @forward; run the importer}}
module {
}

// -----

// expected-error@+1 {{expected one kiln.compile, got 0}}
module {
  func.func @forward() {
    return
  }
}

// -----

module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  // expected-error@+1 {{expected argument 0 of @forward to be the parameter 'w'}}
  func.func @forward(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
}

// -----

module {
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  // expected-error@+1 {{expected a kiln.role on argument 0 of @forward}}
  func.func @forward(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
    return %x : tensor<8x6xf32>
  }
}

// -----

module {
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  func.func @forward(%x: tensor<8x6xf32> {kiln.role = "input"}) -> tensor<8x6xf32> {
    // expected-error@+1 {{'kiln.fusion' op does not belong in phase model}}
    %0 = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
    ^bb0(%a: tensor<8x6xf32>):
      %1 = kiln.exp %a : tensor<8x6xf32>
      kiln.yield %1 : tensor<8x6xf32>
    }
    return %0 : tensor<8x6xf32>
  }
}
