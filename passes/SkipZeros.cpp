//===- SkipZeros.cpp - Contractions of inputs that are mostly zero --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"
#include "passes/Programs.h"

#define DEBUG_TYPE "kiln-skip-zeros"

namespace kiln {
#define GEN_PASS_DEF_SKIPZEROS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// A list serves all columns of a tile of rows: of too few it is not worth
/// making. A thread's share should be a panel (32 columns) at the least.
static constexpr int64_t kColumns = 64;

/// Whether a list of what is not zero in the left operand can pay.
static bool canPay(func::FuncOp func, FusionOp group) {
  if (group.getKind() != FusionKind::contraction)
    return false;
  for (Operation &op : group.getBody().front()) {
    auto partial = dyn_cast<PartialMatmulOp>(op);
    if (!isa<MatmulOp>(op) && !(partial && !partial.getTransposeLhs()))
      continue;
    auto type = cast<RankedTensorType>(op.getResult(0).getType());
    return type.getShape().back() >= kColumns &&
           findModelInput(func, group, op.getOperand(0));
  }
  return false;
}

namespace {
struct SkipZeros : public kiln::impl::SkipZerosBase<SkipZeros> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    for (auto group : func.getBody().front().getOps<FusionOp>())
      if (canPay(func, group))
        group->setAttr(attrs::skipZeros, UnitAttr::get(&getContext()));
  }
};
} // namespace
