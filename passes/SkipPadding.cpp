//===- SkipPadding.cpp - Rows past a sample's distinct tokens -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// `kiln.unique` lists a sample's distinct tokens and then -1. What is computed
// from the rows at -1 is never read: positions point at tokens only, gradients
// are zero there. Finds the groups that compute or read such rows and hands
// them the list, so that their loops end where it does.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupBuilder.h"
#include "passes/Passes.h"

#include "llvm/ADT/MapVector.h"

#define DEBUG_TYPE "kiln-skip-padding"

namespace kiln {
#define GEN_PASS_DEF_SKIPPADDING
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The value outside of `group` that a value of its body stands for.
static Value getOutside(FusionOp group, Value inner) {
  auto argument = dyn_cast<BlockArgument>(inner);
  return argument
             ? lookThroughReshapes(group.getInputs()[argument.getArgNumber()])
             : Value();
}

template <typename OpTy> static OpTy find(FusionOp group) {
  for (Operation &op : group.getBody().front())
    if (auto found = dyn_cast<OpTy>(op))
      return found;
  return nullptr;
}

/// The op that computes a group's result, null for another value.
template <typename OpTy> static OpTy getMaker(Value value) {
  auto group = value.getDefiningOp<FusionOp>();
  if (!group)
    return nullptr;
  unsigned number = cast<OpResult>(value).getResultNumber();
  return group.getYield().getValues()[number].getDefiningOp<OpTy>();
}

namespace {
class Finder {
public:
  explicit Finder(func::FuncOp func) : func(func) {}
  void run();

private:
  /// The list that says how many rows of a value there are; null if all are.
  Value getList(Value value) {
    return lists.lookup(lookThroughReshapes(value));
  }
  Value findList(FusionOp group);
  bool isRows(Value value, Value list);
  bool isProducer(FusionOp group);
  bool isReader(FusionOp group, unsigned input, Value list);
  bool mayHold(Value value, Value list);
  void mark(FusionOp group, Value list);

  func::FuncOp func;
  llvm::MapVector<Value, Value> lists;
};
} // namespace

/// The list of distinct tokens that positions (of a gather or scatter in
/// `group`) point into.
static Value getListOfPositions(FusionOp group, Value indices) {
  Value positions = getOutside(group, indices);
  if (!positions)
    return {};
  auto unique = getMaker<UniqueOp>(positions);
  if (!unique)
    return {};
  auto index = positions.getDefiningOp<FusionOp>();
  for (Value result : index->getResults()) {
    unsigned number = cast<OpResult>(result).getResultNumber();
    if (index.getYield().getValues()[number] == unique.getValues())
      return result;
  }
  return {};
}

/// Whether a value has a row for each entry of `list` [B, T].
bool Finder::isRows(Value value, Value list) {
  ArrayRef<int64_t> shape = getShape(value);
  return shape.size() > 1 && ShapedType::getNumElements(shape.drop_back()) ==
                                 ShapedType::getNumElements(getShape(list));
}

/// The list by which a group's results may have fewer rows.
Value Finder::findList(FusionOp group) {
  switch (group.getKind()) {
  case FusionKind::gather: {
    auto gather = find<GatherOp>(group);
    Value indices = getOutside(group, gather.getIndices());
    return gather.getBatchDims() == 0 && indices && getMaker<UniqueOp>(indices)
               ? indices
               : Value();
  }
  case FusionKind::contraction: {
    auto matmul = find<MatmulOp>(group);
    if (!matmul || matmul.getTransposeLhs())
      return {};
    Value lhs = getOutside(group, matmul.getLhs());
    return lhs ? getList(lhs) : Value();
  }
  case FusionKind::elementwise:
    if (getShape(group.getOutputs().front()).size() != 3)
      return {};
    for (Value input : group.getInputs())
      if (Value list = getList(input))
        return list;
    return {};
  default:
    return {};
  }
}

/// Whether all results of a group that computes rows have fewer of them.
bool Finder::isProducer(FusionOp group) {
  Value list = findList(group);
  return list && llvm::all_of(group.getOutputs(), [&](Value output) {
           return getList(output) == list;
         });
}

/// Whether a group reads no row past the list of its input.
bool Finder::isReader(FusionOp group, unsigned input, Value list) {
  BlockArgument argument = group.getBody().getArgument(input);
  if (isProducer(group) && findList(group) == list)
    return llvm::all_of(argument.getUsers(), [&](Operation *user) {
      if (auto matmul = dyn_cast<MatmulOp>(user))
        return matmul.getLhs() == argument && matmul.getRhs() != argument;
      return user->hasTrait<ElementwiseLanes>();
    });
  // Chains lead to rows that there are, wherever updates are computed.
  if (auto sum = find<ChainSumOp>(group)) {
    Value next = getOutside(group, sum.getNext());
    auto chain = next ? getMaker<ChainOp>(next) : ChainOp();
    return chain &&
           getOutside(next.getDefiningOp<FusionOp>(), chain.getIndices()) ==
               list &&
           llvm::all_of(argument.getUsers(), [&](Operation *user) {
             return user == sum ? sum.getUpdates() == argument
                                : user->hasTrait<ElementwiseLanes>();
           });
  }
  for (Operation *user : argument.getUsers()) {
    if (auto partial = dyn_cast<PartialMatmulOp>(user)) {
      Value lhs = getOutside(group, partial.getLhs());
      Value rhs = getOutside(group, partial.getRhs());
      if (group->getNumResults() != 1 || !partial.getTransposeLhs() ||
          group.getYield().getValues()[0] != partial.getOutput() ||
          getList(lhs) != list || getList(rhs) != list ||
          getShape(list)[0] % int64_t(partial.getParts()))
        return false;
    } else if (auto reduce = dyn_cast<ReduceOp>(user)) {
      ArrayRef<int64_t> shape = getShape(argument);
      if (reduce.getKind() != Reduction::sum || shape.size() != 3 ||
          reduce.getDims() != ArrayRef<int64_t>{1} ||
          getShape(list)[0] % shape[0] || !isRows(argument, list))
        return false;
    } else if (auto gather = dyn_cast<GatherOp>(user)) {
      if (gather.getTable() != argument || gather.getBatchDims() != 1 ||
          getListOfPositions(group, gather.getIndices()) != list)
        return false;
    } else {
      return false;
    }
  }
  return true;
}

bool Finder::mayHold(Value value, Value list) {
  SmallVector<Value> aliases = {value};
  while (!aliases.empty())
    for (OpOperand &use : aliases.pop_back_val().getUses()) {
      if (auto reshape = dyn_cast<ReshapeOp>(use.getOwner())) {
        aliases.push_back(reshape.getOutput());
        continue;
      }
      auto group = dyn_cast<FusionOp>(use.getOwner());
      if (!group || !isReader(group, use.getOperandNumber(), list))
        return false;
    }
  return true;
}

void Finder::mark(FusionOp group, Value list) {
  unsigned number = group.getInputs().size();
  for (auto [i, input] : llvm::enumerate(group.getInputs()))
    if (input == list)
      number = i;
  if (number == group.getInputs().size()) {
    group.getInputsMutable().append(list);
    group.getBody().addArgument(list.getType(), list.getLoc());
  }
  group->setAttr(attrs::ragged,
                 Builder(func.getContext()).getI64IntegerAttr(number));
}

void Finder::run() {
  auto groups = llvm::to_vector(func.front().getOps<FusionOp>());
  for (FusionOp group : groups) {
    if (Value list = findList(group))
      for (Value output : group.getOutputs())
        if (isRows(output, list))
          lists[output] = list;
    // A scatter's rows past the list are zeros; those in a recurrence's group
    // are not even stored.
    for (auto [output, yielded] :
         llvm::zip(group.getOutputs(), group.getYield().getValues()))
      if (auto scatter = yielded.getDefiningOp<ScatterOp>())
        if (scatter.getBatchDims() == 1)
          if (Value list = getListOfPositions(group, scatter.getIndices()))
            if (isRows(output, list))
              lists[output] = list;
  }
  bool changed = true;
  while (changed) {
    changed = false;
    for (auto &[value, list] : lists) {
      if (!list)
        continue;
      auto group = value.getDefiningOp<FusionOp>();
      bool holds =
          mayHold(value, list) &&
          (group.getKind() == FusionKind::scan ||
           group.getKind() == FusionKind::scatter || isProducer(group));
      if (holds)
        continue;
      list = nullptr;
      changed = true;
    }
  }
  for (FusionOp group : groups) {
    SmallVector<Value> values(group->getOperands());
    llvm::append_range(values, group->getResults());
    Value list;
    for (Value value : values)
      if (!list)
        list = getList(value);
    bool reads = llvm::any_of(group.getBody().front(), [](Operation &op) {
      return isa<PartialMatmulOp, ReduceOp>(op);
    });
    bool scatters = group.getKind() == FusionKind::scan &&
                    llvm::any_of(group.getOutputs(),
                                 [&](Value v) { return bool(getList(v)); });
    if (list && (isProducer(group) || reads || scatters))
      mark(group, list);
  }
}

namespace {
struct SkipPadding : public kiln::impl::SkipPaddingBase<SkipPadding> {
  void runOnOperation() override { Finder(getOperation()).run(); }
};
} // namespace
