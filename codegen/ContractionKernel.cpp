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
// Every element is a sum over increasing k by fma, whatever the tile: shapes of
// tiles, partitions and vector widths do not show in the bits.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace kiln {

namespace {

class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &k, MatmulOp matmul)
      : k(k), matmul(matmul), lhs(k.getInput(matmul.getLhs())),
        rhs(k.getInput(matmul.getRhs())), lanes(k.vectorBits / 32),
        maxRows(k.vectorBits == 512 ? 8 : 6) {}

  void emit();

private:
  /// Emits the loops over the rows of one panel of columns.
  void emitPanel(ArrayRef<KernelBuilder::Run> columns);
  /// Emits one tile of `rows` rows from `row` on.
  void emitTile(Value row, int64_t rows, ArrayRef<KernelBuilder::Run> columns);

  KernelBuilder &k;
  MatmulOp matmul;
  Value lhs, rhs;
  int64_t lanes, maxRows;
  int64_t tileRows = 0;
  Share rowShare;
};

} // namespace

void ContractionEmitter::emitTile(Value row, int64_t rows,
                                  ArrayRef<KernelBuilder::Run> columns) {
  SmallVector<Value> rowIndices;
  for (int64_t r = 0; r < rows; ++r)
    rowIndices.push_back(k.add(row, r));

  auto type = VectorType::get({lanes}, k.b.getF32Type());
  KernelBuilder::Carried sums(rows * columns.size(), k.lane.f32(0.0, type));
  k.loop(k.lane.index(0), k.lane.index(matmul.getK()), 1, sums,
         [&](Value kIndex, KernelBuilder::Carried &inside) {
           SmallVector<Value> b;
           for (const KernelBuilder::Run &run : columns)
             b.push_back(
                 k.load(rhs, false,
                        {{kIndex, run.index}, run.lanes, run.valid, nullptr}));
           auto *sum = inside.begin();
           for (Value r : rowIndices) {
             SmallVector<Value> indices = {r, kIndex};
             if (matmul.getTransposeLhs())
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
      Position at{{r, run.index}, run.lanes, run.valid, nullptr};
      k.define(matmul.getOutput(), at, *sum++);
      k.storeOutputs(at);
    }
  }
}

void ContractionEmitter::emitPanel(ArrayRef<KernelBuilder::Run> columns) {
  int64_t m = matmul.getM();
  int64_t whole = m / tileRows * tileRows;
  Value end = rowShare.end;
  if (whole < m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  k.loop(rowShare.begin, end, tileRows,
         [&](Value row) { emitTile(row, tileRows, columns); });
  if (whole < m)
    k.ifHolds(rowShare.holdsEnd,
              [&] { emitTile(k.lane.index(whole), m - whole, columns); });
}

void ContractionEmitter::emit() {
  int64_t m = matmul.getM(), n = matmul.getN();
  PartitionAttr partition = *k.group.getPartition();
  bool byRows = partition.getDim() == 0;
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
    rowShare = byRows ? k.getShare(m) : k.getWhole(m);
    Share columnShare = byRows ? k.getWhole(n) : k.getShare(n);
    k.loopPanels(columnShare, n, lanes, 2,
                 [&](ArrayRef<KernelBuilder::Run> runs) { emitPanel(runs); });
  });
}

void emitContraction(KernelBuilder &k) {
  auto matmul = findInBody<MatmulOp>(k.group);
  if (!matmul || !k.getInput(matmul.getLhs()) || !k.getInput(matmul.getRhs()))
    return k.fail(k.group, "expected a contraction of the group's inputs");
  if (matmul.getTransposeRhs())
    return k.fail(matmul, "expected a right operand that is not transposed "
                          "(kiln-materialize-transposes)");
  ContractionEmitter(k, matmul).emit();
}

} // namespace kiln
