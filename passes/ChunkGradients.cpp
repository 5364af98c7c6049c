//===- ChunkGradients.cpp - Gradients of weights, steps together ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"

#include "mlir/IR/Builders.h"

#define DEBUG_TYPE "kiln-chunk-gradients"

namespace kiln {
#define GEN_PASS_DEF_CHUNKGRADIENTS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// With tiles of 8 rows, contractions over 128 rows: long enough to run near
/// the peak, short enough that the operands stay in the caches.
static constexpr int64_t kSteps = 16;

/// Whether a step adds a contraction over its rows to a sum.
static bool addsContraction(ScanOp scan) {
  return llvm::any_of(scan.getContributions(), [](Value value) {
    auto matmul = value.getDefiningOp<MatmulOp>();
    return matmul && matmul.getTransposeLhs();
  });
}

namespace {
struct ChunkGradients : public kiln::impl::ChunkGradientsBase<ChunkGradients> {
  void runOnOperation() override {
    Builder builder(&getContext());
    getOperation().walk([&](ScanOp scan) {
      if (!scan.getChunk() && addsContraction(scan))
        scan.setChunkAttr(
            builder.getI64IntegerAttr(std::min(kSteps, scan.getSteps())));
    });
  }
};
} // namespace
