//===- TotalKernel.cpp - Reductions to one number -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The order of the sum depends on the shape alone: up to four accumulators take
// the vectors of a row in turn, row after row; they are added two by two, then
// the lanes by the tree.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include <limits>

using namespace mlir;

namespace kiln {

namespace {
/// What a reduction starts from and how it combines.
struct Combiner {
  KernelBuilder &k;
  Reduction kind;

  double getNeutral() const {
    return kind == Reduction::sum ? 0.0
                                  : -std::numeric_limits<double>::infinity();
  }
  Value operator()(Value x, Value y) const {
    return kind == Reduction::sum ? k.lane.add(x, y) : k.lane.maximum(x, y);
  }
};
} // namespace

static void emitRowsOfTotal(KernelBuilder &k, ReduceOp reduce,
                            const Combiner &combine, Position &at,
                            KernelBuilder::Carried &sums) {
  ArrayRef<int64_t> shape = reduce.getInput().getType().getShape();
  int64_t depth = at.indices.size();
  int64_t extent = shape[depth];
  if (depth + 1 < int64_t(shape.size())) {
    k.loop(k.lane.index(0), k.lane.index(extent), 1, sums,
           [&](Value i, KernelBuilder::Carried &inside) {
             at.indices.push_back(i);
             emitRowsOfTotal(k, reduce, combine, at, inside);
             at.indices.pop_back();
           });
    return;
  }

  auto take = [&](Value column, int64_t columns,
                  KernelBuilder::Carried &inside) {
    for (int64_t c = 0, i = 0; c < columns; c += virtualLanes, ++i) {
      Position here = at;
      here.indices.push_back(k.add(column, c));
      here.lanes = virtualLanes;
      here.valid = std::min(virtualLanes, columns - c);
      Value x = k.evaluate(reduce.getInput(), here);
      if (here.valid < here.lanes)
        x = k.lane.select(k.lane.mask(here.lanes, here.valid), x,
                          k.lane.f32(combine.getNeutral(), x));
      inside[i] = combine(inside[i], x);
    }
  };
  int64_t stride = virtualLanes * sums.size();
  int64_t whole = extent / stride * stride;
  if (whole)
    k.loop(k.lane.index(0), k.lane.index(whole), stride, sums,
           [&](Value column, KernelBuilder::Carried &inside) {
             take(column, stride, inside);
           });
  take(k.lane.index(whole), extent - whole, sums);
}

void emitTotal(KernelBuilder &k) {
  auto reduce = findInBody<ReduceOp>(k.group);
  if (!reduce || reduce.getOutput().getType().getRank() != 0)
    return k.fail(k.group, "expected a reduction over all dimensions");
  Combiner combine{k, reduce.getKind()};
  ArrayRef<int64_t> shape = reduce.getInput().getType().getShape();

  k.emitForThread([&] {
    k.evaluateUniforms();
    Position start;
    Value total;
    if (shape.empty()) {
      total = k.evaluate(reduce.getInput(), start);
    } else {
      int64_t accumulators =
          std::min<int64_t>(4, llvm::divideCeil(shape.back(), virtualLanes));
      auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
      KernelBuilder::Carried sums(accumulators,
                                  k.lane.f32(combine.getNeutral(), type));
      emitRowsOfTotal(k, reduce, combine, start, sums);
      while (sums.size() > 1) {
        KernelBuilder::Carried pairs;
        for (size_t i = 0; i < sums.size(); i += 2)
          pairs.push_back(i + 1 < sums.size() ? combine(sums[i], sums[i + 1])
                                              : sums[i]);
        sums = std::move(pairs);
      }
      total = k.lane.tree(sums[0], combine);
    }
    k.define(reduce.getOutput(), start, total);
    k.storeOutputs(start);
  });
}

} // namespace kiln
