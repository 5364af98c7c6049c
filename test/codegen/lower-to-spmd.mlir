// RUN: kiln-opt %s --kiln-plan-memory --kiln-lower-to-spmd --split-input-file \
// RUN:   | FileCheck %s
// RUN: kiln-opt %s --kiln-plan-memory --kiln-lower-to-spmd=stamps=true \
// RUN:   --split-input-file | FileCheck %s --check-prefix=STAMPS

// CHECK-DAG: func.func private @kiln_rt_load(!llvm.ptr, i32, i32, !llvm.ptr, i64, i64)
// CHECK-DAG: func.func private @kiln_rt_step(!llvm.ptr)
// CHECK-DAG: func.func private @kiln_rt_thread_begin(!llvm.ptr, i32) -> memref<128xi8>

// CHECK-LABEL: func.func @kiln_predict
// CHECK-SAME: (%[[CONTEXT:[a-z0-9_]+]]: !llvm.ptr, %[[STATE:[a-z0-9_]+]]: memref<64xi8>,
// CHECK-SAME: %[[ARENA:[a-z0-9_]+]]: memref<128xi8>, %[[RESULTS:[a-z0-9_]+]]: memref<64xi8>,
// CHECK-SAME: %[[STEP:[a-z0-9_]+]]: memref<64xi8>, %[[THREADS:[a-z0-9_]+]]: i32)
// CHECK: omp.parallel num_threads(%[[THREADS]] : i32)
// CHECK: %[[T:[a-z0-9_]+]] = func.call @omp_get_thread_num
// CHECK: %[[THREAD:[a-z0-9_]+]] = arith.index_cast
// CHECK: %[[AREA:[a-z0-9_]+]] = func.call @kiln_rt_thread_begin(%[[CONTEXT]], %[[T]])
// CHECK: scf.while
// CHECK: scf.if
// CHECK: func.call @kiln_rt_step(%[[CONTEXT]])
// CHECK: omp.barrier
// CHECK: memref.load
// CHECK: scf.condition
// CHECK: func.call @kiln_rt_load(%[[CONTEXT]], %[[T]]
// CHECK: memref.view %[[AREA]]
// CHECK: memref.view %[[STATE]]
// CHECK: memref.view %[[ARENA]]
// CHECK: call @kiln_predict.dense.forward.mlp.toml.14(
// CHECK-SAME: %[[THREAD]], %
// CHECK: omp.barrier
// CHECK: memref.view %[[ARENA]]
// CHECK: memref.view %[[RESULTS]]
// CHECK: call @kiln_predict.dense.forward.mlp.toml.14.2(
// CHECK-NEXT: omp.barrier
// CHECK-NEXT: scf.yield
// CHECK: func.call @kiln_rt_thread_end(%[[CONTEXT]], %[[T]])
// CHECK: omp.terminator

// CHECK: func.func private @kiln_predict.dense.forward.mlp.toml.14
// CHECK-SAME: linkage = #llvm.linkage<internal>
// CHECK-SAME: noinline
// CHECK-NOT: kiln.fusion
// CHECK-NOT: kiln.param

// The batch, both kernels with the barrier between, the barrier at the end.
// STAMPS-LABEL: func.func @kiln_predict
// STAMPS: kiln_rt_load
// STAMPS: arith.constant -2 : i32
// STAMPS-NEXT: func.call @kiln_rt_stamp
// STAMPS: toml.14(
// STAMPS-NEXT: arith.constant 0 : i32
// STAMPS-NEXT: func.call @kiln_rt_stamp
// STAMPS-NEXT: omp.barrier
// STAMPS-NEXT: arith.constant -1 : i32
// STAMPS-NEXT: func.call @kiln_rt_stamp
// STAMPS: toml.14.2(
// STAMPS-NEXT: arith.constant 1 : i32
// STAMPS-NEXT: func.call @kiln_rt_stamp
kiln.param @"d/bias" : tensor<8xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @predict(%w: tensor<8xf32> {kiln.param = @"d/bias"},
                   %x: tensor<8xf32> {kiln.role = "input"})
    -> (tensor<8xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "dense.forward@mlp.toml:14" elementwise (%x, %w)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):
    %u = kiln.add %a, %b : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  kiln.barrier
  %1 = kiln.fusion "dense.forward@mlp.toml:14" elementwise (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8xf32>) -> tensor<8xf32> {
  ^bb0(%a: tensor<8xf32>):
    %u = kiln.relu %a : tensor<8xf32>
    kiln.yield %u : tensor<8xf32>
  }
  return %1 : tensor<8xf32>
}

// -----

// A new value that waits in the arena is copied to its place by one thread,
// once all threads are done.

// CHECK-LABEL: func.func @kiln_train
// CHECK: call @kiln_train.later
// CHECK: omp.barrier
// CHECK-NEXT: scf.if
// CHECK: %[[FROM:[a-z0-9_]+]] = memref.view %{{.*}} : memref<128xi8> to memref<32xf32>
// CHECK: %[[TO:[a-z0-9_]+]] = memref.view %{{.*}} : memref<128xi8> to memref<32xf32>
// CHECK: memref.copy %[[FROM]], %[[TO]]
// CHECK: omp.barrier

// STAMPS-LABEL: func.func @kiln_train
kiln.param @"d/kernel" : tensor<32xf32>
    init #kiln.init<zeros, 0.0, 0.0> {layer = "d"}
func.func @train_step(%w: tensor<32xf32> {kiln.param = @"d/kernel"})
    -> (tensor<32xf32> {kiln.donates = 0 : i64},
        tensor<32xf32> {kiln.role = "output"}) {
  %0 = kiln.fusion "update" elementwise (%w)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%a: tensor<32xf32>):
    %u = kiln.exp %a : tensor<32xf32>
    kiln.yield %u : tensor<32xf32>
  }
  %1 = kiln.fusion "later" elementwise (%w, %0)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32> {
  ^bb0(%a: tensor<32xf32>, %b: tensor<32xf32>):
    %u = kiln.sub %a, %b : tensor<32xf32>
    kiln.yield %u : tensor<32xf32>
  }
  return %0, %1 : tensor<32xf32>, tensor<32xf32>
}

// -----

// Threads take tiles of a loop as they come to them.

// CHECK-LABEL: func.func @kiln_predict
// CHECK: kiln_rt_load
// CHECK: %[[TILE:[a-z0-9_]+]] = scf.while : () -> index {
// CHECK: %[[LOOP:[a-z0-9_]+]] = arith.constant 0 : i32
// CHECK: %[[TAKEN:[a-z0-9_]+]] = func.call @kiln_rt_next_tile(%{{.*}}, %[[LOOP]])
// CHECK: %[[NEXT:[a-z0-9_]+]] = arith.index_cast %[[TAKEN]]
// CHECK: %[[TILES:[a-z0-9_]+]] = arith.constant 2 : index
// CHECK: %[[MORE:[a-z0-9_]+]] = arith.cmpi ult, %[[NEXT]], %[[TILES]]
// CHECK: scf.condition(%[[MORE]]) %[[NEXT]]
// CHECK: ^bb0(%[[AT:[a-z0-9_]+]]: index):
// CHECK: call @kiln_predict.before(
// CHECK-SAME: %[[AT]], %
// CHECK: call @kiln_predict.scan(
// CHECK-SAME: %[[AT]], %
// CHECK: scf.yield
// CHECK: omp.barrier

func.func @predict(%x: tensor<16x5x8xf32> {kiln.role = "input"}) -> (tensor<16x8xf32> {kiln.role = "output"}) {
  %z = kiln.fusion "before" elementwise(%x) attributes {kiln.tile_loop = 0 : i64, partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>) -> tensor<16x5x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %u = kiln.neg %a : tensor<16x5x8xf32>
    kiln.yield %u : tensor<16x5x8xf32>
  }
  %s = kiln.fusion "scan" scan(%z) attributes {kiln.tile_loop = 0 : i64, partition = #kiln.partition<dim = 0, unit = 8>} : (tensor<16x5x8xf32>) -> tensor<16x8xf32> {
  ^bb0(%a: tensor<16x5x8xf32>):
    %i = kiln.constant dense<0.0> : tensor<16x8xf32>
    %h = kiln.scan init(%i : tensor<16x8xf32>) sequences(%a : tensor<16x5x8xf32>) -> (tensor<16x8xf32>) attributes {tile_rows = 8 : i64} {
    ^bb0(%c: tensor<8x8xf32>, %t: tensor<8x8xf32>):
      %n = kiln.fusion "cell" elementwise(%c, %t) : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32> {
      ^bb0(%q: tensor<8x8xf32>, %r: tensor<8x8xf32>):
        %u = kiln.add %q, %r : tensor<8x8xf32>
        kiln.yield %u : tensor<8x8xf32>
      }
      kiln.yield %n : tensor<8x8xf32>
    }
    kiln.yield %h : tensor<16x8xf32>
  }
  return %s : tensor<16x8xf32>
}

// -----

// A thread loads the elements of each sample that its kernels read: here those
// of two kernels with shares of different units, and of no more.

// CHECK-LABEL: func.func @kiln_predict
// CHECK: scf.condition
// CHECK: %[[UNITS:.*]] = arith.constant 2 : index
// CHECK: arith.muli %{{.*}}, %[[UNITS]]
// CHECK: arith.divui
// CHECK: %[[FIRST:.*]] = arith.muli
// CHECK: %[[LAST:.*]] = arith.minui
// CHECK: %[[UNITS2:.*]] = arith.constant 3 : index
// CHECK: arith.muli %{{.*}}, %[[UNITS2]]
// CHECK: arith.divui
// CHECK: %[[FIRST2:.*]] = arith.muli
// CHECK: %[[LAST2:.*]] = arith.minui
// CHECK: %[[BEGIN:.*]] = arith.minui %[[FIRST]], %[[FIRST2]]
// CHECK: %[[END:.*]] = arith.maxui %[[LAST]], %[[LAST2]]
// CHECK: %[[FROM:.*]] = arith.index_cast %[[BEGIN]] : index to i64
// CHECK: %[[TO:.*]] = arith.index_cast %[[END]] : index to i64
// CHECK: call @kiln_rt_load({{.*}}, %[[FROM]], %[[TO]])
func.func @predict(%x: tensor<4x2x40xf32> {kiln.role = "input"})
    -> (tensor<80xf32> {kiln.role = "output"}, tensor<2x4x80xf32> {kiln.role = "output"}) {
  %0 = kiln.reshape %x : tensor<4x2x40xf32> to tensor<4x80xf32>
  %1 = kiln.fusion "sum" columns (%0)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<4x80xf32>) -> tensor<80xf32> {
  ^bb0(%a: tensor<4x80xf32>):
    %u = kiln.reduce sum, %a along [0] : tensor<4x80xf32>
    kiln.yield %u : tensor<80xf32>
  }
  %w = kiln.fusion "draw" elementwise ()
      attributes {partition = #kiln.partition<dim = 1, unit = 32>}
      : () -> tensor<80x80xf32> {
    %u = kiln.constant dense<1.0> : tensor<80x80xf32>
    kiln.yield %u : tensor<80x80xf32>
  }
  kiln.barrier
  %2 = kiln.fusion "parts" contraction (%0, %w)
      attributes {partition = #kiln.partition<dim = 0, unit = 1>}
      : (tensor<4x80xf32>, tensor<80x80xf32>) -> tensor<2x4x80xf32> {
  ^bb0(%a: tensor<4x80xf32>, %b: tensor<80x80xf32>):
    %u = kiln.partial_matmul %a, %b, 2 : (tensor<4x80xf32>, tensor<80x80xf32>)
    kiln.yield %u : tensor<2x4x80xf32>
  }
  return %1, %2 : tensor<80xf32>, tensor<2x4x80xf32>
}

// -----

// A kernel that reads whole samples beside one that does not: all is loaded.

// CHECK-LABEL: func.func @kiln_predict
// CHECK: scf.condition
// CHECK: arith.addi
// CHECK: %[[FROM:.*]] = arith.constant 0 : i64
// CHECK: %[[TO:.*]] = arith.constant 80 : i64
// CHECK: call @kiln_rt_load({{.*}}, %[[FROM]], %[[TO]])
func.func @predict(%x: tensor<4x80xf32> {kiln.role = "input"})
    -> (tensor<80xf32> {kiln.role = "output"}, tensor<4xf32> {kiln.role = "output"}) {
  %1 = kiln.fusion "sum" columns (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 32>}
      : (tensor<4x80xf32>) -> tensor<80xf32> {
  ^bb0(%a: tensor<4x80xf32>):
    %u = kiln.reduce sum, %a along [0] : tensor<4x80xf32>
    kiln.yield %u : tensor<80xf32>
  }
  %2 = kiln.fusion "rows" rows (%x)
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<4x80xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4x80xf32>):
    %u = kiln.reduce max, %a along [1] : tensor<4x80xf32>
    kiln.yield %u : tensor<4xf32>
  }
  return %1, %2 : tensor<80xf32>, tensor<4xf32>
}

// -----

// What a kernel asks for ahead is listed before each call, of the elements that
// the thread will load: an address a row of its output and some more. Each tile
// of 8 rows asks for as many, shared by its panels.

// CHECK-LABEL: func.func @kiln_predict
// CHECK: call @kiln_rt_load(
// CHECK-DAG: %[[OPERAND:.*]] = arith.constant 0 : i32
// CHECK-DAG: %[[COUNT:.*]] = arith.constant 104 : i64
// CHECK: call @kiln_rt_list_ahead(%{{.*}}, %{{.*}}, %[[OPERAND]], %{{.*}}, %[[COUNT]], %[[FROM:.*]], %[[TO:.*]]) :
// CHECK-NEXT: call @kiln_predict.dW(
// CHECK: func.func private @kiln_predict.dW(
// CHECK: memref.view {{.*}} to memref<104xi64>
// CHECK-COUNT-4: llvm.intr.prefetch
// CHECK-NOT: llvm.intr.prefetch
func.func @predict(%x: tensor<8x96xf32> {kiln.role = "input"})
    -> (tensor<96x64xf32> {kiln.role = "output"}) {
  %g = kiln.fusion "draw" elementwise ()
      attributes {partition = #kiln.partition<dim = 0, unit = 8>}
      : () -> tensor<8x64xf32> {
    %u = kiln.constant dense<1.0> : tensor<8x64xf32>
    kiln.yield %u : tensor<8x64xf32>
  }
  kiln.barrier
  %d = kiln.fusion "dW" contraction (%x, %g)
      attributes {kiln.ask_ahead = 0 : i64, partition = #kiln.partition<dim = 0, unit = 8>}
      : (tensor<8x96xf32>, tensor<8x64xf32>) -> tensor<96x64xf32> {
  ^bb0(%a: tensor<8x96xf32>, %b: tensor<8x64xf32>):
    %m = kiln.matmul %a transposed, %b : (tensor<8x96xf32>, tensor<8x64xf32>)
    kiln.yield %m : tensor<96x64xf32>
  }
  return %d : tensor<96x64xf32>
}
