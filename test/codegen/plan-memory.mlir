// RUN: kiln-opt %s --kiln-plan-memory --split-input-file | FileCheck %s

// The state block holds parameters in the module's order, then slots, each at a
// multiple of 64 bytes. A result that donates is written where its argument is.

// CHECK-LABEL: func.func @train_step
// CHECK-SAME: kiln.param = @"d/kernel", kiln.place = #kiln.place<state, 64>
// CHECK-SAME: kiln.place = #kiln.place<state, 192>, kiln.slot = "momentum"
// CHECK-SAME: kiln.place = #kiln.place<thread, 0>
// CHECK-SAME: kiln.place = #kiln.place<step, 40>
// CHECK-SAME: kiln.place = #kiln.place<state, 64>
// CHECK-SAME: kiln.place = #kiln.place<state, 192>
// CHECK-SAME: kiln.place = #kiln.place<results, 0>
// CHECK-SAME: kiln.arena_bytes = 0
// CHECK-SAME: kiln.result_bytes = 64
// CHECK-SAME: kiln.state_bytes = 320
// CHECK-SAME: kiln.thread_bytes = 128
// CHECK: kiln.fusion "update"
// CHECK-SAME: kiln.places = [#kiln.place<state, 64>, #kiln.place<state, 192>]
// CHECK: kiln.fusion "sum"
// CHECK-SAME: kiln.places = [#kiln.place<results, 0>]

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.param = @"c/kernel", kiln.place = #kiln.place<state, 0>
// CHECK-SAME: kiln.param = @"d/kernel", kiln.place = #kiln.place<state, 64>
kiln.param @"c/kernel" : tensor<2xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "c"}
kiln.param @"d/kernel" : tensor<32xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(
    %w: tensor<32xf32> {kiln.param = @"d/kernel"},
    %m: tensor<32xf32> {kiln.param = @"d/kernel", kiln.slot = "momentum"},
    %x: tensor<32xf32> {kiln.role = "input", kiln.name = "x"},
    %hyper: tensor<2xf32> {kiln.role = "hyper"})
    -> (tensor<32xf32> {kiln.donates = 0 : i64},
        tensor<32xf32> {kiln.donates = 1 : i64},
        tensor<f32> {kiln.role = "loss"}) {
  %0:2 = kiln.fusion "update" elementwise (%w, %x, %m, %hyper)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>, tensor<32xf32>, tensor<32xf32>, tensor<2xf32>)
      -> (tensor<32xf32>, tensor<32xf32>) {
  ^bb0(%a: tensor<32xf32>, %g: tensor<32xf32>, %v: tensor<32xf32>,
       %h: tensor<2xf32>):
    %s = kiln.sgd_update %a, %g, %h : tensor<32xf32>
    %u = kiln.add %v, %g : tensor<32xf32>
    kiln.yield %s, %u : tensor<32xf32>, tensor<32xf32>
  }
  %1 = kiln.fusion "sum" total (%x)
      attributes {partition = #kiln.partition<dim = -1, unit = 1>}
      : (tensor<32xf32>) -> tensor<f32> {
  ^bb0(%a: tensor<32xf32>):
    %s = kiln.reduce sum, %a along [0] : tensor<32xf32>
    kiln.yield %s : tensor<f32>
  }
  return %0#0, %0#1, %1 : tensor<32xf32>, tensor<32xf32>, tensor<f32>
}
func.func @predict(%c: tensor<2xf32> {kiln.param = @"c/kernel"},
                   %w: tensor<32xf32> {kiln.param = @"d/kernel"})
    -> (tensor<32xf32> {kiln.role = "output"}) {
  return %w : tensor<32xf32>
}

// -----

// Two values share space when a barrier lies between the last use of one and
// the first of the other: "a" and "c" do; "b", which both touch, does not.

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.arena_bytes = 16384
// CHECK: kiln.fusion "a"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.barrier
// CHECK: kiln.fusion "b"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 8192>]
// CHECK: kiln.barrier
// CHECK: kiln.fusion "c"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.fusion "d"
// CHECK-SAME: kiln.places = [#kiln.place<results, 0>]
func.func @predict(%x: tensor<64x32xf32> {kiln.role = "input"})
    -> (tensor<64x32xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.exp %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  kiln.barrier
  %1 = kiln.fusion "b" transpose (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<32x64xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.transpose %a : tensor<64x32xf32>
    kiln.yield %u : tensor<32x64xf32>
  }
  kiln.barrier
  %2 = kiln.fusion "c" transpose (%1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<32x64xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<32x64xf32>):
    %u = kiln.transpose %a : tensor<32x64xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %3 = kiln.fusion "d" elementwise (%2)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.exp %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  return %3 : tensor<64x32xf32>
}

// -----

// Without a barrier between them, threads drift apart: no sharing.

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.arena_bytes = 256
// CHECK: kiln.fusion "a"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.fusion "b"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 128>]
func.func @predict(%x: tensor<8xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %2 = kiln.fusion "c" elementwise (%1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %2 : tensor<8xf32>
}

// -----

// "later" still needs the old value, so that the new one waits in the arena for
// the end of the step.

// CHECK-LABEL: func.func @train_step
// CHECK: kiln.fusion "update"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
kiln.param @"d/kernel" : tensor<32xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(%w: tensor<32xf32> {kiln.param = @"d/kernel"})
    -> (tensor<32xf32> {kiln.donates = 0 : i64},
        tensor<32xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "update" elementwise (%w)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%a: tensor<32xf32>):
    %u = kiln.exp %a : tensor<32xf32>
    kiln.yield %u : tensor<32xf32>
  }
  %1 = kiln.fusion "later" elementwise (%w, %0)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%a: tensor<32xf32>, %b: tensor<32xf32>):
    %u = kiln.sub %a, %b : tensor<32xf32>
    kiln.yield %u : tensor<32xf32>
  }
  return %0, %1 : tensor<32xf32>, tensor<32xf32>
}

// -----

// So it does where the old value itself is returned,

// CHECK-LABEL: func.func @train_step
// CHECK: kiln.fusion "update"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
kiln.param @"d/kernel" : tensor<32xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(%w: tensor<32xf32> {kiln.param = @"d/kernel"})
    -> (tensor<32xf32> {kiln.donates = 0 : i64},
        tensor<32xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "update" elementwise (%w)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%a: tensor<32xf32>):
    %u = kiln.exp %a : tensor<32xf32>
    kiln.yield %u : tensor<32xf32>
  }
  return %0, %w : tensor<32xf32>, tensor<32xf32>
}

// -----

// and where a row is read again after parts of it are written.

// CHECK-LABEL: func.func @train_step
// CHECK: kiln.fusion "update"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
kiln.param @"d/kernel" : tensor<8x40xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(%w: tensor<8x40xf32> {kiln.param = @"d/kernel"})
    -> (tensor<8x40xf32> {kiln.donates = 0 : i64}) {
  %0 = kiln.fusion "update" rows (%w)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x40xf32>) -> tensor<8x40xf32> {
  ^bb0(%a: tensor<8x40xf32>):
    %u = kiln.exp %a : tensor<8x40xf32>
    %s = kiln.softmax %u : tensor<8x40xf32>
    kiln.yield %s : tensor<8x40xf32>
  }
  return %0 : tensor<8x40xf32>
}

// -----

// A gap is taken only by what fits: between "t" and "s" are 128 bytes free, "v" has
// 256.

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.arena_bytes = 1152
// CHECK: kiln.fusion "p"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.fusion "s"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 512>]
// CHECK: kiln.fusion "t"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.fusion "v"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 896>]
func.func @predict(%x: tensor<128xf32> {kiln.role = "input"},
                   %y: tensor<96xf32> {kiln.role = "target"},
                   %z: tensor<64xf32> {kiln.role = "weight"})
    -> (tensor<128xf32> {kiln.role = "output"},
        tensor<96xf32> {kiln.role = "loss"},
        tensor<64xf32> {kiln.role = "metric"}) {
  %p = kiln.fusion "p" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<128xf32>) -> tensor<128xf32> {
  ^bb0(%a: tensor<128xf32>):
    %u = kiln.exp %a : tensor<128xf32>
    kiln.yield %u : tensor<128xf32>
  }
  %s = kiln.fusion "s" elementwise (%y)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<96xf32>) -> tensor<96xf32> {
  ^bb0(%a: tensor<96xf32>):
    %u = kiln.exp %a : tensor<96xf32>
    kiln.yield %u : tensor<96xf32>
  }
  %0 = kiln.fusion "output" elementwise (%p)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<128xf32>) -> tensor<128xf32> {
  ^bb0(%a: tensor<128xf32>):
    %u = kiln.neg %a : tensor<128xf32>
    kiln.yield %u : tensor<128xf32>
  }
  kiln.barrier
  %t = kiln.fusion "t" elementwise (%y)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<96xf32>) -> tensor<96xf32> {
  ^bb0(%a: tensor<96xf32>):
    %u = kiln.neg %a : tensor<96xf32>
    kiln.yield %u : tensor<96xf32>
  }
  %v = kiln.fusion "v" elementwise (%z)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64xf32>):
    %u = kiln.exp %a : tensor<64xf32>
    kiln.yield %u : tensor<64xf32>
  }
  %1 = kiln.fusion "loss" elementwise (%s, %t)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<96xf32>, tensor<96xf32>) -> tensor<96xf32> {
  ^bb0(%a: tensor<96xf32>, %b: tensor<96xf32>):
    %u = kiln.sub %a, %b : tensor<96xf32>
    kiln.yield %u : tensor<96xf32>
  }
  %2 = kiln.fusion "metric" elementwise (%v)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<64xf32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64xf32>):
    %u = kiln.neg %a : tensor<64xf32>
    kiln.yield %u : tensor<64xf32>
  }
  return %0, %1, %2 : tensor<128xf32>, tensor<96xf32>, tensor<64xf32>
}

// -----

// What one loop over tiles makes and reads needs room for one of its two tiles, in the
// thread's area behind the input; what another loop reads is whole.

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.arena_bytes = 256
// CHECK-SAME: kiln.thread_bytes = 384
// CHECK: kiln.fusion "a"
// CHECK-SAME: kiln.places = [#kiln.place<tile, 256>]
// CHECK: kiln.fusion "b"
// CHECK-SAME: kiln.places = [#kiln.place<arena, 0>]
// CHECK: kiln.fusion "c"
// CHECK-SAME: kiln.places = [#kiln.place<results, 0>]
func.func @predict(%x: tensor<16x4xf32> {kiln.role = "input"})
    -> (tensor<16x4xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.tile_loop = 0 : i64, partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.tile_loop = 0 : i64, partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  kiln.barrier
  %2 = kiln.fusion "c" elementwise (%1)
      attributes {kiln.tile_loop = 1 : i64, partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  return %2 : tensor<16x4xf32>
}

// -----

// Recurrences one after the other share their scratch memory, as much as the largest
// needs.

// CHECK-LABEL: func.func @predict
// CHECK-SAME: kiln.thread_bytes = 3584
// CHECK: kiln.fusion "large"
// CHECK-SAME: kiln.scratch = 2560
// CHECK: kiln.fusion "small"
// CHECK-SAME: kiln.scratch = 2560
func.func @predict(%x: tensor<8x5x16xf32> {kiln.role = "input"})
    -> (tensor<8x16xf32> {kiln.role = "output"}, tensor<8x4xf32> {kiln.role = "loss"}) {
  %0 = kiln.fusion "large" scan (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x16xf32>) -> tensor<8x16xf32> {
  ^bb0(%a: tensor<8x5x16xf32>):
    %i = kiln.constant dense<0.0> : tensor<8x16xf32>
    %h = kiln.scan init(%i : tensor<8x16xf32>) sequences(%a : tensor<8x5x16xf32>) -> (tensor<8x16xf32>) {
    ^bb0(%s: tensor<8x16xf32>, %c: tensor<8x16xf32>):
      %n = kiln.fusion "cell" elementwise (%s, %c) : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xf32> {
      ^bb0(%d: tensor<8x16xf32>, %e: tensor<8x16xf32>):
        %u = kiln.add %d, %e : tensor<8x16xf32>
        kiln.yield %u : tensor<8x16xf32>
      }
      kiln.yield %n : tensor<8x16xf32>
    }
    kiln.yield %h : tensor<8x16xf32>
  }
  %1 = kiln.fusion "small" scan (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x16xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<8x5x16xf32>):
    %i = kiln.constant dense<0.0> : tensor<8x4xf32>
    %h = kiln.scan init(%i : tensor<8x4xf32>) sequences(%a : tensor<8x5x16xf32>) -> (tensor<8x4xf32>) {
    ^bb0(%s: tensor<8x4xf32>, %c: tensor<8x16xf32>):
      %n = kiln.fusion "cell" elementwise (%s) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
      ^bb0(%d: tensor<8x4xf32>):
        %u = kiln.tanh %d : tensor<8x4xf32>
        kiln.yield %u : tensor<8x4xf32>
      }
      kiln.yield %n : tensor<8x4xf32>
    }
    kiln.yield %h : tensor<8x4xf32>
  }
  return %0, %1 : tensor<8x16xf32>, tensor<8x4xf32>
}
