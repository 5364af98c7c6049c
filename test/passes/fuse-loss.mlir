// RUN: kiln-opt %s -kiln-fuse-loss | FileCheck %s

// Loss, its gradient and a metric in one pass over the rows; the sums after it.
// CHECK-LABEL: func.func @loss(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x3xf32>, %[[Y:[a-z0-9]+]]: tensor<8xi32>, %[[N:[a-z0-9]+]]: tensor<i64>, %[[S:[a-z0-9]+]]: tensor<f32>
// CHECK-NEXT: %[[R:.*]]:3 = kiln.fusion "softmax_cross_entropy.forward@{{.*}}" rows(%[[X]], %[[Y]], %[[N]], %[[S]])
// CHECK:        %[[P:.*]] = kiln.softmax
// CHECK:        kiln.softmax_cross_entropy
// CHECK:        kiln.row_mask
// CHECK:        kiln.argmax %[[P]]
// CHECK:        kiln.compare eq
// CHECK:        kiln.one_hot
// CHECK:        kiln.sub %[[P]]
// CHECK:        kiln.broadcast %{{.*}} along [0]
// CHECK:        kiln.mul
// CHECK:        kiln.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8xf32>, tensor<8x3xf32>
// CHECK-NEXT: }
// CHECK-NEXT: %[[L:.*]] = kiln.fusion {{.*}} total(%[[R]]#0, %[[S]])
// CHECK:        %[[SUM:.*]] = kiln.reduce sum
// CHECK-NEXT:   kiln.div %[[SUM]]
// CHECK-NEXT:   kiln.yield
// CHECK-NEXT: }
// CHECK-NEXT: %[[M:.*]] = kiln.reduce sum, %[[R]]#1
// CHECK-NEXT: return %[[L]], %[[M]], %[[R]]#2
func.func @loss(%x: tensor<8x3xf32>, %y: tensor<8xi32>, %rows: tensor<i64>, %s: tensor<f32>)
    -> (tensor<f32>, tensor<f32>, tensor<8x3xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<8xf32>
  %0 = kiln.softmax %x : tensor<8x3xf32>
  %1 = kiln.softmax_cross_entropy %x, %y : (tensor<8x3xf32>, tensor<8xi32>)
  %2 = kiln.row_mask %rows : tensor<8xi1>
  %3 = kiln.select %2, %1, %zero : tensor<8xi1>, tensor<8xf32>
  %4 = kiln.reduce sum, %3 along [0] : tensor<8xf32>
  %5 = kiln.div %4, %s : tensor<f32>
  %6 = kiln.argmax %0 : tensor<8x3xf32>
  %7 = kiln.compare eq, %6, %y : tensor<8xi32>
  %8 = kiln.convert %7 : tensor<8xi1> to tensor<8xf32>
  %9 = kiln.select %2, %8, %zero : tensor<8xi1>, tensor<8xf32>
  %10 = kiln.reduce sum, %9 along [0] : tensor<8xf32>
  %11 = kiln.broadcast %s along [] : tensor<f32> to tensor<8xf32>
  %12 = kiln.select %2, %11, %zero : tensor<8xi1>, tensor<8xf32>
  %13 = kiln.one_hot %y, 3 : tensor<8xi32>
  %14 = kiln.sub %0, %13 : tensor<8x3xf32>
  %15 = kiln.broadcast %12 along [0] : tensor<8xf32> to tensor<8x3xf32>
  %16 = kiln.mul %14, %15 : tensor<8x3xf32>
  return %5, %10, %16 : tensor<f32>, tensor<f32>, tensor<8x3xf32>
}

// A penalty: squares that only their sum needs. The loss takes the arithmetic
// that combines them, so that the penalty depends on its weight alone.
// CHECK-LABEL: func.func @penalty(
// CHECK-DAG: %[[P:.*]] = kiln.fusion {{.*}} total(%{{[a-z0-9]+}}) {{.*}} : (tensor<6x3xf32>)
// CHECK-DAG: %[[R:.*]] = kiln.fusion {{.*}} rows
// CHECK:     %[[L:.*]] = kiln.fusion {{.*}} total({{.*}}%[[P]]{{.*}}) {{.*}} -> tensor<f32> {
// CHECK:       kiln.reduce sum
// CHECK:       kiln.mul
// CHECK:       kiln.add
// CHECK:     return %[[L]]
func.func @penalty(%x: tensor<8x3xf32>, %y: tensor<8xi32>, %w: tensor<6x3xf32>) -> tensor<f32> {
  %l2 = kiln.constant dense<0.01> : tensor<f32>
  %0 = kiln.softmax_cross_entropy %x, %y : (tensor<8x3xf32>, tensor<8xi32>)
  %1 = kiln.mul %0, %0 : tensor<8xf32>
  %2 = kiln.reduce sum, %1 along [0] : tensor<8xf32>
  %3 = kiln.mul %w, %w : tensor<6x3xf32>
  %4 = kiln.reduce sum, %3 along [0, 1] : tensor<6x3xf32>
  %5 = kiln.mul %4, %l2 : tensor<f32>
  %6 = kiln.add %2, %5 : tensor<f32>
  return %6 : tensor<f32>
}

// Means along rows (mse), with what leads to them and what follows.
// CHECK-LABEL: func.func @mean(
// CHECK-NEXT: %[[R:.*]] = kiln.fusion {{.*}} rows(
// CHECK:        kiln.sub
// CHECK:        kiln.mul
// CHECK:        kiln.reduce sum, %{{.*}} along [1]
// CHECK:        kiln.div
// CHECK:        kiln.yield
// CHECK-NEXT: }
// CHECK-NEXT: return %[[R]]
func.func @mean(%x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8xf32> {
  %three = kiln.constant dense<3.0> : tensor<8xf32>
  %0 = kiln.sub %x, %y : tensor<8x3xf32>
  %1 = kiln.mul %0, %0 : tensor<8x3xf32>
  %2 = kiln.reduce sum, %1 along [1] : tensor<8x3xf32>
  %3 = kiln.div %2, %three : tensor<8xf32>
  return %3 : tensor<8xf32>
}
