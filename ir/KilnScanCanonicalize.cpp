//===- KilnScanCanonicalize.cpp - Removing what nobody reads of a scan ----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The gradient rule of a scan asks for all adjoints and saves what they need.
// Here goes what turns out to have no reader: outputs, sums, states that feed
// nothing but themselves, arguments, and whatever was twice.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace kiln;

/// The values of the cell on which a result that is used depends.
static llvm::DenseSet<Value> findLive(ScanOp op) {
  llvm::DenseSet<Value> live;
  llvm::SmallVector<Value> worklist;
  auto mark = [&](Value value) {
    if (live.insert(value).second)
      worklist.push_back(value);
  };
  ValueRange yields = op.getYield().getValues();
  for (auto [value, result] : llvm::zip_equal(yields, op->getResults()))
    if (!result.use_empty())
      mark(value);
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (auto argument = llvm::dyn_cast<BlockArgument>(value)) {
      if (argument.getArgNumber() < op.getInit().size())
        mark(yields[argument.getArgNumber()]);
      continue;
    }
    llvm::for_each(value.getDefiningOp()->getOperands(), mark);
  }
  return live;
}

namespace {
struct RemoveUnread : public OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override;
};

struct MergeEqual : public OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override;
};
} // namespace

LogicalResult RemoveUnread::matchAndRewrite(ScanOp op,
                                            PatternRewriter &rewriter) const {
  if (op->use_empty())
    return rewriter.notifyMatchFailure(op, "it is dead as a whole");
  llvm::DenseSet<Value> live = findLive(op);
  mlir::Block *cell = &op.getBody().front();
  unsigned stateCount = op.getInit().size();
  unsigned sequenceEnd = stateCount + op.getSequences().size();

  llvm::BitVector deadOperands(op->getNumOperands());
  llvm::BitVector deadResults(op->getNumResults());
  for (OpResult result : op->getResults())
    if (result.use_empty())
      deadResults.set(result.getResultNumber());
  for (BlockArgument argument : cell->getArguments())
    if (!live.contains(argument))
      deadOperands.set(argument.getArgNumber());
  // A state stays whole, if anything reads its last value or any before.
  for (unsigned i = 0; i < stateCount; ++i)
    if (!deadResults[i] || !deadOperands[i]) {
      deadResults.reset(i);
      deadOperands.reset(i);
    }
  if (op.getIdleWhen())
    deadOperands.reset(stateCount + *op.getIdleWhen());
  // Steps and samples are counted by the first sequence.
  if (deadOperands.find_first_unset_in(stateCount, sequenceEnd) == -1)
    deadOperands.reset(stateCount);
  if (deadOperands.none() && deadResults.none())
    return rewriter.notifyMatchFailure(op, "all of it is read");

  auto keepOperands = [&](OperandRange operands) {
    llvm::SmallVector<Value> kept;
    for (unsigned i = 0; i < operands.size(); ++i)
      if (!deadOperands[operands.getBeginOperandIndex() + i])
        kept.push_back(operands[i]);
    return kept;
  };
  auto keepTypes = [&](ResultRange results) {
    llvm::SmallVector<Type> kept;
    for (Value result : results)
      if (!deadResults[llvm::cast<OpResult>(result).getResultNumber()])
        kept.push_back(result.getType());
    return kept;
  };
  IntegerAttr idleWhen = op.getIdleWhenAttr();
  if (idleWhen) {
    unsigned index = 0;
    for (unsigned i = 0; i < *op.getIdleWhen(); ++i)
      index += !deadOperands[stateCount + i];
    idleWhen = rewriter.getI64IntegerAttr(index);
  }
  auto smaller = rewriter.create<ScanOp>(
      op.getLoc(), keepTypes(op.getStates()), keepTypes(op.getOutputs()),
      keepTypes(op.getSums()), keepOperands(op.getInit()),
      keepOperands(op.getSequences()), keepOperands(op.getRows()),
      keepOperands(op.getCaptures()), op.getReverseAttr(), op.getTileRowsAttr(),
      idleWhen, op.getChunkAttr());
  smaller->setDiscardableAttrs(op->getDiscardableAttrDictionary());

  YieldOp yield = op.getYield();
  llvm::SmallVector<Value> yields, results;
  for (OpResult result : op->getResults())
    if (!deadResults[result.getResultNumber()]) {
      yields.push_back(yield.getValues()[result.getResultNumber()]);
      results.push_back(result);
    }
  rewriter.modifyOpInPlace(yield,
                           [&] { yield.getValuesMutable().assign(yields); });
  llvm::SmallVector<Operation *> cellOps;
  for (Operation &cellOp : cell->without_terminator())
    cellOps.push_back(&cellOp);
  for (Operation *cellOp : llvm::reverse(cellOps))
    if (cellOp->use_empty())
      rewriter.eraseOp(cellOp);
  rewriter.modifyOpInPlace(op, [&] { cell->eraseArguments(deadOperands); });
  rewriter.inlineRegionBefore(op.getBody(), smaller.getBody(),
                              smaller.getBody().end());
  for (auto [result, kept] : llvm::zip_equal(results, smaller->getResults()))
    rewriter.replaceAllUsesWith(result, kept);
  rewriter.eraseOp(op);
  return success();
}

LogicalResult MergeEqual::matchAndRewrite(ScanOp op,
                                          PatternRewriter &rewriter) const {
  bool changed = false;
  mlir::Block &cell = op.getBody().front();
  unsigned stateCount = op.getInit().size();

  // Later arguments that see the same as an earlier one of their kind.
  auto mergeOperands = [&](OperandRange operands) {
    if (operands.empty())
      return;
    unsigned begin = operands.getBeginOperandIndex();
    for (unsigned i = 0; i < operands.size(); ++i)
      for (unsigned j = i + 1; j < operands.size(); ++j) {
        BlockArgument first = cell.getArgument(begin + i);
        BlockArgument second = cell.getArgument(begin + j);
        if (operands[i] != operands[j] || first.getType() != second.getType())
          continue;
        if (op.getIdleWhen() && *op.getIdleWhen() + stateCount == begin + j) {
          rewriter.modifyOpInPlace(op, [&] { op.setIdleWhen(i); });
          changed = true;
        }
        if (second.use_empty())
          continue;
        rewriter.replaceAllUsesWith(second, first);
        changed = true;
      }
  };
  mergeOperands(op.getSequences());
  mergeOperands(op.getRows());
  mergeOperands(op.getCaptures());

  // Later outputs and sums that are an earlier one.
  auto mergeResults = [&](ResultRange results, OperandRange yields) {
    for (unsigned i = 0; i < results.size(); ++i)
      for (unsigned j = i + 1; j < results.size(); ++j)
        if (yields[i] == yields[j] && !results[j].use_empty() &&
            results[i].getType() == results[j].getType()) {
          rewriter.replaceAllUsesWith(results[j], results[i]);
          changed = true;
        }
  };
  mergeResults(op.getOutputs(), op.getStepOutputs());
  mergeResults(op.getSums(), op.getContributions());
  if (!changed)
    return rewriter.notifyMatchFailure(op, "nothing is there twice");
  return success();
}

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<RemoveUnread, MergeEqual>(context);
}
