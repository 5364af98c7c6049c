// RUN: kiln-opt %s -kiln-materialize-transposes | FileCheck %s

// One copy serves both.
// CHECK-LABEL: func.func @right(
// CHECK-SAME: %[[G:[a-z0-9]+]]: tensor<8x3xf32>, %[[W:[a-z0-9]+]]: tensor<6x3xf32>
// CHECK:     %[[T:.*]] = kiln.transpose %[[W]] : tensor<6x3xf32>
// CHECK-NOT: kiln.transpose
// CHECK:     kiln.matmul %[[G]], %[[T]] : (tensor<8x3xf32>, tensor<3x6xf32>)
// CHECK:     kiln.matmul %{{.*}}, %[[T]] : (tensor<8x3xf32>, tensor<3x6xf32>)
func.func @right(%g: tensor<8x3xf32>, %w: tensor<6x3xf32>) -> (tensor<8x6xf32>, tensor<8x6xf32>) {
  %0 = kiln.matmul %g, %w transposed : (tensor<8x3xf32>, tensor<6x3xf32>)
  %1 = kiln.tanh %g : tensor<8x3xf32>
  %2 = kiln.matmul %1, %w transposed : (tensor<8x3xf32>, tensor<6x3xf32>)
  return %0, %2 : tensor<8x6xf32>, tensor<8x6xf32>
}

// The left operand stays transposed: its kernel reads it along rows.
// CHECK-LABEL: func.func @both(
// CHECK:     %[[T:.*]] = kiln.transpose %{{.*}} : tensor<6x8xf32>
// CHECK:     kiln.matmul %{{.*}} transposed, %[[T]] : (tensor<8x3xf32>, tensor<8x6xf32>)
func.func @both(%a: tensor<8x3xf32>, %b: tensor<6x8xf32>) -> tensor<3x6xf32> {
  %0 = kiln.matmul %a transposed, %b transposed : (tensor<8x3xf32>, tensor<6x8xf32>)
  return %0 : tensor<3x6xf32>
}
