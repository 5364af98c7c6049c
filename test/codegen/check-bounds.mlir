// RUN: kiln-opt %s --kiln-check-bounds --verify-diagnostics | FileCheck %s
// RUN: kiln-opt %s --kiln-check-bounds --kiln-to-llvm -o /dev/null

// The text says the line of the access and the kernel's id.
// CHECK-DAG: llvm.mlir.global private constant @"where.{{.*}}check-bounds.mlir:[[@LINE+11]]:8: error: kernel 'dense.forward@a.toml:1'"("{{.*}}kernel 'dense.forward@a.toml:1'\00")
// CHECK-DAG: func.func private @kiln_rt_out_of_bounds(!llvm.ptr, i64, i64, i64) attributes {passthrough = ["cold", "noreturn"]}

// CHECK-LABEL: func.func @scalar(
// CHECK-SAME: %[[X:.*]]: memref<8x64xf32>, %[[I:.*]]: index, %[[J:.*]]: index
// CHECK: arith.cmpi sge, %[[I]]
// CHECK: arith.cmpi sge, %[[J]]
// CHECK: scf.if
// CHECK: func.call @kiln_rt_out_of_bounds
// CHECK: memref.load %[[X]][%[[I]], %[[J]]]
func.func @scalar(%x: memref<8x64xf32>, %i: index, %j: index) -> f32 attributes {kiln.kernel = "dense.forward@a.toml:1"} {
  %0 = memref.load %x[%i, %j] : memref<8x64xf32>
  return %0 : f32
}

// Known to be right: no check.
// CHECK-LABEL: func.func @known(
// CHECK-NOT: scf.if
// CHECK: return
func.func @known(%x: memref<8x64xf32>) -> vector<16xf32> {
  %c7 = arith.constant 7 : index
  %c48 = arith.constant 48 : index
  %mask = arith.constant dense<[true, true, true, false]> : vector<4xi1>
  %0 = vector.load %x[%c7, %c48] : memref<8x64xf32>, vector<16xf32>
  %cast = memref.reinterpret_cast %x to offset: [0], sizes: [512], strides: [1] : memref<8x64xf32> to memref<512xf32>
  %c509 = arith.constant 509 : index
  %none = arith.constant dense<0.0> : vector<4xf32>
  vector.maskedstore %cast[%c509], %mask, %none : memref<512xf32>, vector<4xi1>, vector<4xf32>
  return %0 : vector<16xf32>
}

// Of a mask, the first and the last lane.
// CHECK-LABEL: func.func @masked(
// CHECK: vector.bitcast %{{.*}} : vector<16xi1> to vector<1xi16>
// CHECK-DAG: math.cttz
// CHECK-DAG: math.ctlz
// CHECK: scf.if
// CHECK: vector.maskedload
func.func @masked(%x: memref<64xf32>, %i: index, %mask: vector<16xi1>) -> vector<16xf32> {
  %none = arith.constant dense<0.0> : vector<16xf32>
  %0 = vector.maskedload %x[%i], %mask, %none : memref<64xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
  return %0 : vector<16xf32>
}

// A kernel's view of its block; a program's may lie before it.
// CHECK-LABEL: func.func @view(
// CHECK: scf.if
// CHECK: memref.view
func.func @view(%block: memref<1024xi8>, %at: index) -> f32 {
  %c0 = arith.constant 0 : index
  %0 = memref.view %block[%at][] : memref<1024xi8> to memref<64xf32>
  %1 = memref.load %0[%c0] : memref<64xf32>
  return %1 : f32
}
// CHECK-LABEL: func.func @program(
// CHECK-NOT: scf.if
// CHECK: return
func.func @program(%block: memref<1024xi8>, %at: index) {
  omp.parallel {
    %0 = memref.view %block[%at][] : memref<1024xi8> to memref<64xf32>
    omp.terminator
  }
  return
}
