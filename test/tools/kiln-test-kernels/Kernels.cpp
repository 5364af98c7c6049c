//===- Kernels.cpp - Compiles groups in process and runs them -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "codegen/EmitObject.h"
#include "codegen/GroupLowering.h"
#include "codegen/Pipelines.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <immintrin.h>
#include <sys/mman.h>

using namespace mlir;

namespace kiln::test {

//===----------------------------------------------------------------------===//
// Guarded memory
//===----------------------------------------------------------------------===//

namespace {
/// Memory whose last byte lies before a page that must not be touched. Starts
/// out as NaNs, so that what a kernel forgets to write shows.
class GuardedMemory {
public:
  explicit GuardedMemory(size_t bytes) : bytes(bytes) {
    constexpr size_t page = 4096;
    size_t readable = llvm::alignTo(bytes, page);
    mapped = readable + page;
    base = static_cast<char *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base == MAP_FAILED || mprotect(base + readable, page, PROT_NONE) != 0)
      llvm::report_fatal_error("no memory for guarded pages");
    start = base + readable - bytes;
    memset(start, 0xff, bytes);
  }
  GuardedMemory(GuardedMemory &&other)
      : base(std::exchange(other.base, nullptr)), start(other.start),
        bytes(other.bytes), mapped(other.mapped) {}
  ~GuardedMemory() {
    if (base)
      munmap(base, mapped);
  }

  char *getData() const { return start; }

private:
  char *base, *start;
  size_t bytes, mapped;
};
} // namespace

template <typename T> static void write(const Tensor &tensor, char *data) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value = T(tensor[i]);
    memcpy(data + i * sizeof(T), &value, sizeof(T));
  }
}

template <typename T> static void read(const char *data, Tensor &tensor) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value;
    memcpy(&value, data + i * sizeof(T), sizeof(T));
    tensor[i] = double(value);
  }
}

static void write(const Tensor &tensor, char *data) {
  Type element = tensor.getType().getElementType();
  if (element.isF32())
    write<float>(tensor, data);
  else if (element.isInteger(1))
    write<int8_t>(tensor, data);
  else if (element.isInteger(32))
    write<int32_t>(tensor, data);
  else
    write<int64_t>(tensor, data);
}

static Tensor read(const char *data, Type type) {
  Tensor tensor(cast<RankedTensorType>(type));
  Type element = tensor.getType().getElementType();
  if (element.isF32())
    read<float>(data, tensor);
  else if (element.isInteger(1))
    read<int8_t>(data, tensor);
  else if (element.isInteger(32))
    read<int32_t>(data, tensor);
  else
    read<int64_t>(data, tensor);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

/// Outputs come back as pointers, then the thread and the number of threads:
/// all in integer registers and on the stack, where more arguments than the
/// callee has do no harm.
using Kernel = void (*)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                        int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                        int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
                        int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);
static constexpr size_t mostArguments = 24;

struct Kernels::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  llvm::DenseMap<Operation *, Kernel> kernels;
};

Kernels::Kernels() : state(std::make_unique<State>()) {}
Kernels::~Kernels() = default;

unsigned countChoices(ModuleOp module) {
  size_t most = 1;
  module.walk([&](FusionOp group) {
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
  module.walk([&](FusionOp group) {
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
  orDie(kernels->state->jit->addObjectFile(std::move(object)));
  for (const auto &[group, name] : names)
    kernels->state->kernels[group] =
        orDie(kernels->state->jit->lookup(name)).toPtr<Kernel>();
  return kernels;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static void call(Kernel kernel, ArrayRef<int64_t> a) {
  assert(a.size() == mostArguments);
  unsigned saved = _mm_getcsr();
  // Flush denormals, as the runtime does in every thread.
  _mm_setcsr(saved | 0x8040);
  kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
         a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18], a[19], a[20],
         a[21], a[22], a[23]);
  _mm_setcsr(saved);
}

std::vector<Tensor> Kernels::run(func::FuncOp function,
                                 ArrayRef<Tensor> arguments,
                                 unsigned threads) const {
  std::vector<GuardedMemory> owned;
  llvm::DenseMap<Value, char *> memory;
  auto allocate = [&](Value v) {
    owned.emplace_back(getByteSize(v.getType()));
    return memory[v] = owned.back().getData();
  };
  for (auto [argument, tensor] : llvm::zip(function.getArguments(), arguments))
    write(tensor, allocate(argument));

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
    for (Value output : group.getOutputs()) {
      char *place = memory.lookup(output);
      values.push_back(
          reinterpret_cast<int64_t>(place ? place : allocate(output)));
    }
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
    results.push_back(read(memory[v], v.getType()));
  return results;
}

} // namespace kiln::test
