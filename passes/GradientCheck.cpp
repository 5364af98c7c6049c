//===- GradientCheck.cpp - Gradients against differences ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/GradientCheck.h"

#include "ir/Interpreter.h"
#include "ir/KilnScan.h"
#include "passes/Differentiate.h"
#include "passes/Programs.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

namespace {
/// The same numbers on every machine: the engine is fixed by the standard, the
/// standard's distributions are not.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  double uniform(double low, double high) {
    return low + (high - low) * (double(engine() >> 11) * 0x1p-53);
  }
  int64_t below(int64_t count) { return int64_t(engine() % uint64_t(count)); }
  double normal() {
    double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(0, 1)));
    return radius * std::cos(6.283185307179586 * uniform(0, 1));
  }

private:
  std::mt19937_64 engine;
};
} // namespace

//===----------------------------------------------------------------------===//
// The functions to run
//===----------------------------------------------------------------------===//

/// The number to differentiate: the result of role `loss`, or all f32 results
/// times random factors, added up.
static Value makeLoss(func::FuncOp func, ImplicitLocOpBuilder &builder,
                      Random &random) {
  Operation *returnOp = func.front().getTerminator();
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    auto role = func.getResultAttrOfType<StringAttr>(i, attrs::role);
    if (role && role.getValue() == "loss")
      return returnOp->getOperand(i);
  }
  Value loss;
  for (Value result : returnOp->getOperands()) {
    auto type = cast<RankedTensorType>(result.getType());
    if (!type.getElementType().isF32())
      continue;
    std::vector<float> factors(type.getNumElements());
    for (float &factor : factors)
      factor = float(random.uniform(0.5, 1.5));
    Value factor = builder.create<ConstantOp>(
        DenseElementsAttr::get(type, llvm::ArrayRef(factors)));
    Value term = builder.create<MulOp>(result, factor);
    if (type.getRank() > 0) {
      SmallVector<int64_t> all =
          llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
      term = builder.create<ReduceOp>(Reduction::sum, term, all);
    }
    loss = loss ? builder.create<AddOp>(loss, term).getOutput() : term;
  }
  return loss;
}

/// Booleans, built at the end of `block`, that say on which side of its kinks
/// each of its ops is. Of ops in cells they are sequences.
static SmallVector<Value> makeChoices(mlir::Block &block) {
  SmallVector<Value> choices;
  Operation *terminator = block.getTerminator();
  ImplicitLocOpBuilder builder(terminator->getLoc(), terminator);
  auto compare = [&](Value lhs, Value rhs) {
    choices.push_back(builder.create<CompareOp>(Predicate::gt, lhs, rhs));
  };
  auto zerosLike = [&](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    return builder.create<ConstantOp>(DenseElementsAttr::get(type, 0.0f));
  };
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  for (Operation *op : ops) {
    if (auto scan = dyn_cast<ScanOp>(op)) {
      SmallVector<Value> inside = makeChoices(scan.getBody().front());
      if (inside.empty() || !scan.getSums().empty())
        continue;
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(scan);
      ScanOp larger = cloneWithOutputs(builder, scan, inside);
      llvm::append_range(choices, larger.getOutputs().take_back(inside.size()));
      scan->replaceAllUsesWith(
          larger->getResults().take_front(scan->getNumResults()));
      scan->erase();
    } else if (isa<ReluOp, AbsOp, SignOp>(op)) {
      compare(op->getOperand(0), zerosLike(op->getOperand(0)));
    } else if (isa<MaximumOp, MinimumOp>(op)) {
      compare(op->getOperand(0), op->getOperand(1));
    } else if (isa<CompareOp>(op)) {
      choices.push_back(op->getResult(0));
    } else if (auto reduce = dyn_cast<ReduceOp>(op)) {
      if (reduce.getKind() != Reduction::max)
        continue;
      auto type = cast<RankedTensorType>(reduce.getInput().getType());
      SmallVector<int64_t> kept;
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        if (!llvm::is_contained(reduce.getDims(), dim))
          kept.push_back(dim);
      Value maximum =
          builder.create<BroadcastOp>(type, reduce.getOutput(), kept);
      choices.push_back(
          builder.create<CompareOp>(Predicate::eq, reduce.getInput(), maximum));
    }
  }
  return choices;
}

//===----------------------------------------------------------------------===//
// The check
//===----------------------------------------------------------------------===//

namespace {
class Checker {
public:
  Checker(func::FuncOp func, const GradientCheckOptions &options)
      : original(func), options(options), random(options.seed),
        interpreter(Precision::F64) {}

  FailureOr<std::vector<TensorCheck>> run();

private:
  /// What a function gives at a point: its value, and the sides of its kinks.
  struct Point {
    double value;
    std::vector<Tensor> choices;
  };

  LogicalResult build();
  Tensor draw(BlockArgument argument);
  FailureOr<Point> evaluate(unsigned argument, const Tensor &direction,
                            double step);
  FailureOr<std::optional<double>>
  differentiateAlong(unsigned argument, const Tensor &direction, double step);
  FailureOr<bool> checkAlong(unsigned argument, const Tensor &direction,
                             double expected, TensorCheck &check);
  LogicalResult checkDirections(unsigned argument, const Tensor &gradient,
                                TensorCheck &check);
  LogicalResult checkEntries(unsigned argument, const Tensor &gradient,
                             TensorCheck &check);
  func::FuncOp original;
  GradientCheckOptions options;
  Random random;
  Interpreter interpreter;
  OwningOpRef<func::FuncOp> lossFunc, gradientFunc;
  /// The arguments to differentiate by, as indices.
  SmallVector<unsigned> by;
  std::vector<Tensor> arguments;
  Point base;
};
} // namespace

/// Removes what nobody reads, as compilation does: rules give the adjoints of
/// all operands.
static LogicalResult clean(func::FuncOp func) {
  PassManager pm(func.getContext(), func::FuncOp::getOperationName());
  // Outside of its module, a function's symbols lead nowhere.
  pm.enableVerifier(false);
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  return pm.run(func);
}

LogicalResult Checker::build() {
  for (BlockArgument argument : original.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    if (type.getElementType().isF32() &&
        (isParam(original, argument) || getRole(original, argument) == "input"))
      by.push_back(argument.getArgNumber());
  }
  lossFunc = original.clone();
  // A rounded function has no differences: what is checked is its f32 twin,
  // which has the same rules.
  lossFunc->walk([](MatmulOp op) { op.setBfloat16(false); });
  ImplicitLocOpBuilder builder(original.getLoc(),
                               lossFunc->front().getTerminator());
  Value loss = makeLoss(*lossFunc, builder, random);
  if (!loss || by.empty())
    return original.emitError("expected a parameter or input and an f32 result "
                              "to check a gradient of");
  DictionaryAttr none = builder.getDictionaryAttr({});
  setResults(*lossFunc, loss, none);
  gradientFunc = lossFunc->clone();

  SmallVector<Value> results = {loss};
  llvm::append_range(results, makeChoices(lossFunc->front()));
  setResults(*lossFunc, results,
             SmallVector<DictionaryAttr>(results.size(), none));

  Operation *gradientReturn = gradientFunc->front().getTerminator();
  SmallVector<Value> values;
  for (unsigned index : by)
    values.push_back(gradientFunc->getArgument(index));
  FailureOr<SmallVector<Value>> gradients =
      differentiate(gradientReturn->getOperand(0), values);
  if (failed(gradients))
    return failure();
  setResults(*gradientFunc, *gradients,
             SmallVector<DictionaryAttr>(gradients->size(), none));
  return clean(*gradientFunc);
}

/// The number of classes or rows that labels or indices count, from the ops
/// that read them.
static int64_t getClasses(BlockArgument labels) {
  for (Operation *user : labels.getUsers()) {
    if (auto gather = dyn_cast<GatherOp>(user))
      return cast<RankedTensorType>(gather.getTable().getType())
          .getDimSize(gather.getBatchDims());
    if (auto scatter = dyn_cast<ScatterOp>(user))
      return scatter.getRows();
    if (auto loss = dyn_cast<SoftmaxCrossEntropyOp>(user))
      return cast<RankedTensorType>(loss.getLogits().getType()).getDimSize(1);
    if (auto oneHot = dyn_cast<OneHotOp>(user))
      return oneHot.getDepth();
  }
  return 2;
}

Tensor Checker::draw(BlockArgument argument) {
  Tensor tensor(cast<RankedTensorType>(argument.getType()));
  Type element = tensor.getType().getElementType();
  StringRef role = getRole(original, argument);
  int64_t size = tensor.size();
  auto fill = [&](llvm::function_ref<double()> next) {
    for (int64_t i = 0; i < size; ++i)
      tensor[i] = next();
    return tensor;
  };
  if (role == "rows") {
    // A partial batch: the unused row must not reach any gradient.
    auto module = original->getParentOfType<ModuleOp>();
    auto batch = module->getAttrOfType<IntegerAttr>(attrs::batch);
    int64_t rows = batch ? batch.getInt() : 1;
    return fill([&] { return double(std::max<int64_t>(rows - 1, 1)); });
  }
  if (element.isInteger(1))
    return fill([&] { return double(random.below(2)); });
  if (element.isInteger(32)) {
    int64_t classes = getClasses(argument);
    return fill([&] { return double(random.below(classes)); });
  }
  if (element.isInteger(64))
    return fill([&] { return double(random.below(1000)); });
  if (role == "weight")
    return fill([&] { return random.uniform(0.5, 1.5); });
  if (role == "input" || role == "target")
    return fill([&] { return random.uniform(0.0, 1.0); });
  // Like glorot_uniform, but for no parameter 0: |w| has a kink there.
  ArrayRef<int64_t> shape = tensor.getShape();
  double limit =
      shape.size() == 2 ? std::sqrt(6.0 / double(shape[0] + shape[1])) : 0.5;
  return fill([&] { return random.uniform(-limit, limit); });
}

FailureOr<Checker::Point>
Checker::evaluate(unsigned argument, const Tensor &direction, double step) {
  Tensor saved = arguments[argument];
  for (int64_t i = 0; i < saved.size(); ++i)
    arguments[argument][i] = saved[i] + step * direction[i];
  FailureOr<std::vector<Tensor>> results =
      interpreter.call(*lossFunc, arguments);
  arguments[argument] = std::move(saved);
  if (failed(results))
    return failure();
  Point point;
  point.value = results->front()[0];
  point.choices.assign(results->begin() + 1, results->end());
  return point;
}

/// The derivative along a direction; none where a kink lies between the points.
FailureOr<std::optional<double>>
Checker::differentiateAlong(unsigned argument, const Tensor &direction,
                            double step) {
  double outer = 0.0, inner = 0.0;
  for (double factor : {1.0, 0.5}) {
    double values[2];
    for (unsigned side : {0, 1}) {
      double distance = (side == 0 ? 1.0 : -1.0) * factor * step;
      FailureOr<Point> point = evaluate(argument, direction, distance);
      if (failed(point))
        return failure();
      for (auto [at, here] : llvm::zip_equal(base.choices, point->choices))
        if (at.getData() != here.getData())
          return std::optional<double>();
      values[side] = point->value;
    }
    double slope = (values[0] - values[1]) / (2.0 * factor * step);
    (factor == 1.0 ? outer : inner) = slope;
  }
  return std::optional<double>((4.0 * inner - outer) / 3.0);
}

/// How far a difference is off, as a share of what is allowed.
static double getError(double difference, double expected, double norm) {
  double scale = std::max({std::abs(difference), std::abs(expected),
                           1e-3 * norm, std::numeric_limits<double>::min()});
  double error = std::abs(difference - expected) / (1e-6 * scale);
  // A NaN is the worst of errors and must not vanish in a maximum.
  return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
}

/// Compares the slope along a direction with what the gradient says. Smaller
/// steps follow where the function bends too much for a larger one, or a kink
/// is near; a wrong gradient agrees with none. False if there is a kink at the
/// smallest step still.
FailureOr<bool> Checker::checkAlong(unsigned argument, const Tensor &direction,
                                    double expected, TensorCheck &check) {
  std::optional<double> best;
  for (double step : {1e-3, 1e-4, 1e-5, 1e-6}) {
    FailureOr<std::optional<double>> slope =
        differentiateAlong(argument, direction, step);
    if (failed(slope))
      return failure();
    if (!*slope)
      continue;
    double error = getError(**slope, expected, check.norm);
    best = best ? std::min(*best, error) : error;
    if (*best <= 1.0)
      break;
  }
  if (!best) {
    ++check.redrawn;
    return false;
  }
  check.worst = std::max(check.worst, *best);
  return true;
}

LogicalResult Checker::checkDirections(unsigned argument,
                                       const Tensor &gradient,
                                       TensorCheck &check) {
  constexpr unsigned maxDraws = 30;
  for (unsigned draw = 0;
       draw < maxDraws && check.directions < options.directions; ++draw) {
    Tensor direction(gradient.getType());
    double norm = 0.0;
    for (int64_t i = 0; i < direction.size(); ++i) {
      direction[i] = random.normal();
      norm += direction[i] * direction[i];
    }
    double expected = 0.0;
    for (int64_t i = 0; i < direction.size(); ++i) {
      direction[i] /= std::sqrt(norm);
      expected += gradient[i] * direction[i];
    }
    FailureOr<bool> compared = checkAlong(argument, direction, expected, check);
    if (failed(compared))
      return failure();
    check.directions += *compared;
  }
  return success();
}

LogicalResult Checker::checkEntries(unsigned argument, const Tensor &gradient,
                                    TensorCheck &check) {
  std::vector<int64_t> order(gradient.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::pair(-std::abs(gradient[a]), a) <
           std::pair(-std::abs(gradient[b]), b);
  });
  Tensor direction(gradient.getType());
  for (int64_t entry : order) {
    if (check.entries == options.entries || check.redrawn > 3 * options.entries)
      break;
    direction[entry] = 1.0;
    FailureOr<bool> compared =
        checkAlong(argument, direction, gradient[entry], check);
    direction[entry] = 0.0;
    if (failed(compared))
      return failure();
    check.entries += *compared;
  }
  return success();
}

FailureOr<std::vector<TensorCheck>> Checker::run() {
  if (failed(build()))
    return failure();
  for (BlockArgument argument : original.getArguments())
    arguments.push_back(draw(argument));
  FailureOr<std::vector<Tensor>> gradients =
      interpreter.call(*gradientFunc, arguments);
  FailureOr<Point> start =
      evaluate(by.front(), Tensor(arguments[by.front()].getType()), 0.0);
  if (failed(gradients) || failed(start))
    return failure();
  base = std::move(*start);

  std::vector<TensorCheck> checks;
  for (auto [argument, gradient] : llvm::zip_equal(by, *gradients)) {
    TensorCheck check;
    auto symbol =
        original.getArgAttrOfType<FlatSymbolRefAttr>(argument, attrs::param);
    auto name = original.getArgAttrOfType<StringAttr>(argument, attrs::name);
    check.name = symbol ? symbol.getValue().str()
                 : name ? name.getValue().str()
                        : "input";
    check.type = gradient.getType();
    for (int64_t i = 0; i < gradient.size(); ++i)
      check.norm += gradient[i] * gradient[i];
    check.norm = std::sqrt(check.norm);
    if (failed(checkDirections(argument, gradient, check)) ||
        failed(checkEntries(argument, gradient, check)))
      return failure();
    checks.push_back(std::move(check));
  }
  return checks;
}

FailureOr<std::vector<TensorCheck>>
kiln::checkGradients(func::FuncOp func, const GradientCheckOptions &options) {
  return Checker(func, options).run();
}

void kiln::printGradientChecks(ArrayRef<TensorCheck> checks, raw_ostream &os) {
  size_t width = 6;
  for (const TensorCheck &check : checks)
    width = std::max(width, check.name.size());
  os << llvm::left_justify("tensor", width)
     << "  directions  entries  redrawn      norm   error/allowed\n";
  for (const TensorCheck &check : checks)
    os << llvm::left_justify(check.name, width)
       << llvm::format("  %10u  %7u  %7u  %8.2e       %8.2e  ",
                       check.directions, check.entries, check.redrawn,
                       check.norm, check.worst)
       << (check.passed() ? "ok" : "WRONG") << "\n";
}
