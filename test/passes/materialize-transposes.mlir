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

// So large a weight is copied in blocks, and transposed then; of few rows it is
// not.
// CHECK-LABEL: func.func @large(
// CHECK-NOT: kiln.transpose
// CHECK:     kiln.matmul %{{.*}}, %{{.*}} transposed : (tensor<32x512xf32>, tensor<512x512xf32>)
// CHECK:     %[[T:.*]] = kiln.transpose
// CHECK:     kiln.matmul %{{.*}}, %[[T]] : (tensor<8x512xf32>, tensor<512x512xf32>)
func.func @large(%g: tensor<32x512xf32>, %h: tensor<8x512xf32>, %w: tensor<512x512xf32>, %v: tensor<512x512xf32>) -> (tensor<32x512xf32>, tensor<8x512xf32>) {
  %0 = kiln.matmul %g, %w transposed : (tensor<32x512xf32>, tensor<512x512xf32>)
  %1 = kiln.tanh %v : tensor<512x512xf32>
  %2 = kiln.matmul %h, %1 transposed : (tensor<8x512xf32>, tensor<512x512xf32>)
  return %0, %2 : tensor<32x512xf32>, tensor<8x512xf32>
}

// The left operand stays transposed: its kernel reads it along rows.
// CHECK-LABEL: func.func @both(
// CHECK:     %[[T:.*]] = kiln.transpose %{{.*}} : tensor<6x8xf32>
// CHECK:     kiln.matmul %{{.*}} transposed, %[[T]] : (tensor<8x3xf32>, tensor<8x6xf32>)
func.func @both(%a: tensor<8x3xf32>, %b: tensor<6x8xf32>) -> tensor<3x6xf32> {
  %0 = kiln.matmul %a transposed, %b transposed : (tensor<8x3xf32>, tensor<6x8xf32>)
  return %0 : tensor<3x6xf32>
}

// A cell's weights are transposed before its scan, once, for all cells; what a
// cell makes of weights alone is made there, too.
// CHECK-LABEL: func.func @cells(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x5x3xf32>, %[[W:[a-z0-9]+]]: tensor<3x3xf32>
// CHECK:     %[[T:.*]] = kiln.transpose %[[W]] : tensor<3x3xf32>
// CHECK:     %[[N:.*]] = kiln.neg %[[W]] : tensor<3x3xf32>
// CHECK:     %[[NT:.*]] = kiln.transpose %[[N]] : tensor<3x3xf32>
// CHECK:     kiln.scan sequences(%[[X]] : tensor<4x5x3xf32>) captures(%[[T]], %[[NT]] : tensor<3x3xf32>, tensor<3x3xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<3x3xf32>, %[[C:.*]]: tensor<3x3xf32>):
// CHECK-NEXT:  %[[D:.*]] = kiln.matmul %[[A]], %[[B]] :
// CHECK-NEXT:  kiln.matmul %[[D]], %[[C]] :
// CHECK:     kiln.scan sequences(%[[X]] : tensor<4x5x3xf32>) captures(%[[T]] : tensor<3x3xf32>)
func.func @cells(%x: tensor<4x5x3xf32>, %w: tensor<3x3xf32>) -> (tensor<4x5x3xf32>, tensor<4x5x3xf32>) {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %a, %k transposed : (tensor<4x3xf32>, tensor<3x3xf32>)
    %1 = kiln.neg %k : tensor<3x3xf32>
    %2 = kiln.matmul %0, %1 transposed : (tensor<4x3xf32>, tensor<3x3xf32>)
    kiln.yield %2 : tensor<4x3xf32>
  }
  %z = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %a, %k transposed : (tensor<4x3xf32>, tensor<3x3xf32>)
    kiln.yield %0 : tensor<4x3xf32>
  }
  return %y, %z : tensor<4x5x3xf32>, tensor<4x5x3xf32>
}
