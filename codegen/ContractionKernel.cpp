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
// Where the left operand may be mostly zero (attrs::skipZeros), a tile of rows
// first lists the k at which any of them is not, and all of its columns sum
// over those alone.
//
// Every element is a sum over increasing k by fma, whatever the tile: shapes of
// tiles, partitions and vector widths do not show in the bits.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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
  /// The same, each tile over the k that its rows need.
  void emitSparseRows(const Share &columns);
  Value listNonzeros(Value row, int64_t rows);
  Value listAlongRows(Value row, int64_t rows);
  Value listAcrossRows(Value row, int64_t rows);
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
  /// The k that are summed over, where they are listed, and the left operand as
  /// one dimension then.
  Value list, flatLhs;
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
  k.loop(
      firstK, endK, 1, sums, [&](Value kIndex, KernelBuilder::Carried &inside) {
        if (list)
          kIndex = k.b.create<arith::IndexCastUIOp>(
              k.loc, k.b.getIndexType(),
              k.b.create<memref::LoadOp>(k.loc, list, kIndex));
        SmallVector<Value> b;
        for (const KernelBuilder::Run &run : columns)
          b.push_back(
              k.load(rhs, false,
                     {{kIndex, run.index}, run.lanes, run.valid, nullptr}));
        // One address for all rows of a listed k, which no induction
        // variable leads to.
        Value base;
        if (list && op.transposeLhs)
          base = k.b.create<arith::AddIOp>(
              k.loc,
              k.b.create<arith::MulIOp>(k.loc, kIndex, k.lane.index(op.m)),
              row);
        auto *sum = inside.begin();
        for (auto [i, r] : llvm::enumerate(rowIndices)) {
          SmallVector<Value> indices = {r, kIndex};
          if (op.transposeLhs)
            std::swap(indices[0], indices[1]);
          Value number = base ? k.b.create<memref::LoadOp>(
                                    k.loc, flatLhs, k.add(base, int64_t(i)))
                              : k.b.create<memref::LoadOp>(k.loc, lhs, indices);
          Value a = k.lane.splat(number, lanes);
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

/// Writes `number` behind the first `count` numbers of the list, where it stays
/// if `holds`. Returns how many there are then.
static Value append(KernelBuilder &k, Value list, Value count, Value number,
                    Value holds) {
  Value narrow =
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getI32Type(), number);
  k.b.create<memref::StoreOp>(k.loc, narrow, list, count);
  Value one = k.b.create<arith::ExtUIOp>(k.loc, k.b.getI64Type(), holds);
  return k.b.create<arith::AddIOp>(
      k.loc, count,
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), one));
}

/// Lists the k at which one of `rows` rows of a row-major left operand is not
/// zero, some k at a time. Returns how many there are.
Value ContractionEmitter::listAlongRows(Value row, int64_t rows) {
  auto isNonzero = [&](Value x) {
    return k.b.create<arith::CmpFOp>(k.loc, arith::CmpFPredicate::UNE, x,
                                     k.lane.f32(0.0, x));
  };
  KernelBuilder::Carried count = {k.lane.index(0)};
  int64_t whole = op.k / virtualLanes * virtualLanes;
  Type bits = k.b.getIntegerType(virtualLanes);
  k.loop(k.lane.index(0), k.lane.index(whole), virtualLanes, count,
         [&](Value first, KernelBuilder::Carried &inside) {
           Value any;
           for (int64_t r = 0; r < rows; ++r) {
             Value x = k.load(
                 lhs, false,
                 {{k.add(row, r), first}, virtualLanes, virtualLanes, nullptr});
             Value nonzero = isNonzero(x);
             any =
                 any ? k.b.create<arith::OrIOp>(k.loc, any, nonzero) : nonzero;
           }
           Value mask = k.b.create<vector::ExtractOp>(
               k.loc,
               k.b.create<vector::BitCastOp>(k.loc, VectorType::get({1}, bits),
                                             any),
               0);
           Value zero = k.b.create<arith::ConstantOp>(
               k.loc, k.b.getIntegerAttr(bits, 0));
           auto some = k.b.create<scf::IfOp>(
               k.loc, k.b.getIndexType(),
               k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ne, mask,
                                         zero),
               /*withElseRegion=*/true);
           OpBuilder::InsertionGuard guard(k.b);
           k.b.setInsertionPointToStart(some.elseBlock());
           k.b.create<scf::YieldOp>(k.loc, inside[0]);
           k.b.setInsertionPointToStart(some.thenBlock());
           Value n = inside[0];
           for (int64_t i = 0; i < virtualLanes; ++i) {
             Value shifted = k.b.create<arith::ShRUIOp>(
                 k.loc, mask,
                 k.b.create<arith::ConstantOp>(k.loc,
                                               k.b.getIntegerAttr(bits, i)));
             Value holds =
                 k.b.create<arith::TruncIOp>(k.loc, k.b.getI1Type(), shifted);
             n = append(k, list, n, k.add(first, i), holds);
           }
           k.b.create<scf::YieldOp>(k.loc, n);
           inside[0] = some.getResult(0);
         });
  k.loop(k.lane.index(whole), k.lane.index(op.k), 1, count,
         [&](Value at, KernelBuilder::Carried &inside) {
           Value any;
           for (int64_t r = 0; r < rows; ++r) {
             Value nonzero = isNonzero(k.b.create<memref::LoadOp>(
                 k.loc, lhs, ValueRange{k.add(row, r), at}));
             any =
                 any ? k.b.create<arith::OrIOp>(k.loc, any, nonzero) : nonzero;
           }
           inside[0] = append(k, list, inside[0], at, any);
         });
  return count[0];
}

/// The same of a left operand whose rows lie side by side for each k.
Value ContractionEmitter::listAcrossRows(Value row, int64_t rows) {
  KernelBuilder::Carried count = {k.lane.index(0)};
  auto type = VectorType::get({rows}, k.b.getF32Type());
  k.loop(k.lane.index(0), k.lane.index(op.k), 1, count,
         [&](Value at, KernelBuilder::Carried &inside) {
           Value x = k.b.create<vector::LoadOp>(k.loc, type, lhs,
                                                ValueRange{at, row});
           Value nonzero = k.b.create<arith::CmpFOp>(
               k.loc, arith::CmpFPredicate::UNE, x, k.lane.f32(0.0, x));
           Value any = k.b.create<vector::ReductionOp>(
               k.loc, vector::CombiningKind::OR, nonzero);
           inside[0] = append(k, list, inside[0], at, any);
         });
  return count[0];
}

Value ContractionEmitter::listNonzeros(Value row, int64_t rows) {
  return op.transposeLhs ? listAcrossRows(row, rows) : listAlongRows(row, rows);
}

void ContractionEmitter::emitSparseRows(const Share &columns) {
  int64_t whole = op.m / tileRows * tileRows;
  Value scratch = k.func.getArgument(k.func.getNumArguments() - 3);
  auto listType = MemRefType::get({op.k + 1}, k.b.getI32Type());
  flatLhs = k.flatten(lhs);
  Value lists = k.b.create<memref::ViewOp>(k.loc, listType, scratch,
                                           k.lane.index(0), ValueRange());
  auto emitListed = [&](Value row, int64_t rows) {
    list = lists;
    endK = listNonzeros(row, rows);
    k.loopPanels(
        columns, op.n, lanes, 2,
        [&](ArrayRef<KernelBuilder::Run> runs) { emitTile(row, rows, runs); });
    endK = k.lane.index(op.k);
    list = nullptr;
  };
  // A tile from the middle tells whether lists pay at all.
  list = lists;
  Value middle = k.lane.index(op.m / tileRows / 2 * tileRows);
  Value count = listNonzeros(middle, tileRows);
  list = nullptr;
  auto sparse = k.b.create<scf::IfOp>(
      k.loc,
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ule, count,
                                k.lane.index(op.k * 3 / 4)),
      /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(k.b);
  k.b.setInsertionPointToStart(sparse.thenBlock());
  {
    KernelBuilder::Scope scope(k);
    Value end = rowShare.end;
    if (whole < op.m)
      end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
    k.loop(rowShare.begin, end, tileRows,
           [&](Value row) { emitListed(row, tileRows); });
    if (whole < op.m)
      k.ifHolds(rowShare.holdsEnd,
                [&] { emitListed(k.lane.index(whole), op.m - whole); });
  }
  k.b.setInsertionPointToStart(sparse.elseBlock());
  KernelBuilder::Scope scope(k);
  emitRows(columns);
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
    Share columns = byRows ? k.getWhole(n) : k.getShare(n);
    if (k.group->hasAttr(attrs::skipZeros))
      emitSparseRows(columns);
    else
      emitRows(columns);
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

int64_t getContractionScratchBytes(FusionOp group) {
  if (!group->hasAttr(attrs::skipZeros))
    return 0;
  auto matmul = findInBody<MatmulOp>(group);
  return matmul ? (matmul.getK() + 1) * 4 : 0;
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
