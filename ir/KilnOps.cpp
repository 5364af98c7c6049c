//===- KilnOps.cpp - Types and constraints of kiln ops ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"

#include "ir/KilnInfer.h"

#include "ir/Interpreter.h"
#include "mlir/IR/Builders.h"

#include <cmath>

using namespace mlir;
using namespace kiln;

#include "ir/KilnInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "ir/KilnOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

Value kiln::createSplat(OpBuilder &builder, Location loc, Type type,
                        double value) {
  auto tensor = llvm::cast<RankedTensorType>(type);
  assert(tensor.getElementType().isF32() && "splats are f32");
  auto attribute = DenseElementsAttr::get(tensor, float(value));
  return builder.create<ConstantOp>(loc, attribute);
}

llvm::SmallVector<int64_t> kiln::getOtherDims(llvm::ArrayRef<int64_t> dims,
                                              int64_t rank) {
  llvm::SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

static RankedTensorType getTensorType(Value value) {
  return llvm::cast<RankedTensorType>(value.getType());
}

/// More than any dimension can have; products with counts do not overflow.
static constexpr int64_t mostInDimension = int64_t(1) << 46;

FailureOr<RankedTensorType> kiln::expectTensor(std::optional<Location> loc,
                                               Value value,
                                               std::optional<int64_t> rank) {
  auto type = llvm::dyn_cast<RankedTensorType>(value.getType());
  if (type && type.hasStaticShape() && (!rank || type.getRank() == *rank) &&
      llvm::all_of(type.getShape(),
                   [](int64_t size) { return size <= mostInDimension; }))
    return type;
  if (rank)
    return emitOptionalError(loc, "expected a static tensor of rank ", *rank,
                             ", got ", value.getType());
  return emitOptionalError(loc, "expected a static tensor, got ",
                           value.getType());
}

/// True if `dims` increases strictly and stays within [0, rank).
static bool areDims(llvm::ArrayRef<int64_t> dims, int64_t rank) {
  int64_t last = -1;
  for (int64_t dim : dims) {
    if (dim <= last || dim >= rank)
      return false;
    last = dim;
  }
  return true;
}

/// `constraint`: the share of elements that a mask drops leaves some.
static LogicalResult verifyRate(Operation *op, const llvm::APFloat &rate,
                                llvm::StringRef constraint) {
  double value = rate.convertToDouble();
  if (value >= 0 && value < 1)
    return success();
  llvm::SmallString<16> text;
  rate.toString(text);
  return op->emitOpError() << constraint << ": expected a rate in [0, 1), got "
                           << text;
}

//===----------------------------------------------------------------------===//
// Cost
//===----------------------------------------------------------------------===//

int64_t kiln::getByteSize(Type type) {
  auto tensor = llvm::cast<RankedTensorType>(type);
  int64_t bits = tensor.getElementTypeBitWidth();
  return tensor.getNumElements() * ((bits + 7) / 8);
}

int64_t kiln::countElements(Type type) {
  return llvm::cast<RankedTensorType>(type).getNumElements();
}

int64_t kiln::defaultFlops(Operation *op) {
  int64_t flops = 0;
  for (Type type : op->getResultTypes())
    flops += countElements(type);
  return flops;
}

int64_t kiln::defaultBytes(Operation *op) {
  int64_t bytes = 0;
  for (Type type : op->getOperandTypes())
    bytes += getByteSize(type);
  for (Type type : op->getResultTypes())
    bytes += getByteSize(type);
  return bytes;
}

int64_t FusionOp::getFlops() {
  int64_t flops = 0;
  for (Operation &op : *getBody().begin())
    if (auto cost = llvm::dyn_cast<CostOpInterface>(op))
      flops += cost.getFlops();
  return flops;
}

//===----------------------------------------------------------------------===//
// Comparison and conversion
//===----------------------------------------------------------------------===//

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = expectTensor(loc, adaptor.getLhs());
  if (failed(type))
    return failure();
  types.push_back(type->clone(IntegerType::get(context, 1)));
  return success();
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  auto from = getTensorType(getInput()), to = getTensorType(getOutput());
  llvm::ArrayRef<int64_t> dims = getDims();
  if (int64_t(dims.size()) != from.getRank())
    return emitOpError() << "broadcast_c1: expected " << from.getRank()
                         << " entries in dims, got " << dims.size();
  if (!areDims(dims, to.getRank()))
    return emitOpError() << "broadcast_c2: expected increasing dims below "
                         << to.getRank() << ", got [" << dims << "]";
  for (auto [i, dim] : llvm::enumerate(dims))
    if (from.getDimSize(i) != to.getDimSize(dim))
      return emitOpError() << "broadcast_c3: expected the size of dimension "
                           << i << ", " << from.getDimSize(i)
                           << ", along dimension " << dim << ", got "
                           << to.getDimSize(dim);
  if (from.getElementType() != to.getElementType())
    return emitOpError() << "broadcast_c4: expected element type "
                         << from.getElementType() << ", got "
                         << to.getElementType();
  return success();
}

Value kiln::lookThroughReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getInput();
  return value;
}

LogicalResult ReshapeOp::verify() {
  auto from = getTensorType(getInput()), to = getTensorType(getOutput());
  if (from.getNumElements() != to.getNumElements())
    return emitOpError() << "reshape_c1: expected " << from.getNumElements()
                         << " elements, got " << to.getNumElements();
  if (from.getElementType() != to.getElementType())
    return emitOpError() << "reshape_c2: expected element type "
                         << from.getElementType() << ", got "
                         << to.getElementType();
  return success();
}

LogicalResult
TransposeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> loc,
                              Adaptor adaptor,
                              llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = expectTensor(loc, adaptor.getInput(), 2);
  if (failed(type))
    return failure();
  types.push_back(type->clone({type->getDimSize(1), type->getDimSize(0)}));
  return success();
}

//===----------------------------------------------------------------------===//
// Contractions and reductions
//===----------------------------------------------------------------------===//

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> left = expectTensor(loc, adaptor.getLhs(), 2),
                              right = expectTensor(loc, adaptor.getRhs(), 2);
  if (failed(left) || failed(right))
    return failure();
  RankedTensorType lhs = *left, rhs = *right;
  unsigned lhsK = adaptor.getTransposeLhs() ? 0 : 1;
  unsigned rhsK = adaptor.getTransposeRhs() ? 1 : 0;
  if (lhs.getDimSize(lhsK) != rhs.getDimSize(rhsK))
    return emitOptionalError(
        loc, "matmul_c1: expected operands that agree on k, got ",
        lhs.getDimSize(lhsK), " in ", lhs, " and ", rhs.getDimSize(rhsK),
        " in ", rhs);
  types.push_back(lhs.clone({lhs.getDimSize(1 - lhsK), //
                             rhs.getDimSize(1 - rhsK)}));
  return success();
}

int64_t MatmulOp::getM() { return getOutput().getType().getDimSize(0); }
int64_t MatmulOp::getN() { return getOutput().getType().getDimSize(1); }
int64_t MatmulOp::getK() {
  return getLhs().getType().getDimSize(getTransposeLhs() ? 0 : 1);
}

/// Shapes of packed operands.
static llvm::SmallVector<int64_t, 2> getPackedShape(bool rhs, int64_t extent,
                                                    int64_t k) {
  int64_t pairs = llvm::alignTo(k, PackOp::kUnit) / 2;
  int64_t others = llvm::alignTo(extent, PackOp::unit);
  return rhs ? llvm::SmallVector<int64_t, 2>{pairs, others}
             : llvm::SmallVector<int64_t, 2>{others, pairs};
}

LogicalResult PackOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> input = expectTensor(loc, adaptor.getInput(), 2);
  if (failed(input))
    return failure();
  unsigned kDim = adaptor.getRhs() != adaptor.getTransposed() ? 0 : 1;
  llvm::SmallVector<int64_t, 2> shape =
      getPackedShape(adaptor.getRhs(), (*input).getDimSize(1 - kDim),
                     (*input).getDimSize(kDim));
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 32)));
  return success();
}

LogicalResult PackedMatmulOp::verify() {
  llvm::ArrayRef<int64_t> shape = getOutput().getType().getShape();
  int64_t k = getK();
  auto fits = [&](Value operand, bool rhs) {
    return k > 0 && getTensorType(operand).getShape() ==
                        llvm::ArrayRef(getPackedShape(rhs, shape[rhs], k));
  };
  if (!fits(getLhs(), false) || !fits(getRhs(), true))
    return emitOpError("packed_matmul_c1: expected packed operands of ")
           << shape[0] << " rows, " << shape[1] << " columns and " << k
           << " k, got " << getLhs().getType() << " and " << getRhs().getType();
  return success();
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> input = expectTensor(loc, adaptor.getInput());
  if (failed(input))
    return failure();
  RankedTensorType type = *input;
  llvm::ArrayRef<int64_t> dims = adaptor.getDims();
  if (!areDims(dims, type.getRank())) {
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::interleaveComma(dims, os);
    return emitOptionalError(loc, "reduce_c1: expected increasing dims below ",
                             type.getRank(), ", got [", os.str(), "]");
  }
  llvm::SmallVector<int64_t> shape;
  for (int64_t dim : getOtherDims(dims, type.getRank()))
    shape.push_back(type.getDimSize(dim));
  types.push_back(type.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::verify() {
  if (getTensorType(getInput()).getRank() == 0)
    return emitOpError("softmax_c1: expected at least one dimension, got ")
           << getInput().getType();
  return success();
}

LogicalResult SoftmaxCrossEntropyOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> loc, Adaptor adaptor,
    llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> scores =
                                  expectTensor(loc, adaptor.getLogits(), 2),
                              classes =
                                  expectTensor(loc, adaptor.getLabels(), 1);
  if (failed(scores) || failed(classes))
    return failure();
  RankedTensorType logits = *scores, labels = *classes;
  if (logits.getDimSize(0) != labels.getDimSize(0))
    return emitOptionalError(
        loc, "softmax_cross_entropy_c1: expected one label for each of ",
        logits.getDimSize(0), " rows, got ", labels.getDimSize(0));
  types.push_back(logits.clone({logits.getDimSize(0)}));
  return success();
}

LogicalResult OneHotOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  int64_t depth = adaptor.getDepth();
  if (depth <= 0)
    return emitOptionalError(loc, "one_hot_c1: expected a positive depth, got ",
                             depth);
  FailureOr<RankedTensorType> labels =
      expectTensor(loc, adaptor.getLabels(), 1);
  if (failed(labels))
    return failure();
  types.push_back(RankedTensorType::get({labels->getDimSize(0), depth},
                                        Float32Type::get(context)));
  return success();
}

LogicalResult ArgmaxOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         llvm::SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> input = expectTensor(loc, adaptor.getInput(), 2);
  if (failed(input))
    return failure();
  types.push_back(RankedTensorType::get({input->getDimSize(0)},
                                        IntegerType::get(context, 32)));
  return success();
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

LogicalResult RandomMaskOp::verify() {
  return verifyRate(*this, getRate(), "random_mask_c1");
}

uint64_t RandomMaskOp::getThreshold() {
  return uint64_t(std::nearbyint(getRate().convertToDouble() * 0x1p32));
}

LogicalResult DropoutOp::verify() {
  return verifyRate(*this, getRate(), "dropout_c1");
}

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

LogicalResult ParamOp::verify() {
  auto type = llvm::dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
    return emitOpError(
               "param_c1: expected an f32 tensor with a static shape, got ")
           << getType();
  if (getUnitForgetBias() &&
      (type.getRank() != 1 || type.getDimSize(0) % 4 != 0))
    return emitOpError("param_c2: expected a vector of four equal parts, got ")
           << type;
  return success();
}

LogicalResult CompileOp::verify() {
  if (llvm::isa<SgdAttr, AdamAttr>(getOptimizer()))
    return success();
  return emitOpError("compile_c1: expected #kiln.sgd or #kiln.adam, got ")
         << getOptimizer();
}

LogicalResult FusionOp::verify() {
  mlir::Block &body = getBody().front();
  if (body.getNumArguments() != getInputs().size())
    return emitOpError("fusion_c1: expected ")
           << getInputs().size() << " block arguments, got "
           << body.getNumArguments();
  for (auto [argument, input] : llvm::zip(body.getArguments(), getInputs()))
    if (argument.getType() != input.getType())
      return emitOpError("fusion_c1: expected block argument ")
             << argument.getArgNumber() << " of type " << input.getType()
             << ", got " << argument.getType();
  if (!llvm::equal(getYield().getOperandTypes(), getResultTypes()))
    return emitOpError("fusion_c2: expected the result types (")
           << getResultTypes() << "), got a yield of ("
           << getYield().getOperandTypes() << ")";
  for (Operation &op : body.without_terminator())
    if (!llvm::isa<InterpretableOpInterface>(op) || llvm::isa<FusionOp>(op))
      return op.emitOpError(
          "fusion_c3: expected only tensor ops of the dialect in a fusion");
  return success();
}

YieldOp FusionOp::getYield() {
  return llvm::cast<YieldOp>(getBody().front().getTerminator());
}

Operation *FusionOp::getAnchor() {
  Operation *first = nullptr, *row = nullptr;
  for (Operation &op : getBody().front().without_terminator()) {
    if (llvm::isa<MatmulOp, PackedMatmulOp, PartialMatmulOp, ScatterOp,
                  ChainSumOp>(op) ||
        (llvm::isa<GatherOp>(op) && getKind() == FusionKind::gather))
      return &op;
    if (!row &&
        llvm::isa<ReduceOp, SoftmaxOp, SoftmaxCrossEntropyOp, ArgmaxOp>(op))
      row = &op;
    // Constants and broadcasts serve whatever op they feed.
    if (!first && !llvm::isa<ConstantOp, BroadcastOp>(op))
      first = &op;
  }
  if (row)
    return row;
  return first ? first : &getBody().front().front();
}
