// RUN: kiln-opt %s -kiln-split-groups | FileCheck %s
// RUN: kiln-opt %s -kiln-split-groups -kiln-verify-phase=phase=fused | FileCheck %s

// The parts carry the whole's id; constants and broadcasts stay inside.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>, %[[W:[a-z0-9]+]]: tensor<6x3xf32>, %[[B:[a-z0-9]+]]: tensor<3xf32>
// CHECK-NEXT: %[[P:.*]] = kiln.fusion "dense.forward@model.toml:14#1" contraction(%[[X]], %[[W]])
// CHECK:        kiln.matmul
// CHECK:      %[[Q:.*]] = kiln.fusion "dense.forward@model.toml:14#2" elementwise(%[[P]], %[[B]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.broadcast
// CHECK-NEXT:   kiln.add
// CHECK-NEXT:   kiln.yield
// CHECK:      %[[R:.*]] = kiln.fusion "dense.forward@model.toml:14#3" elementwise(%[[Q]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.constant
// CHECK-NEXT:   kiln.maximum
// CHECK:      %[[S:.*]] = kiln.fusion "alone" rows(%[[R]])
// CHECK:      return %[[S]]
func.func @layer(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>, %b: tensor<3xf32>) -> tensor<8x3xf32> {
  %0 = kiln.fusion "dense.forward@model.toml:14" contraction (%x, %w, %b)
      : (tensor<8x6xf32>, tensor<6x3xf32>, tensor<3xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x6xf32>, %k: tensor<6x3xf32>, %c: tensor<3xf32>):
    %half = kiln.constant dense<0.5> : tensor<8x3xf32>
    %1 = kiln.matmul %a, %k : (tensor<8x6xf32>, tensor<6x3xf32>)
    %2 = kiln.broadcast %c along [1] : tensor<3xf32> to tensor<8x3xf32>
    %3 = kiln.add %1, %2 : tensor<8x3xf32>
    %4 = kiln.maximum %3, %half : tensor<8x3xf32>
    kiln.yield %4 : tensor<8x3xf32>
  }
  %5 = kiln.fusion "alone" rows (%0) : (tensor<8x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x3xf32>):
    %6 = kiln.softmax %a : tensor<8x3xf32>
    kiln.yield %6 : tensor<8x3xf32>
  }
  return %5 : tensor<8x3xf32>
}

// A broadcast along a row of what the row has given moves to its user.
// CHECK-LABEL: func.func @row(
// CHECK:      %[[P:.*]] = kiln.fusion "r#1" rows(
// CHECK:      kiln.fusion "r#2" elementwise({{.*}}%[[P]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.broadcast %{{.*}} along [0]
// CHECK-NEXT:   kiln.sub
func.func @row(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %0 = kiln.fusion "r" rows (%x) : (tensor<8x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x3xf32>):
    %1 = kiln.reduce max, %a along [1] : tensor<8x3xf32>
    %2 = kiln.broadcast %1 along [0] : tensor<8xf32> to tensor<8x3xf32>
    %3 = kiln.sub %a, %2 : tensor<8x3xf32>
    kiln.yield %3 : tensor<8x3xf32>
  }
  return %0 : tensor<8x3xf32>
}

// Groups of a cell are split there; the scan stays.
// CHECK-LABEL: func.func @cell(
// CHECK:      kiln.fusion "s" scan(
// CHECK:        kiln.scan
// CHECK-NEXT:   ^bb0(%[[X:.*]]: tensor<8x3xf32>):
// CHECK-NEXT:     %[[P:.*]] = kiln.fusion "c#1" elementwise(%[[X]])
// CHECK:          %[[Q:.*]] = kiln.fusion "c#2" elementwise(%[[P]])
// CHECK:          kiln.yield %[[Q]]
func.func @cell(%x: tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  %0 = kiln.fusion "s" scan (%x) : (tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    %1 = kiln.scan sequences(%a : tensor<8x5x3xf32>) outputs(tensor<8x5x3xf32>) {
    ^bb0(%b: tensor<8x3xf32>):
      %2 = kiln.fusion "c" elementwise (%b) : (tensor<8x3xf32>) -> tensor<8x3xf32> {
      ^bb0(%c: tensor<8x3xf32>):
        %3 = kiln.tanh %c : tensor<8x3xf32>
        %4 = kiln.neg %3 : tensor<8x3xf32>
        kiln.yield %4 : tensor<8x3xf32>
      }
      kiln.yield %2 : tensor<8x3xf32>
    }
    kiln.yield %1 : tensor<8x5x3xf32>
  }
  return %0 : tensor<8x5x3xf32>
}
