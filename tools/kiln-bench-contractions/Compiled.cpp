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
class Compiled : public Contestant {
public:
  bool isParallel() const override { return true; }
  void run(const Operands &on, unsigned thread, unsigned threads) override {
    void *b = on.b;
    if (transpose) {
      code->run(transpose, {on.b, transposed.data()}, thread, threads);
      wait();
      b = transposed.data();
    }
    llvm::SmallVector<void *, 4> memory = {on.a, b, on.c};
    if (scratchBytes)
      memory.push_back(scratch + thread * scratchBytes);
    code->run(matmul, memory, thread, threads);
  }

  OwningOpRef<ModuleOp> module;
  std::unique_ptr<GroupCode> code;
  FusionOp transpose, matmul;
  std::vector<float> transposed;
  std::vector<char> owned;
  char *scratch = nullptr;
  size_t scratchBytes = 0;
};
} // namespace

/// The module of a shape, its groups partitioned.
static OwningOpRef<ModuleOp> makeModule(const Shape &shape,
                                        MLIRContext &context,
                                        FusionOp &transpose, FusionOp &matmul) {
  auto module = parseSourceString<ModuleOp>(getText(shape), &context);
  assert(module && "the text is ours");
  PassManager pm(&context);
  pm.addNestedPass<func::FuncOp>(createMaterializeTransposes());
  pm.addNestedPass<func::FuncOp>(createFormGroups());
  if (failed(pm.run(*module)))
    return nullptr;
  auto function = *module->getOps<func::FuncOp>().begin();
  for (auto group : function.getOps<FusionOp>()) {
    group.setPartitionAttr(getPartitions(group)[0]);
    (group.getKind() == FusionKind::transpose ? transpose : matmul) = group;
  }
  return module;
}

ContractionTiling kiln::bench::getKilnTiling(const Shape &shape,
                                             const Target &target,
                                             MLIRContext &context) {
  FusionOp transpose, matmul;
  auto module = makeModule(shape, context, transpose, matmul);
  return getTiling(matmul, target.vectorBits / 32);
}

std::vector<ContractionTiling> kiln::bench::listTilings(const Shape &shape,
                                                        const Target &target,
                                                        MLIRContext &context) {
  FusionOp transpose, matmul;
  auto module = makeModule(shape, context, transpose, matmul);
  PartitionAttr partition = *matmul.getPartition();
  int64_t lanes = target.vectorBits / 32;
  ContractionShape inner = *getContractionShape(matmul);
  auto all = kiln::listTilings(
      inner, lanes, partition.getDim() == 0 ? partition.getUnit() : 0);
  double least = estimateCycles(inner, getTiling(matmul, lanes), lanes);
  llvm::erase_if(all, [&](const ContractionTiling &tiling) {
    return estimateCycles(inner, tiling, lanes) > plausible * least;
  });
  return all;
}

std::unique_ptr<Contestant>
kiln::bench::compileKiln(const Shape &shape, const Target &target,
                         MLIRContext &context,
                         std::optional<ContractionTiling> tiling) {
  auto result = std::make_unique<Compiled>();
  result->module =
      makeModule(shape, context, result->transpose, result->matmul);
  if (!result->module)
    return nullptr;
  if (tiling)
    setTiling(result->matmul, *tiling);
  result->code = GroupCode::compile(*result->module, target);
  if (!result->code)
    return nullptr;
  if (result->transpose)
    result->transposed.resize(shape.k * shape.n);
  constexpr size_t most = 8, page = 4096;
  if (size_t bytes = getScratchBytes(result->matmul)) {
    result->scratchBytes = (bytes + 2 * page - 1) / page * page;
    result->owned.resize(most * result->scratchBytes + page);
    auto address = reinterpret_cast<uintptr_t>(result->owned.data());
    result->scratch = result->owned.data() + (page - address % page) % page;
  }
  return result;
}
