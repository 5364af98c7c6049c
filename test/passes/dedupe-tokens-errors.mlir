// What must stay as it is.
// RUN: kiln-opt %s -kiln-dedupe-tokens | FileCheck %s

// CHECK-NOT: kiln.unique

// Nothing to save: no contraction.
// CHECK-LABEL: func.func @train_step(
// CHECK: %[[X:.*]] = kiln.gather
// CHECK: %[[Y:.*]] = kiln.tanh %[[X]]
// CHECK: kiln.scan sequences(%[[X]], %[[Y]]
func.func @train_step(%e: tensor<11x3xf32>, %i: tensor<4x5xi32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x3xf32>, tensor<4x5xi32>)
  %y = kiln.tanh %x : tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%x, %y : tensor<4x5x3xf32>, tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    %1 = kiln.add %a, %b : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// Each step drops out differently, or adds something of its own.
// CHECK-LABEL: func.func @steps(
// CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
// CHECK-NOT: kiln.gather
// CHECK: return
func.func @steps(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %m: tensor<4x5x6xi1>, %w: tensor<6x3xf32>, %p: tensor<20x3xf32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %y = kiln.dropout %x, %m {rate = 5.0e-01 : f64} : tensor<4x5x6xf32>, tensor<4x5x6xi1>
  %f = kiln.reshape %y : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %s = kiln.reshape %z : tensor<20x3xf32> to tensor<4x5x3xf32>
  %g = kiln.reshape %x : tensor<4x5x6xf32> to tensor<20x6xf32>
  %h = kiln.matmul %g, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %k = kiln.add %h, %p : tensor<20x3xf32>
  %t = kiln.reshape %k : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s, %t : tensor<4x5x3xf32>, tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    %1 = kiln.add %a, %b : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// The same for all samples, but not for all steps: a mask, and what is added.
// CHECK-LABEL: func.func @mask_of_steps(
// CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
// CHECK-NOT: kiln.gather
// CHECK: return
func.func @mask_of_steps(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %d: tensor<5x6xi1>, %w: tensor<6x3xf32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %m = kiln.broadcast %d along [1, 2] : tensor<5x6xi1> to tensor<4x5x6xi1>
  %y = kiln.dropout %x, %m {rate = 5.0e-01 : f64} : tensor<4x5x6xf32>, tensor<4x5x6xi1>
  %f = kiln.reshape %y : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %s = kiln.reshape %z : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %1 = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// CHECK-LABEL: func.func @sum_of_rows(
// CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
// CHECK-NOT: kiln.gather
// CHECK: return
func.func @sum_of_rows(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %w: tensor<6x3xf32>, %p: tensor<20xf32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %f = kiln.reshape %x : tensor<4x5x6xf32> to tensor<20x6xf32>
  %z = kiln.matmul %f, %w : (tensor<20x6xf32>, tensor<6x3xf32>)
  %b = kiln.broadcast %p along [0] : tensor<20xf32> to tensor<20x3xf32>
  %k = kiln.add %z, %b : tensor<20x3xf32>
  %s = kiln.reshape %k : tensor<20x3xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %1 = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}

// Rows across tokens: the reshape is another, the contraction sums over tokens.
// CHECK-LABEL: func.func @across(
// CHECK: kiln.gather %{{.*}}, %{{.*}} {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
// CHECK-NOT: kiln.gather
// CHECK: return
func.func @across(%e: tensor<11x6xf32>, %i: tensor<4x5xi32>, %w: tensor<30x15xf32>) -> tensor<4x5x3xf32> {
  %x = kiln.gather %e, %i {batch_dims = 0 : i64} : (tensor<11x6xf32>, tensor<4x5xi32>)
  %f = kiln.reshape %x : tensor<4x5x6xf32> to tensor<4x30xf32>
  %z = kiln.matmul %f, %w : (tensor<4x30xf32>, tensor<30x15xf32>)
  %s = kiln.reshape %z : tensor<4x15xf32> to tensor<4x5x3xf32>
  %0 = kiln.scan sequences(%s : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %1 = kiln.tanh %a : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %0 : tensor<4x5x3xf32>
}
