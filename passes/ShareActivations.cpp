//===- ShareActivations.cpp - Gradients read what is stored ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#define DEBUG_TYPE "kiln-share-activations"

namespace kiln {
#define GEN_PASS_DEF_SHAREACTIVATIONS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// True for a constant of +0 in every element.
static bool isZero(Value value) {
  return matchPattern(value, m_PosZeroFloat());
}

/// What a dropout multiplies by, rounded once.
static float getScale(DropoutOp op) {
  return float(1.0 / (1.0 - op.getRate().convertToDouble()));
}

/// The dropout of `value` that `backward` is the gradient of, before `op`; null
/// if there is none.
static DropoutOp findForward(Value value, DropoutOp backward, Operation *op) {
  for (Operation *user : value.getUsers()) {
    auto forward = dyn_cast<DropoutOp>(user);
    if (forward && forward.getInput() == value &&
        forward.getMask() == backward.getMask() &&
        forward.getRateAttr() == backward.getRateAttr() &&
        forward->getBlock() == op->getBlock() && forward->isBeforeInBlock(op))
      return forward;
  }
  return {};
}

namespace {
/// y > 0 ? dropout(g, m) : 0, where d = dropout(y, m) exists, is
/// d > 0 ? g * s : 0 with the dropout's factor s >= 1. Where m keeps an
/// element, d = y * s is positive exactly where y is; elsewhere both are 0.
struct ReadDropout : public OpRewritePattern<SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SelectOp op,
                                PatternRewriter &rewriter) const override {
    auto compare = op.getCondition().getDefiningOp<CompareOp>();
    if (!compare || compare.getPredicate() != Predicate::gt ||
        !isZero(compare.getRhs()) || !isZero(op.getOnFalse()))
      return rewriter.notifyMatchFailure(op, "not of the form y > 0 ? x : 0");
    auto backward = op.getOnTrue().getDefiningOp<DropoutOp>();
    if (!backward)
      return rewriter.notifyMatchFailure(op, "does not choose a dropout");
    DropoutOp forward = findForward(compare.getLhs(), backward, op);
    if (!forward)
      return rewriter.notifyMatchFailure(op, "no dropout of the same value");

    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    Value kept = rewriter.create<CompareOp>(
        loc, Predicate::gt, forward.getOutput(), compare.getRhs());
    Value factor = rewriter.create<ConstantOp>(
        loc, DenseElementsAttr::get(type, getScale(backward)));
    Value scaled = rewriter.create<MulOp>(loc, backward.getInput(), factor);
    rewriter.replaceOpWithNewOp<SelectOp>(op, kept, scaled, op.getOnFalse());
    return success();
  }
};

struct ShareActivations
    : public kiln::impl::ShareActivationsBase<ShareActivations> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ReadDropout>(&getContext());
    if (failed(
            applyPatternsAndFoldGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
