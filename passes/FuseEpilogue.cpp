//===- FuseEpilogue.cpp - Anchors with what follows them ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#define DEBUG_TYPE "kiln-fuse-epilogue"

namespace kiln {
#define GEN_PASS_DEF_FUSEEPILOGUE
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// True for ops that read what they add up element by element.
static bool addsUp(Operation *op) {
  std::optional<FusionKind> kind = getKindAlone(op);
  return kind == FusionKind::scatter || kind == FusionKind::steps;
}

/// True for other ops whose kernel computes on each element before it is
/// stored.
static bool takesEpilogue(Operation *op) {
  std::optional<FusionKind> kind = getKindAlone(op);
  return kind == FusionKind::contraction || kind == FusionKind::gather ||
         kind == FusionKind::columns;
}

static void fuse(GroupRewriter &rewriter, Operation *anchor) {
  auto shape =
      cast<RankedTensorType>(anchor->getResult(0).getType()).getShape();
  GroupBuilder group(rewriter, *getKindAlone(anchor), anchor);
  group.addConsumers(anchor, [&](Operation *op) {
    return !isUpdate(op) && isElementwiseOn(op, shape);
  });
  addPrologue(group, anchor);
  if (group.getOps().size() > 1)
    group.build();
}

namespace {
struct FuseEpilogue : public kiln::impl::FuseEpilogueBase<FuseEpilogue> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (mlir::Block *block : getGroupedBlocks(getOperation())) {
      // Sums first: what they take in need not be stored at all.
      for (Operation *anchor : collectLoose(*block, addsUp))
        fuse(rewriter, anchor);
      for (Operation *anchor : collectLoose(*block, takesEpilogue))
        fuse(rewriter, anchor);
    }
  }
};
} // namespace
