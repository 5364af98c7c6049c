//===- Compiled.cpp - kiln's own kernels ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Contestants.h"

#include "check/GroupCode.h"
#include "codegen/GroupLowering.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "llvm/Support/FormatVariadic.h"

using namespace kiln;
using namespace kiln::bench;
using namespace mlir;

/// A search leaves out what the cost model takes to be so much slower than its
/// own choice.
static constexpr double plausible = 1.5;

/// The contraction as autodiff leaves it.
static std::string getText(const Shape &shape) {
  auto type = [](int64_t rows, int64_t columns) {
    return llvm::formatv("tensor<{0}x{1}xf32>", rows, columns).str();
  };
  std::string a = shape.transposeA ? type(shape.k, shape.m)
                                   : type(shape.m, shape.k),
              b = shape.transposeB ? type(shape.n, shape.k)
                                   : type(shape.k, shape.n),
              c = type(shape.m, shape.n);
  return llvm::formatv("func.func @f(%a: {0}, %b: {1}) -> {2} {{\n"
                       "  %c = kiln.matmul %a{3}, %b{4} : ({0}, {1})\n"
                       "  return %c : {2}\n}\n",
                       a, b, c, shape.transposeA ? " transposed" : "",
                       shape.transposeB ? " transposed" : "");
}

namespace {
/// One of the kernels that compute a contraction.
struct Stage {
  FusionOp group;
  /// Where its operands and results are: a, b and c of the contraction, then
  /// what lies between the stages.
  llvm::SmallVector<unsigned, 4> places;
  bool usesScratch = false;
};

class Compiled : public Contestant {
public:
  bool isParallel() const override { return true; }
  void run(const Operands &on, unsigned thread, unsigned threads) override {
    for (const Stage &stage : stages) {
      if (&stage != stages.begin())
        wait();
      llvm::SmallVector<void *, 4> memory;
      float *operands[] = {on.a, on.b, on.c};
      for (unsigned place : stage.places)
        memory.push_back(place < 3 ? operands[place]
                                   : between[place - 3].as<float>());
      if (stage.usesScratch)
        memory.push_back(scratch.data() + thread * scratchBytes);
      code->run(stage.group, memory, thread, threads);
    }
  }

  OwningOpRef<ModuleOp> module;
  std::unique_ptr<GroupCode> code;
  llvm::SmallVector<Stage, 2> stages;
  std::vector<rt::Buffer> between;
  rt::Buffer scratch;
  size_t scratchBytes = 0;
};
} // namespace

static void allocate(rt::Buffer &buffer, size_t bytes) {
  if (!buffer.allocate(bytes))
    llvm::report_bad_alloc_error("no memory for what lies between kernels");
}

/// The module of a shape, its groups partitioned.
static OwningOpRef<ModuleOp>
makeModule(const Shape &shape, MLIRContext &context, FusionOp &product) {
  auto module = parseSourceString<ModuleOp>(getText(shape), &context);
  assert(module && "the text is ours");
  PassManager pm(&context);
  pm.addNestedPass<func::FuncOp>(createSplitSums());
  pm.addNestedPass<func::FuncOp>(createMaterializeTransposes());
  pm.addNestedPass<func::FuncOp>(createFormGroups());
  if (failed(pm.run(*module)))
    return nullptr;
  auto function = *module->getOps<func::FuncOp>().begin();
  for (auto group : function.getOps<FusionOp>()) {
    group.setPartitionAttr(getPartitions(group)[0]);
    if (group.getKind() == FusionKind::contraction)
      product = group;
  }
  return module;
}

ContractionTiling kiln::bench::getKilnTiling(const Shape &shape,
                                             const Target &target,
                                             MLIRContext &context) {
  FusionOp product;
  auto module = makeModule(shape, context, product);
  return getTiling(product, target.vectorBits / 32);
}

std::vector<ContractionTiling> kiln::bench::listTilings(const Shape &shape,
                                                        const Target &target,
                                                        MLIRContext &context) {
  FusionOp product;
  auto module = makeModule(shape, context, product);
  PartitionAttr partition = *product.getPartition();
  int64_t lanes = target.vectorBits / 32;
  std::optional<ContractionShape> whole = getContractionShape(product);
  // Parts of a sum have one tiling.
  if (!whole)
    return {};
  ContractionShape inner = *whole;
  int64_t unit = partition.getDim() == 0 ? partition.getUnit() : 0;
  auto all = kiln::listTilings(inner, lanes, unit);
  double least = estimateCycles(inner, getTiling(product, lanes), lanes, unit);
  llvm::erase_if(all, [&](const ContractionTiling &tiling) {
    return estimateCycles(inner, tiling, lanes, unit) > plausible * least;
  });
  return all;
}

std::unique_ptr<Contestant>
kiln::bench::compileKiln(const Shape &shape, const Target &target,
                         MLIRContext &context,
                         std::optional<ContractionTiling> tiling) {
  auto result = std::make_unique<Compiled>();
  FusionOp product;
  result->module = makeModule(shape, context, product);
  if (!result->module)
    return nullptr;
  if (tiling && getContractionShape(product))
    setTiling(product, *tiling);
  result->code = GroupCode::compile(*result->module, target);
  if (!result->code)
    return nullptr;
  auto function = *result->module->getOps<func::FuncOp>().begin();
  llvm::DenseMap<Value, unsigned> places;
  for (BlockArgument argument : function.getArguments())
    places[argument] = argument.getArgNumber();
  places[function.getBody().front().getTerminator()->getOperand(0)] = 2;
  size_t bytes = 0;
  for (auto group : function.getOps<FusionOp>()) {
    Stage &stage = result->stages.emplace_back();
    stage.group = group;
    for (Value input : group.getInputs())
      stage.places.push_back(places.lookup(input));
    for (Value output : group.getOutputs()) {
      if (places.try_emplace(output, 3 + result->between.size()).second) {
        int64_t numbers = cast<ShapedType>(output.getType()).getNumElements();
        allocate(result->between.emplace_back(), size_t(numbers) * 4);
      }
      stage.places.push_back(places.lookup(output));
    }
    size_t own = getScratchBytes(group);
    stage.usesScratch = own != 0;
    bytes = std::max(bytes, own);
  }
  result->scratchBytes = llvm::alignTo(bytes, 4096);
  allocate(result->scratch, mostThreads * result->scratchBytes);
  return result;
}
