//===- GroupCode.cpp - Single groups, compiled into this process ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/GroupCode.h"

#include "codegen/EmitObject.h"
#include "codegen/GroupLowering.h"
#include "codegen/Pipelines.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/Abi.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <immintrin.h>

using namespace mlir;

namespace kiln {

/// All arguments are addresses or indices: in integer registers and on the
/// stack, where more of them than the callee has do no harm.
static constexpr size_t mostArguments = 64;
template <size_t> using Argument = int64_t;
template <size_t... i>
static auto makeKernelType(std::index_sequence<i...>)
    -> void (*)(Argument<i>...);
using Kernel =
    decltype(makeKernelType(std::make_index_sequence<mostArguments>()));

struct GroupCode::State {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  llvm::DenseMap<Operation *, Kernel> kernels;
};

GroupCode::GroupCode() : state(std::make_unique<State>()) {}
GroupCode::~GroupCode() = default;

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

std::unique_ptr<GroupCode> GroupCode::compile(ModuleOp module,
                                              const Target &target) {
  OwningOpRef<ModuleOp> tiled = ModuleOp::create(module.getLoc());
  llvm::MapVector<Operation *, std::string> names;
  // Groups of a recurrence's cell are part of the kernel around it.
  for (auto function : module.getOps<func::FuncOp>())
    for (auto group : function.getOps<FusionOp>()) {
      std::string name = llvm::formatv("kernel{0}", names.size());
      FailureOr<func::FuncOp> kernel =
          lowerGroup(group, name, *tiled, target.vectorBits,
                     /*stamps=*/false, target.matrixUnit);
      if (failed(kernel))
        return nullptr;
      kernel->setPublic();
      names[group] = name;
    }
  if (failed(verify(*tiled)))
    return nullptr;
  std::unique_ptr<llvm::MemoryBuffer> object = emit(*tiled, target);
  if (!object)
    return nullptr;

  std::unique_ptr<GroupCode> code(new GroupCode());
  llvm::ExitOnError orDie("kiln: ");
  code->state->jit = orDie(llvm::orc::LLJITBuilder().create());
  llvm::orc::LLJIT &jit = *code->state->jit;
  // What kernels call of the runtime is part of this program.
  auto define = [&](StringRef function, auto *address) {
    orDie(jit.getMainJITDylib().define(
        llvm::orc::absoluteSymbols({{jit.mangleAndIntern(function),
                                     {llvm::orc::ExecutorAddr::fromPtr(address),
                                      llvm::JITSymbolFlags::Exported}}})));
  };
  define("kiln_rt_unique", &kiln_rt_unique);
  define("kiln_rt_chain", &kiln_rt_chain);
  orDie(jit.addObjectFile(std::move(object)));
  for (const auto &[group, name] : names)
    code->state->kernels[group] = orDie(jit.lookup(name)).toPtr<Kernel>();
  return code;
}

template <size_t... i>
static void callWith(Kernel kernel, const int64_t *a,
                     std::index_sequence<i...>) {
  kernel(a[i]...);
}

void GroupCode::run(FusionOp group, ArrayRef<void *> memory, unsigned thread,
                    unsigned threads) const {
  int64_t arguments[mostArguments] = {};
  assert(memory.size() + 2 <= mostArguments);
  for (auto [i, address] : llvm::enumerate(memory))
    arguments[i] = reinterpret_cast<int64_t>(address);
  arguments[memory.size()] = thread;
  arguments[memory.size() + 1] = threads;
  unsigned saved = _mm_getcsr();
  // Flush denormals, as the runtime does in every thread.
  _mm_setcsr(saved | 0x8040);
  callWith(state->kernels.lookup(group), arguments,
           std::make_index_sequence<mostArguments>());
  _mm_setcsr(saved);
}

} // namespace kiln
