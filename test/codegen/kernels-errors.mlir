// Groups that no kernel can be made of: passes make none such, but IR is also written
// by hand.
// RUN: kiln-opt %s --kiln-plan-memory --kiln-lower-to-spmd --split-input-file \
// RUN:   --verify-diagnostics

// Elementwise with two shapes.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"}, %x1: tensor<6xf32> {kiln.role = "weight"})
    -> (tensor<8x6xf32> {kiln.role = "output"},
        tensor<6xf32> {kiln.role = "loss"}) {
  // expected-error @+1 {{'kiln.fusion' op expected outputs of one shape}}
  %r:2 = kiln.fusion "a" elementwise (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>, tensor<6xf32>) -> (tensor<8x6xf32>, tensor<6xf32>) {
  ^bb0(%a: tensor<8x6xf32>, %b: tensor<6xf32>):
    %u = kiln.exp %a : tensor<8x6xf32>
    %v = kiln.exp %b : tensor<6xf32>
    kiln.yield %u, %v : tensor<8x6xf32>, tensor<6xf32>
  }
  return %r#0, %r#1 : tensor<8x6xf32>, tensor<6xf32>
}

// -----

// A contraction of what the group computes.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"}, %x1: tensor<6x3xf32> {kiln.role = "weight"})
    -> (tensor<8x3xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a contraction of the group's inputs}}
  %r = kiln.fusion "a" contraction (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>, tensor<6x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x6xf32>, %b: tensor<6x3xf32>):
    %u = kiln.exp %a : tensor<8x6xf32>
    %v = kiln.matmul %u, %b : (tensor<8x6xf32>, tensor<6x3xf32>)
    kiln.yield %v : tensor<8x3xf32>
  }
  return %r : tensor<8x3xf32>
}

// -----

// Parts of a contraction of what the group computes.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"}, %x1: tensor<8x3xf32> {kiln.role = "weight"})
    -> (tensor<2x6x3xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a contraction of the group's inputs}}
  %r = kiln.fusion "a" contraction (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 1, unit = 8>}
      : (tensor<8x6xf32>, tensor<8x3xf32>) -> tensor<2x6x3xf32> {
  ^bb0(%a: tensor<8x6xf32>, %b: tensor<8x3xf32>):
    %u = kiln.exp %a : tensor<8x6xf32>
    %v = kiln.partial_matmul %u transposed, %b, 2 : (tensor<8x6xf32>, tensor<8x3xf32>)
    kiln.yield %v : tensor<2x6x3xf32>
  }
  return %r : tensor<2x6x3xf32>
}

// -----

// A contraction of what the group packs.
func.func @predict(%x0: tensor<16x32xf32> {kiln.role = "input"}, %x1: tensor<16x16xi32> {kiln.role = "weight"})
    -> (tensor<16x16xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a contraction of the group's inputs}}
  %r = kiln.fusion "a" contraction (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x32xf32>, tensor<16x16xi32>) -> tensor<16x16xf32> {
  ^bb0(%a: tensor<16x32xf32>, %b: tensor<16x16xi32>):
    %u = kiln.pack %a : tensor<16x32xf32>
    %v = kiln.packed_matmul %u, %b, 32
       : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<16x16xf32>
    kiln.yield %v : tensor<16x16xf32>
  }
  return %r : tensor<16x16xf32>
}

// -----

// Rows that are sums.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a reduction along [0]}}
  %r = kiln.fusion "a" columns (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %u = kiln.reduce sum, %a along [1] : tensor<8x6xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// Rows of two widths.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"}, %x1: tensor<8x4xf32> {kiln.role = "weight"})
    -> (tensor<8x6xf32> {kiln.role = "output"},
        tensor<8x4xf32> {kiln.role = "loss"}) {
  // expected-error @+1 {{'kiln.fusion' op expected matrices of one width}}
  %r:2 = kiln.fusion "a" rows (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>, tensor<8x4xf32>) -> (tensor<8x6xf32>, tensor<8x4xf32>) {
  ^bb0(%a: tensor<8x6xf32>, %b: tensor<8x4xf32>):
    %u = kiln.softmax %a : tensor<8x6xf32>
    %v = kiln.softmax %b : tensor<8x4xf32>
    kiln.yield %u, %v : tensor<8x6xf32>, tensor<8x4xf32>
  }
  return %r#0, %r#1 : tensor<8x6xf32>, tensor<8x4xf32>
}

// -----

// A sum of rows, not of everything.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a reduction over all dimensions}}
  %r = kiln.fusion "a" total (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %u = kiln.reduce sum, %a along [1] : tensor<8x6xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// Steps of a matrix.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a reduction along [1] of 3 dimensions}}
  %r = kiln.fusion "a" steps (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %u = kiln.reduce sum, %a along [1] : tensor<8x6xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

// A transpose of what the group computes.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<6x8xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected one transpose of the group's input}}
  %r = kiln.fusion "a" transpose (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>) -> tensor<6x8xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %u = kiln.exp %a : tensor<8x6xf32>
    %v = kiln.transpose %u : tensor<8x6xf32>
    kiln.yield %v : tensor<6x8xf32>
  }
  return %r : tensor<6x8xf32>
}

// -----

// A copy in bfloat16 of what the group computes.
func.func @predict(%x0: tensor<16x32xf32> {kiln.role = "input"})
    -> (tensor<16x16xi32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected one pack of the group's input}}
  %r = kiln.fusion "a" pack (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<16x32xf32>) -> tensor<16x16xi32> {
  ^bb0(%a: tensor<16x32xf32>):
    %u = kiln.exp %a : tensor<16x32xf32>
    %v = kiln.pack %u : tensor<16x32xf32>
    kiln.yield %v : tensor<16x16xi32>
  }
  return %r : tensor<16x16xi32>
}

// -----

// A random mask that is not there.
func.func @predict(%x0: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<8x6xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected one random mask}}
  %r = kiln.fusion "a" random (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %u = kiln.exp %a : tensor<8x6xf32>
    kiln.yield %u : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

// A copy of what the group computes.
func.func @predict(%x0: tensor<8x5x6xf32> {kiln.role = "input"})
    -> (tensor<8x5x6xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a copy of the group's inputs}}
  %r = kiln.fusion "a" copy (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x6xf32>) -> tensor<8x5x6xf32> {
  ^bb0(%a: tensor<8x5x6xf32>):
    %u = kiln.exp %a : tensor<8x5x6xf32>
    %v = kiln.reverse %u : tensor<8x5x6xf32>
    kiln.yield %v : tensor<8x5x6xf32>
  }
  return %r : tensor<8x5x6xf32>
}

// -----

// A gather by indices that the group computes.
func.func @predict(%x0: tensor<10x6xf32> {kiln.role = "weight"}, %x1: tensor<8x6xf32> {kiln.role = "input"})
    -> (tensor<8x6xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a gather of the group's inputs}}
  %r = kiln.fusion "a" gather (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<10x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%a: tensor<10x6xf32>, %b: tensor<8x6xf32>):
    %u = kiln.argmax %b : tensor<8x6xf32>
    %v = kiln.gather %a, %u {batch_dims = 0 : i64}
       : (tensor<10x6xf32>, tensor<8xi32>)
    kiln.yield %v : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

// Indices that the group computes.
func.func @predict(%x0: tensor<8x5x6xf32> {kiln.role = "input"})
    -> (tensor<8x5x6xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected integer code on the group's input}}
  %r = kiln.fusion "a" index (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x6xf32>) -> tensor<8x5x6xf32> {
  ^bb0(%a: tensor<8x5x6xf32>):
    %u = kiln.exp %a : tensor<8x5x6xf32>
    kiln.yield %u : tensor<8x5x6xf32>
  }
  return %r : tensor<8x5x6xf32>
}

// -----

// A chain without its links.
func.func @predict(%x0: tensor<8x5xi32> {kiln.role = "input"})
    -> (tensor<10xi32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" index (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5xi32>) -> tensor<10xi32> {
  ^bb0(%a: tensor<8x5xi32>):
    // expected-error @+1 {{'kiln.chain' op expected both of its results to be used}}
    %u:2 = kiln.chain %a {rows = 10 : i64} : tensor<8x5xi32>
    kiln.yield %u#0 : tensor<10xi32>
  }
  return %r : tensor<10xi32>
}

// -----

// One table for all samples.
func.func @predict(%x0: tensor<8x5x6xf32> {kiln.role = "input"}, %x1: tensor<8x5xi32> {kiln.role = "weight"})
    -> (tensor<10x6xf32> {kiln.role = "output"}) {
  // expected-error @+1 {{'kiln.fusion' op expected a scatter into a table for each sample}}
  %r = kiln.fusion "a" scatter (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x6xf32>, tensor<8x5xi32>) -> tensor<10x6xf32> {
  ^bb0(%a: tensor<8x5x6xf32>, %b: tensor<8x5xi32>):
    %u = kiln.scatter %a, %b {batch_dims = 0 : i64, rows = 10 : i64}
       : (tensor<8x5x6xf32>, tensor<8x5xi32>)
    kiln.yield %u : tensor<10x6xf32>
  }
  return %r : tensor<10x6xf32>
}

// -----

// No result to add into.
func.func @predict(%x0: tensor<8x5x6xf32> {kiln.role = "input"}, %x1: tensor<8x5xi32> {kiln.role = "weight"})
    -> (tensor<8x10xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scatter (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x6xf32>, tensor<8x5xi32>) -> tensor<8x10xf32> {
  ^bb0(%a: tensor<8x5x6xf32>, %b: tensor<8x5xi32>):
    // expected-error @+1 {{'kiln.scatter' op expected its group to have a result of its type}}
    %u = kiln.scatter %a, %b {batch_dims = 1 : i64, rows = 10 : i64}
       : (tensor<8x5x6xf32>, tensor<8x5xi32>)
    %v = kiln.reduce sum, %u along [2] : tensor<8x10x6xf32>
    kiln.yield %v : tensor<8x10xf32>
  }
  return %r : tensor<8x10xf32>
}

// -----

// Chains that the group makes.
func.func @predict(%x0: tensor<40x6xf32> {kiln.role = "input"}, %x1: tensor<40xi32> {kiln.role = "weight"})
    -> (tensor<10x6xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scatter (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<40x6xf32>, tensor<40xi32>) -> tensor<10x6xf32> {
  ^bb0(%a: tensor<40x6xf32>, %b: tensor<40xi32>):
    %u:2 = kiln.chain %b {rows = 10 : i64} : tensor<40xi32>
    // expected-error @+1 {{'kiln.chain_sum' op expected chains from outside of the group}}
    %v = kiln.chain_sum %a, %u#0, %u#1
       : (tensor<40x6xf32>, tensor<10xi32>, tensor<40xi32>)
    kiln.yield %v : tensor<10x6xf32>
  }
  return %r : tensor<10x6xf32>
}

// -----

// Sums over the whole batch.
func.func @predict(%x0: tensor<8x5x3xf32> {kiln.role = "input"})
    -> (tensor<3x3xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scan (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x3xf32>) -> tensor<3x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    // expected-error @+1 {{'kiln.scan' op expected sums by tile (hint: 'kiln-tile-scans' runs before)}}
    %u = kiln.scan sequences(%a : tensor<8x5x3xf32>) sums(tensor<3x3xf32>) {
    ^bb0(%c: tensor<8x3xf32>):
      %p = kiln.fusion "p" contraction (%c) : (tensor<8x3xf32>) -> tensor<3x3xf32> {
      ^bb0(%d: tensor<8x3xf32>):
        %q = kiln.matmul %d transposed, %d : (tensor<8x3xf32>, tensor<8x3xf32>)
        kiln.yield %q : tensor<3x3xf32>
      }
      kiln.yield %p : tensor<3x3xf32>
    }
    kiln.yield %u : tensor<3x3xf32>
  }
  return %r : tensor<3x3xf32>
}

// -----

// States that are computed.
func.func @predict(%x0: tensor<8x5x3xf32> {kiln.role = "input"}, %x1: tensor<8x3xf32> {kiln.role = "weight"})
    -> (tensor<8x3xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scan (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>, %b: tensor<8x3xf32>):
    %i = kiln.constant dense<1.0> : tensor<8x3xf32>
    // expected-error @+1 {{'kiln.scan' op expected states that start from zero or from an input of the group}}
    %u = kiln.scan init(%i : tensor<8x3xf32>) sequences(%a : tensor<8x5x3xf32>) -> (tensor<8x3xf32>) {
    ^bb0(%s: tensor<8x3xf32>, %c: tensor<8x3xf32>):
      kiln.yield %s : tensor<8x3xf32>
    }
    kiln.yield %u : tensor<8x3xf32>
  }
  return %r : tensor<8x3xf32>
}

// -----

// States that trade places.
func.func @predict(%x0: tensor<8x5x3xf32> {kiln.role = "input"}, %x1: tensor<8x3xf32> {kiln.role = "weight"})
    -> (tensor<8x3xf32> {kiln.role = "output"},
        tensor<8x3xf32> {kiln.role = "loss"}) {
  %r:2 = kiln.fusion "a" scan (%x0, %x1)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x3xf32>, tensor<8x3xf32>) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  ^bb0(%a: tensor<8x5x3xf32>, %b: tensor<8x3xf32>):
    // expected-error @+1 {{'kiln.scan' op expected states that do not trade places}}
    %u, %v = kiln.scan init(%b, %b : tensor<8x3xf32>, tensor<8x3xf32>) sequences(%a : tensor<8x5x3xf32>)
        -> (tensor<8x3xf32>, tensor<8x3xf32>) {
    ^bb0(%s: tensor<8x3xf32>, %t: tensor<8x3xf32>, %c: tensor<8x3xf32>):
      kiln.yield %t, %s : tensor<8x3xf32>, tensor<8x3xf32>
    }
    kiln.yield %u, %v : tensor<8x3xf32>, tensor<8x3xf32>
  }
  return %r#0, %r#1 : tensor<8x3xf32>, tensor<8x3xf32>
}

// -----

// A cell that is not in groups.
func.func @predict(%x0: tensor<8x5x3xf32> {kiln.role = "input"})
    -> (tensor<8x5x3xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scan (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    %u = kiln.scan sequences(%a : tensor<8x5x3xf32>) outputs(tensor<8x5x3xf32>) {
    ^bb0(%c: tensor<8x3xf32>):
    // expected-error @+1 {{'kiln.tanh' op expected to be in a group of its cell}}
      %d = kiln.tanh %c : tensor<8x3xf32>
      kiln.yield %d : tensor<8x3xf32>
    }
    kiln.yield %u : tensor<8x5x3xf32>
  }
  return %r : tensor<8x5x3xf32>
}

// -----

// A group of the cell that no kernel can be made of: both are named.
func.func @predict(%x0: tensor<8x5x3xf32> {kiln.role = "input"})
    -> (tensor<8x5xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "a" scan (%x0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x5x3xf32>) -> tensor<8x5xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    %u = kiln.scan sequences(%a : tensor<8x5x3xf32>) outputs(tensor<8x5xf32>) {
    ^bb0(%c: tensor<8x3xf32>):
      // expected-error @+2 {{'kiln.fusion' op expected a reduction along [0]}}
      // expected-error @+1 {{'kiln.fusion' op has no kernel inside a cell}}
      %p = kiln.fusion "p" columns (%c) : (tensor<8x3xf32>) -> tensor<8xf32> {
      ^bb0(%d: tensor<8x3xf32>):
        %q = kiln.reduce sum, %d along [1] : tensor<8x3xf32>
        kiln.yield %q : tensor<8xf32>
      }
      kiln.yield %p : tensor<8xf32>
    }
    kiln.yield %u : tensor<8x5xf32>
  }
  return %r : tensor<8x5xf32>
}
