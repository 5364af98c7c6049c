//===- KilnScan.h - Scans with more outputs ---------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_IR_KILNSCAN_H
#define KILN_IR_KILNSCAN_H

#include "ir/KilnOps.h"

namespace kiln {

/// Builds a copy of `op`, which has no sums, that also stacks `values`, of the
/// cell of `op`: one more output `[B, T, ...]` each, after those of `op`.
ScanOp cloneWithOutputs(mlir::OpBuilder &builder, ScanOp op,
                        mlir::ValueRange values);

} // namespace kiln

#endif // KILN_IR_KILNSCAN_H
