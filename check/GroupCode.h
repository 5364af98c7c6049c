//===- GroupCode.h - Single groups, compiled into this process --*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_GROUPCODE_H
#define KILN_CHECK_GROUPCODE_H

#include "codegen/Target.h"
#include "ir/KilnOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace kiln {

/// The groups of a module's functions as machine code.
class GroupCode {
public:
  /// Compiles each group under the partition that it has. Null after a
  /// diagnostic.
  static std::unique_ptr<GroupCode> compile(mlir::ModuleOp module,
                                            const Target &target);
  ~GroupCode();

  /// Runs a thread's share of `group`. `memory` has its inputs, its outputs
  /// and, where it works in some, `getScratchBytes` of scratch memory.
  void run(FusionOp group, llvm::ArrayRef<void *> memory, unsigned thread,
           unsigned threads) const;

private:
  struct State;
  GroupCode();
  std::unique_ptr<State> state;
};

} // namespace kiln

#endif // KILN_CHECK_GROUPCODE_H
