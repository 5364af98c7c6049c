//===- Explain.h - What became of a program, for people ---------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_EXPLAIN_H
#define KILN_CODEGEN_EXPLAIN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace kiln {

/// What a pass said of an op that it left as it was.
struct Remark {
  mlir::Location loc;
  std::string text;
};

/// Prints what the passes made of `program`, which `kiln-plan-memory` has
/// planned: its kernels in the order in which they run, with the ops that were
/// fused and how threads share them; what the remarks say stayed outside, and
/// why; the buffers with their lives, counted in barriers; and how much memory
/// there is of each class.
void explain(mlir::func::FuncOp program, llvm::ArrayRef<Remark> remarks,
             llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_CODEGEN_EXPLAIN_H
