//===- RecomputeActivations.cpp - Save less, compute it again -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupRules.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"
#include "passes/Scans.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#define DEBUG_TYPE "kiln-recompute-activations"

namespace kiln {
#define GEN_PASS_DEF_RECOMPUTEACTIVATIONS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Whether an op costs less than to store its result and load it.
static bool isCheap(Operation *op) {
  return isFree(op) ||
         isa<AddOp, SubOp, MulOp, NegOp, AbsOp, SignOp, ReluOp, MaximumOp,
             MinimumOp, CompareOp, SelectOp, ConvertOp, DropoutOp>(op);
}

namespace {
/// Chooses what a forward scan saves for the scan that goes back over its
/// steps.
class Chooser {
public:
  Chooser(RewriterBase &rewriter, ScanOp forward)
      : rewriter(rewriter), forward(forward) {}

  /// Whether anything has changed; `forward` is then gone.
  bool run();

private:
  bool findBackward();
  bool isCommon(Value value);
  static bool isSavedFor(Value output, ScanOp reader);
  void collectLeaves(Value value, llvm::SetVector<Value> &leaves);
  void choose();
  void rewrite();
  Value rebuild(ScanOp newForward, Value value, IRMapping &copies);

  RewriterBase &rewriter;
  ScanOp forward, backward;
  /// Outputs that stay, by the value of the cell that they are.
  llvm::MapVector<Value, unsigned> kept;
  /// Outputs that something besides `backward` reads, or the same as another.
  SmallVector<unsigned> fixed;
  /// Outputs that `backward` computes again.
  SmallVector<unsigned> dropped;
  /// Values of the cell to save for them.
  llvm::SetVector<Value> added;
  /// The outputs that hold values of the cell.
  llvm::DenseMap<Value, Value> saved;
};
} // namespace

/// Whether `reader` alone reads an output, as a sequence.
bool Chooser::isSavedFor(Value output, ScanOp reader) {
  if (output.use_empty())
    return false;
  return llvm::all_of(output.getUses(), [&](OpOperand &use) {
    unsigned index = use.getOperandNumber();
    unsigned first = reader.getInit().size();
    return use.getOwner() == reader && index >= first &&
           index < first + reader.getSequences().size();
  });
}

/// Finds the one scan that reads what `forward` saves.
bool Chooser::findBackward() {
  for (Value output : forward.getOutputs())
    for (Operation *user : output.getUsers()) {
      auto reader = dyn_cast<ScanOp>(user);
      if (reader && isSavedFor(output, reader) &&
          reader.getReverse() != forward.getReverse() &&
          reader.getBatch() == forward.getBatch() && !reader.getTileRows() &&
          !forward.getTileRows()) {
        backward = reader;
        return true;
      }
    }
  return false;
}

/// Whether a value of the cell is made of captures and constants alone: the
/// same for all samples at all steps, it is made again and never saved.
bool Chooser::isCommon(Value value) {
  if (Operation *op = value.getDefiningOp())
    return llvm::all_of(op->getOperands(),
                        [&](Value operand) { return isCommon(operand); });
  return llvm::is_contained(forward.getCaptureArguments(), value);
}

/// The values that `value` would be computed from again and that would have to
/// be saved for it.
void Chooser::collectLeaves(Value value, llvm::SetVector<Value> &leaves) {
  if (kept.contains(value) || added.contains(value) || isCommon(value))
    return;
  Operation *op = value.getDefiningOp();
  if (op && isCheap(op)) {
    for (Value operand : op->getOperands())
      collectLeaves(operand, leaves);
    return;
  }
  if (op || llvm::is_contained(forward.getStateArguments(), value))
    leaves.insert(value);
}

static int64_t getBytes(ArrayRef<Value> values) {
  int64_t bytes = 0;
  for (Value value : values)
    bytes += getByteSize(value.getType());
  return bytes;
}

void Chooser::choose() {
  ValueRange values = forward.getStepOutputs();
  SmallVector<unsigned> open;
  for (auto [i, value] : llvm::enumerate(values)) {
    bool isSaved = isSavedFor(forward.getOutputs()[i], backward);
    Operation *op = value.getDefiningOp();
    bool isLeaf = op ? !isCheap(op)
                     : llvm::is_contained(forward.getStateArguments(), value);
    if (isSaved && !isLeaf) {
      open.push_back(i);
      continue;
    }
    if (kept.insert({value, i}).second)
      continue;
    // The same value twice.
    if (isSaved)
      dropped.push_back(i);
    else
      fixed.push_back(i);
  }

  // The leaves that each of the others needs, and drops that cost no leaf or
  // fewer bytes of leaves than they save.
  bool changed = true;
  while (changed) {
    changed = false;
    llvm::MapVector<unsigned, llvm::SetVector<Value>> leaves;
    for (unsigned i : open)
      collectLeaves(values[i], leaves[i]);
    for (auto &entry : leaves) {
      llvm::SetVector<Value> &needed = entry.second;
      SmallVector<unsigned> group;
      SmallVector<Value> saved;
      for (auto &[i, others] : leaves)
        if (llvm::all_of(others, [&](Value v) { return needed.contains(v); })) {
          group.push_back(i);
          saved.push_back(values[i]);
        }
      if (getBytes(needed.getArrayRef()) >= getBytes(saved)) {
        (void)rewriter.notifyMatchFailure(
            forward, "what a value is computed from is no smaller");
        continue;
      }
      added.insert(needed.begin(), needed.end());
      llvm::append_range(dropped, group);
      llvm::erase_if(open,
                     [&](unsigned i) { return llvm::is_contained(group, i); });
      changed = true;
      break;
    }
  }
  for (unsigned i : open)
    if (!kept.insert({values[i], i}).second)
      dropped.push_back(i);
}

/// Computes a value of the forward cell in the backward cell.
Value Chooser::rebuild(ScanOp newForward, Value value, IRMapping &copies) {
  if (Value known = copies.lookupOrNull(value))
    return known;
  if (Value output = saved.lookup(value)) {
    copies.map(value, addSequence(backward, output));
    return copies.lookup(value);
  }
  if (Operation *op = value.getDefiningOp()) {
    for (Value operand : op->getOperands())
      (void)rebuild(newForward, operand, copies);
    rewriter.clone(*op, copies)->setLoc(withRole(op->getLoc(), "backward"));
    return copies.lookup(value);
  }
  unsigned index = cast<BlockArgument>(value).getArgNumber();
  // Arguments follow operands, one to one.
  Value operand = newForward->getOperand(index);
  Value argument;
  if (llvm::is_contained(newForward.getSequenceArguments(), value))
    argument = addSequence(backward, operand);
  else if (llvm::is_contained(newForward.getRowArguments(), value))
    argument = addRow(backward, operand);
  else
    argument = addCapture(backward, operand);
  copies.map(value, argument);
  return argument;
}

void Chooser::rewrite() {
  SmallVector<Value> values;
  SmallVector<Type> types;
  SmallVector<std::optional<unsigned>> sources;
  auto add = [&](Value value, Type type, std::optional<unsigned> source) {
    values.push_back(value);
    types.push_back(type);
    sources.push_back(source);
  };
  for (auto [value, i] : kept)
    add(value, forward.getOutputs()[i].getType(), i);
  for (unsigned i : fixed)
    add(forward.getStepOutputs()[i], forward.getOutputs()[i].getType(), i);
  for (Value value : added) {
    auto step = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape(step.getShape());
    shape.insert(shape.begin() + 1, forward.getSteps());
    add(value, step.clone(shape), std::nullopt);
  }
  SmallVector<Value> droppedValues;
  for (unsigned i : dropped)
    droppedValues.push_back(forward.getStepOutputs()[i]);

  replaceOutputs(
      rewriter, forward, values, types,
      [&](ScanOp newForward, ValueRange oldOutputs) {
        for (auto [value, output, source] :
             llvm::zip_equal(values, newForward.getOutputs(), sources)) {
          if (source)
            rewriter.replaceAllUsesWith(oldOutputs[*source], output);
          saved.try_emplace(value, output);
        }
        IRMapping copies;
        rewriter.setInsertionPointToStart(&backward.getBody().front());
        for (auto [i, value] : llvm::zip_equal(dropped, droppedValues)) {
          Value again = rebuild(newForward, value, copies);
          for (unsigned n = backward.getSequences().size(); n-- > 0;) {
            if (backward.getSequences()[n] != oldOutputs[i])
              continue;
            BlockArgument argument = backward.getSequenceArguments()[n];
            rewriter.replaceAllUsesWith(argument, again);
            backward.getBody().eraseArgument(argument.getArgNumber());
            backward.getSequencesMutable().erase(n);
          }
        }
      });
}

bool Chooser::run() {
  if (!findBackward())
    return false;
  choose();
  if (dropped.empty())
    return false;
  rewrite();
  return true;
}

namespace {
struct RecomputeActivations
    : public kiln::impl::RecomputeActivationsBase<RecomputeActivations> {
  void runOnOperation() override {
    PassRewriter rewriter(getOperation(), DEBUG_TYPE);
    for (ScanOp scan : llvm::to_vector(getOperation().front().getOps<ScanOp>()))
      Chooser(rewriter, scan).run();
  }
};
} // namespace
