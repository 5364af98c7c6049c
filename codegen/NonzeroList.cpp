//===- NonzeroList.cpp - Which k a tile of rows needs ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/NonzeroList.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// Rows whose marks are a byte, and rows of the unit that threads share.
static constexpr int64_t markedRows = 8;

/// A list is written a vector at a time: behind its end there is room for one.
static int64_t getListBytes(int64_t depth) {
  return (depth + virtualLanes) * 4;
}

int64_t NonzeroLists::getBytes(int64_t depth, bool transposed) {
  return getListBytes(depth) + (transposed ? depth : 0);
}

int64_t NonzeroLists::getBlockRows(int64_t m, int64_t tileRows, int64_t unit,
                                   bool transposed) {
  bool inBlocks = transposed && markedRows % tileRows == 0 &&
                  m % markedRows == 0 && unit % markedRows == 0;
  return inBlocks ? markedRows : tileRows;
}

NonzeroLists::NonzeroLists(KernelBuilder &k, Value lhs, bool transposed,
                           int64_t depth, Value scratch)
    : k(k), lhs(lhs), transposed(transposed), depth(depth) {
  auto makeView = [&](int64_t offset, int64_t size, unsigned bits) -> Value {
    auto type = MemRefType::get({size}, k.b.getIntegerType(bits));
    return k.b.create<memref::ViewOp>(k.loc, type, scratch,
                                      k.lane.index(offset), ValueRange());
  };
  int64_t bytes = getListBytes(depth);
  numbers = makeView(0, bytes / 4, 32);
  if (transposed)
    marks = makeView(bytes, depth, 8);
}

/// One bit a lane, lane 0 in the lowest.
static Value packBits(KernelBuilder &k, Value holds) {
  int64_t lanes = LaneBuilder::getLanes(holds);
  auto type = VectorType::get({1}, k.b.getIntegerType(lanes));
  return k.b.create<vector::ExtractOp>(
      k.loc, k.b.create<vector::BitCastOp>(k.loc, type, holds), 0);
}

static Value isNonzero(KernelBuilder &k, Value x) {
  return k.b.create<arith::CmpFOp>(k.loc, arith::CmpFPredicate::UNE, x,
                                   k.lane.f32(0.0, x));
}

void NonzeroLists::mark(Value first, Value row, int64_t rows) {
  if (!transposed)
    return;
  assert(rows <= markedRows && "a tile of more rows than a mark has bits");
  auto type = VectorType::get({rows}, k.b.getF32Type());
  Type byte = k.b.getI8Type();
  k.loop(k.lane.index(0), k.lane.index(depth), 1, [&](Value i) {
    Value at = k.b.create<arith::AddIOp>(k.loc, first, i);
    // Every k is a line of its own, far from the last one.
    k.prefetch(lhs, {at, k.add(row, virtualLanes)});
    Value x = k.b.create<vector::LoadOp>(k.loc, type, lhs, ValueRange{at, row});
    Value bits = packBits(k, isNonzero(k, x));
    if (rows < markedRows)
      bits = k.b.create<arith::ExtUIOp>(k.loc, byte, bits);
    k.b.create<memref::StoreOp>(k.loc, bits, marks, i);
  });
}

/// In which of the `valid` k from `first` on any row has something.
Value NonzeroLists::findInRows(Value first, int64_t valid, Value row,
                               int64_t rows) {
  Value any;
  for (int64_t r = 0; r < rows; ++r) {
    Value x = k.load(lhs, false,
                     {{k.add(row, r), first}, virtualLanes, valid, nullptr});
    Value holds = isNonzero(k, x);
    any = any ? k.b.create<arith::OrIOp>(k.loc, any, holds) : holds;
  }
  return any;
}

/// The same of what was marked; `first` counts from the first k marked.
Value NonzeroLists::findInMarks(Value first, int64_t valid, Value row,
                                int64_t rows, Value blockRow) {
  Type byte = k.b.getI8Type();
  auto type = VectorType::get({virtualLanes}, byte);
  Value zero = k.lane.constant(
      DenseElementsAttr::get(type, Attribute(k.b.getI8IntegerAttr(0))));
  Value bytes;
  if (valid == virtualLanes)
    bytes = k.b.create<vector::LoadOp>(k.loc, type, marks, first);
  else
    bytes = k.b.create<vector::MaskedLoadOp>(
        k.loc, type, marks, first, k.lane.mask(virtualLanes, valid), zero);
  // The bits of this tile's rows.
  Value shift = k.b.create<arith::IndexCastOp>(
      k.loc, byte, k.b.create<arith::SubIOp>(k.loc, row, blockRow));
  Value low = k.lane.constant(k.b.getI8IntegerAttr(int8_t((1 << rows) - 1)));
  Value own = k.b.create<vector::BroadcastOp>(
      k.loc, type, k.b.create<arith::ShLIOp>(k.loc, low, shift));
  return k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ne,
                                   k.b.create<arith::AndIOp>(k.loc, bytes, own),
                                   zero);
}

/// Writes the numbers from `first` on whose lane holds behind the first `count`
/// of the list.
void NonzeroLists::append(Value &count, Value first, Value holds) {
  Type i32 = k.b.getI32Type();
  Value bits = packBits(k, holds);
  auto toIndex = [&](Value x) {
    return k.b.create<arith::IndexCastUIOp>(k.loc, k.b.getIndexType(), x);
  };
  if (k.lane.vectorBits == 512) {
    Value start = k.lane.splat(
        k.b.create<arith::IndexCastOp>(k.loc, i32, first), virtualLanes);
    Value all = k.lane.addI(start, k.lane.iota(virtualLanes));
    Value some = k.lane.callX86("avx512.mask.compress", all.getType(),
                                {all, all, holds});
    k.b.create<vector::StoreOp>(k.loc, some, numbers, count);
    Value more = toIndex(k.b.create<math::CtPopOp>(k.loc, bits));
    count = k.b.create<arith::AddIOp>(k.loc, count, more);
    return;
  }
  // Without such an instruction: every number is written, and stays if its lane
  // holds.
  Value zero = k.lane.constant(k.b.getIntegerAttr(bits.getType(), 0));
  auto any = k.b.create<scf::IfOp>(
      k.loc, k.b.getIndexType(),
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ne, bits, zero),
      /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(any.elseBlock());
  k.b.create<scf::YieldOp>(k.loc, count);
  k.b.setInsertionPointToStart(any.thenBlock());
  Value n = count;
  for (int64_t i = 0; i < virtualLanes; ++i) {
    Value number = k.b.create<arith::IndexCastOp>(k.loc, i32, k.add(first, i));
    k.b.create<memref::StoreOp>(k.loc, number, numbers, n);
    Value shifted = k.b.create<arith::ShRUIOp>(
        k.loc, bits, k.lane.constant(k.b.getIntegerAttr(bits.getType(), i)));
    Value one = k.b.create<arith::TruncIOp>(k.loc, k.b.getI1Type(), shifted);
    n = k.b.create<arith::AddIOp>(k.loc, n, toIndex(one));
  }
  k.b.create<scf::YieldOp>(k.loc, n);
  count = any.getResult(0);
}

Value NonzeroLists::list(Value first, Value row, int64_t rows, Value blockRow) {
  auto find = [&](Value i, int64_t valid) {
    Value at = k.b.create<arith::AddIOp>(k.loc, first, i);
    return std::pair(at, transposed ? findInMarks(i, valid, row, rows, blockRow)
                                    : findInRows(at, valid, row, rows));
  };
  KernelBuilder::Carried count = {k.lane.index(0)};
  int64_t whole = depth / virtualLanes * virtualLanes;
  k.loop(k.lane.index(0), k.lane.index(whole), virtualLanes, count,
         [&](Value i, KernelBuilder::Carried &inside) {
           auto [at, holds] = find(i, virtualLanes);
           append(inside[0], at, holds);
         });
  if (whole < depth) {
    auto [at, holds] = find(k.lane.index(whole), depth - whole);
    append(count[0], at, holds);
  }
  return count[0];
}

} // namespace kiln
