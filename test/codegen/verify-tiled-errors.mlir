// RUN: kiln-opt %s --kiln-verify-tiled --split-input-file --verify-diagnostics

func.func @allocates() {
  // expected-error @+1 {{'memref.alloc' op expected no such op in the phase tiled}}
  %0 = memref.alloc() : memref<4xf32>
  return
}

// -----

func.func @kiln_op() {
  // expected-error @+1 {{'kiln.constant' op expected no such op in the phase tiled}}
  %0 = kiln.constant dense<0.0> : tensor<4xf32>
  return
}

// -----

func.func @tensors() {
  // expected-error @+1 {{'arith.constant' op expected buffers, got a tensor}}
  %0 = arith.constant dense<0.0> : tensor<4xf32>
  return
}

// -----

func.func @other_parallelism(%n: index) {
  // expected-error @+1 {{'omp.master' op expected no such op in the phase tiled}}
  omp.master {
    omp.terminator
  }
  return
}

// -----

// expected-error @+1 {{expected 'arith.constant' to have a location of one line, got 0}}
func.func @no_line() {
  %0 = arith.constant 0 : index loc(unknown)
  return
}

// -----

// expected-error @+1 {{expected 'arith.constant' to have a location of one line, got 2}}
func.func @two_lines() {
  %0 = arith.constant 0 : index loc(fused["a.toml":1:1, "a.toml":2:1])
  return
}
