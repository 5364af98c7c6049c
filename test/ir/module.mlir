// What a module declares, and how functions name their arguments and results.
// RUN: kiln-opt %s | FileCheck %s
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK: module @net attributes {kiln.batch = 4 : i64, kiln.model = "net", kiln.phase = "model"}
module @net attributes {kiln.batch = 4 : i64, kiln.model = "net",
                        kiln.phase = "model"} {
  // CHECK: kiln.param @"dense/kernel" : tensor<8x3xf32> init <glorot_uniform, 0.000000e+00, 0.000000e+00> {layer = "dense", regularizer = #kiln.regularizer<l1 = 0.000000e+00, l2 = 1.000000e-04>}
  kiln.param @"dense/kernel" : tensor<8x3xf32>
      init #kiln.init<glorot_uniform, 0.0, 0.0>
      {layer = "dense",
       regularizer = #kiln.regularizer<l1 = 0.0, l2 = 1.0e-4>}
  // CHECK: init <random_uniform, -5.000000e-02, 5.000000e-02>
  kiln.param @"dense/bias" : tensor<3xf32>
      init #kiln.init<random_uniform, -0.05, 0.05> {layer = "dense"}
  // CHECK: kiln.compile loss <sparse_categorical_crossentropy, from_logits = true> optimizer #kiln.adam<learning_rate = 1.000000e-03, beta_1 = 9.000000e-01, beta_2 = 0.99899999999999999, epsilon = 9.9999999999999995E-8> metrics [#kiln.metric<"accuracy", sparse_categorical_accuracy>]
  kiln.compile
      loss #kiln.loss<sparse_categorical_crossentropy, from_logits = true>
      optimizer #kiln.adam<learning_rate = 0.001, beta_1 = 0.9,
                           beta_2 = 0.999, epsilon = 1.0e-7>
      metrics [#kiln.metric<"accuracy", sparse_categorical_accuracy>]

  // CHECK: func.func @step(%{{.*}}: tensor<8x3xf32> {kiln.param = @"dense/kernel"}, %{{.*}}: tensor<8x3xf32> {kiln.param = @"dense/kernel", kiln.slot = "momentum"}, %{{.*}}: tensor<4x8xf32> {kiln.name = "input", kiln.role = "input"})
  // CHECK-SAME: -> (tensor<8x3xf32> {kiln.donates = 0 : i64}, tensor<8x3xf32> {kiln.gradient_of = @"dense/kernel"}, tensor<4x8xf32> {kiln.role = "output"})
  func.func @step(
      %w: tensor<8x3xf32> {kiln.param = @"dense/kernel"},
      %m: tensor<8x3xf32> {kiln.param = @"dense/kernel",
                           kiln.slot = "momentum"},
      %x: tensor<4x8xf32> {kiln.role = "input", kiln.name = "input"})
      -> (tensor<8x3xf32> {kiln.donates = 0 : i64},
          tensor<8x3xf32> {kiln.gradient_of = @"dense/kernel"},
          tensor<4x8xf32> {kiln.role = "output"}) {
    return %w, %m, %x : tensor<8x3xf32>, tensor<8x3xf32>, tensor<4x8xf32>
  }
}

// The other initializers, losses and the other optimizer.
module {
  // CHECK: init <zeros, 0.000000e+00, 0.000000e+00>
  kiln.param @a : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "a"}
  // CHECK: init <ones, 0.000000e+00, 0.000000e+00>
  kiln.param @b : tensor<3xf32> init #kiln.init<ones, 0.0, 0.0> {layer = "a"}
  // CHECK: init <constant, 5.000000e-01, 0.000000e+00>
  kiln.param @c : tensor<3xf32> init #kiln.init<constant, 0.5, 0.0>
      {layer = "a"}
  // CHECK: init <he_normal, 0.000000e+00, 0.000000e+00>
  kiln.param @d : tensor<3x3xf32> init #kiln.init<he_normal, 0.0, 0.0>
      {layer = "a"}
  // CHECK: kiln.compile loss <binary_crossentropy, from_logits = false> optimizer #kiln.sgd<learning_rate = 1.000000e-02, momentum = 9.000000e-01, nesterov = true> metrics []
  kiln.compile loss #kiln.loss<binary_crossentropy, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.01, momentum = 0.9,
                          nesterov = true>
      metrics []
}
