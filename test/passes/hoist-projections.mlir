// RUN: kiln-opt %s -kiln-hoist-projections -canonicalize | FileCheck %s

// The projection and its bias leave; the mask, which nothing projects, and what
// depends on the state stay. What depends on weights alone leaves as it is.
// CHECK-LABEL: func.func @plain(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x5x6xf32>, %[[M:[a-z0-9]+]]: tensor<4x5xi1>, %[[W:[a-z0-9]+]]: tensor<6x3xf32>, %[[U:[a-z0-9]+]]: tensor<3x6xf32>, %[[B:[a-z0-9]+]]: tensor<3xf32>
// CHECK:      %[[P:.*]]:2 = kiln.split %[[U]]
// CHECK:      %[[F:.*]] = kiln.reshape %[[X]] : tensor<4x5x6xf32> to tensor<20x6xf32>
// CHECK-NEXT: %[[Z:.*]] = kiln.matmul %[[F]], %[[W]] : (tensor<20x6xf32>, tensor<6x3xf32>)
// CHECK-NEXT: %[[C:.*]] = kiln.broadcast %[[B]] along [1] : tensor<3xf32> to tensor<20x3xf32>
// CHECK-NEXT: %[[A:.*]] = kiln.add %[[Z]], %[[C]] : tensor<20x3xf32>
// CHECK-NEXT: %[[S:.*]] = kiln.reshape %[[A]] : tensor<20x3xf32> to tensor<4x5x3xf32>
// CHECK:      kiln.scan init(%{{.*}} : tensor<4x3xf32>) sequences(%[[M]], %[[S]] : tensor<4x5xi1>, tensor<4x5x3xf32>) captures(%[[P]]#0, %[[P]]#1 : tensor<3x3xf32>, tensor<3x3xf32>)
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4x3xf32>, %[[MT:.*]]: tensor<4xi1>, %[[ZT:.*]]: tensor<4x3xf32>, %[[P0:.*]]: tensor<3x3xf32>, %[[P1:.*]]: tensor<3x3xf32>):
// CHECK-NEXT:   %[[R:.*]] = kiln.matmul %[[H]], %[[P0]]
// CHECK-NEXT:   %[[T:.*]] = kiln.matmul %[[R]], %[[P1]]
// CHECK-NEXT:   %[[N:.*]] = kiln.add %[[ZT]], %[[T]]
// CHECK-NEXT:   %[[K:.*]] = kiln.broadcast %[[MT]] along [0]
// CHECK-NEXT:   kiln.select %[[K]], %[[N]], %[[H]]
func.func @plain(%x: tensor<4x5x6xf32>, %m: tensor<4x5xi1>, %w: tensor<6x3xf32>, %u: tensor<3x6xf32>, %b: tensor<3xf32>) -> tensor<4x3xf32> {
  %h0 = kiln.constant dense<0.0> : tensor<4x3xf32>
  %h = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x, %m : tensor<4x5x6xf32>, tensor<4x5xi1>)
      captures(%w, %u, %b : tensor<6x3xf32>, tensor<3x6xf32>, tensor<3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x6xf32>, %mt: tensor<4xi1>, %k: tensor<6x3xf32>, %r: tensor<3x6xf32>, %c: tensor<3xf32>):
    %r0, %r1 = kiln.split %r : tensor<3x6xf32> to tensor<3x3xf32>, tensor<3x3xf32>
    %0 = kiln.matmul %xt, %k : (tensor<4x6xf32>, tensor<6x3xf32>)
    %1 = kiln.broadcast %c along [1] : tensor<3xf32> to tensor<4x3xf32>
    %2 = kiln.add %0, %1 : tensor<4x3xf32>
    %3 = kiln.matmul %s, %r0 : (tensor<4x3xf32>, tensor<3x3xf32>)
    %4 = kiln.matmul %3, %r1 : (tensor<4x3xf32>, tensor<3x3xf32>)
    %5 = kiln.add %2, %4 : tensor<4x3xf32>
    %6 = kiln.broadcast %mt along [0] : tensor<4xi1> to tensor<4x3xi1>
    %7 = kiln.select %6, %5, %s : tensor<4x3xi1>, tensor<4x3xf32>
    kiln.yield %7 : tensor<4x3xf32>
  }
  return %h : tensor<4x3xf32>
}

// A mask of samples is repeated over the steps; a mask of steps over features.
// CHECK-LABEL: func.func @masks(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x5x6xf32>, %[[M:[a-z0-9]+]]: tensor<4x5xi1>, %[[D:[a-z0-9]+]]: tensor<4x6xi1>, %[[W:[a-z0-9]+]]: tensor<6x3xf32>
// CHECK-DAG:  %[[DT:.*]] = kiln.broadcast %[[D]] along [0, 2] : tensor<4x6xi1> to tensor<4x5x6xi1>
// CHECK-DAG:  %[[Y:.*]] = kiln.dropout %[[X]], %[[DT]] {rate = 5.000000e-01 : f64} : tensor<4x5x6xf32>, tensor<4x5x6xi1>
// CHECK-DAG:  %[[F:.*]] = kiln.reshape %[[Y]] : tensor<4x5x6xf32> to tensor<20x6xf32>
// CHECK-DAG:  %[[MF:.*]] = kiln.reshape %[[M]] : tensor<4x5xi1> to tensor<20xi1>
// CHECK-DAG:  %[[MT:.*]] = kiln.broadcast %[[MF]] along [0] : tensor<20xi1> to tensor<20x6xi1>
// CHECK-DAG:  %[[ZERO:.*]] = kiln.constant dense<0.000000e+00> : tensor<20x6xf32>
// CHECK:      %[[S:.*]] = kiln.select %[[MT]], %[[F]], %[[ZERO]] : tensor<20x6xi1>, tensor<20x6xf32>
// CHECK-NEXT: %[[Z:.*]] = kiln.matmul %[[S]], %[[W]]
// CHECK-NEXT: %[[ZS:.*]] = kiln.reshape %[[Z]] : tensor<20x3xf32> to tensor<4x5x3xf32>
// CHECK:      kiln.scan init(%{{.*}} : tensor<4x3xf32>) sequences(%[[ZS]] : tensor<4x5x3xf32>)
func.func @masks(%x: tensor<4x5x6xf32>, %m: tensor<4x5xi1>, %d: tensor<4x6xi1>, %w: tensor<6x3xf32>) -> tensor<4x3xf32> {
  %h0 = kiln.constant dense<0.0> : tensor<4x3xf32>
  %h = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x, %m : tensor<4x5x6xf32>, tensor<4x5xi1>)
      rows(%d : tensor<4x6xi1>) captures(%w : tensor<6x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x6xf32>, %mt: tensor<4xi1>, %dt: tensor<4x6xi1>, %k: tensor<6x3xf32>):
    %zero = kiln.constant dense<0.0> : tensor<4x6xf32>
    %0 = kiln.dropout %xt, %dt {rate = 5.0e-01 : f64} : tensor<4x6xf32>, tensor<4x6xi1>
    %1 = kiln.broadcast %mt along [0] : tensor<4xi1> to tensor<4x6xi1>
    %2 = kiln.select %1, %0, %zero : tensor<4x6xi1>, tensor<4x6xf32>
    %3 = kiln.matmul %2, %k : (tensor<4x6xf32>, tensor<6x3xf32>)
    %4 = kiln.add %3, %s : tensor<4x3xf32>
    kiln.yield %4 : tensor<4x3xf32>
  }
  return %h : tensor<4x3xf32>
}

// Gates of one projection, each a sequence; what the cell puts out by itself.
// CHECK-LABEL: func.func @gates(
// CHECK:      %[[Z:.*]] = kiln.matmul
// CHECK-NEXT: %[[G:.*]]:2 = kiln.split %[[Z]] : tensor<20x6xf32> to tensor<20x3xf32>, tensor<20x3xf32>
// CHECK-NEXT: %[[G0:.*]] = kiln.reshape %[[G]]#0
// CHECK-NEXT: %[[G1:.*]] = kiln.reshape %[[G]]#1
// CHECK:      sequences(%[[G0]], %[[G1]] : tensor<4x5x3xf32>, tensor<4x5x3xf32>)
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4x3xf32>, %[[A:.*]]: tensor<4x3xf32>, %[[B:.*]]: tensor<4x3xf32>):
// CHECK-NEXT:   %[[N:.*]] = kiln.mul %[[A]], %[[H]]
// CHECK-NEXT:   kiln.yield %[[N]], %[[B]]
func.func @gates(%x: tensor<4x5x6xf32>, %w: tensor<6x6xf32>) -> (tensor<4x3xf32>, tensor<4x5x3xf32>) {
  %h0 = kiln.constant dense<1.0> : tensor<4x3xf32>
  %h, %y = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x6xf32>) captures(%w : tensor<6x6xf32>)
      -> (tensor<4x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x6xf32>, %k: tensor<6x6xf32>):
    %0 = kiln.matmul %xt, %k : (tensor<4x6xf32>, tensor<6x6xf32>)
    %1, %2 = kiln.split %0 : tensor<4x6xf32> to tensor<4x3xf32>, tensor<4x3xf32>
    %3 = kiln.mul %1, %s : tensor<4x3xf32>
    kiln.yield %3, %2 : tensor<4x3xf32>, tensor<4x3xf32>
  }
  return %h, %y : tensor<4x3xf32>, tensor<4x5x3xf32>
}
