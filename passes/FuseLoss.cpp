//===- FuseLoss.cpp - Rows of a batch, and totals over it -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#define DEBUG_TYPE "kiln-fuse-loss"

namespace kiln {
#define GEN_PASS_DEF_FUSELOSS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Grows a group along the rows of `anchor`.
static void fuseRows(GroupRewriter &rewriter, Operation *anchor) {
  std::pair<int64_t, int64_t> space = *getRowSpace(anchor);
  GroupBuilder group(rewriter, FusionKind::rows, anchor);
  group.addConnected(
      [&](Operation *op) { return isRowOp(op, space.first, space.second); });
  if (group.getOps().size() > 1)
    group.build();
}

/// Grows a group around a reduction to one number: elementwise ops that only it
/// needs before it, arithmetic on numbers after it.
static void fuseTotal(GroupRewriter &rewriter, Operation *anchor) {
  auto shape =
      cast<RankedTensorType>(anchor->getOperand(0).getType()).getShape();
  GroupBuilder group(rewriter, FusionKind::total, anchor);
  group.addProducers(anchor,
                     [&](Operation *op) { return isElementwiseOn(op, shape); });
  group.addConsumers(anchor,
                     [](Operation *op) { return isElementwiseOn(op, {}); });
  if (group.getOps().size() > 1)
    group.build();
}

/// True if `op` depends on a group. Such totals (the loss) go first and take
/// the arithmetic that combines them with others (penalties), which then depend
/// on arguments alone and run whenever it suits.
static bool dependsOnGroup(Operation *op) {
  llvm::DenseSet<Operation *> visited;
  SmallVector<Operation *> pending = {op};
  while (!pending.empty()) {
    Operation *next = pending.pop_back_val();
    if (!next || !visited.insert(next).second)
      continue;
    if (isa<FusionOp>(next))
      return true;
    for (Value operand : next->getOperands())
      pending.push_back(operand.getDefiningOp());
  }
  return false;
}

namespace {
struct FuseLoss : public kiln::impl::FuseLossBase<FuseLoss> {
  void runOnOperation() override {
    mlir::Block &block = getOperation().front();
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    auto rows = [&](Operation *anchor) { fuseRows(rewriter, anchor); };
    // The loss names its group, whatever row ops stand before it.
    rewriter.forEachLoose(block, llvm::IsaPred<SoftmaxCrossEntropyOp>, rows);
    rewriter.forEachLoose(
        block, [](Operation *op) { return getRowSpace(op).has_value(); }, rows);
    auto total = [&](Operation *anchor) { fuseTotal(rewriter, anchor); };
    rewriter.forEachLoose(
        block, [](Operation *op) { return isTotal(op) && dependsOnGroup(op); },
        total);
    rewriter.forEachLoose(block, isTotal, total);
  }
};
} // namespace
