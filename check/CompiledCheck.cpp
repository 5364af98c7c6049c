//===- CompiledCheck.cpp - Compiled programs against the oracle -----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/CompiledCheck.h"

#include "ir/KilnAttrs.h"
#include "passes/Passes.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;
using namespace kiln;

/// Rounding of one f32.
static constexpr double unit = 0x1p-24;

//===----------------------------------------------------------------------===//
// The reference
//===----------------------------------------------------------------------===//

double CompiledCheck::Reference::getAllowed(const std::string &key) const {
  return 1e-5 * getNorm(f64.at(key)) + 4.0 * loss.at(key);
}

FailureOr<CompiledCheck::Reference>
CompiledCheck::interpret(StringRef function, Inputs &inputs) const {
  auto func = (*reference).lookupSymbol<func::FuncOp>(function);
  FailureOr<Results> f64 = kiln::interpret(func, Precision::F64, inputs);
  FailureOr<Results> f32 = kiln::interpret(func, Precision::F32, inputs);
  if (failed(f64) || failed(f32))
    return failure();
  Reference reference{function, inputs, std::move(*f64), {}};
  for (const auto &[key, exact] : reference.f64)
    reference.loss[key] = getDistance(exact, f32->at(key));
  return reference;
}

/// Makes the losses of a reference the root mean square of several draws.
void CompiledCheck::drawRoundings(Reference &reference) {
  reference.isDrawn = true;
  auto func = (*this->reference).lookupSymbol<func::FuncOp>(reference.function);
  std::map<std::string, std::pair<double, unsigned>> squares;
  for (uint64_t draw = 1; draw <= 8; ++draw) {
    FailureOr<Results> drawn =
        kiln::interpret(func, Precision::F32, reference.inputs, draw);
    if (failed(drawn))
      return;
    for (const auto &[key, exact] : reference.f64) {
      // What leaves f32 in a draw says nothing of what is lost within it.
      double lost = getDistance(exact, drawn->at(key));
      auto &[sum, count] = squares[key];
      if (std::isfinite(lost)) {
        sum += lost * lost;
        ++count;
      }
    }
  }
  for (const auto &[key, square] : squares)
    if (auto [sum, count] = square; count > 0)
      reference.loss[key] =
          std::max(reference.loss[key], std::sqrt(sum / count));
}

LogicalResult CompiledCheck::prepare() {
  optimizer = (*model.getOps<CompileOp>().begin()).getOptimizer();
  // What reads indices is plain to see in the model alone.
  (void)inputs.get(model.lookupSymbol<func::FuncOp>(funcs::forward));
  reference = model.clone();
  PassManager pm(model.getContext());
  pm.addPass(createBuildPrograms());
  pm.addPass(createAutodiff());
  if (failed(pm.run(*reference)))
    return failure();
  for (auto [name, results] : {std::pair(funcs::trainStep, &train),
                               std::pair(funcs::evaluate, &evaluate),
                               std::pair(funcs::predict, &predict)}) {
    FailureOr<Reference> interpreted = interpret(name, inputs);
    if (failed(interpreted))
      return failure();
    *results = std::move(*interpreted);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

static Results runProgram(const InProcess &compiled, StringRef function,
                          Inputs &inputs, const StepOptions &options = {}) {
  func::FuncOp func = compiled.getFunction(function);
  return nameResults(func, compiled.run(function, inputs.get(func), options));
}

void CompiledCheck::add(Comparison comparison, Reference &reference,
                        llvm::function_ref<double()> getAllowed,
                        std::vector<Comparison> &comparisons) {
  comparison.allowed = getAllowed();
  if (!comparison.passed() && !comparison.diverges() && !reference.isDrawn) {
    drawRoundings(reference);
    comparison.allowed = getAllowed();
  }
  comparisons.push_back(std::move(comparison));
}

void CompiledCheck::compareResults(Reference &reference, const Results &results,
                                   StringRef program,
                                   std::vector<Comparison> &comparisons) {
  for (const auto &[key, exact] : reference.f64) {
    if (StringRef(key).starts_with("gradient of "))
      continue;
    Comparison comparison{program.str(), key};
    auto found = results.find(key);
    comparison.norm = getNorm(exact);
    comparison.error = found == results.end()
                           ? std::numeric_limits<double>::infinity()
                           : getDistance(exact, found->second);
    add(
        std::move(comparison), reference,
        [&, &key = key] { return reference.getAllowed(key); }, comparisons);
  }
}

/// Reads the gradient from what a step did.
static Tensor readGradient(Attribute optimizer, const Tensor &param,
                           const Tensor &newParam, const Results &results,
                           const std::string &name, double rate) {
  Tensor gradient = newParam;
  if (auto adam = dyn_cast<AdamAttr>(optimizer)) {
    gradient = results.at(name + "#momentum");
    for (double &value : gradient.getData())
      value /= double(float(1 - adam.getBeta_1()));
  } else if (cast<SgdAttr>(optimizer).getMomentum() != 0.0) {
    gradient = results.at(name + "#momentum");
    for (double &value : gradient.getData())
      value /= -rate;
  } else {
    for (int64_t i = 0; i < gradient.size(); ++i)
      gradient[i] = (param[i] - newParam[i]) / rate;
  }
  return gradient;
}

void CompiledCheck::compareGradients(const InProcess &compiled,
                                     std::vector<Comparison> &comparisons) {
  // So large that the old parameter does not show in the new one.
  constexpr double rate = 0x1p20;
  Inputs state = inputs;
  func::FuncOp func = compiled.getFunction(funcs::trainStep);
  std::vector<Tensor> arguments = state.get(func);
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    if (func.getArgAttr(i, attrs::slot))
      argument = Tensor(argument.getType());
    else if (getArgumentKey(func, i) == "hyper")
      argument[0] = rate;
  }
  Results results =
      nameResults(func, compiled.run(funcs::trainStep, arguments, {}));
  for (auto param : model.getOps<ParamOp>()) {
    std::string name = param.getSymName().str(), key = "gradient of " + name;
    const Tensor &exact = train.f64.at(key);
    Tensor gradient = readGradient(optimizer, state.at(name), results.at(name),
                                   results, name, rate);
    Comparison comparison{"gradients", name};
    comparison.norm = getNorm(exact);
    comparison.error = getDistance(exact, gradient);
    add(
        std::move(comparison), train,
        [&] {
          // What is subtracted cannot be read where it is no number of f32.
          if (isa<SgdAttr>(optimizer) &&
              !std::isfinite(float(rate * getLargest(exact))))
            return std::numeric_limits<double>::infinity();
          return train.getAllowed(key) +
                 4 * unit * (getNorm(exact) + getNorm(state.at(name)) / rate);
        },
        comparisons);
  }
}

LogicalResult CompiledCheck::compareStep(const InProcess &compiled,
                                         Inputs &state, unsigned step,
                                         std::vector<Comparison> &comparisons) {
  FailureOr<Reference> reference = interpret(funcs::trainStep, state);
  if (failed(reference))
    return failure();
  Results results = runProgram(compiled, funcs::trainStep, state);
  std::string program = "step " + std::to_string(step);
  compareResults(*reference, results, program, comparisons);

  Tensor hyper = state.at("hyper");
  for (auto param : model.getOps<ParamOp>()) {
    std::string name = param.getSymName().str(), key = "gradient of " + name;
    std::vector<Tensor> slots, newSlots;
    for (StringRef slot : getSlotNames(optimizer)) {
      slots.push_back(state.at(name + "#" + slot.str()));
      newSlots.push_back(results.at(name + "#" + slot.str()));
    }
    Tensor old = state.at(name);
    Update exact =
        applyOptimizer(optimizer, old, reference->f64.at(key), slots, hyper);
    for (auto [i, slot] : llvm::enumerate(getSlotNames(optimizer))) {
      Comparison comparison{program, name + "#" + slot.str()};
      comparison.norm = getNorm(exact.slots[i]);
      comparison.error = getDistance(exact.slots[i], newSlots[i]);
      add(
          std::move(comparison), *reference,
          [&, i = i, slot = slot] {
            return carryError(optimizer, slot, reference->f64.at(key),
                              reference->getAllowed(key), hyper) +
                   8 * unit * (getNorm(slots[i]) + getNorm(exact.slots[i]));
          },
          comparisons);
    }
    Update given = applyOptimizer(optimizer, old, reference->f64.at(key), slots,
                                  hyper, newSlots);
    Comparison comparison{program, name};
    comparison.norm = getNorm(given.param);
    comparison.error = getDistance(given.param, results.at(name));
    add(
        std::move(comparison), *reference,
        [&] {
          return 8 * unit *
                     (getNorm(old) + getNorm(given.param) +
                      getDistance(old, given.param)) +
                 (isa<SgdAttr>(optimizer)
                      ? hyper[0] * reference->getAllowed(key)
                      : 0.0);
        },
        comparisons);
  }
  for (auto &[key, tensor] : results)
    state.set(key, tensor);
  // Only what is drawn at random reads the step.
  if (Tensor number = state.at("step"); number.getType()) {
    ++number[0];
    state.set("step", number);
  }
  return success();
}

FailureOr<std::vector<Comparison>>
CompiledCheck::compare(const InProcess &compiled, unsigned steps) {
  std::vector<Comparison> comparisons;
  compareGradients(compiled, comparisons);
  Inputs state = inputs;
  compareResults(evaluate, runProgram(compiled, funcs::evaluate, state),
                 "evaluate", comparisons);
  compareResults(predict, runProgram(compiled, funcs::predict, state),
                 "predict", comparisons);
  for (unsigned step = 1; step <= steps; ++step) {
    size_t before = comparisons.size();
    if (failed(compareStep(compiled, state, step, comparisons)))
      return failure();
    // The next would start from what is no number.
    if (llvm::any_of(ArrayRef(comparisons).drop_front(before),
                     [](const Comparison &c) { return c.diverges(); }))
      break;
  }
  return comparisons;
}

std::vector<std::string> CompiledCheck::compareBits(const InProcess &first,
                                                    const InProcess &compiled) {
  static constexpr StepOptions ways[] = {{1, false, 0},
                                         {2, false, 0x7fa5a5a5},
                                         {2, true, 0},
                                         {3, true, 0xffffffff}};
  std::vector<std::string> differences;
  for (StringRef function :
       {StringRef(funcs::trainStep), StringRef(funcs::evaluate),
        StringRef(funcs::predict)}) {
    Inputs state = inputs;
    Results expected = runProgram(first, function, state);
    for (const StepOptions &way : ways) {
      Results got = runProgram(compiled, function, state, way);
      for (const auto &[key, tensor] : expected)
        if (!got.count(key) || !haveSameBits(tensor, got.at(key)))
          differences.push_back(
              llvm::formatv("'{0}' of @{1} has other bits with {2} threads{3}, "
                            "unwritten memory being {4:x}",
                            key, function, way.threads,
                            way.descending ? " in decreasing order" : "",
                            way.pattern)
                  .str());
    }
  }
  return differences;
}

void kiln::printCompiledGradients(ArrayRef<Comparison> comparisons,
                                  raw_ostream &os) {
  size_t width = strlen("tensor");
  for (const Comparison &comparison : comparisons)
    width = std::max(width, comparison.tensor.size());
  os << "tensor" << std::string(width - strlen("tensor"), ' ')
     << "       norm      error    allowed\n";
  for (const Comparison &comparison : comparisons) {
    if (comparison.program != "gradients")
      continue;
    os << comparison.tensor
       << std::string(width - comparison.tensor.size(), ' ')
       << llvm::formatv(" {0,10:e2} {1,10:e2} {2,10:e2}  {3}\n",
                        comparison.norm, comparison.error, comparison.allowed,
                        comparison.passed()     ? "ok"
                        : comparison.diverges() ? "diverges"
                                                : "WRONG");
  }
}
