//===- SplitSums.cpp - Products with weights, in two parts ----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Programs.h"
#include "passes/Remarks.h"

#define DEBUG_TYPE "kiln-split-sums"

namespace kiln {
#define GEN_PASS_DEF_SPLITSUMS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Each part is a result of its own to write and to read back, so there are as
/// few as can be.
static constexpr int64_t kParts = 2;
/// Weights below this size cost less to fetch than another kernel.
static constexpr int64_t kElements = 1 << 14;
/// The parts together should be at most half as large as the weights.
static constexpr int64_t kRatio = 2;

/// Whether `value` is a parameter that the function updates.
static bool isTrained(func::FuncOp func, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != &func.getBody().front() ||
      !isParam(func, argument))
    return false;
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    auto donates = func.getResultAttrOfType<IntegerAttr>(i, attrs::donates);
    if (donates && donates.getInt() == argument.getArgNumber())
      return true;
  }
  return false;
}

/// Why the sum of a product with weights stays whole; empty if it need not.
static StringRef findObstacle(MatmulOp op) {
  if (op.getTransposeLhs() || op.getTransposeRhs())
    return "its sum does not run over the rows of the weights as stored";
  if (op.getBfloat16())
    return "it is in bfloat16, whose operands are packed";
  if (op.getK() * op.getN() < kElements)
    return "its weights are few";
  if (op.getK() % kParts)
    return "the weights' rows are no multiple of two";
  if (kRatio * kParts * op.getM() > op.getK())
    return "two results would be more than half as large as the weights";
  return "";
}

namespace {
struct SplitSums : public kiln::impl::SplitSumsBase<SplitSums> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    PassRewriter rewriter(func, DEBUG_TYPE);
    for (auto op : llvm::make_early_inc_range(
             func.getBody().front().getOps<MatmulOp>())) {
      if (!isTrained(func, op.getRhs()))
        continue;
      StringRef obstacle = findObstacle(op);
      if (!obstacle.empty()) {
        (void)notifyFailure(rewriter, op, ("is not split: " + obstacle).str());
        continue;
      }
      rewriter.setInsertionPoint(op);
      Value parts = rewriter.create<PartialMatmulOp>(
          withRole(op.getLoc(), "parts"), op.getLhs(), op.getRhs(), kParts,
          /*transposeLhs=*/false);
      rewriter.replaceOpWithNewOp<ReduceOp>(op, Reduction::sum, parts,
                                            ArrayRef<int64_t>{0});
    }
  }
};
} // namespace
