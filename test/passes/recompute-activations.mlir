// RUN: kiln-opt %s -kiln-recompute-activations -canonicalize -cse | FileCheck %s

// One state for two that were dropped out; the square of a saved value, and the
// mask, for nothing.
// CHECK-LABEL: func.func @step(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x5x3xf32>, %[[M:[a-z0-9]+]]: tensor<4x5xi1>, %[[R0:[a-z0-9]+]]: tensor<4x3xi1>, %[[R1:[a-z0-9]+]]: tensor<4x3xi1>
// CHECK:      %{{.*}}, %[[O:.*]]:2 = kiln.scan init
// CHECK-SAME:   outputs(tensor<4x5x3xf32>, tensor<4x5x3xf32>)
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4x3xf32>, %[[XT:.*]]: tensor<4x3xf32>, %[[MT:.*]]: tensor<4xi1>
// CHECK:        %[[T:.*]] = kiln.tanh
// CHECK:        kiln.yield %{{.*}}, %[[T]], %[[H]] :
// CHECK:      kiln.scan reverse
// CHECK-SAME:   sequences(%[[O]]#0, %[[O]]#1, %[[M]] : tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5xi1>)
// CHECK-SAME:   rows(%[[R0]], %[[R1]] : tensor<4x3xi1>, tensor<4x3xi1>)
// CHECK-NEXT: ^bb0(%[[D:.*]]: tensor<4x3xf32>, %[[TT:.*]]: tensor<4x3xf32>, %[[HT:.*]]: tensor<4x3xf32>, %[[MB:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4x3xi1>, %[[B:.*]]: tensor<4x3xi1>):
// CHECK-DAG:    kiln.dropout %[[HT]], %[[A]]
// CHECK-DAG:    kiln.dropout %[[HT]], %[[B]]
// CHECK-DAG:    kiln.mul %[[TT]], %[[TT]]
// CHECK-DAG:    kiln.broadcast %[[MB]] along [0]
func.func @step(%x: tensor<4x5x3xf32>, %m: tensor<4x5xi1>, %r0: tensor<4x3xi1>, %r1: tensor<4x3xi1>, %u: tensor<3x3xf32>, %dh: tensor<4x3xf32>)
    -> (tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>) {
  %h0 = kiln.constant dense<0.0> : tensor<4x3xf32>
  %h, %y, %p, %q, %s, %b = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x, %m : tensor<4x5x3xf32>, tensor<4x5xi1>)
      rows(%r0, %r1 : tensor<4x3xi1>, tensor<4x3xi1>) captures(%u : tensor<3x3xf32>) -> (tensor<4x3xf32>)
      outputs(tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xi1>) {
  ^bb0(%s: tensor<4x3xf32>, %xt: tensor<4x3xf32>, %mt: tensor<4xi1>, %m0: tensor<4x3xi1>, %m1: tensor<4x3xi1>, %k: tensor<3x3xf32>):
    %d0 = kiln.dropout %s, %m0 {rate = 2.5e-01 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
    %d1 = kiln.dropout %s, %m1 {rate = 2.5e-01 : f64} : tensor<4x3xf32>, tensor<4x3xi1>
    %0 = kiln.matmul %d0, %k : (tensor<4x3xf32>, tensor<3x3xf32>)
    %1 = kiln.matmul %d1, %k : (tensor<4x3xf32>, tensor<3x3xf32>)
    %2 = kiln.add %0, %1 : tensor<4x3xf32>
    %3 = kiln.add %xt, %2 : tensor<4x3xf32>
    %t = kiln.tanh %3 : tensor<4x3xf32>
    %sq = kiln.mul %t, %t : tensor<4x3xf32>
    %c = kiln.broadcast %mt along [0] : tensor<4xi1> to tensor<4x3xi1>
    %n = kiln.select %c, %t, %s : tensor<4x3xi1>, tensor<4x3xf32>
    kiln.yield %n, %t, %d0, %d1, %sq, %c : tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xi1>
  }
  %d0, %dw = kiln.scan reverse init(%dh : tensor<4x3xf32>)
      sequences(%y, %p, %q, %s, %b : tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xf32>, tensor<4x5x3xi1>)
      -> (tensor<4x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%d: tensor<4x3xf32>, %t: tensor<4x3xf32>, %q0: tensor<4x3xf32>, %q1: tensor<4x3xf32>, %sq: tensor<4x3xf32>, %c: tensor<4x3xi1>):
    %zero = kiln.constant dense<0.0> : tensor<4x3xf32>
    %0 = kiln.select %c, %d, %zero : tensor<4x3xi1>, tensor<4x3xf32>
    %1 = kiln.sub %0, %sq : tensor<4x3xf32>
    %2 = kiln.mul %1, %t : tensor<4x3xf32>
    %3 = kiln.matmul %q0 transposed, %2 : (tensor<4x3xf32>, tensor<4x3xf32>)
    %4 = kiln.matmul %q1 transposed, %2 : (tensor<4x3xf32>, tensor<4x3xf32>)
    %5 = kiln.add %3, %4 : tensor<3x3xf32>
    kiln.yield %2, %5 : tensor<4x3xf32>, tensor<3x3xf32>
  }
  return %h, %d0, %dw : tensor<4x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>
}
