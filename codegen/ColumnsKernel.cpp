//===- ColumnsKernel.cpp - Reductions along dimension 0 -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Each column is combined from its first row to its last, lanes side by side.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include <limits>

using namespace mlir;

namespace kiln {

/// Emits the sums of a panel of columns: `at` stands in all dimensions of the
/// result but the last.
static void emitPanel(KernelBuilder &k, ReduceOp reduce, const Position &at,
                      ArrayRef<KernelBuilder::Run> runs) {
  bool isSum = reduce.getKind() == Reduction::sum;
  int64_t rows = reduce.getInput().getType().getDimSize(0);
  auto getPosition = [&](const KernelBuilder::Run &run) {
    Position here{at.indices, run.lanes, run.valid, nullptr};
    here.indices.push_back(run.index);
    return here;
  };
  auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
  double neutral = isSum ? 0.0 : -std::numeric_limits<double>::infinity();
  KernelBuilder::Carried sums(runs.size(), k.lane.f32(neutral, type));
  k.loop(k.lane.index(0), k.lane.index(rows), 1, sums,
         [&](Value row, KernelBuilder::Carried &inside) {
           for (auto [sum, run] : llvm::zip_equal(inside, runs)) {
             Position from = getPosition(run);
             from.indices.insert(from.indices.begin(), row);
             Value x = k.evaluate(reduce.getInput(), from);
             sum = isSum ? k.lane.add(sum, x) : k.lane.maximum(sum, x);
           }
         });
  for (auto [sum, run] : llvm::zip_equal(sums, runs)) {
    k.define(reduce.getOutput(), getPosition(run), sum);
    k.storeOutputs(getPosition(run));
  }
}

/// Loops over the dimensions of the result, lanes along the last one.
static void emitNested(KernelBuilder &k, ReduceOp reduce, Position &at) {
  ArrayRef<int64_t> shape = reduce.getOutput().getType().getShape();
  int64_t depth = at.indices.size();
  int64_t extent = shape[depth];
  Share share = depth == k.group.getPartition()->getDim() ? k.getShare(extent)
                                                          : k.getWhole(extent);
  if (depth + 1 < int64_t(shape.size())) {
    k.loop(share.begin, share.end, 1, [&](Value i) {
      at.indices.push_back(i);
      emitNested(k, reduce, at);
      at.indices.pop_back();
    });
    return;
  }
  k.loopPanels(share, extent, virtualLanes, 2,
               [&](ArrayRef<KernelBuilder::Run> runs) {
                 emitPanel(k, reduce, at, runs);
               });
}

void emitColumns(KernelBuilder &k) {
  auto reduce = findInBody<ReduceOp>(k.group);
  if (!reduce || reduce.getInput().getType().getRank() < 2 ||
      !llvm::equal(reduce.getDims(), ArrayRef<int64_t>{0}))
    return k.fail(k.group, "expected a reduction along [0]");
  k.emitForThread([&] {
    k.evaluateUniforms();
    Position start;
    emitNested(k, reduce, start);
  });
}

} // namespace kiln
