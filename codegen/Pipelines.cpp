//===- Pipelines.cpp - From fused kiln to LLVM ----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Pipelines.h"

#include "codegen/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"

using namespace kiln;

void kiln::buildLLVMPipeline(mlir::OpPassManager &pm) {
  pm.addPass(mlir::memref::createExpandStridedMetadataPass());
  pm.addPass(mlir::createLowerAffinePass());
  pm.addPass(mlir::createConvertSCFToCFPass());
  pm.addPass(mlir::createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVM());
  pm.addPass(mlir::createReconcileUnrealizedCastsPass());
  pm.addPass(mlir::LLVM::createDIScopeForLLVMFuncOpPass());
}

void kiln::registerCodegenPipelines() {
  mlir::PassPipelineRegistration<>("kiln-to-llvm",
                                   "the phase tiled to the LLVM dialect",
                                   buildLLVMPipeline);
}
