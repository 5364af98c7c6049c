//===- KilnDialect.cpp - The kiln dialect -------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnDialect.h"

#include "ir/KilnAttrs.h"
#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace kiln;

#include "ir/KilnDialect.cpp.inc"

void KilnDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "ir/KilnOps.cpp.inc"
      >();
}

Operation *KilnDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  auto elements = llvm::dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return builder.create<ConstantOp>(loc, elements);
}

//===----------------------------------------------------------------------===//
// Attributes of modules, arguments and results
//===----------------------------------------------------------------------===//

/// Verifies that `attribute`, which sits on something of type `type`, names a
/// `kiln.param` of that type. Code generation's memrefs are not compared.
static LogicalResult verifyParamReference(Operation *op, Type type,
                                          NamedAttribute attribute) {
  auto symbol = llvm::dyn_cast<FlatSymbolRefAttr>(attribute.getValue());
  if (!symbol)
    return op->emitError() << "expected a symbol as '"
                           << attribute.getName().getValue() << "', got "
                           << attribute.getValue();
  auto param = llvm::dyn_cast_or_null<ParamOp>(
      SymbolTable::lookupNearestSymbolFrom(op, symbol));
  if (!param)
    return op->emitError() << "'" << attribute.getName().getValue()
                           << "' names no kiln.param: " << symbol;
  if (llvm::isa<TensorType>(type) && type != param.getType())
    return op->emitError() << "expected the type of parameter " << symbol
                           << ", " << param.getType() << ", got " << type;
  return success();
}

/// Verifies that `attribute` is a string which `isKnown` accepts; `choices`
/// tells the user which those are.
static LogicalResult
verifyChoice(Operation *op, NamedAttribute attribute,
             llvm::function_ref<bool(llvm::StringRef)> isKnown,
             llvm::StringRef choices) {
  auto string = llvm::dyn_cast<StringAttr>(attribute.getValue());
  if (string && isKnown(string.getValue()))
    return success();
  return op->emitError() << "expected one of " << choices << " as '"
                         << attribute.getName().getValue() << "', got "
                         << attribute.getValue();
}

static LogicalResult verifyString(Operation *op, NamedAttribute attribute) {
  if (llvm::isa<StringAttr>(attribute.getValue()))
    return success();
  return op->emitError() << "expected a string as '"
                         << attribute.getName().getValue() << "', got "
                         << attribute.getValue();
}

LogicalResult KilnDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attribute) {
  llvm::StringRef name = attribute.getName().getValue();
  if (name == attrs::model)
    return verifyString(op, attribute);
  if (name == attrs::batch) {
    auto batch = llvm::dyn_cast<IntegerAttr>(attribute.getValue());
    if (batch && batch.getType().isInteger(64) && batch.getInt() > 0)
      return success();
    return op->emitError() << "expected a positive i64 as '" << name
                           << "', got " << attribute.getValue();
  }
  if (name == attrs::phase)
    return verifyChoice(
        op, attribute,
        [](llvm::StringRef phase) {
          return llvm::is_contained(
              {"model", "train", "fused", "tiled", "llvm"}, phase);
        },
        "model, train, fused, tiled, llvm");
  return success();
}

LogicalResult KilnDialect::verifyRegionArgAttribute(Operation *op,
                                                    unsigned regionIndex,
                                                    unsigned argIndex,
                                                    NamedAttribute attribute) {
  auto function = llvm::dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return success();
  llvm::StringRef name = attribute.getName().getValue();
  if (name == attrs::param)
    return verifyParamReference(op, function.getArgumentTypes()[argIndex],
                                attribute);
  if (name == attrs::slot) {
    if (!function.getArgAttr(argIndex, attrs::param))
      return op->emitError()
             << "argument " << argIndex << " has '" << attrs::slot
             << "' without '" << attrs::param << "'";
    return verifyChoice(
        op, attribute,
        [](llvm::StringRef slot) {
          return slot == "momentum" || slot == "velocity";
        },
        "momentum, velocity");
  }
  if (name == attrs::role)
    return verifyChoice(
        op, attribute,
        [](llvm::StringRef role) {
          return llvm::is_contained({"input", "target", "weight", "rows",
                                     "seed", "epoch", "step", "hyper"},
                                    role);
        },
        "input, target, weight, rows, seed, epoch, step, hyper");
  if (name == attrs::name)
    return verifyString(op, attribute);
  return success();
}

/// Verifies that result `result` of `function` may take over the storage of
/// the argument that `attribute` numbers.
static LogicalResult verifyDonation(FunctionOpInterface function,
                                    unsigned result, NamedAttribute attribute) {
  auto index = llvm::dyn_cast<IntegerAttr>(attribute.getValue());
  if (!index || !index.getType().isInteger(64))
    return function.emitError() << "expected an i64 as '" << attrs::donates
                                << "', got " << attribute.getValue();
  if (index.getInt() < 0 || index.getInt() >= function.getNumArguments())
    return function.emitError() << "expected '" << attrs::donates
                                << "' below the " << function.getNumArguments()
                                << " arguments, got " << index.getInt();
  Type argument = function.getArgumentTypes()[index.getInt()];
  Type type = function.getResultTypes()[result];
  if (argument != type)
    return function.emitError() << "result " << result << " of type " << type
                                << " cannot take over argument "
                                << index.getInt() << " of type " << argument;
  for (unsigned other = 0; other < result; ++other)
    if (function.getResultAttr(other, attrs::donates) == index)
      return function.emitError()
             << "results " << other << " and " << result
             << " both take over argument " << index.getInt();
  return success();
}

LogicalResult
KilnDialect::verifyRegionResultAttribute(Operation *op, unsigned regionIndex,
                                         unsigned resultIndex,
                                         NamedAttribute attribute) {
  auto function = llvm::dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return success();
  llvm::StringRef name = attribute.getName().getValue();
  if (name == attrs::gradientOf)
    return verifyParamReference(op, function.getResultTypes()[resultIndex],
                                attribute);
  if (name == attrs::donates)
    return verifyDonation(function, resultIndex, attribute);
  if (name == attrs::role)
    return verifyChoice(
        op, attribute,
        [](llvm::StringRef role) {
          return llvm::is_contained({"output", "loss", "metric"}, role);
        },
        "output, loss, metric");
  if (name == attrs::name)
    return verifyString(op, attribute);
  return success();
}
