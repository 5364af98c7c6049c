//===- Passes.td - kiln to kiln ----------------------------*- tablegen -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_PASSES_TD
#define KILN_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

def BuildPrograms : Pass<"kiln-build-programs", "::mlir::ModuleOp"> {
  let summary = "make @train_step, @evaluate and @predict from @forward";
  let description = [{
    Clones `@forward` three times and erases it. `@predict` and `@evaluate` drop
    dropout and random masks. `@evaluate` and `@train_step` get targets, sample
    weights and the number of rows, and return the loss, which includes the
    penalties of regularizers, and one sum a metric over the valid rows.
    Cross-entropy taken directly on a softmax or sigmoid uses its logits.
  }];
  let dependentDialects = ["::kiln::KilnDialect", "::mlir::func::FuncDialect"];
}

def Autodiff : Pass<"kiln-autodiff", "::mlir::ModuleOp"> {
  let summary = "append the gradient of the loss by every parameter";
  let description = [{
    Walks `@train_step` backwards from the result of role `loss`, asks each op
    for its rule (DifferentiableOpInterface) and adds the adjoints of values
    with several uses. The gradients become results, marked
    `kiln.gradient_of`. The driver knows no op; an op without a rule that lies
    between a parameter and the loss is an error at its line.
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
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

def MaterializeTransposes
    : Pass<"kiln-materialize-transposes", "::mlir::func::FuncOp"> {
  let summary = "give contractions row-major right operands";
  let description = [{
    `matmul a, b transposed` becomes `matmul a, (transpose b)`: the kernels read
    rows of the right operand by vectors, and one transposed copy a step of a
    weight costs less than strided loads. A schedule: it is made before fusion,
    whether or not fusion is on, so that both compute the same.
  }];
  let dependentDialects = ["::kiln::KilnDialect"];
}

class FusionPass<string mnemonic> : Pass<mnemonic, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::kiln::KilnDialect"];
}

def FuseEpilogue : FusionPass<"kiln-fuse-epilogue"> {
  let summary = "contraction + bias + activation + dropout in one group";
  let description = [{
    A contraction takes in the elementwise ops (and broadcasts of vectors) that
    consume its result, as long as each consumer's other operands are computed
    before the contraction. Values that others need too become further results.
  }];
}

def FuseLoss : FusionPass<"kiln-fuse-loss"> {
  let summary = "softmax + loss + its gradient + metrics, a row at a time";
  let description = [{
    Groups the ops along the last dimension and the elementwise ops between them
    that share the rows of a batch.
  }];
}

def FuseUpdate : FusionPass<"kiln-fuse-update"> {
  let summary = "gradient + regularizer + optimizer in one group";
  let description = [{
    A contraction or column reduction that computes a gradient takes in the
    penalty's gradient and the optimizer's update, so that the gradient never
    reaches memory.
  }];
}

def FuseElementwise : FusionPass<"kiln-fuse-elementwise"> {
  let summary = "chains of elementwise ops in one group";
  let description = [{
    Groups the elementwise ops of equal shape that no other fusion took.
  }];
}

def FormGroups : FusionPass<"kiln-form-groups"> {
  let summary = "put every remaining op in a group of its own";
  let description = [{
    After the fusions, and alone under `--no-fuse`: each op that is left becomes
    a `kiln.fusion` of one op. Constants and broadcasts move into the groups that
    use them; reshapes stay outside, for they cost nothing.
  }];
}

def VerifyPhase : Pass<"kiln-verify-phase", "::mlir::ModuleOp"> {
  let summary = "check what must hold at the boundary of a phase";
  let description = [{
    Fails when an op, function or attribute that an earlier pass should have
    removed or made is still there or missing, naming the pass. Sets
    `kiln.phase`.
  }];
  let options = [
    Option<"phase", "phase", "std::string", /*default=*/"\"model\"",
           "the phase that the module should have reached">];
}

#endif // KILN_PASSES_PASSES_TD
