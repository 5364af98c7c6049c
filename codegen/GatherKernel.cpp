//===- GatherKernel.cpp - Rows of a table, by index -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// An index is loaded once a row; then the row is copied, 16 lanes at a time, on
// its way through the elementwise ops that the group holds.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

using namespace mlir;

namespace kiln {

/// Vectors that are under way at once.
static constexpr int64_t panelVectors = 4;

/// Loops over the dimensions of the indices, then along the row.
static void emitRowsFrom(KernelBuilder &k, GatherOp gather, int64_t dim,
                         Position &at) {
  ArrayRef<int64_t> shape = gather.getOutput().getType().getShape();
  int64_t depth = at.indices.size();
  int64_t extent = shape[depth];
  if (depth + 1 < int64_t(shape.size())) {
    Share share = depth == dim ? k.getShare(extent) : k.getWhole(extent);
    if (depth == 1 && depth != dim && k.getRagged().first)
      share.end = k.getRowCount(at.indices[0], rowUnit);
    k.loop(share.begin, share.end, 1, [&](Value i) {
      at.indices.push_back(i);
      emitRowsFrom(k, gather, dim, at);
      at.indices.pop_back();
    });
    return;
  }
  k.evaluate(gather.getIndices(), at);
  k.loopPanels(
      k.getWhole(extent), extent, virtualLanes,
      std::min<int64_t>(panelVectors, llvm::divideCeil(extent, virtualLanes)),
      [&](ArrayRef<KernelBuilder::Run> runs) {
        for (const KernelBuilder::Run &run : runs) {
          Position here = at;
          here.indices.push_back(run.index);
          here.lanes = run.lanes;
          here.valid = run.valid;
          k.storeOutputs(here);
        }
      });
}

void emitGather(KernelBuilder &k) {
  auto gather = findInBody<GatherOp>(k.group);
  if (!gather || !k.getInput(gather.getTable()) ||
      !k.getInput(gather.getIndices()))
    return k.fail(k.group, "expected a gather of the group's inputs");
  k.emitForThread([&] {
    k.evaluateUniforms();
    Position start;
    emitRowsFrom(k, gather, k.group.getPartition()->getDim(), start);
  });
}

} // namespace kiln
