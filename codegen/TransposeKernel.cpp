//===- TransposeKernel.cpp - Blocks of a matrix, turned in registers ------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// Turns a square of vectors: log2(n) rounds in which blocks of `distance`
/// lanes change places between vectors `distance` apart.
void transposeSquare(KernelBuilder &k, MutableArrayRef<Value> square) {
  int64_t n = square.size();
  for (int64_t distance = n / 2; distance > 0; distance /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < n; ++i) {
      bool upper = i & distance;
      low.push_back(upper ? n + i - distance : i);
      high.push_back(upper ? n + i : i + distance);
    }
    for (int64_t i = 0; i < n; ++i) {
      if (i & distance)
        continue;
      Value a = square[i], b = square[i + distance];
      square[i] = k.b.create<vector::ShuffleOp>(k.loc, a, b, low);
      square[i + distance] = k.b.create<vector::ShuffleOp>(k.loc, a, b, high);
    }
  }
}

void emitTranspose(KernelBuilder &k) {
  auto transpose = findInBody<TransposeOp>(k.group);
  Value input = transpose ? k.getInput(transpose.getInput()) : Value();
  if (!input || k.group.getNumResults() != 1)
    return k.fail(k.group, "expected one transpose of the group's input");
  ArrayRef<int64_t> shape = transpose.getOutput().getType().getShape();
  int64_t lanes = k.lane.vectorBits / 32;
  int64_t dim = k.group.getPartition()->getDim();

  auto emitBlock = [&](const KernelBuilder::Run &rows,
                       const KernelBuilder::Run &columns) {
    auto type = VectorType::get({lanes}, k.b.getF32Type());
    SmallVector<Value> square(lanes, k.lane.f32(0.0, type));
    for (int64_t i = 0; i < columns.valid; ++i) {
      Value row = k.add(columns.index, i);
      // The next square's rows are far from these.
      k.prefetch(input, {k.add(row, lanes), rows.index});
      square[i] =
          k.load(input, false, {{row, rows.index}, lanes, rows.valid, nullptr});
    }
    transposeSquare(k, square);
    for (int64_t i = 0; i < rows.valid; ++i)
      k.store(k.getOutput(0), square[i],
              {{k.add(rows.index, i), columns.index},
               lanes,
               columns.valid,
               nullptr});
  };
  k.emitForThread([&] {
    Share rowShare = dim == 1 ? k.getWhole(shape[0]) : k.getShare(shape[0]);
    Share columnShare = dim == 1 ? k.getShare(shape[1]) : k.getWhole(shape[1]);
    k.loopPanels(rowShare, shape[0], lanes, 1,
                 [&](ArrayRef<KernelBuilder::Run> rows) {
                   k.loopPanels(columnShare, shape[1], lanes, 1,
                                [&](ArrayRef<KernelBuilder::Run> columns) {
                                  emitBlock(rows[0], columns[0]);
                                });
                 });
  });
}

} // namespace kiln
