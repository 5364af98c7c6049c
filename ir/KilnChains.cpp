//===- KilnChains.cpp - Inverted indices ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"
#include "ir/KilnInfer.h"
#include "ir/KilnOps.h"

#include <algorithm>

using namespace mlir;
using namespace kiln;

LogicalResult ChainOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> indices = expectTensor(loc, adaptor.getIndices());
  if (failed(indices))
    return failure();
  // While an op is parsed, its attributes are no properties yet.
  IntegerAttr rows = adaptor.getProperties().rows;
  if (!rows && adaptor.getAttributes())
    rows = adaptor.getAttributes().getAs<IntegerAttr>("rows");
  if (!rows)
    return emitOptionalError(loc, "requires attribute 'rows'");
  if (rows.getInt() <= 0)
    return emitOptionalError(loc, "chain_c1: expected positive rows, got ",
                             rows.getInt());
  types.append(
      {RankedTensorType::get({rows.getInt()}, indices->getElementType()),
       *indices});
  return success();
}

LogicalResult ChainSumOp::inferReturnTypes(MLIRContext *context,
                                           std::optional<Location> loc,
                                           Adaptor adaptor,
                                           llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> parts = expectTensor(loc, adaptor.getUpdates()),
                              links = expectTensor(loc, adaptor.getNext()),
                              first = expectTensor(loc, adaptor.getFirst(), 1);
  if (failed(parts) || failed(links) || failed(first))
    return failure();
  RankedTensorType updates = *parts, next = *links;
  if (updates.getRank() == 0 ||
      updates.getShape().drop_back() != next.getShape())
    return emitOptionalError(
        loc, "chain_sum_c1: expected a row for each index, got ", updates,
        " and ", next);
  types.push_back(
      updates.clone({first->getDimSize(0), updates.getShape().back()}));
  return success();
}

LogicalResult ChainOp::interpret(Interpreter &interpreter,
                                 llvm::ArrayRef<Tensor> operands,
                                 llvm::SmallVectorImpl<Tensor> &results) {
  const Tensor &indices = operands[0];
  Tensor first(llvm::cast<RankedTensorType>(getFirst().getType()));
  Tensor next(indices.getType());
  std::fill(first.getData().begin(), first.getData().end(), -1);
  std::fill(next.getData().begin(), next.getData().end(), -1);
  // From the chains' ends, each element in front of those before it.
  for (int64_t k = 0, e = indices.size(); k < e; ++k) {
    int64_t i = getDescending() ? k : e - 1 - k;
    auto row = int64_t(indices[i]);
    if (row < 0)
      continue;
    if (row >= first.size())
      return emitOpError("cannot be interpreted: expected indices below ")
             << first.size() << ", got " << row << " at " << i;
    next[i] = first[row];
    first[row] = double(i);
  }
  results.push_back(std::move(first));
  results.push_back(std::move(next));
  return success();
}

LogicalResult ChainSumOp::interpret(Interpreter &interpreter,
                                    llvm::ArrayRef<Tensor> operands,
                                    llvm::SmallVectorImpl<Tensor> &results) {
  const Tensor &updates = operands[0], &first = operands[1],
               &next = operands[2];
  Tensor sums(llvm::cast<RankedTensorType>(getOutput().getType()));
  int64_t width = sums.getShape()[1];
  for (int64_t row = 0; row < first.size(); ++row)
    for (auto i = int64_t(first[row]); i >= 0; i = int64_t(next[i]))
      for (int64_t c = 0; c < width; ++c) {
        double &sum = sums[row * width + c];
        sum = interpreter.round(sum + updates[i * width + c]);
      }
  results.push_back(std::move(sums));
  return success();
}
