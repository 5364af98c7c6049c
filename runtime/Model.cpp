//===- Model.cpp - What a trainer knows of its model ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Model.h"

#include "runtime/Array.h"

namespace kiln::rt {

static constexpr uint64_t MostBytes = MostArrayBytes;
static constexpr unsigned MostDepth = 32, MostTables = 1 << 20;

namespace {
/// Takes the manifest apart; the first thing that is wrong stays in `status`.
class Loader {
public:
  Loader(Model &model) : model(model) {}

  void load(const kiln_model &object);
  Status status;

private:
  void fail(const std::string &what) {
    if (status.ok())
      status =
          internalError("the program's manifest is damaged: %s", what.c_str());
  }
  std::string text(const flatbuffers::String *string, const char *what);
  std::vector<int64_t> shape(const flatbuffers::Vector<int64_t> *extents,
                             const std::string &what);
  /// Elements of `extents`, and that they fit into [offset, limit).
  int64_t place(const std::vector<int64_t> &extents, uint64_t offset,
                uint64_t limit, const std::string &what);
  void loadTensors(
      const flatbuffers::Vector<flatbuffers::Offset<model::StateTensor>> *from,
      std::vector<TensorInfo> &to);
  void loadProgram(const model::Program *from, kiln_program entry,
                   const char *what, ProgramInfo &to);
  void loadOperands(const model::Program *from, const char *what,
                    ProgramInfo &to);

  Model &model;
};
} // namespace

std::string Loader::text(const flatbuffers::String *string, const char *what) {
  if (!string || !string->size()) {
    fail(std::string(what) + " has no name");
    return std::string();
  }
  return string->str();
}

std::vector<int64_t> Loader::shape(const flatbuffers::Vector<int64_t> *extents,
                                   const std::string &what) {
  std::vector<int64_t> result;
  if (extents)
    result.assign(extents->begin(), extents->end());
  for (int64_t extent : result)
    if (extent < 1)
      fail(what + " has the shape " + showShape(result));
  return result;
}

int64_t Loader::place(const std::vector<int64_t> &extents, uint64_t offset,
                      uint64_t limit, const std::string &what) {
  uint64_t bytes = 0;
  if (!checkedSize(extents, 4, MostBytes, bytes) || offset % 64 ||
      offset > limit || bytes > limit - offset) {
    fail(what + " lies outside of its block");
    return 0;
  }
  return int64_t(bytes / 4);
}

void Loader::loadTensors(
    const flatbuffers::Vector<flatbuffers::Offset<model::StateTensor>> *from,
    std::vector<TensorInfo> &to) {
  if (!from)
    return;
  for (const model::StateTensor *tensor : *from) {
    TensorInfo info;
    info.name = text(tensor->name(), "a tensor");
    info.layer = tensor->layer() ? tensor->layer()->str() : std::string();
    info.shape = shape(tensor->shape(), info.name);
    info.offset = tensor->offset();
    info.size = place(info.shape, info.offset, model.stateBytes, info.name);
    info.initializer = tensor->initializer();
    info.unitForgetBias = tensor->unit_forget_bias();
    to.push_back(std::move(info));
  }
}

void Loader::loadOperands(const model::Program *from, const char *what,
                          ProgramInfo &to) {
  if (!from->operands())
    return;
  for (const model::Operand *operand : *from->operands()) {
    OperandInfo info;
    info.role = operand->role();
    info.type = operand->type();
    info.shape = shape(operand->shape(), what);
    if (info.shape.empty() || info.shape[0] != model.batchSize)
      return fail(std::string(what) + ": an operand has no batch");
    info.rowSize = place(info.shape, 0, MostBytes, what) / model.batchSize;
    to.operands.push_back(std::move(info));
  }
}

using KernelVector = flatbuffers::Vector<flatbuffers::Offset<model::Kernel>>;

static void loadKernels(const KernelVector *from, std::vector<KernelInfo> &to) {
  if (!from)
    return;
  for (const model::Kernel *kernel : *from) {
    KernelInfo info;
    info.id = kernel->id() ? kernel->id()->str() : std::string();
    info.summary = kernel->summary() ? kernel->summary()->str() : std::string();
    info.flops = kernel->flops();
    info.bytes = kernel->bytes();
    info.line = kernel->line();
    info.ragged = kernel->ragged();
    loadKernels(kernel->cell(), info.cell);
    to.push_back(std::move(info));
  }
}

void Loader::loadProgram(const model::Program *from, kiln_program entry,
                         const char *what, ProgramInfo &to) {
  if (!from || !entry)
    return fail(std::string("no program to ") + what);
  to.entry = entry;
  to.arenaBytes = from->arena_bytes();
  to.threadBytes = from->thread_bytes();
  to.resultBytes = from->result_bytes();
  to.arranged = from->arranged();
  if (to.arenaBytes > MostBytes || to.threadBytes > MostBytes ||
      to.resultBytes > MostBytes)
    return fail(std::string(what) + ": memory out of range");
  loadOperands(from, what, to);
  if (from->results())
    for (const model::Result *result : *from->results()) {
      ResultInfo info;
      info.name = result->name() ? result->name()->str() : std::string();
      info.shape = shape(result->shape(), what);
      info.offset = result->offset();
      info.size = place(info.shape, info.offset, to.resultBytes, what);
      switch (result->role()) {
      case model::ResultRole_loss:
        to.loss.push_back(std::move(info));
        break;
      case model::ResultRole_metric:
        to.metrics.push_back(std::move(info));
        break;
      default:
        to.output.push_back(std::move(info));
      }
    }
  loadKernels(from->kernels(), to.kernels);
}

void Loader::load(const kiln_model &object) {
  flatbuffers::Verifier verifier(object.manifest, object.manifest_size,
                                 MostDepth, MostTables);
  if (!model::VerifyManifestBuffer(verifier))
    return fail("it is no manifest");
  const model::Manifest *manifest = model::GetManifest(object.manifest);
  if (manifest->abi() != KILN_ABI_VERSION)
    return fail(format("expected interface %d, got %u", KILN_ABI_VERSION,
                       manifest->abi()));
  model.manifest = manifest;
  model.source = manifest->model();
  if (!model.source || !model.source->compile() ||
      !model.source->compile()->loss() ||
      !model.source->compile()->optimizer() || !model.source->inputs() ||
      !model.source->inputs()->size())
    return fail("it lacks the model");
  model.name = text(model.source->name(), "the model");
  model.batchSize = manifest->batch_size();
  model.stateBytes = manifest->state_bytes();
  if (model.batchSize < 1 || model.batchSize > int64_t(1) << 32)
    return fail("batch size out of range");
  if (model.stateBytes > MostBytes)
    return fail("memory out of range");
  loadTensors(manifest->parameters(), model.parameters);
  loadTensors(manifest->slots(), model.slots);
  for (const TensorInfo &parameter : model.parameters)
    if (!parameter.initializer)
      return fail(parameter.name + " has no initializer");
  loadProgram(manifest->train(), object.train, "train", model.train);
  loadProgram(manifest->evaluate(), object.evaluate, "evaluate",
              model.evaluate);
  loadProgram(manifest->predict(), object.predict, "predict", model.predict);
  if (model.train.loss.size() != 1 || model.evaluate.loss.size() != 1 ||
      model.train.metrics.size() != model.evaluate.metrics.size() ||
      model.predict.output.size() != 1 || model.predict.output[0].shape.empty())
    return fail("a program lacks its results");
  size_t accuracies = 0, counted = 0;
  if (const auto *metrics = model.source->compile()->metrics())
    for (const model::Metric *metric : *metrics) {
      text(metric->name(), "a metric");
      if (metric->kind() > model::MetricKind_MAX)
        return fail("a metric is of no known kind");
      ++(metric->kind() == model::MetricKind_accuracy ? accuracies : counted);
    }
  auto hasOutput = [&](const ProgramInfo &program) {
    return program.output.size() == 1 &&
           program.output[0].shape == model.predict.output[0].shape;
  };
  if (model.train.metrics.size() != accuracies || !hasOutput(model.evaluate) ||
      (counted && !hasOutput(model.train)))
    return fail("a program lacks the results of its metrics");
  model.inputShape =
      shape(model.source->inputs()->Get(0)->shape(), "the input");
  const std::vector<int64_t> &output = model.predict.output[0].shape;
  model.outputShape.assign(output.begin() + 1, output.end());
}

uint64_t ProgramInfo::flops() const {
  uint64_t sum = 0;
  for (const KernelInfo &kernel : kernels)
    sum += kernel.flops;
  return sum;
}

Status Model::load(const kiln_model &object, Model &model) {
  Loader loader(model);
  loader.load(object);
  return loader.status;
}

int64_t Model::parameterCount() const {
  int64_t sum = 0;
  for (const TensorInfo &parameter : parameters)
    sum += parameter.size;
  return sum;
}

int64_t Model::outputWidth() const {
  return outputShape.empty() ? 1 : outputShape.back();
}

bool Model::hasClassTargets() const {
  return source->compile()->loss()->kind() ==
         model::LossKind_sparse_categorical_crossentropy;
}

} // namespace kiln::rt
