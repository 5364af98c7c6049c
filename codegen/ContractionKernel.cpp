//===- ContractionKernel.cpp - Register tiles with their epilogues --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A tile of some rows by some vectors of columns stays in registers while k
// runs over the whole contracted dimension: per k, the vectors of B's row are
// loaded and each of the numbers of A is broadcast from memory into the
// multiply-adds. Then the epilogue is computed on the accumulators, and only
// its outputs reach memory. No tile computes a row that does not exist; lanes
// past the last column are masked. ContractionTiling.h chooses the tile, and
// what is taken in blocks (ContractionBlocks.cpp).
//
// Where the left operand may be mostly zero (attrs::skipZeros), a tile of rows
// first lists the k at which any of them is not, and all of its columns sum
// over those alone.
//
// Every element is a sum over increasing k by fma, whatever the tile: shapes of
// tiles, partitions and vector widths do not show in the bits.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;

namespace kiln {

/// So many k at a time: the loop's own instructions cost a fifth of a small
/// tile's time otherwise.
static constexpr int64_t unrolledK = 4;
/// Up to so many k of a transposed left operand come in two halves instead: in
/// more turns, the weight gradient of a batch of 64 took 4 to 7 % longer.
static constexpr int64_t mostHalvedK = 64;
/// What of the left operand is taken through all columns before the next.
static constexpr int64_t blockBytes = 1 << 17;
/// Rows of less than a vector whose epilogues go together.
static constexpr size_t rowsAtOnce = 4;
/// So many rows of a right operand from afar are asked for ahead: each begins
/// in a page of its own, where the processor's own prefetching begins anew.
static constexpr int64_t farRowsAhead = 8;

/// Whether registers are left for the loads of several k. LLVM brings up to
/// four loads together that lie no more than 512 bytes apart, across k, too.
static bool hasRoomForMoreK(int64_t vectors, int64_t sums, int64_t bytesPerK,
                            int64_t lanes) {
  constexpr int64_t together = 4, nearBytes = 512;
  int64_t loaded = vectors;
  if (bytesPerK < nearBytes)
    loaded = std::max(vectors, together);
  else if (bytesPerK == nearBytes)
    loaded = vectors + 1;
  constexpr int64_t broadcast = 1;
  return sums + loaded + broadcast <= countRegisters(lanes);
}

bool ContractionEmitter::prefetchesRhs() const {
  return !list && !block &&
         fetchesAhead({op.m, op.n, op.k, op.transposeLhs, op.transposeRhs});
}

ContractionEmitter::Walk ContractionEmitter::getLeftWalk(Value row,
                                                         int64_t rows) {
  if (block && block->left)
    return getCopiedLeftWalk(row, rows);
  if (op.transposeLhs)
    return {k.flatten(lhs), row, op.m, 1};
  return {k.flatten(lhs), multiply(row, op.k), 1, op.k};
}

ContractionEmitter::Walk
ContractionEmitter::getRightWalk(ArrayRef<KernelBuilder::Run> columns) {
  if (!block)
    return {k.flatten(rhs), columns[0].index, op.n, lanes};
  ArrayRef<int64_t> shape = cast<MemRefType>(block->right.getType()).getShape();
  Value start = subtract(multiply(block->panel, shape[1] * shape[2]),
                         multiply(block->firstK, shape[2]));
  return {k.flatten(block->right), start, shape[2], lanes};
}

Value ContractionEmitter::getAddress(const Walk &walk, Value kIndex) {
  return k.b.create<arith::AddIOp>(k.loc, walk.start,
                                   multiply(kIndex, walk.perK));
}

void ContractionEmitter::emitTile(Value row, int64_t rows,
                                  ArrayRef<KernelBuilder::Run> columns) {
  askAhead(row, rows, columns[0].index);
  SmallVector<Value> rowIndices;
  for (int64_t r = 0; r < rows; ++r)
    rowIndices.push_back(k.add(row, r));

  auto type = VectorType::get({lanes}, k.b.getF32Type());
  auto getPosition = [&](Value r, const KernelBuilder::Run &run) {
    Position at{{r, run.index}, run.lanes, run.valid, nullptr};
    if (part)
      at.indices.insert(at.indices.begin(), part);
    return at;
  };
  // Where a block keeps a sum.
  auto getPlace = [&](size_t i) {
    return Position{{getTileIndex(row, rows), block->panel,
                     k.lane.index(i / columns.size()),
                     k.lane.index(i % columns.size() * lanes)},
                    lanes,
                    lanes,
                    nullptr};
  };
  KernelBuilder::Carried sums;
  for (Value r : rowIndices)
    for (const KernelBuilder::Run &run : columns) {
      if (block && block->sums)
        sums.push_back(k.load(block->sums, false, getPlace(sums.size())));
      else
        sums.push_back(goesOn
                           ? k.load(k.getOutput(0), false, getPosition(r, run))
                           : k.lane.f32(0.0, type));
    }
  const bool fetches = prefetchesRhs();
  const Walk left = getLeftWalk(row, rows), right = getRightWalk(columns);
  // The products of `count` k from `kIndex` on. All addresses of an operand are
  // its first one and a constant: integer instructions take the places of
  // multiply-adds, for they share ports.
  auto addProducts = [&](Value kIndex, int64_t count,
                         KernelBuilder::Carried &inside) {
    if (list)
      kIndex = k.b.create<arith::IndexCastUIOp>(
          k.loc, k.b.getIndexType(),
          k.b.create<memref::LoadOp>(k.loc, list, kIndex));
    Value leftFrom = getAddress(left, kIndex);
    Value rightFrom = getAddress(right, kIndex);
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<Value> b;
      for (auto [j, run] : llvm::enumerate(columns)) {
        Value at = k.add(rightFrom, i * right.perK + j * right.perUnit);
        b.push_back(
            k.load(right.memory, false, {{at}, lanes, run.valid, nullptr}));
        if (fetches)
          k.prefetch(right.memory, k.add(at, farRowsAhead * right.perK));
      }
      auto *sum = inside.begin();
      for (int64_t r = 0; r < rows; ++r) {
        Value number = k.b.create<memref::LoadOp>(
            k.loc, left.memory,
            k.add(leftFrom, i * left.perK + r * left.perUnit));
        Value a = k.lane.splat(number, lanes);
        for (Value vector : b) {
          *sum = k.lane.fma(a, vector, *sum);
          ++sum;
        }
      }
    }
  };
  const int64_t depth = op.k / op.parts;
  int64_t unroll = 1;
  if (hasRoomForMoreK(columns.size(), sums.size(), right.perK * 4, lanes))
    unroll = lanes == 16 && op.transposeLhs && depth <= mostHalvedK
                 ? std::max(unrolledK, depth / 2)
                 : unrolledK;
  // Listed k are not neighbours.
  Value middle = firstK;
  if (!list && unroll > 1) {
    middle =
        subtract(endK, k.b.create<arith::RemUIOp>(k.loc, subtract(endK, firstK),
                                                  k.lane.index(unroll)));
    k.loop(firstK, middle, unroll, sums,
           [&](Value kIndex, KernelBuilder::Carried &inside) {
             addProducts(kIndex, unroll, inside);
           });
  }
  k.loop(middle, endK, 1, sums,
         [&](Value kIndex, KernelBuilder::Carried &inside) {
           addProducts(kIndex, 1, inside);
         });

  if (block && !block->isLast) {
    for (auto [i, sum] : llvm::enumerate(sums))
      k.store(block->sums, sum, getPlace(i));
    return;
  }
  SmallVector<Position> positions;
  for (Value r : rowIndices)
    for (const KernelBuilder::Run &run : columns)
      positions.push_back(getPosition(r, run));
  finish(positions, sums);
}

void ContractionEmitter::finish(ArrayRef<Position> positions,
                                ArrayRef<Value> sums) {
  // A load of a whole vector waits for stores that touch its lanes, those that
  // are masked off among them: rows of less than a vector go some at a time.
  size_t atOnce = op.n < lanes ? rowsAtOnce : 1;
  for (auto [at, sum] : llvm::zip_equal(positions, sums))
    k.define(op.output, at, sum);
  for (; !positions.empty(); positions = positions.drop_front(atOnce)) {
    atOnce = std::min(atOnce, positions.size());
    k.storeOutputs(positions.take_front(atOnce));
  }
}

void ContractionEmitter::emitTiles(Value begin, Value end,
                                   ArrayRef<KernelBuilder::Run> columns) {
  auto emit = [&](Value first, Value last, int64_t rows) {
    k.loop(first, last, rows, [&](Value row) { emitTile(row, rows, columns); });
  };
  if (restRows == tileRows)
    return emit(begin, end, tileRows);
  Value rest = k.b.create<arith::RemUIOp>(k.loc, subtract(end, begin),
                                          k.lane.index(tileRows));
  Value middle = subtract(end, rest);
  emit(begin, middle, tileRows);
  emit(middle, end, restRows);
}

void ContractionEmitter::forEachWidePanel(
    const Share &columns,
    function_ref<void(ArrayRef<KernelBuilder::Run>)> body) {
  int64_t panel = tiling.vectors * lanes;
  const bool areAll = !columns.holdsEnd;
  if (areAll || featureUnit % panel == 0)
    return k.loopPanels(columns, op.n, lanes, tiling.vectors, body);
  // A share is so many units, which need not be whole panels. What is left
  // begins at a whole one of its own panels, as where an output ends.
  int64_t narrow = getRestPanel(panel, lanes);
  Value length = subtract(columns.end, columns.begin);
  Value rest = k.b.create<arith::RemUIOp>(
      k.loc, length, k.lane.index(std::lcm(panel, narrow)));
  Value middle = subtract(columns.end, rest);
  k.loop(columns.begin, middle, panel, [&](Value column) {
    SmallVector<KernelBuilder::Run> runs;
    for (int64_t i = 0; i < tiling.vectors; ++i)
      runs.push_back({k.add(column, i * lanes), lanes, lanes});
    body(runs);
  });
  k.loopPanels({middle, columns.end, columns.holdsEnd}, op.n, lanes,
               narrow / lanes, body);
}

void ContractionEmitter::emitRows(const Share &columns) {
  using Runs = ArrayRef<KernelBuilder::Run>;
  auto forEachPanel = [&](function_ref<void(Runs)> body) {
    forEachWidePanel(columns, body);
  };
  int64_t whole = op.m / restRows * restRows;
  Value end = rowShare.end;
  if (whole < op.m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  auto emitLast = [&](Runs runs) {
    emitTile(k.lane.index(whole), op.m - whole, runs);
  };

  int64_t height = std::max<int64_t>(blockBytes / 4 / op.k / tileRows, 1);
  // Rows of a short sum are written as a whole, one after the other.
  if (op.k < shortSum)
    height = 1;
  height *= tileRows;
  if (op.transposeLhs || op.m < manyRows || whole <= height)
    return forEachPanel([&](Runs runs) {
      emitTiles(rowShare.begin, end, runs);
      if (whole < op.m)
        k.ifHolds(rowShare.holdsEnd, [&] { emitLast(runs); });
    });
  k.loop(rowShare.begin, end, height, [&](Value row) {
    Value last = k.b.create<arith::MinUIOp>(k.loc, k.add(row, height), end);
    forEachPanel([&](Runs runs) { emitTiles(row, last, runs); });
  });
  if (whole < op.m)
    k.ifHolds(rowShare.holdsEnd, [&] { forEachPanel(emitLast); });
}

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

void ContractionEmitter::emitSparseRows(const Share &columns) {
  int64_t whole = op.m / tileRows * tileRows, depth = op.k / op.parts;
  Value allK = endK;
  NonzeroLists lists(k, lhs, op.transposeLhs, depth, getScratch());
  auto emitListed = [&](Value row, int64_t rows, Value blockRow) {
    list = lists.getList();
    Value begin = firstK;
    endK = lists.list(firstK, row, rows, blockRow);
    firstK = k.lane.index(0);
    forEachWidePanel(columns, [&](ArrayRef<KernelBuilder::Run> runs) {
      emitTile(row, rows, runs);
    });
    firstK = begin;
    endK = allK;
    list = nullptr;
  };
  Value end = rowShare.end;
  if (whole < op.m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  PartitionAttr partition = *k.group.getPartition();
  bool byRows = op.parts == 1 && partition.getDim() == 0;
  int64_t blockRows = NonzeroLists::getBlockRows(
      op.m, tileRows, byRows ? partition.getUnit() : op.m, op.transposeLhs);
  // A tile from the middle of the share tells whether lists pay at all.
  auto pays = k.b.create<scf::IfOp>(
      k.loc, k.b.getI1Type(),
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ult,
                                rowShare.begin, end),
      /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(pays.elseBlock());
  k.b.create<scf::YieldOp>(
      k.loc, k.b.create<arith::ConstantIntOp>(k.loc, true, 1).getResult());
  k.b.setInsertionPointToStart(pays.thenBlock());
  {
    KernelBuilder::Scope scope(k);
    Value half = k.b.create<arith::DivUIOp>(
        k.loc, subtract(end, rowShare.begin), k.lane.index(2 * tileRows));
    Value middle = k.b.create<arith::AddIOp>(
        k.loc, rowShare.begin,
        k.b.create<arith::MulIOp>(k.loc, half, k.lane.index(tileRows)));
    lists.mark(firstK, middle, tileRows);
    Value count = lists.list(firstK, middle, tileRows, middle);
    k.b.create<scf::YieldOp>(
        k.loc, k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ule,
                                         count, k.lane.index(depth * 3 / 4))
                   .getResult());
  }
  k.b.setInsertionPointAfter(pays);
  auto sparse = k.b.create<scf::IfOp>(k.loc, pays.getResult(0),
                                      /*withElseRegion=*/true);
  k.b.setInsertionPointToStart(sparse.thenBlock());
  {
    KernelBuilder::Scope scope(k);
    k.loop(rowShare.begin, end, blockRows, [&](Value blockRow) {
      lists.mark(firstK, blockRow, blockRows);
      if (blockRows == tileRows)
        return emitListed(blockRow, tileRows, blockRow);
      k.loop(blockRow, k.add(blockRow, blockRows), tileRows,
             [&](Value row) { emitListed(row, tileRows, blockRow); });
    });
    if (whole < op.m)
      k.ifHolds(rowShare.holdsEnd, [&] {
        Value row = k.lane.index(whole);
        lists.mark(firstK, row, op.m - whole);
        emitListed(row, op.m - whole, row);
      });
  }
  k.b.setInsertionPointToStart(sparse.elseBlock());
  KernelBuilder::Scope scope(k);
  emitRows(columns);
}

/// The rows that there are of each sample in the thread's share.
void ContractionEmitter::emitRagged() {
  int64_t length = k.getRagged().second;
  tiling = getPlainTiling(length, lanes, rowUnit);
  tileRows = restRows = tiling.rows;
  int64_t whole = length / tileRows * tileRows;
  Share share = k.getShare(op.m);
  k.loop(share.begin, share.end, length, [&](Value base) {
    Value sample =
        k.b.create<arith::DivUIOp>(k.loc, base, k.lane.index(length));
    Value count = k.getRowCount(sample, tileRows);
    Value tiles = k.b.create<arith::MinUIOp>(k.loc, count, k.lane.index(whole));
    Value end = k.b.create<arith::AddIOp>(k.loc, base, tiles);
    Value more = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ugt,
                                           count, k.lane.index(whole));
    k.loopPanels(k.getWhole(op.n), op.n, lanes, 2,
                 [&](ArrayRef<KernelBuilder::Run> runs) {
                   emitTiles(base, end, runs);
                   if (whole < length)
                     k.ifTrue(more, [&] {
                       emitTile(k.add(base, whole), length - whole, runs);
                     });
                 });
  });
}

void ContractionEmitter::emit() {
  int64_t m = op.m, n = op.n;
  PartitionAttr partition = *k.group.getPartition();
  bool byRows = partition.getDim() == 0;
  int64_t length = k.getRagged().second;
  if (length && byRows && partition.getUnit() % length == 0 && !op.transposeRhs)
    return k.emitForThread([&] {
      firstK = k.lane.index(0);
      endK = k.lane.index(op.k);
      emitRagged();
    });
  tiling = getTiling(k.group, lanes);
  tileRows = tiling.rows;
  restRows = getRestRows(tileRows, byRows ? partition.getUnit() : 0);
  if (op.transposeRhs && !tiling.isBlocked())
    return k.fail(k.group, "expected a right operand that is not transposed, "
                           "or copied in blocks (kiln-materialize-transposes)");
  k.emitForThread([&] {
    firstK = k.lane.index(0);
    endK = k.lane.index(op.k);
    rowShare = byRows ? k.getShare(m) : k.getWhole(m);
    Share columns = byRows ? k.getWhole(n) : k.getShare(n);
    beginAsking();
    if (k.group->hasAttr(attrs::skipZeros))
      emitSparseRows(columns);
    else if (tiling.isBlocked())
      emitBlocks(columns);
    else if (goesByRows())
      emitNarrow(columns);
    else
      emitRows(columns);
  });
}

void emitContraction(KernelBuilder &k) {
  if (auto matmul = findInBody<PartialMatmulOp>(k.group)) {
    ArrayRef<int64_t> shape = matmul.getOutput().getType().getShape();
    Contraction op;
    op.lhs = matmul.getLhs();
    op.rhs = matmul.getRhs();
    op.output = matmul.getOutput();
    op.transposeLhs = matmul.getTransposeLhs();
    op.m = shape[1];
    op.n = shape[2];
    op.k = matmul.getK();
    op.parts = shape[0];
    if (!k.getInput(op.lhs) || !k.getInput(op.rhs))
      return k.fail(k.group, "expected a contraction of the group's inputs");
    return ContractionEmitter(k, op).emitParts();
  }
  auto matmul = findInBody<MatmulOp>(k.group);
  if (!matmul || !k.getInput(matmul.getLhs()) || !k.getInput(matmul.getRhs()))
    return k.fail(k.group, "expected a contraction of the group's inputs");
  Contraction op;
  op.lhs = matmul.getLhs();
  op.rhs = matmul.getRhs();
  op.output = matmul.getOutput();
  op.transposeLhs = matmul.getTransposeLhs();
  op.transposeRhs = matmul.getTransposeRhs();
  op.m = matmul.getM();
  op.n = matmul.getN();
  op.k = matmul.getK();
  ContractionEmitter(k, op).emit();
}

} // namespace kiln
