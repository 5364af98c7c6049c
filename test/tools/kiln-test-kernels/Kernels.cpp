//===- Kernels.cpp - Compiles groups in process and runs them -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "check/Memory.h"
#include "codegen/EmitObject.h"
#include "codegen/GroupLowering.h"
#include "codegen/Pipelines.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/Abi.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <immintrin.h>

using namespace mlir;

namespace kiln::test {

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

/// Outputs come back as pointers, then the thread and the number of threads:
/// all in integer registers and on the stack, where more arguments than the
/// callee has do no harm.
static constexpr size_t mostArguments = 64;
template <size_t> using Argument = int64_t;
template <size_t... i>
static auto makeKernelType(std::index_sequence<i...>)
    -> void (*)(Argument<i>...);
using Kernel =
    decltype(makeKernelType(std::make_index_sequence<mostArguments>()));

struct Kernels::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  llvm::DenseMap<Operation *, Kernel> kernels;
  /// What each was compiled for; the group's own changes with every
  /// compilation.
  llvm::DenseMap<Operation *, PartitionAttr> partitions;
};

Kernels::Kernels() : state(std::make_unique<State>()) {}
Kernels::~Kernels() = default;

/// Those of functions; a cell's own are part of the kernel around it.
static void forEachGroup(ModuleOp module, function_ref<void(FusionOp)> body) {
  for (auto function : module.getOps<func::FuncOp>())
    for (auto group : llvm::make_early_inc_range(function.getOps<FusionOp>()))
      body(group);
}

unsigned countChoices(ModuleOp module) {
  size_t most = 1;
  forEachGroup(module, [&](FusionOp group) {
    most = std::max(most, getPartitions(group).size());
  });
  return most;
}

/// Compiles `tiled` and returns the object file.
static std::unique_ptr<llvm::MemoryBuffer> emit(ModuleOp tiled,
                                                const Target &target) {
  PassManager pm(tiled.getContext());
  buildLLVMPipeline(pm);
  SmallVector<char> object;
  llvm::raw_svector_ostream stream(object);
  if (failed(pm.run(tiled)) || failed(emitObject(tiled, target, stream)))
    return nullptr;
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(object), "kernels", /*RequiresNullTerminator=*/false);
}

std::unique_ptr<Kernels> Kernels::compile(ModuleOp module, const Target &target,
                                          unsigned choice) {
  OwningOpRef<ModuleOp> tiled = ModuleOp::create(module.getLoc());
  llvm::MapVector<Operation *, std::string> names;
  bool isLowered = true;
  forEachGroup(module, [&](FusionOp group) {
    SmallVector<PartitionAttr> partitions = getPartitions(group);
    group.setPartitionAttr(
        partitions[std::min<size_t>(choice, partitions.size() - 1)]);
    std::string name = llvm::formatv("kernel{0}", names.size());
    FailureOr<func::FuncOp> function =
        lowerGroup(group, name, *tiled, target.vectorBits);
    if (failed(function)) {
      isLowered = false;
      return;
    }
    function->setPublic();
    names[group] = name;
  });
  if (!isLowered || failed(verify(*tiled)))
    return nullptr;
  std::unique_ptr<llvm::MemoryBuffer> object = emit(*tiled, target);
  if (!object)
    return nullptr;

  std::unique_ptr<Kernels> kernels(new Kernels());
  llvm::ExitOnError orDie("kiln-test-kernels: ");
  kernels->state->jit = orDie(llvm::orc::LLJITBuilder().create());
  // What kernels call of the runtime is part of this program.
  llvm::orc::LLJIT &jit = *kernels->state->jit;
  auto define = [&](StringRef function, auto *address) {
    orDie(jit.getMainJITDylib().define(
        llvm::orc::absoluteSymbols({{jit.mangleAndIntern(function),
                                     {llvm::orc::ExecutorAddr::fromPtr(address),
                                      llvm::JITSymbolFlags::Exported}}})));
  };
  define("kiln_rt_unique", &kiln_rt_unique);
  define("kiln_rt_chain", &kiln_rt_chain);
  orDie(jit.addObjectFile(std::move(object)));
  for (const auto &[group, name] : names) {
    kernels->state->kernels[group] =
        orDie(kernels->state->jit->lookup(name)).toPtr<Kernel>();
    kernels->state->partitions[group] = *cast<FusionOp>(group).getPartition();
  }
  return kernels;
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

template <size_t... i>
static void callWith(Kernel kernel, ArrayRef<int64_t> a,
                     std::index_sequence<i...>) {
  kernel(a[i]...);
}

static void call(Kernel kernel, ArrayRef<int64_t> a) {
  assert(a.size() == mostArguments);
  unsigned saved = _mm_getcsr();
  // Flush denormals, as the runtime does in every thread.
  _mm_setcsr(saved | 0x8040);
  callWith(kernel, a, std::make_index_sequence<mostArguments>());
  _mm_setcsr(saved);
}

/// Runs each thread alone, on inputs that are spoilt where it may not look, and
/// says what it computed elsewhere, or wrote where it may not.
static std::string checkAccess(FusionOp group, PartitionAttr partition,
                               Kernel kernel, ArrayRef<int64_t> inputs,
                               unsigned threads) {
  auto getWidth = [](Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    return getByteSize(type) / std::max<int64_t>(type.getNumElements(), 1);
  };
  auto run = [&](int64_t alone, std::vector<GuardedMemory> &outputs) {
    std::vector<GuardedMemory> copies;
    SmallVector<int64_t> values;
    for (auto [i, input] : llvm::enumerate(group.getInputs())) {
      auto type = cast<RankedTensorType>(input.getType());
      size_t width = getWidth(input);
      copies.emplace_back(getByteSize(type));
      char *copy = copies.back().getData();
      Access access = getInputAccess(group, partition, i);
      for (int64_t e = 0; e < type.getNumElements(); ++e)
        if (alone < 0 || mayTouch(access, type, e, alone, threads))
          memcpy(copy + e * width,
                 reinterpret_cast<const char *>(inputs[i]) + e * width, width);
      values.push_back(reinterpret_cast<int64_t>(copy));
    }
    for (Value output : group.getOutputs()) {
      outputs.emplace_back(getByteSize(output.getType()));
      values.push_back(reinterpret_cast<int64_t>(outputs.back().getData()));
    }
    GuardedMemory scratch(getScratchBytes(group));
    if (getScratchBytes(group))
      values.push_back(reinterpret_cast<int64_t>(scratch.getData()));
    size_t count = values.size();
    values.resize(mostArguments);
    values[count + 1] = threads;
    for (int64_t thread = 0; thread < threads; ++thread) {
      values[count] = thread;
      if (alone < 0 || alone == thread)
        call(kernel, values);
    }
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
                                [](char byte) { return byte == char(0xff); });
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
    SmallVector<int64_t> values;
    for (Value input : group.getInputs())
      values.push_back(reinterpret_cast<int64_t>(memory[input]));
    if (violation.empty())
      violation = checkAccess(group, state->partitions.lookup(group),
                              state->kernels.lookup(group), values, threads);
    for (Value output : group.getOutputs()) {
      char *place = memory.lookup(output);
      values.push_back(
          reinterpret_cast<int64_t>(place ? place : allocate(output)));
    }
    GuardedMemory scratch(getScratchBytes(group));
    if (getScratchBytes(group))
      values.push_back(reinterpret_cast<int64_t>(scratch.getData()));
    size_t count = values.size();
    values.resize(mostArguments);
    values[count + 1] = threads;
    for (int64_t thread = threads - 1; thread >= 0; --thread) {
      values[count] = thread;
      call(state->kernels.lookup(group), values);
    }
  }
  std::vector<Tensor> results;
  for (Value v : terminator->getOperands())
    results.push_back(
        readTensor(memory[v], cast<RankedTensorType>(v.getType())));
  return results;
}

} // namespace kiln::test
