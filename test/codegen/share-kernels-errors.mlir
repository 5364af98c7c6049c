// RUN: kiln-opt %s --kiln-share-kernels --verify-diagnostics

func.func private @kernel(%x: memref<8xf32>) {
  return
}
func.func @kiln_train() {
  // expected-error @+1 {{'func.constant' op expected kernels to be called by name, got the address of @kernel}}
  %0 = func.constant @kernel : (memref<8xf32>) -> ()
  return
}
