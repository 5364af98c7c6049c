// RUN: kiln-opt %s -kiln-form-groups -kiln-skip-padding | FileCheck %s

// Rows of distinct tokens are projected and read by position: rows past the
// tokens are nobody's.
// CHECK-LABEL: func.func @project(
// CHECK: %[[LIST:.*]]:2 = kiln.fusion {{.*}} index
// CHECK: gather(%arg0, %[[LIST]]#0) attributes {kiln.ragged = 1 : i64}
// CHECK: contraction({{.*}}, %arg1, %[[LIST]]#0) attributes {kiln.ragged = 2 : i64}
// CHECK: gather({{.*}}, %[[LIST]]#1)
// CHECK-NOT: kiln.ragged
// CHECK: return
func.func @project(%table: tensor<50x4xf32>, %w: tensor<4x3xf32>, %tokens: tensor<2x6xi32>) -> tensor<2x6x3xf32> {
  %values, %positions, %counts = kiln.unique %tokens : tensor<2x6xi32>
  %x = kiln.gather %table, %values {batch_dims = 0 : i64} : (tensor<50x4xf32>, tensor<2x6xi32>)
  %flat = kiln.reshape %x : tensor<2x6x4xf32> to tensor<12x4xf32>
  %p = kiln.matmul %flat, %w : (tensor<12x4xf32>, tensor<4x3xf32>)
  %rows = kiln.reshape %p : tensor<12x3xf32> to tensor<2x6x3xf32>
  %y = kiln.gather %rows, %positions {batch_dims = 1 : i64} : (tensor<2x6x3xf32>, tensor<2x6xi32>)
  return %y : tensor<2x6x3xf32>
}
