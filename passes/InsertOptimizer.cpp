//===- InsertOptimizer.cpp - From gradients to updates --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Programs.h"

#include "llvm/ADT/TypeSwitch.h"

#define DEBUG_TYPE "kiln-insert-optimizer"

namespace kiln {
#define GEN_PASS_DEF_INSERTOPTIMIZER
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Names of the slots that an optimizer keeps for each parameter, in order.
static SmallVector<StringRef> getSlots(Attribute optimizer) {
  if (isa<AdamAttr>(optimizer))
    return {"momentum", "velocity"};
  if (cast<SgdAttr>(optimizer).getMomentum() != 0.0)
    return {"momentum"};
  return {};
}

/// Creates the update of one parameter and returns its results: the new
/// parameter, then the new slots.
static ValueRange createUpdate(OpBuilder &builder, Location loc,
                               Attribute optimizer, Value param, Value gradient,
                               ValueRange slots, Value hyper) {
  Type type = param.getType();
  auto f64 = [&](double value) { return builder.getF64FloatAttr(value); };
  if (auto adam = dyn_cast<AdamAttr>(optimizer))
    return builder
        .create<AdamUpdateOp>(loc, TypeRange{type, type, type}, param, gradient,
                              slots[0], slots[1], hyper, f64(adam.getBeta_1()),
                              f64(adam.getBeta_2()), f64(adam.getEpsilon()))
        ->getResults();
  auto sgd = cast<SgdAttr>(optimizer);
  if (slots.empty())
    return builder.create<SgdUpdateOp>(loc, type, param, gradient, hyper)
        ->getResults();
  return builder
      .create<MomentumUpdateOp>(loc, TypeRange{type, type}, param, gradient,
                                slots[0], hyper, f64(sgd.getMomentum()),
                                sgd.getNesterov() ? builder.getUnitAttr()
                                                  : UnitAttr())
      ->getResults();
}

namespace {
struct InsertOptimizer
    : public kiln::impl::InsertOptimizerBase<InsertOptimizer> {
  void runOnOperation() override;

private:
  LogicalResult insertUpdates(func::FuncOp func, Attribute optimizer);
  LogicalResult collectGradients(func::FuncOp func, const SymbolTable &symbols,
                                 llvm::StringMap<Value> &gradients);
};
} // namespace

LogicalResult
InsertOptimizer::collectGradients(func::FuncOp func, const SymbolTable &symbols,
                                  llvm::StringMap<Value> &gradients) {
  Operation *returnOp = func.front().getTerminator();
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (auto owner =
            func.getResultAttrOfType<FlatSymbolRefAttr>(i, attrs::gradientOf))
      gradients[owner.getValue()] = returnOp->getOperand(i);
  for (BlockArgument argument : func.getArguments()) {
    if (!isParam(func, argument))
      continue;
    ParamOp param = getParam(symbols, func, argument);
    if (!param || !gradients.count(param.getSymName()))
      return func.emitError("no gradient of the parameter ")
             << func.getArgAttr(argument.getArgNumber(), attrs::param)
             << "; run kiln-autodiff first";
  }
  return success();
}

LogicalResult InsertOptimizer::insertUpdates(func::FuncOp func,
                                             Attribute optimizer) {
  SymbolTable symbols(getOperation());
  llvm::StringMap<Value> gradients;
  if (failed(collectGradients(func, symbols, gradients)))
    return failure();
  MLIRContext *context = &getContext();
  Builder attrBuilder(context);
  SmallVector<ParamOp> params;
  for (BlockArgument argument : func.getArguments())
    if (ParamOp param = getParam(symbols, func, argument))
      params.push_back(param);

  // Slots follow the parameters, which come first.
  SmallVector<StringRef> slotNames = getSlots(optimizer);
  SmallVector<Type> slotTypes;
  SmallVector<DictionaryAttr> slotAttrs;
  SmallVector<Location> slotLocs;
  for (ParamOp param : params)
    for (StringRef name : slotNames) {
      NamedAttrList dict;
      dict.set(attrs::param, FlatSymbolRefAttr::get(param.getSymNameAttr()));
      dict.set(attrs::slot, attrBuilder.getStringAttr(name));
      slotTypes.push_back(param.getTensorType());
      slotAttrs.push_back(dict.getDictionary(context));
      slotLocs.push_back(param.getLoc());
    }
  func.insertArguments(SmallVector<unsigned>(slotTypes.size(), params.size()),
                       slotTypes, slotAttrs, slotLocs);
  BlockArgument hyper =
      insertArgument(func, RankedTensorType::get({2}, attrBuilder.getF32Type()),
                     "hyper", func.getLoc());

  Operation *returnOp = func.front().getTerminator();
  OpBuilder builder(returnOp);
  SmallVector<Value> results, newSlots;
  for (auto [i, param] : llvm::enumerate(params)) {
    ValueRange slots = func.getArguments().slice(
        params.size() + i * slotNames.size(), slotNames.size());
    ValueRange updated = createUpdate(
        builder,
        withRole(withLayer(param.getLoc(), param.getLayer()), "update"),
        optimizer, func.getArgument(i), gradients[param.getSymName()], slots,
        hyper);
    results.push_back(updated.front());
    llvm::append_range(newSlots, updated.drop_front());
  }
  llvm::append_range(results, newSlots);
  SmallVector<DictionaryAttr> resultAttrs;
  for (unsigned i = 0; i < results.size(); ++i)
    resultAttrs.push_back(
        attrBuilder.getDictionaryAttr(attrBuilder.getNamedAttr(
            attrs::donates, attrBuilder.getI64IntegerAttr(i))));
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    if (func.getResultAttr(i, attrs::gradientOf))
      continue;
    results.push_back(returnOp->getOperand(i));
    resultAttrs.push_back(func.getResultAttrDict(i)
                              ? func.getResultAttrDict(i)
                              : DictionaryAttr::get(context));
  }
  setResults(func, results, resultAttrs);
  return success();
}

void InsertOptimizer::runOnOperation() {
  ModuleOp module = getOperation();
  auto func = module.lookupSymbol<func::FuncOp>(funcs::trainStep);
  if (!func) {
    module.emitError(
        "expected a function @train_step; run kiln-build-programs first");
    return signalPassFailure();
  }
  auto compiles = module.getOps<CompileOp>();
  if (compiles.empty()) {
    module.emitError("expected a kiln.compile");
    return signalPassFailure();
  }
  if (failed(insertUpdates(func, (*compiles.begin()).getOptimizer())))
    signalPassFailure();
}
