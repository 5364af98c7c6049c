// RUN: kiln-opt %s -kiln-skip-masked-steps | FileCheck %s

// A state that the mask keeps, by number of the mask among the sequences.
// CHECK-LABEL: func.func @forward(
// CHECK: kiln.scan
// CHECK-SAME: idle_when = 1 : i64
func.func @forward(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<8x3xf32> {
  %h = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %0 = kiln.add %s, %a : tensor<8x3xf32>
    %1 = kiln.tanh %0 : tensor<8x3xf32>
    %2 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %3 = kiln.select %2, %1, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %3 : tensor<8x3xf32>
  }
  return %h : tensor<8x3xf32>
}

// The way there saves for the way back, which reads only what was not skipped:
// its sums get 0 * x, its state 0 + d; the zeros that it puts out are zeros.
// CHECK-LABEL: func.func @both(
// CHECK: kiln.scan init
// CHECK-SAME: idle_when = 1 : i64
// CHECK: kiln.scan reverse
// CHECK-SAME: idle_when = 0 : i64
func.func @both(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>, %w: tensor<3x3xf32>, %wt: tensor<3x3xf32>)
    -> (tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x5x3xf32>, tensor<3x3xf32>) {
  %h, %y, %p = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>)
      captures(%w : tensor<3x3xf32>) -> (tensor<8x3xf32>) outputs(tensor<8x5x3xf32>, tensor<8x5x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>, %k: tensor<3x3xf32>):
    %0 = kiln.matmul %s, %k : (tensor<8x3xf32>, tensor<3x3xf32>)
    %1 = kiln.add %a, %0 : tensor<8x3xf32>
    %2 = kiln.tanh %1 : tensor<8x3xf32>
    %3 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %4 = kiln.select %3, %2, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %4, %2, %s : tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x3xf32>
  }
  %d0, %dz, %dw = kiln.scan reverse init(%h : tensor<8x3xf32>)
      sequences(%m, %y, %p : tensor<8x5xi1>, tensor<8x5x3xf32>, tensor<8x5x3xf32>)
      captures(%wt : tensor<3x3xf32>) -> (tensor<8x3xf32>) outputs(tensor<8x5x3xf32>) sums(tensor<3x3xf32>) {
  ^bb0(%d: tensor<8x3xf32>, %b: tensor<8xi1>, %t: tensor<8x3xf32>, %q: tensor<8x3xf32>, %k: tensor<3x3xf32>):
    %zero = kiln.constant dense<0.0> : tensor<8x3xf32>
    %one = kiln.constant dense<1.0> : tensor<8x3xf32>
    %0 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %1 = kiln.select %0, %d, %zero : tensor<8x3xi1>, tensor<8x3xf32>
    %2 = kiln.select %0, %zero, %d : tensor<8x3xi1>, tensor<8x3xf32>
    %3 = kiln.mul %t, %t : tensor<8x3xf32>
    %4 = kiln.sub %one, %3 : tensor<8x3xf32>
    %5 = kiln.mul %1, %4 : tensor<8x3xf32>
    %6 = kiln.matmul %5, %k : (tensor<8x3xf32>, tensor<3x3xf32>)
    %7 = kiln.add %2, %6 : tensor<8x3xf32>
    %8 = kiln.matmul %q transposed, %5 : (tensor<8x3xf32>, tensor<8x3xf32>)
    kiln.yield %7, %5, %8 : tensor<8x3xf32>, tensor<8x3xf32>, tensor<3x3xf32>
  }
  return %h, %d0, %dz, %dw : tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x5x3xf32>, tensor<3x3xf32>
}

// A step that is idle in a tile of four may not be so in one of eight, which then
// reads what nobody wrote: the one that saves skips nothing.
// CHECK-LABEL: func.func @tiles(
// CHECK: kiln.scan
// CHECK-NOT: idle_when
// CHECK: kiln.yield
// CHECK: kiln.scan
// CHECK-SAME: idle_when = 1 : i64
func.func @tiles(%h0: tensor<8x3xf32>, %x: tensor<8x5x3xf32>, %m: tensor<8x5xi1>) -> tensor<8x3xf32> {
  %h, %y = kiln.scan init(%h0 : tensor<8x3xf32>) sequences(%x, %m : tensor<8x5x3xf32>, tensor<8x5xi1>)
      -> (tensor<8x3xf32>) outputs(tensor<8x5x3xf32>) attributes {tile_rows = 4 : i64} {
  ^bb0(%s: tensor<4x3xf32>, %a: tensor<4x3xf32>, %b: tensor<4xi1>):
    %1 = kiln.broadcast %b along [0] : tensor<4xi1> to tensor<4x3xi1>
    %2 = kiln.select %1, %a, %s : tensor<4x3xi1>, tensor<4x3xf32>
    kiln.yield %2, %2 : tensor<4x3xf32>, tensor<4x3xf32>
  }
  %g = kiln.scan init(%h : tensor<8x3xf32>) sequences(%y, %m : tensor<8x5x3xf32>, tensor<8x5xi1>) -> (tensor<8x3xf32>) {
  ^bb0(%s: tensor<8x3xf32>, %a: tensor<8x3xf32>, %b: tensor<8xi1>):
    %1 = kiln.broadcast %b along [0] : tensor<8xi1> to tensor<8x3xi1>
    %2 = kiln.select %1, %a, %s : tensor<8x3xi1>, tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %g : tensor<8x3xf32>
}
