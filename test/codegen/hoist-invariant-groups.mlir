// RUN: kiln-opt %s --kiln-hoist-invariant-groups --split-input-file \
// RUN:   | FileCheck %s
// RUN: kiln-opt %s --kiln-plan --split-input-file \
// RUN:   | FileCheck %s --check-prefix=PLAN
// RUN: kiln-opt %s --kiln-plan --kiln-lower-to-spmd --split-input-file \
// RUN:   | FileCheck %s --check-prefix=SPMD

// A projected table, and what comes of it: not what reads the batch.

// CHECK-LABEL: func.func @predict
// CHECK: kiln.fusion "read"
// CHECK-NOT: kiln.once
// CHECK: kiln.fusion "project"{{.*}} attributes {kiln.once}
// CHECK: kiln.fusion "bend"{{.*}} attributes {kiln.once}
// CHECK: kiln.fusion "rows"
// CHECK-NOT: kiln.once
// CHECK: return

// They come first. The loop's own barrier stands between them and the step; the
// step's values have memory of their own, though those of "project" end before.
// PLAN-LABEL: func.func @predict
// PLAN-SAME: kiln.arena_bytes = 3328
// PLAN-NEXT: kiln.fusion "project"
// PLAN-SAME: kiln.places = [#kiln.place<arena, 0>]
// PLAN: kiln.fusion "bend"
// PLAN-SAME: kiln.places = [#kiln.place<arena, 1280>]
// PLAN-NOT: kiln.barrier
// PLAN: kiln.fusion "read"
// PLAN-SAME: kiln.places = [#kiln.place<arena, 2560>]
// PLAN: kiln.fusion "rows"

// SPMD-LABEL: func.func @kiln_predict
// SPMD: kiln_rt_thread_begin
// SPMD: call @kiln_predict.project
// SPMD: call @kiln_predict.bend
// SPMD: scf.while
// SPMD-NOT: call @kiln_predict.bend
// SPMD: func.call @kiln_rt_step
// SPMD-NEXT: }
// SPMD-NEXT: omp.barrier
// SPMD: call @kiln_predict.read
// SPMD: call @kiln_predict.rows
// SPMD: omp.barrier
// SPMD-NEXT: scf.yield
kiln.param @e : tensor<10x4xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "e"}
kiln.param @w : tensor<4x32xf32> init #kiln.init<zeros, 0.0, 0.0> {layer = "w"}
func.func @predict(%e: tensor<10x4xf32> {kiln.param = @e},
                   %w: tensor<4x32xf32> {kiln.param = @w},
                   %i: tensor<6xi32> {kiln.role = "input"})
    -> (tensor<6x32xf32> {kiln.role = "output"}) {
  %r = kiln.fusion "read" elementwise (%i) : (tensor<6xi32>) -> tensor<6x32xf32> {
  ^bb0(%a: tensor<6xi32>):
    %b = kiln.broadcast %a along [0] : tensor<6xi32> to tensor<6x32xi32>
    %u = kiln.convert %b : tensor<6x32xi32> to tensor<6x32xf32>
    kiln.yield %u : tensor<6x32xf32>
  }
  %t = kiln.fusion "project" contraction (%e, %w)
      : (tensor<10x4xf32>, tensor<4x32xf32>) -> tensor<10x32xf32> {
  ^bb0(%a: tensor<10x4xf32>, %b: tensor<4x32xf32>):
    %u = kiln.matmul %a, %b : (tensor<10x4xf32>, tensor<4x32xf32>)
    kiln.yield %u : tensor<10x32xf32>
  }
  %f = kiln.reshape %t : tensor<10x32xf32> to tensor<10x4x8xf32>
  %s = kiln.fusion "bend" elementwise (%f) : (tensor<10x4x8xf32>) -> tensor<10x4x8xf32> {
  ^bb0(%a: tensor<10x4x8xf32>):
    %u = kiln.tanh %a : tensor<10x4x8xf32>
    kiln.yield %u : tensor<10x4x8xf32>
  }
  %g = kiln.reshape %s : tensor<10x4x8xf32> to tensor<10x32xf32>
  %0 = kiln.fusion "rows" gather (%g, %i, %r)
      : (tensor<10x32xf32>, tensor<6xi32>, tensor<6x32xf32>) -> tensor<6x32xf32> {
  ^bb0(%a: tensor<10x32xf32>, %b: tensor<6xi32>, %c: tensor<6x32xf32>):
    %u = kiln.gather %a, %b {batch_dims = 0 : i64} : (tensor<10x32xf32>, tensor<6xi32>)
    %v = kiln.add %u, %c : tensor<6x32xf32>
    kiln.yield %v : tensor<6x32xf32>
  }
  return %0 : tensor<6x32xf32>
}
