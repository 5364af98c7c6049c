//===- Remarks.cpp - Why a rewrite did not happen -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Remarks.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;

kiln::PassRewriter::PassRewriter(Operation *root, llvm::StringLiteral pass)
    : IRRewriter(root->getContext()), remarks(pass) {
  auto module = isa<ModuleOp>(root) ? cast<ModuleOp>(root)
                                    : root->getParentOfType<ModuleOp>();
  if (module && module->hasAttr(attrs::explain))
    setListener(&remarks);
}

void kiln::PassRewriter::Listener::notifyMatchFailure(
    Location loc, function_ref<void(Diagnostic &)> reason) {
  InFlightDiagnostic remark = emitRemark(loc);
  remark << pass << ": ";
  reason(*remark.getUnderlyingDiagnostic());
}

LogicalResult kiln::notifyFailure(RewriterBase &rewriter, Operation *op,
                                  StringRef reason) {
  return rewriter.notifyMatchFailure(op, [&](Diagnostic &remark) {
    remark << op->getName().stripDialect() << " " << reason;
  });
}
