//===- Differentiate.h - Reverse-mode differentiation -----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_DIFFERENTIATE_H
#define KILN_PASSES_DIFFERENTIATE_H

#include "mlir/IR/Builders.h"

namespace kiln {

/// Builds, at the end of the block of `loss` (a `tensor<f32>`), its gradient by
/// each value of `by`: one value each, of that value's type, zeros where the
/// loss does not depend on it.
///
/// Knows no op: each is asked for its rule (DifferentiableOpInterface). Emits a
/// diagnostic at an op without one that lies between `by` and the loss, unless
/// it is declared NonDifferentiable, for then nothing flows through it.
llvm::FailureOr<llvm::SmallVector<mlir::Value>>
differentiate(mlir::Value loss, mlir::ValueRange by);

} // namespace kiln

#endif // KILN_PASSES_DIFFERENTIATE_H
