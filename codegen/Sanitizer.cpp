//===- Sanitizer.cpp - Checks of memory in generated code -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Sanitizer.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace kiln;

llvm::StringRef kiln::stringifySanitizer(Sanitizer sanitizer) {
  switch (sanitizer) {
  case Sanitizer::None:
    return "";
  case Sanitizer::Address:
    return "address";
  case Sanitizer::Thread:
    return "thread";
  }
  llvm_unreachable("unknown sanitizer");
}

void kiln::markForSanitizer(llvm::Module &module, Sanitizer sanitizer) {
  if (sanitizer == Sanitizer::None)
    return;
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(sanitizer == Sanitizer::Address
                             ? llvm::Attribute::SanitizeAddress
                             : llvm::Attribute::SanitizeThread);
}

namespace {
/// One access that ThreadSanitizer's own pass leaves out.
struct WideAccess {
  llvm::Instruction *at;
  llvm::Value *pointer;
  llvm::Type *type;
  /// Which lanes are touched; null: all.
  llvm::Value *mask;
  bool isWrite;
};

/// Reports accesses to the runtime of ThreadSanitizer as ranges of bytes.
class ReportRanges : public llvm::PassInfoMixin<ReportRanges> {
public:
  static bool isRequired() { return true; }
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &);

private:
  void report(const WideAccess &access);
};
} // namespace

/// Whether ThreadSanitizer has a function for accesses of this type.
static bool isUsual(llvm::Type *type, const llvm::DataLayout &layout) {
  uint64_t bits = layout.getTypeStoreSizeInBits(type);
  return bits <= 128 && llvm::isPowerOf2_64(bits);
}

/// What to report of `op`; nothing if it is no such access.
static std::optional<WideAccess> getWideAccess(llvm::Instruction &op) {
  const llvm::DataLayout &layout = op.getModule()->getDataLayout();
  std::optional<WideAccess> access;
  if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&op)) {
    if (!isUsual(load->getType(), layout))
      access = {load, load->getPointerOperand(), load->getType(), nullptr,
                false};
  } else if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&op)) {
    llvm::Type *type = store->getValueOperand()->getType();
    if (!isUsual(type, layout))
      access = {store, store->getPointerOperand(), type, nullptr, true};
  } else if (auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&op)) {
    if (call->getIntrinsicID() == llvm::Intrinsic::masked_load)
      access = {call, call->getArgOperand(0), call->getType(),
                call->getArgOperand(2), false};
    else if (call->getIntrinsicID() == llvm::Intrinsic::masked_store)
      access = {call, call->getArgOperand(1), call->getArgOperand(0)->getType(),
                call->getArgOperand(3), true};
  }
  // A thread's own stack is no other's business.
  if (access &&
      llvm::isa<llvm::AllocaInst>(llvm::getUnderlyingObject(access->pointer)))
    return std::nullopt;
  return access;
}

void ReportRanges::report(const WideAccess &access) {
  llvm::Module &module = *access.at->getModule();
  const llvm::DataLayout &layout = module.getDataLayout();
  llvm::IRBuilder<> b(access.at);
  llvm::Value *pointer = access.pointer;
  llvm::Value *size = b.getInt64(layout.getTypeStoreSize(access.type));
  if (access.mask) {
    // Lanes from the first set one to the last: kernels mask ragged ends, so
    // that none in between is unset.
    auto *type = llvm::cast<llvm::FixedVectorType>(access.type);
    unsigned lanes = type->getNumElements();
    uint64_t bytes = layout.getTypeStoreSize(type->getElementType());
    llvm::Value *bits = b.CreateBitCast(access.mask, b.getIntNTy(lanes));
    llvm::Value *any = b.CreateICmpNE(bits, b.getIntN(lanes, 0));
    if (auto *known = llvm::dyn_cast<llvm::Constant>(any)) {
      if (known->isNullValue())
        return;
    } else {
      b.SetInsertPoint(llvm::SplitBlockAndInsertIfThen(any, access.at, false));
      b.SetCurrentDebugLocation(access.at->getDebugLoc());
    }
    llvm::Value *before = b.CreateZExt(
        b.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, bits, b.getFalse()),
        b.getInt64Ty());
    llvm::Value *behind = b.CreateZExt(
        b.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, bits, b.getFalse()),
        b.getInt64Ty());
    llvm::Value *touched =
        b.CreateSub(b.getInt64(lanes), b.CreateAdd(before, behind));
    size = b.CreateMul(touched, b.getInt64(bytes));
    pointer = b.CreatePtrAdd(pointer, b.CreateMul(before, b.getInt64(bytes)));
  }
  llvm::FunctionCallee callee = module.getOrInsertFunction(
      access.isWrite ? "__tsan_write_range" : "__tsan_read_range",
      b.getVoidTy(), b.getPtrTy(), b.getInt64Ty());
  b.CreateCall(callee, {pointer, size});
}

llvm::PreservedAnalyses ReportRanges::run(llvm::Module &module,
                                          llvm::ModuleAnalysisManager &) {
  llvm::SmallVector<WideAccess> accesses;
  for (llvm::Function &function : module)
    if (function.hasFnAttribute(llvm::Attribute::SanitizeThread))
      for (llvm::BasicBlock &block : function)
        for (llvm::Instruction &op : block)
          if (std::optional<WideAccess> access = getWideAccess(op))
            accesses.push_back(*access);
  for (const WideAccess &access : accesses)
    report(access);
  return accesses.empty() ? llvm::PreservedAnalyses::all()
                          : llvm::PreservedAnalyses::none();
}

void kiln::addSanitizer(llvm::PassBuilder &builder, Sanitizer sanitizer) {
  builder.registerOptimizerLastEPCallback(
      [sanitizer](llvm::ModulePassManager &passes, llvm::OptimizationLevel) {
        if (sanitizer == Sanitizer::Address) {
          passes.addPass(llvm::AddressSanitizerPass({}));
        } else if (sanitizer == Sanitizer::Thread) {
          passes.addPass(ReportRanges());
          passes.addPass(llvm::ModuleThreadSanitizerPass());
          passes.addPass(llvm::createModuleToFunctionPassAdaptor(
              llvm::ThreadSanitizerPass()));
        }
      });
}
