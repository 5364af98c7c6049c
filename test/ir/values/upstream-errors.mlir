// Only kiln's ops have a meaning.
// RUN: not kiln interpret %s 2>&1 | FileCheck %s

// CHECK: upstream-errors.mlir:[[#@LINE+3]]:8: error: cannot be interpreted: 'arith.negf' has no meaning to the interpreter
func.func @upstream() -> tensor<f32> {
  %x = kiln.constant dense<1.0> : tensor<f32>
  %0 = arith.negf %x : tensor<f32>
  return %0 : tensor<f32>
}
