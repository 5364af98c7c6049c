//===- KilnScan.cpp - The recurrence op ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnScan.h"

#include "ir/Interpreter.h"
#include "mlir/IR/IRMapping.h"

#include <cmath>

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

int64_t ScanOp::getRowsAtOnce() { return getTileRows().value_or(getBatch()); }

int64_t kiln::getTileRows(int64_t batch, int64_t most) {
  int64_t rows = most > 0 ? std::min(batch, most) : batch;
  while (batch % rows != 0)
    --rows;
  return rows;
}

bool kiln::isKeptInTiles(Type whole, Type step) {
  return llvm::cast<RankedTensorType>(whole).getRank() ==
         llvm::cast<RankedTensorType>(step).getRank() + 2;
}

int64_t ScanOp::getBatch() {
  auto whole = getTensorType(getSequences().front());
  auto step = getTensorType(getSequenceArguments().front());
  return isKeptInTiles(whole, step) ? whole.getDimSize(0) * whole.getDimSize(2)
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

ScanOp kiln::cloneWithOutputs(OpBuilder &builder, ScanOp op,
                              ValueRange values) {
  assert(op.getSums().empty() && "sums come after outputs");
  llvm::SmallVector<Type> outputTypes(op.getOutputs().getTypes());
  for (Value value : values) {
    RankedTensorType step = getTensorType(value);
    llvm::SmallVector<int64_t> shape(step.getShape());
    shape.front() = op.getBatch();
    shape.insert(shape.begin() + 1, op.getSteps());
    outputTypes.push_back(step.clone(shape));
  }
  auto larger = builder.create<ScanOp>(
      op.getLoc(), op.getStates().getTypes(), outputTypes, TypeRange(),
      op.getInit(), op.getSequences(), op.getRows(), op.getCaptures(),
      op.getReverseAttr(), op.getTileRowsAttr(), op.getIdleWhenAttr(),
      op.getChunkAttr());
  larger->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  IRMapping mapping;
  op.getBody().cloneInto(&larger.getBody(), mapping);
  for (Value value : values)
    larger.getYield().getValuesMutable().append(mapping.lookup(value));
  return larger;
}

int64_t ScanOp::getFlops() {
  int64_t flops = 0;
  for (Operation &op : getBody().front())
    if (auto cost = llvm::dyn_cast<CostOpInterface>(op))
      flops += cost.getFlops();
  return flops * getSteps() * (getBatch() / getRowsAtOnce());
}

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

/// What the cell sees of `whole`, which is a tensor `[B, ...]`.
static Type getRowsType(RankedTensorType whole, int64_t rowsAtOnce) {
  llvm::SmallVector<int64_t> shape(whole.getShape());
  shape.front() = rowsAtOnce;
  return whole.clone(shape);
}

/// What the cell sees of `whole`, which is a sequence `[B, T, ...]` or in tiles
/// `[B/R, T, R, ...]`.
static Type getStepType(RankedTensorType whole, int64_t rowsAtOnce,
                        bool tiled) {
  llvm::SmallVector<int64_t> shape = {rowsAtOnce};
  llvm::append_range(shape, whole.getShape().drop_front(tiled ? 3 : 2));
  return whole.clone(shape);
}

/// `scan_c1`: `inside`, argument or yielded value `index`, belongs to a type
/// outside that asks for `expected`.
static LogicalResult verifyPart(ScanOp op, llvm::StringRef what, unsigned index,
                                Type expected, Value inside) {
  if (inside.getType() == expected)
    return success();
  return op.emitOpError("scan_c1: expected ")
         << what << ' ' << index << " of type " << expected << ", got "
         << inside.getType();
}

/// `scan_c1` for sequences and outputs, and that all have the same steps of the
/// same samples (`scan_c2`).
static LogicalResult verifySteps(ScanOp op, llvm::StringRef what,
                                 unsigned index, RankedTensorType whole,
                                 Value inside) {
  auto step = getTensorType(inside);
  int64_t rank = whole.getRank(), rowsAtOnce = op.getRowsAtOnce();
  bool tiled = isKeptInTiles(whole, step);
  if (rank < 2 || (!tiled && rank != step.getRank() + 1))
    return op.emitOpError("scan_c1: expected ")
           << what << ' ' << index << " to be a step of " << whole << ", got "
           << step;
  if (whole.getDimSize(1) != op.getSteps())
    return op.emitOpError("scan_c2: expected ")
           << op.getSteps() << " steps, got " << whole;
  int64_t batch =
      tiled ? whole.getDimSize(0) * whole.getDimSize(2) : whole.getDimSize(0);
  if (batch != op.getBatch() || (tiled && whole.getDimSize(2) != rowsAtOnce))
    return op.emitOpError("scan_c2: expected ")
           << op.getBatch() << " samples, " << rowsAtOnce << " at once, got "
           << whole;
  return verifyPart(op, what, index, getStepType(whole, rowsAtOnce, tiled),
                    inside);
}

/// `scan_c2` and `scan_c1` of what has a row for each sample.
static LogicalResult verifyRows(ScanOp op, llvm::StringRef what, unsigned index,
                                RankedTensorType whole, Value inside) {
  if (whole.getRank() == 0 || whole.getDimSize(0) != op.getBatch())
    return op.emitOpError("scan_c2: expected ")
           << op.getBatch() << " samples, got " << whole;
  return verifyPart(op, what, index, getRowsType(whole, op.getRowsAtOnce()),
                    inside);
}

static LogicalResult verifyArguments(ScanOp op) {
  unsigned expected = op->getNumOperands();
  if (op.getBody().getNumArguments() != expected)
    return op.emitOpError("scan_c1: expected ")
           << expected << " block arguments, got "
           << op.getBody().getNumArguments();
  for (BlockArgument argument : op.getBody().getArguments())
    if (!llvm::isa<RankedTensorType>(argument.getType()))
      return op.emitOpError("scan_c1: expected block argument ")
             << argument.getArgNumber() << " to be a tensor, got "
             << argument.getType();
  // All others are held against the first sequence.
  if (op.getSequences().empty())
    return op.emitOpError("scan_c2: expected a sequence");
  auto first = getTensorType(op.getSequences().front());
  if (first.getRank() <
      (isKeptInTiles(first, getTensorType(op.getSequenceArguments().front()))
           ? 3
           : 2))
    return op.emitOpError("scan_c2: expected a sequence of two dimensions or "
                          "more, got ")
           << first;
  if (op.getTileRows() &&
      (*op.getTileRows() <= 0 || op.getBatch() % *op.getTileRows()))
    return op.emitOpError("scan_c3: expected tile_rows to divide ")
           << op.getBatch() << ", got " << *op.getTileRows();

  unsigned index = 0;
  auto next = [&]() { return op.getBody().getArgument(index); };
  for (Value whole : op.getInit()) {
    if (failed(verifyRows(op, "block argument", index, getTensorType(whole),
                          next())))
      return failure();
    ++index;
  }
  for (Value whole : op.getSequences()) {
    if (failed(verifySteps(op, "block argument", index, getTensorType(whole),
                           next())))
      return failure();
    ++index;
  }
  for (Value whole : op.getRows()) {
    if (failed(verifyRows(op, "block argument", index, getTensorType(whole),
                          next())))
      return failure();
    ++index;
  }
  for (Value whole : op.getCaptures()) {
    if (failed(
            verifyPart(op, "block argument", index, whole.getType(), next())))
      return failure();
    ++index;
  }
  return success();
}

static LogicalResult verifyYields(ScanOp op) {
  if (op.getStates().size() != op.getInit().size())
    return op.emitOpError("scan_c1: expected ")
           << op.getInit().size() << " states, got " << op.getStates().size();
  ValueRange yields = op.getYield().getValues();
  if (yields.size() != op->getNumResults())
    return op.emitOpError("scan_c1: expected ")
           << op->getNumResults() << " yielded values, got " << yields.size();
  for (auto [i, init, result] : llvm::enumerate(op.getInit(), op.getStates())) {
    if (result.getType() != init.getType())
      return op.emitOpError("scan_c1: expected result ")
             << i << " of type " << init.getType() << ", got "
             << result.getType();
    if (failed(verifyPart(op, "yielded value", i,
                          op.getStateArguments()[i].getType(), yields[i])))
      return failure();
  }
  unsigned index = op.getStates().size();
  for (Value output : op.getOutputs()) {
    if (failed(verifySteps(op, "yielded value", index, getTensorType(output),
                           yields[index])))
      return failure();
    ++index;
  }
  for (Value sum : op.getSums()) {
    auto type = getTensorType(sum);
    if (op.getTileRows()) {
      int64_t tiles = op.getBatch() / op.getRowsAtOnce();
      if (type.getRank() == 0 || type.getDimSize(0) != tiles)
        return op.emitOpError("scan_c1: expected a sum for each of ")
               << tiles << " tiles, got " << type;
      type = type.clone(type.getShape().drop_front());
    }
    if (failed(verifyPart(op, "yielded value", index, type, yields[index])))
      return failure();
    ++index;
  }
  return success();
}

LogicalResult ScanOp::verify() {
  if (!llvm::isa<YieldOp>(getBody().front().back()))
    return emitOpError("scan_c1: expected the cell to end in kiln.yield");
  if (failed(verifyArguments(*this)) || failed(verifyYields(*this)))
    return failure();
  if (getIdleWhen()) {
    auto index = int64_t(*getIdleWhen());
    if (index < 0 || index >= int64_t(getSequences().size()))
      return emitOpError("scan_c4: expected idle_when below the number of "
                         "sequences, ")
             << getSequences().size() << ", got " << index;
    auto step = getTensorType(getSequenceArguments()[index]);
    if (step.getRank() != 1 || !step.getElementType().isInteger(1))
      return emitOpError("scan_c4: expected idle_when to number a sequence of "
                         "booleans, got ")
             << getSequences()[index].getType();
  }
  for (Operation &op : getBody().front().without_terminator())
    if (!llvm::isa<InterpretableOpInterface>(op) || llvm::isa<ScanOp>(op))
      return op.emitOpError(
          "scan_c5: expected only tensor ops of the dialect in a cell");
  return success();
}

//===----------------------------------------------------------------------===//
// Meaning
//===----------------------------------------------------------------------===//

namespace {
/// Where the elements of one tile at one step stand in a sequence, in either
/// layout: row r begins at `begin + r * rowStride` and has `rowSize` elements.
struct StepPlace {
  StepPlace(const Tensor &whole, RankedTensorType stepType, int64_t tile,
            int64_t step) {
    llvm::ArrayRef<int64_t> shape = whole.getShape();
    rows = stepType.getDimSize(0);
    rowSize = stepType.getNumElements() / rows;
    int64_t steps = shape[1];
    bool tiled = isKeptInTiles(whole.getType(), stepType);
    rowStride = tiled ? rowSize : steps * rowSize;
    begin = tiled ? (tile * steps + step) * rows * rowSize
                  : (tile * rows * steps + step) * rowSize;
  }

  Tensor read(const Tensor &whole, RankedTensorType stepType) const {
    Tensor part(stepType);
    for (int64_t i = 0; i < part.size(); ++i)
      part[i] = whole[begin + i / rowSize * rowStride + i % rowSize];
    return part;
  }

  void write(const Tensor &part, Tensor &whole) const {
    for (int64_t i = 0; i < part.size(); ++i)
      whole[begin + i / rowSize * rowStride + i % rowSize] = part[i];
  }

  int64_t rows, rowSize, rowStride, begin;
};
} // namespace

/// The rows `[R, ...]` of tile `tile` of `whole`, `[B, ...]`.
static Tensor readRows(const Tensor &whole, Type type, int64_t tile) {
  Tensor part(llvm::cast<RankedTensorType>(type));
  for (int64_t i = 0; i < part.size(); ++i)
    part[i] = whole[tile * part.size() + i];
  return part;
}

static void writeRows(const Tensor &part, int64_t tile, Tensor &whole) {
  for (int64_t i = 0; i < part.size(); ++i)
    whole[tile * part.size() + i] = part[i];
}

static bool isAllZero(const Tensor &tensor) {
  return llvm::all_of(tensor.getData(), [](double x) { return x == 0; });
}

static bool isUnchanged(const Tensor &before, const Tensor &after) {
  return llvm::equal(before.getData(), after.getData(), [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y));
  });
}

/// Holds a step that may be left out to what `idle_when` promises of it.
static LogicalResult verifyIdle(ScanOp op, int64_t step,
                                llvm::ArrayRef<Tensor> oldStates,
                                llvm::ArrayRef<Tensor> yields) {
  auto fail = [&](llvm::StringRef what, size_t index, llvm::StringRef how) {
    return op.emitOpError("breaks the promise of idle_when: at step ")
           << step << ", which is idle, " << what << ' ' << index << ' ' << how;
  };
  size_t states = op.getInit().size(), outputs = op.getOutputs().size();
  for (size_t i = 0; i < states; ++i)
    if (!isUnchanged(oldStates[i], yields[i]))
      return fail("state", i, "changes");
  for (size_t i = states; i < yields.size(); ++i) {
    // What is kept in tiles is read at the steps that run alone.
    bool isOutput = i < states + outputs;
    if (isOutput &&
        isKeptInTiles(getTensorType(op->getResult(i)), yields[i].getType()))
      continue;
    if (!isAllZero(yields[i]))
      return isOutput ? fail("output", i - states, "is not zero")
                      : fail("sum", i - states - outputs, "grows");
  }
  return success();
}

LogicalResult ScanOp::interpret(Interpreter &interpreter,
                                llvm::ArrayRef<Tensor> operands,
                                llvm::SmallVectorImpl<Tensor> &results) {
  mlir::Block &cell = getBody().front();
  for (Type type : getResultTypes())
    results.emplace_back(llvm::cast<RankedTensorType>(type));
  int64_t states = getInit().size(), sequences = getSequences().size();
  int64_t rows = getRows().size(), outputs = getOutputs().size();
  int64_t steps = getSteps(), tiles = getBatch() / getRowsAtOnce();

  for (int64_t tile = 0; tile < tiles; ++tile) {
    std::vector<Tensor> arguments(operands.begin(), operands.end());
    for (int64_t i = 0; i < states + sequences + rows; ++i)
      if (i < states || i >= states + sequences)
        arguments[i] =
            readRows(operands[i], cell.getArgument(i).getType(), tile);
    for (int64_t ran = 0; ran < steps; ++ran) {
      int64_t step = getReverse() ? steps - 1 - ran : ran;
      for (int64_t i = states; i < states + sequences; ++i) {
        auto type = getTensorType(cell.getArgument(i));
        arguments[i] =
            StepPlace(operands[i], type, tile, step).read(operands[i], type);
      }
      auto values = interpreter.run(cell, arguments);
      if (failed(values))
        return failure();
      if (getIdleWhen() && isAllZero(arguments[states + *getIdleWhen()]) &&
          failed(verifyIdle(*this, step, arguments, *values)))
        return failure();
      for (int64_t i = 0; i < states; ++i)
        arguments[i] = (*values)[i];
      for (int64_t i = states; i < states + outputs; ++i)
        StepPlace(results[i], (*values)[i].getType(), tile, step)
            .write((*values)[i], results[i]);
      // With tile_rows, each tile's sum is a row of the result; without, there
      // is one tile.
      for (int64_t i = states + outputs; i < int64_t(results.size()); ++i) {
        int64_t size = (*values)[i].size();
        for (int64_t j = 0; j < size; ++j) {
          double &sum = results[i][tile * size + j];
          sum = interpreter.round(sum + (*values)[i][j]);
        }
      }
    }
    for (int64_t i = 0; i < states; ++i)
      writeRows(arguments[i], tile, results[i]);
  }
  return success();
}
