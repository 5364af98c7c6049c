// RUN: kiln-opt %s -kiln-fuse-scan | FileCheck %s

// Rows by position come in, sums by position go out, in the order of the steps.
// CHECK-LABEL: func.func @rows(
// CHECK: kiln.fusion "{{.*}}" scan(%arg0, %arg1, %arg2)
// CHECK: kiln.gather
// CHECK: kiln.scan reverse
// CHECK: kiln.scatter
// CHECK-NOT: kiln.scatter
func.func @rows(%table: tensor<8x5x4xf32>, %at: tensor<8x5xi32>, %h0: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x5x4xf32>) {
  %x = kiln.gather %table, %at {batch_dims = 1 : i64} : (tensor<8x5x4xf32>, tensor<8x5xi32>)
  %h, %o = kiln.scan reverse init(%h0 : tensor<8x4xf32>) sequences(%x : tensor<8x5x4xf32>) -> (tensor<8x4xf32>) outputs(tensor<8x5x4xf32>) {
  ^bb0(%s: tensor<8x4xf32>, %z: tensor<8x4xf32>):
    %a = kiln.add %s, %z : tensor<8x4xf32>
    kiln.yield %a, %a : tensor<8x4xf32>, tensor<8x4xf32>
  }
  %g = kiln.scatter %o, %at {batch_dims = 1 : i64, rows = 5 : i64, descending} : (tensor<8x5x4xf32>, tensor<8x5xi32>)
  return %h, %g : tensor<8x4xf32>, tensor<8x5x4xf32>
}
