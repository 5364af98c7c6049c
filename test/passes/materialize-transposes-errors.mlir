// What must stay as it is.
// RUN: kiln-opt %s -kiln-materialize-transposes | FileCheck %s

// CHECK-LABEL: func.func @left(
// CHECK-NOT: kiln.transpose
// CHECK: kiln.matmul %{{.*}} transposed, %{{.*}} : (tensor<8x3xf32>, tensor<8x6xf32>)
// CHECK-NOT: kiln.transpose
// CHECK: return
func.func @left(%a: tensor<8x3xf32>, %b: tensor<8x6xf32>) -> tensor<3x6xf32> {
  %0 = kiln.matmul %a transposed, %b : (tensor<8x3xf32>, tensor<8x6xf32>)
  return %0 : tensor<3x6xf32>
}

// A user's own transpose of something else is no copy of the right operand.
// CHECK-LABEL: func.func @other(
// CHECK: %[[OWN:.*]] = kiln.transpose %[[A:.*]] : tensor<3x8xf32>
// CHECK: kiln.matmul %[[OWN]], %[[B:.*]] : (tensor<8x3xf32>, tensor<3x6xf32>)
func.func @other(%a: tensor<3x8xf32>, %b: tensor<3x6xf32>) -> tensor<8x6xf32> {
  %t = kiln.transpose %a : tensor<3x8xf32>
  %0 = kiln.matmul %t, %b : (tensor<8x3xf32>, tensor<3x6xf32>)
  return %0 : tensor<8x6xf32>
}
