//===- GroupLowering.cpp - Loops and vectors of one fusion group ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/GroupLowering.h"

#include "codegen/ElementwiseLowering.h"
#include "codegen/KernelBuilder.h"
#include "ir/KilnScan.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace kiln {

static ArrayRef<int64_t> getShape(Value v) {
  return cast<RankedTensorType>(v.getType()).getShape();
}

ArrayRef<int64_t> getIterationShape(FusionOp group) {
  ArrayRef<int64_t> widest;
  for (Value output : group.getOutputs())
    if (getShape(output).size() >= widest.size())
      widest = getShape(output);
  return widest;
}

//===----------------------------------------------------------------------===//
// Partitions
//===----------------------------------------------------------------------===//

/// Samples of the module's batch, 0 if it does not say.
static int64_t getBatch(FusionOp group) {
  auto module = group->getParentOfType<ModuleOp>();
  auto batch =
      module ? module->getAttrOfType<IntegerAttr>(attrs::batch) : IntegerAttr();
  return batch ? batch.getInt() : 0;
}

SmallVector<PartitionAttr> getPartitions(FusionOp group) {
  MLIRContext *context = group.getContext();
  ArrayRef<int64_t> shape = getIterationShape(group);
  int64_t rank = shape.size();
  SmallVector<PartitionAttr> result;
  auto offer = [&](int64_t dim, int64_t unit) {
    result.push_back(PartitionAttr::get(context, dim, unit));
  };

  switch (group.getKind()) {
  case FusionKind::contraction: {
    if (findInBody<PartialMatmulOp>(group)) {
      offer(0, 1);
      break;
    }
    if (findInBody<PackedMatmulOp>(group)) {
      // Few columns are cut by rows, as what comes next is; tiles of a matrix
      // unit are 16 rows high where they can.
      if (shape[1] > featureUnit)
        offer(1, featureUnit);
      else
        offer(0, rowUnit);
      offer(0, featureUnit);
      break;
    }
    // Rows of a weight's gradient are features, other rows are the batch. Those
    // of features are parameters in pages of their own: of halves of each row,
    // the processor would fetch the other thread's while it reads ahead.
    auto matmul = findInBody<MatmulOp>(group);
    bool features = matmul && matmul.getTransposeLhs();
    // Many rows are read once each, and with all columns at a time; so are
    // those of which more is written than read.
    bool many = matmul && shape[0] >= manyRows &&
                (shape[1] < shape[0] / 2 || matmul.getK() < shortSum);
    if (shape[1] > featureUnit && !features && !many) {
      offer(1, featureUnit);
      offer(0, rowUnit);
    } else {
      offer(0, rowUnit);
      offer(1, featureUnit);
    }
    // Rows of sequences: those of a tile of samples together.
    int64_t batch = getBatch(group);
    if (!features && batch && shape[0] > batch && shape[0] % batch == 0)
      offer(0, shape[0] / batch * getTileRows(batch, rowUnit));
    break;
  }
  case FusionKind::rows:
    offer(0, rowUnit);
    break;
  case FusionKind::columns:
    if (rank > 1)
      offer(0, rowUnit);
    offer(rank - 1, featureUnit);
    break;
  case FusionKind::gather:
    // A whole batch may count as one sample.
    if (rank > 2 && shape[0] == 1)
      offer(1, featureUnit);
    else
      offer(0, rowUnit);
    break;
  case FusionKind::copy:
    if (rank > 1)
      offer(0, rowUnit);
    break;
  case FusionKind::scatter:
    offer(0, rowUnit);
    break;
  case FusionKind::steps:
    // Few of them are tiles of samples, each long.
    offer(0, shape[0] < 4 * rowUnit ? 1 : rowUnit);
    offer(1, featureUnit);
    offer(0, 1);
    break;
  case FusionKind::index:
    if (findInBody<UniqueOp>(group))
      offer(0, rowUnit);
    break;
  case FusionKind::transpose:
    offer(0, featureUnit);
    offer(1, featureUnit);
    break;
  case FusionKind::pack: {
    // As many words as 32 numbers of k, or as many of the other dimension.
    auto pack = findInBody<PackOp>(group);
    unsigned kDim = pack.getRhs() ? 0 : 1;
    if (shape[1 - kDim] > featureUnit) {
      offer(1 - kDim, featureUnit);
      offer(kDim, featureUnit / 2);
    } else {
      offer(kDim, featureUnit / 2);
      offer(1 - kDim, featureUnit);
    }
    break;
  }
  case FusionKind::random:
    if (rank > 0)
      offer(rank - 1, featureUnit);
    if (rank == 2)
      offer(0, rowUnit);
    break;
  case FusionKind::elementwise:
    if (rank == 1) {
      offer(0, featureUnit);
      offer(0, rowUnit);
    } else if (rank == 2) {
      offer(1, featureUnit);
      offer(0, rowUnit);
      offer(0, featureUnit);
    } else if (rank > 2) {
      // Sequences, or tiles of them: a sample's lie together.
      offer(0, rank == 3 ? rowUnit : 1);
      offer(rank - 1, featureUnit);
    }
    break;
  case FusionKind::scan:
    offer(0, findInBody<ScanOp>(group).getRowsAtOnce());
    break;
  case FusionKind::total:
    break;
  }
  offer(-1, 1);
  return result;
}

int64_t countUnits(FusionOp group, PartitionAttr partition) {
  if (partition.getDim() != 0)
    return 0;
  int64_t extent = group.getKind() == FusionKind::scan
                       ? findInBody<ScanOp>(group).getBatch()
                       : getIterationShape(group)[0];
  int64_t unit = std::min<int64_t>(partition.getUnit(), extent);
  return extent % unit ? 0 : extent / unit;
}

Value emitShareBegin(OpBuilder &b, Location loc, Value number, Value threads,
                     int64_t extent, int64_t unit,
                     function_ref<Value(int64_t)> index) {
  int64_t units = llvm::divideCeil(extent, unit);
  Value product = b.create<arith::MulIOp>(loc, number, index(units));
  Value first = b.create<arith::DivUIOp>(loc, product, threads);
  return b.create<arith::MulIOp>(loc, first, index(unit));
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

/// How a group deals its units to the threads. Rows that words name come by
/// their frequency, so whoever had the first half would do all of the work.
static Access::Kind getSplit(FusionOp group) {
  return findInBody<ChainSumOp>(group) ? Access::Cyclic : Access::Split;
}

namespace {
/// Follows the dimension that a partition cuts from the outputs of a group to
/// its inputs.
class AccessFinder {
public:
  AccessFinder(FusionOp group, PartitionAttr partition)
      : partition(partition), kind(getSplit(group)),
        extent(getIterationShape(group)[partition.getDim()]) {
    for (Value v : group.getYield().getValues()) {
      SmallVector<int64_t> dims(getShape(v).size());
      for (auto [i, dim] : llvm::enumerate(dims))
        dim = i;
      visit(v, dims);
    }
  }

  Access get(Value argument) const {
    auto it = found.find(argument);
    return it == found.end() ? Access() : it->second;
  }

private:
  /// `dims[i]`: the dimension of the iteration that dimension i of `v` follows,
  /// -1 if it is run through.
  void visit(Value v, ArrayRef<int64_t> dims);
  void record(Value argument, const Access &access);
  void recordPacked(PackOp pack, int64_t position);

  PartitionAttr partition;
  Access::Kind kind;
  int64_t extent;
  llvm::DenseMap<Value, Access> found;
  llvm::DenseSet<std::pair<Value, int64_t>> visited;
};
} // namespace

void AccessFinder::record(Value argument, const Access &access) {
  auto [it, isNew] = found.try_emplace(argument, access);
  if (!isNew && !it->second.isOwnedAlike(access))
    it->second = Access();
}

/// What of its input a pack reads whose dimension `position` is cut: as many
/// units, for those of the padding are part of the last one.
void AccessFinder::recordPacked(PackOp pack, int64_t position) {
  bool isKDim = position == (pack.getRhs() ? 0 : 1);
  int64_t dim = pack.getTransposed() ? 1 - position : position;
  int64_t unit = partition.getUnit() * (isKDim ? 2 : 1);
  int64_t numbers = getShape(pack.getInput())[dim];
  bool alike = llvm::divideCeil(numbers, unit) ==
               llvm::divideCeil(extent, partition.getUnit());
  record(pack.getInput(), alike ? Access{kind, dim, numbers, unit} : Access());
}

void AccessFinder::visit(Value v, ArrayRef<int64_t> dims) {
  const auto *cut = llvm::find(dims, partition.getDim());
  int64_t position = cut == dims.end() ? -1 : cut - dims.begin();
  if (!visited.insert({v, position}).second)
    return;
  Operation *op = v.getDefiningOp();
  if (!op) {
    Access access;
    if (position >= 0)
      access = {kind, position, extent, partition.getUnit()};
    return record(v, access);
  }

  constexpr int64_t all = -1;
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    SmallVector<int64_t> from;
    for (int64_t dim : broadcast.getDims())
      from.push_back(dims[dim]);
    visit(broadcast.getInput(), from);
  } else if (auto matmul = dyn_cast<MatmulOp>(op)) {
    SmallVector<int64_t> left = {dims[0], all}, right = {all, dims[1]};
    if (matmul.getTransposeLhs())
      std::swap(left[0], left[1]);
    if (matmul.getTransposeRhs())
      std::swap(right[0], right[1]);
    visit(matmul.getLhs(), left);
    visit(matmul.getRhs(), right);
  } else if (auto matmul = dyn_cast<PackedMatmulOp>(op)) {
    visit(matmul.getLhs(), {dims[0], all});
    visit(matmul.getRhs(), {all, dims[1]});
  } else if (auto pack = dyn_cast<PackOp>(op)) {
    recordPacked(pack, position);
  } else if (auto matmul = dyn_cast<PartialMatmulOp>(op)) {
    // A part is so many k of both.
    int64_t kDim = matmul.getTransposeLhs() ? 0 : 1;
    if (position == 0) {
      int64_t unit = matmul.getPartLength() * partition.getUnit();
      record(matmul.getLhs(), {Access::Split, kDim, matmul.getK(), unit});
      record(matmul.getRhs(), {Access::Split, 0, matmul.getK(), unit});
    } else {
      SmallVector<int64_t> left = {all, dims[1]};
      if (kDim == 1)
        std::swap(left[0], left[1]);
      visit(matmul.getLhs(), left);
      visit(matmul.getRhs(), {all, dims[2]});
    }
  } else if (auto gather = dyn_cast<GatherOp>(op)) {
    SmallVector<int64_t> table = {all, dims.back()};
    if (gather.getBatchDims() == 1)
      table.insert(table.begin(), dims.front());
    visit(gather.getTable(), table);
    visit(gather.getIndices(), dims.drop_back());
  } else if (auto scatter = dyn_cast<ScatterOp>(op)) {
    SmallVector<int64_t> from(getShape(scatter.getUpdates()).size(), all);
    if (scatter.getBatchDims() == 1)
      from.front() = dims.front();
    visit(scatter.getIndices(), ArrayRef(from).drop_back());
    from.back() = dims.back();
    visit(scatter.getUpdates(), from);
  } else if (auto sum = dyn_cast<ChainSumOp>(op)) {
    SmallVector<int64_t> from(getShape(sum.getUpdates()).size(), all);
    visit(sum.getNext(), ArrayRef(from).drop_back());
    from.back() = dims.back();
    visit(sum.getUpdates(), from);
    visit(sum.getFirst(), dims.take_front());
  } else if (isa<UniqueOp>(op)) {
    visit(op->getOperand(0), {dims[0], all});
  } else if (isa<SplitOp, ConcatOp, ReverseOp>(op)) {
    SmallVector<int64_t> from(dims);
    (isa<ReverseOp>(op) ? from[1] : from.back()) = all;
    for (Value operand : op->getOperands())
      visit(operand, from);
  } else if (auto transpose = dyn_cast<TransposeOp>(op)) {
    visit(transpose.getInput(), {dims[1], dims[0]});
  } else if (auto reduce = dyn_cast<ReduceOp>(op)) {
    SmallVector<int64_t> from;
    const int64_t *next = dims.begin();
    for (int64_t i = 0, e = getShape(reduce.getInput()).size(); i < e; ++i)
      from.push_back(llvm::is_contained(reduce.getDims(), i) ? all : *next++);
    visit(reduce.getInput(), from);
  } else if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    SmallVector<int64_t> from(dims);
    from.back() = all;
    visit(softmax.getInput(), from);
  } else if (auto loss = dyn_cast<SoftmaxCrossEntropyOp>(op)) {
    visit(loss.getLogits(), {dims[0], all});
    visit(loss.getLabels(), dims);
  } else if (auto argmax = dyn_cast<ArgmaxOp>(op)) {
    visit(argmax.getInput(), {dims[0], all});
  } else if (auto oneHot = dyn_cast<OneHotOp>(op)) {
    visit(oneHot.getLabels(), dims.take_front());
  } else {
    // Element by element; what has another shape (rows, seed, hyper) is read
    // whole.
    SmallVector<int64_t> whole;
    for (OpOperand &operand : op->getOpOperands()) {
      ArrayRef<int64_t> shape = getShape(operand.get());
      bool same = shape == getShape(v) && !getHyperIndex(operand);
      whole.assign(shape.size(), all);
      visit(operand.get(), same ? dims : ArrayRef<int64_t>(whole));
    }
  }
}

/// The part a tile of a tensor that has one for each tile along dimension 0.
static Access getTileAccess(ScanOp scan, Value value) {
  int64_t extent = getShape(value)[0];
  int64_t tiles = scan.getBatch() / scan.getRowsAtOnce();
  return {Access::Split, 0, extent, extent / tiles};
}

/// How a scan's group touches an input: only captures and tables that all
/// samples share are read whole.
static Access getScanAccess(FusionOp group, BlockArgument argument) {
  auto scan = findInBody<ScanOp>(group);
  for (OpOperand &use : argument.getUses()) {
    bool whole = false;
    if (auto gather = dyn_cast<GatherOp>(use.getOwner()))
      whole = use.getOperandNumber() == 0 && gather.getBatchDims() == 0;
    else if (use.getOwner() == scan)
      whole = llvm::is_contained(scan.getCaptures(), argument) &&
              use.getOperandNumber() >=
                  scan->getNumOperands() - scan.getCaptures().size();
    if (whole)
      return Access();
  }
  return getTileAccess(scan, argument);
}

Access getInputAccess(FusionOp group, PartitionAttr partition, unsigned input) {
  if (partition.getDim() < 0)
    return {Access::First};
  if (auto ragged = group->getAttrOfType<IntegerAttr>(attrs::ragged))
    if (ragged.getInt() == input) {
      int64_t samples = getShape(group.getInputs()[input])[0];
      int64_t units = countUnits(group, partition);
      if (units && samples % units == 0)
        return {Access::Split, 0, samples, samples / units};
      return Access();
    }
  if (group.getKind() == FusionKind::scan)
    return getScanAccess(group, group.getBody().getArgument(input));
  return AccessFinder(group, partition).get(group.getBody().getArgument(input));
}

Access getOutputAccess(FusionOp group, PartitionAttr partition,
                       unsigned output) {
  int64_t dim = partition.getDim();
  if (dim < 0)
    return {Access::First};
  if (group.getKind() == FusionKind::scan)
    return getTileAccess(findInBody<ScanOp>(group), group.getOutputs()[output]);
  return {getSplit(group), dim, getIterationShape(group)[dim],
          partition.getUnit()};
}

//===----------------------------------------------------------------------===//
// Lowering
//===----------------------------------------------------------------------===//

/// What the kernel computes in.
static int64_t getWorkBytes(FusionOp group) {
  switch (group.getKind()) {
  case FusionKind::contraction:
    return findInBody<PackedMatmulOp>(group)
               ? getPackedScratchBytes()
               : getContractionScratchBytes(group);
  case FusionKind::scan:
    return getScanScratchBytes(group);
  default:
    return 0;
  }
}

int64_t getAskedOffset(FusionOp group) {
  return llvm::alignTo(getWorkBytes(group), 64);
}

int64_t getScratchBytes(FusionOp group) {
  if (int64_t count = countAsked(group))
    return getAskedOffset(group) + count * int64_t(sizeof(uint64_t));
  return getWorkBytes(group);
}

std::string summarize(FusionOp group) {
  std::string summary;
  for (Operation &op : group.getBody().front().without_terminator()) {
    if (isa<ConstantOp, BroadcastOp>(op))
      continue;
    if (!summary.empty())
      summary += " + ";
    summary += op.getName().stripDialect();
    if (auto scan = dyn_cast<ScanOp>(op))
      summary += " of " + std::to_string(scan.getSteps()) + " steps";
  }
  return summary;
}

std::string KernelNames::take(StringRef id) {
  std::string base = (owner + "." + id).str();
  for (char &c : base)
    if (!llvm::isAlnum(c) && c != '_' && c != '.')
      c = '.';
  std::string name = base;
  for (unsigned i = 2; !taken.insert(name).second; ++i)
    name = base + "." + std::to_string(i);
  return name;
}

FailureOr<func::FuncOp> lowerGroup(FusionOp group, StringRef name,
                                   ModuleOp module, unsigned vectorBits,
                                   bool stamps, bool hasMatrixUnit) {
  assert(group.getPartition() && "the group has not been scheduled");
  KernelBuilder k(group, name, module, vectorBits, stamps, hasMatrixUnit);
  switch (group.getKind()) {
  case FusionKind::elementwise:
    emitElementwise(k);
    break;
  case FusionKind::contraction:
    if (findInBody<PackedMatmulOp>(group))
      emitPackedContraction(k);
    else
      emitContraction(k);
    break;
  case FusionKind::pack:
    emitPack(k);
    break;
  case FusionKind::rows:
    emitRows(k);
    break;
  case FusionKind::columns:
    emitColumns(k);
    break;
  case FusionKind::total:
    emitTotal(k);
    break;
  case FusionKind::transpose:
    emitTranspose(k);
    break;
  case FusionKind::random:
    emitRandom(k);
    break;
  case FusionKind::gather:
    emitGather(k);
    break;
  case FusionKind::scatter:
    emitScatter(k);
    break;
  case FusionKind::index:
    emitIndex(k);
    break;
  case FusionKind::copy:
    emitCopy(k);
    break;
  case FusionKind::steps:
    emitSteps(k);
    break;
  case FusionKind::scan:
    emitScan(k);
    break;
  }
  return k.finish();
}

} // namespace kiln
