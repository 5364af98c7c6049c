//===- Scans.h - Edits of recurrences ---------------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What every pass on `kiln.scan` needs: operands come and go with the arguments
// that the cell sees them as.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_SCANS_H
#define KILN_PASSES_SCANS_H

#include "ir/KilnOps.h"

#include "mlir/IR/PatternMatch.h"

namespace kiln {

/// Adds an operand of the kind and returns the argument that stands for it in
/// the cell; an operand that is already there is used again. A sequence must
/// not be kept in tiles.
mlir::BlockArgument addSequence(ScanOp scan, mlir::Value sequence);
mlir::BlockArgument addRow(ScanOp scan, mlir::Value row);
mlir::BlockArgument addCapture(ScanOp scan, mlir::Value capture);

/// The capture that `argument`, a value of the cell, stands for; null if it is
/// anything else.
mlir::Value getCapture(ScanOp scan, mlir::Value argument);

/// Removes sequences, rows and captures that the cell does not read; one
/// sequence stays, for it says how many steps there are.
void eraseUnusedOperands(ScanOp scan);

/// Puts a scan with other outputs in the place of `scan`. `values` are values
/// of the cell, `types` the types of the stacked outputs. The states and sums
/// are replaced; what used the outputs is the caller's to rewire, from
/// `oldOutputs` to the result's, before the old scan goes.
ScanOp replaceOutputs(
    mlir::RewriterBase &rewriter, ScanOp scan, mlir::ValueRange values,
    mlir::TypeRange types,
    llvm::function_ref<void(ScanOp newScan, mlir::ValueRange oldOutputs)>
        rewire);

/// Moves the ops of the cell that depend on captures and constants alone in
/// front of the scan, their results becoming captures. Constants and broadcasts
/// stay: they live inside the groups of their users.
void hoistInvariants(mlir::RewriterBase &rewriter, ScanOp scan);

} // namespace kiln

#endif // KILN_PASSES_SCANS_H
