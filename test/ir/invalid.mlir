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

// expected-error@+1 {{param_c1: expected an f32 tensor with a static shape, got 'tensor<?xf32>'}}
kiln.param @w : tensor<?xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}

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
  // expected-error@+1 {{expects parent op 'kiln.fusion'}}
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
