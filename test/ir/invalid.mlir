// Each constraint of each op, broken once.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics

func.func @broadcast_c1(%x: tensor<8xf32>) {
  // expected-error@+1 {{broadcast_c1: expected 1 entries in dims, got 2}}
  %0 = kiln.broadcast %x along [0, 1] : tensor<8xf32> to tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_c2_order(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{broadcast_c2: expected increasing dims below 2, got [1, 0]}}
  %0 = kiln.broadcast %x along [1, 0] : tensor<4x8xf32> to tensor<8x4xf32>
  return
}

// -----

func.func @broadcast_c2_range(%x: tensor<8xf32>) {
  // expected-error@+1 {{broadcast_c2: expected increasing dims below 2, got [2]}}
  %0 = kiln.broadcast %x along [2] : tensor<8xf32> to tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_c3(%x: tensor<8xf32>) {
  // expected-error@+1 {{broadcast_c3: expected the size of dimension 0, 8, along dimension 0, got 4}}
  %0 = kiln.broadcast %x along [0] : tensor<8xf32> to tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_c4(%x: tensor<8xi32>) {
  // expected-error@+1 {{broadcast_c4: expected element type 'i32', got 'f32'}}
  %0 = kiln.broadcast %x along [1] : tensor<8xi32> to tensor<4x8xf32>
  return
}

// -----

func.func @reshape_c1(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{reshape_c1: expected 32 elements, got 33}}
  %0 = kiln.reshape %x : tensor<4x8xf32> to tensor<33xf32>
  return
}

// -----

func.func @reshape_c2(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{reshape_c2: expected element type 'f32', got 'i32'}}
  %0 = kiln.reshape %x : tensor<4x8xf32> to tensor<32xi32>
  return
}

// -----

func.func @matmul_c1(%a: tensor<4x8xf32>, %b: tensor<7x3xf32>) {
  // expected-error@+1 {{matmul_c1: expected operands that agree on k, got 8 in 'tensor<4x8xf32>' and 7 in 'tensor<7x3xf32>'}}
  %0 = kiln.matmul %a, %b : (tensor<4x8xf32>, tensor<7x3xf32>)
  return
}

// -----

func.func @matmul_c1_transposed(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) {
  // expected-error@+1 {{matmul_c1: expected operands that agree on k, got 4 in 'tensor<4x8xf32>' and 3 in 'tensor<8x3xf32>'}}
  %0 = kiln.matmul %a transposed, %b transposed
     : (tensor<4x8xf32>, tensor<8x3xf32>)
  return
}

// -----

func.func @reduce_c1(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{reduce_c1: expected increasing dims below 2, got [0, 0]}}
  %0 = kiln.reduce sum, %x along [0, 0] : tensor<4x8xf32>
  return
}

// -----

func.func @softmax_c1(%x: tensor<f32>) {
  // expected-error@+1 {{softmax_c1: expected at least one dimension, got 'tensor<f32>'}}
  %0 = kiln.softmax %x : tensor<f32>
  return
}

// -----

func.func @softmax_cross_entropy_c1(%x: tensor<4x8xf32>, %y: tensor<3xi32>) {
  // expected-error@+1 {{softmax_cross_entropy_c1: expected one label for each of 4 rows, got 3}}
  %0 = kiln.softmax_cross_entropy %x, %y : (tensor<4x8xf32>, tensor<3xi32>)
  return
}

// -----

func.func @one_hot_c1(%y: tensor<3xi32>) {
  // expected-error@+1 {{one_hot_c1: expected a positive depth, got 0}}
  %0 = kiln.one_hot %y, 0 : tensor<3xi32>
  return
}

// -----

func.func @random_mask_c1(%s: tensor<i64>) {
  // expected-error@+1 {{random_mask_c1: expected a rate in [0, 1), got 1}}
  %0 = kiln.random_mask %s, %s, %s {rate = 1.0 : f64, stream = 7 : i64}
     : tensor<4xi1>
  return
}

// -----

func.func @dropout_c1(%x: tensor<4xf32>, %m: tensor<4xi1>) {
  // expected-error@+1 {{dropout_c1: expected a rate in [0, 1), got -0.5}}
  %0 = kiln.dropout %x, %m {rate = -0.5 : f64} : tensor<4xf32>, tensor<4xi1>
  return
}

// -----

func.func @gather_c1(%x: tensor<4x8xf32>, %i: tensor<3xi32>) {
  // expected-error@+1 {{gather_c1: expected batch_dims 0 or 1, got 2}}
  %0 = kiln.gather %x, %i {batch_dims = 2 : i64}
     : (tensor<4x8xf32>, tensor<3xi32>)
  return
}

// -----

func.func @gather_c2(%x: tensor<4x8xf32>, %i: tensor<4x3xi32>) {
  // expected-error@+1 {{gather_c2: expected a table of rank 3, got 'tensor<4x8xf32>'}}
  %0 = kiln.gather %x, %i {batch_dims = 1 : i64}
     : (tensor<4x8xf32>, tensor<4x3xi32>)
  return
}

// -----

func.func @gather_c3(%x: tensor<4x5x8xf32>, %i: tensor<3x2xi32>) {
  // expected-error@+1 {{gather_c3: expected a table for each sample, got 'tensor<4x5x8xf32>' and 'tensor<3x2xi32>'}}
  %0 = kiln.gather %x, %i {batch_dims = 1 : i64}
     : (tensor<4x5x8xf32>, tensor<3x2xi32>)
  return
}

// -----

func.func @scatter_c1(%x: tensor<3x8xf32>, %i: tensor<3xi32>) {
  // expected-error@+1 {{scatter_c1: expected batch_dims 0 or 1, got -1}}
  %0 = kiln.scatter %x, %i {batch_dims = -1 : i64, rows = 4 : i64}
     : (tensor<3x8xf32>, tensor<3xi32>)
  return
}

// -----

func.func @scatter_c2(%x: tensor<3x8xf32>, %i: tensor<4xi32>) {
  // expected-error@+1 {{scatter_c2: expected a row for each index, got 'tensor<3x8xf32>' and 'tensor<4xi32>'}}
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 4 : i64}
     : (tensor<3x8xf32>, tensor<4xi32>)
  return
}

// -----

func.func @split_c1_extent(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{split_c1: expected equal parts of the last dimension of 'tensor<4x8xf32>', got 'tensor<4x3xf32>', 'tensor<4x3xf32>'}}
  %0, %1 = kiln.split %x : tensor<4x8xf32> to tensor<4x3xf32>, tensor<4x3xf32>
  return
}

// -----

func.func @split_c1_equal(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{split_c1: expected equal parts of the last dimension of 'tensor<4x8xf32>', got 'tensor<4x3xf32>', 'tensor<4x5xf32>'}}
  %0, %1 = kiln.split %x : tensor<4x8xf32> to tensor<4x3xf32>, tensor<4x5xf32>
  return
}

// -----

func.func @concat_c1(%x: tensor<4x8xf32>, %y: tensor<4x7xf32>) {
  // expected-error@+1 {{concat_c1: expected inputs of one type of rank 1 or higher}}
  %0 = kiln.concat %x, %y : tensor<4x8xf32>, tensor<4x7xf32>
  return
}

// -----

func.func @reverse_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{reverse_c1: expected two dimensions or more, got 'tensor<4xf32>'}}
  %0 = kiln.reverse %x : tensor<4xf32>
  return
}

// -----

func.func @partial_matmul_c1_rows(%x: tensor<4x8xf32>, %y: tensor<5x8xf32>) {
  // expected-error@+1 {{partial_matmul_c1: expected operands with the same extent of k, a multiple of 2, got 'tensor<4x8xf32>' and 'tensor<5x8xf32>'}}
  %0 = kiln.partial_matmul %x transposed, %y, 2 : (tensor<4x8xf32>, tensor<5x8xf32>)
  return
}

// -----

func.func @packed_matmul_c1_k(%x: tensor<16x16xi32>) {
  // expected-error@+1 {{packed_matmul_c1: expected packed operands of 4 rows, 5 columns and 33 k, got 'tensor<16x16xi32>' and 'tensor<16x16xi32>'}}
  %0 = kiln.packed_matmul %x, %x, 33 : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @packed_matmul_c1_columns(%x: tensor<16x16xi32>) {
  // expected-error@+1 {{packed_matmul_c1: expected packed operands of 4 rows, 17 columns and 7 k, got 'tensor<16x16xi32>' and 'tensor<16x16xi32>'}}
  %0 = kiln.packed_matmul %x, %x, 7 : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<4x17xf32>
  return
}

// -----

func.func @packed_matmul_c1_none(%x: tensor<16x16xi32>) {
  // expected-error@+1 {{packed_matmul_c1: expected packed operands of 4 rows, 5 columns and 0 k}}
  %0 = kiln.packed_matmul %x, %x, 0 : (tensor<16x16xi32>, tensor<16x16xi32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @partial_matmul_c1_columns(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{partial_matmul_c1: expected operands with the same extent of k, a multiple of 2, got 'tensor<4x8xf32>' and 'tensor<4x8xf32>'}}
  %0 = kiln.partial_matmul %x, %x, 2 : (tensor<4x8xf32>, tensor<4x8xf32>)
  return
}

// -----

func.func @partial_matmul_c1_parts(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{partial_matmul_c1: expected operands with the same extent of k, a multiple of 3, got 'tensor<4x8xf32>' and 'tensor<4x8xf32>'}}
  %0 = kiln.partial_matmul %x transposed, %x, 3 : (tensor<4x8xf32>, tensor<4x8xf32>)
  return
}

// -----

func.func @scan_c1_number(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected 2 block arguments, got 1}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_state(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected block argument 0 of type 'tensor<4x3xf32>', got 'tensor<4x2xf32>'}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>):
    kiln.yield %b : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_step(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected block argument 0 of type 'tensor<4x3xf32>', got 'tensor<4x2xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x2xf32>) {
  ^bb0(%a: tensor<4x2xf32>):
    kiln.yield %a : tensor<4x2xf32>
  }
  return
}

// -----

func.func @scan_c1_rank(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected block argument 1 to be a step of 'tensor<4x5x3xf32>', got 'tensor<4x5x3xf32>'}}
  %0 = kiln.scan sequences(%x, %x : tensor<4x5x3xf32>, tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x5x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_capture(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected block argument 1 of type 'tensor<4x3xf32>', got 'tensor<3x4xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      captures(%s : tensor<4x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<3x4xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_yields(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected 1 yielded values, got 2}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a, %a : tensor<4x3xf32>, tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_states(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected 1 states, got 0}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_result(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected result 0 of type 'tensor<4x3xf32>', got 'tensor<4x2xf32>'}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>) -> (tensor<4x2xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_next(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected yielded value 0 of type 'tensor<4x3xf32>', got 'tensor<3x4xf32>'}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>)
      sequences(%x : tensor<4x5x3xf32>) captures(%s : tensor<4x3xf32>)
      -> (tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>, %c: tensor<4x3xf32>):
    %d = kiln.transpose %a : tensor<4x3xf32>
    kiln.yield %d : tensor<3x4xf32>
  }
  return
}

// -----

func.func @scan_c1_sum(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected yielded value 0 of type 'tensor<3xf32>', got 'tensor<4x3xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) sums(tensor<3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_tile_sum(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected yielded value 0 of type 'tensor<3xf32>', got 'tensor<2x3xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) sums(tensor<2x3xf32>)
      attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>):
    kiln.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @scan_c1_tile_sums(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected a sum for each of 2 tiles, got 'tensor<3xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) sums(tensor<3xf32>)
      attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>):
    kiln.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @scan_c2_sequence(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c2: expected a sequence}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>) -> (tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c2_steps(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %y: tensor<4x6x3xf32>) {
  // expected-error@+1 {{scan_c2: expected 5 steps, got 'tensor<4x6x3xf32>'}}
  %0 = kiln.scan sequences(%x, %y : tensor<4x5x3xf32>, tensor<4x6x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c2_samples(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %y: tensor<3x5x3xf32>) {
  // expected-error@+1 {{scan_c2: expected 4 samples, 4 at once, got 'tensor<3x5x3xf32>'}}
  %0 = kiln.scan sequences(%x, %y : tensor<4x5x3xf32>, tensor<3x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<3x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c2_rows(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %y: tensor<3xf32>) {
  // expected-error@+1 {{scan_c2: expected 4 samples, got 'tensor<3xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) rows(%y : tensor<3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c2_tiles(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>, %y: tensor<1x5x4x3xf32>) {
  // expected-error@+1 {{scan_c2: expected 4 samples, 2 at once, got 'tensor<1x5x4x3xf32>'}}
  %0 = kiln.scan sequences(%x, %y : tensor<4x5x3xf32>, tensor<1x5x4x3xf32>)
      outputs(tensor<4x5x3xf32>) attributes {tile_rows = 2 : i64} {
  ^bb0(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>):
    kiln.yield %a : tensor<2x3xf32>
  }
  return
}

// -----

func.func @scan_c3(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c3: expected tile_rows to divide 4, got 3}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) attributes {tile_rows = 3 : i64} {
  ^bb0(%a: tensor<3x3xf32>):
    kiln.yield %a : tensor<3x3xf32>
  }
  return
}

// -----

func.func @scan_c4_number(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c4: expected idle_when below the number of sequences, 1, got 1}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) attributes {idle_when = 1 : i64} {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c4_type(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c4: expected idle_when to number a sequence of booleans, got 'tensor<4x5x3xf32>'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) attributes {idle_when = 0 : i64} {
  ^bb0(%a: tensor<4x3xf32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c5(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    // expected-error@+1 {{scan_c5: expected only tensor ops of the dialect in a cell}}
    %b = arith.negf %a : tensor<4x3xf32>
    kiln.yield %b : tensor<4x3xf32>
  }
  return
}

// -----

// Isolated from above: weights are captures.
func.func @scan_isolated(%x: tensor<4x5x3xf32>, %w: tensor<4x3xf32>) {
  // expected-note@+1 {{required by region isolation constraints}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    // expected-error@+1 {{using value defined outside the region}}
    %1 = kiln.add %a, %w : tensor<4x3xf32>
    kiln.yield %1 : tensor<4x3xf32>
  }
  return
}

// -----

// expected-error@+1 {{param_c1: expected an f32 tensor with a static shape, got 'tensor<?xf32>'}}
kiln.param @w : tensor<?xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}

// -----

// expected-error@+1 {{param_c2: expected a vector of four equal parts, got 'tensor<6xf32>'}}
kiln.param @w : tensor<6xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w", unit_forget_bias}

// -----

// expected-error@+1 {{param_c2: expected a vector of four equal parts, got 'tensor<2x8xf32>'}}
kiln.param @w : tensor<2x8xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w", unit_forget_bias}

// -----

// expected-error@+1 {{compile_c1: expected #kiln.sgd or #kiln.adam, got 1 : i64}}
kiln.compile loss #kiln.loss<mse, from_logits = false> optimizer 1 : i64
    metrics []

// -----

func.func @fusion_c1_number(%x: tensor<4xf32>) {
  // expected-error@+1 {{fusion_c1: expected 1 block arguments, got 0}}
  %0 = kiln.fusion "f" elementwise (%x) : (tensor<4xf32>) -> tensor<4xf32> {
    %1 = kiln.constant dense<1.0> : tensor<4xf32>
    kiln.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @fusion_c1_type(%x: tensor<4xf32>) {
  // expected-error@+1 {{fusion_c1: expected block argument 0 of type 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %0 = kiln.fusion "f" elementwise (%x) : (tensor<4xf32>) -> tensor<5xf32> {
  ^bb0(%a: tensor<5xf32>):
    %1 = kiln.neg %a : tensor<5xf32>
    kiln.yield %1 : tensor<5xf32>
  }
  return
}

// -----

func.func @fusion_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{fusion_c2: expected the result types ('tensor<4xf32>'), got a yield of ()}}
  %0 = kiln.fusion "f" elementwise (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = kiln.neg %a : tensor<4xf32>
  }
  return
}

// -----

func.func @fusion_c3(%x: tensor<4xf32>) {
  %0 = kiln.fusion "f" elementwise (%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    // expected-error@+1 {{fusion_c3: expected only tensor ops of the dialect in a fusion}}
    %1 = arith.negf %a : tensor<4xf32>
    kiln.yield %1 : tensor<4xf32>
  }
  return
}

// -----

// Isolated from above: what a group reads is among its inputs.
func.func @fusion_isolated(%x: tensor<4xf32>) {
  // expected-note@+1 {{required by region isolation constraints}}
  %0 = kiln.fusion "f" elementwise () : () -> tensor<4xf32> {
    // expected-error@+1 {{using value defined outside the region}}
    %1 = kiln.neg %x : tensor<4xf32>
    kiln.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @yield_alone(%x: tensor<4xf32>) {
  // expected-error@+1 {{expects parent op to be one of 'kiln.fusion, kiln.scan'}}
  kiln.yield %x : tensor<4xf32>
}

// -----

func.func @dynamic_shape(%x: tensor<?x8xf32>) {
  // expected-error@+1 {{operand #0 must be statically shaped tensor of 32-bit float values, but got 'tensor<?x8xf32>'}}
  %0 = kiln.neg %x : tensor<?x8xf32>
  return
}

// -----

func.func @dynamic_matrix(%x: tensor<?x8xf32>, %y: tensor<8x3xf32>) {
  // expected-error@+1 {{operand #0 must be statically shaped 2D tensor of 32-bit float values, but got 'tensor<?x8xf32>'}}
  %0 = "kiln.matmul"(%x, %y) : (tensor<?x8xf32>, tensor<8x3xf32>)
     -> tensor<?x3xf32>
  return
}

// -----

func.func @counter(%rows: tensor<1xi64>) {
  // expected-error@+1 {{operand #0 must be tensor<i64>, but got 'tensor<1xi64>'}}
  %0 = "kiln.row_mask"(%rows) : (tensor<1xi64>) -> tensor<4xi1>
  return
}

// -----

func.func @hyper(%w: tensor<4xf32>, %hyper: tensor<3xf32>) {
  // expected-error@+1 {{operand #2 must be tensor<2xf32>, but got 'tensor<3xf32>'}}
  %0 = "kiln.sgd_update"(%w, %w, %hyper)
     : (tensor<4xf32>, tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @wrong_result(%x: tensor<4x8xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{inferred type(s) 'tensor<8x4xf32>' are incompatible with return type(s) of operation 'tensor<4x8xf32>'}}
  %0 = "kiln.transpose"(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// Types are inferred before operands are verified.
func.func @infer_rank(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a static tensor of rank 2, got 'tensor<4xf32>'}}
  %0 = kiln.transpose %x : tensor<4xf32>
  return
}

// -----

func.func @infer_rank_of_three(%x: tensor<4x3x2xf32>) {
  // expected-error@+1 {{expected a static tensor of rank 2, got 'tensor<4x3x2xf32>'}}
  %0 = kiln.argmax %x : tensor<4x3x2xf32>
  return
}

// -----

func.func @infer_dynamic(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{expected a static tensor, got 'tensor<?x4xf32>'}}
  %0 = kiln.reduce sum, %x along [0] : tensor<?x4xf32>
  return
}

// -----

func.func @infer_size(%x: tensor<4611686018427387904xf32>) {
  // expected-error@+1 {{expected a static tensor, got 'tensor<4611686018427387904xf32>'}}
  %0 = kiln.concat %x, %x : tensor<4611686018427387904xf32>, tensor<4611686018427387904xf32>
  return
}

// -----

func.func @gather_without_dims(%t: tensor<4x8xf32>, %i: tensor<3xi32>) {
  // expected-error@+1 {{requires attribute 'batch_dims'}}
  %0 = kiln.gather %t, %i : (tensor<4x8xf32>, tensor<3xi32>)
  return
}

// -----

func.func @scatter_c3(%u: tensor<3x8xf32>, %i: tensor<3xi32>) {
  // expected-error@+1 {{scatter_c3: expected rows, got -1}}
  %0 = kiln.scatter %u, %i {batch_dims = 0 : i64, rows = -1 : i64}
     : (tensor<3x8xf32>, tensor<3xi32>)
  return
}

// -----

func.func @scan_c1_kind(%s: tensor<4x3xf32>, %x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected block argument 0 to be a tensor, got 'f32'}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) captures(%s : tensor<4x3xf32>)
      outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: f32, %b: tensor<4x3xf32>):
    kiln.yield %b : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c2_rank(%s: tensor<4x3xf32>, %x: tensor<4xf32>) {
  // expected-error@+1 {{scan_c2: expected a sequence of two dimensions or more, got 'tensor<4xf32>'}}
  %0 = kiln.scan init(%s : tensor<4x3xf32>) sequences(%x : tensor<4xf32>)
      -> (tensor<4x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>, %b: tensor<f32>):
    kiln.yield %a : tensor<4x3xf32>
  }
  return
}

// -----

func.func @scan_c1_end(%x: tensor<4x5x3xf32>) {
  // expected-error@+1 {{scan_c1: expected the cell to end in kiln.yield}}
  %0 = kiln.scan sequences(%x : tensor<4x5x3xf32>) outputs(tensor<4x5x3xf32>) {
  ^bb0(%a: tensor<4x3xf32>):
    %r = kiln.tanh %a : tensor<4x3xf32>
  }
  return
}
