//===- StepsKernel.cpp - Reductions along the steps of sequences ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Each element is combined from the first step to the last, lanes side by side;
// what is combined may be computed on the way.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include <limits>

using namespace mlir;

namespace kiln {

/// Vectors whose sums run side by side: additions take several cycles each.
static constexpr int64_t panelVectors = 8;

void emitSteps(KernelBuilder &k) {
  auto reduce = findInBody<ReduceOp>(k.group);
  if (!reduce || reduce.getInput().getType().getRank() != 3 ||
      !llvm::equal(reduce.getDims(), ArrayRef<int64_t>{1}))
    return k.fail(k.group, "expected a reduction along [1] of 3 dimensions");
  bool isSum = reduce.getKind() == Reduction::sum;
  ArrayRef<int64_t> shape = reduce.getInput().getType().getShape();
  int64_t samples = shape[0], steps = shape[1], width = shape[2];
  int64_t dim = k.group.getPartition()->getDim();

  auto emitPanel = [&](Value sample, ArrayRef<KernelBuilder::Run> runs) {
    auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
    double neutral = isSum ? 0.0 : -std::numeric_limits<double>::infinity();
    KernelBuilder::Carried sums(runs.size(), k.lane.f32(neutral, type));
    auto emitSteps = [&](Value begin, Value end,
                         KernelBuilder::Carried &carried) {
      k.loop(
          begin, end, 1, carried,
          [&](Value step, KernelBuilder::Carried &inside) {
            for (auto [sum, run] : llvm::zip_equal(inside, runs)) {
              Value x = k.evaluate(
                  reduce.getInput(),
                  {{sample, step, run.index}, run.lanes, run.valid, nullptr});
              sum = isSum ? k.lane.add(sum, x) : k.lane.maximum(sum, x);
            }
          });
    };
    auto [batch, rows] = k.getRagged();
    if (!batch) {
      emitSteps(k.lane.index(0), k.lane.index(steps), sums);
    } else {
      // The rows of several samples, one after the other.
      int64_t samplesInRow = batch / samples, length = rows;
      k.loop(k.lane.index(0), k.lane.index(samplesInRow), 1, sums,
             [&](Value s, KernelBuilder::Carried &inside) {
               Value number = k.b.create<arith::AddIOp>(
                   k.loc,
                   k.b.create<arith::MulIOp>(k.loc, sample,
                                             k.lane.index(samplesInRow)),
                   s);
               Value begin =
                   k.b.create<arith::MulIOp>(k.loc, s, k.lane.index(length));
               Value end = k.b.create<arith::AddIOp>(k.loc, begin,
                                                     k.getRowCount(number, 1));
               emitSteps(begin, end, inside);
             });
    }
    for (auto [sum, run] : llvm::zip_equal(sums, runs)) {
      Position at{{sample, run.index}, run.lanes, run.valid, nullptr};
      k.define(reduce.getOutput(), at, sum);
      k.storeOutputs(at);
    }
  };
  k.emitForThread([&] {
    k.evaluateUniforms();
    Share samplesHere = dim == 1 ? k.getWhole(samples) : k.getShare(samples);
    Share columns = dim == 1 ? k.getShare(width) : k.getWhole(width);
    // A thread's columns begin at multiples of a unit of two vectors.
    int64_t vectors = dim == 1 ? 2 : panelVectors;
    k.loop(samplesHere.begin, samplesHere.end, 1, [&](Value sample) {
      k.loopPanels(
          columns, width, virtualLanes, vectors,
          [&](ArrayRef<KernelBuilder::Run> runs) { emitPanel(sample, runs); });
    });
  });
}

} // namespace kiln
