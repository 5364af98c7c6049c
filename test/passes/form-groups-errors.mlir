// RUN: kiln-opt %s -split-input-file -verify-diagnostics -kiln-form-groups

func.func @right_transposed(%x: tensor<8x6xf32>, %w: tensor<3x6xf32>) -> tensor<8x3xf32> {
  // expected-error@+1 {{no kernel runs 'kiln.matmul' on 'tensor<8x6xf32>', 'tensor<3x6xf32>'}}
  %0 = kiln.matmul %x, %w transposed : (tensor<8x6xf32>, tensor<3x6xf32>)
  return %0 : tensor<8x3xf32>
}

// -----

func.func @middle_and_last(%x: tensor<8x6x3xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{no kernel runs 'kiln.reduce' on 'tensor<8x6x3xf32>'}}
  %0 = kiln.reduce max, %x along [1, 2] : tensor<8x6x3xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @shared_table(%x: tensor<8x6xf32>, %i: tensor<8xi32>) -> tensor<9x6xf32> {
  // expected-error@+1 {{no kernel runs 'kiln.scatter' on 'tensor<8x6xf32>', 'tensor<8xi32>'}}
  %0 = kiln.scatter %x, %i {batch_dims = 0 : i64, rows = 9 : i64} : (tensor<8x6xf32>, tensor<8xi32>)
  return %0 : tensor<9x6xf32>
}

// -----

func.func @softmax_of_rank_3(%x: tensor<8x6x3xf32>) -> tensor<8x6x3xf32> {
  // expected-error@+1 {{no kernel runs 'kiln.softmax' on 'tensor<8x6x3xf32>'}}
  %0 = kiln.softmax %x : tensor<8x6x3xf32>
  return %0 : tensor<8x6x3xf32>
}
