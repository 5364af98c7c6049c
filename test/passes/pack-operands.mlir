// RUN: kiln-opt %s -kiln-pack-operands | FileCheck %s

// A layer and its gradients: every operand is packed in the form that its
// contraction reads, and what two of them read alike is packed once.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<64x784xf32>, %[[W:[a-z0-9]+]]: tensor<784x10xf32>, %[[G:[a-z0-9]+]]: tensor<64x10xf32>
// CHECK-DAG:  %[[WT:.*]] = kiln.pack rhs %[[W]] transposed : tensor<784x10xf32>
// CHECK-DAG:  %[[WP:.*]] = kiln.pack rhs %[[W]] : tensor<784x10xf32>
// CHECK-DAG:  %[[XP:.*]] = kiln.pack %[[X]] : tensor<64x784xf32>
// CHECK-DAG:  %[[XT:.*]] = kiln.pack %[[X]] transposed : tensor<64x784xf32>
// CHECK-DAG:  %[[GP:.*]] = kiln.pack %[[G]] : tensor<64x10xf32>
// CHECK-DAG:  %[[GR:.*]] = kiln.pack rhs %[[G]] : tensor<64x10xf32>
// CHECK:      kiln.packed_matmul %[[XP]], %[[WP]], 784 : (tensor<64x400xi32>, tensor<400x16xi32>) -> tensor<64x10xf32>
// CHECK-NEXT: kiln.packed_matmul %[[GP]], %[[WT]], 10 : (tensor<64x16xi32>, tensor<16x784xi32>) -> tensor<64x784xf32>
// CHECK-NEXT: kiln.packed_matmul %[[XT]], %[[GR]], 64 : (tensor<784x32xi32>, tensor<32x16xi32>) -> tensor<784x10xf32>
// CHECK-NEXT: kiln.packed_matmul %[[XP]], %[[WP]], 784
// CHECK-NOT:  kiln.pack{{ }}
func.func @layer(%x: tensor<64x784xf32>, %w: tensor<784x10xf32>, %g: tensor<64x10xf32>)
    -> (tensor<64x10xf32>, tensor<64x784xf32>, tensor<784x10xf32>, tensor<64x10xf32>) {
  %0 = kiln.matmul %x, %w {bfloat16} : (tensor<64x784xf32>, tensor<784x10xf32>)
  %1 = kiln.matmul %g, %w transposed {bfloat16} : (tensor<64x10xf32>, tensor<784x10xf32>)
  %2 = kiln.matmul %x transposed, %g {bfloat16} : (tensor<64x784xf32>, tensor<64x10xf32>)
  %3 = kiln.matmul %x, %w {bfloat16} : (tensor<64x784xf32>, tensor<784x10xf32>)
  return %0, %1, %2, %3 : tensor<64x10xf32>, tensor<64x784xf32>, tensor<784x10xf32>, tensor<64x10xf32>
}

// One matrix on both sides: two forms of it.
// CHECK-LABEL: func.func @square(
// CHECK-DAG:   %[[L:.*]] = kiln.pack %[[A:.*]] : tensor<4x4xf32>
// CHECK-DAG:   %[[R:.*]] = kiln.pack rhs %[[A]] : tensor<4x4xf32>
// CHECK:       kiln.packed_matmul %[[L]], %[[R]], 4 : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<4x4xf32>
func.func @square(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = kiln.matmul %a, %a {bfloat16} : (tensor<4x4xf32>, tensor<4x4xf32>)
  return %0 : tensor<4x4xf32>
}
