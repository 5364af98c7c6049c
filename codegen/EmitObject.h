//===- EmitObject.h - LLVM dialect to machine code --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_EMITOBJECT_H
#define KILN_CODEGEN_EMITOBJECT_H

#include "codegen/Sanitizer.h"
#include "codegen/Target.h"
#include "codegen/Timing.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm

namespace kiln {

/// How LLVM turns a module into machine code.
struct EmitOptions {
  /// LLVM's machine scheduler, for the whole module. Off: kernels are emitted
  /// in the order in which they should run, and the scheduler was measured to
  /// lengthen lives until accumulators spill.
  bool machineScheduler = false;
  Sanitizer sanitizer = Sanitizer::None;
  /// Takes the phases `optimize` and `emit`.
  Timing *timing = nullptr;
};

/// Code generation for `target`: no floating-point contraction but that of fma
/// itself, position independent.
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const Target &target);

/// Translates a module in the phase llvm to LLVM IR for `target` and runs
/// LLVM's optimizations on it: O2 without loop and SLP vectorization and
/// without unrolling, for kernels arrive vectorized and unrolled; behind them
/// the passes of `sanitizer`. Emits a diagnostic and returns null when the
/// module cannot be translated.
std::unique_ptr<llvm::Module>
translateToLLVM(mlir::ModuleOp module, const Target &target,
                llvm::LLVMContext &context,
                Sanitizer sanitizer = Sanitizer::None);

/// Writes an ELF object file of `module`, which is in the phase llvm.
llvm::LogicalResult emitObject(mlir::ModuleOp module, const Target &target,
                               llvm::raw_pwrite_stream &stream,
                               const EmitOptions &options = {});

/// The same as assembly, in AT&T's syntax.
llvm::LogicalResult emitAssembly(mlir::ModuleOp module, const Target &target,
                                 llvm::raw_pwrite_stream &stream,
                                 const EmitOptions &options = {});

} // namespace kiln

#endif // KILN_CODEGEN_EMITOBJECT_H
