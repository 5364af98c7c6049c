//===- FormTileLoops.cpp - One tile through many groups -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"

#define DEBUG_TYPE "kiln-form-tile-loops"

namespace kiln {
#define GEN_PASS_DEF_FORMTILELOOPS
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

namespace {
/// Groups between two barriers that are cut into the same tiles.
struct Run {
  llvm::SmallVector<FusionOp> groups;
  int64_t units = 0;

  bool pays() const {
    return groups.size() > 1 && llvm::any_of(groups, [](FusionOp group) {
             return group.getKind() == FusionKind::scan;
           });
  }
};

struct FormTileLoops : impl::FormTileLoopsBase<FormTileLoops> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    mlir::Builder builder(&getContext());
    int64_t number = 0;
    Run run;
    auto close = [&] {
      if (run.pays()) {
        for (FusionOp group : run.groups)
          group->setAttr(attrs::tileLoop, builder.getI64IntegerAttr(number));
        ++number;
      }
      run = Run();
    };
    for (mlir::Operation &op : func.getBody().front()) {
      auto group = llvm::dyn_cast<FusionOp>(op);
      if (!group) {
        if (!llvm::isa<ReshapeOp>(op))
          close();
        continue;
      }
      if (!group.getPartitionAttr()) {
        group.emitOpError("expected a partition, got none (hint: "
                          "'kiln-schedule' runs before)");
        return signalPassFailure();
      }
      int64_t units =
          runsOnce(group) ? 0 : countUnits(group, group.getPartitionAttr());
      if (units != run.units)
        close();
      if (!units)
        continue;
      run.groups.push_back(group);
      run.units = units;
    }
    close();
  }
};
} // namespace
