//===- Differentiate.cpp - Reverse-mode differentiation -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Differentiate.h"

#include "ir/KilnOps.h"
#include "ir/ReverseMode.h"
#include "passes/Locations.h"

using namespace mlir;
using namespace kiln;

/// What an adjoint is, from the value that it belongs to: README.md lists the
/// roles.
static StringRef getAdjointRole(Value value, Operation *adjoint) {
  // Weights that come in parts are weights.
  while (value && isa_and_nonnull<SplitOp, ReshapeOp>(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  if (value && isa<BlockArgument>(value))
    return cast<RankedTensorType>(value.getType()).getRank() > 1 ? "dW" : "db";
  return value && isa_and_nonnull<MatmulOp>(adjoint) ? "dX" : "backward";
}

FailureOr<SmallVector<Value>> kiln::differentiate(Value loss, ValueRange by) {
  mlir::Block *block = loss.getParentBlock();
  OpBuilder builder(loss.getContext());
  if (block->mightHaveTerminator())
    builder.setInsertionPoint(block->getTerminator());
  else
    builder.setInsertionPointToEnd(block);
  Value one = createSplat(builder, withRole(loss.getLoc(), "backward"),
                          loss.getType(), 1.0);
  auto locate = [](Location loc, Value of, Operation *maker) {
    return withRole(loc, getAdjointRole(of, maker));
  };
  FailureOr<SmallVector<Value>> gradients =
      buildAdjoints(builder, AdjointSeed{loss, one}, by, locate);
  if (failed(gradients))
    return failure();
  for (auto [value, gradient] : llvm::zip_equal(by, *gradients))
    if (!gradient)
      gradient = createSplat(builder, locate(value.getLoc(), value, nullptr),
                             value.getType(), 0.0);
  return gradients;
}
