// RUN: kiln-opt %s --kiln-form-tile-loops | FileCheck %s

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
