//===- SplitSums.cpp - Sums in two parts, a thread each -------------------===//
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
/// Of a product without weights: how many times as long as the result is high
/// or wide the sum is, the elements of a result that are written twice for
/// little, and those that a thread reads of the operands of a whole product,
/// beyond which they come from afar.
static constexpr int64_t kLength = 4, kSmall = 1 << 17, kFar = 1 << 19;

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

/// Why no sum over the rows of the right operand is cut; empty if it can be.
static StringRef findObstacle(MatmulOp op) {
  if (op.getTransposeRhs())
    return "its sum does not run over the rows of the right operand as stored";
  if (op.getBfloat16())
    return "it is in bfloat16, whose operands are packed";
  if (op.getK() % kParts)
    return "it sums over an odd number";
  return "";
}

/// The same of a product with weights that the function updates.
static StringRef findObstacleOfWeights(MatmulOp op) {
  if (op.getK() * op.getN() < kElements)
    return "its weights are few";
  if (kRatio * kParts * op.getM() > op.getK())
    return "two results would be more than half as large as the weights";
  return "";
}

/// Whether a product is worth two results whatever its operands are: cut by
/// rows or by columns, each of two threads reads half of one operand and all of
/// the other.
static bool isLong(MatmulOp op) {
  int64_t m = op.getM(), n = op.getN(), k = op.getK();
  return k >= kLength * std::max(m, n) && m * n <= kSmall &&
         k * (m + n + std::min(m, n)) / 2 >= kFar;
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
      bool isWeight = isTrained(func, op.getRhs());
      if (!isWeight && !isLong(op))
        continue;
      StringRef obstacle = findObstacle(op);
      if (obstacle.empty() && isWeight)
        obstacle = findObstacleOfWeights(op);
      else if (obstacle.empty() && op.getTransposeLhs() &&
               isInput(func, op.getLhs()))
        obstacle = "zeros of the input can be passed over";
      if (!obstacle.empty()) {
        (void)notifyFailure(rewriter, op, ("is not split: " + obstacle).str());
        continue;
      }
      rewriter.setInsertionPoint(op);
      Value parts = rewriter.create<PartialMatmulOp>(
          withRole(op.getLoc(), "parts"), op.getLhs(), op.getRhs(), kParts,
          op.getTransposeLhs());
      rewriter.replaceOpWithNewOp<ReduceOp>(op, Reduction::sum, parts,
                                            ArrayRef<int64_t>{0});
    }
  }
};
} // namespace
