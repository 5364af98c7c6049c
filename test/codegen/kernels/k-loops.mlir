// The machine code of the two large contractions of an MNIST step, four k at a time,
// without a vector on the stack: 11 rows by two zmm, the last 9, and 8 rows by two
// where rows are cut, half of their 64 k at a time; 6 rows by two ymm, the last 4, and
// where rows are cut 6 and the last 2 of a share.

// RUN: kiln-test-kernels --assembly %s | %python %S/Inputs/k_loops.py zmm \
// RUN:   11x2x4 9x2x4 8x2x32
// RUN: kiln-test-kernels --assembly --vector-bits=256 %s \
// RUN:   | %python %S/Inputs/k_loops.py ymm 6x2x4 4x2x4 6x2x4 2x2x4

// From a copy, vectors of neighbouring k lie so near each other that LLVM brings their
// loads together: with 16 registers, a tile of 12 sums takes one k at a time then.
// RUN: sed 's/kiln.fusion "f" contraction (\([^)]*\))/& attributes {kiln.tiling = array<i64: 6, 2, 192, 128, 400, 0>}/' %s > %t.copied.mlir
// RUN: kiln-test-kernels --assembly --vector-bits=256 %t.copied.mlir \
// RUN:   | %python %S/Inputs/k_loops.py ymm 6x2x1 4x2x4 6x2x1 4x2x4 6x2x4 2x2x4

// A tile that fills all of the 16 registers, and whose next vectors are 512 bytes away;
// what it leaves of a share goes two vectors at a time.
// RUN: sed 's/kiln.fusion "f" contraction (\([^)]*\))/& attributes {kiln.tiling = array<i64: 4, 3, 0, 0, 0, 0>}/' %s > %t.full.mlir
// RUN: kiln-test-kernels --assembly --vector-bits=256 %t.full.mlir \
// RUN:   | %python %S/Inputs/k_loops.py ymm 4x3x1 4x2x4 6x2x4 2x2x4

// The same where zeros are passed over: 4 rows by four vectors (and by two, where
// a share of columns is no more), of the weight's gradient 2 rows by eight, one k at a
// time of those that are listed, and as above where all are summed over.
// RUN: sed 's/kiln.fusion "\([fg]\)" contraction (\([^)]*\))/& attributes {kiln.skip_zeros}/' %s > %t.mlir
// RUN: kiln-test-kernels --assembly %t.mlir | %python %S/Inputs/k_loops.py zmm \
// RUN:   4x4x1 4x2x1 4x4x4 4x2x4 2x8x1 2x8x32

func.func @forward(%x: tensor<64x784xf32>, %w: tensor<784x128xf32>, %b: tensor<128xf32>, %m: tensor<64x128xi1>) -> (tensor<64x128xf32>, tensor<64x128xf32>) {
  %y:2 = kiln.fusion "f" contraction (%x, %w, %b, %m) : (tensor<64x784xf32>, tensor<784x128xf32>, tensor<128xf32>, tensor<64x128xi1>) -> (tensor<64x128xf32>, tensor<64x128xf32>) {
  ^bb0(%a: tensor<64x784xf32>, %c: tensor<784x128xf32>, %d: tensor<128xf32>, %e: tensor<64x128xi1>):
    %0 = kiln.matmul %a, %c : (tensor<64x784xf32>, tensor<784x128xf32>)
    %1 = kiln.broadcast %d along [1] : tensor<128xf32> to tensor<64x128xf32>
    %2 = kiln.add %0, %1 : tensor<64x128xf32>
    %3 = kiln.relu %2 : tensor<64x128xf32>
    %4 = kiln.dropout %3, %e {rate = 2.0e-01 : f64} : tensor<64x128xf32>, tensor<64x128xi1>
    kiln.yield %3, %4 : tensor<64x128xf32>, tensor<64x128xf32>
  }
  return %y#0, %y#1 : tensor<64x128xf32>, tensor<64x128xf32>
}
func.func @dw(%x: tensor<64x784xf32>, %g: tensor<64x128xf32>, %w: tensor<784x128xf32>, %m: tensor<784x128xf32>, %v: tensor<784x128xf32>, %hyper: tensor<2xf32>) -> (tensor<784x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>) {
  %y:3 = kiln.fusion "g" contraction (%x, %g, %w, %m, %v, %hyper) : (tensor<64x784xf32>, tensor<64x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>, tensor<2xf32>) -> (tensor<784x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>) {
  ^bb0(%a: tensor<64x784xf32>, %c: tensor<64x128xf32>, %d: tensor<784x128xf32>, %e: tensor<784x128xf32>, %f: tensor<784x128xf32>, %h: tensor<2xf32>):
    %0 = kiln.matmul %a transposed, %c : (tensor<64x784xf32>, tensor<64x128xf32>)
    %1, %2, %3 = kiln.adam_update %d, %0, %e, %f, %h {beta_1 = 9.0e-01 : f64, beta_2 = 9.99e-01 : f64, epsilon = 1.0e-07 : f64} : tensor<784x128xf32>
    kiln.yield %1, %2, %3 : tensor<784x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>
  }
  return %y#0, %y#1, %y#2 : tensor<784x128xf32>, tensor<784x128xf32>, tensor<784x128xf32>
}
