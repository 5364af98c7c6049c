//===- KilnGradients.cpp - Gradient rules of kiln ops -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// One rule an op, by families as in KilnOps.td. In the comments g is the
// adjoint of the result (dL/dz), x and y the operands, z the result.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace kiln;

namespace {

/// Builds ops at one place, each with its type inferred.
struct RuleBuilder : ImplicitLocOpBuilder {
  RuleBuilder(OpBuilder &builder, Operation *op)
      : ImplicitLocOpBuilder(op->getLoc(), builder) {}

  Value splat(Value like, double value) {
    return createSplat(*this, getLoc(), like.getType(), value);
  }
  Value neg(Value x) { return create<NegOp>(x); }
  Value add(Value x, Value y) { return create<AddOp>(x, y); }
  Value sub(Value x, Value y) { return create<SubOp>(x, y); }
  Value mul(Value x, Value y) { return create<MulOp>(x, y); }
  Value div(Value x, Value y) { return create<DivOp>(x, y); }
  Value compare(Predicate predicate, Value x, Value y) {
    return create<CompareOp>(predicate, x, y);
  }
  /// `condition ? x : 0`.
  Value keepWhere(Value condition, Value x) {
    return create<SelectOp>(condition, x, splat(x, 0));
  }
  /// `condition ? 0 : x`.
  Value keepUnless(Value condition, Value x) {
    return create<SelectOp>(condition, splat(x, 0), x);
  }
  Value sum(Value x, llvm::ArrayRef<int64_t> dims) {
    return create<ReduceOp>(Reduction::sum, x, dims);
  }
  Value broadcast(Value x, Type type, llvm::ArrayRef<int64_t> dims) {
    return create<BroadcastOp>(type, x, dims);
  }
  Value matmul(Value x, bool transposeX, Value y, bool transposeY,
               bool bfloat16) {
    return create<MatmulOp>(x, y, transposeX, transposeY, bfloat16);
  }
};

} // namespace

/// Defines the rule of `OP`: the body sees its op, `b` and `g`, and returns one
/// adjoint an operand.
#define KILN_GRADIENT(OP)                                                      \
  static llvm::SmallVector<Value> buildGradient(OP op, RuleBuilder &b,         \
                                                Value g);                      \
  LogicalResult OP::buildAdjoints(                                             \
      OpBuilder &builder, ValueRange resultAdjoints,                           \
      llvm::SmallVectorImpl<Value> &operandAdjoints) {                         \
    RuleBuilder b(builder, *this);                                             \
    operandAdjoints = buildGradient(*this, b, resultAdjoints.front());         \
    return success();                                                          \
  }                                                                            \
  static llvm::SmallVector<Value> buildGradient(OP op, RuleBuilder &b, Value g)

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

KILN_GRADIENT(NegOp) {
  // dx = -g
  return {b.neg(g)};
}

KILN_GRADIENT(AbsOp) {
  // dx = g sign x
  return {b.mul(g, b.create<SignOp>(op.getInput()))};
}

KILN_GRADIENT(SignOp) {
  // Constant but for a step at 0.
  return {Value()};
}

KILN_GRADIENT(ExpOp) {
  // dx = g z
  return {b.mul(g, op.getOutput())};
}

KILN_GRADIENT(LogOp) {
  // dx = g / x
  return {b.div(g, op.getInput())};
}

KILN_GRADIENT(SqrtOp) {
  // dx = g / (2 z)
  return {b.div(b.mul(g, b.splat(g, 0.5)), op.getOutput())};
}

KILN_GRADIENT(TanhOp) {
  // dx = g (1 - z^2)
  Value z = op.getOutput();
  return {b.mul(g, b.sub(b.splat(g, 1), b.mul(z, z)))};
}

KILN_GRADIENT(SigmoidOp) {
  // dx = g z (1 - z)
  Value z = op.getOutput();
  return {b.mul(g, b.mul(z, b.sub(b.splat(g, 1), z)))};
}

KILN_GRADIENT(ReluOp) {
  // dx = z > 0 ? g : 0. By z, so that x need not be kept.
  Value z = op.getOutput();
  Value active = b.compare(Predicate::gt, z, b.splat(z, 0));
  return {b.keepWhere(active, g)};
}

KILN_GRADIENT(AddOp) {
  // dx = g, dy = g
  return {g, g};
}

KILN_GRADIENT(SubOp) {
  // dx = g, dy = -g
  return {g, b.neg(g)};
}

KILN_GRADIENT(MulOp) {
  // dx = g y, dy = g x
  return {b.mul(g, op.getRhs()), b.mul(g, op.getLhs())};
}

KILN_GRADIENT(DivOp) {
  // dx = g / y, dy = -g z / y
  Value y = op.getRhs();
  return {b.div(g, y), b.neg(b.div(b.mul(g, op.getOutput()), y))};
}

KILN_GRADIENT(MaximumOp) {
  // Equals count as x, as in a clip whose bound is y.
  Value first = b.compare(Predicate::ge, op.getLhs(), op.getRhs());
  return {b.keepWhere(first, g), b.keepUnless(first, g)};
}

KILN_GRADIENT(MinimumOp) {
  Value first = b.compare(Predicate::le, op.getLhs(), op.getRhs());
  return {b.keepWhere(first, g), b.keepUnless(first, g)};
}

KILN_GRADIENT(SigmoidCrossEntropyOp) {
  // dx = g (sigmoid x - y), dy = -g x
  Value x = op.getLhs(), y = op.getRhs();
  return {b.mul(g, b.sub(b.create<SigmoidOp>(x), y)), b.neg(b.mul(g, x))};
}

KILN_GRADIENT(SelectOp) {
  // dx = c ? g : 0, dy = c ? 0 : g
  Value condition = op.getCondition();
  return {Value(), b.keepWhere(condition, g), b.keepUnless(condition, g)};
}

KILN_GRADIENT(DropoutOp) {
  // dx = mask ? g / (1 - rate) : 0
  return {b.create<DropoutOp>(g, op.getMask(), op.getRateAttr()), Value()};
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

KILN_GRADIENT(BroadcastOp) {
  // What was repeated adds up.
  auto type = llvm::cast<RankedTensorType>(op.getType());
  llvm::SmallVector<int64_t> repeated =
      getOtherDims(op.getDims(), type.getRank());
  return {repeated.empty() ? g : b.sum(g, repeated)};
}

KILN_GRADIENT(ReshapeOp) {
  return {b.create<ReshapeOp>(op.getInput().getType(), g)};
}

KILN_GRADIENT(TransposeOp) { return {b.create<TransposeOp>(g)}; }

//===----------------------------------------------------------------------===//
// Contractions and reductions
//===----------------------------------------------------------------------===//

KILN_GRADIENT(MatmulOp) {
  // With z = X Y: dX = g Y^T, dY = X^T g. A transposed operand is stored as
  // its transpose, so its adjoint is transposed: (g Y^T)^T = Y g^T and
  // (X^T g)^T = g^T X.
  Value x = op.getLhs(), y = op.getRhs();
  bool tx = op.getTransposeLhs(), ty = op.getTransposeRhs();
  bool bf = op.getBfloat16();
  Value dx = tx ? b.matmul(y, ty, g, true, bf) : b.matmul(g, false, y, !ty, bf);
  Value dy = ty ? b.matmul(g, true, x, tx, bf) : b.matmul(x, !tx, g, false, bf);
  return {dx, dy};
}

KILN_GRADIENT(ReduceOp) {
  auto type = llvm::cast<RankedTensorType>(op.getInput().getType());
  llvm::SmallVector<int64_t> kept = getOtherDims(op.getDims(), type.getRank());
  if (op.getKind() == Reduction::sum) {
    return {b.broadcast(g, type, kept)};
  }
  // Every element that equals the maximum, divided by their number.
  Value maximum = b.broadcast(op.getOutput(), type, kept);
  Value chosen = b.compare(Predicate::eq, op.getInput(), maximum);
  Value count = b.sum(b.create<ConvertOp>(type, chosen), op.getDims());
  Value share = b.broadcast(b.div(g, count), type, kept);
  return {b.keepWhere(chosen, share)};
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

KILN_GRADIENT(SoftmaxOp) {
  // dx = z (g - sum of g z along the row)
  Value z = op.getOutput();
  auto type = llvm::cast<RankedTensorType>(z.getType());
  int64_t last = type.getRank() - 1;
  Value inner = b.sum(b.mul(g, z), {last});
  Value spread = b.broadcast(inner, type, getOtherDims({last}, last + 1));
  return {b.mul(z, b.sub(g, spread))};
}

KILN_GRADIENT(SoftmaxCrossEntropyOp) {
  // dx = g (softmax x - one_hot(label)), g repeated along the row
  Value x = op.getLogits();
  auto type = llvm::cast<RankedTensorType>(x.getType());
  Value probabilities = b.create<SoftmaxOp>(x);
  Value target = b.create<OneHotOp>(op.getLabels(),
                                    b.getI64IntegerAttr(type.getDimSize(1)));
  return {b.mul(b.sub(probabilities, target), b.broadcast(g, type, {0})),
          Value()};
}

//===----------------------------------------------------------------------===//
// Rows by index, parts, order of steps
//===----------------------------------------------------------------------===//

KILN_GRADIENT(GatherOp) {
  // What was read several times adds up.
  int64_t rows = llvm::cast<RankedTensorType>(op.getTable().getType())
                     .getDimSize(op.getBatchDims());
  return {b.create<ScatterOp>(g, op.getIndices(), op.getBatchDims(), rows,
                              /*descending=*/false),
          Value()};
}

KILN_GRADIENT(ScatterOp) {
  return {b.create<GatherOp>(g, op.getIndices(), op.getBatchDims()), Value()};
}

LogicalResult
SplitOp::buildAdjoints(OpBuilder &builder, ValueRange resultAdjoints,
                       llvm::SmallVectorImpl<Value> &operandAdjoints) {
  RuleBuilder b(builder, *this);
  llvm::SmallVector<Value> parts;
  for (auto [part, adjoint] : llvm::zip_equal(getParts(), resultAdjoints))
    parts.push_back(adjoint ? adjoint : b.splat(part, 0));
  operandAdjoints.push_back(b.create<ConcatOp>(parts));
  return success();
}

LogicalResult
ConcatOp::buildAdjoints(OpBuilder &builder, ValueRange resultAdjoints,
                        llvm::SmallVectorImpl<Value> &operandAdjoints) {
  RuleBuilder b(builder, *this);
  auto parts =
      b.create<SplitOp>(getInputs().getTypes(), resultAdjoints.front());
  llvm::append_range(operandAdjoints, parts.getParts());
  return success();
}

KILN_GRADIENT(ReverseOp) { return {b.create<ReverseOp>(g)}; }
