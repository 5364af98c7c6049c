// RUN: kiln-opt %s --kiln-verify-tiled | FileCheck %s

// What code generation emits passes, and the module says so.

// CHECK: module attributes {kiln.phase = "tiled"}
func.func @kernel(%x: memref<64xf32>, %y: memref<64xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  scf.for %i = %c0 to %n step %c16 {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32>
    %1 = math.fma %0, %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<64xf32>, vector<16xf32>
  }
  return
}
func.func @program(%n: i32, %address: i64) {
  omp.parallel num_threads(%n : i32) {
    %0 = llvm.inttoptr %address : i64 to !llvm.ptr
    omp.barrier
    omp.terminator
  }
  return
}
