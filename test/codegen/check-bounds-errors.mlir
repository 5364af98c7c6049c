// RUN: kiln-opt %s --kiln-check-bounds --verify-diagnostics

// A check that fails names a line, so there must be one.
// expected-error @+1 {{expected 'memref.load' to have a line, to name when it fails}}
func.func @no_line(%x: memref<8xf32>, %i: index) -> f32 {
  %0 = memref.load %x[%i] : memref<8xf32> loc(unknown)
  return %0 : f32
}
