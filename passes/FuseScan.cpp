//===- FuseScan.cpp - Recurrences with their rows by index ----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"

#define DEBUG_TYPE "kiln-fuse-scan"

namespace kiln {
#define GEN_PASS_DEF_FUSESCAN
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static void fuse(GroupRewriter &rewriter, ScanOp scan) {
  GroupBuilder group(rewriter, FusionKind::scan, scan);
  auto addIf = [&](Operation *op, bool allowed, const char *reason) {
    if (!allowed)
      (void)notifyFailure(rewriter, op, reason);
    else if (failed(group.add(op)))
      (void)notifyFailure(rewriter, op,
                          "stays outside: the group would need itself");
  };
  for (Value sequence : scan.getSequences())
    if (auto gather = sequence.getDefiningOp<GatherOp>())
      if (!group.contains(gather))
        addIf(gather, isScanGather(gather, scan),
              "puts more than one sequence of the recurrence together");
  for (Value output : scan.getOutputs())
    for (Operation *user : output.getUsers())
      if (isa<ScatterOp>(user))
        addIf(user, isScanScatter(user, scan),
              "sums in another order or for others too");
  group.build();
}

namespace {
struct FuseScan : public kiln::impl::FuseScanBase<FuseScan> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (Operation *scan :
         collectLoose(getOperation().front(), llvm::IsaPred<ScanOp>))
      fuse(rewriter, cast<ScanOp>(scan));
  }
};
} // namespace
