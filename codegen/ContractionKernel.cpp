//===- ContractionKernel.cpp - Register tiles with their epilogues --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A tile of R rows by two vectors of columns stays in registers while k runs
// over the whole contracted dimension: per k, the vectors of B's row are loaded
// and each of the R numbers of A is broadcast from memory into the
// multiply-adds. Then the epilogue is computed on the accumulators, and only
// its outputs reach memory. No tile computes a row that does not exist; lanes
// past the last column are masked.
//
// What does not fit a core's cache is taken in blocks: many rows by some at a
// time, with all columns of each; a part's long sum by some k at a time, its
// tiles waiting in the output.
//
// Every element is a sum over increasing k by fma, whatever the tile: shapes of
// tiles, partitions and vector widths do not show in the bits.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace kiln {

/// What of the left operand is taken through all columns before the next; so
/// many k of a part.
static constexpr int64_t blockBytes = 1 << 17, blockLength = 256;

namespace {

/// A contraction, or one cut into parts of its sum.
struct Contraction {
  Value lhs, rhs, output;
  bool transposeLhs;
  int64_t m, n, k, parts;
};

class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &k, const Contraction &op)
      : k(k), op(op), lhs(k.getInput(op.lhs)), rhs(k.getInput(op.rhs)),
        lanes(k.vectorBits / 32), maxRows(k.vectorBits == 512 ? 8 : 6) {}

  void emit();
  void emitRagged();
  /// The same for a contraction in parts, cut by them.
  void emitParts();

private:
  /// Emits the loops over panels of columns and the rows of each.
  void emitRows(const Share &columns);
  void emitTiles(Value begin, Value end, ArrayRef<KernelBuilder::Run> columns);
  void zeroPart();
  /// Emits one tile of `rows` rows from `row` on.
  void emitTile(Value row, int64_t rows, ArrayRef<KernelBuilder::Run> columns);

  KernelBuilder &k;
  const Contraction &op;
  Value lhs, rhs;
  int64_t lanes, maxRows;
  int64_t tileRows = 0;
  Share rowShare;
  /// The part that is computed; null if there are none.
  Value part;
  /// What is summed over.
  Value firstK, endK;
  /// Whether sums go on from what the output holds.
  bool goesOn = false;
};

} // namespace

void ContractionEmitter::emitTile(Value row, int64_t rows,
                                  ArrayRef<KernelBuilder::Run> columns) {
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
  KernelBuilder::Carried sums;
  for (Value r : rowIndices)
    for (const KernelBuilder::Run &run : columns)
      sums.push_back(goesOn ? k.load(k.getOutput(0), false, getPosition(r, run))
                            : k.lane.f32(0.0, type));
  k.loop(firstK, endK, 1, sums,
         [&](Value kIndex, KernelBuilder::Carried &inside) {
           SmallVector<Value> b;
           for (const KernelBuilder::Run &run : columns)
             b.push_back(
                 k.load(rhs, false,
                        {{kIndex, run.index}, run.lanes, run.valid, nullptr}));
           auto *sum = inside.begin();
           for (Value r : rowIndices) {
             SmallVector<Value> indices = {r, kIndex};
             if (op.transposeLhs)
               std::swap(indices[0], indices[1]);
             Value a = k.lane.splat(
                 k.b.create<memref::LoadOp>(k.loc, lhs, indices), lanes);
             for (Value vector : b) {
               *sum = k.lane.fma(a, vector, *sum);
               ++sum;
             }
           }
         });

  auto *sum = sums.begin();
  for (Value r : rowIndices) {
    for (const KernelBuilder::Run &run : columns) {
      k.define(op.output, getPosition(r, run), *sum++);
      k.storeOutputs(getPosition(r, run));
    }
  }
}

void ContractionEmitter::emitTiles(Value begin, Value end,
                                   ArrayRef<KernelBuilder::Run> columns) {
  k.loop(begin, end, tileRows,
         [&](Value row) { emitTile(row, tileRows, columns); });
}

void ContractionEmitter::emitRows(const Share &columns) {
  using Runs = ArrayRef<KernelBuilder::Run>;
  auto forEachPanel = [&](function_ref<void(Runs)> body) {
    k.loopPanels(columns, op.n, lanes, 2, body);
  };
  int64_t whole = op.m / tileRows * tileRows;
  Value end = rowShare.end;
  if (whole < op.m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  auto emitLast = [&](Runs runs) {
    emitTile(k.lane.index(whole), op.m - whole, runs);
  };

  int64_t block = std::max<int64_t>(blockBytes / 4 / op.k / tileRows, 1);
  block *= tileRows;
  if (op.transposeLhs || op.m < manyRows || whole <= block)
    return forEachPanel([&](Runs runs) {
      emitTiles(rowShare.begin, end, runs);
      if (whole < op.m)
        k.ifHolds(rowShare.holdsEnd, [&] { emitLast(runs); });
    });
  k.loop(rowShare.begin, end, block, [&](Value row) {
    Value last = k.b.create<arith::MinUIOp>(k.loc, k.add(row, block), end);
    forEachPanel([&](Runs runs) { emitTiles(row, last, runs); });
  });
  if (whole < op.m)
    k.ifHolds(rowShare.holdsEnd, [&] { forEachPanel(emitLast); });
}

/// The rows that there are of each sample in the thread's share.
void ContractionEmitter::emitRagged() {
  int64_t length = k.getRagged().second;
  tileRows = k.vectorBits == 512 ? rowUnit : rowUnit / 2;
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
  if (length && byRows && partition.getUnit() % length == 0)
    return k.emitForThread([&] {
      firstK = k.lane.index(0);
      endK = k.lane.index(op.k);
      emitRagged();
    });
  if (byRows) {
    // Threads' shares begin at multiples of the unit, so tiles divide it.
    tileRows = maxRows;
    while (partition.getUnit() % tileRows)
      --tileRows;
    tileRows = std::min(tileRows, m);
  } else {
    // As many tiles as need be, of nearly equal height.
    tileRows = llvm::divideCeil(m, llvm::divideCeil(m, maxRows));
  }
  k.emitForThread([&] {
    firstK = k.lane.index(0);
    endK = k.lane.index(op.k);
    rowShare = byRows ? k.getShare(m) : k.getWhole(m);
    emitRows(byRows ? k.getWhole(n) : k.getShare(n));
  });
}

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

void ContractionEmitter::emitParts() {
  tileRows = llvm::divideCeil(op.m, llvm::divideCeil(op.m, maxRows));
  int64_t length = op.k / op.parts;
  ValueRange yielded = k.group.getYield().getValues();
  int64_t batch = k.getRagged().first, rows = k.getRagged().second;
  goesOn = yielded.size() == 1 && yielded[0] == op.output &&
           (length > 2 * blockLength || batch);
  k.emitForThread([&] {
    rowShare = k.getWhole(op.m);
    Share share = k.getShare(op.parts);
    k.loop(share.begin, share.end, 1, [&](Value p) {
      part = p;
      Value begin = k.b.create<arith::MulIOp>(k.loc, p, k.lane.index(length));
      Value end = k.add(begin, length);
      auto emitBlock = [&](Value first, Value last) {
        firstK = first;
        endK = last;
        emitRows(k.getWhole(op.n));
      };
      if (!goesOn)
        return emitBlock(begin, end);
      zeroPart();
      if (batch)
        return k.loop(begin, end, rows, [&](Value first) {
          Value sample =
              k.b.create<arith::DivUIOp>(k.loc, first, k.lane.index(rows));
          Value count = k.getRowCount(sample, 1);
          emitBlock(first, k.b.create<arith::AddIOp>(k.loc, first, count));
        });
      k.loop(begin, end, blockLength, [&](Value first) {
        emitBlock(first, k.b.create<arith::MinUIOp>(
                             k.loc, k.add(first, blockLength), end));
      });
    });
  });
}

void emitContraction(KernelBuilder &k) {
  if (auto matmul = findInBody<PartialMatmulOp>(k.group)) {
    ArrayRef<int64_t> shape = matmul.getOutput().getType().getShape();
    int64_t rows = matmul.getLhs().getType().getDimSize(0);
    Contraction op{matmul.getLhs(),
                   matmul.getRhs(),
                   matmul.getOutput(),
                   true,
                   shape[1],
                   shape[2],
                   rows,
                   shape[0]};
    if (!k.getInput(op.lhs) || !k.getInput(op.rhs))
      return k.fail(k.group, "expected a contraction of the group's inputs");
    return ContractionEmitter(k, op).emitParts();
  }
  auto matmul = findInBody<MatmulOp>(k.group);
  if (!matmul || !k.getInput(matmul.getLhs()) || !k.getInput(matmul.getRhs()))
    return k.fail(k.group, "expected a contraction of the group's inputs");
  if (matmul.getTransposeRhs())
    return k.fail(matmul, "expected a right operand that is not transposed "
                          "(kiln-materialize-transposes)");
  Contraction op{matmul.getLhs(),    matmul.getRhs(),
                 matmul.getOutput(), matmul.getTransposeLhs(),
                 matmul.getM(),      matmul.getN(),
                 matmul.getK(),      1};
  ContractionEmitter(k, op).emit();
}

} // namespace kiln
