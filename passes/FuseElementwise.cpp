//===- FuseElementwise.cpp - Chains of elementwise ops --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#define DEBUG_TYPE "kiln-fuse-elementwise"

namespace kiln {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static void fuse(GroupRewriter &rewriter, Operation *anchor) {
  auto shape =
      cast<RankedTensorType>(anchor->getResult(0).getType()).getShape();
  GroupBuilder group(rewriter, FusionKind::elementwise, anchor);
  group.addConnected([&](Operation *op) {
    if (auto mask = dyn_cast<RowMaskOp>(op))
      return cast<RankedTensorType>(mask.getType()).getShape() == shape;
    return isElementwiseOn(op, shape);
  });
  if (group.getOps().size() > 1)
    group.build();
}

namespace {
struct FuseElementwise
    : public kiln::impl::FuseElementwiseBase<FuseElementwise> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (mlir::Block *block : getGroupedBlocks(getOperation()))
      rewriter.forEachLoose(
          *block,
          [](Operation *op) {
            return getKindAlone(op) == FusionKind::elementwise;
          },
          [&](Operation *anchor) { fuse(rewriter, anchor); });
  }
};
} // namespace
