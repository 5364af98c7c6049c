//===- SplitGroups.cpp - Every op as a kernel of its own ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#include "mlir/IR/IRMapping.h"

#define DEBUG_TYPE "kiln-split-groups"

namespace kiln {
#define GEN_PASS_DEF_SPLITGROUPS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Copies the body of `group` in front of it and removes it. Returns the copies
/// that need a kernel, in order.
static SmallVector<Operation *> dissolve(GroupRewriter &rewriter,
                                         FusionOp group) {
  rewriter.setInsertionPoint(group);
  mlir::Block &body = group.getBody().front();
  IRMapping mapping;
  mapping.map(body.getArguments(), group.getInputs());
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator()) {
    Operation *copy = rewriter.clone(op, mapping);
    if (!isFree(copy))
      ops.push_back(copy);
  }
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookup(value));
  rewriter.replaceOp(group, results);
  return ops;
}

static LogicalResult split(GroupRewriter &rewriter, FusionOp group) {
  unsigned count = llvm::count_if(group.getBody().front().without_terminator(),
                                  [](Operation &op) { return !isFree(&op); });
  if (count < 2)
    return success();
  std::string id = group.getId().str();
  unsigned part = 0;
  for (Operation *op : dissolve(rewriter, group)) {
    std::optional<FusionKind> kind = getKindAlone(op);
    if (!kind)
      return op->emitError("no kernel runs '") << op->getName() << "' alone";
    FusionOp alone = GroupBuilder(rewriter, *kind, op).build();
    alone.setId(id + "#" + std::to_string(++part));
  }
  return success();
}

namespace {
struct SplitGroups : public kiln::impl::SplitGroupsBase<SplitGroups> {
  void runOnOperation() override {
    GroupRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (mlir::Block *block : getGroupedBlocks(getOperation())) {
      for (FusionOp group : llvm::to_vector(block->getOps<FusionOp>()))
        if (failed(split(rewriter, group)))
          return signalPassFailure();
      eraseUnusedFree(rewriter, *block);
    }
  }
};
} // namespace
