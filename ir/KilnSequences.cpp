//===- KilnSequences.cpp - Rows by index, parts, order of steps -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"
#include "ir/KilnOps.h"

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  auto table = getTensorType(adaptor.getTable());
  llvm::ArrayRef<int64_t> indices =
      getTensorType(adaptor.getIndices()).getShape();
  int64_t dims = adaptor.getBatchDims();
  if (dims < 0 || dims > 1)
    return emitOptionalError(loc, "gather_c1: expected batch_dims 0 or 1, got ",
                             dims);
  if (table.getRank() != dims + 2)
    return emitOptionalError(loc, "gather_c2: expected a table of rank ",
                             dims + 2, ", got ", table);
  if (int64_t(indices.size()) < dims ||
      indices.take_front(dims) != table.getShape().take_front(dims))
    return emitOptionalError(
        loc, "gather_c3: expected a table for each sample, got ", table,
        " and ", adaptor.getIndices().getType());
  llvm::SmallVector<int64_t> shape(indices);
  shape.push_back(table.getShape().back());
  types.push_back(table.clone(shape));
  return success();
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          llvm::SmallVectorImpl<Type> &types) {
  auto updates = getTensorType(adaptor.getUpdates());
  llvm::ArrayRef<int64_t> indices =
      getTensorType(adaptor.getIndices()).getShape();
  int64_t dims = adaptor.getBatchDims();
  if (dims < 0 || dims > 1 || int64_t(indices.size()) < dims)
    return emitOptionalError(
        loc, "scatter_c1: expected batch_dims 0 or 1, got ", dims);
  if (updates.getRank() == 0 || updates.getShape().drop_back() != indices)
    return emitOptionalError(
        loc, "scatter_c2: expected a row for each index, got ", updates,
        " and ", adaptor.getIndices().getType());
  llvm::SmallVector<int64_t> shape(indices.take_front(dims));
  shape.push_back(adaptor.getRows());
  shape.push_back(updates.getShape().back());
  types.push_back(updates.clone(shape));
  return success();
}

LogicalResult UniqueOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  auto type = getTensorType(adaptor.getIndices());
  types.append({type, type, type.clone({type.getDimSize(0)})});
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  ValueRange inputs = adaptor.getInputs();
  if (inputs.empty() || getTensorType(inputs.front()).getRank() == 0 ||
      !llvm::all_equal(inputs.getTypes()))
    return emitOptionalError(
        loc, "concat_c1: expected inputs of one type of rank 1 or higher");
  auto type = getTensorType(inputs.front());
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape.back() *= inputs.size();
  types.push_back(type.clone(shape));
  return success();
}

LogicalResult SplitOp::verify() {
  auto whole = getTensorType(getInput());
  auto fail = [&]() {
    return emitOpError("split_c1: expected equal parts of the last dimension "
                       "of ")
           << whole << ", got " << getParts().getTypes();
  };
  if (getParts().empty() || whole.getRank() == 0 ||
      !llvm::all_equal(getParts().getTypes()))
    return fail();
  llvm::SmallVector<int64_t> shape(
      getTensorType(getParts().front()).getShape());
  if (shape.empty())
    return fail();
  shape.back() *= getParts().size();
  return whole.clone(shape) == whole ? success() : fail();
}

LogicalResult ReverseOp::verify() {
  if (getTensorType(getInput()).getRank() < 2)
    return emitOpError("reverse_c1: expected two dimensions or more, got ")
           << getInput().getType();
  return success();
}

LogicalResult
PartialMatmulOp::inferReturnTypes(MLIRContext *context,
                                  std::optional<Location> loc, Adaptor adaptor,
                                  llvm::SmallVectorImpl<Type> &types) {
  auto lhs = getTensorType(adaptor.getLhs());
  auto rhs = getTensorType(adaptor.getRhs());
  int64_t parts = adaptor.getParts();
  if (lhs.getDimSize(0) != rhs.getDimSize(0) || parts <= 0 ||
      lhs.getDimSize(0) % parts)
    return emitOptionalError(loc,
                             "partial_matmul_c1: expected equal numbers of "
                             "rows, a multiple of ",
                             parts, ", got ", lhs, " and ", rhs);
  types.push_back(lhs.clone({parts, lhs.getDimSize(1), rhs.getDimSize(1)}));
  return success();
}

//===----------------------------------------------------------------------===//
// Folds
//===----------------------------------------------------------------------===//

void SplitOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {}
OpFoldResult ConcatOp::fold(FoldAdaptor) { return {}; }
OpFoldResult ReverseOp::fold(FoldAdaptor) { return {}; }

//===----------------------------------------------------------------------===//
// Meaning and gradients
//===----------------------------------------------------------------------===//

#define KILN_LATER(OP)                                                         \
  LogicalResult OP::interpret(Interpreter &, llvm::ArrayRef<Tensor>,           \
                              llvm::SmallVectorImpl<Tensor> &) {               \
    return emitOpError("has no interpretation yet");                           \
  }
#define KILN_LATER_GRADIENT(OP)                                                \
  LogicalResult OP::buildAdjoints(OpBuilder &, ValueRange,                     \
                                  llvm::SmallVectorImpl<Value> &) {            \
    return emitOpError("has no gradient rule yet");                            \
  }
KILN_LATER(GatherOp)
KILN_LATER(ScatterOp)
KILN_LATER(UniqueOp)
KILN_LATER(SplitOp)
KILN_LATER(ConcatOp)
KILN_LATER(ReverseOp)
KILN_LATER(PartialMatmulOp)
KILN_LATER_GRADIENT(GatherOp)
KILN_LATER_GRADIENT(ScatterOp)
KILN_LATER_GRADIENT(SplitOp)
KILN_LATER_GRADIENT(ConcatOp)
KILN_LATER_GRADIENT(ReverseOp)
