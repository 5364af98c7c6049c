// RUN: kiln-opt %s -kiln-fuse-update | FileCheck %s

// The gradient, with the penalty's, goes straight into the update.
// CHECK-LABEL: func.func @weight(
// CHECK-NEXT: %[[F:.*]]:3 = kiln.fusion "dense.dW@model.toml:14" contraction(
// CHECK-NOT:    yield
// CHECK:        %[[P:.*]] = kiln.mul
// CHECK:        %[[Q:.*]] = kiln.add %[[P]], %[[P]]
// CHECK:        %[[G:.*]] = kiln.matmul %{{.*}} transposed
// CHECK:        %[[S:.*]] = kiln.add %[[Q]], %[[G]]
// CHECK:        %[[W1:[a-zA-Z0-9_]+]], %[[M1:[a-zA-Z0-9_]+]], %[[V1:[a-zA-Z0-9_]+]] = kiln.adam_update %{{.*}}, %[[S]]
// CHECK-NEXT:   kiln.yield %[[W1]], %[[M1]], %[[V1]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[F]]#0, %[[F]]#1, %[[F]]#2
#dw = loc("dW"("dense"("model.toml":14:1)))
func.func @weight(%x: tensor<8x6xf32>, %d: tensor<8x3xf32>, %w: tensor<6x3xf32>, %m: tensor<6x3xf32>,
    %v: tensor<6x3xf32>, %h: tensor<2xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>, tensor<6x3xf32>) {
  %l2 = kiln.constant dense<0.01> : tensor<6x3xf32>
  %0 = kiln.mul %w, %l2 : tensor<6x3xf32>
  %1 = kiln.add %0, %0 : tensor<6x3xf32>
  %2 = kiln.matmul %x transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>) loc(#dw)
  %3 = kiln.add %1, %2 : tensor<6x3xf32>
  %w1, %m1, %v1 = kiln.adam_update %w, %3, %m, %v, %h
      {beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<6x3xf32>
  return %w1, %m1, %v1 : tensor<6x3xf32>, tensor<6x3xf32>, tensor<6x3xf32>
}

// A bias: a sum of columns.
// CHECK-LABEL: func.func @bias(
// CHECK-NEXT: kiln.fusion {{.*}} columns(
// CHECK:        %[[G:.*]] = kiln.reduce sum, %{{.*}} along [0]
// CHECK-NEXT:   %[[B1:.*]] = kiln.sgd_update %{{.*}}, %[[G]]
// CHECK-NEXT:   kiln.yield %[[B1]]
func.func @bias(%d: tensor<8x3xf32>, %b: tensor<3xf32>, %h: tensor<2xf32>) -> tensor<3xf32> {
  %0 = kiln.reduce sum, %d along [0] : tensor<8x3xf32>
  %1 = kiln.sgd_update %b, %0, %h : tensor<3xf32>
  return %1 : tensor<3xf32>
}

// A weight used twice: one contraction is the anchor, the other an input.
// CHECK-LABEL: func.func @tied(
// CHECK:      %[[OTHER:.*]] = kiln.matmul %{{.*}} transposed
// CHECK-NEXT: kiln.fusion {{.*}} contraction({{.*}}%[[OTHER]]{{.*}})
// CHECK:        kiln.matmul
// CHECK:        kiln.add
// CHECK:        kiln.momentum_update
func.func @tied(%x: tensor<8x6xf32>, %y: tensor<8x6xf32>, %d: tensor<8x3xf32>, %w: tensor<6x3xf32>,
    %m: tensor<6x3xf32>, %h: tensor<2xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>) {
  %0 = kiln.matmul %x transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>)
  %1 = kiln.matmul %y transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>)
  %2 = kiln.add %0, %1 : tensor<6x3xf32>
  %w1, %m1 = kiln.momentum_update %w, %2, %m, %h {momentum = 9.0e-01 : f64} : tensor<6x3xf32>
  return %w1, %m1 : tensor<6x3xf32>, tensor<6x3xf32>
}

// An embedding: rows along chains, what they are made of, the penalty's gradient
// and the update.
// CHECK-LABEL: func.func @embedding(
// CHECK:      %[[F:.*]]:3 = kiln.fusion {{.*}} scatter(
// CHECK:        %[[X:.*]] = kiln.dropout
// CHECK:        %[[S:.*]] = kiln.chain_sum %[[X]]
// CHECK:        %[[G:.*]] = kiln.add %[[S]]
// CHECK:        kiln.adam_update %{{.*}}, %[[G]]
// CHECK:      return %[[F]]#0, %[[F]]#1, %[[F]]#2
func.func @embedding(%dx: tensor<8x5x6xf32>, %mask: tensor<8x6xi1>, %first: tensor<100xi32>,
    %next: tensor<8x5xi32>, %w: tensor<100x6xf32>, %m: tensor<100x6xf32>, %v: tensor<100x6xf32>,
    %h: tensor<2xf32>) -> (tensor<100x6xf32>, tensor<100x6xf32>, tensor<100x6xf32>) {
  %0 = kiln.broadcast %mask along [0, 2] : tensor<8x6xi1> to tensor<8x5x6xi1>
  %1 = kiln.dropout %dx, %0 {rate = 2.0e-01 : f64} : tensor<8x5x6xf32>, tensor<8x5x6xi1>
  %2 = kiln.chain_sum %1, %first, %next : (tensor<8x5x6xf32>, tensor<100xi32>, tensor<8x5xi32>)
  %l2 = kiln.constant dense<0.01> : tensor<100x6xf32>
  %3 = kiln.mul %w, %l2 : tensor<100x6xf32>
  %4 = kiln.add %2, %3 : tensor<100x6xf32>
  %w1, %m1, %v1 = kiln.adam_update %w, %4, %m, %v, %h
      {beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<100x6xf32>
  return %w1, %m1, %v1 : tensor<100x6xf32>, tensor<100x6xf32>, tensor<100x6xf32>
}
