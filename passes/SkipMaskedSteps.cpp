//===- SkipMaskedSteps.cpp - Steps that change nothing --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "kiln-skip-masked-steps"

namespace kiln {
#define GEN_PASS_DEF_SKIPMASKEDSTEPS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
/// What is known of a value of a cell at a step at which the mask is false for
/// all rows.
struct Fact {
  enum Kind { Nothing, Zero, False, True, Same } kind = Nothing;
  /// Same: the value that it has the elements of.
  Value as;
};

/// Evaluates a cell with one of its sequences false.
class IdleStep {
public:
  IdleStep(ScanOp scan, BlockArgument mask) : scan(scan) {
    facts[mask] = {Fact::False, {}};
    for (Operation &op : scan.getBody().front().without_terminator())
      for (Value result : op.getResults())
        facts[result] = evaluate(&op);
  }

  /// Every state stays as it is and nothing is added to any sum.
  bool keepsStatesAndSums();
  bool isZero(Value value) const { return get(value).kind == Fact::Zero; }

private:
  Fact get(Value value) const {
    Fact fact = facts.lookup(value);
    return fact.kind == Fact::Nothing ? Fact{Fact::Same, value} : fact;
  }
  Fact evaluate(Operation *op) const;

  ScanOp scan;
  llvm::DenseMap<Value, Fact> facts;
};
} // namespace

static bool isZeroSplat(Value value) {
  return matchPattern(value, m_AnyZeroFloat());
}

/// With finite numbers 0 * x is 0, and x + 0 is x; a zero's sign is not looked
/// at. So what a skipped step would have done to a state that is -0 may differ
/// in that sign: a schedule decides that, from the model alone.
Fact IdleStep::evaluate(Operation *op) const {
  auto isZeroAt = [&](unsigned i) { return isZero(op->getOperand(i)); };
  bool allZero = op->getNumOperands() > 0 &&
                 llvm::all_of(op->getOperands(),
                              [&](Value operand) { return isZero(operand); });
  Fact zero = {Fact::Zero, {}}, nothing;
  return llvm::TypeSwitch<Operation *, Fact>(op)
      .Case([&](ConstantOp constant) -> Fact {
        if (isZeroSplat(constant))
          return zero;
        auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
        if (elements && elements.isSplat() &&
            elements.getElementType().isInteger(1))
          return {elements.getSplatValue<bool>() ? Fact::True : Fact::False,
                  {}};
        return nothing;
      })
      .Case([&](BroadcastOp broadcast) -> Fact {
        Fact fact = get(broadcast.getInput());
        return fact.kind == Fact::Same ? nothing : fact;
      })
      .Case([&](SelectOp select) -> Fact {
        Fact condition = get(select.getCondition());
        if (condition.kind == Fact::False)
          return get(select.getOnFalse());
        if (condition.kind == Fact::True)
          return get(select.getOnTrue());
        Fact yes = get(select.getOnTrue()), no = get(select.getOnFalse());
        return yes.kind == no.kind && yes.as == no.as ? yes : nothing;
      })
      .Case([&](ConvertOp convert) -> Fact {
        return get(convert.getInput()).kind == Fact::False ? zero : nothing;
      })
      .Case([&](AddOp add) -> Fact {
        if (isZeroAt(0))
          return get(add.getRhs());
        return isZeroAt(1) ? get(add.getLhs()) : nothing;
      })
      .Case([&](SubOp sub) -> Fact {
        return isZeroAt(1) ? get(sub.getLhs()) : nothing;
      })
      .Case<MulOp, MatmulOp>([&](Operation *) {
        return isZeroAt(0) || isZeroAt(1) ? zero : nothing;
      })
      .Case<DivOp, DropoutOp>(
          [&](Operation *) { return isZeroAt(0) ? zero : nothing; })
      .Case<NegOp, AbsOp, SignOp, SqrtOp, TanhOp, ReluOp, MaximumOp, MinimumOp,
            ReshapeOp, TransposeOp, ReduceOp, SplitOp, ConcatOp>(
          [&](Operation *) { return allZero ? zero : nothing; })
      .Default([&](Operation *) { return nothing; });
}

bool IdleStep::keepsStatesAndSums() {
  for (auto [state, next] :
       llvm::zip_equal(scan.getStateArguments(), scan.getNextStates())) {
    Fact fact = get(next);
    if (fact.kind != Fact::Same || fact.as != state)
      return false;
  }
  return llvm::all_of(scan.getContributions(),
                      [&](Value value) { return isZero(value); });
}

/// The mask at which a step of `scan` changes no state and no sum.
static std::optional<unsigned> findMask(ScanOp scan) {
  for (auto [i, argument] : llvm::enumerate(scan.getSequenceArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getRank() == 1 && type.getElementType().isInteger(1) &&
        IdleStep(scan, argument).keepsStatesAndSums())
      return i;
  }
  return std::nullopt;
}

namespace {
/// Scans that may skip steps, each with the number of its mask.
using Masks = llvm::MapVector<Operation *, unsigned>;
} // namespace

/// Whether nothing notices that `scan` skips steps: only scans that skip the
/// same steps read an output, or it is not kept in tiles and zero at such a
/// step.
static bool canSkip(ScanOp scan, const Masks &masks) {
  unsigned index = masks.lookup(scan);
  Value mask = scan.getSequences()[index];
  IdleStep step(scan, scan.getSequenceArguments()[index]);
  for (auto [output, value] :
       llvm::zip_equal(scan.getOutputs(), scan.getStepOutputs())) {
    bool isSkipped = llvm::all_of(output.getUsers(), [&](Operation *user) {
      auto reader = dyn_cast<ScanOp>(user);
      auto known = masks.find(user);
      return reader && known != masks.end() &&
             reader.getSequences()[known->second] == mask &&
             reader.getRowsAtOnce() == scan.getRowsAtOnce();
    });
    bool isInTiles = cast<RankedTensorType>(output.getType()).getRank() ==
                     cast<RankedTensorType>(value.getType()).getRank() + 2;
    if (!isSkipped && (isInTiles || !step.isZero(value)))
      return false;
  }
  return true;
}

namespace {
struct SkipMaskedSteps
    : public kiln::impl::SkipMaskedStepsBase<SkipMaskedSteps> {
  void runOnOperation() override {
    Masks masks;
    getOperation().walk([&](ScanOp scan) {
      if (scan.getIdleWhen())
        return;
      if (std::optional<unsigned> mask = findMask(scan))
        masks[scan] = *mask;
    });
    // One that cannot skip reads what others then have to write.
    SmallVector<Operation *> failed;
    do {
      failed.clear();
      for (auto [scan, mask] : masks)
        if (!canSkip(cast<ScanOp>(scan), masks))
          failed.push_back(scan);
      for (Operation *scan : failed)
        masks.erase(scan);
    } while (!failed.empty());
    Builder builder(&getContext());
    for (auto [scan, mask] : masks)
      cast<ScanOp>(scan).setIdleWhenAttr(builder.getI64IntegerAttr(mask));
  }
};
} // namespace
