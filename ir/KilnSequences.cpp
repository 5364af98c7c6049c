//===- KilnSequences.cpp - Types of ops on rows, parts and steps ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnInfer.h"
#include "ir/KilnOps.h"

using namespace mlir;
using namespace kiln;

static RankedTensorType getTensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Rows by index
//===----------------------------------------------------------------------===//

/// The value of a required attribute: a property, or while an op is parsed
/// still in the dictionary.
static FailureOr<int64_t> getNumber(std::optional<Location> loc,
                                    IntegerAttr property,
                                    DictionaryAttr attributes,
                                    llvm::StringRef name) {
  if (!property && attributes)
    property = attributes.getAs<IntegerAttr>(name);
  if (!property)
    return emitOptionalError(loc, "requires attribute '", name, "'");
  return property.getInt();
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> rows = expectTensor(loc, adaptor.getTable()),
                              places = expectTensor(loc, adaptor.getIndices());
  if (failed(rows) || failed(places))
    return failure();
  RankedTensorType table = *rows;
  llvm::ArrayRef<int64_t> indices = places->getShape();
  FailureOr<int64_t> dims = getNumber(loc, adaptor.getProperties().batch_dims,
                                      adaptor.getAttributes(), "batch_dims");
  if (failed(dims))
    return failure();
  if (*dims < 0 || *dims > 1)
    return emitOptionalError(loc, "gather_c1: expected batch_dims 0 or 1, got ",
                             *dims);
  if (table.getRank() != *dims + 2)
    return emitOptionalError(loc, "gather_c2: expected a table of rank ",
                             *dims + 2, ", got ", table);
  if (int64_t(indices.size()) < *dims ||
      indices.take_front(*dims) != table.getShape().take_front(*dims))
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
  FailureOr<RankedTensorType> parts = expectTensor(loc, adaptor.getUpdates()),
                              places = expectTensor(loc, adaptor.getIndices());
  if (failed(parts) || failed(places))
    return failure();
  RankedTensorType updates = *parts;
  llvm::ArrayRef<int64_t> indices = places->getShape();
  FailureOr<int64_t> dims = getNumber(loc, adaptor.getProperties().batch_dims,
                                      adaptor.getAttributes(), "batch_dims");
  FailureOr<int64_t> rows = getNumber(loc, adaptor.getProperties().rows,
                                      adaptor.getAttributes(), "rows");
  if (failed(dims) || failed(rows))
    return failure();
  if (*dims < 0 || *dims > 1 || int64_t(indices.size()) < *dims)
    return emitOptionalError(
        loc, "scatter_c1: expected batch_dims 0 or 1, got ", *dims);
  if (*rows < 0)
    return emitOptionalError(loc, "scatter_c3: expected rows, got ", *rows);
  if (updates.getRank() == 0 || updates.getShape().drop_back() != indices)
    return emitOptionalError(loc,
                             "scatter_c2: expected a row for each index, got ",
                             updates, " and ", adaptor.getIndices().getType());
  llvm::SmallVector<int64_t> shape(indices.take_front(*dims));
  shape.push_back(*rows);
  shape.push_back(updates.getShape().back());
  types.push_back(updates.clone(shape));
  return success();
}

LogicalResult UniqueOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = expectTensor(loc, adaptor.getIndices(), 2);
  if (failed(type))
    return failure();
  types.append({*type, *type, type->clone({type->getDimSize(0)})});
  return success();
}

//===----------------------------------------------------------------------===//
// Parts along the last dimension, order of steps
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  ValueRange inputs = adaptor.getInputs();
  for (Value input : inputs)
    if (failed(expectTensor(loc, input)))
      return failure();
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
  FailureOr<RankedTensorType> left = expectTensor(loc, adaptor.getLhs(), 2),
                              right = expectTensor(loc, adaptor.getRhs(), 2);
  if (failed(left) || failed(right))
    return failure();
  RankedTensorType lhs = *left, rhs = *right;
  int64_t parts = adaptor.getParts();
  unsigned kDim = adaptor.getTransposeLhs() ? 0 : 1;
  if (lhs.getDimSize(kDim) != rhs.getDimSize(0) || parts <= 0 ||
      rhs.getDimSize(0) % parts)
    return emitOptionalError(loc,
                             "partial_matmul_c1: expected operands with the "
                             "same extent of k, a multiple of ",
                             parts, ", got ", lhs, " and ", rhs);
  types.push_back(
      lhs.clone({parts, lhs.getDimSize(1 - kDim), rhs.getDimSize(1)}));
  return success();
}
