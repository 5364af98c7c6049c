//===- KilnInfer.h - Operands before they are verified -------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNINFER_H
#define KILN_IR_KILNINFER_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace kiln {

/// The type of an operand of an op that is being parsed, before anything has
/// checked it: a static tensor, of rank `rank` if given. An error otherwise.
mlir::FailureOr<mlir::RankedTensorType>
expectTensor(std::optional<mlir::Location> loc, mlir::Value value,
             std::optional<int64_t> rank = std::nullopt);

} // namespace kiln

#endif // KILN_IR_KILNINFER_H
