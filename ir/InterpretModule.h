//===- InterpretModule.h - Interprets functions and prints results -*- C++
//-*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_INTERPRETMODULE_H
#define KILN_IR_INTERPRETMODULE_H

#include "ir/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace kiln {

/// Prints `tensor` as `tensor<2x2xf32> [1, 2, 3, 4]`, its numbers in row-major
/// order with as many digits as `precision` takes to read them back.
void printTensor(llvm::raw_ostream &os, const Tensor &tensor,
                 Precision precision);

/// Runs the function `function` of `module`, which must take no arguments, or
/// where that is empty every function without arguments, in order. Prints one
/// line a result: `<function>: <index>: <tensor>`. Emits a diagnostic on
/// failure.
llvm::LogicalResult interpretModule(mlir::ModuleOp module,
                                    llvm::StringRef function,
                                    Precision precision, llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_IR_INTERPRETMODULE_H
