// RUN: kiln interpret %s | FileCheck %s

// Running totals; with reverse from the last step to the first, each output at
// its own step.
// CHECK: totals: 0: tensor<2x1xf32> [16, 35]
// CHECK: totals: 1: tensor<2x3x1xf32> [11, 13, 16, 24, 29, 35]
// CHECK: totals: 2: tensor<2x1xf32> [16, 35]
// CHECK: totals: 3: tensor<2x3x1xf32> [16, 15, 13, 35, 31, 26]
func.func @totals() -> (tensor<2x1xf32>, tensor<2x3x1xf32>, tensor<2x1xf32>,
                        tensor<2x3x1xf32>) {
  %s = kiln.constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %x = kiln.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]>
     : tensor<2x3x1xf32>
  %0, %1 = kiln.scan init(%s : tensor<2x1xf32>)
      sequences(%x : tensor<2x3x1xf32>)
      -> (tensor<2x1xf32>) outputs(tensor<2x3x1xf32>) {
  ^bb0(%a: tensor<2x1xf32>, %b: tensor<2x1xf32>):
    %c = kiln.add %a, %b : tensor<2x1xf32>
    kiln.yield %c, %c : tensor<2x1xf32>, tensor<2x1xf32>
  }
  %2, %3 = kiln.scan reverse init(%s : tensor<2x1xf32>)
      sequences(%x : tensor<2x3x1xf32>)
      -> (tensor<2x1xf32>) outputs(tensor<2x3x1xf32>) {
  ^bb0(%a: tensor<2x1xf32>, %b: tensor<2x1xf32>):
    %c = kiln.add %a, %b : tensor<2x1xf32>
    kiln.yield %c, %c : tensor<2x1xf32>, tensor<2x1xf32>
  }
  return %0, %1, %2, %3 : tensor<2x1xf32>, tensor<2x3x1xf32>,
                          tensor<2x1xf32>, tensor<2x3x1xf32>
}

// Every kind of argument: s' = m ? s * r + w : s, with the mask m a sequence of
// rank 2. Sample 0 runs its steps 0 and 2, sample 1 none, and keeps its state.
// CHECK: kinds: 0: tensor<2x1xf32> [27, 5]
func.func @kinds() -> tensor<2x1xf32> {
  %s = kiln.constant dense<[[2.0], [5.0]]> : tensor<2x1xf32>
  %m = kiln.constant dense<[[true, false, true], [false, false, false]]>
     : tensor<2x3xi1>
  %r = kiln.constant dense<[[3.0], [100.0]]> : tensor<2x1xf32>
  %w = kiln.constant dense<[2.25]> : tensor<1xf32>
  %0 = kiln.scan init(%s : tensor<2x1xf32>) sequences(%m : tensor<2x3xi1>)
      rows(%r : tensor<2x1xf32>) captures(%w : tensor<1xf32>)
      -> (tensor<2x1xf32>) {
  ^bb0(%a: tensor<2x1xf32>, %b: tensor<2xi1>, %c: tensor<2x1xf32>,
       %d: tensor<1xf32>):
    %1 = kiln.mul %a, %c : tensor<2x1xf32>
    %2 = kiln.broadcast %d along [1] : tensor<1xf32> to tensor<2x1xf32>
    %3 = kiln.add %1, %2 : tensor<2x1xf32>
    %4 = kiln.broadcast %b along [0] : tensor<2xi1> to tensor<2x1xi1>
    %5 = kiln.select %4, %3, %a : tensor<2x1xi1>, tensor<2x1xf32>
    kiln.yield %5 : tensor<2x1xf32>
  }
  return %0 : tensor<2x1xf32>
}

// Tiles of two samples: sequences and outputs whole or in tiles, rows cut, and
// a sum for each tile. Sample b has the steps 10 b + 1 and 10 b + 2.
// CHECK: tiles: 0: tensor<4x1xf32> [4, 24, 45, 66]
// CHECK: tiles: 1: tensor<4x2x1xf32> [1.5, 4, 11.5, 24, 22, 45, 32.5, 66]
// CHECK: tiles: 2: tensor<2x2x2x1xf32> [1, 11, 2, 12, 21, 31, 22, 32]
// CHECK: tiles: 3: tensor<2x1x1xf32> [26, 106]
func.func @tiles() -> (tensor<4x1xf32>, tensor<4x2x1xf32>,
                       tensor<2x2x2x1xf32>, tensor<2x1x1xf32>) {
  %s = kiln.constant dense<0.0> : tensor<4x1xf32>
  %x = kiln.constant dense<[[[1.0], [2.0]], [[11.0], [12.0]],
                            [[21.0], [22.0]], [[31.0], [32.0]]]>
     : tensor<4x2x1xf32>
  %y = kiln.constant dense<[[[[1.0], [11.0]], [[2.0], [12.0]]],
                            [[[21.0], [31.0]], [[22.0], [32.0]]]]>
     : tensor<2x2x2x1xf32>
  %r = kiln.constant dense<[[0.5], [0.5], [1.0], [1.5]]> : tensor<4x1xf32>
  %ones = kiln.constant dense<1.0> : tensor<2x1xf32>
  %0, %1, %2, %3 = kiln.scan init(%s : tensor<4x1xf32>)
      sequences(%x, %y : tensor<4x2x1xf32>, tensor<2x2x2x1xf32>)
      rows(%r : tensor<4x1xf32>) captures(%ones : tensor<2x1xf32>)
      -> (tensor<4x1xf32>) outputs(tensor<4x2x1xf32>, tensor<2x2x2x1xf32>)
      sums(tensor<2x1x1xf32>) attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x1xf32>, %b: tensor<2x1xf32>, %c: tensor<2x1xf32>,
       %d: tensor<2x1xf32>, %e: tensor<2x1xf32>):
    // s' = s + x + (x - y) + r, and both layouts say the same.
    %4 = kiln.sub %b, %c : tensor<2x1xf32>
    %5 = kiln.add %a, %b : tensor<2x1xf32>
    %6 = kiln.add %5, %4 : tensor<2x1xf32>
    %7 = kiln.mul %d, %e : tensor<2x1xf32>
    %8 = kiln.add %6, %7 : tensor<2x1xf32>
    %9 = kiln.matmul %e transposed, %c : (tensor<2x1xf32>, tensor<2x1xf32>)
    kiln.yield %8, %8, %c, %9 : tensor<2x1xf32>, tensor<2x1xf32>,
        tensor<2x1xf32>, tensor<1x1xf32>
  }
  return %0, %1, %2, %3 : tensor<4x1xf32>, tensor<4x2x1xf32>,
      tensor<2x2x2x1xf32>, tensor<2x1x1xf32>
}

// Sums run in the order of the steps: 2^24 swallows each 1 that comes after it.
// CHECK: sums: 0: tensor<1xf32> [16777216]
// CHECK: sums: 1: tensor<1xf32> [16777218]
func.func @sums() -> (tensor<1xf32>, tensor<1xf32>) {
  %x = kiln.constant dense<[[16777216.0, 1.0, 1.0]]> : tensor<1x3xf32>
  %0 = kiln.scan sequences(%x : tensor<1x3xf32>) sums(tensor<1xf32>) {
  ^bb0(%a: tensor<1xf32>):
    kiln.yield %a : tensor<1xf32>
  }
  %1 = kiln.scan reverse sequences(%x : tensor<1x3xf32>) sums(tensor<1xf32>) {
  ^bb0(%a: tensor<1xf32>):
    kiln.yield %a : tensor<1xf32>
  }
  return %0, %1 : tensor<1xf32>, tensor<1xf32>
}

// A cell with four gates and a mask for the input of each: two steps, and the
// same two steps written out.
// CHECK: lstm: 0: tensor<1x2xf32> [[H:\[.*\]]]
// CHECK: lstm: 1: tensor<1x2xf32> [[C:\[.*\]]]
// CHECK: lstm_unrolled: 0: tensor<1x2xf32> [[H]]
// CHECK: lstm_unrolled: 1: tensor<1x2xf32> [[C]]
func.func @lstm() -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %zero = kiln.constant dense<0.0> : tensor<1x2xf32>
  %x = kiln.constant dense<[[[0.25, -1.0, 0.5, 0.75, -0.5, 1.5, 2.0, 0.125],
                             [1.0, 0.5, -0.25, 2.5, 0.375, -1.5, -2.0, 3.0]]]>
     : tensor<1x2x8xf32>
  %u = kiln.constant dense<[[0.5, 0.25, -0.5, 1.0, 2.0, 0.75, -1.0, 0.125],
                            [1.0, -0.75, 0.5, 0.25, -0.125, 1.5, 0.5, 0.25]]>
     : tensor<2x8xf32>
  %m = kiln.constant dense<[[true, false]]> : tensor<1x2xi1>
  %0, %1 = kiln.scan init(%zero, %zero : tensor<1x2xf32>, tensor<1x2xf32>)
      sequences(%x : tensor<1x2x8xf32>) rows(%m : tensor<1x2xi1>)
      captures(%u : tensor<2x8xf32>)
      -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  ^bb0(%h: tensor<1x2xf32>, %c: tensor<1x2xf32>, %z: tensor<1x8xf32>,
       %mask: tensor<1x2xi1>, %w: tensor<2x8xf32>):
    %d = kiln.dropout %h, %mask {rate = 0.5 : f64}
       : tensor<1x2xf32>, tensor<1x2xi1>
    %r = kiln.matmul %d, %w : (tensor<1x2xf32>, tensor<2x8xf32>)
    %a = kiln.add %z, %r : tensor<1x8xf32>
    %p0, %p1, %p2, %p3 = kiln.split %a : tensor<1x8xf32> to tensor<1x2xf32>,
        tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
    %i = kiln.sigmoid %p0 : tensor<1x2xf32>
    %f = kiln.sigmoid %p1 : tensor<1x2xf32>
    %g = kiln.tanh %p2 : tensor<1x2xf32>
    %o = kiln.sigmoid %p3 : tensor<1x2xf32>
    %fc = kiln.mul %f, %c : tensor<1x2xf32>
    %ig = kiln.mul %i, %g : tensor<1x2xf32>
    %c1 = kiln.add %fc, %ig : tensor<1x2xf32>
    %t = kiln.tanh %c1 : tensor<1x2xf32>
    %h1 = kiln.mul %o, %t : tensor<1x2xf32>
    kiln.yield %h1, %c1 : tensor<1x2xf32>, tensor<1x2xf32>
  }
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}
func.func @lstm_unrolled() -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %x0 = kiln.constant dense<[[0.25, -1.0, 0.5, 0.75, -0.5, 1.5, 2.0, 0.125]]>
      : tensor<1x8xf32>
  %x1 = kiln.constant dense<[[1.0, 0.5, -0.25, 2.5, 0.375, -1.5, -2.0, 3.0]]>
      : tensor<1x8xf32>
  %u = kiln.constant dense<[[0.5, 0.25, -0.5, 1.0, 2.0, 0.75, -1.0, 0.125],
                            [1.0, -0.75, 0.5, 0.25, -0.125, 1.5, 0.5, 0.25]]>
     : tensor<2x8xf32>
  %m = kiln.constant dense<[[2.0, 0.0]]> : tensor<1x2xf32>
  %i0, %f0, %g0, %o0 = kiln.split %x0 : tensor<1x8xf32> to tensor<1x2xf32>,
      tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
  %si0 = kiln.sigmoid %i0 : tensor<1x2xf32>
  %tg0 = kiln.tanh %g0 : tensor<1x2xf32>
  %so0 = kiln.sigmoid %o0 : tensor<1x2xf32>
  %c0 = kiln.mul %si0, %tg0 : tensor<1x2xf32>
  %tc0 = kiln.tanh %c0 : tensor<1x2xf32>
  %h0 = kiln.mul %so0, %tc0 : tensor<1x2xf32>
  %d0 = kiln.mul %h0, %m : tensor<1x2xf32>
  %r1 = kiln.matmul %d0, %u : (tensor<1x2xf32>, tensor<2x8xf32>)
  %a1 = kiln.add %x1, %r1 : tensor<1x8xf32>
  %i1, %f1, %g1, %o1 = kiln.split %a1 : tensor<1x8xf32> to tensor<1x2xf32>,
      tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>
  %si1 = kiln.sigmoid %i1 : tensor<1x2xf32>
  %sf1 = kiln.sigmoid %f1 : tensor<1x2xf32>
  %tg1 = kiln.tanh %g1 : tensor<1x2xf32>
  %so1 = kiln.sigmoid %o1 : tensor<1x2xf32>
  %fc1 = kiln.mul %sf1, %c0 : tensor<1x2xf32>
  %ig1 = kiln.mul %si1, %tg1 : tensor<1x2xf32>
  %c1 = kiln.add %fc1, %ig1 : tensor<1x2xf32>
  %tc1 = kiln.tanh %c1 : tensor<1x2xf32>
  %h1 = kiln.mul %so1, %tc1 : tensor<1x2xf32>
  return %h1, %c1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// A cell with two gates on a product that the second gate scales, from the last
// step to the first.
// CHECK: gru: 0: tensor<1x1xf32> [[G:\[.*\]]]
// CHECK: gru_unrolled: 0: tensor<1x1xf32> [[G]]
func.func @gru() -> tensor<1x1xf32> {
  %zero = kiln.constant dense<0.0> : tensor<1x1xf32>
  %x = kiln.constant dense<[[[0.25, -1.0, 0.5], [1.0, 0.5, -0.25]]]>
     : tensor<1x2x3xf32>
  %u = kiln.constant dense<[[0.5, 0.25, -0.5]]> : tensor<1x3xf32>
  %0 = kiln.scan reverse init(%zero : tensor<1x1xf32>)
      sequences(%x : tensor<1x2x3xf32>) captures(%u : tensor<1x3xf32>)
      -> (tensor<1x1xf32>) {
  ^bb0(%h: tensor<1x1xf32>, %a: tensor<1x3xf32>, %w: tensor<1x3xf32>):
    %r = kiln.matmul %h, %w : (tensor<1x1xf32>, tensor<1x3xf32>)
    %az, %ar, %ah = kiln.split %a : tensor<1x3xf32> to tensor<1x1xf32>,
        tensor<1x1xf32>, tensor<1x1xf32>
    %rz, %rr, %rh = kiln.split %r : tensor<1x3xf32> to tensor<1x1xf32>,
        tensor<1x1xf32>, tensor<1x1xf32>
    %sz = kiln.add %az, %rz : tensor<1x1xf32>
    %sr = kiln.add %ar, %rr : tensor<1x1xf32>
    %gz = kiln.sigmoid %sz : tensor<1x1xf32>
    %gr = kiln.sigmoid %sr : tensor<1x1xf32>
    %g = kiln.mul %gr, %rh : tensor<1x1xf32>
    %s = kiln.add %ah, %g : tensor<1x1xf32>
    %n = kiln.tanh %s : tensor<1x1xf32>
    // z h + (1 - z) n
    %one = kiln.constant dense<1.0> : tensor<1x1xf32>
    %rest = kiln.sub %one, %gz : tensor<1x1xf32>
    %old = kiln.mul %gz, %h : tensor<1x1xf32>
    %new = kiln.mul %rest, %n : tensor<1x1xf32>
    %h1 = kiln.add %old, %new : tensor<1x1xf32>
    kiln.yield %h1 : tensor<1x1xf32>
  }
  return %0 : tensor<1x1xf32>
}
func.func @gru_unrolled() -> tensor<1x1xf32> {
  %one = kiln.constant dense<1.0> : tensor<1x1xf32>
  %z1 = kiln.constant dense<1.0> : tensor<1x1xf32>
  %n1 = kiln.constant dense<-0.25> : tensor<1x1xf32>
  %gz1 = kiln.sigmoid %z1 : tensor<1x1xf32>
  %gn1 = kiln.tanh %n1 : tensor<1x1xf32>
  %rest1 = kiln.sub %one, %gz1 : tensor<1x1xf32>
  %h1 = kiln.mul %rest1, %gn1 : tensor<1x1xf32>
  %uz = kiln.constant dense<0.5> : tensor<1x1xf32>
  %ur = kiln.constant dense<0.25> : tensor<1x1xf32>
  %uh = kiln.constant dense<-0.5> : tensor<1x1xf32>
  %az = kiln.constant dense<0.25> : tensor<1x1xf32>
  %ar = kiln.constant dense<-1.0> : tensor<1x1xf32>
  %ah = kiln.constant dense<0.5> : tensor<1x1xf32>
  %rz = kiln.mul %h1, %uz : tensor<1x1xf32>
  %rr = kiln.mul %h1, %ur : tensor<1x1xf32>
  %rh = kiln.mul %h1, %uh : tensor<1x1xf32>
  %sz = kiln.add %az, %rz : tensor<1x1xf32>
  %sr = kiln.add %ar, %rr : tensor<1x1xf32>
  %gz = kiln.sigmoid %sz : tensor<1x1xf32>
  %gr = kiln.sigmoid %sr : tensor<1x1xf32>
  %g = kiln.mul %gr, %rh : tensor<1x1xf32>
  %s = kiln.add %ah, %g : tensor<1x1xf32>
  %n = kiln.tanh %s : tensor<1x1xf32>
  %rest = kiln.sub %one, %gz : tensor<1x1xf32>
  %old = kiln.mul %gz, %h1 : tensor<1x1xf32>
  %new = kiln.mul %rest, %n : tensor<1x1xf32>
  %h = kiln.add %old, %new : tensor<1x1xf32>
  return %h : tensor<1x1xf32>
}

// A cell may be made of groups.
// CHECK: groups: 0: tensor<1x1xf32> [-6]
func.func @groups() -> tensor<1x1xf32> {
  %s = kiln.constant dense<1.0> : tensor<1x1xf32>
  %x = kiln.constant dense<[[[2.0], [-3.0]]]> : tensor<1x2x1xf32>
  %0 = kiln.scan init(%s : tensor<1x1xf32>) sequences(%x : tensor<1x2x1xf32>)
      -> (tensor<1x1xf32>) {
  ^bb0(%a: tensor<1x1xf32>, %b: tensor<1x1xf32>):
    %c = kiln.fusion "cell" elementwise (%a, %b)
        : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32> {
    ^bb0(%d: tensor<1x1xf32>, %e: tensor<1x1xf32>):
      %f = kiln.mul %d, %e : tensor<1x1xf32>
      kiln.yield %f : tensor<1x1xf32>
    }
    kiln.yield %c : tensor<1x1xf32>
  }
  return %0 : tensor<1x1xf32>
}
