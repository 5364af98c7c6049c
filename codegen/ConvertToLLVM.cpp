//===- ConvertToLLVM.cpp - Everything that is tiled to the LLVM dialect ---===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Passes.h"

#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/OpenMPToLLVM/ConvertOpenMPToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Transforms/DialectConversion.h"
#include "passes/Phases.h"

#define DEBUG_TYPE "kiln-convert-to-llvm"

namespace kiln {
#define GEN_PASS_DEF_CONVERTTOLLVM
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

namespace {
struct ConvertToLLVM : impl::ConvertToLLVMBase<ConvertToLLVM> {
  void runOnOperation() override {
    mlir::MLIRContext &context = getContext();
    mlir::LowerToLLVMOptions options(&context);
    // Memrefs are static, so that a pointer says all: the functions have the
    // signatures of runtime/Abi.h.
    options.useBarePtrCallConv = true;
    mlir::LLVMTypeConverter converter(&context, options);

    mlir::RewritePatternSet patterns(&context);
    mlir::arith::populateArithToLLVMConversionPatterns(converter, patterns);
    mlir::cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    mlir::populateFuncToLLVMConversionPatterns(converter, patterns);
    mlir::populateMathToLLVMConversionPatterns(converter, patterns);
    mlir::populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
    mlir::populateVectorToLLVMConversionPatterns(converter, patterns);
    mlir::populateOpenMPToLLVMConversionPatterns(converter, patterns);

    mlir::LLVMConversionTarget target(context);
    target.addLegalOp<mlir::ModuleOp, mlir::omp::TerminatorOp,
                      mlir::omp::BarrierOp>();
    mlir::configureOpenMPToLLVMConversionLegality(target, converter);
    if (failed(mlir::applyFullConversion(getOperation(), target,
                                         std::move(patterns))))
      return signalPassFailure();
    getOperation()->setAttr(
        attrs::phase,
        mlir::StringAttr::get(&context, stringifyPhase(Phase::LLVM)));
  }
};
} // namespace
