// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-insert-optimizer

// expected-error@+1 {{expected a function @train_step; run kiln-build-programs first}}
module {
}

// -----

// expected-error@+1 {{expected a kiln.compile}}
module {
  func.func @train_step() {
    return
  }
}

// -----

module {
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.001, momentum = 0.0, nesterov = false> metrics []
  // expected-error@+1 {{no gradient of the parameter @b; run kiln-autodiff first}}
  func.func @train_step(%b: tensor<3xf32> {kiln.param = @b}) {
    return
  }
}
