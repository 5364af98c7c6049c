// RUN: kiln-opt %s --kiln-to-llvm | FileCheck %s

// Memrefs become bare pointers, the parallel region stays for the translation,
// and functions get the debug information that makes line tables.

// CHECK: kiln.phase = "llvm"
// CHECK-LABEL: llvm.func @kernel(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: i64)
// CHECK: llvm.intr.fma
// CHECK-NOT: memref
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

// CHECK-LABEL: llvm.func @program(%arg0: !llvm.ptr, %arg1: i32)
// CHECK: omp.parallel num_threads(%arg1 : i32)
// CHECK: %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, i8
// CHECK: omp.barrier
// CHECK: llvm.call @kernel
// CHECK: omp.terminator
func.func @program(%block: memref<1024xi8>, %n: i32) {
  omp.parallel num_threads(%n : i32) {
    %c512 = arith.constant 512 : index
    %c64 = arith.constant 64 : index
    %0 = memref.view %block[%c512][] : memref<1024xi8> to memref<64xf32>
    omp.barrier
    func.call @kernel(%0, %0, %c64) : (memref<64xf32>, memref<64xf32>, index) -> ()
    omp.terminator
  }
  return
}
