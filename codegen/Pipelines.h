//===- Pipelines.h - From fused kiln to LLVM --------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_PIPELINES_H
#define KILN_CODEGEN_PIPELINES_H

#include "mlir/Pass/PassManager.h"

namespace kiln {

/// How to lower; decided by the target and the tool, never by the threads.
struct CodegenOptions {
  unsigned vectorBits = 512;
  /// Report the end of every group to the runtime.
  bool stamps = false;
  /// Leave out this barrier of the module, from 0; negative: none.
  int64_t omitBarrier = -1;
  /// End the program before an access outside of its memref.
  bool checkBounds = false;
  /// Contractions of bfloat16 run on the matrix unit (Target).
  bool matrixUnit = false;
};

/// The first half of the tile pipeline: groups get their order, partition,
/// barriers and places. The manifest is made of the module in this state.
void buildPlanPipeline(mlir::OpPassManager &pm);

/// The second half: loops, vectors and OpenMP.
void buildSpmdPipeline(mlir::OpPassManager &pm, const CodegenOptions &options);

/// fused -> tiled: both halves.
void buildTilePipeline(mlir::OpPassManager &pm, const CodegenOptions &options);

/// tiled -> the LLVM dialect.
void buildLLVMPipeline(mlir::OpPassManager &pm, bool checkBounds = false);

/// Registers them as `kiln-plan`, `kiln-tile` and `kiln-to-llvm`.
void registerCodegenPipelines();

} // namespace kiln

#endif // KILN_CODEGEN_PIPELINES_H
