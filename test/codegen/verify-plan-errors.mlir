// RUN: kiln-opt %s --kiln-verify-plan --split-input-file --verify-diagnostics

// "b" reads what "a" wrote while it writes over it.
func.func @predict(%x: tensor<8xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<8xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 128 : i64, kiln.result_bytes = 64 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 128 : i64} {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<arena, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  // expected-error @+1 {{in the arena, result 0 of 'b' has bytes 16 to 48 and result 0 of 'a' has bytes 0 to 32 at the same time}}
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.places = [#kiln.place<arena, 16>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %2 = kiln.fusion "c" elementwise (%1)
      attributes {kiln.places = [#kiln.place<results, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %2 : tensor<8xf32>
}

// -----

// A value outside of its block.
func.func @predict(%x: tensor<8xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<8xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 64 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 128 : i64} {
  // expected-error @+1 {{bytes 48 to 80 are not among the 64 of the block 'results'}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<results, 48>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

// -----

// The new parameter is there before the old one has been read.
kiln.param @w : tensor<8xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(
    %w: tensor<8xf32> {kiln.param = @w, kiln.place = #kiln.place<state, 0>},
    %x: tensor<8xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<8xf32> {kiln.donates = 0 : i64, kiln.place = #kiln.place<state, 0>},
        tensor<8xf32> {kiln.role = "loss", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 64 : i64,
                kiln.state_bytes = 64 : i64, kiln.thread_bytes = 128 : i64} {
  // expected-error @+1 {{result 0 overwrites argument 0, which 'loss' reads later}}
  %0 = kiln.fusion "update" elementwise (%w, %x)
      attributes {kiln.places = [#kiln.place<state, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
    %u = kiln.sub %a, %b : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  %1 = kiln.fusion "loss" elementwise (%w)
      attributes {kiln.places = [#kiln.place<results, 0>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// -----

// Room for one tile, but another loop reads all of it.
func.func @predict(%x: tensor<16x4xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<16x4xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 256 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 512 : i64} {
  // expected-error @+1 {{result 0 has room for a tile, but 'b' reads it outside of its loop}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<tile, 256>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.places = [#kiln.place<results, 0>], kiln.tile_loop = 1 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  return %1 : tensor<16x4xf32>
}

// -----

// A tile over the batch.
func.func @predict(%x: tensor<16x4xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<16x4xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 256 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 512 : i64} {
  // expected-error @+1 {{in the thread's area, result 0 of 'a' has bytes 128 to 256 and argument 0 has bytes 0 to 256 at the same time}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<tile, 128>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.places = [#kiln.place<results, 0>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  return %1 : tensor<16x4xf32>
}

// -----

// A group without a place for its result.
func.func @predict(%x: tensor<8xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<8xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 64 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 128 : i64} {
  // expected-error @+1 {{expected a place for each result}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.exp %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

// -----

// Tiles of 8 and of 4 rows.
func.func @predict(%x: tensor<12x4xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<12x4xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 192 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 512 : i64} {
  // expected-error @+1 {{result 0 has room for a tile, but its tiles are not alike}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<tile, 256>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<12x4xf32>) -> tensor<12x4xf32> {
  ^bb0(%a: tensor<12x4xf32>):
    %u = kiln.exp %a : tensor<12x4xf32>
    kiln.yield %u : tensor<12x4xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {kiln.places = [#kiln.place<results, 0>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<12x4xf32>) -> tensor<12x4xf32> {
  ^bb0(%a: tensor<12x4xf32>):
    %u = kiln.exp %a : tensor<12x4xf32>
    kiln.yield %u : tensor<12x4xf32>
  }
  return %1 : tensor<12x4xf32>
}

// -----

// In the state, but where no parameter is.
kiln.param @w : tensor<8xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(
    %w: tensor<8xf32> {kiln.param = @w, kiln.place = #kiln.place<state, 0>})
    -> (tensor<8xf32> {kiln.donates = 0 : i64, kiln.place = #kiln.place<state, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 0 : i64,
                kiln.state_bytes = 128 : i64, kiln.thread_bytes = 0 : i64} {
  // expected-error @+1 {{result 0 is in the state, but not in an argument's place}}
  %0 = kiln.fusion "update" elementwise (%w)
      attributes {kiln.places = [#kiln.place<state, 64>],
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.neg %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

// -----

// Room for one tile of a value that is returned whole.
func.func @predict(%x: tensor<16x4xf32> {kiln.role = "input", kiln.place = #kiln.place<thread, 0>})
    -> (tensor<16x4xf32> {kiln.role = "output", kiln.place = #kiln.place<results, 0>})
    attributes {kiln.arena_bytes = 0 : i64, kiln.result_bytes = 256 : i64,
                kiln.state_bytes = 0 : i64, kiln.thread_bytes = 512 : i64} {
  // expected-error @+1 {{result 0 has room for a tile, but is returned}}
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {kiln.places = [#kiln.place<tile, 256>], kiln.tile_loop = 0 : i64,
                  partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x4xf32>) -> tensor<16x4xf32> {
  ^bb0(%a: tensor<16x4xf32>):
    %u = kiln.exp %a : tensor<16x4xf32>
    kiln.yield %u : tensor<16x4xf32>
  }
  return %0 : tensor<16x4xf32>
}
