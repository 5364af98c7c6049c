//===- ArrangeBatches.cpp - Samples of like length side by side -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Passes.h"
#include "passes/Programs.h"

#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "kiln-arrange-batches"

namespace kiln {
#define GEN_PASS_DEF_ARRANGEBATCHES
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Whether `value` says which of the batch's tokens are not padding.
static bool isPaddingMask(func::FuncOp func, Value value) {
  auto compare = value.getDefiningOp<CompareOp>();
  return compare && compare.getPredicate() == Predicate::ne &&
         matchPattern(compare.getRhs(), m_Zero()) &&
         isInput(func, compare.getLhs());
}

namespace {
struct ArrangeBatches : public kiln::impl::ArrangeBatchesBase<ArrangeBatches> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    // The outputs of a prediction stay in the order of its inputs.
    if (func.getSymName() == funcs::predict)
      return;
    WalkResult found = func.walk([&](ScanOp scan) {
      return llvm::any_of(
                 scan.getSequences(),
                 [&](Value value) { return isPaddingMask(func, value); })
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (found.wasInterrupted())
      func->setAttr(attrs::arranged, UnitAttr::get(&getContext()));
  }
};
} // namespace
