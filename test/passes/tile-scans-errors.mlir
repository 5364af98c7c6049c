// What must stay as it is.
// RUN: kiln-opt %s -kiln-tile-scans | FileCheck %s

// CHECK-NOT: tile_rows

// The samples of a batch see one another.
func.func @mixes(%x: tensor<4x5x4xf32>) -> tensor<4x5x4xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x4xf32>) outputs(tensor<4x5x4xf32>) {
  ^bb0(%a: tensor<4x4xf32>):
    %0 = kiln.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>)
    kiln.yield %0 : tensor<4x4xf32>
  }
  return %y : tensor<4x5x4xf32>
}

func.func @normalizes(%x: tensor<4x5x3xf32>) -> tensor<4x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %0 = kiln.reduce max, %a along [0] : tensor<4x3xf32>
    %1 = kiln.broadcast %0 along [1] : tensor<3xf32> to tensor<4x3xf32>
    %2 = kiln.sub %a, %1 : tensor<4x3xf32>
    kiln.yield %2 : tensor<4x3xf32>
  }
  return %y : tensor<4x5x3xf32>
}

// A weight for each sample: a capture that no tile has a part of.
func.func @weights(%x: tensor<4x5x3xf32>, %w: tensor<4x3xf32>) -> tensor<4x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<4x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %k: tensor<4x3xf32>):
    %0 = kiln.mul %a, %k : tensor<4x3xf32>
    kiln.yield %0 : tensor<4x3xf32>
  }
  return %y : tensor<4x5x3xf32>
}

// The square of a sum is no sum of squares; the same at each step, whatever the
// samples.
func.func @sums(%x: tensor<4x5x3xf32>, %w: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %g = kiln.scan sequences(%x : tensor<4x5x3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %0 = kiln.reduce sum, %a along [0] : tensor<4x3xf32>
    %1 = kiln.mul %0, %0 : tensor<3xf32>
    kiln.yield %1 : tensor<3xf32>
  }
  %h = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%w : tensor<3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %k: tensor<3xf32>):
    kiln.yield %k : tensor<3xf32>
  }
  return %g, %h : tensor<3xf32>, tensor<3xf32>
}

// The largest of all samples is no sum of the largest of each tile; what is added
// once a step is not added once a tile.
func.func @partly(%x: tensor<16x5x3xf32>, %w: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %g = kiln.scan sequences(%x : tensor<16x5x3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<16x3xf32>):
    %0 = kiln.reduce max, %a along [0] : tensor<16x3xf32>
    kiln.yield %0 : tensor<3xf32>
  }
  %h = kiln.scan sequences(%x : tensor<16x5x3xf32>) captures(%w : tensor<3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<16x3xf32>, %k: tensor<3xf32>):
    %0 = kiln.reduce sum, %a along [0] : tensor<16x3xf32>
    %1 = kiln.add %0, %k : tensor<3xf32>
    kiln.yield %1 : tensor<3xf32>
  }
  return %g, %h : tensor<3xf32>, tensor<3xf32>
}

// Without scans nothing is cut.
// CHECK-LABEL: func.func @plain(
// CHECK: kiln.matmul
// CHECK-NOT: kiln.partial_matmul
func.func @plain(%x: tensor<12x5x4xf32>, %d: tensor<12x5x3xf32>) -> tensor<4x3xf32> {
  %0 = kiln.reshape %x : tensor<12x5x4xf32> to tensor<60x4xf32>
  %1 = kiln.reshape %d : tensor<12x5x3xf32> to tensor<60x3xf32>
  %2 = kiln.matmul %0 transposed, %1 : (tensor<60x4xf32>, tensor<60x3xf32>)
  return %2 : tensor<4x3xf32>
}

// CHECK: tile_rows = 2
// A scan whose tiles someone has chosen.
func.func @chosen(%x: tensor<4x5x3xf32>) -> tensor<4x5x3xf32> {
  %y = kiln.scan sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>):
    %0 = kiln.tanh %a : tensor<2x3xf32>
    kiln.yield %0 : tensor<2x3xf32>
  }
  return %y : tensor<4x5x3xf32>
}
