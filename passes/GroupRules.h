//===- GroupRules.h - What a fusion group may hold --------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Code generation lowers exactly the groups that these rules allow. Fusions ask
// before they add an op; the gate of phase `fused` asks again.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_GROUPRULES_H
#define KILN_PASSES_GROUPRULES_H

#include "ir/KilnOps.h"

#include <optional>

namespace kiln {

/// True for ops that live inside the groups of their users and are copied
/// there: constants and broadcasts.
bool isFree(mlir::Operation *op);

/// True for optimizer updates.
bool isUpdate(mlir::Operation *op);

/// True if every result and operand of an elementwise op has the shape `shape`
/// (an update's `hyper` excepted).
bool isElementwiseOn(mlir::Operation *op, llvm::ArrayRef<int64_t> shape);

/// True if a group of kind `rows` over `rows` x `columns` may hold `op`.
bool isRowOp(mlir::Operation *op, int64_t rows, int64_t columns);

/// The extents {rows, columns} that make an op work along the last of two
/// dimensions; none for an op that does not (an elementwise op is no such op).
std::optional<std::pair<int64_t, int64_t>> getRowSpace(mlir::Operation *op);

/// True for a reduction along dimension 0 of two or more.
bool isColumnReduction(mlir::Operation *op);

/// True for a contraction whose kernel copies the right operand block by block,
/// and can transpose it as it does: one of a batch's rows, or a large one.
bool isCopiedInBlocks(MatmulOp op);

/// Whether an op reads an operand from memory, all of it or where an index
/// leads: a constant or broadcast has to be stored for it. Everything else
/// computes what it needs of them on the spot.
bool readsMemory(mlir::OpOperand &operand);

/// True for a reduction along the steps, dimension 1 of 3.
bool isStepReduction(mlir::Operation *op);

/// True for ops whose gradient an update may take as it comes: contractions,
/// column sums, sums along chains.
bool isGradientAnchor(mlir::Operation *op);

/// True if a group of this kind, which adds up elements of the shape `shape`,
/// may hold `op` to compute them where they are read.
bool isPrologue(mlir::Operation *op, FusionKind kind,
                llvm::ArrayRef<int64_t> shape);

/// True for a reduction of all dimensions to one number.
bool isTotal(mlir::Operation *op);

/// The kind of the group that `op` forms alone; none when no kernel runs it.
std::optional<FusionKind> getKindAlone(mlir::Operation *op);

/// Checks a group against the rules of its kind, with a diagnostic at the op
/// that breaks one.
llvm::LogicalResult verifyGroup(FusionOp group);

/// Whether a gather can be part of the group of `scan`: it puts one sequence
/// together, by an index for each step of each sample.
bool isScanGather(mlir::Operation *op, ScanOp scan);

/// Whether a scatter can be part of the group of `scan`: it sums one output by
/// an index for each step of each sample, in the order in which steps run.
bool isScanScatter(mlir::Operation *op, ScanOp scan);

} // namespace kiln

#endif // KILN_PASSES_GROUPRULES_H
