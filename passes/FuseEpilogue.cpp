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

/// True for ops whose kernel computes on each element before it is stored.
static bool takesEpilogue(Operation *op) {
  switch (getKindAlone(op).value_or(FusionKind::elementwise)) {
  case FusionKind::contraction:
  case FusionKind::gather:
  case FusionKind::scatter:
  case FusionKind::steps:
    return true;
  default:
    return false;
  }
}

static void fuse(RewriterBase &rewriter, Operation *anchor) {
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
    IRRewriter rewriter(&getContext());
    for (mlir::Block *block : getGroupedBlocks(getOperation()))
      for (Operation *anchor : collectLoose(*block, takesEpilogue))
        fuse(rewriter, anchor);
  }
};
} // namespace
