//===- InterpretModule.cpp - Interprets functions and prints results ------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/InterpretModule.h"

#include "llvm/Support/Format.h"

using namespace mlir;
using namespace kiln;

void kiln::printTensor(llvm::raw_ostream &os, const Tensor &tensor,
                       Precision precision) {
  bool isFloat = tensor.getType().getElementType().isF32();
  os << tensor.getType() << " [";
  llvm::interleaveComma(tensor.getData(), os, [&](double value) {
    if (isFloat)
      os << llvm::format(precision == Precision::F32 ? "%.9g" : "%.17g", value);
    else
      os << int64_t(value);
  });
  os << ']';
}

static LogicalResult interpretFunction(func::FuncOp func,
                                       Interpreter &interpreter,
                                       llvm::raw_ostream &os) {
  auto results = interpreter.call(func, {});
  if (failed(results))
    return failure();
  for (auto [i, result] : llvm::enumerate(*results)) {
    os << func.getSymName() << ": " << i << ": ";
    printTensor(os, result, interpreter.getPrecision());
    os << '\n';
  }
  return success();
}

LogicalResult kiln::interpretModule(ModuleOp module, llvm::StringRef function,
                                    Precision precision,
                                    llvm::raw_ostream &os) {
  Interpreter interpreter(precision);
  if (!function.empty()) {
    auto func = module.lookupSymbol<func::FuncOp>(function);
    if (!func)
      return module.emitError() << "no function '" << function << "'";
    return interpretFunction(func, interpreter, os);
  }
  for (auto func : module.getOps<func::FuncOp>())
    if (func.getNumArguments() == 0 &&
        failed(interpretFunction(func, interpreter, os)))
      return failure();
  return success();
}
