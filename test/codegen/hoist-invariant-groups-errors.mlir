// What must run at every step.
// RUN: kiln-opt %s --kiln-hoist-invariant-groups | FileCheck %s

kiln.param @w : tensor<8xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}

// The step renews the parameter.
// CHECK-LABEL: func.func @train_step
// CHECK-NOT: kiln.once
// CHECK: return
func.func @train_step(%w: tensor<8xf32> {kiln.param = @w})
    -> (tensor<8xf32> {kiln.donates = 0 : i64}) {
  %0 = kiln.fusion "scale" elementwise (%w) : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.neg %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

// The number of rows is the batch's.
// CHECK-LABEL: func.func @evaluate
// CHECK-NOT: kiln.once
// CHECK: return
func.func @evaluate(%w: tensor<8xf32> {kiln.param = @w},
                    %rows: tensor<i64> {kiln.role = "rows"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "mask" elementwise (%w, %rows)
      : (tensor<8xf32>, tensor<i64>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>, %b: tensor<i64>):
    %m = kiln.row_mask %b : tensor<8xi1>
    %z = kiln.constant dense<0.0> : tensor<8xf32>
    %u = kiln.select %m, %a, %z : tensor<8xi1>, tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}
