//===- KilnScan.h - Scans with more outputs ---------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNSCAN_H
#define KILN_IR_KILNSCAN_H

#include "ir/KilnOps.h"

namespace kiln {

/// Samples of a tile of a batch: its largest divisor up to `most`, all of it if
/// that is 0.
int64_t getTileRows(int64_t batch, int64_t most);

/// Whether a sequence or output of type `whole` that the cell sees as `step` is
/// kept in tiles, `[B/R, T, R, ...]`.
bool isKeptInTiles(mlir::Type whole, mlir::Type step);

/// Builds a copy of `op`, which has no sums, that also stacks `values`, of the
/// cell of `op`: one more output `[B, T, ...]` each, after those of `op`.
ScanOp cloneWithOutputs(mlir::OpBuilder &builder, ScanOp op,
                        mlir::ValueRange values);

} // namespace kiln

#endif // KILN_IR_KILNSCAN_H
