//===- Scans.cpp - Edits of recurrences -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Scans.h"

#include "passes/GroupRules.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace kiln;

/// Appends `value` to a kind of operands whose arguments are `arguments`.
static BlockArgument addOperand(ScanOp scan, MutableOperandRange operands,
                                mlir::Block::BlockArgListType arguments,
                                unsigned firstArgument, Value value,
                                Type stepType) {
  for (auto [operand, argument] :
       llvm::zip_equal(OperandRange(operands), arguments))
    if (operand == value)
      return argument;
  unsigned index = firstArgument + arguments.size();
  operands.append(value);
  return scan.getBody().insertArgument(index, stepType, value.getLoc());
}

static unsigned getFirstSequence(ScanOp scan) { return scan.getInit().size(); }
static unsigned getFirstRow(ScanOp scan) {
  return getFirstSequence(scan) + scan.getSequences().size();
}
static unsigned getFirstCapture(ScanOp scan) {
  return getFirstRow(scan) + scan.getRows().size();
}

BlockArgument kiln::addSequence(ScanOp scan, Value sequence) {
  auto type = cast<RankedTensorType>(sequence.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.begin() + 1);
  shape.front() = scan.getRowsAtOnce();
  return addOperand(scan, scan.getSequencesMutable(),
                    scan.getSequenceArguments(), getFirstSequence(scan),
                    sequence, type.clone(shape));
}

BlockArgument kiln::addRow(ScanOp scan, Value row) {
  auto type = cast<RankedTensorType>(row.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.front() = scan.getRowsAtOnce();
  return addOperand(scan, scan.getRowsMutable(), scan.getRowArguments(),
                    getFirstRow(scan), row, type.clone(shape));
}

BlockArgument kiln::addCapture(ScanOp scan, Value capture) {
  return addOperand(scan, scan.getCapturesMutable(), scan.getCaptureArguments(),
                    getFirstCapture(scan), capture, capture.getType());
}

Value kiln::getCapture(ScanOp scan, Value argument) {
  for (auto [inside, outside] :
       llvm::zip_equal(scan.getCaptureArguments(), scan.getCaptures()))
    if (inside == argument)
      return outside;
  return {};
}

/// Removes the operands of one kind whose arguments nothing reads, but `keep`
/// of them.
static void eraseUnused(ScanOp scan, MutableOperandRange operands,
                        unsigned firstArgument, unsigned keep) {
  for (unsigned i = operands.size(); i-- > 0;) {
    if (operands.size() <= keep)
      return;
    if (!scan.getBody().getArgument(firstArgument + i).use_empty())
      continue;
    operands.erase(i);
    scan.getBody().eraseArgument(firstArgument + i);
  }
}

void kiln::eraseUnusedOperands(ScanOp scan) {
  // From the last kind on, for the places of earlier ones do not change.
  eraseUnused(scan, scan.getCapturesMutable(), getFirstCapture(scan), 0);
  eraseUnused(scan, scan.getRowsMutable(), getFirstRow(scan), 0);
  auto idle = scan.getIdleWhen();
  if (!idle)
    eraseUnused(scan, scan.getSequencesMutable(), getFirstSequence(scan), 1);
}

ScanOp kiln::replaceOutputs(
    RewriterBase &rewriter, ScanOp scan, ValueRange values, TypeRange types,
    llvm::function_ref<void(ScanOp newScan, ValueRange oldOutputs)> rewire) {
  rewriter.setInsertionPoint(scan);
  auto newScan = rewriter.create<ScanOp>(
      scan.getLoc(), scan.getStates().getTypes(), types,
      scan.getSums().getTypes(), scan.getInit(), scan.getSequences(),
      scan.getRows(), scan.getCaptures(), scan.getReverseAttr(),
      scan.getTileRowsAttr(), scan.getIdleWhenAttr(), scan.getChunkAttr());
  newScan->setDiscardableAttrs(scan->getDiscardableAttrDictionary());
  SmallVector<Value> yielded(scan.getNextStates());
  llvm::append_range(yielded, values);
  llvm::append_range(yielded, scan.getContributions());
  scan.getYield().getValuesMutable().assign(yielded);
  newScan.getBody().takeBody(scan.getBody());
  rewriter.replaceAllUsesWith(scan.getStates(), newScan.getStates());
  rewriter.replaceAllUsesWith(scan.getSums(), newScan.getSums());
  rewire(newScan, scan.getOutputs());
  rewriter.eraseOp(scan);
  return newScan;
}

void kiln::hoistInvariants(RewriterBase &rewriter, ScanOp scan) {
  rewriter.setInsertionPoint(scan);
  IRMapping outside;
  for (auto [argument, capture] :
       llvm::zip_equal(scan.getCaptureArguments(), scan.getCaptures()))
    outside.map(argument, capture);

  SmallVector<Operation *> left;
  for (Operation &op : scan.getBody().front().without_terminator()) {
    if (isFree(&op))
      continue;
    auto isConstant = [](Value value) {
      return value.getDefiningOp<ConstantOp>() != nullptr;
    };
    auto isInvariant = [&](Value value) {
      return outside.contains(value) || isConstant(value);
    };
    if (llvm::all_of(op.getOperands(), isConstant) ||
        !llvm::all_of(op.getOperands(), isInvariant))
      continue;
    for (Value operand : op.getOperands())
      if (!outside.contains(operand))
        rewriter.clone(*operand.getDefiningOp(), outside);
    rewriter.clone(op, outside);
    left.push_back(&op);
  }
  auto stays = [&](Operation *user) { return !llvm::is_contained(left, user); };
  for (Operation *op : left)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), stays))
        rewriter.replaceAllUsesWith(result,
                                    addCapture(scan, outside.lookup(result)));
  for (Operation *op : llvm::reverse(left))
    rewriter.eraseOp(op);
  if (!left.empty())
    eraseUnusedOperands(scan);
}
