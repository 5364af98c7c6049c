// RUN: kiln-opt %s --kiln-share-kernels --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,LINES
// RUN: kiln-opt %s --kiln-share-kernels=own-lines=0 --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefixes=CHECK,ALL

// Equal kernels of one line become one. Those of another line do so too, but only
// where there are more of them than may keep their lines. Calls keep theirs.

// CHECK-LABEL: func.func @kiln_train
// CHECK: call @first(%{{.*}}) : (memref<8xf32>) -> () loc("mlp.toml":1:1)
// CHECK: call @first(%{{.*}}) : (memref<8xf32>) -> () loc("mlp.toml":1:1)
// LINES: call @third(%{{.*}}) : (memref<8xf32>) -> () loc("mlp.toml":2:1)
// ALL: call @first(%{{.*}}) : (memref<8xf32>) -> () loc("mlp.toml":2:1)
// CHECK-LABEL: func.func @kiln_evaluate
// CHECK: call @first(
// CHECK-NOT: func.func
// CHECK: func.func private @first
// CHECK: math.exp %{{.*}} : f32 loc("mlp.toml":1:1)
// CHECK-NOT: @second
// LINES: func.func private @third
// LINES: math.exp %{{.*}} : f32 loc("mlp.toml":2:1)
// CHECK-NOT: func.func
// CHECK: }
func.func @kiln_train(%x: memref<8xf32>) {
  call @first(%x) : (memref<8xf32>) -> () loc("mlp.toml":1:1)
  call @second(%x) : (memref<8xf32>) -> () loc("mlp.toml":1:1)
  call @third(%x) : (memref<8xf32>) -> () loc("mlp.toml":2:1)
  return
}
func.func @kiln_evaluate(%x: memref<8xf32>) {
  call @second(%x) : (memref<8xf32>) -> () loc("mlp.toml":1:1)
  return
}
func.func private @first(%x: memref<8xf32>) {
  %c = arith.constant 0 : index loc("mlp.toml":1:1)
  %0 = memref.load %x[%c] : memref<8xf32> loc("mlp.toml":1:1)
  %1 = math.exp %0 : f32 loc("mlp.toml":1:1)
  memref.store %1, %x[%c] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @second(%x: memref<8xf32>) {
  %c = arith.constant 0 : index loc("mlp.toml":1:1)
  %0 = memref.load %x[%c] : memref<8xf32> loc("mlp.toml":1:1)
  %1 = math.exp %0 : f32 loc("mlp.toml":1:1)
  memref.store %1, %x[%c] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @third(%x: memref<8xf32>) {
  %c = arith.constant 0 : index loc("mlp.toml":2:1)
  %0 = memref.load %x[%c] : memref<8xf32> loc("mlp.toml":2:1)
  %1 = math.exp %0 : f32 loc("mlp.toml":2:1)
  memref.store %1, %x[%c] : memref<8xf32> loc("mlp.toml":2:1)
  return loc("mlp.toml":2:1)
} loc("mlp.toml":2:1)

// -----

// Recurrences are equal if what their steps call is equal, wherever it stands.

// CHECK-LABEL: func.func @kiln_train
// CHECK-COUNT-2: call @scan(
// CHECK: func.func private @scan(
// CHECK: call @cell(
// CHECK-NOT: func.func private @scan_1
// CHECK: func.func private @cell(
// CHECK-NOT: func.func private @cell_1
// CHECK: }
module {
func.func @kiln_train(%x: memref<8xf32>, %n: index) {
  call @scan(%x, %n) : (memref<8xf32>, index) -> ()
  call @scan_1(%x, %n) : (memref<8xf32>, index) -> ()
  return
}
func.func private @scan(%x: memref<8xf32>, %n: index) {
  %c0 = arith.constant 0 : index loc("mlp.toml":1:1)
  %c1 = arith.constant 1 : index loc("mlp.toml":1:1)
  scf.for %i = %c0 to %n step %c1 {
    func.call @cell(%x, %i) : (memref<8xf32>, index) -> () loc("mlp.toml":1:1)
    scf.yield loc("mlp.toml":1:1)
  } loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @scan_1(%x: memref<8xf32>, %n: index) {
  %c0 = arith.constant 0 : index loc("mlp.toml":1:1)
  %c1 = arith.constant 1 : index loc("mlp.toml":1:1)
  scf.for %i = %c0 to %n step %c1 {
    func.call @cell_1(%x, %i) : (memref<8xf32>, index) -> () loc("mlp.toml":1:1)
    scf.yield loc("mlp.toml":1:1)
  } loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @cell(%x: memref<8xf32>, %i: index) {
  %0 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @cell_1(%x: memref<8xf32>, %i: index) {
  %0 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
}

// -----

// What differs in a number, an operand, a type, an attribute or an order stays.

// CHECK-LABEL: func.func @kiln_train
// CHECK: call @base(
// CHECK: call @number(
// CHECK: call @operand(
// CHECK: call @type(
// CHECK: call @attribute(
// CHECK: call @order(
// CHECK-DAG: func.func private @base(
// CHECK-DAG: func.func private @number(
// CHECK-DAG: func.func private @operand(
// CHECK-DAG: func.func private @type(
// CHECK-DAG: func.func private @attribute(
// CHECK-DAG: func.func private @order(
func.func @kiln_train(%x: memref<8xf32>, %y: memref<9xf32>, %i: index) {
  call @base(%x, %i, %i) : (memref<8xf32>, index, index) -> ()
  call @number(%x, %i, %i) : (memref<8xf32>, index, index) -> ()
  call @operand(%x, %i, %i) : (memref<8xf32>, index, index) -> ()
  call @type(%y, %i, %i) : (memref<9xf32>, index, index) -> ()
  call @attribute(%x, %i, %i) : (memref<8xf32>, index, index) -> ()
  call @order(%x, %i, %i) : (memref<8xf32>, index, index) -> ()
  return
}
func.func private @base(%x: memref<8xf32>, %i: index, %j: index) {
  %0 = arith.constant 1.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @number(%x: memref<8xf32>, %i: index, %j: index) {
  %0 = arith.constant 2.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @operand(%x: memref<8xf32>, %i: index, %j: index) {
  %0 = arith.constant 1.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @type(%x: memref<9xf32>, %i: index, %j: index) {
  %0 = arith.constant 1.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%i] : memref<9xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<9xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<9xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @attribute(%x: memref<8xf32>, %i: index, %j: index) attributes {passthrough = ["noinline"]} {
  %0 = arith.constant 1.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
func.func private @order(%x: memref<8xf32>, %i: index, %j: index) {
  %0 = arith.constant 1.0 : f32 loc("mlp.toml":1:1)
  %1 = memref.load %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %1, %x[%j] : memref<8xf32> loc("mlp.toml":1:1)
  memref.store %0, %x[%i] : memref<8xf32> loc("mlp.toml":1:1)
  return loc("mlp.toml":1:1)
} loc("mlp.toml":1:1)
