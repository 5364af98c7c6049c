//===- KilnInterfaces.h - What every kiln op can be asked -------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNINTERFACES_H
#define KILN_IR_KILNINTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace kiln {
class Interpreter;
class Tensor;

/// Elements of this tensor type.
int64_t countElements(mlir::Type type);

/// One operation for every element of the results.
int64_t defaultFlops(mlir::Operation *op);

/// Bytes of all operands and results.
int64_t defaultBytes(mlir::Operation *op);

/// Bytes that a value of this tensor type takes in memory (i1: one byte).
int64_t getByteSize(mlir::Type type);

/// See Kiln_NonDifferentiable in KilnInterfaces.td.
template <typename ConcreteType>
class NonDifferentiable
    : public mlir::OpTrait::TraitBase<ConcreteType, NonDifferentiable> {};

/// See Kiln_Elementwise in KilnInterfaces.td.
template <typename ConcreteType>
class ElementwiseLanes
    : public mlir::OpTrait::TraitBase<ConcreteType, ElementwiseLanes> {};

} // namespace kiln

#include "ir/KilnInterfaces.h.inc"

#endif // KILN_IR_KILNINTERFACES_H
