// RUN: kiln-opt %s --kiln-insert-barriers --split-input-file | FileCheck %s

// Both groups are split by the same rows: each thread reads what it wrote.

// CHECK-LABEL: func.func @same_rows
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @same_rows(%x: tensor<64x32xf32>) -> tensor<64x32xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.exp %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %1 = kiln.fusion "b" elementwise (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.log %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  return %1 : tensor<64x32xf32>
}

// -----

// Read after write: the contraction reads rows that other threads wrote. One
// barrier serves the last two groups.

// CHECK-LABEL: func.func @read_after_write
// CHECK: kiln.fusion "a"
// CHECK: kiln.fusion "b"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "c"
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @read_after_write(%x: tensor<64x32xf32>, %w: tensor<32x64xf32>)
    -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.exp %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %1 = kiln.fusion "b" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.neg %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %2 = kiln.fusion "c" contraction (%0, %w)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<64x32xf32>, tensor<32x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>):
    %u = kiln.matmul %a, %b : (tensor<64x32xf32>, tensor<32x64xf32>)
    kiln.yield %u : tensor<64x64xf32>
  }
  %3 = kiln.fusion "d" contraction (%1, %w)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<64x32xf32>, tensor<32x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>):
    %u = kiln.matmul %a, %b : (tensor<64x32xf32>, tensor<32x64xf32>)
    kiln.yield %u : tensor<64x64xf32>
  }
  return %2, %3 : tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

// Write after read: the update overwrites %w in place, which other threads may
// still be reading for the contraction.

// CHECK-LABEL: func.func @write_after_read
// CHECK: kiln.fusion "c"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "u"
func.func @write_after_read(%x: tensor<64x32xf32> {kiln.role = "input"},
                            %w: tensor<32x64xf32>, %hyper: tensor<2xf32>)
    -> (tensor<64x64xf32>, tensor<32x64xf32> {kiln.donates = 1 : i64}) {
  %0 = kiln.fusion "c" contraction (%x, %w)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>, tensor<32x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>):
    %u = kiln.matmul %a, %b : (tensor<64x32xf32>, tensor<32x64xf32>)
    kiln.yield %u : tensor<64x64xf32>
  }
  %1 = kiln.fusion "u" elementwise (%w, %hyper)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<32x64xf32>, tensor<2xf32>) -> tensor<32x64xf32> {
  ^bb0(%a: tensor<32x64xf32>, %h: tensor<2xf32>):
    %u = kiln.sgd_update %a, %a, %h : tensor<32x64xf32>
    kiln.yield %u : tensor<32x64xf32>
  }
  return %0, %1 : tensor<64x64xf32>, tensor<32x64xf32>
}

// -----

// Each thread reads its own copy of the batch, so that the update may follow
// what reads the batch as a whole; and it may follow what reads the same
// columns of %w only.

// CHECK-LABEL: func.func @own_columns
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @own_columns(%x: tensor<64x32xf32> {kiln.role = "input"},
                       %w: tensor<32x64xf32>, %hyper: tensor<2xf32>)
    -> (tensor<64x64xf32>, tensor<32x64xf32> {kiln.donates = 1 : i64}) {
  %0 = kiln.fusion "c" contraction (%x, %w)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<64x32xf32>, tensor<32x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>):
    %u = kiln.matmul %a, %b : (tensor<64x32xf32>, tensor<32x64xf32>)
    kiln.yield %u : tensor<64x64xf32>
  }
  %1 = kiln.fusion "u" contraction (%x, %0, %w, %hyper)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<64x32xf32>, tensor<64x64xf32>, tensor<32x64xf32>,
         tensor<2xf32>) -> tensor<32x64xf32> {
  ^bb0(%a: tensor<64x32xf32>, %d: tensor<64x64xf32>, %b: tensor<32x64xf32>,
       %h: tensor<2xf32>):
    %g = kiln.matmul %a transposed, %d
       : (tensor<64x32xf32>, tensor<64x64xf32>)
    %u = kiln.sgd_update %b, %g, %h : tensor<32x64xf32>
    kiln.yield %u : tensor<32x64xf32>
  }
  return %0, %1 : tensor<64x64xf32>, tensor<32x64xf32>
}

// -----

// Dimension 1 of another shape is made of other elements, even where extents
// and units agree.

// CHECK-LABEL: func.func @reshaped
// CHECK: kiln.fusion "a"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "b"
func.func @reshaped(%x: tensor<2x64x4xf32>) -> tensor<4x64x2xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<2x64x4xf32>) -> tensor<2x64x4xf32> {
  ^bb0(%a: tensor<2x64x4xf32>):
    %u = kiln.exp %a : tensor<2x64x4xf32>
    kiln.yield %u : tensor<2x64x4xf32>
  }
  %r = kiln.reshape %0 : tensor<2x64x4xf32> to tensor<4x64x2xf32>
  %1 = kiln.fusion "b" elementwise (%r)
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : (tensor<4x64x2xf32>) -> tensor<4x64x2xf32> {
  ^bb0(%a: tensor<4x64x2xf32>):
    %u = kiln.exp %a : tensor<4x64x2xf32>
    kiln.yield %u : tensor<4x64x2xf32>
  }
  return %1 : tensor<4x64x2xf32>
}

// -----

// Each sample's own rows, there and back; then rows of the whole batch.

// CHECK-LABEL: func.func @by_index
// CHECK: kiln.fusion "rows"
// CHECK-NOT: kiln.barrier
// CHECK: kiln.fusion "sums"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "table"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "again"
// CHECK: return
func.func @by_index(%t: tensor<16x5x32xf32>, %i: tensor<16x9xi32>,
                    %first: tensor<100xi32>, %next: tensor<16x5xi32>)
    -> tensor<100x32xf32> {
  %0 = kiln.fusion "rows" gather (%t, %i)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x5x32xf32>, tensor<16x9xi32>) -> tensor<16x9x32xf32> {
  ^bb0(%a: tensor<16x5x32xf32>, %b: tensor<16x9xi32>):
    %u = kiln.gather %a, %b {batch_dims = 1 : i64}
       : (tensor<16x5x32xf32>, tensor<16x9xi32>)
    kiln.yield %u : tensor<16x9x32xf32>
  }
  %1 = kiln.fusion "sums" scatter (%0, %i)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x9x32xf32>, tensor<16x9xi32>) -> tensor<16x5x32xf32> {
  ^bb0(%a: tensor<16x9x32xf32>, %b: tensor<16x9xi32>):
    %u = kiln.scatter %a, %b {batch_dims = 1 : i64, rows = 5 : i64}
       : (tensor<16x9x32xf32>, tensor<16x9xi32>)
    kiln.yield %u : tensor<16x5x32xf32>
  }
  %2 = kiln.fusion "table" scatter (%1, %first, %next)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x5x32xf32>, tensor<100xi32>, tensor<16x5xi32>)
      -> tensor<100x32xf32> {
  ^bb0(%a: tensor<16x5x32xf32>, %b: tensor<100xi32>, %c: tensor<16x5xi32>):
    %u = kiln.chain_sum %a, %b, %c
       : (tensor<16x5x32xf32>, tensor<100xi32>, tensor<16x5xi32>)
    kiln.yield %u : tensor<100x32xf32>
  }
  // Rows that were dealt in turn belong to others than stretches of them.
  %3 = kiln.fusion "again" elementwise (%2)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<100x32xf32>) -> tensor<100x32xf32> {
  ^bb0(%a: tensor<100x32xf32>):
    %u = kiln.neg %a : tensor<100x32xf32>
    kiln.yield %u : tensor<100x32xf32>
  }
  return %3 : tensor<100x32xf32>
}

// -----

// A part of a sum is a unit of rows: through a reshape, as many of them.

// CHECK-LABEL: func.func @parts
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @parts(%x: tensor<4x6x8xf32>, %y: tensor<24x16xf32>)
    -> tensor<4x8x16xf32> {
  %0 = kiln.fusion "steps" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 1>}
      : (tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
  ^bb0(%a: tensor<4x6x8xf32>):
    %u = kiln.exp %a : tensor<4x6x8xf32>
    kiln.yield %u : tensor<4x6x8xf32>
  }
  %1 = kiln.reshape %0 : tensor<4x6x8xf32> to tensor<24x8xf32>
  %2 = kiln.fusion "parts" contraction (%1, %y)
      attributes {partition = #kiln.partition<dim = 0, unit = 1>}
      : (tensor<24x8xf32>, tensor<24x16xf32>) -> tensor<4x8x16xf32> {
  ^bb0(%a: tensor<24x8xf32>, %b: tensor<24x16xf32>):
    %u = kiln.partial_matmul %a transposed, %b, 4
       : (tensor<24x8xf32>, tensor<24x16xf32>)
    kiln.yield %u : tensor<4x8x16xf32>
  }
  return %2 : tensor<4x8x16xf32>
}

// -----

// Units of another size are other elements.

// CHECK-LABEL: func.func @other_parts
// CHECK: kiln.barrier
// CHECK: return
func.func @other_parts(%x: tensor<4x6x8xf32>, %y: tensor<24x16xf32>)
    -> tensor<3x8x16xf32> {
  %0 = kiln.fusion "steps" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 1>}
      : (tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
  ^bb0(%a: tensor<4x6x8xf32>):
    %u = kiln.exp %a : tensor<4x6x8xf32>
    kiln.yield %u : tensor<4x6x8xf32>
  }
  %1 = kiln.reshape %0 : tensor<4x6x8xf32> to tensor<24x8xf32>
  %2 = kiln.fusion "parts" contraction (%1, %y)
      attributes {partition = #kiln.partition<dim = 0, unit = 1>}
      : (tensor<24x8xf32>, tensor<24x16xf32>) -> tensor<3x8x16xf32> {
  ^bb0(%a: tensor<24x8xf32>, %b: tensor<24x16xf32>):
    %u = kiln.partial_matmul %a transposed, %b, 3
       : (tensor<24x8xf32>, tensor<24x16xf32>)
    kiln.yield %u : tensor<3x8x16xf32>
  }
  return %2 : tensor<3x8x16xf32>
}

// -----

// "scan" needs a barrier after "weights", and the run on tiles that it is part
// of begins before it: the barrier goes in front of the run.

// CHECK-LABEL: func.func @whole_run
// CHECK: kiln.fusion "weights"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "first"
// CHECK-NOT: kiln.barrier
// CHECK: kiln.fusion "scan"
func.func @whole_run(%x: tensor<16x5x8xf32>, %h0: tensor<16x8xf32>, %w: tensor<32x8xf32>) -> tensor<16x8xf32> {
  %v = kiln.fusion "weights" elementwise(%w)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<32x8xf32>) -> tensor<32x8xf32> {
  ^bb0(%a: tensor<32x8xf32>):
    %u = kiln.neg %a : tensor<32x8xf32>
    kiln.yield %u : tensor<32x8xf32>
  }
  %z = kiln.fusion "first" elementwise(%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x5x8xf32>) -> tensor<16x5x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %u = kiln.neg %a : tensor<16x5x8xf32>
    kiln.yield %u : tensor<16x5x8xf32>
  }
  %s = kiln.fusion "scan" scan(%z, %h0, %v)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x5x8xf32>, tensor<16x8xf32>, tensor<32x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>, %i: tensor<16x8xf32>, %k: tensor<32x8xf32>):
    %h = kiln.scan init(%i : tensor<16x8xf32>) sequences(%a : tensor<16x5x8xf32>)
        captures(%k : tensor<32x8xf32>) -> (tensor<16x8xf32>) attributes {tile_rows = 8 : i64} {
    ^bb0(%c: tensor<8x8xf32>, %t: tensor<8x8xf32>, %q: tensor<32x8xf32>):
      %n = kiln.fusion "cell" elementwise(%c, %t) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%p: tensor<8x8xf32>, %r: tensor<8x8xf32>):
        %u = kiln.add %p, %r : tensor<8x8xf32>
        kiln.yield %u : tensor<8x8xf32>
      }
      kiln.yield %n : tensor<8x8xf32>
    }
    kiln.yield %h : tensor<16x8xf32>
  }
  return %s : tensor<16x8xf32>
}

// -----

// A transpose's rows are its input's columns, which other threads wrote in parts.

// CHECK-LABEL: func.func @transposed_rows
// CHECK: kiln.fusion "a"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "b"
// CHECK: return
func.func @transposed_rows(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x64xf32>):
    %u = kiln.exp %a : tensor<64x64xf32>
    kiln.yield %u : tensor<64x64xf32>
  }
  %1 = kiln.fusion "b" transpose (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x64xf32>):
    %u = kiln.transpose %a : tensor<64x64xf32>
    kiln.yield %u : tensor<64x64xf32>
  }
  return %1 : tensor<64x64xf32>
}

// -----

// Its columns are the rows that the same thread wrote.

// CHECK-LABEL: func.func @transposed_columns
// CHECK-NOT: kiln.barrier
// CHECK: return
func.func @transposed_columns(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x64xf32>):
    %u = kiln.exp %a : tensor<64x64xf32>
    kiln.yield %u : tensor<64x64xf32>
  }
  %1 = kiln.fusion "b" transpose (%0)
      attributes {partition = #kiln.partition<dim = 1, unit = 8>}
      : (tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^bb0(%a: tensor<64x64xf32>):
    %u = kiln.transpose %a : tensor<64x64xf32>
    kiln.yield %u : tensor<64x64xf32>
  }
  return %1 : tensor<64x64xf32>
}

// -----

// A gather takes any row of its table, whichever thread wrote it.

// CHECK-LABEL: func.func @gathered_rows
// CHECK: kiln.fusion "a"
// CHECK: kiln.barrier
// CHECK: kiln.fusion "b"
// CHECK: return
func.func @gathered_rows(%x: tensor<64x32xf32>, %i: tensor<64xi32>) -> tensor<64x32xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>):
    %u = kiln.exp %a : tensor<64x32xf32>
    kiln.yield %u : tensor<64x32xf32>
  }
  %1 = kiln.fusion "b" gather (%0, %i)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x32xf32>, tensor<64xi32>) -> tensor<64x32xf32> {
  ^bb0(%a: tensor<64x32xf32>, %b: tensor<64xi32>):
    %u = kiln.gather %a, %b {batch_dims = 0 : i64}
       : (tensor<64x32xf32>, tensor<64xi32>)
    kiln.yield %u : tensor<64x32xf32>
  }
  return %1 : tensor<64x32xf32>
}

// -----

// The loss of a sample reads its own logits and no others.

// CHECK-LABEL: func.func @losses_of_rows
// CHECK: kiln.fusion "a"
// CHECK-NOT: kiln.barrier
// CHECK: kiln.fusion "b"
// CHECK: return
func.func @losses_of_rows(%x: tensor<64x10xf32>, %l: tensor<64xi32>) -> tensor<64xf32> {
  %0 = kiln.fusion "a" elementwise (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x10xf32>) -> tensor<64x10xf32> {
  ^bb0(%a: tensor<64x10xf32>):
    %u = kiln.exp %a : tensor<64x10xf32>
    kiln.yield %u : tensor<64x10xf32>
  }
  %1 = kiln.fusion "b" rows (%0, %l)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<64x10xf32>, tensor<64xi32>) -> tensor<64xf32> {
  ^bb0(%a: tensor<64x10xf32>, %b: tensor<64xi32>):
    %u = kiln.softmax_cross_entropy %a, %b : (tensor<64x10xf32>, tensor<64xi32>)
    kiln.yield %u : tensor<64xf32>
  }
  return %1 : tensor<64xf32>
}
