//===- Sanitizer.h - Checks of memory in generated code ---------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_SANITIZER_H
#define KILN_CODEGEN_SANITIZER_H

#include "llvm/ADT/StringRef.h"

namespace llvm {
class Module;
class PassBuilder;
} // namespace llvm

namespace kiln {

/// LLVM's checks that generated code can have.
enum class Sanitizer {
  None,
  /// Addresses outside of all blocks: AddressSanitizer. A block (state, arena,
  /// a thread's area, results) has no borders inside.
  Address,
  /// Races of threads: ThreadSanitizer.
  Thread
};

/// The name of `--sanitize=` and of clang's `-fsanitize=`; empty for none.
llvm::StringRef stringifySanitizer(Sanitizer sanitizer);

/// Marks every function of `module` that has a body for `sanitizer`.
void markForSanitizer(llvm::Module &module, Sanitizer sanitizer);

/// Adds LLVM's passes for `sanitizer` behind the optimizations that `builder`
/// puts into a pipeline. For threads it also adds one for accesses that LLVM's
/// passes over: vectors of more than 16 bytes, and masked ones.
void addSanitizer(llvm::PassBuilder &builder, Sanitizer sanitizer);

} // namespace kiln

#endif // KILN_CODEGEN_SANITIZER_H
