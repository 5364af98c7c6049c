//===- EachPass.cpp - The interpreter after every pass --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/EachPass.h"

#include "passes/Programs.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace kiln;

//===----------------------------------------------------------------------===//
// Watching
//===----------------------------------------------------------------------===//

class EachPass::Instrumentation : public PassInstrumentation {
public:
  explicit Instrumentation(EachPass &checker) : checker(checker) {}
  void runBeforePass(Pass *pass, Operation *op) override {
    checker.before(pass, op);
  }
  void runAfterPass(Pass *pass, Operation *op) override {
    checker.after(pass, op);
  }

private:
  EachPass &checker;
};

void EachPass::watch(PassManager &pm) {
  // The module is read while a pass may be running on another function.
  assert(!pm.getContext()->isMultithreadingEnabled() && "one pass at a time");
  numbers.clear();
  pm.addInstrumentation(std::make_unique<Instrumentation>(*this));
}

static ModuleOp getModule(Operation *op) {
  auto module = dyn_cast<ModuleOp>(op);
  return module ? module : op->getParentOfType<ModuleOp>();
}

/// What `pass` is held to: every bit, if it promises nothing.
static Effect getPromise(Pass *pass) {
  return getEffect(pass->getArgument()).value_or(Effect::Exact);
}

/// What runs other passes on functions is a pass as well, without a name.
static bool isWatched(Pass *pass) {
  return !pass->getArgument().empty() && getPromise(pass) != Effect::Lowers;
}

void EachPass::before(Pass *pass, Operation *op) {
  isLowered |= getPromise(pass) == Effect::Lowers;
  if (finding || isLowered || !isWatched(pass))
    return;
  ModuleOp module = getModule(op);
  previous = module.clone();
  for (auto func : module.getOps<func::FuncOp>()) {
    std::string name = func.getName().str();
    fingerprints.insert_or_assign(name, OperationFingerPrint(func));
    if (!snapshots.count(name) && !takeSnapshot(func, snapshots[name]))
      return report(name, "", "cannot be interpreted");
  }
}

bool EachPass::takeSnapshot(func::FuncOp func, Snapshot &snapshot) {
  FailureOr<Results> f64 = kiln::interpret(func, Precision::F64, inputs);
  FailureOr<Results> f32 = kiln::interpret(func, Precision::F32, inputs);
  if (failed(f64) || failed(f32))
    return false;
  snapshot = {std::move(*f64), std::move(*f32)};
  return true;
}

void EachPass::report(StringRef function, StringRef result, const Twine &what) {
  if (finding)
    return;
  finding.emplace();
  finding->function = function.str();
  finding->result = result.str();
  finding->what = what.str();
}

/// The pipeline that runs `pass` alone on the module around `op`.
static std::string getPipeline(Pass *pass, Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "builtin.module(";
  if (isa<func::FuncOp>(op))
    os << "func.func(";
  pass->printAsTextualPipeline(os);
  os << (isa<func::FuncOp>(op) ? "))" : ")");
  return text;
}

void EachPass::after(Pass *pass, Operation *op) {
  if (finding || isLowered || !isWatched(pass))
    return;
  ModuleOp module = getModule(op);
  StringRef name = pass->getArgument();
  auto [place, isNew] = numbers.try_emplace(pass, records.size());
  if (isNew)
    records.push_back({name.str(), getPromise(pass), {}, 0, 0.0, true});
  PassRecord &record = records[place->second];

  std::map<std::string, Snapshot> now;
  for (auto func : module.getOps<func::FuncOp>()) {
    std::string function = func.getName().str();
    auto was = fingerprints.find(function);
    if (was != fingerprints.end() &&
        was->second == OperationFingerPrint(func)) {
      now[function] = snapshots[function];
      continue;
    }
    record.functions.push_back(function);
    if (!takeSnapshot(func, now[function])) {
      report(function, "", "cannot be interpreted any more");
      break;
    }
    compare(function, now[function], record);
  }
  if (!finding && name == "kiln-insert-optimizer")
    checkUpdates(module, snapshots[funcs::trainStep.str()].f64,
                 now[funcs::trainStep.str()].f64, record);
  std::swap(snapshots, now);
  if (!finding && name == "kiln-build-programs")
    checkPrograms(module, record);
  record.passed = !finding;
  if (finding) {
    finding->pass = name.str();
    finding->pipeline = getPipeline(pass, op);
    finding->before = std::move(previous);
  }
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

void EachPass::compareResult(StringRef function, StringRef result,
                             const Tensor &was, const Tensor &is, bool isF64,
                             double allowed, PassRecord &record) {
  ++record.compared;
  if (was.getType() != is.getType())
    return report(function, result, "has another type");
  if (haveSameBits(was, is))
    return;
  double norm = std::max(getNorm(was), std::numeric_limits<double>::min());
  double error = getDistance(was, is) / norm;
  if (isF64)
    record.error = std::max(record.error, error);
  if (!(error <= allowed) || allowed == 0.0)
    report(function, result,
           llvm::formatv("differs in {0} by {1:e2} of its norm, {2:e0} allowed",
                         isF64 ? "f64" : "f32", error, allowed)
               .str());
}

void EachPass::compare(StringRef function, const Snapshot &now,
                       PassRecord &record) {
  auto found = snapshots.find(function.str());
  if (found == snapshots.end())
    return;
  for (bool isF64 : {true, false}) {
    const Results &was = isF64 ? found->second.f64 : found->second.f32;
    const Results &is = isF64 ? now.f64 : now.f32;
    for (const auto &[key, tensor] : was) {
      auto same = is.find(key);
      if (same != is.end())
        compareResult(function, key, tensor, same->second, isF64,
                      getAllowedError(record.effect, isF64), record);
      else if (record.effect != Effect::Builds)
        report(function, key, "is no longer there");
    }
  }
}

/// `@predict` must give what `@forward` does once nothing is dropped.
void EachPass::checkPrograms(ModuleOp module, PassRecord &record) {
  auto forward = previous->lookupSymbol<func::FuncOp>(funcs::forward);
  auto found = snapshots.find(funcs::predict.str());
  if (!forward || found == snapshots.end())
    return;
  OwningOpRef<ModuleOp> copy(previous->clone());
  forward = copy->lookupSymbol<func::FuncOp>(funcs::forward);
  forward.walk([](DropoutOp dropout) {
    dropout.getOutput().replaceAllUsesWith(dropout.getInput());
  });
  FailureOr<Results> kept = kiln::interpret(forward, Precision::F64, inputs);
  if (failed(kept))
    return report(funcs::forward, "", "cannot be interpreted");
  for (const auto &[key, tensor] : *kept) {
    auto same = found->second.f64.find(key);
    if (same == found->second.f64.end())
      report(funcs::predict, key, "is not there");
    else
      compareResult(funcs::predict, key, tensor, same->second, /*isF64=*/true,
                    0.0, record);
  }
}

/// New parameters and slots must be what the optimizer's formula makes of the
/// gradients of before.
void EachPass::checkUpdates(ModuleOp module, const Results &before,
                            const Results &after, PassRecord &record) {
  auto compiles = module.getOps<CompileOp>();
  if (compiles.empty())
    return;
  Attribute optimizer = (*compiles.begin()).getOptimizer();
  constexpr double allowed = 1e-12;
  for (auto param : module.getOps<ParamOp>()) {
    std::string name = param.getSymName().str();
    auto gradient = before.find("gradient of " + name);
    if (gradient == before.end())
      continue;
    std::vector<Tensor> slots;
    SmallVector<std::string> keys = {name};
    for (StringRef slot : getSlotNames(optimizer)) {
      keys.push_back(name + "#" + slot.str());
      slots.push_back(inputs.at(keys.back()));
    }
    Update update = applyOptimizer(optimizer, inputs.at(name), gradient->second,
                                   slots, inputs.at("hyper"));
    for (auto [i, key] : llvm::enumerate(keys)) {
      auto is = after.find(key);
      if (is == after.end())
        report(funcs::trainStep, key, "is not there");
      else
        compareResult(funcs::trainStep, key,
                      i == 0 ? update.param : update.slots[i - 1], is->second,
                      /*isF64=*/true, allowed, record);
    }
  }
}

void EachPass::print(raw_ostream &os) const {
  os << llvm::formatv("{0,-29} {1,-9} {2,9} {3,9}  {4}\n", "pass", "promise",
                      "compared", "error", "functions changed");
  for (const PassRecord &record : records) {
    StringRef promise = record.effect == Effect::Exact  ? "bits"
                        : record.effect == Effect::Sums ? "1e-12"
                                                        : "builds";
    os << llvm::formatv("{0,-29} {1,-9} {2,9} {3,9:e1} ", record.pass, promise,
                        record.compared, record.error);
    for (const std::string &function : record.functions)
      os << " " << function;
    os << (record.passed ? "\n" : "  WRONG\n");
  }
}

//===----------------------------------------------------------------------===//
// Reproducers
//===----------------------------------------------------------------------===//

/// Whether running `pipeline` on `module` breaks a promise.
static bool isBroken(ModuleOp module, StringRef pipeline,
                     const Inputs &inputs) {
  ScopedDiagnosticHandler quiet(module.getContext(),
                                [](Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> copy(module.clone());
  EachPass checker(inputs);
  PassManager pm(module.getContext());
  checker.watch(pm);
  return succeeded(parsePassPipeline(StringRef(pipeline)
                                         .drop_front(strlen("builtin.module("))
                                         .drop_back(),
                                     pm)) &&
         succeeded(pm.run(*copy)) && checker.getFinding();
}

static void eraseDeadOps(func::FuncOp func) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void kiln::reduceFinding(PassFinding &finding, const Inputs &inputs) {
  OwningOpRef<ModuleOp> smaller(finding.before->clone());
  auto keep = [&] {
    if (!isBroken(*smaller, finding.pipeline, inputs)) {
      smaller = finding.before->clone();
      return;
    }
    finding.before = smaller->clone();
  };
  for (auto func : llvm::make_early_inc_range(smaller->getOps<func::FuncOp>()))
    if (func.getName() != finding.function)
      func.erase();
  keep();
  auto func = smaller->lookupSymbol<func::FuncOp>(finding.function);
  if (!func)
    return;
  SmallVector<Value> results;
  SmallVector<DictionaryAttr> attributes;
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (getResultKey(func, i) == finding.result) {
      results.push_back(func.front().getTerminator()->getOperand(i));
      attributes.push_back(func.getResultAttrDict(i)
                               ? func.getResultAttrDict(i)
                               : DictionaryAttr::get(func.getContext()));
    }
  if (results.empty())
    return;
  setResults(func, results, attributes);
  eraseDeadOps(func);
  keep();
}

void kiln::writeReproducer(const PassFinding &finding, raw_ostream &os) {
  os << "// " << finding.pass << ": result '" << finding.result << "' of @"
     << finding.function << " " << finding.what << "\n"
     << "// kiln check THIS_FILE --each-pass --pipeline='" << finding.pipeline
     << "'\n";
  OpPrintingFlags flags;
  flags.enableDebugInfo();
  finding.before.get().print(os, flags);
  os << "\n{-#\n  external_resources: {\n    mlir_reproducer: {\n"
     << "      pipeline: \"" << finding.pipeline << "\",\n"
     << "      disable_threading: true,\n      verify_each: true\n"
     << "    }\n  }\n#-}\n";
}
