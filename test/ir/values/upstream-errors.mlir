// What has no meaning to the interpreter: ops that are not kiln's, and what one of
// kiln's may hold that is no number.
// RUN: not kiln interpret %s --function=upstream 2>&1 | FileCheck %s --check-prefix=UPSTREAM
// RUN: not kiln interpret %s --function=blob 2>&1 | FileCheck %s --check-prefix=BLOB
// RUN: not kiln interpret %s --function=absent 2>&1 | FileCheck %s --check-prefix=ABSENT
// RUN: not kiln interpret %s --function=declared 2>&1 | FileCheck %s --check-prefix=DECLARED

// UPSTREAM: upstream-errors.mlir:[[#@LINE+3]]:8: error: cannot be interpreted: 'arith.negf' has no meaning to the interpreter
func.func @upstream() -> tensor<f32> {
  %x = kiln.constant dense<1.0> : tensor<f32>
  %0 = arith.negf %x : tensor<f32>
  return %0 : tensor<f32>
}

// BLOB: upstream-errors.mlir:[[#@LINE+2]]:8: error: 'kiln.constant' op cannot be interpreted: expected dense elements
func.func @blob() -> tensor<2xf32> {
  %0 = kiln.constant dense_resource<blob> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// ABSENT: upstream-errors.mlir:{{.*}} error: no function 'absent'
// DECLARED: upstream-errors.mlir:[[#@LINE+1]]:1: error: cannot interpret a function without a body
func.func private @declared() -> tensor<f32>
