//===- KilnFolds.cpp - Folds of kiln ops --------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A fold changes no bit of any result, in f32 or in f64: identities that hold
// for every number, infinities, signed zeros and NaNs included, and arithmetic
// on constants only where its f32 result is exact. So there is no x * 0, no
// x + 0 (-0 + 0 is +0), no re-association and no elementary function here.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

/// The one f32 that `attribute` repeats, if it is a splat.
static std::optional<llvm::APFloat> getSplat(Attribute attribute) {
  auto elements = llvm::dyn_cast_or_null<DenseFPElementsAttr>(attribute);
  if (!elements || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<llvm::APFloat>();
}

/// True if `attribute` repeats exactly `value`; a zero's sign counts.
static bool isSplat(Attribute attribute, float value) {
  std::optional<llvm::APFloat> splat = getSplat(attribute);
  return splat && splat->bitwiseIsEqual(llvm::APFloat(value));
}

/// A splat of `type`, or null if `value` is no number that every machine and
/// precision agrees on: programs flush denormals, and a NaN's bits vary.
static Attribute makeSplat(Type type, const llvm::APFloat &value) {
  if (value.isDenormal() || value.isNaN())
    return nullptr;
  return DenseElementsAttr::get(llvm::cast<ShapedType>(type), value);
}

using Arithmetic = llvm::APFloat::opStatus (*)(llvm::APFloat &,
                                               const llvm::APFloat &);

/// Folds `lhs op rhs` of two splats, if the result needs no rounding: then it
/// is the same number in f32 and in f64.
static Attribute foldExactly(Type type, Attribute lhs, Attribute rhs,
                             Arithmetic compute) {
  std::optional<llvm::APFloat> x = getSplat(lhs), y = getSplat(rhs);
  if (!x || !y || x->isDenormal() || y->isDenormal())
    return nullptr;
  llvm::APFloat result = *x;
  if (compute(result, *y) != llvm::APFloat::opOK)
    return nullptr;
  return makeSplat(type, result);
}

/// Folds f(x) of a splat, where f picks a number without rounding.
static Attribute
foldUnary(Type type, Attribute input,
          llvm::function_ref<llvm::APFloat(const llvm::APFloat &)> compute) {
  std::optional<llvm::APFloat> x = getSplat(input);
  if (!x || x->isDenormal() || x->isNaN())
    return nullptr;
  return makeSplat(type, compute(*x));
}

/// The same element under another shape, if `attribute` is a splat.
static Attribute reshapeSplat(Attribute attribute, Type type) {
  auto elements = llvm::dyn_cast_or_null<DenseElementsAttr>(attribute);
  if (!elements || !elements.isSplat())
    return nullptr;
  return elements.resizeSplat(llvm::cast<ShapedType>(type));
}

constexpr auto nearest = llvm::APFloat::rmNearestTiesToEven;

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  // -(-x) = x: a sign changed twice.
  if (auto inner = getInput().getDefiningOp<NegOp>())
    return inner.getInput();
  return foldUnary(getType(), adaptor.getInput(),
                   [](const llvm::APFloat &x) { return -x; });
}

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  // ||x|| = |x|.
  if (getInput().getDefiningOp<AbsOp>())
    return getInput();
  // |-x| = |x|: the sign bit is dropped either way.
  if (auto inner = getInput().getDefiningOp<NegOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return foldUnary(getType(), adaptor.getInput(),
                   [](const llvm::APFloat &x) { return llvm::abs(x); });
}

OpFoldResult SignOp::fold(FoldAdaptor adaptor) {
  // sign(sign(x)) = sign(x): -1, 0 and 1 are their own signs.
  if (getInput().getDefiningOp<SignOp>())
    return getInput();
  return foldUnary(getType(), adaptor.getInput(), [](const llvm::APFloat &x) {
    return llvm::APFloat(x.isZero() ? 0.0f : x.isNegative() ? -1.0f : 1.0f);
  });
}

OpFoldResult ReluOp::fold(FoldAdaptor adaptor) {
  // max(max(x, 0), 0) = max(x, 0).
  if (getInput().getDefiningOp<ReluOp>())
    return getInput();
  return foldUnary(getType(), adaptor.getInput(), [](const llvm::APFloat &x) {
    return x.isNegative() || x.isZero() ? llvm::APFloat(0.0f) : x;
  });
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  // x + -0 = x for every x; x + +0 turns -0 into +0.
  if (isSplat(adaptor.getRhs(), -0.0f))
    return getLhs();
  return foldExactly(getType(), adaptor.getLhs(), adaptor.getRhs(),
                     [](llvm::APFloat &x, const llvm::APFloat &y) {
                       return x.add(y, nearest);
                     });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  // x - +0 = x for every x. There is no x - x = 0: infinities give NaN.
  if (isSplat(adaptor.getRhs(), 0.0f))
    return getLhs();
  return foldExactly(getType(), adaptor.getLhs(), adaptor.getRhs(),
                     [](llvm::APFloat &x, const llvm::APFloat &y) {
                       return x.subtract(y, nearest);
                     });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  // x * 1 = x.
  if (isSplat(adaptor.getRhs(), 1.0f))
    return getLhs();
  return foldExactly(getType(), adaptor.getLhs(), adaptor.getRhs(),
                     [](llvm::APFloat &x, const llvm::APFloat &y) {
                       return x.multiply(y, nearest);
                     });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  // x / 1 = x.
  if (isSplat(adaptor.getRhs(), 1.0f))
    return getLhs();
  return foldExactly(getType(), adaptor.getLhs(), adaptor.getRhs(),
                     [](llvm::APFloat &x, const llvm::APFloat &y) {
                       return x.divide(y, nearest);
                     });
}

OpFoldResult MaximumOp::fold(FoldAdaptor adaptor) {
  // max(x, x) = x.
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : nullptr;
}

OpFoldResult MinimumOp::fold(FoldAdaptor adaptor) {
  // min(x, x) = x.
  return getLhs() == getRhs() ? OpFoldResult(getLhs()) : nullptr;
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  // c ? x : x = x.
  if (getOnTrue() == getOnFalse())
    return getOnTrue();
  // true ? x : y = x, false ? x : y = y.
  auto condition =
      llvm::dyn_cast_or_null<DenseElementsAttr>(adaptor.getCondition());
  if (condition && condition.isSplat())
    return condition.getSplatValue<bool>() ? getOnTrue() : getOnFalse();
  return nullptr;
}

OpFoldResult ConvertOp::fold(FoldAdaptor adaptor) {
  // A number of a type is already of that type.
  if (getInput().getType() == getType())
    return getInput();
  // Small integers are exact in f32.
  auto elements =
      llvm::dyn_cast_or_null<DenseIntElementsAttr>(adaptor.getInput());
  if (!elements || !elements.isSplat())
    return nullptr;
  auto value = elements.getSplatValue<llvm::APInt>();
  bool isSigned = !elements.getElementType().isInteger(1);
  llvm::APFloat result(0.0f);
  if (result.convertFromAPInt(value, isSigned, nearest) != llvm::APFloat::opOK)
    return nullptr;
  return makeSplat(getType(), result);
}

//===----------------------------------------------------------------------===//
// Constants and shapes
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor adaptor) { return getValueAttr(); }

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  // Nothing is repeated: dims is 0, 1, ... and the shapes are equal.
  if (getInput().getType() == getType())
    return getInput();
  // Repeating what repeats: dimension i of the innermost input becomes
  // inner.dims[i], and that one dims[inner.dims[i]].
  if (auto inner = getInput().getDefiningOp<BroadcastOp>()) {
    llvm::SmallVector<int64_t> dims;
    for (int64_t dim : inner.getDims())
      dims.push_back(getDims()[dim]);
    setDims(dims);
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  // Only the last shape counts: the order of elements never changes.
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  // Swapped twice.
  if (auto inner = getInput().getDefiningOp<TransposeOp>())
    return inner.getInput();
  return reshapeSplat(adaptor.getInput(), getType());
}

OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  // Along no dimension, every element is its own sum and maximum.
  return getDims().empty() ? OpFoldResult(getInput()) : nullptr;
}

//===----------------------------------------------------------------------===//
// Parts along the last dimension, order of steps
//===----------------------------------------------------------------------===//

namespace {
/// A split with one part is its input; what was put together comes apart.
struct SimplifySplit : public OpRewritePattern<SplitOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SplitOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumResults() == 1) {
      rewriter.replaceOp(op, op.getInput());
      return success();
    }
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat)
      return rewriter.notifyMatchFailure(op, "its input is no concat");
    if (!llvm::equal(concat.getInputs().getTypes(), op.getResultTypes()))
      return rewriter.notifyMatchFailure(op, "it cuts elsewhere");
    rewriter.replaceOp(op, concat.getInputs());
    return success();
  }
};
} // namespace

void SplitOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<SimplifySplit>(context);
}

OpFoldResult ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front();
  // All parts of a split, in order.
  auto split = getInputs().front().getDefiningOp<SplitOp>();
  if (split && llvm::equal(split.getParts(), getInputs()))
    return split.getInput();
  return nullptr;
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getInput().getDefiningOp<ReverseOp>())
    return inner.getInput();
  // Every step is the same number.
  return reshapeSplat(adaptor.getInput(), getType());
}
