//===- FormGroups.cpp - A group for everything that is left ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#define DEBUG_TYPE "kiln-form-groups"

namespace kiln {
#define GEN_PASS_DEF_FORMGROUPS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Puts groups that read nothing but arguments first: whoever needs them later
/// then shares a barrier with what stands between.
static void hoistIndependent(mlir::Block &block) {
  Operation *last = nullptr;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isa<FusionOp, ReshapeOp>(op) ||
        !llvm::all_of(op.getOperands(), llvm::IsaPred<BlockArgument>))
      continue;
    if (last)
      op.moveAfter(last);
    else
      op.moveBefore(&block, block.begin());
    last = &op;
  }
}

/// A constant or broadcast that something outside of groups uses (a return, a
/// reshape) has to be stored; one that nothing uses any more goes.
static void formFreeGroups(GroupRewriter &rewriter, mlir::Block &block) {
  eraseUnusedFree(rewriter, block);
  SmallVector<Operation *> left;
  for (Operation &op : block)
    if (isFree(&op))
      left.push_back(&op);
  // Users come first, for a broadcast takes what it repeats with it.
  for (Operation *op : llvm::reverse(left)) {
    if (op->use_empty())
      rewriter.eraseOp(op);
    else
      GroupBuilder(rewriter, FusionKind::elementwise, op).build();
  }
}

static LogicalResult formGroups(GroupRewriter &rewriter, mlir::Block &block) {
  for (Operation *op : collectLoose(block, [](Operation *) { return true; })) {
    std::optional<FusionKind> kind = getKindAlone(op);
    if (!kind)
      return op->emitError("no kernel runs '")
             << op->getName() << "' on " << op->getOperandTypes();
    GroupBuilder(rewriter, *kind, op).build();
  }
  formFreeGroups(rewriter, block);
  // In a cell the order is the program's.
  if (isa<func::FuncOp>(block.getParentOp()))
    hoistIndependent(block);
  return success();
}

namespace {
struct FormGroups : public kiln::impl::FormGroupsBase<FormGroups> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (mlir::Block *block : getGroupedBlocks(getOperation()))
      if (failed(formGroups(rewriter, *block)))
        return signalPassFailure();
  }
};
} // namespace
