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
/// Groups in a row that are cut into the same tiles of the batch.
struct TileRun {
  FusionOp first;
  int64_t units = 0;
  bool hasScan = false;
  /// How many touches are older than the run.
  size_t touchedBefore = 0;

  /// Lets `group` go on with the run or begin the next.
  void add(FusionOp group, size_t touched) {
    int64_t parts = countUnits(group, group.getPartitionAttr());
    if (!first || parts != units) {
      *this = TileRun();
      first = group;
      units = parts;
      touchedBefore = touched;
    }
    hasScan |= group.getKind() == FusionKind::scan;
  }
};

struct InsertBarriers : impl::InsertBarriersBase<InsertBarriers> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    Buffers buffers(func);
    // What was touched since the last barrier. A step begins and ends with a
    // barrier, so that groups of different steps cannot race.
    OpenTouches open;
    TileRun run;
    bool before = true;
    mlir::Block &block = func.getBody().front();
    for (mlir::Operation &op : llvm::make_early_inc_range(block)) {
      if (llvm::isa<BarrierOp>(op)) {
        open.close();
        run = TileRun();
      }
      auto group = llvm::dyn_cast<FusionOp>(op);
      if (!group)
        continue;
      if (!group.getPartitionAttr()) {
        group.emitOpError("expected a partition, got none (hint: "
                          "'kiln-schedule' runs before)");
        return signalPassFailure();
      }
      // The step loop begins with a barrier.
      if (std::exchange(before, runsOnce(group)) != runsOnce(group)) {
        open.close();
        run = TileRun();
      }
      run.add(group, open.size());
      auto touches = buffers.getTouches(group);
      if (open.mayRace(touches)) {
        // As late as possible: a barrier right before the first group that
        // needs it separates the most pairs. But one in front of a run on
        // tiles costs no more, and leaves the run whole.
        bool inFront = run.hasScan && !open.mayRace(touches, run.touchedBefore);
        FusionOp next = inFront ? run.first : group;
        mlir::OpBuilder(next).create<BarrierOp>(next.getLoc());
        if (!inFront)
          run.touchedBefore = open.size();
        open.close(run.touchedBefore);
      }
      open.add(touches);
    }
  }
};
} // namespace
