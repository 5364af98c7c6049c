// What must stay outside of a recurrence's group.
// RUN: kiln-opt %s -kiln-fuse-scan | FileCheck %s

// Others need the rows that were gathered, and the sum runs the other way.
// CHECK-LABEL: func.func @others(
// CHECK: kiln.gather
// CHECK: kiln.fusion "{{.*}}" scan(
// CHECK-NOT: kiln.gather
// CHECK: kiln.yield
// CHECK-NOT: kiln.scatter
// CHECK: kiln.yield
// CHECK: kiln.scatter
// CHECK: return
func.func @others(%table: tensor<8x5x4xf32>, %at: tensor<8x5xi32>, %h0: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x5x4xf32>, tensor<8x5x4xf32>) {
  %x = kiln.gather %table, %at {batch_dims = 1 : i64} : (tensor<8x5x4xf32>, tensor<8x5xi32>)
  %h, %o = kiln.scan reverse init(%h0 : tensor<8x4xf32>) sequences(%x : tensor<8x5x4xf32>) -> (tensor<8x4xf32>) outputs(tensor<8x5x4xf32>) {
  ^bb0(%s: tensor<8x4xf32>, %z: tensor<8x4xf32>):
    %a = kiln.add %s, %z : tensor<8x4xf32>
    kiln.yield %a, %a : tensor<8x4xf32>, tensor<8x4xf32>
  }
  %g = kiln.scatter %o, %at {batch_dims = 1 : i64, rows = 5 : i64} : (tensor<8x5x4xf32>, tensor<8x5xi32>)
  return %h, %g, %x : tensor<8x4xf32>, tensor<8x5x4xf32>, tensor<8x5x4xf32>
}
