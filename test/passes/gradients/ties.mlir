// RUN: kiln-opt %s -kiln-autodiff -canonicalize -cse | FileCheck %s

// Where both operands are equal, no difference tells what the gradient is: it goes
// to the first, as in a clip whose bound is the second. relu has none at 0.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4xf32> {kiln.param = @p}, %[[Y:[a-z0-9]+]]: tensor<4xf32> {kiln.param = @q}
// CHECK-DAG: %[[GE:.*]] = kiln.compare ge, %[[X]], %[[Y]]
// CHECK-DAG: %[[LE:.*]] = kiln.compare le, %[[X]], %[[Y]]
// CHECK-DAG: %[[RELU:.*]] = kiln.relu %[[X]]
// CHECK-DAG: kiln.compare gt, %[[RELU]], %{{.*}}
// CHECK-DAG: kiln.select %[[GE]], %[[ONE:[a-z0-9_]+]], %[[ZERO:[a-z0-9_]+]]
// CHECK-DAG: kiln.select %[[GE]], %[[ZERO]], %[[ONE]]
// CHECK-DAG: kiln.select %[[LE]], %[[ONE]], %[[ZERO]]
// CHECK-DAG: kiln.select %[[LE]], %[[ZERO]], %[[ONE]]
module {
  kiln.param @p : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  kiln.param @q : tensor<4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "l"}
  func.func @train_step(%x: tensor<4xf32> {kiln.param = @p}, %y: tensor<4xf32> {kiln.param = @q})
      -> (tensor<f32> {kiln.role = "loss"}) {
    %0 = kiln.maximum %x, %y : tensor<4xf32>
    %1 = kiln.minimum %x, %y : tensor<4xf32>
    %2 = kiln.relu %x : tensor<4xf32>
    %3 = kiln.add %0, %1 : tensor<4xf32>
    %4 = kiln.add %3, %2 : tensor<4xf32>
    %5 = kiln.reduce sum, %4 along [0] : tensor<4xf32>
    return %5 : tensor<f32>
  }
}
