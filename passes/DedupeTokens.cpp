//===- DedupeTokens.cpp - Project each distinct token once ----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupRules.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"

#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"

#define DEBUG_TYPE "kiln-dedupe-tokens"

namespace kiln {
#define GEN_PASS_DEF_DEDUPETOKENS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

namespace {
/// What is known of a value that holds a row for each token, and is a function
/// of the token's row of the table.
struct RowWise {
  /// `[B*T, ...]` instead of `[B, T, ...]`.
  bool isFlat;
  /// The function differs from sample to sample.
  bool perSample;
  /// It contains a contraction, so that computing it less often pays.
  bool contracts;
};

/// Computes what a gather of a table feeds on other rows instead: `groups`
/// times `length` of them.
class Clone {
public:
  Clone(RewriterBase &rewriter, int64_t groups, int64_t length)
      : groups(groups), length(length), rewriter(rewriter) {}

  /// Says what stands in the place of a value.
  void map(Value value, Value other) { values[value] = other; }
  /// A copy of `value`, on the other rows.
  Value get(Value value, const llvm::DenseMap<Value, RowWise> &rowWise);

  int64_t groups, length;

private:
  RankedTensorType getType(Type type, bool isFlat) const;

  RewriterBase &rewriter;
  llvm::DenseMap<Value, Value> values;
};

/// Rewrites the scans that one gather feeds.
class Deduper {
public:
  Deduper(RewriterBase &rewriter, GatherOp gather, bool tabulate)
      : rewriter(rewriter), gather(gather), tabulate(tabulate) {
    ArrayRef<int64_t> shape = getTensorType(gather.getIndices()).getShape();
    batch = shape[0];
    steps = shape[1];
  }

  void run();

private:
  void findRowWise();
  std::optional<RowWise> classify(Operation *op) const;
  std::optional<RowWise> classifyOperand(Value value, bool isFlat) const;
  Value gatherFlat(Value rows, Value indices);
  Value fromTable(Value value);
  Value fromDistinct(Value value);

  RewriterBase &rewriter;
  GatherOp gather;
  bool tabulate;
  int64_t batch, steps;
  llvm::DenseMap<Value, RowWise> rowWise;
  /// The rows that have been computed: the table's, each sample's distinct
  /// ones, the batch's.
  std::optional<Clone> table, ofSample, ofBatch;
  Value samplePositions, batchPositions;
};
} // namespace

RankedTensorType Clone::getType(Type type, bool isFlat) const {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape;
  if (isFlat)
    shape = {groups * length};
  else
    shape = {groups, length};
  llvm::append_range(shape, tensor.getShape().drop_front(isFlat ? 1 : 2));
  return tensor.clone(shape);
}

Value Clone::get(Value value, const llvm::DenseMap<Value, RowWise> &rowWise) {
  if (Value known = values.lookup(value))
    return known;
  Operation *op = value.getDefiningOp();
  bool isFlat = rowWise.lookup(op->getResult(0)).isFlat;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    if (rowWise.contains(operand)) {
      operands.push_back(get(operand, rowWise));
    } else if (isa<MatmulOp>(op)) {
      operands.push_back(operand);
    } else if (auto constant = dyn_cast<ConstantOp>(producer)) {
      operands.push_back(rewriter.create<ConstantOp>(
          op->getLoc(), cast<DenseElementsAttr>(constant.getValue())
                            .resizeSplat(getType(operand.getType(), isFlat))));
    } else {
      auto broadcast = cast<BroadcastOp>(producer);
      operands.push_back(rewriter.create<BroadcastOp>(
          op->getLoc(), getType(operand.getType(), isFlat),
          broadcast.getInput(), broadcast.getDims()));
    }
  }
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(getType(type, isFlat));
  if (isa<ReshapeOp>(op)) {
    values[value] =
        rewriter.createOrFold<ReshapeOp>(op->getLoc(), types[0], operands[0]);
    return values[value];
  }
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  Operation *copy = rewriter.create(state);
  for (auto [result, other] :
       llvm::zip_equal(op->getResults(), copy->getResults()))
    values[result] = other;
  return values[value];
}

/// An operand of an elementwise op, of one form: a row's own, the same for all
/// rows, or the same for all rows of a sample.
std::optional<RowWise> Deduper::classifyOperand(Value value,
                                                bool isFlat) const {
  if (auto known = rowWise.find(value); known != rowWise.end()) {
    if (known->second.isFlat != isFlat)
      return std::nullopt;
    return known->second;
  }
  Operation *producer = value.getDefiningOp();
  if (auto constant = dyn_cast_if_present<ConstantOp>(producer)) {
    if (!isa<SplatElementsAttr>(constant.getValue()))
      return std::nullopt;
    return RowWise{isFlat, false, false};
  }
  auto broadcast = dyn_cast_if_present<BroadcastOp>(producer);
  if (!broadcast)
    return std::nullopt;
  ArrayRef<int64_t> dims = broadcast.getDims();
  if (llvm::is_contained(dims, isFlat ? 0 : 1))
    return std::nullopt;
  return RowWise{isFlat, !isFlat && llvm::is_contained(dims, 0), false};
}

/// What is known of the results of an op that has an operand with a row for
/// each token; none if a row of them depends on more than its own.
std::optional<RowWise> Deduper::classify(Operation *op) const {
  Value first;
  for (Value operand : op->getOperands())
    if (!first && rowWise.contains(operand))
      first = operand;
  if (!first)
    return std::nullopt;
  RowWise known = rowWise.lookup(first);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    // From one form to the other.
    ArrayRef<int64_t> from = getTensorType(first).getShape();
    SmallVector<int64_t> to = {batch * steps};
    if (known.isFlat)
      to = {batch, steps};
    llvm::append_range(to, from.drop_front(known.isFlat ? 1 : 2));
    if (getTensorType(reshape).getShape() != ArrayRef(to))
      return std::nullopt;
    known.isFlat = !known.isFlat;
    return known;
  }
  if (auto matmul = dyn_cast<MatmulOp>(op)) {
    if (!known.isFlat || matmul.getTransposeLhs() || first != matmul.getLhs() ||
        rowWise.contains(matmul.getRhs()))
      return std::nullopt;
    known.contracts = true;
    return known;
  }
  bool isElementwise = op->hasTrait<ElementwiseLanes>() && !isUpdate(op);
  if (!isElementwise && !isa<SplitOp, ConcatOp>(op))
    return std::nullopt;
  for (Value operand : op->getOperands()) {
    std::optional<RowWise> other = classifyOperand(operand, known.isFlat);
    if (!other || (!isElementwise && !rowWise.contains(operand)))
      return std::nullopt;
    known.perSample |= other->perSample;
    known.contracts |= other->contracts;
  }
  return known;
}

void Deduper::findRowWise() {
  rowWise[gather.getOutput()] = {false, false, false};
  for (Operation *op = gather->getNextNode(); op; op = op->getNextNode())
    if (std::optional<RowWise> known = classify(op))
      for (Value result : op->getResults())
        rowWise[result] = *known;
}

/// The rows of one group `rows`, gathered by `indices`, `[B, T]`.
Value Deduper::gatherFlat(Value rows, Value indices) {
  ArrayRef<int64_t> shape = getTensorType(rows).getShape();
  rows = rewriter.createOrFold<ReshapeOp>(
      gather.getLoc(), getTensorType(rows).clone(shape.drop_front()), rows);
  return rewriter.create<GatherOp>(gather.getLoc(), rows, indices, 0);
}

/// `value` for every row of the table, gathered.
Value Deduper::fromTable(Value value) {
  auto type = getTensorType(gather.getTable());
  int64_t vocabulary = type.getDimSize(0);
  if (!table) {
    table.emplace(rewriter, 1, vocabulary);
    table->map(gather.getOutput(),
               rewriter.create<ReshapeOp>(
                   gather.getLoc(),
                   type.clone({1, vocabulary, type.getDimSize(1)}),
                   gather.getTable()));
  }
  return gatherFlat(table->get(value, rowWise), gather.getIndices());
}

/// `value` for the distinct tokens, gathered by where they stand among them.
Value Deduper::fromDistinct(Value value) {
  bool perSample = rowWise.lookup(value).perSample;
  std::optional<Clone> &clone = perSample ? ofSample : ofBatch;
  Value &positions = perSample ? samplePositions : batchPositions;
  Location loc = gather.getLoc();
  Type indices = gather.getIndices().getType();
  if (!clone) {
    int64_t groups = perSample ? batch : 1;
    clone.emplace(rewriter, groups, batch * steps / groups);
    Value tokens = rewriter.createOrFold<ReshapeOp>(
        loc, cast<RankedTensorType>(indices).clone({groups, clone->length}),
        gather.getIndices());
    auto unique = rewriter.create<UniqueOp>(loc, tokens);
    positions =
        rewriter.createOrFold<ReshapeOp>(loc, indices, unique.getPositions());
    clone->map(gather.getOutput(),
               rewriter.create<GatherOp>(loc, gather.getTable(),
                                         unique.getValues(), 0));
  }
  Value rows = clone->get(value, rowWise);
  return perSample ? rewriter.create<GatherOp>(loc, rows, positions, 1)
                   : gatherFlat(rows, positions);
}

void Deduper::run() {
  findRowWise();
  llvm::DenseMap<Value, Value> done;
  for (Operation &op : llvm::make_early_inc_range(*gather->getBlock())) {
    auto scan = dyn_cast<ScanOp>(op);
    if (!scan)
      continue;
    for (OpOperand &operand : scan.getSequencesMutable()) {
      Value value = operand.get();
      auto known = rowWise.find(value);
      if (known == rowWise.end())
        continue;
      if (!known->second.contracts || known->second.isFlat) {
        (void)rewriter.notifyMatchFailure(
            scan, "no contraction stands between a gather and its sequence");
        continue;
      }
      Value &instead = done[value];
      if (!instead) {
        rewriter.setInsertionPoint(scan);
        instead = tabulate && !known->second.perSample ? fromTable(value)
                                                       : fromDistinct(value);
      }
      operand.set(instead);
    }
  }
}

namespace {
struct DedupeTokens : public kiln::impl::DedupeTokensBase<DedupeTokens> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    PassRewriter rewriter(getOperation(), DEBUG_TYPE);
    // Weights do not change while a program without updates runs.
    bool tabulate = func.getName() != funcs::trainStep;
    for (GatherOp gather : llvm::to_vector(func.front().getOps<GatherOp>()))
      if (gather.getBatchDims() == 0 &&
          getTensorType(gather.getIndices()).getRank() == 2)
        Deduper(rewriter, gather, tabulate).run();
  }
};
} // namespace
