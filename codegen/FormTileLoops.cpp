//===- FormTileLoops.cpp - One tile through many groups -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"
#include "runtime/Abi.h"

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

/// Keeps the threads of a loop apart from what they do outside of it: which
/// thread takes which tile is not known before.
class Separator {
public:
  explicit Separator(mlir::func::FuncOp func) : func(func), buffers(func) {}
  void run();

private:
  using Touches = llvm::SmallVector<Buffers::Touch>;
  void separate(FusionOp group, FusionOp next, const Touches &touches);

  mlir::func::FuncOp func;
  Buffers buffers;
  /// What was touched since the last barrier: by the loop at hand, by others.
  Touches inLoop;
  OpenTouches outside;
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
      // The runtime counts the tiles of so many.
      if (run.pays() && number < KILN_TILE_LOOPS) {
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
    Separator(func).run();
  }
};
} // namespace

/// Puts a barrier in front of `next` if `group` needs one after what is outside
/// of its loop.
void Separator::separate(FusionOp group, FusionOp next,
                         const Touches &touches) {
  if (!outside.mayRace(touches))
    return;
  mlir::OpBuilder(next).create<BarrierOp>(group.getLoc());
  outside.close();
}

void Separator::run() {
  mlir::Attribute loop;
  FusionOp first;
  for (mlir::Operation &op :
       llvm::make_early_inc_range(func.getBody().front())) {
    if (llvm::isa<BarrierOp>(op)) {
      inLoop.clear();
      outside.close();
    }
    auto group = llvm::dyn_cast<FusionOp>(op);
    if (!group || runsOnce(group))
      continue;
    mlir::Attribute own = group->getAttr(attrs::tileLoop);
    if (own != loop) {
      outside.add(std::exchange(inLoop, {}));
      loop = own;
      first = group;
    }
    Touches touches = buffers.getTouches(group);
    if (own)
      for (Buffers::Touch &touch : touches)
        touch.access.kind = Access::Whole;
    separate(group, own ? first : group, touches);
    if (own)
      inLoop.append(touches);
    else
      outside.add(touches);
  }
}
