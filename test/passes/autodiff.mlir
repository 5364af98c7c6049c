// RUN: kiln-opt %s -split-input-file -kiln-autodiff -canonicalize -cse | FileCheck %s
// RUN: kiln-opt %s -split-input-file -kiln-autodiff -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s --check-prefix=LOC

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<6x3xf32> {kiln.param = @w}
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @b}
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>
// CHECK-SAME: -> (tensor<f32> {kiln.role = "loss"}, tensor<6x3xf32> {kiln.gradient_of = @w}, tensor<3xf32> {kiln.gradient_of = @b})
// CHECK:     %[[TANH:.*]] = kiln.tanh
// CHECK:     %[[LOSS:.*]] = kiln.reduce sum, %[[TANH]] along [0, 1]
// CHECK:     %[[ZZ:.*]] = kiln.mul %[[TANH]], %[[TANH]]
// CHECK:     %[[D:.*]] = kiln.sub %{{.*}}, %[[ZZ]]
// CHECK-DAG: %[[DB:.*]] = kiln.reduce sum, %[[D]] along [0]
// CHECK-DAG: %[[DW:.*]] = kiln.matmul %[[X]] transposed, %[[D]]
// CHECK:     return %[[LOSS]], %[[DW]], %[[DB]]

// What is made for a layer keeps its line, under the role of what it computes.
// LOC: kiln.reduce sum, {{.*}} along [0] : tensor<8x3xf32> loc("db"("dense"("model.toml":14:1)))
// LOC: kiln.matmul {{.*}} transposed, {{.*}} loc("dW"("dense"("model.toml":14:1)))

#line = loc("model.toml":14:1)
#dense = loc("dense"(#line))
module {
  kiln.param @w : tensor<6x3xf32> init #kiln.init<glorot_uniform, 0.0, 0.0> {layer = "dense"}
  kiln.param @b : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @w}, %b: tensor<3xf32> {kiln.param = @b},
      %x: tensor<8x6xf32> {kiln.role = "input"}) -> (tensor<f32> {kiln.role = "loss"}) {
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
    %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32> loc(#dense)
    %2 = kiln.add %0, %1 : tensor<8x3xf32> loc(#dense)
    %3 = kiln.tanh %2 : tensor<8x3xf32> loc(#dense)
    %4 = kiln.reduce sum, %3 along [0, 1] : tensor<8x3xf32>
    return %4 : tensor<f32>
  }
}

// -----

// Uses add up; a parameter that the loss does not reach has gradient zero; what
// flows through a comparison counts for nothing; metrics are not the loss.

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<3xf32> {kiln.param = @w}
// CHECK-DAG: %[[ZERO:.*]] = kiln.constant dense<0.0{{.*}}> : tensor<3xf32>
// CHECK-DAG: %[[ONE:.*]] = kiln.constant dense<1.0{{.*}}> : tensor<3xf32>
// CHECK:     %[[MUL:.*]] = kiln.mul
// CHECK:     %[[SUM:.*]] = kiln.add %[[MUL]], %[[ONE]]
// CHECK:     return %{{.*}}, %{{.*}}, %[[SUM]], %[[ZERO]]

module {
  kiln.param @w : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  kiln.param @unused : tensor<3xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "dense"}
  func.func @train_step(%w: tensor<3xf32> {kiln.param = @w}, %u: tensor<3xf32> {kiln.param = @unused})
      -> (tensor<f32> {kiln.role = "loss"}, tensor<f32> {kiln.role = "metric", kiln.name = "m"}) {
    %c = kiln.compare gt, %w, %u : tensor<3xf32>
    %f = kiln.convert %c : tensor<3xi1> to tensor<3xf32>
    %0 = kiln.exp %w : tensor<3xf32>
    %1 = kiln.mul %0, %f : tensor<3xf32>
    %2 = kiln.add %1, %w : tensor<3xf32>
    %3 = kiln.reduce sum, %2 along [0] : tensor<3xf32>
    %4 = kiln.mul %w, %u : tensor<3xf32>
    %5 = kiln.reduce sum, %4 along [0] : tensor<3xf32>
    return %3, %5 : tensor<f32>, tensor<f32>
  }
}
