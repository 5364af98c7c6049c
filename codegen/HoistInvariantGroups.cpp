//===- HoistInvariantGroups.cpp - Once a run, not once a step -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"

#define DEBUG_TYPE "kiln-hoist-invariant-groups"

namespace kiln {
#define GEN_PASS_DEF_HOISTINVARIANTGROUPS
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

/// Whether no step of the program changes `argument`: parameters that no result
/// takes over.
static bool isInvariant(mlir::BlockArgument argument) {
  auto func =
      llvm::cast<mlir::func::FuncOp>(argument.getOwner()->getParentOp());
  if (!func.getArgAttr(argument.getArgNumber(), attrs::param))
    return false;
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    auto donor = func.getResultAttrOfType<mlir::IntegerAttr>(i, attrs::donates);
    if (donor && donor.getInt() == argument.getArgNumber())
      return false;
  }
  return true;
}

namespace {
struct HoistInvariantGroups
    : impl::HoistInvariantGroupsBase<HoistInvariantGroups> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    for (auto group : func.getBody().front().getOps<FusionOp>())
      if (llvm::all_of(group.getInputs(), [](mlir::Value input) {
            input = lookThroughReshapes(input);
            if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(input))
              return isInvariant(argument);
            auto source = input.getDefiningOp<FusionOp>();
            return source && runsOnce(source);
          }))
        group->setAttr(attrs::once, mlir::UnitAttr::get(&getContext()));
  }
};
} // namespace
