//===- Programs.cpp - Arguments and results of programs -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Programs.h"

using namespace mlir;
using namespace kiln;

/// The order of arguments by role, after parameters and slots.
static constexpr llvm::StringLiteral kRoles[] = {
    "input", "target", "weight", "rows", "seed", "epoch", "step", "hyper"};

StringRef kiln::getRole(func::FuncOp func, BlockArgument argument) {
  auto role =
      func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), attrs::role);
  return role ? role.getValue() : StringRef();
}

bool kiln::isInput(func::FuncOp func, Value value) {
  auto argument = dyn_cast<BlockArgument>(lookThroughReshapes(value));
  return argument && argument.getOwner() == &func.getBody().front() &&
         getRole(func, argument) == "input";
}

std::optional<int64_t> kiln::findModelInput(func::FuncOp func, FusionOp group,
                                            Value operand) {
  auto argument = dyn_cast<BlockArgument>(operand);
  if (!argument || argument.getOwner() != &group.getBody().front() ||
      !isInput(func, group.getInputs()[argument.getArgNumber()]))
    return std::nullopt;
  return argument.getArgNumber();
}

BlockArgument kiln::findArgument(func::FuncOp func, StringRef role) {
  for (BlockArgument argument : func.getArguments())
    if (getRole(func, argument) == role)
      return argument;
  return {};
}

bool kiln::isParam(func::FuncOp func, BlockArgument argument) {
  unsigned i = argument.getArgNumber();
  return func.getArgAttr(i, attrs::param) && !func.getArgAttr(i, attrs::slot);
}

ParamOp kiln::getParam(const SymbolTable &symbols, func::FuncOp func,
                       BlockArgument argument) {
  if (!isParam(func, argument))
    return {};
  auto symbol = func.getArgAttrOfType<FlatSymbolRefAttr>(
      argument.getArgNumber(), attrs::param);
  return symbol ? symbols.lookup<ParamOp>(symbol.getAttr()) : ParamOp();
}

BlockArgument kiln::insertArgument(func::FuncOp func, RankedTensorType type,
                                   StringRef role, Location loc) {
  const auto *rank = llvm::find(kRoles, role);
  assert(rank != std::end(kRoles) && "unknown role");
  unsigned index = func.getNumArguments();
  for (; index > 0; --index) {
    const auto *before =
        llvm::find(kRoles, getRole(func, func.getArgument(index - 1)));
    if (before == std::end(kRoles) || before <= rank)
      break;
  }
  Builder builder(func.getContext());
  func.insertArgument(index, type,
                      builder.getDictionaryAttr(builder.getNamedAttr(
                          attrs::role, builder.getStringAttr(role))),
                      loc);
  return func.getArgument(index);
}

void kiln::setResults(func::FuncOp func, ValueRange results,
                      ArrayRef<DictionaryAttr> resultAttrs) {
  assert(results.size() == resultAttrs.size());
  func.front().getTerminator()->setOperands(results);
  func.setType(FunctionType::get(func.getContext(), func.getArgumentTypes(),
                                 results.getTypes()));
  func.setAllResultAttrs(resultAttrs);
}
