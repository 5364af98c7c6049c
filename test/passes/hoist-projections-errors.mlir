// What must stay as it is.
// RUN: kiln-opt %s -kiln-hoist-projections | FileCheck %s

// Without a contraction nothing pays; one that needs the state cannot leave, nor
// can one over the samples, nor one of what only a step can compute.
// CHECK-LABEL: func.func @left(
// CHECK-NEXT: kiln.scan
// CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<4x3xf32>, %[[X:.*]]: tensor<4x3xf32>, %[[W:.*]]: tensor<3x3xf32>):
// CHECK-NEXT:   %[[A:.*]] = kiln.tanh %[[X]]
// CHECK-NEXT:   %[[B:.*]] = kiln.add %[[S]], %[[A]]
// CHECK-NEXT:   %[[C:.*]] = kiln.matmul %[[B]], %[[W]]
// CHECK-NEXT:   %[[D:.*]] = kiln.matmul %[[X]] transposed, %[[X]]
// CHECK-NEXT:   %[[E:.*]] = kiln.matmul %[[C]], %[[D]]
// CHECK-NEXT:   %[[F:.*]] = kiln.softmax %[[X]]
// CHECK-NEXT:   %[[G:.*]] = kiln.matmul %[[F]], %[[W]]
// CHECK-NEXT:   %[[H:.*]] = kiln.add %[[E]], %[[G]]
// CHECK-NEXT:   kiln.yield %[[H]]
func.func @left(%h0: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %w: tensor<3x3xf32>) -> tensor<4x3xf32> {
  %h = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.tanh %xt : tensor<4x3xf32>
    %1 = kiln.add %s, %0 : tensor<4x3xf32>
    %2 = kiln.matmul %1, %k : (tensor<4x3xf32>, tensor<3x3xf32>)
    %3 = kiln.matmul %xt transposed, %xt : (tensor<4x3xf32>, tensor<4x3xf32>)
    %4 = kiln.matmul %2, %3 : (tensor<4x3xf32>, tensor<3x3xf32>)
    %5 = kiln.softmax %xt : tensor<4x3xf32>
    %6 = kiln.matmul %5, %k : (tensor<4x3xf32>, tensor<3x3xf32>)
    %7 = kiln.add %4, %6 : tensor<4x3xf32>
    kiln.yield %7 : tensor<4x3xf32>
  }
  return %h : tensor<4x3xf32>
}

// A scan in tiles has been scheduled.
// CHECK-LABEL: func.func @tiled(
// CHECK-NEXT: kiln.scan
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.matmul
func.func @tiled(%h0: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %w: tensor<3x3xf32>) -> tensor<4x3xf32> {
  %h = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) -> (tensor<4x3xf32>)
      attributes {tile_rows = 2 : i64} {
  ^bb0(%s: tensor<2x3xf32>, %xt: tensor<2x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %xt, %k : (tensor<2x3xf32>, tensor<3x3xf32>)
    kiln.yield %0 : tensor<2x3xf32>
  }
  return %h : tensor<4x3xf32>
}
