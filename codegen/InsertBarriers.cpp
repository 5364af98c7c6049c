//===- InsertBarriers.cpp - A barrier where threads would race ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"

#define DEBUG_TYPE "kiln-insert-barriers"

namespace kiln {
#define GEN_PASS_DEF_INSERTBARRIERS
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

namespace {
struct InsertBarriers : impl::InsertBarriersBase<InsertBarriers> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    Buffers buffers(func);
    // What was touched since the last barrier. A step begins and ends with a
    // barrier, so that groups of different steps cannot race.
    llvm::SmallVector<Buffers::Touch> open;
    bool before = true;
    mlir::Block &block = func.getBody().front();
    for (mlir::Operation &op : llvm::make_early_inc_range(block)) {
      if (llvm::isa<BarrierOp>(op))
        open.clear();
      auto group = llvm::dyn_cast<FusionOp>(op);
      if (!group)
        continue;
      if (!group.getPartitionAttr()) {
        group.emitOpError("expected a partition, got none (hint: "
                          "'kiln-schedule' runs before)");
        return signalPassFailure();
      }
      // The step loop begins with a barrier.
      if (std::exchange(before, runsOnce(group)) != runsOnce(group))
        open.clear();
      auto touches = buffers.getTouches(group);
      // As late as possible: a barrier right before the first group that
      // needs it separates the most pairs.
      if (mayRace(open, touches)) {
        mlir::OpBuilder(group).create<BarrierOp>(group.getLoc());
        open.clear();
      }
      open.append(touches);
    }
  }
};
} // namespace
