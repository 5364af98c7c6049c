// RUN: kiln-opt %s -kiln-fuse-epilogue | FileCheck %s

// Bias, activation and dropout run on the tile; only the last value leaves.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x6xf32>, %[[W:[a-z0-9]+]]: tensor<6x3xf32>, %[[B:[a-z0-9]+]]: tensor<3xf32>, %[[M:[a-z0-9]+]]: tensor<8x3xi1>
// CHECK-NEXT: %[[Y:.*]] = kiln.fusion "dense.forward@model.toml:14" contraction(%[[X]], %[[W]], %[[B]], %[[M]])
// CHECK-SAME: fused_from = [{{.*}}]
// CHECK-SAME: -> tensor<8x3xf32> {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<8x6xf32>, %[[K:.*]]: tensor<6x3xf32>, %[[C:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<8x3xi1>):
// CHECK-NEXT:   %[[P:.*]] = kiln.matmul %[[A]], %[[K]]
// CHECK-NEXT:   %[[Q:.*]] = kiln.broadcast %[[C]] along [1]
// CHECK-NEXT:   %[[R:.*]] = kiln.add %[[P]], %[[Q]]
// CHECK-NEXT:   %[[S:.*]] = kiln.relu %[[R]]
// CHECK-NEXT:   %[[T:.*]] = kiln.dropout %[[S]], %[[D]]
// CHECK-NEXT:   kiln.yield %[[T]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[Y]]
#line = loc("folder/model.toml":14:1)
#dense = loc("dense"(#line))
#drop = loc("dropout"("folder/model.toml":19:1))
func.func @layer(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>, %b: tensor<3xf32>, %m: tensor<8x3xi1>)
    -> tensor<8x3xf32> {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
  %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32> loc(#dense)
  %2 = kiln.add %0, %1 : tensor<8x3xf32> loc(#dense)
  %3 = kiln.relu %2 : tensor<8x3xf32> loc(#dense)
  %4 = kiln.dropout %3, %m {rate = 2.0e-01 : f64} : tensor<8x3xf32>, tensor<8x3xi1> loc(#drop)
  return %4 : tensor<8x3xf32>
}

// What only the epilogue needs comes with it: the comparison.
// CHECK-LABEL: func.func @backward(
// CHECK-NEXT: kiln.fusion {{.*}} contraction(
// CHECK:        %[[P:.*]] = kiln.compare gt
// CHECK:        kiln.matmul
// CHECK:        kiln.select %[[P]]
// CHECK:        kiln.yield %{{.*}} : tensor<8x3xf32>
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @backward(%g: tensor<8x6xf32>, %w: tensor<6x3xf32>, %h: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
  %0 = kiln.compare gt, %h, %zero : tensor<8x3xf32>
  %1 = kiln.matmul %g, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
  %2 = kiln.select %0, %1, %zero : tensor<8x3xi1>, tensor<8x3xf32>
  return %2 : tensor<8x3xf32>
}

// Numbers and columns of numbers are repeated on the tile. Two values leave.
// CHECK-LABEL: func.func @several(
// CHECK: %[[F:.*]]:2 = kiln.fusion {{.*}} contraction(
// CHECK:   %[[P:.*]] = kiln.matmul
// CHECK:   kiln.broadcast %{{.*}} along []
// CHECK:   %[[Q:.*]] = kiln.mul %[[P]]
// CHECK:   kiln.broadcast %{{.*}} along [0]
// CHECK:   %[[R:.*]] = kiln.add %[[Q]]
// CHECK:   %[[S:.*]] = kiln.sub %{{.*}}, %[[Q]]
// CHECK:   kiln.yield %[[R]], %[[S]]
// CHECK: kiln.transpose %[[F]]#0
// CHECK: return %[[F]]#1
func.func @several(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>, %s: tensor<f32>, %r: tensor<8xf32>, %t: tensor<8x3xf32>)
    -> (tensor<8x3xf32>, tensor<3x8xf32>) {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
  %1 = kiln.broadcast %s along [] : tensor<f32> to tensor<8x3xf32>
  %2 = kiln.mul %0, %1 : tensor<8x3xf32>
  %3 = kiln.broadcast %r along [0] : tensor<8xf32> to tensor<8x3xf32>
  %4 = kiln.add %2, %3 : tensor<8x3xf32>
  %5 = kiln.transpose %4 : tensor<8x3xf32>
  %6 = kiln.sub %t, %2 : tensor<8x3xf32>
  return %6, %5 : tensor<8x3xf32>, tensor<3x8xf32>
}

// Two contractions of one line are told apart.
// CHECK-LABEL: func.func @ids(
// CHECK: kiln.fusion "dense.forward@model.toml:14" contraction
// CHECK: kiln.fusion "dense.forward@model.toml:14.2" contraction
func.func @ids(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
  %1 = kiln.relu %0 : tensor<8x3xf32> loc(#dense)
  %2 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>) loc(#dense)
  %3 = kiln.tanh %2 : tensor<8x3xf32> loc(#dense)
  return %1, %3 : tensor<8x3xf32>, tensor<8x3xf32>
}

// A producer that the contraction itself reads stays outside of its group.
// CHECK-LABEL: func.func @residual(
// CHECK-NEXT: %[[T:.*]] = kiln.tanh
// CHECK-NEXT: kiln.fusion {{.*}} contraction(%[[T]], %{{[a-z0-9]+}}) {{.*}} {
// CHECK-NEXT: ^bb0
// CHECK-NEXT: kiln.matmul
// CHECK-NEXT: kiln.add
// CHECK-NEXT: kiln.yield
func.func @residual(%x: tensor<6x6xf32>, %w: tensor<6x6xf32>) -> tensor<6x6xf32> {
  %0 = kiln.tanh %x : tensor<6x6xf32>
  %1 = kiln.matmul %0, %w : (tensor<6x6xf32>, tensor<6x6xf32>)
  %2 = kiln.add %1, %0 : tensor<6x6xf32>
  return %2 : tensor<6x6xf32>
}

// In a cell, too; its ids say so.
// CHECK-LABEL: func.func @cell(
// CHECK:      kiln.scan
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4x3xf32>, %[[X:.*]]: tensor<4x3xf32>, %[[W:.*]]: tensor<3x3xf32>):
// CHECK-NEXT:   %[[N:.*]] = kiln.fusion "lstm.cell.forward@model.toml:7" contraction(%[[H]], %[[W]], %[[X]])
// CHECK:          kiln.matmul
// CHECK-NEXT:     kiln.add
// CHECK-NEXT:     kiln.tanh
// CHECK-NEXT:     kiln.yield
// CHECK:        kiln.yield %[[N]]
// CHECK:      kiln.fusion "lstm.cell.forward@model.toml:7.2" contraction(
func.func @cell(%h0: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %w: tensor<3x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  %h = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %a: tensor<4x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %s, %k : (tensor<4x3xf32>, tensor<3x3xf32>) loc("lstm"("model.toml":7:1))
    %1 = kiln.add %a, %0 : tensor<4x3xf32>
    %2 = kiln.tanh %1 : tensor<4x3xf32>
    kiln.yield %2 : tensor<4x3xf32>
  }
  %g = kiln.scan init(%h0 : tensor<4x3xf32>) sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%s: tensor<4x3xf32>, %a: tensor<4x3xf32>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %s, %k : (tensor<4x3xf32>, tensor<3x3xf32>) loc("lstm"("model.toml":7:1))
    %1 = kiln.add %a, %0 : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return %h, %g : tensor<4x3xf32>, tensor<4x3xf32>
}

// A gather takes what its rows go through.
// CHECK-LABEL: func.func @gathered(
// CHECK:      kiln.fusion {{.*}} gather(
// CHECK:        kiln.gather
// CHECK:        kiln.broadcast {{.*}} along [0, 2]
// CHECK:        kiln.dropout
// CHECK-NEXT:   kiln.yield
func.func @gathered(%t: tensor<9x6xf32>, %i: tensor<8x5xi32>, %m: tensor<8x6xi1>) -> tensor<8x5x6xf32> {
  %0 = kiln.gather %t, %i {batch_dims = 0 : i64} : (tensor<9x6xf32>, tensor<8x5xi32>)
  %1 = kiln.broadcast %m along [0, 2] : tensor<8x6xi1> to tensor<8x5x6xi1>
  %2 = kiln.dropout %0, %1 {rate = 2.0e-01 : f64} : tensor<8x5x6xf32>, tensor<8x5x6xi1>
  return %2 : tensor<8x5x6xf32>
}

// A mean over the steps that count: before and after the sum.
// CHECK-LABEL: func.func @mean(
// CHECK:      kiln.fusion {{.*}} steps(
// CHECK:        kiln.select
// CHECK:        kiln.reduce sum
// CHECK:        kiln.div
// CHECK-NEXT:   kiln.yield
func.func @mean(%x: tensor<8x5x6xf32>, %m: tensor<8x5xi1>, %n: tensor<8xf32>) -> tensor<8x6xf32> {
  %0 = kiln.broadcast %m along [0, 1] : tensor<8x5xi1> to tensor<8x5x6xi1>
  %z = kiln.constant dense<0.0> : tensor<8x5x6xf32>
  %1 = kiln.select %0, %x, %z : tensor<8x5x6xi1>, tensor<8x5x6xf32>
  %2 = kiln.reduce sum, %1 along [1] : tensor<8x5x6xf32>
  %3 = kiln.broadcast %n along [0] : tensor<8xf32> to tensor<8x6xf32>
  %4 = kiln.div %2, %3 : tensor<8x6xf32>
  return %4 : tensor<8x6xf32>
}

// A bag of words: rows are added up as they are found.
// CHECK-LABEL: func.func @bag(
// CHECK-NEXT: kiln.fusion "bag.forward@model.toml:9" steps(
// CHECK:        kiln.gather
// CHECK:        kiln.mul
// CHECK:        kiln.reduce sum
// CHECK-NEXT:   kiln.yield
func.func @bag(%t: tensor<9x6xf32>, %i: tensor<8x5xi32>, %m: tensor<8x5xf32>) -> tensor<8x6xf32> {
  %0 = kiln.gather %t, %i {batch_dims = 0 : i64} : (tensor<9x6xf32>, tensor<8x5xi32>)
  %1 = kiln.broadcast %m along [0, 1] : tensor<8x5xf32> to tensor<8x5x6xf32>
  %2 = kiln.mul %0, %1 : tensor<8x5x6xf32>
  %3 = kiln.reduce sum, %2 along [1] : tensor<8x5x6xf32> loc("bag"("model.toml":9:1))
  return %3 : tensor<8x6xf32>
}

// Rows that something else reads as well are stored, and read again.
// CHECK-LABEL: func.func @own_tables(
// CHECK:      %[[E:.*]] = kiln.exp
// CHECK:      kiln.fusion {{.*}} scatter(%[[E]],
// CHECK-NOT:    kiln.exp
// CHECK:        kiln.scatter
// CHECK:        kiln.neg
// CHECK-NEXT:   kiln.yield
func.func @own_tables(%x: tensor<8x5x6xf32>, %i: tensor<8x5xi32>) -> (tensor<8x3x6xf32>, tensor<8x5x6xf32>) {
  %0 = kiln.exp %x : tensor<8x5x6xf32>
  %1 = kiln.scatter %0, %i {batch_dims = 1 : i64, rows = 3 : i64} : (tensor<8x5x6xf32>, tensor<8x5xi32>)
  %2 = kiln.neg %1 : tensor<8x3x6xf32>
  return %2, %0 : tensor<8x3x6xf32>, tensor<8x5x6xf32>
}
