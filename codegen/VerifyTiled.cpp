//===- VerifyTiled.cpp - The gate before the LLVM dialect -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Passes.h"

#include "mlir/IR/BuiltinDialect.h"
#include "passes/Phases.h"

#define DEBUG_TYPE "kiln-verify-tiled"

namespace kiln {
#define GEN_PASS_DEF_VERIFYTILED
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

/// Whether `op` belongs to the closed set that code generation emits.
static bool isAllowed(mlir::Operation *op) {
  if (llvm::isa<mlir::memref::AllocOp, mlir::memref::DeallocOp,
                mlir::memref::ReallocOp>(op))
    return false;
  if (llvm::isa<mlir::omp::OpenMPDialect>(op->getDialect()))
    return llvm::isa<mlir::omp::ParallelOp, mlir::omp::BarrierOp,
                     mlir::omp::TerminatorOp>(op);
  // The runtime and matrix units take plain addresses.
  if (llvm::isa<mlir::LLVM::LLVMDialect>(op->getDialect()))
    return llvm::isa<mlir::LLVM::IntToPtrOp, mlir::LLVM::CallIntrinsicOp,
                     mlir::LLVM::Prefetch>(op);
  return llvm::isa<mlir::BuiltinDialect, mlir::arith::ArithDialect,
                   mlir::func::FuncDialect, mlir::math::MathDialect,
                   mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                   mlir::vector::VectorDialect>(op->getDialect());
}

/// DWARF has one line an instruction: none or two would become line 0.
static llvm::LogicalResult checkLocation(mlir::Operation *op) {
  llvm::SmallDenseSet<mlir::Attribute> lines;
  op->getLoc()->walk([&](mlir::Location part) {
    if (llvm::isa<mlir::FileLineColLoc>(part))
      lines.insert(part);
    return mlir::WalkResult::advance();
  });
  if (lines.size() == 1)
    return llvm::success();
  // Said at the function, for the op has no line to say it at.
  auto func = op->getParentOfType<mlir::func::FuncOp>();
  return (func ? func.getOperation() : op)->emitError("expected '")
         << op->getName() << "' to have a location of one line, got "
         << lines.size();
}

static llvm::LogicalResult checkTypes(mlir::Operation *op) {
  auto isTensor = [](mlir::Type type) {
    return llvm::isa<mlir::TensorType>(type);
  };
  if (llvm::any_of(op->getOperandTypes(), isTensor) ||
      llvm::any_of(op->getResultTypes(), isTensor))
    return op->emitOpError("expected buffers, got a tensor");
  return llvm::success();
}

namespace {
struct VerifyTiled : impl::VerifyTiledBase<VerifyTiled> {
  void runOnOperation() override {
    bool failed = false;
    getOperation().walk([&](mlir::Operation *op) {
      if (op == getOperation())
        return;
      if (!isAllowed(op)) {
        op->emitOpError("expected no such op in the phase tiled");
        failed = true;
      } else if (llvm::failed(checkTypes(op)) ||
                 llvm::failed(checkLocation(op))) {
        failed = true;
      }
    });
    if (failed)
      return signalPassFailure();
    getOperation()->setAttr(
        attrs::phase,
        mlir::StringAttr::get(&getContext(), stringifyPhase(Phase::Tiled)));
  }
};
} // namespace
