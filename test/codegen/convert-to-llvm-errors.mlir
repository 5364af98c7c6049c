// RUN: kiln-opt %s --kiln-convert-to-llvm --verify-diagnostics

func.func @kiln_op() {
  // expected-error @+1 {{failed to legalize operation 'kiln.barrier'}}
  kiln.barrier
  return
}
