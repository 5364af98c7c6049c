//===- ContractionBlocks.cpp - Contractions from copied operands ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A large contraction goes block by block: some columns of the right operand
// are copied into panels as wide as a register tile, which lie one after
// another however far apart their rows are in memory; so is, where its rows
// would meet in few sets of a cache, a block of the left one. Sums over some k
// of a block wait in scratch memory for the next k. Where all rows are one
// block, each k is copied just before it is read, and never kept. A part of a
// sum over the batch waits in the output itself.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionEmitter.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// Rows of the right operand that are asked for before they are copied: each
/// begins in a page of its own, where the processor's own prefetching begins
/// anew.
static constexpr int64_t rowsAhead = 4;
/// So many k of a part whose sums wait in the output are taken at a time.
static constexpr int64_t partLength = 256;

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Value ContractionEmitter::getTileIndex(Value row, int64_t rows) {
  return k.b.create<arith::DivUIOp>(k.loc, subtract(row, block->firstRow),
                                    k.lane.index(rows));
}

ContractionEmitter::Walk ContractionEmitter::getCopiedLeftWalk(Value row,
                                                               int64_t rows) {
  ArrayRef<int64_t> shape = cast<MemRefType>(block->left.getType()).getShape();
  if (!op.transposeLhs) {
    Value inside = subtract(row, block->firstRow);
    return {k.flatten(block->left),
            subtract(multiply(inside, shape[1]), firstK), 1, shape[1]};
  }
  Value start = subtract(multiply(getTileIndex(row, rows), shape[1] * shape[2]),
                         multiply(firstK, shape[2]));
  return {k.flatten(block->left), start, shape[2], 1};
}

/// Copies some rows and columns of the right operand, panel by panel.
void ContractionEmitter::copyRight(const Share &columns, Value begin,
                                   Value end) {
  int64_t panel = tiling.vectors * lanes;
  block->firstK = begin;
  if (op.transposeRhs)
    return copyRightTransposed(columns);
  k.loop(begin, end, 1, [&](Value kIndex) {
    k.loopPanels(
        columns, op.n, lanes, tiling.vectors,
        [&](ArrayRef<KernelBuilder::Run> runs) {
          Value to = k.b.create<arith::DivUIOp>(
              k.loc, subtract(runs[0].index, block->firstColumn),
              k.lane.index(panel));
          for (auto [i, run] : llvm::enumerate(runs)) {
            k.prefetch(rhs, {k.add(kIndex, rowsAhead), run.index});
            k.store(block->right,
                    k.load(rhs, false,
                           {{kIndex, run.index}, lanes, run.valid, nullptr}),
                    {{to, subtract(kIndex, begin), k.lane.index(i * lanes)},
                     lanes,
                     lanes,
                     nullptr});
          }
        });
  });
}

/// Copies some columns, which are rows in memory, with all of their k.
void ContractionEmitter::copyRightTransposed(const Share &columns) {
  int64_t panel = tiling.vectors * lanes;
  using Runs = ArrayRef<KernelBuilder::Run>;
  auto copySquare = [&](const KernelBuilder::Run &run,
                        const KernelBuilder::Run &depth) {
    auto type = VectorType::get({lanes}, k.b.getF32Type());
    SmallVector<Value> square(lanes, k.lane.f32(0.0, type));
    for (int64_t i = 0; i < run.valid; ++i)
      square[i] = k.load(
          rhs, false,
          {{k.add(run.index, i), depth.index}, lanes, depth.valid, nullptr});
    transposeSquare(k, square);
    Value column = subtract(run.index, block->firstColumn);
    Value width = k.lane.index(panel);
    Value to = k.b.create<arith::DivUIOp>(k.loc, column, width);
    Value lane = k.b.create<arith::RemUIOp>(k.loc, column, width);
    for (int64_t i = 0; i < depth.valid; ++i)
      k.store(block->right, square[i],
              {{to, k.add(depth.index, i), lane}, lanes, lanes, nullptr});
  };
  k.loopPanels(columns, op.n, lanes, 1, [&](Runs runs) {
    k.loopPanels(k.getWhole(op.k), op.k, lanes, 1,
                 [&](Runs depths) { copySquare(runs[0], depths[0]); });
  });
}

/// Copies `depth` k of some rows of the left operand.
void ContractionEmitter::copyLeft(Value begin, Value end, int64_t rows,
                                  int64_t depth) {
  if (!op.transposeLhs)
    return k.loop(begin, end, 1, [&](Value row) {
      k.loopPanels(
          k.getWhole(depth), depth, lanes, 1,
          [&](ArrayRef<KernelBuilder::Run> runs) {
            Value from =
                k.b.create<arith::AddIOp>(k.loc, firstK, runs[0].index);
            k.store(
                block->left,
                k.load(lhs, false,
                       {{row, from}, lanes, runs[0].valid, nullptr}),
                {{subtract(row, begin), runs[0].index}, lanes, lanes, nullptr});
          });
    });
  auto type = VectorType::get({rows}, k.b.getF32Type());
  k.loop(firstK, k.add(firstK, depth), 1, [&](Value kIndex) {
    k.loop(begin, end, rows, [&](Value row) {
      Value numbers =
          k.b.create<vector::LoadOp>(k.loc, type, lhs, ValueRange{kIndex, row});
      k.b.create<vector::StoreOp>(k.loc, numbers, block->left,
                                  ValueRange{getTileIndex(row, rows),
                                             subtract(kIndex, firstK),
                                             k.lane.index(0)});
    });
  });
}

void ContractionEmitter::forEachTile(
    Value begin, Value end, int64_t rows, const Share &columns,
    function_ref<void(Value, ArrayRef<KernelBuilder::Run>)> body) {
  int64_t panel = tiling.vectors * lanes;
  block->firstRow = begin;
  k.loopPanels(columns, op.n, lanes, tiling.vectors,
               [&](ArrayRef<KernelBuilder::Run> runs) {
                 block->panel = k.b.create<arith::DivUIOp>(
                     k.loc, subtract(runs[0].index, block->firstColumn),
                     k.lane.index(panel));
                 k.loop(begin, end, rows, [&](Value row) { body(row, runs); });
               });
}

/// Emits the rows from `begin` to `end`, tiles of `rows`, of a block's columns.
void ContractionEmitter::emitBlock(Value begin, Value end, int64_t rows,
                                   const Share &columns) {
  using Runs = ArrayRef<KernelBuilder::Run>;
  block->firstRow = begin;
  auto emitDepth = [&](Value first, int64_t depth, bool isLast) {
    firstK = first;
    endK = k.add(first, depth);
    block->isLast = isLast;
    if (block->isByDepth)
      copyRight(columns, firstK, endK);
    if (block->left)
      copyLeft(begin, end, rows, depth);
    forEachTile(begin, end, rows, columns,
                [&](Value row, Runs runs) { emitTile(row, rows, runs); });
  };
  int64_t last = (op.k - 1) / tiling.blockDepth * tiling.blockDepth;
  if (last) {
    auto type = VectorType::get({lanes}, k.b.getF32Type());
    Value zero = k.lane.f32(0.0, type);
    forEachTile(begin, end, rows, columns, [&](Value row, Runs runs) {
      Value tile = getTileIndex(row, rows);
      for (int64_t r = 0; r < rows; ++r)
        for (size_t i = 0; i < runs.size(); ++i)
          k.store(
              block->sums, zero,
              {{tile, block->panel, k.lane.index(r), k.lane.index(i * lanes)},
               lanes,
               lanes,
               nullptr});
    });
    k.loop(k.lane.index(0), k.lane.index(last), tiling.blockDepth,
           [&](Value first) { emitDepth(first, tiling.blockDepth, false); });
  }
  emitDepth(k.lane.index(last), op.k - last, true);
}

void ContractionEmitter::emitBlocks(const Share &columns) {
  Value scratch = getScratch();
  int64_t offset = 0;
  auto makeView = [&](ArrayRef<int64_t> shape) -> Value {
    auto type = MemRefType::get(shape, k.b.getF32Type());
    Value view = k.b.create<memref::ViewOp>(k.loc, type, scratch,
                                            k.lane.index(offset), ValueRange());
    offset += type.getNumElements() * 4;
    return view;
  };
  int64_t panel = tiling.vectors * lanes;
  int64_t panels = tiling.blockColumns / panel;
  int64_t tiles = tiling.blockRows / tileRows;
  block.emplace();
  int64_t depth = getCopiedDepth(
      {op.m, op.n, op.k, op.transposeLhs, op.transposeRhs}, tiling);
  block->right = makeView({panels, depth, panel});
  block->isByDepth = depth < op.k;
  if (op.k > tiling.blockDepth)
    block->sums = makeView({tiles, panels, tileRows, panel});
  if (tiling.packLeft)
    block->left =
        op.transposeLhs
            ? makeView({tiles, tiling.blockDepth + leftPadding, tileRows})
            : makeView({tiling.blockRows, tiling.blockDepth + leftPadding});

  int64_t whole = op.m / tileRows * tileRows;
  Value end = rowShare.end;
  if (whole < op.m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  k.loop(columns.begin, columns.end, tiling.blockColumns, [&](Value first) {
    Value last = k.b.create<arith::MinUIOp>(
        k.loc, k.add(first, tiling.blockColumns), columns.end);
    Value holdsEnd = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::eq,
                                               last, k.lane.index(op.n));
    Share blockColumns{first, last, holdsEnd};
    block->firstColumn = first;
    if (!block->isByDepth)
      copyRight(blockColumns, k.lane.index(0), k.lane.index(op.k));
    k.loop(rowShare.begin, end, tiles * tileRows, [&](Value row) {
      emitBlock(
          row,
          k.b.create<arith::MinUIOp>(k.loc, k.add(row, tiles * tileRows), end),
          tileRows, blockColumns);
    });
    if (whole < op.m)
      k.ifHolds(rowShare.holdsEnd, [&] {
        // The last rows are a tile of their own, lower than the others.
        emitBlock(k.lane.index(whole), k.lane.index(op.m), op.m - whole,
                  blockColumns);
      });
  });
  block.reset();
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// Zeros in a part of the output.
void ContractionEmitter::zeroPart() {
  auto type = VectorType::get({lanes}, k.b.getF32Type());
  k.loop(k.lane.index(0), k.lane.index(op.m), 1, [&](Value row) {
    k.loopPanels(
        k.getWhole(op.n), op.n, lanes, 1,
        [&](ArrayRef<KernelBuilder::Run> runs) {
          k.store(k.getOutput(0), k.lane.f32(0.0, type),
                  {{part, row, runs[0].index}, lanes, runs[0].valid, nullptr});
        });
  });
}

/// Whether the sums of a group's parts are all that it puts out, so that they
/// can wait there.
static bool areSumsOutput(FusionOp group, Value sums) {
  ValueRange yielded = group.getYield().getValues();
  return yielded.size() == 1 && yielded[0] == sums;
}

/// How many k of a part are taken at a time.
static int64_t getPartDepth(FusionOp group, PartialMatmulOp matmul) {
  int64_t length = matmul.getPartLength();
  if (!areSumsOutput(group, matmul.getOutput()) ||
      group->hasAttr(attrs::skipZeros))
    return length;
  if (int64_t rows = getRaggedRows(group).second)
    return rows;
  return length > 2 * partLength ? partLength : length;
}

ContractionTiling getPartTiling(FusionOp group, int64_t lanes) {
  auto matmul = findInBody<PartialMatmulOp>(group);
  ArrayRef<int64_t> shape = matmul.getOutput().getType().getShape();
  ContractionShape part = {shape[1], shape[2], getPartDepth(group, matmul),
                           matmul.getTransposeLhs()};
  if (group->hasAttr(attrs::skipZeros))
    return getSparseTiling(part, lanes, 0);
  ContractionTiling tiling = chooseTiling(part, lanes, 0);
  // Its rows lie side by side, and are taken once.
  tiling.packLeft = false;
  return tiling;
}

/// Bytes of the copy of a part's right operand.
static int64_t getPartBytes(FusionOp group, PartialMatmulOp matmul) {
  int64_t columns =
      llvm::alignTo(matmul.getOutput().getType().getDimSize(2), featureUnit);
  for (int64_t lanes : {virtualLanes, virtualLanes / 2})
    if (getPartTiling(group, lanes).isBlocked())
      return getPartDepth(group, matmul) * columns * 4;
  return 0;
}

void ContractionEmitter::emitParts() {
  auto matmul = findInBody<PartialMatmulOp>(k.group);
  tiling = getPartTiling(k.group, lanes);
  tileRows = restRows = tiling.rows;
  int64_t length = op.k / op.parts, depth = getPartDepth(k.group, matmul);
  int64_t batch = k.getRagged().first, rows = k.getRagged().second;
  goesOn = areSumsOutput(k.group, op.output) && (batch || depth < length);
  Share columns = k.getWhole(op.n);
  auto addDepth = [&](Value first, Value last) {
    firstK = first;
    endK = last;
    if (k.group->hasAttr(attrs::skipZeros))
      return emitSparseRows(columns);
    if (!block)
      return emitRows(columns);
    copyRight(columns, first, last);
    int64_t whole = op.m / tileRows * tileRows;
    using Runs = ArrayRef<KernelBuilder::Run>;
    auto emit = [&](int64_t begin, int64_t end, int64_t height) {
      forEachTile(k.lane.index(begin), k.lane.index(end), height, columns,
                  [&](Value row, Runs runs) { emitTile(row, height, runs); });
    };
    emit(0, whole, tileRows);
    if (whole < op.m)
      emit(whole, op.m, op.m - whole);
  };
  k.emitForThread([&] {
    rowShare = k.getWhole(op.m);
    if (tiling.isBlocked()) {
      int64_t panel = tiling.vectors * lanes;
      auto type = MemRefType::get(
          {int64_t(llvm::divideCeil(op.n, panel)), depth, panel},
          k.b.getF32Type());
      block.emplace();
      block->right = k.b.create<memref::ViewOp>(k.loc, type, getScratch(),
                                                k.lane.index(0), ValueRange());
      block->firstColumn = k.lane.index(0);
      block->isLast = true;
    }
    Share share = k.getShare(op.parts);
    k.loop(share.begin, share.end, 1, [&](Value p) {
      part = p;
      Value begin = k.b.create<arith::MulIOp>(k.loc, p, k.lane.index(length));
      Value end = k.add(begin, length);
      if (!goesOn)
        return addDepth(begin, end);
      zeroPart();
      k.loop(begin, end, depth, [&](Value first) {
        if (!batch)
          return addDepth(first, k.b.create<arith::MinUIOp>(
                                     k.loc, k.add(first, depth), end));
        Value sample =
            k.b.create<arith::DivUIOp>(k.loc, first, k.lane.index(rows));
        Value count = k.getRowCount(sample, 1);
        addDepth(first, k.b.create<arith::AddIOp>(k.loc, first, count));
      });
    });
  });
}

int64_t getContractionScratchBytes(FusionOp group) {
  if (auto matmul = findInBody<PartialMatmulOp>(group)) {
    if (group->hasAttr(attrs::skipZeros))
      return NonzeroLists::getBytes(matmul.getPartLength(),
                                    matmul.getTransposeLhs());
    return getPartBytes(group, matmul);
  }
  std::optional<ContractionShape> shape = getContractionShape(group);
  if (!shape)
    return 0;
  if (group->hasAttr(attrs::skipZeros))
    return NonzeroLists::getBytes(shape->k, shape->transposeLeft);
  // One plan serves processors of either width.
  return std::max(getBlockBytes(*shape, getTiling(group, virtualLanes)),
                  getBlockBytes(*shape, getTiling(group, virtualLanes / 2)));
}

} // namespace kiln
