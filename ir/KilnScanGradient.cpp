//===- KilnScanGradient.cpp - The gradient rule of the recurrence op ------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The gradient of a scan is a scan in the opposite order. Its cell holds the
// adjoints of the cell's ops, found by reverse mode in a copy of the cell; its
// states are the adjoints of the states. What those ops read of the cell's
// values comes
//
// - from the scan's own operands, where it is an argument;
// - from ops repeated in the backward cell, where these only spread or name
// what
//   is at hand (constants, broadcasts, reshapes) or do not change from step to
//   step;
// - from sequences that an augmented scan, which replaces the op, adds to its
//   outputs: everything else, and the states before each step.
//
// The rule asks for all adjoints that there are; canonicalization removes those
// that nobody reads.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnScan.h"
#include "ir/ReverseMode.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace kiln;

static bool isFloat(Value value) {
  return getElementTypeOrSelf(value.getType()).isF32();
}

namespace {
/// A value of the cell whose adjoint flows in at each step by an argument of
/// the backward cell: a state from the step after it, an output from outside.
struct Inflow {
  /// The state's or the output's number.
  unsigned index;
  /// Stands in for that argument while the adjoints are built.
  BlockArgument placeholder;
};

class ScanDifferentiator {
public:
  ScanDifferentiator(ScanOp op, ValueRange resultAdjoints)
      : op(op), resultAdjoints(resultAdjoints) {
    IRMapping mapping;
    copy = llvm::cast<ScanOp>(op->clone(mapping));
    for (auto [original, copied] : mapping.getValueMap())
      originals[copied] = original;
    cell = &copy->getBody().front();
    argumentCount = cell->getNumArguments();
  }

  LogicalResult run(OpBuilder &builder,
                    llvm::SmallVectorImpl<Value> &operandAdjoints);

private:
  unsigned getFirstRow() {
    return op.getInit().size() + op.getSequences().size();
  }
  unsigned getFirstCapture() { return getFirstRow() + op.getRows().size(); }

  void addInflows();
  LogicalResult differentiateCell();
  void findInvariant();
  void require(Value value);
  void requireAll();
  void buildAugmented();
  void buildBackward(OpBuilder &builder,
                     llvm::SmallVectorImpl<Value> &operandAdjoints);

  ScanOp op;
  /// One a result of the op, null where none flows back.
  ValueRange resultAdjoints;
  /// A copy to take apart, and its cell.
  OwningOpRef<ScanOp> copy;
  mlir::Block *cell;
  unsigned argumentCount;
  /// The op's values for the copy's.
  llvm::DenseMap<Value, Value> originals;

  llvm::SmallVector<Inflow> states, outputs;
  /// One an argument of the cell: its adjoint in the copy, or null.
  llvm::SmallVector<Value> argumentAdjoints;
  /// The ops that compute adjoints, in order.
  llvm::SmallVector<Operation *> adjointOps;
  llvm::DenseSet<Operation *> forwardOps;
  /// Ops whose values are the same at each step.
  llvm::DenseSet<Operation *> invariant;

  /// What the backward cell needs of the cell: arguments, ops to repeat, and
  /// values to save.
  llvm::SetVector<BlockArgument> arguments;
  llvm::SetVector<Operation *> repeated;
  llvm::SetVector<Value> saved;
  /// The sequences of saved values.
  ValueRange savedSequences;
};
} // namespace

/// Adds placeholders for the adjoints that flow into the backward cell. A state
/// has one if its last value has an adjoint or anything else with an adjoint
/// depends on it.
void ScanDifferentiator::addInflows() {
  llvm::DenseSet<Value> reached;
  llvm::SmallVector<Value> worklist;
  auto reach = [&](Value value) {
    if (isFloat(value) && reached.insert(value).second)
      worklist.push_back(value);
  };
  unsigned stateCount = op.getInit().size();
  ValueRange yields = copy->getYield().getValues();
  for (auto [value, adjoint] : llvm::zip_equal(yields, resultAdjoints))
    if (adjoint)
      reach(value);
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (auto argument = llvm::dyn_cast<BlockArgument>(value)) {
      if (argument.getArgNumber() < stateCount)
        reach(yields[argument.getArgNumber()]);
      continue;
    }
    Operation *def = value.getDefiningOp();
    if (!def->hasTrait<NonDifferentiable>())
      llvm::for_each(def->getOperands(), reach);
  }
  auto addPlaceholder = [&](Value value) {
    return cell->addArgument(value.getType(), value.getLoc());
  };
  for (unsigned i = 0; i < stateCount; ++i)
    if (resultAdjoints[i] || reached.contains(cell->getArgument(i)))
      states.push_back({i, addPlaceholder(yields[i])});
  for (unsigned i = stateCount; i < yields.size(); ++i)
    if (resultAdjoints[i])
      outputs.push_back({i - stateCount, addPlaceholder(yields[i])});
}

/// Builds the adjoints of the cell's arguments at the end of the copy's cell.
LogicalResult ScanDifferentiator::differentiateCell() {
  YieldOp yield = copy->getYield();
  for (Operation &forward : cell->without_terminator())
    forwardOps.insert(&forward);
  llvm::SmallVector<AdjointSeed> seeds;
  for (const Inflow &state : states)
    seeds.push_back({yield.getValues()[state.index], state.placeholder});
  for (const Inflow &output : outputs)
    seeds.push_back({yield.getValues()[op.getInit().size() + output.index],
                     output.placeholder});
  llvm::SmallVector<Value> wanted;
  for (Value argument : cell->getArguments().take_front(argumentCount))
    if (isFloat(argument))
      wanted.push_back(argument);
  OpBuilder builder(yield);
  FailureOr<llvm::SmallVector<Value>> adjoints =
      kiln::buildAdjoints(builder, seeds, wanted,
                          [](Location loc, Value, Operation *) { return loc; });
  if (failed(adjoints))
    return failure();
  argumentAdjoints.resize(argumentCount);
  for (auto [argument, adjoint] : llvm::zip_equal(wanted, *adjoints))
    argumentAdjoints[llvm::cast<BlockArgument>(argument).getArgNumber()] =
        adjoint;
  for (Operation &cellOp : cell->without_terminator())
    if (!forwardOps.contains(&cellOp))
      adjointOps.push_back(&cellOp);
  return success();
}

void ScanDifferentiator::findInvariant() {
  auto isInvariant = [&](Value value) {
    if (auto argument = llvm::dyn_cast<BlockArgument>(value))
      return argument.getArgNumber() >= getFirstRow();
    return invariant.contains(value.getDefiningOp());
  };
  for (Operation &forward : cell->without_terminator())
    if (llvm::all_of(forward.getOperands(), isInvariant))
      invariant.insert(&forward);
}

/// Makes `value` of the cell available to the backward cell.
void ScanDifferentiator::require(Value value) {
  if (auto argument = llvm::dyn_cast<BlockArgument>(value)) {
    // The state before the step is known to the forward scan alone.
    if (argument.getArgNumber() < op.getInit().size())
      saved.insert(argument);
    else if (argument.getArgNumber() < argumentCount)
      arguments.insert(argument);
    return;
  }
  Operation *def = value.getDefiningOp();
  if (!forwardOps.contains(def) || repeated.contains(def))
    return;
  if (!invariant.contains(def) && !llvm::isa<BroadcastOp, ReshapeOp>(def)) {
    saved.insert(value);
    return;
  }
  llvm::for_each(def->getOperands(), [&](Value v) { require(v); });
  repeated.insert(def);
}

void ScanDifferentiator::requireAll() {
  for (Operation *adjointOp : adjointOps)
    llvm::for_each(adjointOp->getOperands(), [&](Value v) { require(v); });
  for (Value adjoint : argumentAdjoints)
    if (adjoint)
      require(adjoint);
}

/// Replaces the op by a scan that has what is saved among its outputs.
void ScanDifferentiator::buildAugmented() {
  if (saved.empty())
    return;
  auto values = llvm::map_to_vector(
      saved, [&](Value value) { return originals.lookup(value); });
  // Without the rule's listener: these ops are no adjoints.
  OpBuilder builder(op);
  ScanOp augmented = cloneWithOutputs(builder, op, values);
  op->replaceAllUsesWith(
      augmented->getResults().take_front(op->getNumResults()));
  savedSequences = augmented.getOutputs().take_back(saved.size());
}

void ScanDifferentiator::buildBackward(
    OpBuilder &builder, llvm::SmallVectorImpl<Value> &operandAdjoints) {
  Location loc = op.getLoc();
  auto zeros = [&](Type type) { return createSplat(builder, loc, type, 0); };

  // Operands by kind, and what their arguments stand for.
  llvm::SmallVector<Value> init, sequences, rows, captures;
  llvm::SmallVector<Value> stands;
  for (const Inflow &state : states) {
    Value adjoint = resultAdjoints[state.index];
    init.push_back(adjoint ? adjoint
                           : zeros(op.getInit()[state.index].getType()));
    stands.push_back(state.placeholder);
  }
  // The adjoints of rows add up over the steps in states of their own.
  llvm::SmallVector<unsigned> summedRows, summedCaptures, sequenceOutputs;
  for (unsigned i = op.getInit().size(); i < argumentCount; ++i) {
    if (!argumentAdjoints[i])
      continue;
    if (i < getFirstRow()) {
      sequenceOutputs.push_back(i);
    } else if (i < getFirstCapture()) {
      summedRows.push_back(i);
      init.push_back(zeros(op->getOperand(i).getType()));
      stands.push_back(Value());
    } else {
      summedCaptures.push_back(i);
    }
  }
  for (const Inflow &output : outputs) {
    sequences.push_back(resultAdjoints[op.getInit().size() + output.index]);
    stands.push_back(output.placeholder);
  }
  llvm::append_range(sequences, savedSequences);
  llvm::append_range(stands, saved);
  auto addArguments = [&](unsigned begin, unsigned end,
                          llvm::SmallVectorImpl<Value> &operands) {
    for (unsigned i = begin; i < end; ++i)
      if (arguments.contains(cell->getArgument(i))) {
        operands.push_back(op->getOperand(i));
        stands.push_back(cell->getArgument(i));
      }
  };
  addArguments(op.getInit().size(), getFirstRow(), sequences);
  // A scan has its steps from a sequence, if it has nothing else from it.
  if (sequences.empty()) {
    sequences.push_back(op.getSequences().front());
    stands.push_back(copy->getSequenceArguments().front());
  }
  addArguments(getFirstRow(), getFirstCapture(), rows);
  addArguments(getFirstCapture(), argumentCount, captures);

  auto typesOf = [&](llvm::ArrayRef<unsigned> operands) {
    return llvm::map_to_vector(
        operands, [&](unsigned i) { return op->getOperand(i).getType(); });
  };
  auto backward = builder.create<ScanOp>(
      loc, TypeRange(ValueRange(init)), typesOf(sequenceOutputs),
      typesOf(summedCaptures), init, sequences, rows, captures,
      op.getReverse() ? UnitAttr() : builder.getUnitAttr(), IntegerAttr(),
      IntegerAttr(), IntegerAttr());
  OpBuilder::InsertionGuard guard(builder);
  mlir::Block *body = builder.createBlock(&backward.getBody());
  IRMapping mapping;
  llvm::SmallVector<Value> rowSums;
  unsigned row = 0;
  for (Value value : stands) {
    // Without tiles, a row's adjoint has the type of the whole.
    Type type =
        value ? value.getType() : op->getOperand(summedRows[row++]).getType();
    Value argument = body->addArgument(type, loc);
    if (value)
      mapping.map(value, argument);
    else
      rowSums.push_back(argument);
  }

  for (Operation *forward : repeated)
    builder.clone(*forward, mapping);
  for (Operation *adjointOp : adjointOps)
    builder.clone(*adjointOp, mapping);
  llvm::SmallVector<Value> yields;
  for (const Inflow &state : states) {
    Value adjoint = argumentAdjoints[state.index];
    yields.push_back(adjoint ? mapping.lookup(adjoint)
                             : zeros(state.placeholder.getType()));
  }
  for (auto [i, sum] : llvm::zip_equal(summedRows, rowSums))
    yields.push_back(
        builder.create<AddOp>(loc, sum, mapping.lookup(argumentAdjoints[i])));
  for (unsigned i : llvm::concat<unsigned>(sequenceOutputs, summedCaptures))
    yields.push_back(mapping.lookup(argumentAdjoints[i]));
  builder.create<YieldOp>(loc, yields);

  operandAdjoints.resize(op->getNumOperands());
  for (auto [state, result] : llvm::zip(states, backward.getStates()))
    operandAdjoints[state.index] = result;
  for (auto [i, result] : llvm::zip_equal(
           summedRows, backward.getStates().drop_front(states.size())))
    operandAdjoints[i] = result;
  for (auto [i, result] :
       llvm::zip_equal(sequenceOutputs, backward.getOutputs()))
    operandAdjoints[i] = result;
  for (auto [i, result] : llvm::zip_equal(summedCaptures, backward.getSums()))
    operandAdjoints[i] = result;
}

LogicalResult
ScanDifferentiator::run(OpBuilder &builder,
                        llvm::SmallVectorImpl<Value> &operandAdjoints) {
  findInvariant();
  addInflows();
  if (failed(differentiateCell()))
    return failure();
  requireAll();
  buildAugmented();
  buildBackward(builder, operandAdjoints);
  return success();
}

LogicalResult
ScanOp::buildAdjoints(OpBuilder &builder, ValueRange resultAdjoints,
                      llvm::SmallVectorImpl<Value> &operandAdjoints) {
  if (!getSums().empty())
    return emitOpError("with sums has no gradient rule");
  if (getTileRows() || getIdleWhen() || getChunk())
    return emitOpError("has no gradient rule once it is scheduled: expected "
                       "no tile_rows, idle_when or chunk");
  return ScanDifferentiator(*this, resultAdjoints)
      .run(builder, operandAdjoints);
}
