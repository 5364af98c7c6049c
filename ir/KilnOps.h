//===- KilnOps.h - Operations of the kiln dialect ---------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNOPS_H
#define KILN_IR_KILNOPS_H

#include "ir/KilnAttrs.h"
#include "ir/KilnDialect.h"
#include "ir/KilnInterfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "ir/KilnOps.h.inc"

namespace kiln {

/// Builds a constant of `type`, an f32 tensor, with every element `value`
/// rounded to f32.
mlir::Value createSplat(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Type type, double value);

/// Looks through reshapes, which are aliases.
mlir::Value lookThroughReshapes(mlir::Value value);

/// The dimensions of a tensor of rank `rank` that `dims`, which increases,
/// leaves out: what a broadcast along `dims` repeats, what a reduction along
/// `dims` keeps.
llvm::SmallVector<int64_t> getOtherDims(llvm::ArrayRef<int64_t> dims,
                                        int64_t rank);

} // namespace kiln

#endif // KILN_IR_KILNOPS_H
