//===- KilnScan.cpp - The recurrence op ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"
#include "ir/KilnOps.h"

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

int64_t ScanOp::getRowsAtOnce() {
  return getTileRows().value_or(getBatch());
}

/// Whether a sequence or output that the cell sees as `step` is kept in tiles.
static bool isTiled(RankedTensorType whole, RankedTensorType step) {
  return whole.getRank() == step.getRank() + 2;
}

int64_t ScanOp::getBatch() {
  auto whole = getTensorType(getSequences().front());
  auto step = getTensorType(getSequenceArguments().front());
  return isTiled(whole, step) ? whole.getDimSize(0) * whole.getDimSize(2)
                              : whole.getDimSize(0);
}

int64_t ScanOp::getSteps() {
  return getTensorType(getSequences().front()).getDimSize(1);
}

YieldOp ScanOp::getYield() {
  return llvm::cast<YieldOp>(getBody().front().getTerminator());
}

mlir::Block::BlockArgListType ScanOp::getStateArguments() {
  return getBody().getArguments().take_front(getInit().size());
}
mlir::Block::BlockArgListType ScanOp::getSequenceArguments() {
  return getBody().getArguments().slice(getInit().size(),
                                        getSequences().size());
}
mlir::Block::BlockArgListType ScanOp::getRowArguments() {
  return getBody().getArguments().slice(
      getInit().size() + getSequences().size(), getRows().size());
}
mlir::Block::BlockArgListType ScanOp::getCaptureArguments() {
  return getBody().getArguments().take_back(getCaptures().size());
}

OperandRange ScanOp::getNextStates() {
  return getYield().getValues().take_front(getStates().size());
}
OperandRange ScanOp::getStepOutputs() {
  return getYield().getValues().slice(getStates().size(), getOutputs().size());
}
OperandRange ScanOp::getContributions() {
  return getYield().getValues().take_back(getSums().size());
}

int64_t ScanOp::getFlops() {
  int64_t flops = 0;
  for (Operation &op : getBody().front())
    if (auto cost = llvm::dyn_cast<CostOpInterface>(op))
      flops += cost.getFlops();
  return flops * getSteps() * (getBatch() / getRowsAtOnce());
}

LogicalResult ScanOp::verify() { return success(); }

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {}

LogicalResult ScanOp::interpret(Interpreter &interpreter,
                                llvm::ArrayRef<Tensor> operands,
                                llvm::SmallVectorImpl<Tensor> &results) {
  return emitOpError("has no interpretation yet");
}

LogicalResult
ScanOp::buildAdjoints(OpBuilder &builder, ValueRange resultAdjoints,
                      llvm::SmallVectorImpl<Value> &operandAdjoints) {
  return emitOpError("has no gradient rule yet");
}
