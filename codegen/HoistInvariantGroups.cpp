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

/// The arguments that no step of the program changes: parameters that no result
/// takes over.
static llvm::BitVector findInvariant(mlir::func::FuncOp func) {
  llvm::BitVector invariant(func.getNumArguments());
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    invariant[i] = bool(func.getArgAttr(i, attrs::param));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (auto donor =
            func.getResultAttrOfType<mlir::IntegerAttr>(i, attrs::donates))
      invariant.reset(donor.getInt());
  return invariant;
}

namespace {
struct HoistInvariantGroups
    : impl::HoistInvariantGroupsBase<HoistInvariantGroups> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    llvm::BitVector invariant = findInvariant(func);
    for (auto group : func.getBody().front().getOps<FusionOp>())
      if (llvm::all_of(group.getInputs(), [&](mlir::Value input) {
            input = lookThroughReshapes(input);
            if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(input))
              return invariant.test(argument.getArgNumber());
            auto source = input.getDefiningOp<FusionOp>();
            return source && runsOnce(source);
          }))
        group->setAttr(attrs::once, mlir::UnitAttr::get(&getContext()));
  }
};
} // namespace
