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

void kiln::buildPlanPipeline(mlir::OpPassManager &pm) {
  pm.addNestedPass<mlir::func::FuncOp>(createHoistInvariantGroups());
  pm.addNestedPass<mlir::func::FuncOp>(createSchedule());
  pm.addNestedPass<mlir::func::FuncOp>(createInsertBarriers());
  pm.addNestedPass<mlir::func::FuncOp>(createFormTileLoops());
  pm.addPass(createPlanMemory());
  pm.addPass(createVerifyPlan());
}

void kiln::buildSpmdPipeline(mlir::OpPassManager &pm,
                             const CodegenOptions &options) {
  LowerToSpmdOptions lowering;
  lowering.vectorBits = options.vectorBits;
  lowering.stamps = options.stamps;
  lowering.omitBarrier = options.omitBarrier;
  lowering.matrixUnit = options.matrixUnit;
  pm.addPass(createLowerToSpmd(lowering));
  // A check that fails names its kernel.
  if (!options.checkBounds)
    pm.addPass(createShareKernels());
  pm.addPass(createVerifyTiled());
}

void kiln::buildTilePipeline(mlir::OpPassManager &pm,
                             const CodegenOptions &options) {
  buildPlanPipeline(pm);
  buildSpmdPipeline(pm, options);
}

void kiln::buildLLVMPipeline(mlir::OpPassManager &pm, bool checkBounds) {
  if (checkBounds)
    pm.addPass(createCheckBounds());
  pm.addPass(mlir::memref::createExpandStridedMetadataPass());
  pm.addPass(mlir::createLowerAffinePass());
  pm.addPass(mlir::createConvertSCFToCFPass());
  pm.addPass(mlir::createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVM());
  pm.addPass(mlir::createReconcileUnrealizedCastsPass());
  pm.addPass(mlir::LLVM::createDIScopeForLLVMFuncOpPass());
}

namespace {
struct TileOptions : mlir::PassPipelineOptions<TileOptions> {
  Option<unsigned> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("width of the target's vectors: 512 or 256"),
      llvm::cl::init(512)};
  Option<bool> stamps{*this, "stamps",
                      llvm::cl::desc("report the end of every group"),
                      llvm::cl::init(false)};
  Option<bool> matrixUnit{
      *this, "matrix-unit",
      llvm::cl::desc("the target multiplies tiles of bfloat16 (AMX)"),
      llvm::cl::init(false)};
};
} // namespace

void kiln::registerCodegenPipelines() {
  mlir::PassPipelineRegistration<>(
      "kiln-plan", "schedule, barriers and memory plan of the phase fused",
      buildPlanPipeline);
  mlir::PassPipelineRegistration<TileOptions>(
      "kiln-tile", "the phase fused to the phase tiled",
      [](mlir::OpPassManager &pm, const TileOptions &options) {
        CodegenOptions codegen{options.vectorBits, options.stamps};
        codegen.matrixUnit = options.matrixUnit;
        buildTilePipeline(pm, codegen);
      });
  mlir::PassPipelineRegistration<>(
      "kiln-to-llvm", "the phase tiled to the LLVM dialect",
      [](mlir::OpPassManager &pm) { buildLLVMPipeline(pm); });
}
