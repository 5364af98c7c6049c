// RUN: kiln-opt %s -split-input-file -kiln-insert-optimizer | FileCheck %s

// Slots after the parameters, each parameter's in order; the loss comes last.

// CHECK-LABEL: module @adam
// CHECK:      func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b}
// CHECK-SAME: %[[WM:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w, kiln.slot = "momentum"}
// CHECK-SAME: %[[WV:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w, kiln.slot = "velocity"}
// CHECK-SAME: %[[BM:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b, kiln.slot = "momentum"}
// CHECK-SAME: %[[BV:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b, kiln.slot = "velocity"}
// CHECK-SAME: %[[GW:[a-z0-9]+]]: tensor<6x3xf32> {kiln.role = "input"}
// CHECK-SAME: %[[GB:[a-z0-9]+]]: tensor<3xf32> {kiln.role = "input"}
// CHECK-SAME: %[[STEP:[a-z0-9]+]]: tensor<i64> {kiln.role = "step"}
// CHECK-SAME: %[[HYPER:[a-z0-9]+]]: tensor<2xf32> {kiln.role = "hyper"}
// CHECK-SAME: -> (tensor<6x3xf32> {kiln.donates = 0 : i64}, tensor<3xf32> {kiln.donates = 1 : i64}, tensor<6x3xf32> {kiln.donates = 2 : i64}, tensor<6x3xf32> {kiln.donates = 3 : i64}, tensor<3xf32> {kiln.donates = 4 : i64}, tensor<3xf32> {kiln.donates = 5 : i64}, tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.name = "m", kiln.role = "metric"})
// CHECK: %[[W1:[a-zA-Z0-9_]+]], %[[WM1:[a-zA-Z0-9_]+]], %[[WV1:[a-zA-Z0-9_]+]] = kiln.adam_update %[[W]], %[[GW]], %[[WM]], %[[WV]], %[[HYPER]] {beta_1 = {{.*}}, beta_2 = {{.*}}, epsilon = {{.*}}}
// CHECK: %[[B1:[a-zA-Z0-9_]+]], %[[BM1:[a-zA-Z0-9_]+]], %[[BV1:[a-zA-Z0-9_]+]] = kiln.adam_update %[[B]], %[[GB]], %[[BM]], %[[BV]], %[[HYPER]]
// CHECK: return %[[W1]], %[[B1]], %[[WM1]], %[[WV1]], %[[BM1]], %[[BV1]], %{{.*}}, %{{.*}} :

module @adam {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.adam<learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1.0e-7> metrics []
  func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @w}, %b: tensor<3xf32> {kiln.param = @b},
      %gw: tensor<6x3xf32> {kiln.role = "input"}, %gb: tensor<3xf32> {kiln.role = "input"},
      %step: tensor<i64> {kiln.role = "step"})
      -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.role = "metric", kiln.name = "m"},
          tensor<6x3xf32> {kiln.gradient_of = @w}, tensor<3xf32> {kiln.gradient_of = @b}) {
    %0 = kiln.reduce sum, %gb along [0] : tensor<3xf32>
    return %0, %0, %gw, %gb : tensor<f32>, tensor<f32>, tensor<6x3xf32>, tensor<3xf32>
  }
}

// -----

// CHECK-LABEL: module @nesterov
// CHECK: kiln.slot = "momentum"
// CHECK-NOT: kiln.slot = "velocity"
// CHECK: kiln.momentum_update %{{.*}} {momentum = 9.0{{.*}}, nesterov} : tensor<3xf32>

module @nesterov {
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.001, momentum = 0.9, nesterov = true> metrics []
  func.func @train_step(%b: tensor<3xf32> {kiln.param = @b}, %gb: tensor<3xf32> {kiln.role = "input"})
      -> (tensor<3xf32> {kiln.gradient_of = @b}) {
    return %gb : tensor<3xf32>
  }
}

// -----

// CHECK-LABEL: module @sgd
// CHECK-NOT: kiln.slot
// CHECK: %[[NEW:.*]] = kiln.sgd_update
// CHECK: return %[[NEW]] : tensor<3xf32>

module @sgd {
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.compile loss #kiln.loss<mse, from_logits = false>
      optimizer #kiln.sgd<learning_rate = 0.001, momentum = 0.0, nesterov = false> metrics []
  func.func @train_step(%b: tensor<3xf32> {kiln.param = @b}, %gb: tensor<3xf32> {kiln.role = "input"})
      -> (tensor<3xf32> {kiln.gradient_of = @b}) {
    return %gb : tensor<3xf32>
  }
}
