// What must stay as it is.
// RUN: kiln-opt %s -kiln-recompute-activations | FileCheck %s

// One value that was dropped out is as large as the state; a tanh costs more
// than to load it; what others read stays, and then serves.
// CHECK-LABEL: func.func @saved(
// CHECK:      kiln.scan init
// CHECK:      ^bb0(%[[H:.*]]: tensor<4x3xf32>, %[[X:.*]]: tensor<4x3xf32>, %[[M:.*]]: tensor<4x3xi1>):
// CHECK-NEXT:   %[[D:.*]] = kiln.dropout %[[H]], %[[M]]
// CHECK-NEXT:   %[[A:.*]] = kiln.add %[[D]], %[[X]]
// CHECK-NEXT:   %[[T:.*]] = kiln.tanh %[[A]]
// CHECK-NEXT:   kiln.yield %[[T]], %[[D]], %[[T]], %[[A]] :
// CHECK:      kiln.scan reverse
func.func @saved(%x: tensor<4x5x3xf32>, %r: tensor<4x3xi1>, %dh: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x5x3xf32>) {
  %h0 = kiln.constant dense<0.0> : tensor<4x3xf32>
  %h, %d, %t, %a = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>) rows(%r : tensor<4x3xi1>)
      -> (tensor<4x3xf32>) outputs(tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x3xf32>, %m: tensor<4x3xi1>):
    %0 = kiln.dropout %s, %m {rate = 2.5e-01 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
    %1 = kiln.add %0, %xt : tensor<4x3xf32>
    %2 = kiln.tanh %1 : tensor<4x3xf32>
    kiln.yield %2, %0, %2, %1 : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>
  }
  %g = kiln.scan reverse init(%dh : tensor<4x3xf32>) sequences(%d, %t, %a : tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>)
      -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %p: tensor<4x3xf32>, %q: tensor<4x3xf32>, %u: tensor<4x3xf32>):
    %0 = kiln.mul %s, %p : tensor<4x3xf32>
    %1 = kiln.mul %0, %q : tensor<4x3xf32>
    %2 = kiln.mul %1, %u : tensor<4x3xf32>
    kiln.yield %2 : tensor<4x3xf32>
  }
  return %g, %a : tensor<4x3xf32>, tensor<4x5x3xf32>
}

// The reader runs in the same order: another layer, no way back.
// CHECK-LABEL: func.func @layers(
// CHECK: kiln.scan
// CHECK: kiln.neg
// CHECK: kiln.scan
// CHECK-NOT: kiln.neg
// CHECK: return
func.func @layers(%x: tensor<4x5x3xf32>) -> tensor<4x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %0 = kiln.neg %a : tensor<4x3xf32>
    kiln.yield %0 : tensor<4x3xf32>
  }
  %z = kiln.scan sequences(%y : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %0 = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %0 : tensor<4x3xf32>
  }
  return %z : tensor<4x5x3xf32>
}
