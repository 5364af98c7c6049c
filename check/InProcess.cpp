//===- InProcess.cpp - Compiled programs, run inside the compiler ---------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/InProcess.h"

#include "check/Memory.h"
#include "check/Team.h"
#include "codegen/Buffers.h"
#include "codegen/EmitObject.h"
#include "codegen/Manifest.h"
#include "codegen/Pipelines.h"
#include "runtime/Abi.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <array>
#include <cstdarg>
#include <cstring>
#include <immintrin.h>

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// What programs call
//===----------------------------------------------------------------------===//

/// The state of a step that a program is in.
struct kiln_run {
  std::vector<GuardedMemory> areas;
  std::vector<unsigned> savedControl;
  /// What a batch holds, as its operands are numbered.
  std::vector<Tensor> operands;
  kiln_step step;
  bool isDone = false;
  /// Tiles that each thread has taken of each loop.
  std::vector<std::array<int64_t, KILN_TILE_LOOPS>> taken;
};

static void *beginThread(kiln_run *run, int32_t thread) {
  run->savedControl[thread] = _mm_getcsr();
  // Denormals are 0, as the runtime has it.
  _mm_setcsr(run->savedControl[thread] | 0x8040);
  return run->areas[thread].getData();
}

static void endThread(kiln_run *run, int32_t thread) {
  _mm_setcsr(run->savedControl[thread]);
}

static void nextStep(kiln_run *run) {
  run->step.more = !run->isDone;
  run->isDone = true;
}

static void load(kiln_run *run, int32_t, int32_t operand, void *destination,
                 int64_t begin, int64_t end) {
  const Tensor &tensor = run->operands[operand];
  std::vector<char> bytes(tensor.size() * sizeof(float));
  writeTensor(tensor, bytes.data());
  int64_t rows = tensor.getShape()[0], size = tensor.size() / rows;
  for (int64_t row = 0; row < rows && begin < end; ++row) {
    size_t first = size_t(row * size + begin) * sizeof(float);
    std::memcpy(static_cast<char *>(destination) + first, bytes.data() + first,
                size_t(end - begin) * sizeof(float));
  }
}

/// There is no next step; all is written that a program may read.
static void listAhead(kiln_run *, int32_t, int32_t, uint64_t *destination,
                      int64_t count, int64_t, int64_t) {
  std::fill_n(destination, count, 0);
}

/// Deals tiles in turn: one thread at a time runs, and would take them all.
static int64_t nextTile(kiln_run *run, int32_t loop) {
  unsigned thread = Team::getThread();
  return thread + run->taken[thread][loop]++ * Team::getCurrent()->getSize();
}

static int32_t getThreadNumber() { return Team::getThread(); }
static int32_t getThreadCount() { return Team::getCurrent()->getSize(); }

/// The one call of OpenMP's runtime that opens a region: `arguments` pointers
/// follow the outlined function, which takes the thread's numbers first.
static void forkCall(void *, int32_t arguments, void *function, ...) {
  va_list list;
  va_start(list, function);
  void *argument = arguments > 0 ? va_arg(list, void *) : nullptr;
  va_end(list);
  assert(arguments <= 1 && "the region's values come in one struct");
  using Outlined = void (*)(int32_t *, int32_t *, void *);
  Team::getCurrent()->run([&](unsigned thread) {
    int32_t global = thread, bound = thread;
    reinterpret_cast<Outlined>(function)(&global, &bound, argument);
  });
}

static int32_t getGlobalThread(void *) { return Team::getThread(); }
static void pushThreadCount(void *, int32_t, int32_t) {}
static void waitAtBarrier(void *, int32_t) { Team::getCurrent()->barrier(); }

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

struct InProcess::State {
  OwningOpRef<ModuleOp> planned;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  const kiln_model *model = nullptr;
};

InProcess::InProcess(std::unique_ptr<State> state) : state(std::move(state)) {}
InProcess::~InProcess() = default;

func::FuncOp InProcess::getFunction(StringRef name) const {
  return state->planned->lookupSymbol<func::FuncOp>(name);
}

static std::unique_ptr<llvm::orc::LLJIT>
loadObject(std::unique_ptr<llvm::MemoryBuffer> object) {
  llvm::ExitOnError orDie("kiln: ");
  auto jit = orDie(llvm::orc::LLJITBuilder().create());
  auto define = [&](StringRef name, auto *address) {
    orDie(jit->getMainJITDylib().define(
        llvm::orc::absoluteSymbols({{jit->mangleAndIntern(name),
                                     {llvm::orc::ExecutorAddr::fromPtr(address),
                                      llvm::JITSymbolFlags::Exported}}})));
  };
  define("kiln_rt_thread_begin", &beginThread);
  define("kiln_rt_thread_end", &endThread);
  define("kiln_rt_step", &nextStep);
  define("kiln_rt_load", &load);
  define("kiln_rt_list_ahead", &listAhead);
  define("kiln_rt_next_tile", &nextTile);
  define("kiln_rt_unique", &kiln_rt_unique);
  define("kiln_rt_chain", &kiln_rt_chain);
  define("omp_get_thread_num", &getThreadNumber);
  define("omp_get_num_threads", &getThreadCount);
  define("__kmpc_fork_call", &forkCall);
  define("__kmpc_global_thread_num", &getGlobalThread);
  define("__kmpc_push_num_threads", &pushThreadCount);
  define("__kmpc_barrier", &waitAtBarrier);
  orDie(jit->addObjectFile(std::move(object)));
  return jit;
}

std::unique_ptr<InProcess>
InProcess::compile(ModuleOp model, const FusionOptions &fusion,
                   const Target &target,
                   llvm::function_ref<void(PassManager &)> configure) {
  auto state = std::make_unique<State>();
  OwningOpRef<ModuleOp> module(model.clone());
  auto run = [&](llvm::function_ref<void(PassManager &)> build) {
    PassManager pm(module->getContext());
    pm.enableVerifier(false);
    if (configure)
      configure(pm);
    build(pm);
    return pm.run(*module);
  };
  initializeTargets();
  CodegenOptions codegen;
  codegen.vectorBits = target.vectorBits;
  codegen.matrixUnit = target.matrixUnit;
  if (failed(run([&](PassManager &pm) { buildTrainPipeline(pm, fusion); })) ||
      failed(run([&](PassManager &pm) { buildFusePipeline(pm, fusion); })) ||
      failed(run([](PassManager &pm) { buildPlanPipeline(pm); })))
    return nullptr;
  state->planned = module->clone();
  if (failed(run([&](PassManager &pm) { buildSpmdPipeline(pm, codegen); })) ||
      failed(run([](PassManager &pm) { buildLLVMPipeline(pm); })))
    return nullptr;
  // No runtime reads the manifest here.
  embedModel(*module, /*manifest=*/"none", "kiln_the_model");
  SmallVector<char> object;
  llvm::raw_svector_ostream stream(object);
  if (failed(emitObject(*module, target, stream)))
    return nullptr;
  state->jit = loadObject(std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(object), "model", /*RequiresNullTerminator=*/false));
  llvm::ExitOnError orDie("kiln: ");
  state->model =
      orDie(state->jit->lookup("kiln_the_model")).toPtr<const kiln_model *>();
  return std::unique_ptr<InProcess>(new InProcess(std::move(state)));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static int64_t getBytes(Operation *op, StringRef attribute) {
  auto bytes = op->getAttrOfType<IntegerAttr>(attribute);
  return bytes ? bytes.getInt() : 0;
}

/// The numbers of a step by their place in kiln_step.
static void fillStep(func::FuncOp func, ArrayRef<Tensor> arguments,
                     kiln_step &step) {
  step = kiln_step();
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    auto place = func.getArgAttrOfType<PlaceAttr>(i, attrs::place);
    if (place.getBlock() == kiln::Block::step)
      writeTensor(argument,
                  reinterpret_cast<char *>(&step) + place.getOffset());
  }
}

std::vector<Tensor> InProcess::run(StringRef function,
                                   ArrayRef<Tensor> arguments,
                                   const StepOptions &options) const {
  func::FuncOp func = getFunction(function);
  GuardedMemory params(getBytes(func, attrs::stateBytes));
  GuardedMemory arena(getBytes(func, attrs::arenaBytes));
  GuardedMemory results(getBytes(func, attrs::resultBytes));
  for (GuardedMemory *block : {&params, &arena, &results})
    block->fill(options.pattern);

  kiln_run run;
  // Programs ask for the largest area of them all.
  int64_t areaBytes = 0;
  for (auto other : state->planned->getOps<func::FuncOp>())
    areaBytes = std::max(areaBytes, getBytes(other, attrs::threadBytes));
  for (unsigned thread = 0; thread < options.threads; ++thread) {
    run.areas.emplace_back(areaBytes);
    run.areas.back().fill(options.pattern);
  }
  run.savedControl.resize(options.threads);
  run.taken.resize(options.threads);
  fillStep(func, arguments, run.step);
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    auto place = func.getArgAttrOfType<PlaceAttr>(i, attrs::place);
    if (isThreadPrivate(func.getArgument(i)))
      run.operands.push_back(argument);
    else if (place.getBlock() == kiln::Block::state)
      writeTensor(argument, params.getData() + place.getOffset());
  }

  kiln_program program = function == funcs::trainStep  ? state->model->train
                         : function == funcs::evaluate ? state->model->evaluate
                                                       : state->model->predict;
  Team team(options.threads, options.descending);
  Team::setCurrent(&team);
  program(&run, params.getData(), arena.getData(), results.getData(), &run.step,
          options.threads);
  Team::setCurrent(nullptr);

  std::vector<Tensor> values;
  for (auto [i, type] : llvm::enumerate(func.getResultTypes())) {
    auto place = func.getResultAttrOfType<PlaceAttr>(i, attrs::place);
    GuardedMemory &block =
        place.getBlock() == kiln::Block::state ? params : results;
    values.push_back(readTensor(block.getData() + place.getOffset(),
                                cast<RankedTensorType>(type)));
  }
  return values;
}
