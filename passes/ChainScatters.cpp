//===- ChainScatters.cpp - Inverted indices for scatters ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Locations.h"
#include "passes/Passes.h"

#define DEBUG_TYPE "kiln-chain-scatters"

namespace kiln {
#define GEN_PASS_DEF_CHAINSCATTERS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct ChainScatters : public kiln::impl::ChainScattersBase<ChainScatters> {
  void runOnOperation() override {
    getOperation().walk([](ScatterOp op) {
      if (op.getBatchDims() != 0)
        return;
      OpBuilder builder(op);
      auto chain = builder.create<ChainOp>(withRole(op.getLoc(), "index"),
                                           op.getIndices(), op.getRowsAttr(),
                                           op.getDescendingAttr());
      auto sum = builder.create<ChainSumOp>(op.getLoc(), op.getUpdates(),
                                            chain.getFirst(), chain.getNext());
      op.replaceAllUsesWith(sum.getOutput());
      op.erase();
    });
  }
};
} // namespace
