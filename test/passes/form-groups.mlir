// RUN: kiln-opt %s -kiln-form-groups | FileCheck %s
// RUN: kiln-opt %s -kiln-form-groups -kiln-verify-phase=phase=fused | FileCheck %s

// One group an op, by its kind; constants and broadcasts inside; reshapes
// outside; what reads arguments alone comes first.
// CHECK-LABEL: func.func @kinds(
// CHECK-NEXT: %[[X:.*]] = kiln.reshape
// CHECK-NEXT: %[[M:.*]] = kiln.fusion "dropout.forward@model.toml:19" random(
// CHECK:      %[[T:.*]] = kiln.fusion "transpose.forward@{{.*}}" transpose(
// CHECK:      %[[A:.*]] = kiln.fusion "dense.forward@model.toml:14" contraction(%[[X]],
// CHECK:      %[[B:.*]] = kiln.fusion "dense.forward@model.toml:14.2" elementwise(%[[A]], %{{[a-z0-9]+}})
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.broadcast
// CHECK-NEXT:   kiln.add
// CHECK-NEXT:   kiln.yield
// CHECK:      %[[C:.*]] = kiln.fusion {{.*}} elementwise(%[[B]])
// CHECK-NEXT: ^bb0
// CHECK-NEXT:   kiln.constant
// CHECK-NEXT:   kiln.maximum
// CHECK:      kiln.fusion {{.*}} rows(
// CHECK:        kiln.softmax
// CHECK:      kiln.fusion {{.*}} columns(
// CHECK:        kiln.reduce
// CHECK:      kiln.fusion {{.*}} total(
// CHECK:        kiln.reduce
// CHECK:      return
#dense = loc("dense"("model.toml":14:1))
func.func @kinds(%x: tensor<8x2x3xf32>, %w: tensor<6x3xf32>, %b: tensor<3xf32>, %seed: tensor<i64>)
    -> (tensor<8x3xf32>, tensor<3xf32>, tensor<f32>, tensor<3x6xf32>, tensor<8x3xi1>) {
  %0 = kiln.reshape %x : tensor<8x2x3xf32> to tensor<8x6xf32>
  %1 = kiln.matmul %0, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
  %2 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32> loc(#dense)
  %3 = kiln.add %1, %2 : tensor<8x3xf32> loc(#dense)
  %c = kiln.constant dense<0.5> : tensor<8x3xf32>
  %4 = kiln.maximum %3, %c : tensor<8x3xf32>
  %5 = kiln.softmax %4 : tensor<8x3xf32>
  %6 = kiln.reduce sum, %4 along [0] : tensor<8x3xf32>
  %7 = kiln.reduce sum, %4 along [0, 1] : tensor<8x3xf32>
  %m = kiln.random_mask %seed, %seed, %seed {rate = 5.0e-01 : f64, stream = 1 : i64} : tensor<8x3xi1> loc("dropout"("model.toml":19:1))
  %t = kiln.transpose %w : tensor<6x3xf32>
  return %5, %6, %7, %t, %m : tensor<8x3xf32>, tensor<3xf32>, tensor<f32>, tensor<3x6xf32>, tensor<8x3xi1>
}

// A constant or broadcast that is returned has to be stored.
// CHECK-LABEL: func.func @stored(
// CHECK-DAG: kiln.fusion {{.*}} elementwise() : () -> tensor<3xf32>
// CHECK-DAG: kiln.fusion {{.*}} elementwise(%{{.*}}) : (tensor<3xf32>) -> tensor<8x3xf32>
// CHECK:     return
func.func @stored(%b: tensor<3xf32>) -> (tensor<3xf32>, tensor<8x3xf32>) {
  %0 = kiln.constant dense<1.0> : tensor<3xf32>
  %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32>
  return %0, %1 : tensor<3xf32>, tensor<8x3xf32>
}
