//===- NarrowContraction.cpp - Few columns: vectors of rows ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A result of one to four columns would leave most lanes of a register tile
// empty. Here the lanes are rows: a square of the left operand is turned in
// registers, so that a vector has one k of as many rows as it has lanes, and is
// multiplied by the right operand's numbers of that k. Every element is still
// the same sum over increasing k. What is fused behind it is computed row by
// row, as in any other tile.
//
// The shuffles that turn a square are what limits it: 64 for 16 rows by 16 k.
// Loading halves or quarters of rows straight into their place saves up to half
// of them, and was measured to gain nothing.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// So many k pay for turning squares and for taking the sums apart.
static constexpr int64_t enoughK = 128;

bool ContractionEmitter::isNarrow() const {
  // What a share has beyond whole vectors goes in tiles.
  bool cutByRows =
      k.group.getPartition()->getDim() != 1 && lanes % restRows == 0;
  return op.n <= fewColumns && op.k >= enoughK && op.m >= lanes && !part &&
         !tiling.isBlocked() && cutByRows;
}

void ContractionEmitter::emitRowVector(Value row) {
  auto type = VectorType::get({lanes}, k.b.getF32Type());
  KernelBuilder::Carried sums(op.n, k.lane.f32(0.0, type));
  auto addK = [&](Value numbers, Value kIndex, KernelBuilder::Carried &inside) {
    for (auto [column, sum] : llvm::enumerate(inside)) {
      Value factor = k.b.create<memref::LoadOp>(
          k.loc, rhs, ValueRange{kIndex, k.lane.index(column)});
      sum = k.lane.fma(numbers, k.lane.splat(factor, lanes), sum);
    }
  };
  auto addSquare = [&](Value kIndex, int64_t depth,
                       KernelBuilder::Carried &inside) {
    SmallVector<Value> square;
    for (int64_t r = 0; r < lanes; ++r)
      square.push_back(
          k.load(lhs, false, {{k.add(row, r), kIndex}, lanes, depth, nullptr}));
    transposeSquare(k, square);
    for (int64_t i = 0; i < depth; ++i)
      addK(square[i], k.add(kIndex, i), inside);
  };
  if (op.transposeLhs) {
    k.loop(firstK, endK, 1, sums,
           [&](Value kIndex, KernelBuilder::Carried &inside) {
             addK(k.load(lhs, false, {{kIndex, row}, lanes, lanes, nullptr}),
                  kIndex, inside);
           });
  } else {
    int64_t rest = op.k % lanes;
    Value whole = k.lane.index(op.k - rest);
    k.loop(firstK, whole, lanes, sums,
           [&](Value kIndex, KernelBuilder::Carried &inside) {
             addSquare(kIndex, lanes, inside);
           });
    if (rest)
      addSquare(whole, rest, sums);
  }
  SmallVector<Position> positions;
  KernelBuilder::Carried lines;
  for (int64_t r = 0; r < lanes; ++r) {
    positions.push_back(
        {{k.add(row, r), k.lane.index(0)}, lanes, op.n, nullptr});
    Value line = k.lane.f32(0.0, type);
    for (auto [column, sum] : llvm::enumerate(sums))
      line = k.b.create<vector::InsertOp>(
          k.loc, k.b.create<vector::ExtractOp>(k.loc, sum, r), line, column);
    lines.push_back(line);
  }
  finish(positions, lines);
}

void ContractionEmitter::emitNarrow(const Share &columns) {
  int64_t whole = op.m / restRows * restRows;
  // Tiles end at the last whole one; a share may be empty, and begin behind it.
  Value end =
      k.b.create<arith::MinUIOp>(k.loc, rowShare.end, k.lane.index(whole));
  end = k.b.create<arith::MaxUIOp>(k.loc, end, rowShare.begin);
  Value rest = k.b.create<arith::RemUIOp>(k.loc, subtract(end, rowShare.begin),
                                          k.lane.index(lanes));
  Value middle = subtract(end, rest);
  k.loop(rowShare.begin, middle, lanes, [&](Value row) { emitRowVector(row); });
  rowShare.begin = middle;
  emitRows(columns);
}

} // namespace kiln
