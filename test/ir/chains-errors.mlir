// RUN: kiln-opt %s -split-input-file -verify-diagnostics

func.func @chain_c1(%i: tensor<4xi32>) {
  // expected-error@+1 {{chain_c1: expected positive rows, got 0}}
  %0:2 = kiln.chain %i {rows = 0 : i64} : tensor<4xi32>
  return
}

// -----

func.func @chain_without_rows(%i: tensor<4xi32>) {
  // expected-error@+1 {{requires attribute 'rows'}}
  %0:2 = kiln.chain %i : tensor<4xi32>
  return
}

// -----

func.func @chain_sum_c1(%x: tensor<4x3xf32>, %f: tensor<7xi32>,
                        %n: tensor<5xi32>) {
  // expected-error@+1 {{chain_sum_c1: expected a row for each index, got 'tensor<4x3xf32>' and 'tensor<5xi32>'}}
  %0 = kiln.chain_sum %x, %f, %n
     : (tensor<4x3xf32>, tensor<7xi32>, tensor<5xi32>)
  return
}
