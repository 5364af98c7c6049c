//===- PackOperands.cpp - Operands in bfloat16, once a step ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Remarks.h"

#include <map>

#define DEBUG_TYPE "kiln-pack-operands"

namespace kiln {
#define GEN_PASS_DEF_PACKOPERANDS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

namespace {
struct PackOperands : public kiln::impl::PackOperandsBase<PackOperands> {
  void runOnOperation() override;

private:
  /// The packed form of a value; one serves all contractions that read it so.
  Value getPacked(RewriterBase &rewriter, MatmulOp op, bool isRhs);

  std::map<std::tuple<void *, bool, bool>, Value> packed;
};
} // namespace

Value PackOperands::getPacked(RewriterBase &rewriter, MatmulOp op, bool isRhs) {
  Value matrix = isRhs ? op.getRhs() : op.getLhs();
  bool isTransposed = isRhs ? op.getTransposeRhs() : op.getTransposeLhs();
  Value &result = packed[{matrix.getAsOpaquePointer(), isRhs, isTransposed}];
  if (!result) {
    rewriter.setInsertionPointAfterValue(matrix);
    result = rewriter.create<PackOp>(withRole(op.getLoc(), "pack"), matrix,
                                     isRhs, isTransposed);
  }
  return result;
}

void PackOperands::runOnOperation() {
  PassRewriter rewriter(getOperation(), DEBUG_TYPE);
  packed.clear();
  SmallVector<MatmulOp> found;
  getOperation().walk([&](MatmulOp op) {
    if (op.getBfloat16())
      found.push_back(op);
  });
  for (MatmulOp op : found) {
    if (op->getParentOp() != getOperation()) {
      (void)notifyFailure(rewriter, op,
                          "is not packed: it stands in a recurrence's cell, "
                          "whose kernels have no bfloat16");
      continue;
    }
    Value lhs = getPacked(rewriter, op, /*isRhs=*/false);
    Value rhs = getPacked(rewriter, op, /*isRhs=*/true);
    rewriter.setInsertionPoint(op);
    rewriter.replaceOpWithNewOp<PackedMatmulOp>(op, op.getOutput().getType(),
                                                lhs, rhs, op.getK());
  }
}
