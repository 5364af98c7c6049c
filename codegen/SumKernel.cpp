//===- SumKernel.cpp - Adds a contraction over rows to a matrix -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The weight gradient of a recurrence, some steps at a time: register tiles as
// in ContractionKernel.cpp, but the accumulators start from what is there, and
// the number of contracted rows is known only when the code runs.
//
//===----------------------------------------------------------------------===//

#include "codegen/ScanKernel.h"

#include "codegen/GroupLowering.h"
#include "codegen/LaneBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

namespace {

class SumEmitter {
public:
  SumEmitter(OpBuilder &b, Location loc, func::FuncOp func, unsigned vectorBits)
      : b(b), loc(loc), lane(b, loc, &func.front(), vectorBits),
        lhs(func.getArgument(0)), rhs(func.getArgument(1)),
        target(func.getArgument(2)), count(func.getArgument(3)),
        lanes(vectorBits / 32), maxRows(vectorBits == 512 ? 8 : 6) {}

  void emit();

private:
  void emitTile(Value row, int64_t rows, Value column, int64_t columns);
  Value loadVector(Value memref, Value row, Value column, int64_t valid);
  void storeVector(Value value, Value row, Value column, int64_t valid);
  Value add(Value x, int64_t y) {
    return y ? b.create<arith::AddIOp>(loc, x, lane.index(y)).getResult() : x;
  }
  /// Covers `extent` by pieces of `size` and a last one.
  void cover(int64_t extent, int64_t size,
             function_ref<void(Value, int64_t)> body);

  OpBuilder &b;
  Location loc;
  LaneBuilder lane;
  Value lhs, rhs, target, count;
  int64_t lanes, maxRows;
};

} // namespace

Value SumEmitter::loadVector(Value memref, Value row, Value column,
                             int64_t valid) {
  auto type = VectorType::get({lanes}, b.getF32Type());
  if (valid == lanes)
    return b.create<vector::LoadOp>(loc, type, memref, ValueRange{row, column});
  return b.create<vector::MaskedLoadOp>(
      loc, type, memref, ValueRange{row, column}, lane.mask(lanes, valid),
      lane.f32(0.0, Type(type)));
}

void SumEmitter::storeVector(Value value, Value row, Value column,
                             int64_t valid) {
  if (valid == lanes)
    b.create<vector::StoreOp>(loc, value, target, ValueRange{row, column});
  else
    b.create<vector::MaskedStoreOp>(loc, target, ValueRange{row, column},
                                    lane.mask(lanes, valid), value);
}

void SumEmitter::emitTile(Value row, int64_t rows, Value column,
                          int64_t columns) {
  SmallVector<std::pair<Value, int64_t>> runs;
  for (int64_t c = 0; c < columns; c += lanes)
    runs.push_back({add(column, c), std::min(lanes, columns - c)});
  SmallVector<Value> sums;
  for (int64_t r = 0; r < rows; ++r)
    for (auto [start, valid] : runs)
      sums.push_back(loadVector(target, add(row, r), start, valid));
  auto loop = b.create<scf::ForOp>(
      loc, lane.index(0), count, lane.index(1), sums,
      [&](OpBuilder &, Location, Value k, ValueRange carried) {
        SmallVector<Value> next(carried);
        SmallVector<Value> right;
        for (auto [start, valid] : runs)
          right.push_back(loadVector(rhs, k, start, valid));
        auto *sum = next.begin();
        for (int64_t r = 0; r < rows; ++r) {
          Value left = lane.splat(
              b.create<memref::LoadOp>(loc, lhs, ValueRange{k, add(row, r)}),
              lanes);
          for (Value vector : right) {
            *sum = lane.fma(left, vector, *sum);
            ++sum;
          }
        }
        b.create<scf::YieldOp>(loc, next);
      });
  unsigned result = 0;
  for (int64_t r = 0; r < rows; ++r)
    for (auto [start, valid] : runs)
      storeVector(loop.getResult(result++), add(row, r), start, valid);
}

void SumEmitter::cover(int64_t extent, int64_t size,
                       function_ref<void(Value, int64_t)> body) {
  int64_t whole = extent / size * size;
  if (whole)
    b.create<scf::ForOp>(loc, lane.index(0), lane.index(whole),
                         lane.index(size), ValueRange(),
                         [&](OpBuilder &, Location, Value i, ValueRange) {
                           body(i, size);
                           b.create<scf::YieldOp>(loc);
                         });
  if (whole < extent)
    body(lane.index(whole), extent - whole);
}

void SumEmitter::emit() {
  auto type = cast<MemRefType>(target.getType());
  cover(type.getDimSize(1), 2 * lanes, [&](Value column, int64_t columns) {
    cover(type.getDimSize(0), maxRows, [&](Value row, int64_t rows) {
      emitTile(row, rows, column, columns);
    });
  });
}

func::FuncOp emitSum(FusionOp contraction, StringRef name, ModuleOp module,
                     unsigned vectorBits, int64_t chunk) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  auto matmul = cast<MatmulOp>(contraction.getAnchor());
  auto matrix = [&](Value value, int64_t factor) {
    auto type = cast<RankedTensorType>(value.getType());
    return MemRefType::get({type.getDimSize(0) * factor, type.getDimSize(1)},
                           type.getElementType());
  };
  Location loc = contraction.getLoc();
  auto func = b.create<func::FuncOp>(
      loc, name,
      b.getFunctionType({matrix(matmul.getLhs(), chunk),
                         matrix(matmul.getRhs(), chunk),
                         matrix(matmul.getOutput(), 1), b.getIndexType()},
                        {}));
  func.setPrivate();
  func->setAttr(attrs::kernel, contraction.getIdAttr());
  b.setInsertionPointToEnd(func.addEntryBlock());
  SumEmitter(b, loc, func, vectorBits).emit();
  b.create<func::ReturnOp>(loc);
  return func;
}

} // namespace kiln
