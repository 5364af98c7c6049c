// RUN: kiln-opt %s --kiln-form-tile-loops --split-input-file | FileCheck %s

// What lies between two barriers and is cut into the same tiles is one loop, if
// a recurrence is part of it.
// CHECK-LABEL: func.func @step(
// CHECK: "before" elementwise(%arg0) {{.*}}kiln.tile_loop = 0
// CHECK: "scan" scan({{.*}}kiln.tile_loop = 0
// CHECK: "one" elementwise(%arg1)
// CHECK-NOT: tile_loop
// CHECK: return
func.func @step(%x: tensor<16x5x8xf32>, %h0: tensor<16x8xf32>) -> (tensor<16x8xf32>, tensor<16x8xf32>) {
  %z = kiln.fusion "before" elementwise(%x) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>) -> tensor<16x5x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %u = kiln.neg %a : tensor<16x5x8xf32>
    kiln.yield %u : tensor<16x5x8xf32>
  }
  %s = kiln.fusion "scan" scan(%z, %h0) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>, tensor<16x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>, %i: tensor<16x8xf32>):
    %h = kiln.scan init(%i : tensor<16x8xf32>) sequences(%a : tensor<16x5x8xf32>) -> (tensor<16x8xf32>) attributes {tile_rows = 8 : i64} {
    ^bb0(%c: tensor<8x8xf32>, %t: tensor<8x8xf32>):
      %n = kiln.fusion "cell" elementwise(%c, %t) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%p: tensor<8x8xf32>, %q: tensor<8x8xf32>):
        %r = kiln.add %p, %q : tensor<8x8xf32>
        kiln.yield %r : tensor<8x8xf32>
      }
      kiln.yield %n : tensor<8x8xf32>
    }
    kiln.yield %h : tensor<16x8xf32>
  }
  %o = kiln.fusion "one" elementwise(%h0) attributes {partition = #kiln.partition<dim = -1, unit = 1>} : (tensor<16x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x8xf32>):
    %u = kiln.neg %a : tensor<16x8xf32>
    kiln.yield %u : tensor<16x8xf32>
  }
  return %s, %o : tensor<16x8xf32>, tensor<16x8xf32>
}

// -----

// Outside of the loop a thread has the same samples every time, inside those
// that come its way: barriers where they meet, none where they do not.
// CHECK-LABEL: func.func @neighbours(
// CHECK: "early" elementwise
// CHECK-NOT: tile_loop
// CHECK: "apart" elementwise
// CHECK: kiln.barrier
// CHECK: "before" elementwise({{.*}}kiln.tile_loop = 0
// CHECK: "scan" scan({{.*}}kiln.tile_loop = 0
// CHECK-NOT: kiln.barrier
// CHECK: "other" elementwise
// CHECK: kiln.barrier
// CHECK: "late" elementwise
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @neighbours(%x: tensor<16x5x8xf32>, %h0: tensor<16x8xf32>, %y: tensor<24x8xf32>)
    -> (tensor<16x8xf32>, tensor<24x8xf32>, tensor<24x8xf32>) {
  %e = kiln.fusion "early" elementwise(%x) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>) -> tensor<16x5x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %u = kiln.neg %a : tensor<16x5x8xf32>
    kiln.yield %u : tensor<16x5x8xf32>
  }
  %p = kiln.fusion "apart" elementwise(%y) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<24x8xf32>) -> tensor<24x8xf32> {
  ^bb0(%a: tensor<24x8xf32>):
    %u = kiln.neg %a : tensor<24x8xf32>
    kiln.yield %u : tensor<24x8xf32>
  }
  %z = kiln.fusion "before" elementwise(%e) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>) -> tensor<16x5x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %u = kiln.neg %a : tensor<16x5x8xf32>
    kiln.yield %u : tensor<16x5x8xf32>
  }
  %s = kiln.fusion "scan" scan(%z, %h0) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>, tensor<16x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>, %i: tensor<16x8xf32>):
    %h = kiln.scan init(%i : tensor<16x8xf32>) sequences(%a : tensor<16x5x8xf32>) -> (tensor<16x8xf32>) attributes {tile_rows = 8 : i64} {
    ^bb0(%c: tensor<8x8xf32>, %t: tensor<8x8xf32>):
      %n = kiln.fusion "cell" elementwise(%c, %t) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%q: tensor<8x8xf32>, %r: tensor<8x8xf32>):
        %u = kiln.add %q, %r : tensor<8x8xf32>
        kiln.yield %u : tensor<8x8xf32>
      }
      kiln.yield %n : tensor<8x8xf32>
    }
    kiln.yield %h : tensor<16x8xf32>
  }
  %o = kiln.fusion "other" elementwise(%y) attributes {partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<24x8xf32>) -> tensor<24x8xf32> {
  ^bb0(%a: tensor<24x8xf32>):
    %u = kiln.exp %a : tensor<24x8xf32>
    kiln.yield %u : tensor<24x8xf32>
  }
  %l = kiln.fusion "late" elementwise(%s) attributes {partition = #kiln.partition<dim = -1, unit = 1>} : (tensor<16x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x8xf32>):
    %u = kiln.neg %a : tensor<16x8xf32>
    kiln.yield %u : tensor<16x8xf32>
  }
  return %l, %o, %p : tensor<16x8xf32>, tensor<24x8xf32>, tensor<24x8xf32>
}
