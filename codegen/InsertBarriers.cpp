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
  /// How many of the touches that no barrier follows are older than the run.
  size_t openBefore = 0;

  /// Lets `group` go on with the run or begin the next.
  void add(FusionOp group, size_t open) {
    int64_t parts = countUnits(group, group.getPartitionAttr());
    if (!first || parts != units) {
      *this = TileRun();
      first = group;
      units = parts;
      openBefore = open;
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
    llvm::SmallVector<Buffers::Touch> open;
    TileRun run;
    bool before = true;
    mlir::Block &block = func.getBody().front();
    for (mlir::Operation &op : llvm::make_early_inc_range(block)) {
      if (llvm::isa<BarrierOp>(op)) {
        open.clear();
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
        open.clear();
        run = TileRun();
      }
      run.add(group, open.size());
      auto touches = buffers.getTouches(group);
      if (mayRace(open, touches)) {
        // As late as possible: a barrier right before the first group that
        // needs it separates the most pairs. But one in front of a run on
        // tiles costs no more, and leaves the run whole.
        auto ofRun = llvm::ArrayRef(open).drop_front(run.openBefore);
        bool inFront = run.hasScan && !mayRace(ofRun, touches);
        FusionOp next = inFront ? run.first : group;
        mlir::OpBuilder(next).create<BarrierOp>(next.getLoc());
        open.erase(open.begin(),
                   inFront ? open.begin() + run.openBefore : open.end());
        run.openBefore = 0;
      }
      open.append(touches);
    }
  }
};
} // namespace
