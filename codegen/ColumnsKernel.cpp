//===- ColumnsKernel.cpp - Sums over the rows of a matrix -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Each column is summed from its first row to its last, lanes side by side.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include <limits>

using namespace mlir;

namespace kiln {

void emitColumns(KernelBuilder &k) {
  auto reduce = findInBody<ReduceOp>(k.group);
  if (!reduce || reduce.getInput().getType().getRank() != 2 ||
      !llvm::equal(reduce.getDims(), ArrayRef<int64_t>{0}))
    return k.fail(k.group, "expected a reduction of a matrix along [0]");
  bool isSum = reduce.getKind() == Reduction::sum;
  ArrayRef<int64_t> shape = reduce.getInput().getType().getShape();
  int64_t rows = shape[0], columns = shape[1];

  auto emitPanel = [&](ArrayRef<KernelBuilder::Run> runs) {
    auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
    double neutral = isSum ? 0.0 : -std::numeric_limits<double>::infinity();
    KernelBuilder::Carried sums(runs.size(), k.lane.f32(neutral, type));
    k.loop(k.lane.index(0), k.lane.index(rows), 1, sums,
           [&](Value row, KernelBuilder::Carried &inside) {
             for (auto [sum, run] : llvm::zip_equal(inside, runs)) {
               Value x = k.evaluate(
                   reduce.getInput(),
                   {{row, run.index}, run.lanes, run.valid, nullptr});
               sum = isSum ? k.lane.add(sum, x) : k.lane.maximum(sum, x);
             }
           });
    for (auto [sum, run] : llvm::zip_equal(sums, runs)) {
      Position at{{run.index}, run.lanes, run.valid, nullptr};
      k.define(reduce.getOutput(), at, sum);
      k.storeOutputs(at);
    }
  };
  k.emitForThread([&] {
    k.evaluateUniforms();
    k.loopPanels(k.getShare(columns), columns, virtualLanes, 2, emitPanel);
  });
}

} // namespace kiln
