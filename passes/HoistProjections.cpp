//===- HoistProjections.cpp - Projections of inputs leave the loop --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"
#include "passes/Scans.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

#define DEBUG_TYPE "kiln-hoist-projections"

namespace kiln {
#define GEN_PASS_DEF_HOISTPROJECTIONS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

namespace {
/// Where the steps of a value are kept outside of the loop.
enum class Form {
  /// `[B, T, ...]`.
  Whole,
  /// `[B*T, ...]`: what contractions read, and vectors repeat into.
  Flat
};

/// Takes ops out of the cell of one scan.
class Hoister {
public:
  Hoister(RewriterBase &rewriter, ScanOp scan)
      : rewriter(rewriter), scan(scan), batch(scan.getBatch()),
        steps(scan.getSteps()) {}

  void run();

private:
  void findDependences();
  void choose();
  bool canLeave(Operation *op) const;
  bool chooseWithProducers(Operation *op, SmallVectorImpl<Operation *> &found);
  bool needsSamples(Value value) const;

  Value getOutside(Value value);
  Value emit(Value value, Form form);
  Value emitFree(Operation *op, Form form);
  void emitOp(Operation *op);
  RankedTensorType getTypeIn(Form form, Type step) const;

  RewriterBase &rewriter;
  ScanOp scan;
  int64_t batch, steps;
  /// Values of the cell that depend on the step's part of a sequence, on a
  /// state.
  llvm::DenseSet<Value> ofStep, ofState;
  llvm::SetVector<Operation *> leaving;
  /// The cell's values that do not depend on steps, outside.
  IRMapping outside;
  /// What has left the cell, as it was computed.
  llvm::DenseMap<Value, std::pair<Value, Form>> emitted;
};
} // namespace

void Hoister::findDependences() {
  for (Value argument : scan.getSequenceArguments())
    ofStep.insert(argument);
  for (Value argument : scan.getStateArguments())
    ofState.insert(argument);
  for (Operation &op : scan.getBody().front().without_terminator())
    for (Value operand : op.getOperands()) {
      if (ofStep.contains(operand))
        ofStep.insert(op.result_begin(), op.result_end());
      if (ofState.contains(operand))
        ofState.insert(op.result_begin(), op.result_end());
    }
}

/// Whether an op means the same for all steps at once as for each of them.
bool Hoister::canLeave(Operation *op) const {
  auto isOfStep = [&](Value value) { return ofStep.contains(value); };
  auto isOfState = [&](Value value) { return ofState.contains(value); };
  if (llvm::none_of(op->getOperands(), isOfStep) ||
      llvm::any_of(op->getOperands(), isOfState))
    return false;
  if (auto matmul = dyn_cast<MatmulOp>(op)) {
    Operation *weights = matmul.getRhs().getDefiningOp();
    return !matmul.getTransposeLhs() && !isOfStep(matmul.getRhs()) &&
           !(weights && isFree(weights));
  }
  if (auto broadcast = dyn_cast<BroadcastOp>(op))
    return !broadcast.getDims().empty() && broadcast.getDims().front() == 0;
  if (isa<SplitOp, ConcatOp>(op))
    return llvm::all_of(op->getOperands(), isOfStep) &&
           getTensorType(op->getOperand(0)).getRank() > 1;
  return op->hasTrait<ElementwiseLanes>() && !isUpdate(op);
}

/// Collects `op` and the ops of the step that it needs; false if one of them
/// cannot leave.
bool Hoister::chooseWithProducers(Operation *op,
                                  SmallVectorImpl<Operation *> &found) {
  if (!canLeave(op))
    return false;
  found.push_back(op);
  for (Value operand : op->getOperands())
    if (Operation *producer = operand.getDefiningOp())
      if (ofStep.contains(operand) && !leaving.contains(producer) &&
          !chooseWithProducers(producer, found))
        return false;
  return true;
}

/// Contractions pay, with what comes before them; of what comes after, all that
/// needs nothing but them: the scan then takes a sequence in the place of
/// another.
void Hoister::choose() {
  mlir::Block &cell = scan.getBody().front();
  for (auto matmul : cell.getOps<MatmulOp>()) {
    SmallVector<Operation *> found;
    if (chooseWithProducers(matmul, found))
      leaving.insert(found.begin(), found.end());
    else
      (void)rewriter.notifyMatchFailure(
          matmul, "depends on states, or on ops that work on one step alone");
  }
  for (Operation &op : cell.without_terminator()) {
    if (!canLeave(&op) || isFree(&op))
      continue;
    unsigned projected = 0, others = 0;
    for (Value operand : op.getOperands())
      if (ofStep.contains(operand))
        ++(leaving.contains(operand.getDefiningOp()) ? projected : others);
    if (projected > 0 && others == 0)
      leaving.insert(&op);
  }
}

RankedTensorType Hoister::getTypeIn(Form form, Type step) const {
  auto type = cast<RankedTensorType>(step);
  SmallVector<int64_t> shape(type.getShape());
  if (form == Form::Flat)
    shape.front() = batch * steps;
  else
    shape.insert(shape.begin() + 1, steps);
  return type.clone(shape);
}

/// The same value outside of the cell, where it belongs to no step.
Value Hoister::getOutside(Value value) {
  if (Value known = outside.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    (void)getOutside(operand);
  rewriter.clone(*op, outside);
  return outside.lookup(value);
}

/// Whether a value that belongs to no step differs from sample to sample: then
/// it can be repeated over the steps of `[B, T, ...]`, but not of `[B*T, ...]`.
bool Hoister::needsSamples(Value value) const {
  if (ofStep.contains(value))
    return false;
  if (auto broadcast = value.getDefiningOp<BroadcastOp>())
    return llvm::is_contained(broadcast.getDims(), 0);
  auto constant = value.getDefiningOp<ConstantOp>();
  return !constant || !isa<SplatElementsAttr>(constant.getValue());
}

/// A constant or broadcast of the cell, for all steps.
Value Hoister::emitFree(Operation *op, Form form) {
  RankedTensorType type = getTypeIn(form, op->getResult(0).getType());
  if (auto constant = dyn_cast<ConstantOp>(op))
    return rewriter.create<ConstantOp>(
        op->getLoc(),
        cast<DenseElementsAttr>(constant.getValue()).resizeSplat(type));
  auto broadcast = cast<BroadcastOp>(op);
  bool isOfStep = ofStep.contains(broadcast.getInput());
  Value input = isOfStep ? emit(broadcast.getInput(), form)
                         : getOutside(broadcast.getInput());
  SmallVector<int64_t> dims(broadcast.getDims());
  if (form == Form::Whole) {
    for (int64_t &dim : dims)
      dim += dim > 0;
    if (isOfStep)
      dims.insert(dims.begin() + 1, 1);
  }
  return rewriter.createOrFold<BroadcastOp>(op->getLoc(), type, input, dims);
}

/// A value of the cell for all steps, in `form`.
Value Hoister::emit(Value value, Form form) {
  Operation *op = value.getDefiningOp();
  if (op && isFree(op) && !needsSamples(value))
    return emitFree(op, form);
  RankedTensorType type = getTypeIn(form, value.getType());
  if (!ofStep.contains(value)) {
    assert(form == Form::Whole && "samples repeat over steps of their own");
    SmallVector<int64_t> dims =
        getOtherDims({1}, getTensorType(value).getRank() + 1);
    return rewriter.createOrFold<BroadcastOp>(value.getLoc(), type,
                                              getOutside(value), dims);
  }
  auto [computed, had] = emitted.lookup(value);
  if (had == form)
    return computed;
  return rewriter.createOrFold<ReshapeOp>(value.getLoc(), type, computed);
}

void Hoister::emitOp(Operation *op) {
  Form form = llvm::any_of(op->getOperands(),
                           [&](Value value) { return needsSamples(value); }) &&
                      !isa<MatmulOp>(op)
                  ? Form::Whole
                  : Form::Flat;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(isa<MatmulOp>(op) && !ofStep.contains(operand)
                           ? getOutside(operand)
                           : emit(operand, form));
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(getTypeIn(form, type));
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  Operation *copy = rewriter.create(state);
  for (auto [result, now] :
       llvm::zip_equal(op->getResults(), copy->getResults()))
    emitted[result] = {now, form};
}

void Hoister::run() {
  findDependences();
  choose();
  if (leaving.empty())
    return;

  rewriter.setInsertionPoint(scan);
  for (auto [argument, operand] :
       llvm::zip_equal(scan.getSequenceArguments(), scan.getSequences()))
    emitted[argument] = {operand, Form::Whole};
  for (auto [argument, operand] :
       llvm::zip_equal(scan.getRowArguments(), scan.getRows()))
    outside.map(argument, operand);
  for (auto [argument, operand] :
       llvm::zip_equal(scan.getCaptureArguments(), scan.getCaptures()))
    outside.map(argument, operand);

  SmallVector<Operation *> sorted(leaving.begin(), leaving.end());
  llvm::sort(sorted,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  for (Operation *op : sorted)
    if (!isFree(op))
      emitOp(op);
  auto stays = [&](Operation *user) {
    return isFree(user) || !leaving.contains(user);
  };
  for (Operation *op : sorted)
    for (Value result : op->getResults())
      if (!isFree(op) && llvm::any_of(result.getUsers(), stays))
        rewriter.replaceAllUsesWith(
            result, addSequence(scan, emit(result, Form::Whole)));
  for (Operation *op : llvm::reverse(sorted))
    if (op->use_empty())
      rewriter.eraseOp(op);
  eraseUnusedFree(rewriter, scan.getBody().front());
  eraseUnusedOperands(scan);
}

namespace {
struct HoistProjections
    : public kiln::impl::HoistProjectionsBase<HoistProjections> {
  void runOnOperation() override {
    PassRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (ScanOp scan :
         llvm::to_vector(getOperation().front().getOps<ScanOp>())) {
      if (scan.getTileRows())
        continue;
      hoistInvariants(rewriter, scan);
      Hoister(rewriter, scan).run();
    }
  }
};
} // namespace
