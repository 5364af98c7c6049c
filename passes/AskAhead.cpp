//===- AskAhead.cpp - The next batch, asked for by a kernel of this one ---===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"
#include "passes/Programs.h"

#define DEBUG_TYPE "kiln-ask-ahead"

namespace kiln {
#define GEN_PASS_DEF_ASKAHEAD
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// A batch of fewer numbers is loaded in no time.
static constexpr int64_t kNumbers = 4096;

/// The number of the input of `group` that is the model's own, if the group is
/// a weight's gradient by it: a long kernel of many small tiles.
static std::optional<int64_t> findBatch(func::FuncOp func, FusionOp group) {
  if (group.getKind() != FusionKind::contraction)
    return std::nullopt;
  for (auto matmul : group.getBody().front().getOps<MatmulOp>())
    if (matmul.getTransposeLhs() &&
        matmul.getLhs().getType().getNumElements() >= kNumbers)
      return findModelInput(func, group, matmul.getLhs());
  return std::nullopt;
}

namespace {
struct AskAhead : public kiln::impl::AskAheadBase<AskAhead> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    // The last one: what it brings near is needed soon.
    for (auto group : llvm::reverse(func.getBody().front().getOps<FusionOp>()))
      if (std::optional<int64_t> input = findBatch(func, group)) {
        group->setAttr(attrs::askAhead,
                       Builder(func).getI64IntegerAttr(*input));
        return;
      }
  }
};
} // namespace
