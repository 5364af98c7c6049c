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

// A cell is made of groups itself, before its scan becomes one; parts of a value
// are a group alone, and so is what a step adds to a sum.
// CHECK-LABEL: func.func @cell(
// CHECK:      kiln.fusion "scan.forward@{{.*}}" scan(
// CHECK:        kiln.scan reverse
// CHECK-NEXT:   ^bb0(%[[H:.*]]: tensor<8x3xf32>, %[[X:.*]]: tensor<8x6xf32>):
// CHECK-NEXT:     %[[P:.*]]:2 = kiln.fusion "split.cell.forward@{{.*}}" copy(%[[X]])
// CHECK:          %[[N:.*]] = kiln.fusion "add.cell.forward@{{.*}}" elementwise(%[[H]], %[[P]]#0)
// CHECK:          %[[C:.*]] = kiln.fusion "matmul.cell.forward@{{.*}}" contraction(%[[H]], %[[P]]#1)
// CHECK:          kiln.yield %[[N]], %[[C]]
func.func @cell(%h0: tensor<8x3xf32>, %x: tensor<8x5x6xf32>) -> (tensor<8x3xf32>, tensor<3x3xf32>) {
  %h, %g = kiln.scan reverse init(%h0 : tensor<8x3xf32>) sequences(%x : tensor<8x5x6xf32>)
      -> (tensor<8x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x6xf32>):
    %0, %1 = kiln.split %a : tensor<8x6xf32> to tensor<8x3xf32>, tensor<8x3xf32>
    %2 = kiln.add %s, %0 : tensor<8x3xf32>
    %3 = kiln.matmul %s transposed, %1 : (tensor<8x3xf32>, tensor<8x3xf32>)
    kiln.yield %2, %3 : tensor<8x3xf32>, tensor<3x3xf32>
  }
  return %h, %g : tensor<8x3xf32>, tensor<3x3xf32>
}
