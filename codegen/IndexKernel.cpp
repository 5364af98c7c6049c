//===- IndexKernel.cpp - Integer code: calls of the runtime ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace kiln {

static LLVM::LLVMPointerType getPointerType(KernelBuilder &k) {
  return LLVM::LLVMPointerType::get(k.b.getContext());
}

static Value toPointer(KernelBuilder &k, Value address) {
  return k.b.create<LLVM::IntToPtrOp>(
      k.loc, getPointerType(k),
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getI64Type(), address));
}

/// The address of an argument of the kernel.
static Value getAddress(KernelBuilder &k, Value memref) {
  return toPointer(
      k, k.b.create<memref::ExtractAlignedPointerAsIndexOp>(k.loc, memref));
}

/// Where the group wants result `result`; a null pointer if it does not.
static Value getResultAddress(KernelBuilder &k, Value result) {
  for (auto [i, v] : llvm::enumerate(k.group.getYield().getValues()))
    if (v == result)
      return getAddress(k, k.getOutput(i));
  return toPointer(k, k.lane.index(0));
}

static Value toI64(KernelBuilder &k, Value index) {
  return k.b.create<arith::IndexCastOp>(k.loc, k.b.getI64Type(), index);
}

/// Calls a function of runtime/Abi.h.
static void call(KernelBuilder &k, StringRef callee, ArrayRef<Value> operands) {
  auto module = k.func->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol(callee)) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    auto type = k.b.getFunctionType(ValueRange(operands).getTypes(), {});
    atStart.create<func::FuncOp>(k.loc, callee, type).setPrivate();
  }
  k.b.create<func::CallOp>(k.loc, callee, TypeRange(), operands);
}

static void emitUnique(KernelBuilder &k, UniqueOp unique) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(unique.getIndices().getType()).getShape();
  Share share = k.getShare(shape[0]);
  call(k, "kiln_rt_unique",
       {getAddress(k, k.getInput(unique.getIndices())),
        getResultAddress(k, unique.getValues()),
        getResultAddress(k, unique.getPositions()),
        getResultAddress(k, unique.getCounts()), toI64(k, share.begin),
        toI64(k, share.end), toI64(k, k.lane.index(shape[1]))});
}

static void emitChain(KernelBuilder &k, ChainOp chain) {
  int64_t count =
      cast<RankedTensorType>(chain.getIndices().getType()).getNumElements();
  if (k.group.getNumResults() != 2)
    return k.fail(chain, "expected both of its results to be used");
  call(k, "kiln_rt_chain",
       {getAddress(k, k.getInput(chain.getIndices())),
        toI64(k, k.lane.index(count)), getResultAddress(k, chain.getFirst()),
        getResultAddress(k, chain.getNext()),
        toI64(k, k.lane.index(chain.getRows())),
        toI64(k, k.lane.index(chain.getDescending()))});
}

void emitIndex(KernelBuilder &k) {
  auto unique = findInBody<UniqueOp>(k.group);
  auto chain = findInBody<ChainOp>(k.group);
  Value indices = unique  ? unique.getIndices()
                  : chain ? chain.getIndices()
                          : Value();
  if (!indices || !k.getInput(indices))
    return k.fail(k.group, "expected integer code on the group's input");
  k.emitForThread([&] {
    if (unique)
      emitUnique(k, unique);
    else
      emitChain(k, chain);
  });
}

} // namespace kiln
