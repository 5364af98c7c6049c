//===- RegisterAll.h - Dialects and passes of every tool --------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_REGISTERALL_H
#define KILN_TOOLS_REGISTERALL_H

#include "codegen/Passes.h"
#include "codegen/Pipelines.h"
#include "ir/KilnDialect.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"

namespace kiln {

/// The kiln dialect and the closed set that code generation emits.
inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry
      .insert<KilnDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
              mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
              mlir::memref::MemRefDialect, mlir::omp::OpenMPDialect,
              mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
}

/// kiln's passes and pipelines, for tools that take them by name.
inline void registerAllPasses() {
  registerKilnPassesPasses();
  registerPipelines();
  registerKilnCodegenPasses();
  registerCodegenPipelines();
}

} // namespace kiln

#endif // KILN_TOOLS_REGISTERALL_H
