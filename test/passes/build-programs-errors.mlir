// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-build-programs

// expected-error@+1 {{expected a function @forward}}
module {
}

// -----

// expected-error@+1 {{expected one kiln.compile, got 0}}
module {
  func.func @forward(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
    return %x : tensor<8x3xf32>
  }
}

// -----

module {
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  // expected-error@+1 {{expected one result, got 2}}
  func.func @forward(%x: tensor<8x3xf32>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
    return %x, %x : tensor<8x3xf32>, tensor<8x3xf32>
  }
}

// -----

module {
  // expected-error@+1 {{expected a model output of rank 2, got 'tensor<8x3x3xf32>'; add a Flatten layer}}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false> metrics []
  func.func @forward(%x: tensor<8x3x3xf32> {kiln.role = "input"})
      -> (tensor<8x3x3xf32> {kiln.role = "output"}) {
    return %x : tensor<8x3x3xf32>
  }
}

// -----

module {
  // expected-error@+1 {{metric 'accuracy' (sparse_categorical_accuracy) does not fit targets of type 'tensor<8x3xf32>'}}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false>
      metrics [#kiln.metric<"accuracy", sparse_categorical_accuracy>]
  func.func @forward(%x: tensor<8x3xf32> {kiln.role = "input"})
      -> (tensor<8x3xf32> {kiln.role = "output"}) {
    return %x : tensor<8x3xf32>
  }
}

// -----

module {
  // expected-error@+1 {{metric 'auc' (auc) does not fit targets of type 'tensor<8xi32>'}}
  kiln.compile loss #kiln.loss<sparse_categorical_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.0, nesterov = false>
      metrics [#kiln.metric<"auc", auc>]
  func.func @forward(%x: tensor<8x3xf32> {kiln.role = "input"})
      -> (tensor<8x3xf32> {kiln.role = "output"}) {
    return %x : tensor<8x3xf32>
  }
}
