//===- VerifyPhase.cpp - The gates between phases -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GroupRules.h"
#include "passes/Passes.h"
#include "passes/Phases.h"
#include "passes/Programs.h"

#include "llvm/ADT/StringMap.h"

#define DEBUG_TYPE "kiln-verify-phase"

namespace kiln {
#define GEN_PASS_DEF_VERIFYPHASE
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Every declared parameter is an argument of `func`, in the same order, before
/// all else; every other argument is a slot or has a role.
static LogicalResult verifyArguments(ModuleOp module, func::FuncOp func) {
  unsigned next = 0;
  for (ParamOp param : module.getOps<ParamOp>()) {
    auto symbol =
        next < func.getNumArguments()
            ? func.getArgAttrOfType<FlatSymbolRefAttr>(next, attrs::param)
            : FlatSymbolRefAttr();
    if (!symbol || symbol.getValue() != param.getSymName())
      return func.emitError("expected argument ")
             << next << " of @" << func.getName() << " to be the parameter '"
             << param.getSymName() << "'";
    ++next;
  }
  for (BlockArgument argument : func.getArguments().drop_front(next))
    if (getRole(func, argument).empty() &&
        !func.getArgAttr(argument.getArgNumber(), attrs::slot))
      return func.emitError("expected a kiln.role on argument ")
             << argument.getArgNumber() << " of @" << func.getName();
  return success();
}

static func::FuncOp getFunction(ModuleOp module, StringRef name,
                                StringRef maker) {
  auto func = module.lookupSymbol<func::FuncOp>(name);
  if (func && !func.isExternal())
    return func;
  module.emitError("expected a function @") << name << "; run " << maker;
  return {};
}

/// Reports the first op of `root` that `isWrong` names.
static LogicalResult verifyNone(Operation *root, StringRef place,
                                llvm::function_ref<bool(Operation *)> isWrong) {
  WalkResult result = root->walk([&](Operation *op) {
    if (!isWrong(op))
      return WalkResult::advance();
    op->emitOpError("does not belong in ") << place;
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult verifyModel(ModuleOp module) {
  auto forward = getFunction(module, funcs::forward, "the importer");
  if (!forward)
    return failure();
  auto compiles = module.getOps<CompileOp>();
  if (!llvm::hasSingleElement(compiles))
    return module.emitError("expected one kiln.compile, got ")
           << std::distance(compiles.begin(), compiles.end());
  if (failed(verifyArguments(module, forward)))
    return failure();
  return verifyNone(module, "phase model", [](Operation *op) {
    return isUpdate(op) || isa<FusionOp>(op);
  });
}

/// `@train_step` returns each parameter and slot anew, and no gradient.
static LogicalResult verifyTrainStep(func::FuncOp func) {
  llvm::BitVector renewed(func.getNumArguments());
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    if (func.getResultAttr(i, attrs::gradientOf))
      return func.emitError("result ")
             << i << " of @train_step is still a gradient; run "
             << "kiln-insert-optimizer";
    auto donor = func.getResultAttrOfType<IntegerAttr>(i, attrs::donates);
    if (donor && donor.getInt() >= 0 &&
        donor.getInt() < int64_t(func.getNumArguments()))
      renewed.set(donor.getInt());
  }
  for (BlockArgument argument : func.getArguments()) {
    unsigned i = argument.getArgNumber();
    if (func.getArgAttr(i, attrs::param) && !renewed.test(i))
      return func.emitError("no result of @train_step renews argument ")
             << i << "; run kiln-insert-optimizer";
  }
  return success();
}

static LogicalResult verifyTrain(ModuleOp module) {
  if (auto forward = module.lookupSymbol<func::FuncOp>(funcs::forward))
    return forward.emitError(
        "@forward does not belong in phase train; run kiln-build-programs");
  for (StringRef name : {funcs::trainStep, funcs::evaluate, funcs::predict}) {
    auto func = getFunction(module, name, "kiln-build-programs");
    if (!func || failed(verifyArguments(module, func)))
      return failure();
    if (name == funcs::trainStep) {
      if (failed(verifyTrainStep(func)))
        return failure();
    } else if (failed(verifyNone(func, ("@" + name).str(),
                                 llvm::IsaPred<DropoutOp, RandomMaskOp>))) {
      return failure();
    }
  }
  return verifyNone(module, "phase train", llvm::IsaPred<FusionOp>);
}

/// Every op of a block stands in a group, and so do those of the cells that its
/// groups run.
static LogicalResult verifyGrouped(mlir::Block &block,
                                   llvm::StringMap<FusionOp> &ids) {
  for (Operation &op : block) {
    if (isa<ReshapeOp, func::ReturnOp, YieldOp>(op))
      continue;
    auto group = dyn_cast<FusionOp>(op);
    if (!group)
      return op.emitOpError(
          "stands outside of a kiln.fusion; run kiln-form-groups");
    auto [known, isNew] = ids.try_emplace(group.getId(), group);
    if (!isNew) {
      InFlightDiagnostic diag =
          group.emitOpError("has the id of another group");
      diag.attachNote(known->second.getLoc()) << "the other group";
      return diag;
    }
    if (failed(verifyGroup(group)))
      return failure();
    for (auto scan : group.getBody().front().getOps<ScanOp>())
      if (failed(verifyGrouped(scan.getBody().front(), ids)))
        return failure();
  }
  return success();
}

static LogicalResult verifyFused(func::FuncOp func) {
  llvm::StringMap<FusionOp> ids;
  return verifyGrouped(func.front(), ids);
}

namespace {
struct VerifyPhase : public kiln::impl::VerifyPhaseBase<VerifyPhase> {
  using kiln::impl::VerifyPhaseBase<VerifyPhase>::VerifyPhaseBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<Phase> reached = symbolizePhase(phase);
    if (!reached || *reached > Phase::Fused) {
      module.emitError("expected phase model, train or fused, got '")
          << phase << "'";
      return signalPassFailure();
    }
    if (failed(verify(module, *reached)))
      return signalPassFailure();
    module->setAttr(attrs::phase,
                    StringAttr::get(&getContext(), stringifyPhase(*reached)));
  }

private:
  LogicalResult verify(ModuleOp module, Phase reached) {
    if (reached == Phase::Model)
      return verifyModel(module);
    if (reached == Phase::Train)
      return verifyTrain(module);
    for (auto func : module.getOps<func::FuncOp>())
      if (!func.isExternal() && failed(verifyFused(func)))
        return failure();
    return success();
  }
};
} // namespace
