//===- ElementwiseLowering.h - One entry an elementwise op ------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_ELEMENTWISELOWERING_H
#define KILN_CODEGEN_ELEMENTWISELOWERING_H

#include "codegen/LaneBuilder.h"
#include "mlir/IR/Operation.h"

#include <optional>

namespace kiln {

/// Computes an elementwise op on lanes or scalars: appends one value a result.
/// Operands have the op's element types; where the op takes `hyper`, the
/// operand is the one number of it that the op uses.
using ElementwiseLowering =
    void (*)(LaneBuilder &lane, mlir::Operation *op, mlir::ValueRange operands,
             llvm::SmallVectorImpl<mlir::Value> &results);

/// The lowering of an op, null if it is none that works element by element.
ElementwiseLowering findElementwiseLowering(mlir::Operation *op);

/// For an operand that is the `hyper` of an update: which of its numbers the op
/// uses.
std::optional<int64_t> getHyperIndex(mlir::OpOperand &operand);

} // namespace kiln

#endif // KILN_CODEGEN_ELEMENTWISELOWERING_H
