//===- Autodiff.cpp - Gradients of the training step ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Differentiate.h"
#include "passes/Passes.h"
#include "passes/Programs.h"

#include "mlir/IR/Builders.h"

#define DEBUG_TYPE "kiln-autodiff"

namespace kiln {
#define GEN_PASS_DEF_AUTODIFF
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// The result of role `loss`, -1 when there is none.
static int64_t findLoss(func::FuncOp func) {
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    auto role = func.getResultAttrOfType<StringAttr>(i, attrs::role);
    if (role && role.getValue() == "loss")
      return i;
  }
  return -1;
}

/// Appends the gradients of `func`'s parameters to its results.
static LogicalResult addGradients(func::FuncOp func) {
  int64_t lossIndex = findLoss(func);
  if (lossIndex < 0)
    return func.emitError("expected a result of role 'loss'; run "
                          "kiln-build-programs first");
  Operation *returnOp = func.front().getTerminator();
  Value loss = returnOp->getOperand(lossIndex);
  if (loss.getType() !=
      RankedTensorType::get({}, Float32Type::get(func.getContext())))
    return func.emitError("expected a loss of type tensor<f32>, got ")
           << loss.getType();

  SmallVector<Value> params;
  SmallVector<DictionaryAttr> resultAttrs;
  func.getAllResultAttrs(resultAttrs);
  resultAttrs.resize(func.getNumResults(),
                     DictionaryAttr::get(func.getContext()));
  for (BlockArgument argument : func.getArguments()) {
    if (!isParam(func, argument))
      continue;
    Attribute owner = func.getArgAttr(argument.getArgNumber(), attrs::param);
    params.push_back(argument);
    Builder builder(func.getContext());
    resultAttrs.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(attrs::gradientOf, owner)));
  }
  FailureOr<SmallVector<Value>> gradients = differentiate(loss, params);
  if (failed(gradients))
    return failure();
  // Read now: a rule may have replaced what was returned.
  SmallVector<Value> results(returnOp->getOperands());
  llvm::append_range(results, *gradients);
  setResults(func, results, resultAttrs);
  return success();
}

namespace {
struct Autodiff : public kiln::impl::AutodiffBase<Autodiff> {
  void runOnOperation() override {
    auto func = getOperation().lookupSymbol<func::FuncOp>(funcs::trainStep);
    if (!func) {
      getOperation().emitError("expected a function @train_step; run "
                               "kiln-build-programs first");
      return signalPassFailure();
    }
    if (failed(addGradients(func)))
      signalPassFailure();
  }
};
} // namespace
