//===- TileScans.cpp - Recurrences by tiles of the batch ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnScan.h"
#include "passes/GroupBuilder.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"
#include "passes/Scans.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "kiln-tile-scans"

namespace kiln {
#define GEN_PASS_DEF_TILESCANS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// One scan
//===----------------------------------------------------------------------===//

namespace {
/// What a value of a cell holds.
enum class Extent {
  /// The same whatever the samples: weights, and what they and constants make.
  Common,
  /// A row for each sample of the tile.
  Rows,
  /// A sum over the tile's samples.
  Sum,
  /// Anything else.
  Unknown
};

class Tiler {
public:
  Tiler(RewriterBase &rewriter, ScanOp scan, int64_t most)
      : rewriter(rewriter), scan(scan), batch(scan.getBatch()),
        rows(getTileRows(batch, most)) {}

  /// Null, with the reason to the listener, if the samples depend on one
  /// another.
  ScanOp run();

private:
  Extent classify(Operation *op) const;
  bool canShrink(Value value) const;
  Value shrink(Value value);
  void shrinkCell();
  LogicalResult analyze();
  Value addTiles(Value partials, Type type);

  RankedTensorType withRows(Type type) const {
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape(tensor.getShape());
    shape.front() = rows;
    return tensor.clone(shape);
  }
  bool isRows(Value value) const {
    return extents.lookup(value) == Extent::Rows;
  }

  RewriterBase &rewriter;
  ScanOp scan;
  int64_t batch, rows;
  llvm::DenseMap<Value, Extent> extents;
  /// Values that are common to all samples, with a row for each of the tile's.
  llvm::DenseMap<Value, Value> shrunk;
};
} // namespace

/// What the results of `op` hold, by what its operands do.
Extent Tiler::classify(Operation *op) const {
  bool anyRows = false, anySum = false, anyCommon = false;
  for (Value operand : op->getOperands()) {
    Extent extent = extents.lookup(operand);
    if (extent == Extent::Unknown)
      return Extent::Unknown;
    anyRows |= extent == Extent::Rows;
    anySum |= extent == Extent::Sum;
    anyCommon |= extent == Extent::Common;
  }
  if (!anyRows && !anySum)
    return Extent::Common;
  if (anySum) {
    // Only what is linear in the sums of tiles may be done before their sum.
    bool isLinear =
        isa<AddOp, SubOp, NegOp, ReshapeOp, TransposeOp, SplitOp, ConcatOp>(op);
    return isLinear && !anyRows && !anyCommon ? Extent::Sum : Extent::Unknown;
  }
  return llvm::TypeSwitch<Operation *, Extent>(op)
      .Case([&](MatmulOp matmul) {
        bool lhs = isRows(matmul.getLhs()), rhs = isRows(matmul.getRhs());
        if (lhs && !rhs && !matmul.getTransposeLhs())
          return Extent::Rows;
        if (lhs && rhs && matmul.getTransposeLhs() && !matmul.getTransposeRhs())
          return Extent::Sum;
        return Extent::Unknown;
      })
      .Case([&](ReduceOp reduce) {
        if (!llvm::is_contained(reduce.getDims(), 0))
          return Extent::Rows;
        return reduce.getKind() == Reduction::sum ? Extent::Sum
                                                  : Extent::Unknown;
      })
      .Case([&](BroadcastOp broadcast) {
        ArrayRef<int64_t> dims = broadcast.getDims();
        return !dims.empty() && dims.front() == 0 ? Extent::Rows
                                                  : Extent::Unknown;
      })
      .Case([&](ReshapeOp reshape) {
        ArrayRef<int64_t> shape = getTensorType(reshape).getShape();
        return !shape.empty() && shape.front() == batch ? Extent::Rows
                                                        : Extent::Unknown;
      })
      .Case<SoftmaxOp, SoftmaxCrossEntropyOp, ArgmaxOp, OneHotOp, SplitOp,
            ConcatOp>([](Operation *) { return Extent::Rows; })
      .Default([](Operation *op) {
        return op->hasTrait<ElementwiseLanes>() && !isUpdate(op)
                   ? Extent::Rows
                   : Extent::Unknown;
      });
}

/// Whether a value can be had with a row for each sample of a tile.
bool Tiler::canShrink(Value value) const {
  Extent extent = extents.lookup(value);
  if (extent != Extent::Common)
    return extent == Extent::Rows;
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_if_present<ConstantOp>(op))
    return isa<SplatElementsAttr>(constant.getValue());
  if (auto broadcast = dyn_cast_if_present<BroadcastOp>(op))
    return !llvm::is_contained(broadcast.getDims(), 0);
  return op && op->hasTrait<ElementwiseLanes>() &&
         llvm::all_of(op->getOperands(),
                      [&](Value operand) { return canShrink(operand); });
}

LogicalResult Tiler::analyze() {
  mlir::Block &cell = scan.getBody().front();
  for (Value argument : cell.getArguments())
    extents[argument] = Extent::Rows;
  for (Value argument : scan.getCaptureArguments())
    extents[argument] = Extent::Common;
  for (Operation &op : cell.without_terminator()) {
    Extent extent = classify(&op);
    // Weights stay whole; all else that meets rows is one row a sample.
    if (extent == Extent::Rows)
      for (Value operand : op.getOperands())
        if (!isRows(operand) && !isa<MatmulOp>(op) && !canShrink(operand))
          extent = Extent::Unknown;
    for (Value result : op.getResults())
      extents[result] = extent;
    if (extent == Extent::Unknown)
      return rewriter.notifyMatchFailure(&op,
                                         "makes samples depend on one another");
  }
  for (ValueRange values :
       {ValueRange(scan.getNextStates()), ValueRange(scan.getStepOutputs())})
    for (Value value : values)
      if (!canShrink(value))
        return rewriter.notifyMatchFailure(scan,
                                           "yields what is not a row a sample");
  for (Value value : scan.getContributions())
    if (extents.lookup(value) != Extent::Sum)
      return rewriter.notifyMatchFailure(
          scan, "adds up what is no sum over the samples");
  return success();
}

/// `value` with a row for each sample of the tile.
Value Tiler::shrink(Value value) {
  if (isRows(value))
    return value;
  Value &known = shrunk[value];
  if (known)
    return known;
  Operation *op = value.getDefiningOp();
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfter(op);
  RankedTensorType type = withRows(value.getType());
  if (auto constant = dyn_cast<ConstantOp>(op))
    return known = rewriter.create<ConstantOp>(
               op->getLoc(),
               cast<DenseElementsAttr>(constant.getValue()).resizeSplat(type));
  SmallVector<Value> operands(op->getOperands());
  if (!isa<BroadcastOp>(op))
    for (Value &operand : operands)
      operand = shrink(operand);
  OperationState state(op->getLoc(), op->getName(), operands, {type},
                       op->getAttrs());
  Value result = rewriter.create(state)->getResult(0);
  return shrunk[value] = result;
}

void Tiler::shrinkCell() {
  mlir::Block &cell = scan.getBody().front();
  for (Value argument : cell.getArguments())
    if (isRows(argument))
      argument.setType(withRows(argument.getType()));
  for (Operation &op : cell.without_terminator()) {
    if (op.getNumResults() == 0 || !isRows(op.getResult(0)))
      continue;
    if (!isa<MatmulOp>(op))
      for (OpOperand &operand : op.getOpOperands())
        operand.set(shrink(operand.get()));
    for (Value result : op.getResults())
      result.setType(withRows(result.getType()));
  }
  Operation *yield = cell.getTerminator();
  unsigned perSample = scan.getStates().size() + scan.getOutputs().size();
  for (unsigned i = 0; i < perSample; ++i)
    yield->setOperand(i, shrink(yield->getOperand(i)));
  // What was shrunk may have left nothing to read the whole.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(cell)))
    if (isOpTriviallyDead(&op))
      rewriter.eraseOp(&op);
}

/// The sum over dimension 0 of `partials`, which is `[tiles, ...]`.
static Value addParts(RewriterBase &rewriter, Location loc, Value partials) {
  RankedTensorType type = getTensorType(partials);
  int64_t parts = type.getDimSize(0);
  if (parts == 1)
    return rewriter.createOrFold<ReshapeOp>(
        loc, type.clone(type.getShape().drop_front()), partials);
  return rewriter.create<ReduceOp>(loc, Reduction::sum, partials,
                                   ArrayRef<int64_t>{0});
}

ScanOp Tiler::run() {
  if (failed(analyze()))
    return {};
  shrinkCell();

  SmallVector<Type> sumTypes;
  for (Value sum : scan.getSums()) {
    SmallVector<int64_t> shape = {batch / rows};
    llvm::append_range(shape, getTensorType(sum).getShape());
    sumTypes.push_back(getTensorType(sum).clone(shape));
  }
  rewriter.setInsertionPoint(scan);
  auto tiled = rewriter.create<ScanOp>(
      scan.getLoc(), scan.getStates().getTypes(), scan.getOutputs().getTypes(),
      sumTypes, scan.getInit(), scan.getSequences(), scan.getRows(),
      scan.getCaptures(), scan.getReverseAttr(),
      rewriter.getI64IntegerAttr(rows), scan.getIdleWhenAttr(),
      scan.getChunkAttr());
  tiled->setDiscardableAttrs(scan->getDiscardableAttrDictionary());
  tiled.getBody().takeBody(scan.getBody());
  SmallVector<Value> results(tiled.getStates());
  llvm::append_range(results, tiled.getOutputs());
  for (auto [sum, partials] :
       llvm::zip_equal(scan.getSums(), tiled.getSums())) {
    StringRef role = getTensorType(sum).getRank() > 1 ? "dW" : "db";
    results.push_back(
        addParts(rewriter, withRole(scan.getLoc(), role), partials));
  }
  rewriter.replaceOp(scan, results);
  return tiled;
}

//===----------------------------------------------------------------------===//
// What scans hand one another, and sums over all steps of all samples
//===----------------------------------------------------------------------===//

/// Keeps what only scans of the same tiles read in tiles: a tile's part is one
/// piece of memory.
static void keepInTiles(ScanOp scan) {
  int64_t rows = *scan.getTileRows(), batch = scan.getBatch();
  for (Value output : scan.getOutputs()) {
    RankedTensorType type = getTensorType(output);
    auto isOwnTile = [&](OpOperand &use) {
      auto reader = dyn_cast<ScanOp>(use.getOwner());
      if (!reader || reader.getTileRows() != rows || reader.getBatch() != batch)
        return false;
      OperandRange sequences = reader.getSequences();
      unsigned index = use.getOperandNumber();
      return index >= sequences.getBeginOperandIndex() &&
             index < sequences.getBeginOperandIndex() + sequences.size();
    };
    if (output.use_empty() || !llvm::all_of(output.getUses(), isOwnTile))
      continue;
    SmallVector<int64_t> shape = {batch / rows, type.getDimSize(1), rows};
    llvm::append_range(shape, type.getShape().drop_front(2));
    output.setType(type.clone(shape));
  }
}

namespace {
/// How a batch of sequences is cut.
struct Tiling {
  int64_t batch, steps, tiles;
};
} // namespace

/// Whether dimension 0 of a value runs over the steps of the samples of a
/// batch: it was `[B, T, ...]`.
static bool runsOverSteps(Value value, const Tiling &tiling) {
  RankedTensorType type = getTensorType(value);
  if (type.getRank() == 0 || type.getDimSize(0) != tiling.batch * tiling.steps)
    return false;
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    ArrayRef<int64_t> whole = getTensorType(reshape.getInput()).getShape();
    return whole.size() > 1 && whole[0] == tiling.batch &&
           whole[1] == tiling.steps;
  }
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return !matmul.getTransposeLhs() && runsOverSteps(matmul.getLhs(), tiling);
  if (isa<SplitOp, ConcatOp>(op) || op->hasTrait<ElementwiseLanes>())
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return runsOverSteps(operand, tiling);
    });
  return false;
}

/// A contraction over all steps of all samples becomes one for each tile.
static void cutContraction(RewriterBase &rewriter, MatmulOp op,
                           ArrayRef<Tiling> tilings) {
  if (!op.getTransposeLhs() || op.getTransposeRhs())
    return;
  const auto *tiling = llvm::find_if(tilings, [&](const Tiling &tiling) {
    return tiling.tiles > 1 && (runsOverSteps(op.getLhs(), tiling) ||
                                runsOverSteps(op.getRhs(), tiling));
  });
  if (tiling == tilings.end())
    return;
  if (op.getBfloat16()) {
    (void)notifyFailure(rewriter, op,
                        "is not cut into tiles: it is in bfloat16");
    return;
  }
  rewriter.setInsertionPoint(op);
  Value partials = rewriter.create<PartialMatmulOp>(op.getLoc(), op.getLhs(),
                                                    op.getRhs(), tiling->tiles,
                                                    /*transposeLhs=*/true);
  rewriter.replaceOp(op, addParts(rewriter, op.getLoc(), partials));
}

/// So does a sum.
static void cutSum(RewriterBase &rewriter, ReduceOp op,
                   ArrayRef<Tiling> tilings) {
  RankedTensorType type = getTensorType(op.getInput());
  if (op.getKind() != Reduction::sum || !isColumnReduction(op) ||
      type.getRank() != 2)
    return;
  const auto *tiling = llvm::find_if(tilings, [&](const Tiling &tiling) {
    return tiling.tiles > 1 && runsOverSteps(op.getInput(), tiling);
  });
  if (tiling == tilings.end())
    return;
  rewriter.setInsertionPoint(op);
  Value tiles = rewriter.createOrFold<ReshapeOp>(
      op.getLoc(),
      type.clone({tiling->tiles, type.getDimSize(0) / tiling->tiles,
                  type.getDimSize(1)}),
      op.getInput());
  Value partials = rewriter.create<ReduceOp>(op.getLoc(), Reduction::sum, tiles,
                                             ArrayRef<int64_t>{1});
  rewriter.replaceOp(op, addParts(rewriter, op.getLoc(), partials));
}

/// Sums by index add up a sample's steps in the order in which a scan makes
/// them, so that they can be made on the spot.
static void followScan(ScatterOp op) {
  auto scan = lookThroughReshapes(op.getUpdates()).getDefiningOp<ScanOp>();
  if (scan && op.getBatchDims() == 1 && scan.getReverse())
    op.setDescending(true);
}

namespace {
struct TileScans : public kiln::impl::TileScansBase<TileScans> {
  using kiln::impl::TileScansBase<TileScans>::TileScansBase;

  void runOnOperation() override {
    mlir::Block &block = getOperation().front();
    PassRewriter rewriter(getOperation(), DEBUG_TYPE);
    SmallVector<ScanOp> tiled;
    SmallVector<Tiling> tilings;
    for (ScanOp scan : llvm::to_vector(block.getOps<ScanOp>())) {
      if (!scan.getTileRows())
        if (ScanOp changed = Tiler(rewriter, scan, rows).run())
          tiled.push_back(changed);
    }
    for (ScanOp scan : tiled) {
      tilings.push_back({scan.getBatch(), scan.getSteps(),
                         scan.getBatch() / int64_t(*scan.getTileRows())});
      keepInTiles(scan);
    }
    for (Operation &op : llvm::make_early_inc_range(block))
      llvm::TypeSwitch<Operation *>(&op)
          .Case([&](MatmulOp op) { cutContraction(rewriter, op, tilings); })
          .Case([&](ReduceOp op) { cutSum(rewriter, op, tilings); })
          .Case([&](ScatterOp op) { followScan(op); });
  }
};
} // namespace
