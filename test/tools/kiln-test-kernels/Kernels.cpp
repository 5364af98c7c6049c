//===- Kernels.cpp - Compiles groups in process and runs them -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "check/GroupCode.h"
#include "check/Memory.h"
#include "codegen/GroupLowering.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace kiln::test {

struct Kernels::State {
  std::unique_ptr<GroupCode> code;
  /// What each was compiled for; the group's own changes with every
  /// compilation.
  llvm::DenseMap<Operation *, PartitionAttr> partitions;
};

Kernels::Kernels() : state(std::make_unique<State>()) {}
Kernels::~Kernels() = default;

/// Those of functions; a cell's own are part of the kernel around it.
static void forEachGroup(ModuleOp module, function_ref<void(FusionOp)> body) {
  for (auto function : module.getOps<func::FuncOp>())
    for (auto group : function.getOps<FusionOp>())
      body(group);
}

unsigned countChoices(ModuleOp module) {
  size_t most = 1;
  forEachGroup(module, [&](FusionOp group) {
    most = std::max(most, getPartitions(group).size());
  });
  return most;
}

std::unique_ptr<Kernels> Kernels::compile(ModuleOp module, const Target &target,
                                          unsigned choice) {
  std::unique_ptr<Kernels> kernels(new Kernels());
  forEachGroup(module, [&](FusionOp group) {
    SmallVector<PartitionAttr> partitions = getPartitions(group);
    group.setPartitionAttr(
        partitions[std::min<size_t>(choice, partitions.size() - 1)]);
    kernels->state->partitions[group] = *group.getPartition();
  });
  kernels->state->code = GroupCode::compile(module, target);
  return kernels->state->code ? std::move(kernels) : nullptr;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// True if `thread` of `threads` may touch element `i` of a tensor.
static bool mayTouch(const Access &access, RankedTensorType type, int64_t i,
                     unsigned thread, unsigned threads) {
  if (access.kind == Access::Whole)
    return true;
  if (access.kind == Access::First)
    return thread == 0;
  for (int64_t dim = type.getRank() - 1; dim > access.dim; --dim)
    i /= type.getDimSize(dim);
  int64_t unit = i % type.getDimSize(access.dim) / access.unit;
  if (access.kind == Access::Cyclic)
    return unit % threads == thread;
  int64_t units = llvm::divideCeil(access.extent, access.unit);
  return unit >= thread * units / threads &&
         unit < (thread + 1) * units / threads;
}

/// What nothing has written: not the NaNs of spoilt inputs, which results of
/// them would be, too.
static constexpr uint32_t untouched = 0xa5a5a5a5;

/// Runs each thread alone, on inputs that are spoilt where it may not look, and
/// says what it computed elsewhere, or wrote where it may not.
static std::string checkAccess(FusionOp group, PartitionAttr partition,
                               const GroupCode &code, ArrayRef<void *> inputs,
                               unsigned threads) {
  auto getWidth = [](Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    return getByteSize(type) / std::max<int64_t>(type.getNumElements(), 1);
  };
  auto run = [&](int64_t alone, std::vector<GuardedMemory> &outputs) {
    std::vector<GuardedMemory> copies;
    SmallVector<void *> values;
    for (auto [i, input] : llvm::enumerate(group.getInputs())) {
      auto type = cast<RankedTensorType>(input.getType());
      size_t width = getWidth(input);
      copies.emplace_back(getByteSize(type));
      char *copy = copies.back().getData();
      Access access = getInputAccess(group, partition, i);
      for (int64_t e = 0; e < type.getNumElements(); ++e)
        if (alone < 0 || mayTouch(access, type, e, alone, threads))
          memcpy(copy + e * width,
                 static_cast<const char *>(inputs[i]) + e * width, width);
      values.push_back(copy);
    }
    for (Value output : group.getOutputs()) {
      outputs.emplace_back(getByteSize(output.getType()));
      outputs.back().fill(untouched);
      values.push_back(outputs.back().getData());
    }
    GuardedMemory scratch(getScratchBytes(group));
    if (getScratchBytes(group))
      values.push_back(scratch.getData());
    for (int64_t thread = 0; thread < threads; ++thread)
      if (alone < 0 || alone == thread)
        code.run(group, values, thread, threads);
  };

  std::vector<GuardedMemory> together;
  run(-1, together);
  for (unsigned thread = 0; thread < threads; ++thread) {
    std::vector<GuardedMemory> alone;
    run(thread, alone);
    for (auto [i, output] : llvm::enumerate(group.getOutputs())) {
      auto type = cast<RankedTensorType>(output.getType());
      size_t width = getWidth(output);
      Access access = getOutputAccess(group, partition, i);
      for (int64_t e = 0; e < type.getNumElements(); ++e) {
        const char *got = alone[i].getData() + e * width;
        bool mine = mayTouch(access, type, e, thread, threads);
        bool isRight =
            mine ? memcmp(got, together[i].getData() + e * width, width) == 0
                 : llvm::all_of(ArrayRef(got, width),
                                [](char byte) { return byte == char(0xa5); });
        if (!isRight)
          return llvm::formatv("{0}: thread {1} of {2} {3} output {4}, element "
                               "{5}",
                               group.getId(), thread, threads,
                               mine ? "needs more than its access says for"
                                    : "must not write",
                               i, e);
      }
    }
  }
  return {};
}

std::vector<Tensor> Kernels::run(func::FuncOp function,
                                 ArrayRef<Tensor> arguments, unsigned threads,
                                 std::string &violation) const {
  std::vector<GuardedMemory> owned;
  llvm::DenseMap<Value, char *> memory;
  auto allocate = [&](Value v) {
    owned.emplace_back(getByteSize(v.getType()));
    return memory[v] = owned.back().getData();
  };
  for (auto [argument, tensor] : llvm::zip(function.getArguments(), arguments))
    writeTensor(tensor, allocate(argument));

  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands())
    if (auto donor = function.getResultAttrOfType<IntegerAttr>(
            result.getOperandNumber(), "test.donates"))
      memory[result.get()] = memory[function.getArgument(donor.getInt())];

  for (Operation &op : function.getBody().front().without_terminator()) {
    if (auto reshape = dyn_cast<ReshapeOp>(op)) {
      memory[reshape.getOutput()] = memory[reshape.getInput()];
      continue;
    }
    auto group = cast<FusionOp>(op);
    // Its scratch memory may depend on it.
    group.setPartitionAttr(state->partitions.lookup(group));
    SmallVector<void *> values;
    for (Value input : group.getInputs())
      values.push_back(memory[input]);
    if (violation.empty())
      violation = checkAccess(group, state->partitions.lookup(group),
                              *state->code, values, threads);
    for (Value output : group.getOutputs()) {
      char *place = memory.lookup(output);
      values.push_back(place ? place : allocate(output));
    }
    GuardedMemory scratch(getScratchBytes(group));
    if (getScratchBytes(group))
      values.push_back(scratch.getData());
    for (int64_t thread = threads - 1; thread >= 0; --thread)
      state->code->run(group, values, thread, threads);
  }
  std::vector<Tensor> results;
  for (Value v : terminator->getOperands())
    results.push_back(
        readTensor(memory[v], cast<RankedTensorType>(v.getType())));
  return results;
}

} // namespace kiln::test
