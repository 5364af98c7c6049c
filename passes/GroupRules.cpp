//===- GroupRules.cpp - What a fusion group may hold ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupRules.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace kiln;

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

bool kiln::isFree(Operation *op) { return isa<ConstantOp, BroadcastOp>(op); }

bool kiln::isUpdate(Operation *op) {
  return isa<SgdUpdateOp, MomentumUpdateOp, AdamUpdateOp>(op);
}

bool kiln::isElementwiseOn(Operation *op, ArrayRef<int64_t> shape) {
  if (!op->hasTrait<ElementwiseLanes>())
    return false;
  // `hyper` is the only operand of another shape; updates keep it last.
  OperandRange operands = op->getOperands();
  if (isUpdate(op))
    operands = operands.drop_back();
  auto hasShape = [&](Value value) { return getShape(value) == shape; };
  return llvm::all_of(operands, hasShape) &&
         llvm::all_of(op->getResults(), hasShape);
}

std::optional<std::pair<int64_t, int64_t>> kiln::getRowSpace(Operation *op) {
  auto of = [](Value matrix) -> std::optional<std::pair<int64_t, int64_t>> {
    ArrayRef<int64_t> shape = getShape(matrix);
    if (shape.size() != 2)
      return std::nullopt;
    return std::pair(shape[0], shape[1]);
  };
  if (isa<SoftmaxOp, SoftmaxCrossEntropyOp, ArgmaxOp>(op))
    return of(op->getOperand(0));
  if (isa<OneHotOp>(op))
    return of(op->getResult(0));
  if (auto reduce = dyn_cast<ReduceOp>(op))
    if (reduce.getDims() == ArrayRef<int64_t>{1})
      return of(reduce.getInput());
  return std::nullopt;
}

bool kiln::isRowOp(Operation *op, int64_t rows, int64_t columns) {
  if (auto space = getRowSpace(op))
    return *space == std::pair(rows, columns);
  if (isa<RowMaskOp>(op))
    return getShape(op->getResult(0)) == ArrayRef(rows);
  if (isUpdate(op))
    return false;
  return isElementwiseOn(op, {rows, columns}) || isElementwiseOn(op, {rows});
}

bool kiln::isColumnReduction(Operation *op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  return reduce && getShape(reduce.getInput()).size() >= 2 &&
         reduce.getDims() == ArrayRef<int64_t>{0};
}

bool kiln::isStepReduction(Operation *op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  return reduce && getShape(reduce.getInput()).size() == 3 &&
         reduce.getDims() == ArrayRef<int64_t>{1};
}

bool kiln::isGradientAnchor(Operation *op) {
  return isa<MatmulOp, PackedMatmulOp, ChainSumOp>(op) || isColumnReduction(op);
}

bool kiln::readsMemory(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (auto scan = dyn_cast<ScanOp>(op))
    // States may start from zero without being stored.
    return operand.getOperandNumber() >= scan.getInit().size() ||
           !matchPattern(operand.get(), m_AnyZeroFloat());
  if (isa<ScatterOp, ChainSumOp>(op))
    return operand.getOperandNumber() != 0;
  return isa<MatmulOp, PackedMatmulOp, PartialMatmulOp, GatherOp, TransposeOp,
             PackOp, UniqueOp, ChainOp, SplitOp, ConcatOp, ReverseOp>(op) ||
         isColumnReduction(op);
}

bool kiln::isPrologue(Operation *op, FusionKind kind, ArrayRef<int64_t> shape) {
  switch (kind) {
  case FusionKind::steps:
    if (isa<GatherOp>(op))
      return getShape(op->getResult(0)) == shape;
    [[fallthrough]];
  case FusionKind::scatter:
  case FusionKind::total:
    return !isUpdate(op) && isElementwiseOn(op, shape);
  default:
    return false;
  }
}

bool kiln::isCopiedInBlocks(MatmulOp op) {
  // Where tiles of a long batch would copy it again and again, one transposed
  // copy serves all of them, unless it is large.
  constexpr int64_t rows = 32, manyRows = 1024;
  constexpr int64_t elements = 1 << 12, manyElements = 1 << 18;
  return !op->getParentOfType<ScanOp>() && op.getM() >= rows &&
         op.getN() * op.getK() >=
             (op.getM() < manyRows ? elements : manyElements);
}

bool kiln::isTotal(Operation *op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  return reduce && !reduce.getDims().empty() &&
         reduce.getDims().size() == getShape(reduce.getInput()).size();
}

std::optional<FusionKind> kiln::getKindAlone(Operation *op) {
  if (auto matmul = dyn_cast<MatmulOp>(op)) {
    if ((matmul.getTransposeRhs() && !isCopiedInBlocks(matmul)) ||
        matmul.getBfloat16())
      return std::nullopt;
    return FusionKind::contraction;
  }
  if (isa<PartialMatmulOp, PackedMatmulOp>(op))
    return FusionKind::contraction;
  if (isTotal(op))
    return FusionKind::total;
  if (getRowSpace(op))
    return FusionKind::rows;
  if (isColumnReduction(op))
    return FusionKind::columns;
  if (isStepReduction(op))
    return FusionKind::steps;
  if (isa<TransposeOp>(op))
    return FusionKind::transpose;
  if (isa<PackOp>(op))
    return FusionKind::pack;
  if (isa<RandomMaskOp>(op))
    return FusionKind::random;
  if (isa<GatherOp>(op))
    return FusionKind::gather;
  if (isa<ChainSumOp>(op))
    return FusionKind::scatter;
  // Over a whole batch, rows would have many owners (kiln-chain-scatters).
  if (auto scatter = dyn_cast<ScatterOp>(op))
    return scatter.getBatchDims() == 1 ? std::optional(FusionKind::scatter)
                                       : std::nullopt;
  if (isa<UniqueOp, ChainOp>(op))
    return FusionKind::index;
  if (isa<SplitOp, ConcatOp, ReverseOp>(op))
    return FusionKind::copy;
  if (isa<ScanOp>(op))
    return FusionKind::scan;
  if (isa<RowMaskOp>(op) || isFree(op) || op->hasTrait<ElementwiseLanes>())
    return FusionKind::elementwise;
  return std::nullopt;
}

/// The op that a group of this kind has exactly one of; null, with a
/// diagnostic, when there is none or another.
static Operation *findSingle(FusionOp group, StringRef what,
                             llvm::function_ref<bool(Operation *)> matches) {
  Operation *found = nullptr;
  for (Operation &op : group.getBody().front()) {
    if (!matches(&op))
      continue;
    if (found) {
      op.emitOpError("is one too many, expected ") << what << " in the group";
      return nullptr;
    }
    found = &op;
  }
  if (!found)
    group.emitOpError("expected ") << what << " in the group";
  return found;
}

/// Checks that all ops but `anchor`, free ops and the yield pass `allowed`.
static LogicalResult
verifyOthers(FusionOp group, Operation *anchor,
             llvm::function_ref<bool(Operation *)> allowed) {
  for (Operation &op : group.getBody().front()) {
    if (&op == anchor || isFree(&op) || isa<YieldOp>(op) || allowed(&op))
      continue;
    return op.emitOpError("does not belong in a group of kind ")
           << stringifyFusionKind(group.getKind());
  }
  return success();
}

/// Inside a group a broadcast repeats what comes from outside, or along a row
/// what the row has given; constants repeat one value.
static LogicalResult verifyFree(FusionOp group) {
  for (Operation &op : group.getBody().front()) {
    auto constant = dyn_cast<ConstantOp>(op);
    if (constant && !isa<SplatElementsAttr>(constant.getValue()))
      return op.emitOpError("expected one value in all elements of a constant "
                            "inside a group");
    auto broadcast = dyn_cast<BroadcastOp>(op);
    if (!broadcast || isa<BlockArgument>(broadcast.getInput()))
      continue;
    if (group.getKind() != FusionKind::rows ||
        broadcast.getDims() != ArrayRef<int64_t>{0} ||
        isFree(broadcast.getInput().getDefiningOp()))
      return op.emitOpError("repeats a value that its group computes");
  }
  return success();
}

/// Most anchors read their operands before their group computes anything; those
/// that read operand `but` element by element may have it computed.
static LogicalResult verifyReadsInputs(Operation *anchor, int64_t but = -1) {
  for (OpOperand &operand : anchor->getOpOperands())
    if (operand.getOperandNumber() != but && !isa<BlockArgument>(operand.get()))
      return anchor->emitOpError(
          "needs all of a value that its group computes");
  return success();
}

/// What a group of this kind is built around, in words.
static StringRef getAnchorName(FusionKind kind) {
  switch (kind) {
  case FusionKind::contraction:
    return "a contraction";
  case FusionKind::columns:
    return "a reduction of columns";
  case FusionKind::total:
    return "a reduction to one number";
  case FusionKind::steps:
    return "a reduction along steps";
  default:
    return stringifyFusionKind(kind);
  }
}

bool kiln::isScanGather(Operation *op, ScanOp scan) {
  auto gather = dyn_cast<GatherOp>(op);
  if (!gather || !gather.getOutput().hasOneUse())
    return false;
  auto sequence = llvm::find(scan.getSequences(), gather.getOutput());
  if (sequence == scan.getSequences().end())
    return false;
  ArrayRef<int64_t> indices = getShape(gather.getIndices());
  return indices == ArrayRef<int64_t>{scan.getBatch(), scan.getSteps()} &&
         getShape(gather.getOutput()).size() == 3;
}

bool kiln::isScanScatter(Operation *op, ScanOp scan) {
  auto scatter = dyn_cast<ScatterOp>(op);
  return scatter && scatter.getBatchDims() == 1 &&
         scatter.getDescending() == scan.getReverse() &&
         scatter.getUpdates().hasOneUse() &&
         llvm::is_contained(scan.getOutputs(), scatter.getUpdates()) &&
         getShape(scatter.getUpdates()).size() == 3 &&
         getShape(scatter.getUpdates())[0] == scan.getBatch();
}

/// A recurrence with the gathers of its sequences and the scatters of its
/// outputs.
static LogicalResult verifyScan(FusionOp group) {
  Operation *anchor = findSingle(group, "a recurrence", llvm::IsaPred<ScanOp>);
  if (!anchor)
    return failure();
  auto scan = cast<ScanOp>(anchor);
  for (OpOperand &operand : scan->getOpOperands())
    if (Operation *producer = operand.get().getDefiningOp())
      if (isFree(producer) && readsMemory(operand))
        return scan.emitOpError("needs all of a value that its group computes");
  return verifyOthers(group, anchor, [&](Operation *op) {
    return isScanGather(op, scan) || isScanScatter(op, scan);
  });
}

LogicalResult kiln::verifyGroup(FusionOp group) {
  if (failed(verifyFree(group)))
    return failure();
  auto isKind = [](FusionKind kind) {
    return [kind](Operation *op) {
      return !isa<YieldOp>(op) && getKindAlone(op) == kind;
    };
  };
  FusionKind kind = group.getKind();
  switch (kind) {
  case FusionKind::contraction:
  case FusionKind::columns:
  case FusionKind::gather: {
    Operation *anchor = findSingle(group, getAnchorName(kind), isKind(kind));
    if (!anchor || failed(verifyReadsInputs(anchor)))
      return failure();
    ArrayRef<int64_t> shape = getShape(anchor->getResult(0));
    return verifyOthers(group, anchor, [&](Operation *op) {
      return isElementwiseOn(op, shape);
    });
  }
  case FusionKind::scatter:
  case FusionKind::steps: {
    Operation *anchor = findSingle(group, getAnchorName(kind), isKind(kind));
    if (!anchor || failed(verifyReadsInputs(anchor, /*but=*/0)))
      return failure();
    ArrayRef<int64_t> before = getShape(anchor->getOperand(0));
    ArrayRef<int64_t> after = getShape(anchor->getResult(0));
    for (Value value : group.getYield().getValues())
      if (getShape(value) != after)
        return anchor->emitOpError(
            "shares its group with a result of another shape");
    return verifyOthers(group, anchor, [&](Operation *op) {
      return (isPrologue(op, kind, before) && op->isBeforeInBlock(anchor)) ||
             isElementwiseOn(op, after);
    });
  }
  case FusionKind::total: {
    Operation *anchor = findSingle(group, getAnchorName(kind), isTotal);
    if (!anchor)
      return failure();
    ArrayRef<int64_t> shape = getShape(anchor->getOperand(0));
    return verifyOthers(group, anchor, [&](Operation *op) {
      return (isPrologue(op, kind, shape) && op->isBeforeInBlock(anchor)) ||
             isElementwiseOn(op, {});
    });
  }
  case FusionKind::rows: {
    std::optional<std::pair<int64_t, int64_t>> space;
    for (Operation &op : group.getBody().front())
      if (!space)
        space = getRowSpace(&op);
    if (!space)
      return group.emitOpError("expected an op along rows in the group");
    return verifyOthers(group, nullptr, [&](Operation *op) {
      return isRowOp(op, space->first, space->second);
    });
  }
  case FusionKind::elementwise: {
    mlir::Block &body = group.getBody().front();
    Operation *anchor = nullptr;
    for (Operation &op : body.without_terminator())
      if (!anchor || isFree(anchor))
        anchor = &op;
    if (!anchor)
      return group.emitOpError("expected an op in the group");
    ArrayRef<int64_t> shape = getShape(anchor->getResult(0));
    return verifyOthers(group, nullptr, [&](Operation *op) {
      if (isa<RowMaskOp>(op))
        return getShape(op->getResult(0)) == shape;
      return isElementwiseOn(op, shape);
    });
  }
  case FusionKind::scan:
    return verifyScan(group);
  case FusionKind::transpose:
  case FusionKind::pack:
  case FusionKind::random:
  case FusionKind::index:
  case FusionKind::copy: {
    Operation *anchor = findSingle(group, getAnchorName(kind), isKind(kind));
    if (!anchor || failed(verifyReadsInputs(anchor)))
      return failure();
    return verifyOthers(group, anchor, [](Operation *) { return false; });
  }
  }
  llvm_unreachable("unknown kind");
}
