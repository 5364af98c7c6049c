//===- Passes.td - kiln to kiln ----------------------------*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Long, since it is the reference of the passes: each with IR before and after.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_PASSES_TD
#define KILN_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// model -> train
//===----------------------------------------------------------------------===//

def BuildPrograms : Pass<"kiln-build-programs", "::mlir::ModuleOp"> {
  let summary = "make @train_step, @evaluate and @predict from @forward";
  let description = [{
    Clones `@forward` three times and erases it. `@predict` and `@evaluate` drop
    dropout and random masks. `@evaluate` and `@train_step` get targets, sample
    weights and the number of rows, and return the loss, which includes the
    penalties of regularizers, and one sum a metric over the valid rows. Metrics
    that are no mean over samples (precision, recall, auc, f1) have no sum: they
    are counted from the output, which `@train_step` returns for their sake, and
    `@evaluate` always.
    Cross-entropy taken directly on a softmax or sigmoid uses its logits; other
    predictions are clipped to [1e-7, 1 - 1e-7].

    Before (`W` is `tensor<6x3xf32>`):
    ```mlir
    func.func @forward(%w: W {kiln.param = @"dense/kernel"},
                       %x: tensor<8x6xf32> {kiln.role = "input"})
        -> (tensor<8x3xf32> {kiln.role = "output"}) {
      %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, W)
      %1 = kiln.softmax %0 : tensor<8x3xf32>
      return %1 : tensor<8x3xf32>
    }
    ```
    After, of three functions `@evaluate`:
    ```mlir
    func.func @evaluate(%w: W {kiln.param = @"dense/kernel"},
        %x: tensor<8x6xf32> {kiln.role = "input"},
        %target: tensor<8xi32> {kiln.role = "target"},
        %weight: tensor<8xf32> {kiln.role = "weight"},
        %rows: tensor<i64> {kiln.role = "rows"})
        -> (tensor<f32> {kiln.role = "loss"},
            tensor<8x3xf32> {kiln.role = "output"}) {
      %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, W)
      %p = kiln.softmax %0 : tensor<8x3xf32>
      %1 = kiln.softmax_cross_entropy %0, %target
          : (tensor<8x3xf32>, tensor<8xi32>)
      %2 = kiln.mul %1, %weight : tensor<8xf32>
      %3 = kiln.row_mask %rows : tensor<8xi1>
      %zero = kiln.constant dense<0.0> : tensor<8xf32>
      %4 = kiln.select %3, %2, %zero : tensor<8xi1>, tensor<8xf32>
      %5 = kiln.reduce sum, %4 along [0] : tensor<8xf32>
      %6 = kiln.convert %rows : tensor<i64> to tensor<f32>
      %7 = kiln.div %5, %6 : tensor<f32>
      return %7, %p : tensor<f32>, tensor<8x3xf32>
    }
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::func::FuncDialect"];
}

class SchedulePass<string mnemonic> : Pass<mnemonic, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::kiln::KilnDialect"];
}

def HoistProjections : SchedulePass<"kiln-hoist-projections"> {
  let summary = "take projections of inputs out of recurrences";
  let description = [{
    A contraction of a step's input by weights is the same for all steps, so one
    contraction of all of them before the scan takes its place, with what comes
    before it (dropout) and the ops after it that need nothing else (bias). The
    scan then takes the projected sequence. Ops that depend on weights alone
    leave as they are. Every number is computed from the same numbers in the
    same order as before.

    Before, with `X` = `tensor<64x500x128xf32>`, `Z` = `tensor<64x500x8xf32>`:
    ```mlir
    %h = kiln.scan init(%h0 : tensor<64x8xf32>) sequences(%x : X)
        captures(%w, %u : tensor<128x8xf32>, tensor<8x8xf32>)
        -> (tensor<64x8xf32>) {
    ^bb0(%s: tensor<64x8xf32>, %xt: tensor<64x128xf32>, %a: ..., %b: ...):
      %z = kiln.matmul %xt, %a : (tensor<64x128xf32>, tensor<128x8xf32>)
      %r = kiln.matmul %s, %b : (tensor<64x8xf32>, tensor<8x8xf32>)
      %n = kiln.add %z, %r : tensor<64x8xf32>
      kiln.yield %n : tensor<64x8xf32>
    }
    ```
    After:
    ```mlir
    %0 = kiln.reshape %x : X to tensor<32000x128xf32>
    %1 = kiln.matmul %0, %w : (tensor<32000x128xf32>, tensor<128x8xf32>)
    %2 = kiln.reshape %1 : tensor<32000x8xf32> to Z
    %h = kiln.scan init(%h0 : tensor<64x8xf32>) sequences(%2 : Z)
        captures(%u : tensor<8x8xf32>) -> (tensor<64x8xf32>) {
    ^bb0(%s: tensor<64x8xf32>, %z: tensor<64x8xf32>, %b: ...):
      %r = kiln.matmul %s, %b : (tensor<64x8xf32>, tensor<8x8xf32>)
      %n = kiln.add %z, %r : tensor<64x8xf32>
      kiln.yield %n : tensor<64x8xf32>
    }
    ```
  }];
}

def DedupeTokens : SchedulePass<"kiln-dedupe-tokens"> {
  let summary = "project each distinct token once";
  let description = [{
    Where a scan's sequence is a function f of rows of a table, a row at a time,
    and f contains a contraction, f is computed once for each distinct token and
    its results are gathered instead. Dropout masks are the same at every step,
    so with them each sample has its distinct tokens; without them the batch has.
    A program without updates computes f for the whole table, once a run.

    The values are those of before; the gradient adds up what equal tokens
    contribute before it goes through f: another order of a sum.

    Before, with `X` = `tensor<64x500x128xf32>` and `f` one contraction:
    ```mlir
    %x = kiln.gather %table, %tokens {batch_dims = 0 : i64}
       : (tensor<10000x128xf32>, tensor<64x500xi32>)
    %z = f(%x) : Z
    %h = kiln.scan ... sequences(%z : Z) ...
    ```
    After, in `@train_step`, where f depends on the sample:
    ```mlir
    %values, %positions, %counts = kiln.unique %tokens : tensor<64x500xi32>
    %x = kiln.gather %table, %values {batch_dims = 0 : i64} : ...
    %y = f(%x) : Z
    %z = kiln.gather %y, %positions {batch_dims = 1 : i64} : ...
    %h = kiln.scan ... sequences(%z : Z) ...
    ```
    After, in `@evaluate`:
    ```mlir
    %y = f(%table) : tensor<10000x8xf32>
    %z = kiln.gather %y, %tokens {batch_dims = 0 : i64} : ...
    %h = kiln.scan ... sequences(%z : Z) ...
    ```
  }];
}

def Autodiff : Pass<"kiln-autodiff", "::mlir::ModuleOp"> {
  let summary = "append the gradient of the loss by every parameter";
  let description = [{
    Walks `@train_step` backwards from the result of role `loss`, asks each op
    for its rule (DifferentiableOpInterface) and adds the adjoints of values
    with several uses. The gradients become results, marked
    `kiln.gradient_of`. The driver knows no op; an op without a rule that lies
    between a parameter and the loss is an error at its line.

    Before:
    ```mlir
    func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @"dense/kernel"},
                          %x: tensor<8x6xf32> {kiln.role = "input"})
        -> (tensor<f32> {kiln.role = "loss"}) {
      %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
      %1 = kiln.reduce sum, %0 along [0, 1] : tensor<8x3xf32>
      return %1 : tensor<f32>
    }
    ```
    After (and before dead code is removed):
    ```mlir
        -> (tensor<f32> {kiln.role = "loss"},
            tensor<6x3xf32> {kiln.gradient_of = @"dense/kernel"}) {
      %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
      %1 = kiln.reduce sum, %0 along [0, 1] : tensor<8x3xf32>
      %one = kiln.constant dense<1.0> : tensor<f32>
      %2 = kiln.broadcast %one along [] : tensor<f32> to tensor<8x3xf32>
      %3 = kiln.matmul %x transposed, %2 : (tensor<8x6xf32>, tensor<8x3xf32>)
      return %1, %3 : tensor<f32>, tensor<6x3xf32>
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def InsertOptimizer : Pass<"kiln-insert-optimizer", "::mlir::ModuleOp"> {
  let summary = "turn gradients into updates of parameters and slots";
  let description = [{
    Replaces each result `kiln.gradient_of` of `@train_step` by the update that
    `kiln.compile` names. Slots become arguments (`kiln.slot`), and each new
    parameter and slot a result that donates from its argument
    (`kiln.donates`).

    Before:
    ```mlir
    func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @k}, %x: ...)
        -> (tensor<f32> {kiln.role = "loss"},
            tensor<6x3xf32> {kiln.gradient_of = @k}) {
      ...
      return %loss, %g : tensor<f32>, tensor<6x3xf32>
    }
    ```
    After, for SGD with momentum:
    ```mlir
    func.func @train_step(%w: tensor<6x3xf32> {kiln.param = @k},
        %m: tensor<6x3xf32> {kiln.param = @k, kiln.slot = "momentum"},
        %x: ..., %hyper: tensor<2xf32> {kiln.role = "hyper"})
        -> (tensor<6x3xf32> {kiln.donates = 0 : i64},
            tensor<6x3xf32> {kiln.donates = 1 : i64},
            tensor<f32> {kiln.role = "loss"}) {
      ...
      %w1, %m1 = kiln.momentum_update %w, %g, %m, %hyper
          {momentum = 9.0e-01 : f64} : tensor<6x3xf32>
      return %w1, %m1, %loss : tensor<6x3xf32>, tensor<6x3xf32>, tensor<f32>
    }
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def ShareActivations
    : Pass<"kiln-share-activations", "::mlir::func::FuncOp"> {
  let summary = "make gradients read what the forward pass stores anyway";
  let description = [{
    The gradient of a relu under a dropout asks where the relu is positive, and
    drops out again. The dropped-out value, which the next layer stores, answers
    both: it is positive exactly where the relu is and the mask keeps. So
    neither the relu nor the mask outlives the forward kernel. The bits are the
    same.

    Before, with `%d = kiln.dropout %y, %m {rate = 2.0e-01 : f64}`:
    ```mlir
    %0 = kiln.dropout %g, %m {rate = 2.0e-01 : f64} : ...
    %1 = kiln.compare gt, %y, %zero : tensor<64x128xf32>
    %2 = kiln.select %1, %0, %zero : tensor<64x128xi1>, tensor<64x128xf32>
    ```
    After:
    ```mlir
    %1 = kiln.compare gt, %d, %zero : tensor<64x128xf32>
    %scale = kiln.constant dense<1.25> : tensor<64x128xf32>
    %0 = kiln.mul %g, %scale : tensor<64x128xf32>
    %2 = kiln.select %1, %0, %zero : tensor<64x128xi1>, tensor<64x128xf32>
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

//===----------------------------------------------------------------------===//
// train -> fused
//===----------------------------------------------------------------------===//

def ChainScatters : Pass<"kiln-chain-scatters", "::mlir::func::FuncOp"> {
  let summary = "sum a batch's rows by an inverted index";
  let description = [{
    The gradient of an embedding adds rows of a batch into one table. With the
    index inverted every row of the table has one owner, which needs neither
    zeroed memory nor atomics and can hand the sum to the optimizer. The sums
    run in the same order. A schedule: it is made before fusion, whether or not
    fusion is on.

    Before:
    ```mlir
    %g = kiln.scatter %dx, %tokens {batch_dims = 0 : i64, rows = 100 : i64}
       : (tensor<8x5x6xf32>, tensor<8x5xi32>)
    ```
    After:
    ```mlir
    %first, %next = kiln.chain %tokens {rows = 100 : i64} : tensor<8x5xi32>
    %g = kiln.chain_sum %dx, %first, %next
       : (tensor<8x5x6xf32>, tensor<100xi32>, tensor<8x5xi32>)
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def RecomputeActivations : SchedulePass<"kiln-recompute-activations"> {
  let summary = "save less for the way back, and compute it again";
  let description = [{
    A value that a scan saves at every step is computed again by the scan that
    goes back over its steps, where that is cheap: elementwise ops without a
    division or an elementary function, of what is saved anyway, of sequences,
    rows and captures. Something else is saved instead where that is smaller:
    one state in the place of four that were dropped out. The bits are the same.

    Before (`h` is a state, `m`, `n` are rows):
    ```mlir
    %h1, %a, %b = kiln.scan ... -> (H) outputs(S, S) {
      %p = kiln.dropout %h, %m {rate = 5.0e-01 : f64} : ...
      %q = kiln.dropout %h, %n {rate = 5.0e-01 : f64} : ...
      ...
      kiln.yield %next, %p, %q : ...
    }
    %g = kiln.scan reverse ... sequences(%a, %b : S, S) ...
    ```
    After:
    ```mlir
    %h1, %s = kiln.scan ... -> (H) outputs(S) {
      ...
      kiln.yield %next, %h : ...
    }
    %g = kiln.scan reverse ... sequences(%s : S) rows(%m, %n : ...) ... {
      %p = kiln.dropout %h, %m {rate = 5.0e-01 : f64} : ...
      %q = kiln.dropout %h, %n {rate = 5.0e-01 : f64} : ...
    ```
  }];
}

def TileScans : SchedulePass<"kiln-tile-scans"> {
  let summary = "run recurrences by tiles of the batch";
  let description = [{
    Sets `tile_rows` to the largest divisor of the batch up to `rows`, where the
    samples do not depend on one another, and makes the cell that of a tile. So
    each tile can go forward and back over its steps by itself, its activations
    still in a cache. What only scans of the same tiles hand one another is kept
    in tiles. Sums over the batch become one for each tile and the sum of these:
    those that scans make, contractions over all steps of all samples
    (`kiln.partial_matmul`) and sums of their rows. `kiln.scatter` by sample adds
    up in the order in which the scan runs that makes its rows.

    Before, with a batch of 64:
    ```mlir
    %d, %dw = kiln.scan reverse ... outputs(tensor<64x500x8xf32>)
        sums(tensor<8x8xf32>) { ... }
    %0 = kiln.reshape %d : tensor<64x500x8xf32> to tensor<32000x8xf32>
    %dv = kiln.matmul %x transposed, %0 : ...
    ```
    After:
    ```mlir
    %d, %p = kiln.scan reverse ... outputs(tensor<64x500x8xf32>)
        sums(tensor<8x8x8xf32>) attributes {tile_rows = 8 : i64} { ... }
    %dw = kiln.reduce sum, %p along [0] : tensor<8x8x8xf32>
    %0 = kiln.reshape %d : tensor<64x500x8xf32> to tensor<32000x8xf32>
    %1 = kiln.partial_matmul %x transposed, %0, 8 : ...
    %dv = kiln.reduce sum, %1 along [0] : ...
    ```
  }];
  let options = [
    Option<"rows", "rows", "int64_t", /*default=*/"8",
           "samples in a tile, at most; 0: the whole batch is one">];
}

def ArrangeBatches : SchedulePass<"kiln-arrange-batches"> {
  let summary = "put samples of like length side by side";
  let description = [{
    A tile of the batch runs as many steps as its longest sample has. Marks
    `@train_step` and `@evaluate` if padding masks a recurrence: the runtime then
    sorts the samples of each training batch by length, and all samples that are
    evaluated, the longest first. A batch keeps its samples, so no mean changes
    but in the order in which its terms are added. Rows of dropout masks go by
    place in the batch: as after another shuffle, samples meet other ones.

    Before:
    ```mlir
    func.func @train_step(...) {
      %mask = kiln.compare ne, %tokens, %zeros : tensor<64x500xi32>
      %h = kiln.scan ... sequences(%x, %mask : ...) ...
    ```
    After:
    ```mlir
    func.func @train_step(...) attributes {kiln.arranged} {
    ```
  }];
}

def SkipMaskedSteps : SchedulePass<"kiln-skip-masked-steps"> {
  let summary = "find the steps that change nothing";
  let description = [{
    Sets `idle_when` to the mask of a scan if a step at which the mask is false
    for all rows provably leaves every state as it is and adds nothing to the
    sums, and its outputs are zero or read only by scans that skip the same
    steps. Skipped steps are exact where all numbers are finite.

    Before:
    ```mlir
    %h = kiln.scan ... sequences(%x, %mask : ..., tensor<64x500xi1>) ... {
    ^bb0(%s: tensor<8x8xf32>, %z: tensor<8x8xf32>, %m: tensor<8xi1>, ...):
      ...
      %c = kiln.broadcast %m along [0] : tensor<8xi1> to tensor<8x8xi1>
      %n = kiln.select %c, %new, %s : tensor<8x8xi1>, tensor<8x8xf32>
      kiln.yield %n : tensor<8x8xf32>
    }
    ```
    After: the same with `idle_when = 1 : i64`.
  }];
}

def ChunkGradients : SchedulePass<"kiln-chunk-gradients"> {
  let summary = "contract gradients of recurrent weights over several steps";
  let description = [{
    Sets `chunk = 16` on scans that add a contraction over their rows to a sum at
    every step: 16 steps of it are one contraction over 16 times the rows.

    Before:
    ```mlir
    %dw = kiln.scan reverse ... sums(tensor<8x8xf32>) {
      ...
      %c = kiln.matmul %h transposed, %d : (tensor<8x8xf32>, tensor<8x8xf32>)
      kiln.yield %c : tensor<8x8xf32>
    }
    ```
    After: the same with `chunk = 16 : i64`.
  }];
}

def SplitSums : SchedulePass<"kiln-split-sums"> {
  let summary = "sum in two parts where each thread would read too much";
  let description = [{
    The gradient of a weight is cut by rows, and a row is updated where its
    gradient is made: so a thread has half of the rows in its cache. A product
    with the weights that is cut by columns, or by samples, reads the other half
    as well, in every step, from where another thread has just written it. Where
    that is much more than the result, the product becomes a sum of two, over
    the first half of the rows and over the second.

    So does any other long sum whose operands are large and whose result is
    small, the gradient of a weight over a large batch: cut by rows or columns,
    each thread would read all of one operand. The first layer's gradient stays
    whole, as zeros of the input can be passed over.

    Before, with a batch of 64 and `%w` a parameter that the function updates:
    ```mlir
    %h = kiln.matmul %x, %w : (tensor<64x784xf32>, tensor<784x128xf32>)
    ```
    After:
    ```mlir
    %0 = kiln.partial_matmul %x, %w, 2
       : (tensor<64x784xf32>, tensor<784x128xf32>)
    %h = kiln.reduce sum, %0 along [0] : tensor<2x64x128xf32>
    ```
  }];
}

def PackOperands : Pass<"kiln-pack-operands", "::mlir::func::FuncOp"> {
  let summary = "give contractions in bfloat16 packed operands";
  let description = [{
    Each operand of a contraction in bfloat16 is rounded and put into the order
    in which the kernels read it once a step, not once a tile; contractions that
    read a matrix in the same way share one packed copy. A schedule: it is made
    before fusion, whether or not fusion is on.

    Before:
    ```mlir
    %0 = kiln.matmul %g, %w transposed {bfloat16}
       : (tensor<64x10xf32>, tensor<128x10xf32>)
    ```
    After:
    ```mlir
    %a = kiln.pack %g : tensor<64x10xf32>
    %b = kiln.pack rhs %w transposed : tensor<128x10xf32>
    %0 = kiln.packed_matmul %a, %b, 10
       : (tensor<64x16xi32>, tensor<16x128xi32>) -> tensor<64x128xf32>
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def MaterializeTransposes
    : Pass<"kiln-materialize-transposes", "::mlir::func::FuncOp"> {
  let summary = "give contractions row-major right operands";
  let description = [{
    The kernels read rows of the right operand by vectors, and one transposed
    copy a step of a weight costs less than strided loads. One copy serves all
    contractions that read it, in all cells: what a cell makes of weights alone
    is made before its scan runs. The right operand of a batch's rows stays as it
    is, unless it is tiny, and so does a large one of many rows: their kernels copy
    it block by block, and transpose it as they do. A schedule: it is made before fusion, whether or not fusion is on, so that both
    compute the same.

    Before:
    ```mlir
    %0 = kiln.matmul %g, %w transposed : (tensor<64x10xf32>, tensor<128x10xf32>)
    ```
    After:
    ```mlir
    %t = kiln.transpose %w : tensor<128x10xf32>
    %0 = kiln.matmul %g, %t : (tensor<64x10xf32>, tensor<10x128xf32>)
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

class FusionPass<string mnemonic> : Pass<mnemonic, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FuseUpdate : FusionPass<"kiln-fuse-update"> {
  let summary = "gradient + regularizer + optimizer in one group";
  let description = [{
    A contraction, column sum or sum along chains that computes a gradient takes
    in the penalty's gradient and the optimizer's update, so that the gradient
    never reaches memory.

    Before:
    ```mlir
    %g = kiln.matmul %x transposed, %d : (tensor<8x6xf32>, tensor<8x3xf32>)
    %w1 = kiln.sgd_update %w, %g, %hyper : tensor<6x3xf32>
    ```
    After:
    ```mlir
    %w1 = kiln.fusion "dense.dW@mlp.toml:14" contraction (%x, %d, %w, %hyper)
        : (...) -> tensor<6x3xf32> {
    ^bb0(%a: tensor<8x6xf32>, %b: tensor<8x3xf32>, %c: tensor<6x3xf32>,
         %h: tensor<2xf32>):
      %g = kiln.matmul %a transposed, %b : (tensor<8x6xf32>, tensor<8x3xf32>)
      %u = kiln.sgd_update %c, %g, %h : tensor<6x3xf32>
      kiln.yield %u : tensor<6x3xf32>
    }
    ```
  }];
}

def FuseEpilogue : FusionPass<"kiln-fuse-epilogue"> {
  let summary = "contraction + bias + activation + dropout in one group";
  let description = [{
    A contraction, gather, scatter or reduction of rows or along steps takes in the
    elementwise ops (and broadcasts of vectors) that consume its result, when all
    consumers of a value can come and so the value need not leave. What these
    consumers need besides is an input, or comes too if nothing else needs it.
    Scatters and reductions also take in what computes the rows that they add up,
    reductions a gather, too, if nothing else needs it. Optimizer updates stay for kiln-fuse-update.

    Before:
    ```mlir
    %0 = kiln.matmul %x, %w : (tensor<8x6xf32>, tensor<6x3xf32>)
    %1 = kiln.broadcast %b along [1] : tensor<3xf32> to tensor<8x3xf32>
    %2 = kiln.add %0, %1 : tensor<8x3xf32>
    %3 = kiln.relu %2 : tensor<8x3xf32>
    ```
    After:
    ```mlir
    %3 = kiln.fusion "dense.forward@mlp.toml:14" contraction (%x, %w, %b)
        : (...) -> tensor<8x3xf32> {
    ^bb0(%a: tensor<8x6xf32>, %k: tensor<6x3xf32>, %c: tensor<3xf32>):
      %0 = kiln.matmul %a, %k : (tensor<8x6xf32>, tensor<6x3xf32>)
      %1 = kiln.broadcast %c along [1] : tensor<3xf32> to tensor<8x3xf32>
      %2 = kiln.add %0, %1 : tensor<8x3xf32>
      %3 = kiln.relu %2 : tensor<8x3xf32>
      kiln.yield %3 : tensor<8x3xf32>
    }
    ```
  }];
}

def FuseLoss : FusionPass<"kiln-fuse-loss"> {
  let summary = "softmax + loss + its gradient + metrics, a row at a time";
  let description = [{
    Groups the ops along the last dimension and the elementwise ops between them
    that share the rows of a batch; then each reduction to one number with the
    elementwise ops that only it needs and the arithmetic on its result.

    Before:
    ```mlir
    %0 = kiln.softmax_cross_entropy %x, %y : (tensor<8x3xf32>, tensor<8xi32>)
    %1 = kiln.mul %0, %weight : tensor<8xf32>
    %2 = kiln.reduce sum, %1 along [0] : tensor<8xf32>
    %3 = kiln.div %2, %n : tensor<f32>
    ```
    After:
    ```mlir
    %1 = kiln.fusion "loss.forward@mlp.toml:30" rows (%x, %y, %weight)
        : (...) -> tensor<8xf32> {
    ^bb0(%a: tensor<8x3xf32>, %b: tensor<8xi32>, %c: tensor<8xf32>):
      %0 = kiln.softmax_cross_entropy %a, %b : (tensor<8x3xf32>, tensor<8xi32>)
      %1 = kiln.mul %0, %c : tensor<8xf32>
      kiln.yield %1 : tensor<8xf32>
    }
    %3 = kiln.fusion "loss.forward@mlp.toml:30.2" total (%1, %n)
        : (tensor<8xf32>, tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<8xf32>, %b: tensor<f32>):
      %2 = kiln.reduce sum, %a along [0] : tensor<8xf32>
      %3 = kiln.div %2, %b : tensor<f32>
      kiln.yield %3 : tensor<f32>
    }
    ```
  }];
}

def SkipPadding : Pass<"kiln-skip-padding", "::mlir::func::FuncOp"> {
  let summary = "end loops over rows where a sample's distinct tokens do";
  let description = [{
    A sample's distinct tokens (`kiln.unique`) are followed by -1. Rows that are
    computed from there on are never read, and gradients are zero there. Groups
    that compute such rows (gathers, elementwise groups, contractions) or sum over
    them (partial contractions, sums along steps) get the list as an input, whose
    number `kiln.ragged` holds, and run over the rows that there are. All or
    none: a value has fewer rows only if every group that reads it knows.

    ```mlir
    %y = kiln.fusion "lstm.forward@lstm.toml:15" contraction (%x, %w) ...
    // becomes
    %y = kiln.fusion "lstm.forward@lstm.toml:15" contraction (%x, %w, %values)
        {kiln.ragged = 2 : i64} ...
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def SkipZeros : Pass<"kiln-skip-zeros", "::mlir::func::FuncOp"> {
  let summary = "let contractions of the model's input pass over zeros";
  let description = [{
    Images are mostly background. A contraction whose left operand is the model's
    input gets `kiln.skip_zeros`: for each tile of rows its kernel lists the k at
    which one of them is not zero, and sums over those; where a first list
    turns out long, it sums over all. A skipped term is 0 * w: exact where weights
    are finite (but for the sign of a zero), and terms keep their order.

    ```mlir
    %y = kiln.fusion "dense.forward@mlp.toml:14" contraction (%x, %w) ...
    // becomes
    %y = kiln.fusion "dense.forward@mlp.toml:14" contraction (%x, %w)
        {kiln.skip_zeros} ...
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def AskAhead : Pass<"kiln-ask-ahead", "::mlir::func::FuncOp"> {
  let summary = "let a kernel ask for the samples of the next batch";
  let description = [{
    The samples of a batch lie anywhere in a data set that no cache holds. The last
    gradient of a weight by the model's input, a long kernel of many tiles, gets the
    number of that input as `kiln.ask_ahead`: each of its tiles asks for a few lines
    of the next batch's samples, so that they are near when they are loaded.

    ```mlir
    %w = kiln.fusion "dense.dW@mlp.toml:14" contraction (%x, %g) ...
    // becomes
    %w = kiln.fusion "dense.dW@mlp.toml:14" contraction (%x, %g)
        {kiln.ask_ahead = 0 : i64} ...
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FuseScan : Pass<"kiln-fuse-scan", "::mlir::func::FuncOp"> {
  let summary = "gathers and scatters of a recurrence's steps into its kernel";
  let description = [{
    A sequence that is put together by an index for each step (the projected rows
    of a sample's distinct tokens) is read row by row where a step needs it, and
    an output that is summed by such an index is added where it belongs, so
    that neither is ever stored step by step.

    ```mlir
    %x = kiln.gather %rows, %positions {batch_dims = 1 : i64} : ...
    %h = kiln.scan init(...) sequences(%x : ...) ...
    // becomes
    %h = kiln.fusion "lstm.forward@lstm.toml:20" scan (%rows, %positions, ...)
    ```
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FuseElementwise : FusionPass<"kiln-fuse-elementwise"> {
  let summary = "chains of elementwise ops in one group";
  let description = [{
    Groups the elementwise ops of equal shape that no other fusion took and that
    feed one another.

    Before:
    ```mlir
    %0 = kiln.tanh %x : tensor<8x3xf32>
    %1 = kiln.mul %0, %0 : tensor<8x3xf32>
    ```
    After:
    ```mlir
    %1 = kiln.fusion "tanh.forward@mlp.toml:20" elementwise (%x)
        : (tensor<8x3xf32>) -> tensor<8x3xf32> {
    ^bb0(%a: tensor<8x3xf32>):
      %0 = kiln.tanh %a : tensor<8x3xf32>
      %1 = kiln.mul %0, %0 : tensor<8x3xf32>
      kiln.yield %1 : tensor<8x3xf32>
    }
    ```
  }];
}

def FormGroups : FusionPass<"kiln-form-groups"> {
  let summary = "put every remaining op in a group of its own";
  let description = [{
    After the fusions: each op that is left becomes a `kiln.fusion` of one op.
    Constants and broadcasts move into the groups that use them; reshapes stay
    outside, for they cost nothing. Groups that read nothing but arguments
    (random masks, transposed weights, factors) move to the front, where they
    need no barrier of their own. An op that no kernel runs is an error.

    Before:
    ```mlir
    %m = kiln.random_mask %seed, %epoch, %step {...} : tensor<8x3xi1>
    ```
    After:
    ```mlir
    %m = kiln.fusion "dropout.forward@mlp.toml:19" random (%seed, %epoch, %step)
        : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<8x3xi1> {
    ^bb0(%a: tensor<i64>, %b: tensor<i64>, %c: tensor<i64>):
      %0 = kiln.random_mask %a, %b, %c {...} : tensor<8x3xi1>
      kiln.yield %0 : tensor<8x3xi1>
    }
    ```
  }];
}

def SplitGroups : FusionPass<"kiln-split-groups"> {
  let summary = "run every op of a group as a kernel of its own (--no-fuse)";
  let description = [{
    Replaces a group by one group an op. Their ids are that of the group with
    `#1`, `#2` and so on behind it, so that a benchmark can set the parts against
    the whole. The bits are the same.

    Before:
    ```mlir
    %1 = kiln.fusion "tanh.forward@mlp.toml:20" elementwise (%x)
        : (tensor<8x3xf32>) -> tensor<8x3xf32> {
    ^bb0(%a: tensor<8x3xf32>):
      %0 = kiln.tanh %a : tensor<8x3xf32>
      %1 = kiln.mul %0, %0 : tensor<8x3xf32>
      kiln.yield %1 : tensor<8x3xf32>
    }
    ```
    After:
    ```mlir
    %0 = kiln.fusion "tanh.forward@mlp.toml:20#1" elementwise (%x)
        : (tensor<8x3xf32>) -> tensor<8x3xf32> {
    ^bb0(%a: tensor<8x3xf32>):
      %2 = kiln.tanh %a : tensor<8x3xf32>
      kiln.yield %2 : tensor<8x3xf32>
    }
    %1 = kiln.fusion "tanh.forward@mlp.toml:20#2" elementwise (%0) ...
    ```
  }];
}

//===----------------------------------------------------------------------===//
// Gates
//===----------------------------------------------------------------------===//

def VerifyPhase : Pass<"kiln-verify-phase", "::mlir::ModuleOp"> {
  let summary = "check what must hold at the boundary of a phase";
  let description = [{
    Fails when an op, function or attribute that an earlier pass should have
    removed or made is still there or missing, naming the pass. Sets
    `kiln.phase`.

    Before, with `phase=train`: `module { ... }`. After:
    `module attributes {kiln.phase = "train"} { ... }`, or an error such as
    `result 1 of @train_step is still a gradient; run kiln-insert-optimizer`.
  }];
  let options = [
    Option<"phase", "phase", "std::string", /*default=*/"\"model\"",
           "the phase that the module should have reached">];
}

#endif // KILN_PASSES_PASSES_TD
