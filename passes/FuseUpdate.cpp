//===- FuseUpdate.cpp - Gradients with the updates that they feed ---------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"

#define DEBUG_TYPE "kiln-fuse-update"

namespace kiln {
#define GEN_PASS_DEF_FUSEUPDATE
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// The contraction, column sum or sum along chains that the gradient of
/// `update` starts from, if only elementwise ops stand between them.
static Operation *findAnchor(Operation *update, ArrayRef<int64_t> shape) {
  SmallVector<Value> pending = {update->getOperand(1)};
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val().getDefiningOp();
    if (!op || !isLoose(op))
      continue;
    if (isGradientAnchor(op))
      return op;
    if (isElementwiseOn(op, shape))
      llvm::append_range(pending, llvm::reverse(op->getOperands()));
  }
  return nullptr;
}

static void fuse(GroupRewriter &rewriter, Operation *update) {
  auto shape =
      cast<RankedTensorType>(update->getResult(0).getType()).getShape();
  Operation *anchor = findAnchor(update, shape);
  if (!anchor) {
    (void)notifyFailure(rewriter, update,
                        "is a kernel of its own: its gradient comes from no "
                        "contraction, column sum or scatter");
    return;
  }
  GroupBuilder group(rewriter, *getKindAlone(anchor), anchor);
  group.addConsumers(anchor,
                     [&](Operation *op) { return isElementwiseOn(op, shape); });
  if (!group.contains(update)) {
    (void)notifyFailure(rewriter, update,
                        "is a kernel of its own: others need its gradient as "
                        "well");
    return;
  }
  addPrologue(group, anchor);
  group.build();
}

namespace {
struct FuseUpdate : public kiln::impl::FuseUpdateBase<FuseUpdate> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (Operation *update : collectLoose(getOperation().front(), isUpdate))
      fuse(rewriter, update);
  }
};
} // namespace
