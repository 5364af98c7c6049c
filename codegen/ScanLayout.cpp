//===- ScanLayout.cpp - The memory of a recurrence's cell -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/ScanKernel.h"

#include "codegen/KernelBuilder.h"
#include "ir/KilnScan.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln {

ScanLayout::ScanLayout(FusionOp group)
    : group(group), scan(findInBody<ScanOp>(group)), batch(scan.getBatch()),
      rows(scan.getRowsAtOnce()), steps(scan.getSteps()),
      chunk(scan.getChunk().value_or(1)) {
  for (auto [i, argument] : llvm::enumerate(scan.getStateArguments())) {
    stateOffsets.push_back(take(getByteSize(argument.getType())));
    homes[argument] = {Home::State, stateOffsets.back(), 1, unsigned(i)};
  }
  for (auto [i, argument] : llvm::enumerate(scan.getSequenceArguments())) {
    if (isKeptInTiles(scan.getSequences()[i].getType(), argument.getType()))
      homes[argument] = {Home::Sequence, 0, 1, unsigned(i)};
    else
      homes[argument] = {Home::Scratch, take(getByteSize(argument.getType())),
                         1, 0};
  }
  for (auto [i, argument] : llvm::enumerate(scan.getRowArguments()))
    homes[argument] = {Home::Rows, 0, 1, *getInput(scan.getRows()[i])};
  for (auto [i, argument] : llvm::enumerate(scan.getCaptureArguments()))
    homes[argument] = {Home::Capture, 0, 1, *getInput(scan.getCaptures()[i])};
  placeSums();
  placeResults();
}

int64_t ScanLayout::take(int64_t size) {
  int64_t offset = bytes;
  bytes += llvm::alignTo(size, 64);
  return offset;
}

std::optional<unsigned> ScanLayout::getInput(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return std::nullopt;
  return argument.getArgNumber();
}

GatherOp ScanLayout::getGather(unsigned sequence) const {
  return ScanOp(scan).getSequences()[sequence].getDefiningOp<GatherOp>();
}

ScatterOp ScanLayout::getScatter(unsigned output) const {
  for (Operation *user : ScanOp(scan).getOutputs()[output].getUsers())
    if (auto scatter = dyn_cast<ScatterOp>(user))
      return scatter;
  return nullptr;
}

std::optional<unsigned> ScanLayout::getOutput(Value value) const {
  for (auto [i, yielded] :
       llvm::enumerate(FusionOp(group).getYield().getValues()))
    if (yielded == value)
      return i;
  return std::nullopt;
}

bool ScanLayout::isSumOnly(Operation *op) const {
  return llvm::any_of(sums, [&](const Sum &sum) {
    return sum.contraction && sum.contraction == op;
  });
}

/// The operands of a contraction over rows that nothing but a sum takes.
static std::pair<Value, Value> getContraction(FusionOp group) {
  if (!group || group.getKind() != FusionKind::contraction ||
      group->getNumResults() != 1 || !group.getOutputs()[0].hasOneUse())
    return {};
  auto matmul = findInBody<MatmulOp>(group);
  if (!matmul || !matmul.getTransposeLhs() || matmul.getTransposeRhs() ||
      group.getYield().getValues()[0] != matmul.getOutput())
    return {};
  auto outside = [&](Value v) -> Value {
    auto argument = dyn_cast<BlockArgument>(v);
    return argument ? group.getInputs()[argument.getArgNumber()] : Value();
  };
  return {outside(matmul.getLhs()), outside(matmul.getRhs())};
}

void ScanLayout::placeSums() {
  llvm::DenseMap<Value, int64_t> rings;
  auto ring = [&](Value value) {
    auto [it, isNew] = rings.try_emplace(lookThroughReshapes(value));
    if (isNew)
      it->second = take(chunk * getByteSize(value.getType()));
    return it->second;
  };
  for (Value contribution : scan.getContributions()) {
    auto group = contribution.getDefiningOp<FusionOp>();
    auto [lhs, rhs] = getContraction(group);
    Sum sum;
    if (lhs && rhs)
      sum = {group, lhs, rhs, ring(lhs), ring(rhs)};
    sums.push_back(sum);
  }
  // What a group computes is put into its ring at once.
  for (auto [value, offset] : rings)
    if (!isa<BlockArgument>(value))
      homes[value] = {Home::Scratch, offset, chunk, 0};
}

/// Whether a group may write its result over the state's current value.
bool ScanLayout::canOverwrite(OpResult value, unsigned state) const {
  auto producer = dyn_cast<FusionOp>(value.getOwner());
  if (!producer || (producer.getKind() != FusionKind::elementwise &&
                    producer.getKind() != FusionKind::contraction))
    return false;
  BlockArgument argument = ScanOp(scan).getStateArguments()[state];
  if (argument.getType() != value.getType())
    return false;
  for (Operation *user : argument.getUsers()) {
    if (isa<YieldOp>(user))
      continue;
    auto reader = dyn_cast<FusionOp>(user);
    if (!reader)
      return false;
    if (reader == producer) {
      for (auto [input, inner] :
           llvm::zip(reader.getInputs(), reader.getBody().getArguments()))
        if (input == argument)
          for (Operation *innerUser : inner.getUsers())
            if (!innerUser->hasTrait<ElementwiseLanes>())
              return false;
    } else if (!reader->isBeforeInBlock(producer) || isSumOnly(reader)) {
      return false;
    }
  }
  // As another state's next value the old one is read after the groups ran.
  for (auto [i, next] : llvm::enumerate(ScanOp(scan).getNextStates()))
    if (next == argument && i != state)
      return false;
  return true;
}

void ScanLayout::placeResults() {
  for (Operation &op : scan.getBody().front()) {
    auto inner = dyn_cast<FusionOp>(op);
    if (!inner || isSumOnly(inner))
      continue;
    for (OpResult result : inner->getOpResults()) {
      if (homes.count(result))
        continue;
      Home home;
      bool placed = false;
      for (auto [i, output] : llvm::enumerate(scan.getStepOutputs()))
        if (!placed && output == result && !getScatter(i) &&
            isKeptInTiles(scan.getOutputs()[i].getType(), result.getType())) {
          home = {Home::Output, 0, 1, unsigned(i)};
          placed = true;
        }
      for (auto [i, next] : llvm::enumerate(scan.getNextStates()))
        if (!placed && next == result && canOverwrite(result, i)) {
          home = {Home::State, stateOffsets[i], 1, unsigned(i)};
          placed = true;
        }
      if (!placed)
        home = {Home::Scratch, take(getByteSize(result.getType())), 1, 0};
      homes[result] = home;
    }
  }
}

} // namespace kiln
