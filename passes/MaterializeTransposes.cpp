//===- MaterializeTransposes.cpp - Row-major right operands ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Locations.h"
#include "passes/Passes.h"

#include "llvm/ADT/DenseMap.h"

#define DEBUG_TYPE "kiln-materialize-transposes"

namespace kiln {
#define GEN_PASS_DEF_MATERIALIZETRANSPOSES
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct MaterializeTransposes
    : public kiln::impl::MaterializeTransposesBase<MaterializeTransposes> {
  void runOnOperation() override {
    // One copy serves every contraction that reads it.
    llvm::DenseMap<Value, Value> transposed;
    getOperation().walk([&](MatmulOp op) {
      if (!op.getTransposeRhs())
        return;
      Value rhs = op.getRhs();
      Value &copy = transposed[rhs];
      if (!copy) {
        OpBuilder builder(&getContext());
        builder.setInsertionPointAfterValue(rhs);
        copy = builder.create<TransposeOp>(withRole(op.getLoc(), "transpose"),
                                           rhs);
      }
      op.getRhsMutable().assign(copy);
      op.removeTransposeRhsAttr();
    });
  }
};
} // namespace
