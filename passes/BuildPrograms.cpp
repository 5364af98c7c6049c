//===- BuildPrograms.cpp - Training, evaluation and prediction ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/KilnOps.h"
#include "passes/Locations.h"
#include "passes/Passes.h"
#include "passes/Programs.h"
#include "passes/Scans.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

#define DEBUG_TYPE "kiln-build-programs"

namespace kiln {
#define GEN_PASS_DEF_BUILDPROGRAMS
#include "passes/Passes.h.inc"
} // namespace kiln

using namespace mlir;
using namespace kiln;

/// Keras's epsilon: predictions are clipped to [1e-7, 1 - 1e-7].
static constexpr double kClip = 1e-7;

namespace {
/// Builds the loss and the metrics at the end of a program that has the
/// arguments `target`, `weight` and `rows`.
class Objective {
public:
  Objective(ImplicitLocOpBuilder &builder, CompileOp compile, Value output,
            Value target, Value weight, Value rows)
      : b(builder), compile(compile), output(output), target(target),
        weight(weight), rows(rows),
        shape(cast<RankedTensorType>(output.getType())) {}

  /// The mean over the valid rows of each one's loss times its weight.
  Value buildLoss();

  /// Fails with a diagnostic where a metric cannot judge the targets.
  LogicalResult checkMetric(MetricAttr metric);

  /// The sum of a metric over the valid rows.
  Value buildMetric(MetricKind kind);

  /// `loss` plus the penalty of a regularized parameter.
  Value addPenalty(Value loss, RegularizerAttr regularizer, Value param);

private:
  Value splat(ArrayRef<int64_t> dims, double value) {
    auto type = RankedTensorType::get(dims, b.getF32Type());
    return b.create<ConstantOp>(
        DenseElementsAttr::get(type, b.getF32FloatAttr(float(value))));
  }
  Value reduceSum(Value value, ArrayRef<int64_t> dims) {
    return b.create<ReduceOp>(Reduction::sum, value, dims);
  }
  /// The mean over the last of two dimensions.
  Value meanOfRows(Value value) {
    Value sum = reduceSum(value, {1});
    if (shape.getDimSize(1) == 1)
      return sum;
    return b.create<DivOp>(sum, splat({batch()}, double(shape.getDimSize(1))));
  }
  /// The sum of the valid rows of a vector.
  Value sumOfValid(Value perRow) {
    Value mask = b.create<RowMaskOp>(
        RankedTensorType::get({batch()}, b.getI1Type()), rows);
    Value valid = b.create<SelectOp>(mask, perRow, splat({batch()}, 0.0));
    return reduceSum(valid, {0});
  }
  Value toFloat(Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return b.create<ConvertOp>(type.clone(b.getF32Type()), value);
  }
  Value clip(Value value) {
    ArrayRef<int64_t> dims = shape.getShape();
    Value low = b.create<MaximumOp>(value, splat(dims, kClip));
    return b.create<MinimumOp>(low, splat(dims, 1.0 - kClip));
  }
  int64_t batch() const { return shape.getDimSize(0); }

  Value getLogits();
  Value sparseCrossEntropy(bool fromLogits);
  Value binaryCrossEntropy(bool fromLogits);
  Value squaredError();

  ImplicitLocOpBuilder &b;
  CompileOp compile;
  Value output, target, weight, rows;
  RankedTensorType shape;
};
} // namespace

/// What the output's softmax or sigmoid was taken of, or null when the output
/// comes from neither. Keras takes either for logits, whichever the loss.
Value Objective::getLogits() {
  Operation *activation = output.getDefiningOp();
  if (isa_and_nonnull<SoftmaxOp, SigmoidOp>(activation))
    return activation->getOperand(0);
  return {};
}

Value Objective::sparseCrossEntropy(bool fromLogits) {
  if (fromLogits)
    return b.create<SoftmaxCrossEntropyOp>(output, target);
  if (Value logits = getLogits())
    return b.create<SoftmaxCrossEntropyOp>(logits, target);
  // Softmax of ln p is p / sum p: this renormalises, as Keras does.
  Value logits = b.create<LogOp>(clip(output));
  return b.create<SoftmaxCrossEntropyOp>(logits, target);
}

Value Objective::binaryCrossEntropy(bool fromLogits) {
  if (fromLogits)
    return meanOfRows(b.create<SigmoidCrossEntropyOp>(output, target));
  if (Value logits = getLogits())
    return meanOfRows(b.create<SigmoidCrossEntropyOp>(logits, target));
  Value one = splat(shape.getShape(), 1.0);
  Value p = clip(output);
  Value hit = b.create<MulOp>(target, b.create<LogOp>(p));
  Value miss = b.create<MulOp>(b.create<SubOp>(one, target),
                               b.create<LogOp>(b.create<SubOp>(one, p)));
  return meanOfRows(b.create<NegOp>(b.create<AddOp>(hit, miss)));
}

Value Objective::squaredError() {
  Value difference = b.create<SubOp>(output, target);
  return meanOfRows(b.create<MulOp>(difference, difference));
}

Value Objective::buildLoss() {
  LossAttr loss = compile.getLoss();
  Value perRow;
  switch (loss.getKind()) {
  case LossKind::sparse_categorical_crossentropy:
    perRow = sparseCrossEntropy(loss.getFromLogits());
    break;
  case LossKind::binary_crossentropy:
    perRow = binaryCrossEntropy(loss.getFromLogits());
    break;
  case LossKind::mse:
    perRow = squaredError();
    break;
  }
  Value sum = sumOfValid(b.create<MulOp>(perRow, weight));
  return b.create<DivOp>(sum, toFloat(rows));
}

/// Whether a metric is counted from predictions and targets: it is no mean over
/// samples, so no sum of a batch makes it.
static bool isCounted(MetricKind kind) {
  return kind == MetricKind::precision || kind == MetricKind::recall ||
         kind == MetricKind::auc || kind == MetricKind::f1;
}

LogicalResult Objective::checkMetric(MetricAttr metric) {
  bool sparse = metric.getKind() == MetricKind::sparse_categorical_accuracy;
  if (sparse ==
      cast<RankedTensorType>(target.getType()).getElementType().isInteger(32))
    return success();
  return compile.emitError()
         << "metric '" << metric.getName() << "' ("
         << stringifyMetricKind(metric.getKind())
         << ") does not fit targets of type " << target.getType();
}

Value Objective::buildMetric(MetricKind kind) {
  switch (kind) {
  case MetricKind::sparse_categorical_accuracy: {
    Value predicted = b.create<ArgmaxOp>(output);
    return sumOfValid(
        toFloat(b.create<CompareOp>(Predicate::eq, predicted, target)));
  }
  case MetricKind::categorical_accuracy: {
    Value predicted = b.create<ArgmaxOp>(output);
    Value wanted = b.create<ArgmaxOp>(target);
    return sumOfValid(
        toFloat(b.create<CompareOp>(Predicate::eq, predicted, wanted)));
  }
  case MetricKind::binary_accuracy: {
    Value half = splat(shape.getShape(), 0.5);
    Value predicted = toFloat(b.create<CompareOp>(Predicate::gt, output, half));
    return sumOfValid(meanOfRows(
        toFloat(b.create<CompareOp>(Predicate::eq, predicted, target))));
  }
  default:
    llvm_unreachable("counted metrics are not built");
  }
}

Value Objective::addPenalty(Value loss, RegularizerAttr regularizer,
                            Value param) {
  int64_t rank = cast<RankedTensorType>(param.getType()).getRank();
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  Value penalty;
  auto addTerm = [&](double factor, Value perElement) {
    Value term = b.create<MulOp>(reduceSum(perElement, all), splat({}, factor));
    penalty = penalty ? b.create<AddOp>(penalty, term) : term;
  };
  if (regularizer.getL1() != 0.0)
    addTerm(regularizer.getL1(), b.create<AbsOp>(param));
  if (regularizer.getL2() != 0.0)
    addTerm(regularizer.getL2(), b.create<MulOp>(param, param));
  return penalty ? b.create<AddOp>(loss, penalty).getOutput() : loss;
}

/// What makes a training step differ from a prediction goes: a dropped-out
/// value is its input, and no mask is drawn.
static void eraseDropout(func::FuncOp func) {
  func.walk([](DropoutOp op) {
    op.getOutput().replaceAllUsesWith(op.getInput());
    op.erase();
  });
  func.walk([](ScanOp op) { eraseUnusedOperands(op); });
  func.walk([](RandomMaskOp op) {
    if (op.use_empty())
      op.erase();
  });
  llvm::BitVector unused(func.getNumArguments());
  for (BlockArgument argument : func.getArguments()) {
    StringRef role = getRole(func, argument);
    if (argument.use_empty() &&
        (role == "seed" || role == "epoch" || role == "step"))
      unused.set(argument.getArgNumber());
  }
  func.eraseArguments(unused);
}

/// The type of the targets that the loss compares `output` with.
static RankedTensorType getTargetType(LossKind loss, RankedTensorType output) {
  if (loss != LossKind::sparse_categorical_crossentropy)
    return output;
  return RankedTensorType::get({output.getDimSize(0)},
                               IntegerType::get(output.getContext(), 32));
}

/// Gives a clone of `@forward` targets, weights and rows, and makes it return
/// the loss and the metrics instead of the output; the output too, at the end,
/// where a metric is counted from it, or if `keepsOutput`.
static LogicalResult addObjective(func::FuncOp func, CompileOp compile,
                                  bool keepsOutput) {
  auto returnOp = cast<func::ReturnOp>(func.front().getTerminator());
  Value output = returnOp.getOperand(0);
  auto outputType = cast<RankedTensorType>(output.getType());
  if (outputType.getRank() != 2)
    return compile.emitError("expected a model output of rank 2, got ")
           << outputType << "; add a Flatten layer";

  Location lossLoc = withLayer(compile.getLoc(), "loss");
  auto f32 = Float32Type::get(func.getContext());
  auto i64 = IntegerType::get(func.getContext(), 64);
  auto vectorType = RankedTensorType::get({outputType.getDimSize(0)}, f32);
  auto insert = [&](RankedTensorType type, StringRef role) {
    return insertArgument(func, type, role, lossLoc);
  };
  Value target =
      insert(getTargetType(compile.getLoss().getKind(), outputType), "target");
  Value weight = insert(vectorType, "weight");
  Value rows = insert(RankedTensorType::get({}, i64), "rows");

  ImplicitLocOpBuilder builder(lossLoc, returnOp);
  Objective objective(builder, compile, output, target, weight, rows);
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> resultAttrs;
  auto addResult = [&](Value value, StringRef role, StringRef name) {
    NamedAttrList dict;
    dict.set(attrs::role, builder.getStringAttr(role));
    if (!name.empty())
      dict.set(attrs::name, builder.getStringAttr(name));
    results.push_back(value);
    resultAttrs.push_back(dict.getDictionary(func.getContext()));
  };

  Value loss = objective.buildLoss();
  SymbolTable symbols(func->getParentOfType<ModuleOp>());
  for (BlockArgument argument : func.getArguments()) {
    ParamOp param = getParam(symbols, func, argument);
    if (!param || !param.getRegularizer())
      continue;
    builder.setLoc(
        withRole(withLayer(param.getLoc(), param.getLayer()), "penalty"));
    loss = objective.addPenalty(loss, *param.getRegularizer(), argument);
  }
  addResult(loss, "loss", "");
  for (auto metric : compile.getMetrics().getAsRange<MetricAttr>()) {
    if (failed(objective.checkMetric(metric)))
      return failure();
    if (isCounted(metric.getKind())) {
      keepsOutput = true;
      continue;
    }
    builder.setLoc(withLayer(compile.getLoc(), metric.getName()));
    addResult(objective.buildMetric(metric.getKind()), "metric",
              metric.getName());
  }
  if (keepsOutput)
    addResult(output, "output", "");
  setResults(func, results, resultAttrs);
  return success();
}

namespace {
struct BuildPrograms : public kiln::impl::BuildProgramsBase<BuildPrograms> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto forward = module.lookupSymbol<func::FuncOp>(funcs::forward);
    if (!forward) {
      module.emitError("expected a function @forward");
      return signalPassFailure();
    }
    auto compiles = module.getOps<CompileOp>();
    if (!llvm::hasSingleElement(compiles)) {
      module.emitError("expected one kiln.compile, got ")
          << std::distance(compiles.begin(), compiles.end());
      return signalPassFailure();
    }
    CompileOp compile = *compiles.begin();
    if (forward.getNumResults() != 1) {
      forward.emitError("expected one result, got ") << forward.getNumResults();
      return signalPassFailure();
    }

    OpBuilder builder(forward);
    auto clone = [&](StringRef name) {
      auto func = cast<func::FuncOp>(builder.clone(*forward));
      func.setName(name);
      return func;
    };
    func::FuncOp trainStep = clone(funcs::trainStep);
    func::FuncOp evaluate = clone(funcs::evaluate);
    func::FuncOp predict = clone(funcs::predict);
    forward.erase();
    eraseDropout(evaluate);
    eraseDropout(predict);
    if (failed(addObjective(trainStep, compile, /*keepsOutput=*/false)) ||
        failed(addObjective(evaluate, compile, /*keepsOutput=*/true)))
      signalPassFailure();
  }
};
} // namespace
