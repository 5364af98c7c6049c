//===- NarrowContraction.cpp - Few columns: vectors of rows ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A result of a few columns would leave most lanes of a register tile empty.
// Here the lanes are rows: a vector has one k of as many rows as it has lanes,
// and is multiplied by the right operand's numbers of that k. A transposed left
// operand has such vectors in memory; from another one a square is turned in
// registers. The sums are turned back at the end, and what is fused behind them
// is computed row by row, as in any other tile. Every element is still the same
// sum over increasing k.
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

/// Squares of the left operand, along its rows, that are asked for ahead: with
/// two threads, 1024x1x1024 took 5 to 10 % longer without.
static constexpr int64_t squaresAhead = 4;

/// Tiles of more columns do for a few rows.
static constexpr int64_t fewColumns = 4;

bool ContractionEmitter::goesByRows() const {
  // What a share has beyond whole vectors goes in tiles.
  bool cutByRows =
      k.group.getPartition()->getDim() != 1 && lanes % restRows == 0;
  ContractionShape shape{op.m, op.n, op.k, op.transposeLhs, op.transposeRhs};
  return isNarrow(shape, lanes) && !tiling.isBlocked() && cutByRows;
}

void ContractionEmitter::emitRowVectors(Value row, int64_t vectors) {
  auto type = VectorType::get({lanes}, k.b.getF32Type());
  const Value zero = k.lane.f32(0.0, type);
  // Of each vector of rows, all columns.
  KernelBuilder::Carried sums(vectors * op.n, zero);
  auto addK = [&](ArrayRef<Value> numbers, Value kIndex,
                  KernelBuilder::Carried &inside) {
    for (int64_t column = 0; column < op.n; ++column) {
      Value factor = k.lane.splat(
          k.b.create<memref::LoadOp>(k.loc, rhs,
                                     ValueRange{kIndex, k.lane.index(column)}),
          lanes);
      for (auto [i, vector] : llvm::enumerate(numbers)) {
        Value &sum = inside[i * op.n + column];
        sum = k.lane.fma(vector, factor, sum);
      }
    }
  };
  auto addSquare = [&](Value kIndex, int64_t depth,
                       KernelBuilder::Carried &inside) {
    assert(vectors == 1 && "a square takes the registers of a second vector");
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
             SmallVector<Value, 2> numbers;
             for (int64_t i = 0; i < vectors; ++i)
               numbers.push_back(k.load(
                   lhs, false,
                   {{kIndex, k.add(row, i * lanes)}, lanes, lanes, nullptr}));
             addK(numbers, kIndex, inside);
           });
  } else {
    int64_t rest = op.k % lanes;
    Value whole = k.lane.index(op.k - rest);
    // Behind the last square of these rows comes the first one of the next.
    auto askAhead = [&](Value kIndex) {
      Value ahead = k.add(kIndex, squaresAhead * lanes);
      Value isOver = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::uge,
                                               ahead, whole);
      Value fromRow =
          k.b.create<arith::SelectOp>(k.loc, isOver, k.add(row, lanes), row);
      Value fromK = k.b.create<arith::SelectOp>(k.loc, isOver,
                                                subtract(ahead, whole), ahead);
      for (int64_t r = 0; r < lanes; ++r)
        k.prefetch(lhs, {k.add(fromRow, r), fromK});
    };
    k.loop(firstK, whole, lanes, sums,
           [&](Value kIndex, KernelBuilder::Carried &inside) {
             askAhead(kIndex);
             addSquare(kIndex, lanes, inside);
           });
    if (rest)
      addSquare(whole, rest, sums);
  }
  for (int64_t i = 0; i < vectors; ++i) {
    SmallVector<Position> positions;
    SmallVector<Value> lines;
    for (int64_t column = 0; column < op.n; column += lanes) {
      int64_t valid = std::min(op.n - column, lanes);
      SmallVector<Value> square(lanes, zero);
      llvm::copy(ArrayRef(sums).slice(i * op.n + column, valid),
                 square.begin());
      transposeSquare(k, square);
      for (int64_t r = 0; r < lanes; ++r)
        positions.push_back({{k.add(row, i * lanes + r), k.lane.index(column)},
                             lanes,
                             valid,
                             nullptr});
      llvm::append_range(lines, square);
    }
    finish(positions, lines);
  }
}

void ContractionEmitter::emitNarrow(const Share &columns) {
  int64_t whole = op.m / restRows * restRows;
  // Tiles end at the last whole one; a share may be empty, and begin behind it.
  Value end =
      k.b.create<arith::MinUIOp>(k.loc, rowShare.end, k.lane.index(whole));
  end = k.b.create<arith::MaxUIOp>(k.loc, end, rowShare.begin);
  auto emitWhole = [&](int64_t vectors) {
    int64_t height = vectors * lanes;
    Value rest = k.b.create<arith::RemUIOp>(
        k.loc, subtract(end, rowShare.begin), k.lane.index(height));
    Value middle = subtract(end, rest);
    k.loop(rowShare.begin, middle, height,
           [&](Value row) { emitRowVectors(row, vectors); });
    rowShare.begin = middle;
  };
  // Two vectors of rows share the right operand's numbers.
  bool goesByTwo = op.transposeLhs && op.m >= 2 * lanes &&
                   2 * op.n + 3 <= countRegisters(lanes);
  if (goesByTwo)
    emitWhole(2);
  // The code for one vector of the rest takes as long to compile.
  if (!goesByTwo || op.n <= fewColumns)
    emitWhole(1);
  emitRows(columns);
}

} // namespace kiln
