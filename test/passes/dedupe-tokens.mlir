// RUN: kiln-opt %s -split-input-file -kiln-dedupe-tokens -canonicalize | FileCheck %s

// With dropout each sample has its distinct tokens; two scans share them.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[E:[a-z0-9]+]]: tensor<11x6xf32>, %[[I:[a-z0-9]+]]: tensor<4x5xi32>, %[[D:[a-z0-9]+]]: tensor<4x6xi1>
// CHECK:      %[[V:.*]], %[[P:.*]], %{{.*}} = kiln.unique %[[I]] : tensor<4x5xi32>
// CHECK-NEXT: %[[X:.*]] = kiln.gather %[[E]], %[[V]] {batch_dims = 0 : i64}
// CHECK-NEXT: %[[M:.*]] = kiln.broadcast %[[D]] along [0, 2]
// CHECK-NEXT: %[[Y:.*]] = kiln.dropout %[[X]], %[[M]]
// CHECK-NEXT: %[[F:.*]] = kiln.reshape %[[Y]] : tensor<4x5x6xf32> to tensor<20x6xf32>
// CHECK-NEXT: %[[Z:.*]] = kiln.matmul %[[F]], %{{.*}}
// CHECK-NEXT: %[[B:.*]] = kiln.broadcast %{{.*}} along [1] : tensor<3xf32> to tensor<20x3xf32>
// CHECK-NEXT: %[[A:.*]] = kiln.add %[[Z]], %[[B]]
// CHECK-NEXT: %[[S:.*]] = kiln.reshape %[[A]] : tensor<20x3xf32> to tensor<4x5x3xf32>
// CHECK-NEXT: %[[G:.*]] = kiln.gather %[[S]], %[[P]] {batch_dims = 1 : i64}
// CHECK-NEXT: kiln.scan sequences(%[[G]] : tensor<4x5x3xf32>)
// CHECK:      kiln.scan reverse sequences(%[[G]] : tensor<4x5x3xf32>)
// CHECK-NOT:  kiln.unique
// CHECK:      return
func.func @train_step(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %d: tensor<4x6xi1>, %w: tensor<6x3xf32>, %b: tensor<3xf32>)
    -> (tensor<4x5x3xf32>, tensor<4x5x3xf32>) {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %m = kiln.broadcast %d along [0, 2] : tensor<4x6xi1> to tensor<4x5x6xi1>
  %y = kiln.dropout %x, %m {rate = 5.0e-01 : f64} : tensor<4x5x6xf32>, tensor<4x5x6xi1>
  %f = kiln.reshape %y : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %c = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<20x3xf32>
  %a = kiln.add %z, %c : tensor<20x3xf32>
  %s = kiln.reshape %a : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%t: tensor<4x3xf32>):
    %1 = kiln.tanh %t : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  %2 = kiln.scan reverse sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%t: tensor<4x3xf32>):
    %1 = kiln.tanh %t : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0, %2 : tensor<4x5x3xf32>, tensor<4x5x3xf32>
}

// A program without updates computes a table.
// CHECK-LABEL: func.func @evaluate(
// CHECK-SAME: %[[E:[a-z0-9]+]]: tensor<11x6xf32>, %[[I:[a-z0-9]+]]: tensor<4x5xi32>, %[[W:[a-z0-9]+]]: tensor<6x6xf32>
// CHECK-DAG:  %[[ONE:.*]] = kiln.constant dense<2.000000e+00> : tensor<11x6xf32>
// CHECK:      %[[Z:.*]] = kiln.matmul %[[E]], %[[W]] : (tensor<11x6xf32>, tensor<6x6xf32>)
// CHECK-NEXT: %[[Y:.*]] = kiln.mul %[[Z]], %[[ONE]] : tensor<11x6xf32>
// CHECK-NEXT: %[[P:.*]]:2 = kiln.split %[[Y]] : tensor<11x6xf32> to tensor<11x3xf32>, tensor<11x3xf32>
// CHECK-NEXT: %[[G0:.*]] = kiln.gather %[[P]]#0, %[[I]] {batch_dims = 0 : i64} : (tensor<11x3xf32>, tensor<4x5xi32>)
// CHECK-NEXT: %[[G1:.*]] = kiln.gather %[[P]]#1, %[[I]] {batch_dims = 0 : i64} : (tensor<11x3xf32>, tensor<4x5xi32>)
// CHECK-NEXT: kiln.scan sequences(%[[G0]], %[[G1]]
func.func @evaluate(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %w: tensor<6x6xf32>) -> tensor<4x5x3xf32> {
  %two = kiln.constant dense<2.0> : tensor<20x6xf32>
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %f = kiln.reshape %x : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x6xf32>)
  %y = kiln.mul %z, %two : tensor<20x6xf32>
  %p, %q = kiln.split %y : tensor<20x6xf32> to tensor<20x3xf32>, tensor<20x3xf32>
  %s = kiln.reshape %p : tensor<20x3xf32> to tensor<4x5x3xf32>
  %t = kiln.reshape %q : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s, %t : tensor<4x5x3xf32>, tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    %1 = kiln.add %a, %b : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// -----

// In training without dropout, the batch has its distinct tokens.
// CHECK-LABEL: func.func @train_step(
// CHECK:      %[[I:.*]] = kiln.reshape %{{.*}} : tensor<4x5xi32> to tensor<1x20xi32>
// CHECK-NEXT: %[[V:.*]], %[[P:.*]], %{{.*}} = kiln.unique %[[I]] : tensor<1x20xi32>
// CHECK-NEXT: %[[Q:.*]] = kiln.reshape %[[P]] : tensor<1x20xi32> to tensor<4x5xi32>
// CHECK-NEXT: %[[X:.*]] = kiln.gather %{{.*}}, %[[V]] {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<1x20xi32>)
// CHECK-NEXT: %[[F:.*]] = kiln.reshape %[[X]] : tensor<1x20x6xf32> to tensor<20x6xf32>
// CHECK-NEXT: %[[Z:.*]] = kiln.matmul %[[F]], %{{.*}}
// CHECK-NEXT: %[[G:.*]] = kiln.gather %[[Z]], %[[Q]] {batch_dims = 0 : i64} : (tensor<20x3xf32>, tensor<4x5xi32>)
// CHECK-NEXT: kiln.scan sequences(%[[G]]
func.func @train_step(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %w: tensor<6x3xf32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %f = kiln.reshape %x : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %s = kiln.reshape %z : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %1 = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}
