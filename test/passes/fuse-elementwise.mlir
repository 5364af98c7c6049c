// RUN: kiln-opt %s -kiln-fuse-elementwise | FileCheck %s

// CHECK-LABEL: func.func @chain(
// CHECK-NEXT: %[[F:.*]]:2 = kiln.fusion "tanh.forward@{{.*}}" elementwise(
// CHECK:        %[[T:.*]] = kiln.tanh
// CHECK:        %[[Q:.*]] = kiln.mul %[[T]], %[[T]]
// CHECK:        kiln.broadcast %{{.*}} along [1]
// CHECK:        %[[R:.*]] = kiln.add %[[Q]]
// CHECK:        kiln.yield %[[T]], %[[R]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[F]]#0, %[[F]]#1
func.func @chain(%x: tensor<8x3xf32>, %b: tensor<3xf32>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %0 = kiln.tanh %x : tensor<8x3xf32>
  %1 = kiln.mul %0, %0 : tensor<8x3xf32>
  %2 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32>
  %3 = kiln.add %1, %2 : tensor<8x3xf32>
  return %0, %3 : tensor<8x3xf32>, tensor<8x3xf32>
}

// Numbers are tensors of rank 0; a batch's mask joins vectors of its length.
// CHECK-LABEL: func.func @small(
// CHECK: kiln.fusion {{.*}} elementwise(%{{.*}}) {{.*}} -> tensor<f32> {
// CHECK:   kiln.convert
// CHECK:   kiln.div
// CHECK: kiln.fusion {{.*}} elementwise(%{{.*}}) {{.*}} -> tensor<8xf32> {
// CHECK:   kiln.row_mask
// CHECK:   kiln.select
func.func @small(%n: tensor<i64>, %v: tensor<8xf32>) -> (tensor<f32>, tensor<8xf32>) {
  %one = kiln.constant dense<1.0> : tensor<f32>
  %zero = kiln.constant dense<0.0> : tensor<8xf32>
  %0 = kiln.convert %n : tensor<i64> to tensor<f32>
  %1 = kiln.div %one, %0 : tensor<f32>
  %2 = kiln.row_mask %n : tensor<8xi1>
  %3 = kiln.select %2, %v, %zero : tensor<8xi1>, tensor<8xf32>
  return %1, %3 : tensor<f32>, tensor<8xf32>
}

// Ops between that use a group's results move behind it.
// CHECK-LABEL: func.func @order(
// CHECK: %[[F:.*]]:2 = kiln.fusion
// CHECK: kiln.transpose %[[F]]#0
func.func @order(%x: tensor<8x3xf32>) -> (tensor<3x8xf32>, tensor<8x3xf32>) {
  %0 = kiln.tanh %x : tensor<8x3xf32>
  %1 = kiln.transpose %0 : tensor<8x3xf32>
  %2 = kiln.exp %0 : tensor<8x3xf32>
  return %1, %2 : tensor<3x8xf32>, tensor<8x3xf32>
}

// In a cell, too.
// CHECK-LABEL: func.func @cell(
// CHECK:      kiln.scan
// CHECK-NEXT: ^bb0(
// CHECK-NEXT:   kiln.fusion {{.*}} elementwise(
// CHECK:          kiln.tanh
// CHECK-NEXT:     kiln.mul
// CHECK-NEXT:     kiln.yield
// CHECK:        kiln.yield
func.func @cell(%x: tensor<4x5x3xf32>) -> tensor<4x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %0 = kiln.tanh %a : tensor<4x3xf32>
    %1 = kiln.mul %0, %a : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %y : tensor<4x5x3xf32>
}
