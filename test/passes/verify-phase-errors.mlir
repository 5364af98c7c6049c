// The gate of phase fused, and names of phases that it does not know.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-verify-phase=phase=fused
// RUN: not kiln-opt %S/verify-phase.mlir -kiln-verify-phase=phase=tiled 2>&1 | FileCheck %s --check-prefix=PHASE
// RUN: not kiln-opt %S/verify-phase.mlir -kiln-verify-phase=phase=fancy 2>&1 | FileCheck %s --check-prefix=FANCY
// PHASE: expected phase model, train or fused, got 'tiled'
// FANCY: expected phase model, train or fused, got 'fancy'

func.func @loose(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
  // expected-error@+1 {{'kiln.exp' op stands outside of a kiln.fusion; run kiln-form-groups}}
  %0 = kiln.exp %x : tensor<8x6xf32>
  return %0 : tensor<8x6xf32>
}

// -----

func.func @same_id(%x: tensor<8x6xf32>) -> (tensor<8x6xf32>, tensor<8x6xf32>) {
  // expected-note@+1 {{the other group}}
  %0 = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %1 = kiln.exp %a : tensor<8x6xf32>
    kiln.yield %1 : tensor<8x6xf32>
  }
  // expected-error@+1 {{'kiln.fusion' op has the id of another group}}
  %2 = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%a: tensor<8x6xf32>):
    %1 = kiln.tanh %a : tensor<8x6xf32>
    kiln.yield %1 : tensor<8x6xf32>
  }
  return %0, %2 : tensor<8x6xf32>, tensor<8x6xf32>
}

// -----

func.func @two_contractions(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>, %v: tensor<6x3xf32>) -> tensor<8x3xf32> {
  %r = kiln.fusion "a" contraction (%x, %w, %v) : (tensor<8x6xf32>, tensor<6x3xf32>, tensor<6x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%x_: tensor<8x6xf32>, %w_: tensor<6x3xf32>, %v_: tensor<6x3xf32>):
    %1 = kiln.matmul %x_, %w_ : (tensor<8x6xf32>, tensor<6x3xf32>)
    // expected-error@+1 {{'kiln.matmul' op is one too many, expected a contraction in the group}}
    %2 = kiln.matmul %x_, %v_ : (tensor<8x6xf32>, tensor<6x3xf32>)
    %3 = kiln.add %1, %2 : tensor<8x3xf32>
    kiln.yield %3 : tensor<8x3xf32>
  }
  return %r : tensor<8x3xf32>
}

// -----

func.func @no_contraction(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
  // expected-error@+1 {{'kiln.fusion' op expected a contraction in the group}}
  %r = kiln.fusion "a" contraction (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    %1 = kiln.exp %x_ : tensor<8x6xf32>
    kiln.yield %1 : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

func.func @row_op_in_contraction(%x: tensor<8x6xf32>, %w: tensor<6x3xf32>) -> tensor<8x3xf32> {
  %r = kiln.fusion "a" contraction (%x, %w) : (tensor<8x6xf32>, tensor<6x3xf32>) -> tensor<8x3xf32> {
  ^bb0(%x_: tensor<8x6xf32>, %w_: tensor<6x3xf32>):
    %1 = kiln.matmul %x_, %w_ : (tensor<8x6xf32>, tensor<6x3xf32>)
    // expected-error@+1 {{'kiln.softmax' op does not belong in a group of kind contraction}}
    %2 = kiln.softmax %1 : tensor<8x3xf32>
    kiln.yield %2 : tensor<8x3xf32>
  }
  return %r : tensor<8x3xf32>
}

// -----

func.func @prologue(%s: tensor<6x6xf32>) -> tensor<6x6xf32> {
  %r = kiln.fusion "a" contraction (%s) : (tensor<6x6xf32>) -> tensor<6x6xf32> {
  ^bb0(%s_: tensor<6x6xf32>):
    %1 = kiln.exp %s_ : tensor<6x6xf32>
    // expected-error@+1 {{'kiln.matmul' op needs all of a value that its group computes}}
    %2 = kiln.matmul %1, %s_ : (tensor<6x6xf32>, tensor<6x6xf32>)
    kiln.yield %2 : tensor<6x6xf32>
  }
  return %r : tensor<6x6xf32>
}

// -----

func.func @constants(%x: tensor<8x6xf32>) -> tensor<1x2xf32> {
  %r = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<1x2xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    // expected-error@+1 {{'kiln.constant' op expected one value in all elements of a constant inside a group}}
    %1 = kiln.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
    %2 = kiln.exp %1 : tensor<1x2xf32>
    kiln.yield %2 : tensor<1x2xf32>
  }
  return %r : tensor<1x2xf32>
}

// -----

func.func @columns_along_rows(%s: tensor<6x6xf32>) -> tensor<6x6xf32> {
  %r = kiln.fusion "a" rows (%s) : (tensor<6x6xf32>) -> tensor<6x6xf32> {
  ^bb0(%s_: tensor<6x6xf32>):
    %1 = kiln.reduce sum, %s_ along [1] : tensor<6x6xf32>
    // expected-error@+1 {{'kiln.broadcast' op repeats a value that its group computes}}
    %2 = kiln.broadcast %1 along [1] : tensor<6xf32> to tensor<6x6xf32>
    %3 = kiln.add %2, %s_ : tensor<6x6xf32>
    kiln.yield %3 : tensor<6x6xf32>
  }
  return %r : tensor<6x6xf32>
}

// -----

func.func @no_rows(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
  // expected-error@+1 {{'kiln.fusion' op expected an op along rows in the group}}
  %r = kiln.fusion "a" rows (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    %1 = kiln.exp %x_ : tensor<8x6xf32>
    kiln.yield %1 : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

func.func @two_widths(%x: tensor<8x6xf32>, %y: tensor<8x5xf32>) -> tensor<8xf32> {
  %r = kiln.fusion "a" rows (%x, %y) : (tensor<8x6xf32>, tensor<8x5xf32>) -> tensor<8xf32> {
  ^bb0(%x_: tensor<8x6xf32>, %y_: tensor<8x5xf32>):
    %1 = kiln.reduce sum, %x_ along [1] : tensor<8x6xf32>
    // expected-error@+1 {{'kiln.reduce' op does not belong in a group of kind rows}}
    %2 = kiln.reduce sum, %y_ along [1] : tensor<8x5xf32>
    %3 = kiln.add %1, %2 : tensor<8xf32>
    kiln.yield %3 : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}

// -----

func.func @after_total(%x: tensor<8x6xf32>, %t: tensor<8x6xf32>) -> tensor<8x6xf32> {
  %r = kiln.fusion "a" total (%x, %t) : (tensor<8x6xf32>, tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%x_: tensor<8x6xf32>, %t_: tensor<8x6xf32>):
    %1 = kiln.reduce sum, %x_ along [0, 1] : tensor<8x6xf32>
    // expected-error@+1 {{'kiln.exp' op does not belong in a group of kind total}}
    %2 = kiln.exp %t_ : tensor<8x6xf32>
    kiln.yield %2 : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

func.func @shapes(%x: tensor<8x6xf32>) -> tensor<6xf32> {
  %r = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<6xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    %1 = kiln.exp %x_ : tensor<8x6xf32>
    // expected-error@+1 {{'kiln.reduce' op does not belong in a group of kind elementwise}}
    %2 = kiln.reduce sum, %1 along [0] : tensor<8x6xf32>
    kiln.yield %2 : tensor<6xf32>
  }
  return %r : tensor<6xf32>
}

// -----

func.func @more_than_transpose(%x: tensor<8x6xf32>) -> tensor<6x8xf32> {
  %r = kiln.fusion "a" transpose (%x) : (tensor<8x6xf32>) -> tensor<6x8xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    %1 = kiln.transpose %x_ : tensor<8x6xf32>
    // expected-error@+1 {{'kiln.exp' op does not belong in a group of kind transpose}}
    %2 = kiln.exp %1 : tensor<6x8xf32>
    kiln.yield %2 : tensor<6x8xf32>
  }
  return %r : tensor<6x8xf32>
}

// -----

func.func @empty(%x: tensor<8x6xf32>) -> tensor<8x6xf32> {
  // expected-error@+1 {{'kiln.fusion' op expected an op in the group}}
  %r = kiln.fusion "a" elementwise (%x) : (tensor<8x6xf32>) -> tensor<8x6xf32> {
  ^bb0(%x_: tensor<8x6xf32>):
    kiln.yield %x_ : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

func.func @prologue_of_gather(%t: tensor<9x6xf32>, %i: tensor<8xi32>) -> tensor<8x6xf32> {
  %r = kiln.fusion "a" gather (%t, %i) : (tensor<9x6xf32>, tensor<8xi32>) -> tensor<8x6xf32> {
  ^bb0(%t_: tensor<9x6xf32>, %i_: tensor<8xi32>):
    %1 = kiln.exp %t_ : tensor<9x6xf32>
    // expected-error@+1 {{'kiln.gather' op needs all of a value that its group computes}}
    %2 = kiln.gather %1, %i_ {batch_dims = 0 : i64} : (tensor<9x6xf32>, tensor<8xi32>)
    kiln.yield %2 : tensor<8x6xf32>
  }
  return %r : tensor<8x6xf32>
}

// -----

func.func @loose_in_cell(%x: tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  %0 = kiln.fusion "s" scan (%x) : (tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    %1 = kiln.scan sequences(%a : tensor<8x5x3xf32>) outputs(tensor<8x5x3xf32>) {
    ^bb0(%b: tensor<8x3xf32>):
      // expected-error@+1 {{'kiln.tanh' op stands outside of a kiln.fusion; run kiln-form-groups}}
      %2 = kiln.tanh %b : tensor<8x3xf32>
      kiln.yield %2 : tensor<8x3xf32>
    }
    kiln.yield %1 : tensor<8x5x3xf32>
  }
  return %0 : tensor<8x5x3xf32>
}

// -----

func.func @two_shapes(%x: tensor<8x5x6xf32>) -> (tensor<8x6xf32>, tensor<8x5x6xf32>) {
  %r:2 = kiln.fusion "a" steps (%x) : (tensor<8x5x6xf32>) -> (tensor<8x6xf32>, tensor<8x5x6xf32>) {
  ^bb0(%x_: tensor<8x5x6xf32>):
    %1 = kiln.exp %x_ : tensor<8x5x6xf32>
    // expected-error@+1 {{'kiln.reduce' op shares its group with a result of another shape}}
    %2 = kiln.reduce sum, %1 along [1] : tensor<8x5x6xf32>
    kiln.yield %2, %1 : tensor<8x6xf32>, tensor<8x5x6xf32>
  }
  return %r#0, %r#1 : tensor<8x6xf32>, tensor<8x5x6xf32>
}

// -----

// Rows of the whole batch have many owners.
// expected-error@+2 {{'kiln.fusion' op expected scatter in the group}}
func.func @shared_table(%x: tensor<8x6xf32>, %i: tensor<8xi32>) -> tensor<9x6xf32> {
  %r = kiln.fusion "a" scatter (%x, %i) : (tensor<8x6xf32>, tensor<8xi32>) -> tensor<9x6xf32> {
  ^bb0(%x_: tensor<8x6xf32>, %i_: tensor<8xi32>):
    %1 = kiln.scatter %x_, %i_ {batch_dims = 0 : i64, rows = 9 : i64} : (tensor<8x6xf32>, tensor<8xi32>)
    kiln.yield %1 : tensor<9x6xf32>
  }
  return %r : tensor<9x6xf32>
}

// -----

func.func @id_in_cell(%x: tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  // expected-note@+1 {{the other group}}
  %0 = kiln.fusion "s" scan (%x) : (tensor<8x5x3xf32>) -> tensor<8x5x3xf32> {
  ^bb0(%a: tensor<8x5x3xf32>):
    %1 = kiln.scan sequences(%a : tensor<8x5x3xf32>) outputs(tensor<8x5x3xf32>) {
    ^bb0(%b: tensor<8x3xf32>):
      // expected-error@+1 {{'kiln.fusion' op has the id of another group}}
      %2 = kiln.fusion "s" elementwise (%b) : (tensor<8x3xf32>) -> tensor<8x3xf32> {
      ^bb0(%c: tensor<8x3xf32>):
        %3 = kiln.tanh %c : tensor<8x3xf32>
        kiln.yield %3 : tensor<8x3xf32>
      }
      kiln.yield %2 : tensor<8x3xf32>
    }
    kiln.yield %1 : tensor<8x5x3xf32>
  }
  return %0 : tensor<8x5x3xf32>
}
