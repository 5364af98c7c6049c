//===- ReverseMode.h - Adjoints of a block's values -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_REVERSEMODE_H
#define KILN_IR_REVERSEMODE_H

#include "mlir/IR/Builders.h"

namespace kiln {

/// What flows back into a value from outside: dL/dvalue, of the value's type.
struct AdjointSeed {
  mlir::Value value;
  mlir::Value adjoint;
};

/// Says where `maker`, an op built for one at `loc`, is from. `of` is the value
/// whose adjoint it gives, null for what lies between. `maker` is null where
/// adjoints of `of`, from several uses, are to be added up.
using AdjointLocator = llvm::function_ref<mlir::Location(
    mlir::Location loc, mlir::Value of, mlir::Operation *maker)>;

/// Builds, at the insertion point of `builder`, the adjoints of `wanted` from
/// those of `seeds`, all values of one block that are defined above it. One
/// value each, of that value's type; null where no seed depends on it. A value
/// with several seeds has their sum.
///
/// Knows no op: each is asked for its rule (DifferentiableOpInterface), the
/// last one first. A rule may replace its op by one that computes the same and
/// more, and leave it without uses. Emits a diagnostic at an op without a rule
/// that lies between `wanted` and the seeds, unless it is declared
/// NonDifferentiable, for then nothing flows through it.
llvm::FailureOr<llvm::SmallVector<mlir::Value>>
buildAdjoints(mlir::OpBuilder &builder, llvm::ArrayRef<AdjointSeed> seeds,
              mlir::ValueRange wanted, AdjointLocator locate);

} // namespace kiln

#endif // KILN_IR_REVERSEMODE_H
