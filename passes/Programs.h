//===- Programs.h - Arguments and results of programs -----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What passes ask of the functions that training, evaluation and prediction
// are made from, and how they change their signatures.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_PROGRAMS_H
#define KILN_PASSES_PROGRAMS_H

#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// The `kiln.role` of an argument, empty when it has none.
llvm::StringRef getRole(mlir::func::FuncOp func, mlir::BlockArgument argument);

/// True if `value` is what the model is given, maybe in another shape.
bool isInput(mlir::func::FuncOp func, mlir::Value value);

/// The number of the group's input that `operand`, of an op in its body, stands
/// for, if that is what the model is given.
std::optional<int64_t> findModelInput(mlir::func::FuncOp func, FusionOp group,
                                      mlir::Value operand);

/// The first argument of a role; null when there is none.
mlir::BlockArgument findArgument(mlir::func::FuncOp func, llvm::StringRef role);

/// True if the argument is a parameter's current value (not a slot).
bool isParam(mlir::func::FuncOp func, mlir::BlockArgument argument);

/// The declaration, among the module's `symbols`, of the parameter that an
/// argument is the value of; null when it is none.
ParamOp getParam(const mlir::SymbolTable &symbols, mlir::func::FuncOp func,
                 mlir::BlockArgument argument);

/// Adds an argument of a role at its place in the fixed order: parameters,
/// slots, inputs, target, weight, rows, seed, epoch, step, hyper.
mlir::BlockArgument insertArgument(mlir::func::FuncOp func,
                                   mlir::RankedTensorType type,
                                   llvm::StringRef role, mlir::Location loc);

/// Makes `func` return `results`, with one dictionary of attributes each.
void setResults(mlir::func::FuncOp func, mlir::ValueRange results,
                llvm::ArrayRef<mlir::DictionaryAttr> resultAttrs);

} // namespace kiln

#endif // KILN_PASSES_PROGRAMS_H
