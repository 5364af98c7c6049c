//===- Remarks.h - Why a rewrite did not happen -----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_REMARKS_H
#define KILN_PASSES_REMARKS_H

#include "mlir/IR/PatternMatch.h"

namespace kiln {

namespace attrs {
/// On a module: passes say as remarks why they left something as it is
/// (`kiln explain`).
inline constexpr llvm::StringLiteral explain("kiln.explain");
} // namespace attrs

/// The rewriter of a pass. What goes to `notifyMatchFailure` becomes a remark,
/// `PASS: reason`, if the module around `root` has the attribute
/// `kiln.explain`; nobody hears it otherwise.
class PassRewriter : public mlir::IRRewriter {
public:
  PassRewriter(mlir::Operation *root, llvm::StringLiteral pass);

private:
  struct Listener : mlir::RewriterBase::Listener {
    explicit Listener(llvm::StringRef pass) : pass(pass) {}
    void notifyMatchFailure(
        mlir::Location loc,
        llvm::function_ref<void(mlir::Diagnostic &)> reason) override;
    llvm::StringRef pass;
  };
  Listener remarks;
};

/// Notifies that `op` stays as it is, with its name before the reason.
llvm::LogicalResult notifyFailure(mlir::RewriterBase &rewriter,
                                  mlir::Operation *op, llvm::StringRef reason);

} // namespace kiln

#endif // KILN_PASSES_REMARKS_H
