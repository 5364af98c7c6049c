//===- MaterializeTransposes.cpp - Row-major right operands ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/GroupRules.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"
#include "passes/Scans.h"

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
    PassRewriter rewriter(getOperation(), DEBUG_TYPE);
    getOperation().walk([&](ScanOp scan) { hoistInvariants(rewriter, scan); });
    // One copy serves every contraction that reads it, in all cells.
    llvm::DenseMap<Value, Value> transposed;
    getOperation().walk([&](MatmulOp op) {
      if (!op.getTransposeRhs() || isCopiedInBlocks(op))
        return;
      Value rhs = op.getRhs();
      // A cell's weights are transposed before it runs.
      auto scan = dyn_cast<ScanOp>(op->getParentOp());
      Value weights = scan ? getCapture(scan, rhs) : Value();
      Value source = weights ? weights : rhs;
      Value &copy = transposed[source];
      if (!copy) {
        rewriter.setInsertionPointAfterValue(source);
        copy = rewriter.create<TransposeOp>(withRole(op.getLoc(), "transpose"),
                                            source);
      }
      op.getRhsMutable().assign(weights ? addCapture(scan, copy) : copy);
      op.removeTransposeRhsAttr();
      if (weights)
        eraseUnusedOperands(scan);
    });
  }
};
} // namespace
