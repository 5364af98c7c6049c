//===- InterpretModel.cpp - Training steps in the interpreter -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "tools/kiln/InterpretModel.h"

#include "ir/KilnDialect.h"
#include "passes/Passes.h"
#include "runtime/DataNpy.h"
#include "runtime/Safetensors.h"

#include "llvm/Support/Format.h"

#include <cmath>
#include <map>

using namespace mlir;
using namespace kiln;

namespace {
/// Training steps of one model on one set of samples.
class Trainer {
public:
  Trainer(MLIRContext &context, const InterpretModelOptions &options)
      : options(options), compiler(context, options.compile),
        interpreter(options.precision) {}

  ExitCode run();

private:
  ExitCode read();
  ExitCode readWeights();
  FailureOr<std::vector<Tensor>> call(func::FuncOp func);
  Tensor getArgument(func::FuncOp func, unsigned index);
  Tensor getBatch(const rt::Array &array, RankedTensorType type,
                  double scale) const;
  Tensor getHyper(RankedTensorType type) const;
  Tensor getWeights(RankedTensorType type) const;
  int64_t getRows() const;
  ExitCode predict();
  ExitCode write(const std::map<std::string, Tensor> &tensors) const;

  const InterpretModelOptions &options;
  Compiler compiler;
  Interpreter interpreter;
  rt::Array inputs, targets;
  /// Parameters, slots and gradients by the names that files give them.
  std::map<std::string, Tensor> state, gradients;
  int64_t batchSize = 0, step = 0;
};
} // namespace

static ExitCode report(const rt::Status &status) {
  reportError(status.message());
  return ExitCode(status.code());
}

static int64_t getSeed(const model::ModelT &model) {
  return model.fit ? model.fit->seed : 0;
}

static double getScale(const model::ModelT &model) {
  return model.data ? model.data->scale : 1;
}

/// The name of a parameter, or of a slot when the argument is one.
static std::string getStateName(func::FuncOp func, unsigned index) {
  auto param = func.getArgAttrOfType<FlatSymbolRefAttr>(index, attrs::param);
  if (!param)
    return "";
  std::string name = param.getValue().str();
  if (auto slot = func.getArgAttrOfType<StringAttr>(index, attrs::slot))
    return "optimizer/" + name + "/" + slot.getValue().str();
  return name;
}

int64_t Trainer::getRows() const {
  int64_t batches = llvm::divideCeil(inputs.count(), batchSize);
  return std::min(batchSize, inputs.count() - step % batches * batchSize);
}

/// The samples of the present step times `scale`, zeros in the rows that there
/// are none for.
Tensor Trainer::getBatch(const rt::Array &array, RankedTensorType type,
                         double scale) const {
  Tensor batch(type);
  int64_t batches = llvm::divideCeil(inputs.count(), batchSize);
  int64_t size = batch.size() / batchSize;
  int64_t first = step % batches * batchSize * size;
  for (int64_t i = 0, e = getRows() * size; i < e; ++i)
    batch[i] = interpreter.round(array.at(first + i) * scale);
  return batch;
}

/// The learning rate and Adam's alpha, as the runtime computes them.
Tensor Trainer::getHyper(RankedTensorType type) const {
  const model::OptimizerT &optimizer = *compiler.getModel().compile->optimizer;
  double power1 = 1, power2 = 1;
  for (int64_t i = 0; i <= step; ++i) {
    power1 *= float(optimizer.beta_1);
    power2 *= float(optimizer.beta_2);
  }
  double rate = optimizer.learning_rate, alpha = rate;
  if (optimizer.kind == model::OptimizerKind_adam)
    alpha = rate * std::sqrt(1 - power2) / (1 - power1);
  return Tensor(type, {interpreter.round(rate), interpreter.round(alpha)});
}

/// The weight of each sample's class, as the runtime finds it.
Tensor Trainer::getWeights(RankedTensorType type) const {
  Tensor weights(type);
  int64_t batches = llvm::divideCeil(inputs.count(), batchSize);
  int64_t width = targets.sampleSize();
  for (int64_t row = 0, e = getRows(); row < e; ++row) {
    int64_t first = (step % batches * batchSize + row) * width, label = 0;
    for (int64_t i = 1; i < width; ++i)
      if (targets.at(first + i) > targets.at(first + label))
        label = i;
    if (width == 1)
      label = std::nearbyint(targets.at(first));
    weights[row] = 1;
    for (const auto &entry : compiler.getModel().fit->class_weight)
      if (entry->class_index == label)
        weights[row] = interpreter.round(entry->weight);
  }
  return weights;
}

Tensor Trainer::getArgument(func::FuncOp func, unsigned index) {
  auto type = cast<RankedTensorType>(func.getArgumentTypes()[index]);
  if (std::string name = getStateName(func, index); !name.empty())
    // Slots start from zero.
    return state.try_emplace(name, type).first->second;
  StringRef role =
      func.getArgAttrOfType<StringAttr>(index, attrs::role).getValue();
  int64_t batches = llvm::divideCeil(inputs.count(), batchSize);
  if (role == "input")
    return getBatch(inputs, type, getScale(compiler.getModel()));
  if (role == "target")
    return getBatch(targets, type, 1);
  if (role == "hyper")
    return getHyper(type);
  if (role == "weight")
    return getWeights(type);
  double value = llvm::StringSwitch<double>(role)
                     .Case("rows", getRows())
                     .Case("seed", getSeed(compiler.getModel()))
                     .Case("epoch", step / batches)
                     .Case("step", step % batches)
                     .Default(-1);
  assert(value >= 0 && "a role that train_step has");
  return Tensor::scalar(type.getElementType(), value);
}

FailureOr<std::vector<Tensor>> Trainer::call(func::FuncOp func) {
  std::vector<Tensor> arguments;
  for (unsigned i = 0, e = func.getNumArguments(); i < e; ++i)
    arguments.push_back(getArgument(func, i));
  return interpreter.call(func, arguments);
}

ExitCode Trainer::read() {
  if (rt::Status status = rt::readNpy(options.inputs, inputs); !status.ok())
    return report(status);
  if (inputs.count() < 1) {
    reportError(options.inputs + ": expected samples, got none");
    return ExitCode::User;
  }
  if (options.predict)
    return readWeights();
  if (rt::Status status = rt::readNpy(options.targets, targets); !status.ok())
    return report(status);
  if (inputs.count() != targets.count()) {
    reportError(options.targets + ": expected as many targets as inputs, got " +
                llvm::Twine(targets.count()) + " for " +
                llvm::Twine(inputs.count()));
    return ExitCode::User;
  }
  return readWeights();
}

ExitCode Trainer::readWeights() {
  rt::SafetensorsFile file;
  if (rt::Status status = file.read(options.weights); !status.ok())
    return report(status);
  auto func = compiler.getModule().lookupSymbol<func::FuncOp>(funcs::trainStep);
  for (unsigned i = 0, e = func.getNumArguments(); i < e; ++i) {
    std::string name = getStateName(func, i);
    auto type = cast<RankedTensorType>(func.getArgumentTypes()[i]);
    const rt::SafeTensor *tensor = file.find(name);
    if (func.getArgAttr(i, attrs::slot) || name.empty())
      continue;
    bool isDouble = tensor && tensor->type == "F64";
    if (!tensor || (!isDouble && tensor->type != "F32") ||
        ArrayRef<int64_t>(tensor->shape) != type.getShape()) {
      reportError(options.weights + ": expected a tensor '" + name +
                  "' of shape " +
                  rt::showShape(std::vector<int64_t>(type.getShape())) +
                  ", F32 or F64");
      return ExitCode::User;
    }
    Tensor value(type);
    for (int64_t j = 0; j < value.size(); ++j)
      value[j] = interpreter.round(
          isDouble ? static_cast<const double *>(tensor->data)[j]
                   : double(static_cast<const float *>(tensor->data)[j]));
    state[name] = std::move(value);
  }
  return ExitCode::Success;
}

ExitCode Trainer::write(const std::map<std::string, Tensor> &tensors) const {
  if (options.output.empty())
    return ExitCode::Success;
  bool isDouble = options.precision == Precision::F64;
  std::vector<std::vector<float>> floats;
  std::vector<rt::SafeTensor> entries;
  for (const auto &[name, tensor] : tensors) {
    rt::SafeTensor entry;
    entry.name = name;
    entry.type = isDouble ? "F64" : "F32";
    entry.shape = tensor.getShape().vec();
    const std::vector<double> &data = tensor.getData();
    entry.data = data.data();
    entry.bytes = data.size() * (isDouble ? sizeof(double) : sizeof(float));
    if (!isDouble)
      entry.data = floats.emplace_back(data.begin(), data.end()).data();
    entries.push_back(std::move(entry));
  }
  rt::Status status = rt::writeSafetensors(options.output, {}, entries);
  return status.ok() ? ExitCode::Success : report(status);
}

ExitCode Trainer::predict() {
  auto func = compiler.getModule().lookupSymbol<func::FuncOp>(funcs::predict);
  auto type = cast<RankedTensorType>(func.getResultTypes().front());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = inputs.count();
  Tensor all(type.clone(shape));
  auto next = all.getData().begin();
  for (int64_t e = llvm::divideCeil(inputs.count(), batchSize); step < e;
       ++step) {
    FailureOr<std::vector<Tensor>> results = call(func);
    if (failed(results))
      return ExitCode::Bug;
    const std::vector<double> &data = results->front().getData();
    int64_t size = data.size() / batchSize * getRows();
    next = std::copy_n(data.begin(), size, next);
  }
  return write({{"prediction", all}});
}

ExitCode Trainer::run() {
  if (ExitCode code = compiler.load(); code != ExitCode::Success)
    return code;
  OwningOpRef<ModuleOp> backward(compiler.getModule().clone());
  PassManager pm(backward->getContext());
  pm.addPass(createBuildPrograms());
  pm.addPass(createAutodiff());
  if (options.gradients && failed(pm.run(*backward)))
    return ExitCode::User;
  if (ExitCode code = compiler.runTo(Phase::Train); code != ExitCode::Success)
    return code;
  ModuleOp module = compiler.getModule();
  batchSize = module->getAttrOfType<IntegerAttr>(attrs::batch).getInt();
  if (ExitCode code = read(); code != ExitCode::Success)
    return code;
  if (options.predict)
    return predict();

  auto train = module.lookupSymbol<func::FuncOp>(funcs::trainStep);
  for (; step < options.steps; ++step) {
    bool last = options.gradients && step + 1 == options.steps;
    func::FuncOp func = train;
    if (last)
      func = backward->lookupSymbol<func::FuncOp>(funcs::trainStep);
    FailureOr<std::vector<Tensor>> results = call(func);
    if (failed(results))
      return ExitCode::Bug;
    for (auto [i, result] : llvm::enumerate(*results)) {
      auto role = func.getResultAttrOfType<StringAttr>(i, attrs::role);
      if (role && role.getValue() == "loss")
        llvm::outs() << "step " << step + 1 << ": loss "
                     << llvm::format("%.17g", result[0]) << "\n";
      if (auto donor = func.getResultAttrOfType<IntegerAttr>(i, attrs::donates))
        state[getStateName(func, donor.getInt())] = std::move(result);
      else if (auto param = func.getResultAttrOfType<FlatSymbolRefAttr>(
                   i, attrs::gradientOf))
        gradients[param.getValue().str()] = std::move(result);
    }
  }
  return write(options.gradients ? gradients : state);
}

ExitCode kiln::interpretModel(MLIRContext &context,
                              const InterpretModelOptions &options) {
  return Trainer(context, options).run();
}
