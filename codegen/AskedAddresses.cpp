//===- AskedAddresses.cpp - What a kernel asks the caches for -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A group with attrs::askAhead has a list of addresses behind its other scratch
// memory, which the runtime fills before each step's call: the lines that hold
// the next batch's samples, each asked for once by one of the kernel's tiles. A
// tile of rows takes as many of the list as it has rows; panels of columns
// share them. All of them at once would wait for one another, and what waits
// for the caches with them.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionEmitter.h"
#include "codegen/GroupLowering.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace kiln {

static constexpr int64_t lineBytes = 64;
/// More addresses for each row would wait for one another.
static constexpr int64_t mostPerRow = 8;

/// How many addresses fall to each row of the output: enough for samples of a
/// byte a number that begin anywhere in a line, unless rows are few.
static int64_t getAskedPerRow(FusionOp group) {
  auto input = group->getAttrOfType<IntegerAttr>(attrs::askAhead);
  auto type =
      cast<RankedTensorType>(group.getInputs()[input.getInt()].getType());
  int64_t samples = type.getDimSize(0);
  int64_t lines = type.getNumElements() / samples / lineBytes + 2;
  return std::min<int64_t>(
      llvm::divideCeil(samples * lines, getContractionShape(group)->m),
      mostPerRow);
}

int64_t countAsked(FusionOp group) {
  if (!group->hasAttr(attrs::askAhead))
    return 0;
  // The tiles of some columns would ask for a part of it.
  std::optional<PartitionAttr> partition = group.getPartition();
  if (partition && partition->getDim() == 1)
    return 0;
  ContractionShape shape = *getContractionShape(group);
  // Shares of the last tile's panels are rounded up.
  return shape.m * getAskedPerRow(group) +
         llvm::divideCeil(shape.n, virtualLanes / 2);
}

void ContractionEmitter::beginAsking() {
  int64_t count = countAsked(k.group);
  if (!count)
    return;
  asked = k.b.create<memref::ViewOp>(
      k.loc, MemRefType::get({count}, k.b.getI64Type()), getScratch(),
      k.lane.index(getAskedOffset(k.group)), ValueRange());
  askFrom = rowShare.begin;
}

void ContractionEmitter::askAhead(Value row, int64_t rows, Value column) {
  if (!asked)
    return;
  int64_t perRow = getAskedPerRow(k.group), panel = tiling.vectors * lanes;
  int64_t count =
      llvm::divideCeil(rows * perRow, llvm::divideCeil(op.n, panel));
  Value first = multiply(subtract(row, askFrom), perRow);
  Value before = multiply(
      k.b.create<arith::DivUIOp>(k.loc, column, k.lane.index(panel)), count);
  first = k.b.create<arith::AddIOp>(k.loc, first, before);
  auto pointer = LLVM::LLVMPointerType::get(k.b.getContext());
  for (int64_t i = 0; i < count; ++i) {
    Value address =
        k.b.create<memref::LoadOp>(k.loc, asked, ValueRange{k.add(first, i)});
    k.b.create<LLVM::Prefetch>(
        k.loc, k.b.create<LLVM::IntToPtrOp>(k.loc, pointer, address),
        /*rw=*/0, /*hint=*/2, /*cache=*/1);
  }
}

} // namespace kiln
