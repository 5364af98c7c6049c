//===- CompileFlags.h - Options of all that compile a model -----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMPILEFLAGS_H
#define KILN_TOOLS_KILN_COMPILEFLAGS_H

#include "codegen/Compiler.h"
#include "llvm/Support/CommandLine.h"

namespace kiln {

/// The options that `--help` of a command lists; LLVM's own stay hidden.
llvm::cl::OptionCategory &getCategory();

/// Parses a command's arguments, with `--mlir-*` flags. Prints what is wrong
/// and returns false at a usage error.
bool parseArguments(int argc, char **argv, llvm::StringRef overview);

/// The file of this very program, from which others are found.
std::string getMainProgram();

/// A context with the dialects of every phase, set up by the `--mlir-*` flags.
/// Errors of passes are lines `FILE:LINE:COLUMN: error: ...` on stderr.
std::unique_ptr<mlir::MLIRContext> createContext();

/// The options of `build`, `dump` and `bench` that say how to compile. Define
/// one before parseArguments.
class CompileFlags {
public:
  CompileFlags();

  /// What the flags say. Reports what no flag can mean and returns nothing.
  std::optional<CompileOptions> get() const;

private:
  llvm::cl::opt<std::string> model;
  llvm::cl::opt<std::string> cpu;
  llvm::cl::opt<int64_t> batchSize;
  llvm::cl::opt<bool> noFuse;
  llvm::cl::list<std::string> disable;
  llvm::cl::opt<bool> werror;
  llvm::cl::opt<bool> verifyEach;
  llvm::cl::opt<bool> stats;
};

} // namespace kiln

#endif // KILN_TOOLS_KILN_COMPILEFLAGS_H
