//===- FakeModel.cpp - A compiled model made by hand ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Softmax regression with Adam as generated code would have it: the runtime's
// tests link it in the place of a compiled model, so that they need no
// compiler. KILN_FAKE_READER (idx, npy, csv; of texts text-folders, text-csv,
// ids), KILN_FAKE_UNITS, KILN_FAKE_VALIDATION, KILN_FAKE_SPLIT
// (validation_split), KILN_FAKE_WEIGHT (class_weight of class 0) and
// KILN_FAKE_PATIENCE (of EarlyStopping, beside a ReduceLROnPlateau that halves
// the rate after each epoch but the first) vary it, and of texts
// KILN_FAKE_WORDS and KILN_FAKE_CLASSES. What it sees of a text is how often
// each id is there, modulo their number. KILN_FAKE_WRONG makes it wrong: `loss`
// has one that is not finite, `threads` weights that depend on them. Counts the
// heap allocations between the first step and the last one.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "frontend/manifest_generated.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <omp.h>

using namespace kiln;

namespace {
constexpr int64_t Batch = 8, Inputs = 16;
/// Offsets of the results and of a thread's operands.
constexpr uint64_t LossAt = 0, AccuracyAt = 64, OutputAt = 128;
constexpr uint64_t InputAt = 0, TargetAt = 1024, WeightAt = 1088;

int64_t Units = 3;
/// Whether inputs are ids; the rows of their table.
bool IsText = false;
constexpr int64_t Rows = 50;
uint64_t KernelBytes, BiasBytes;

bool IsLossWrong = false, IsThreadsWrong = false;

volatile bool IsCounting = false;
} // namespace

#ifdef KILN_COUNT_ALLOCATIONS
static volatile long Allocations = 0;

extern "C" void *__libc_malloc(size_t);
extern "C" void *__libc_calloc(size_t, size_t);
extern "C" void *__libc_realloc(void *, size_t);
extern "C" void *__libc_memalign(size_t, size_t);

static void count() {
  if (IsCounting)
    __atomic_fetch_add(&Allocations, 1, __ATOMIC_RELAXED);
}

extern "C" void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}
extern "C" void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}
extern "C" void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}
extern "C" void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}
#endif

static uint64_t roundUp(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Parameters and slots in the state block, in the manifest's order.
static float *stateAt(void *state, int index) {
  uint64_t offset = 0;
  for (int i = 0; i < index; ++i)
    offset += i % 2 ? BiasBytes : KernelBytes;
  return reinterpret_cast<float *>(static_cast<char *>(state) + offset);
}

static float *floats(void *memory, uint64_t offset) {
  return reinterpret_cast<float *>(static_cast<char *>(memory) + offset);
}

/// Counts the ids of each sample, modulo their number, in its place.
static void countIds(float *x) {
  for (int64_t row = 0; row < Batch; ++row) {
    int32_t ids[Inputs];
    std::memcpy(ids, x + row * Inputs, sizeof(ids));
    std::fill_n(x + row * Inputs, Inputs, 0.0f);
    for (int32_t id : ids)
      if (id)
        x[row * Inputs + id % Inputs] += 1;
  }
}

/// probabilities[Batch, Units] of the inputs x.
static void forward(void *state, const float *x, float *probabilities) {
  const float *kernel = stateAt(state, 0), *bias = stateAt(state, 1);
  for (int64_t row = 0; row < Batch; ++row) {
    float *p = probabilities + row * Units, most = -INFINITY, sum = 0;
    for (int64_t unit = 0; unit < Units; ++unit) {
      float logit = 0;
      for (int64_t i = 0; i < Inputs; ++i)
        logit = std::fma(x[row * Inputs + i], kernel[i * Units + unit], logit);
      p[unit] = logit + bias[unit];
      most = std::fmax(most, p[unit]);
    }
    for (int64_t unit = 0; unit < Units; ++unit)
      sum += p[unit] = std::exp(p[unit] - most);
    for (int64_t unit = 0; unit < Units; ++unit)
      p[unit] /= sum;
  }
}

static void lossAndAccuracy(const float *probabilities, const int32_t *labels,
                            const float *weights, int64_t rows, void *results) {
  float loss = 0, right = 0;
  for (int64_t row = 0; row < rows; ++row) {
    const float *p = probabilities + row * Units;
    loss -= weights[row] * std::log(p[labels[row]]);
    int64_t best = 0;
    for (int64_t unit = 1; unit < Units; ++unit)
      if (p[unit] > p[best])
        best = unit;
    right += best == labels[row];
  }
  *floats(results, LossAt) = IsLossWrong ? NAN : loss / float(rows);
  *floats(results, AccuracyAt) = right;
}

static void adam(float *weight, float *momentum, float *velocity, float g,
                 float alpha) {
  *momentum += (g - *momentum) * 0.1f;
  *velocity += (g * g - *velocity) * 0.001f;
  *weight -= *momentum * alpha / (std::sqrt(*velocity) + 1e-7f);
}

/// Updates the units that belong to a thread.
static void update(void *state, const float *x, const float *probabilities,
                   const int32_t *labels, const kiln_step &step, int thread,
                   int threads) {
  for (int64_t unit = thread; unit < Units; unit += threads) {
    for (int64_t i = 0; i <= Inputs; ++i) {
      float gradient = 0;
      for (int64_t row = 0; row < step.rows; ++row) {
        float error = probabilities[row * Units + unit] - (labels[row] == unit);
        gradient = std::fma(i < Inputs ? x[row * Inputs + i] : 1.0f,
                            error / float(step.rows), gradient);
      }
      int isBias = i == Inputs;
      int64_t at = isBias ? unit : i * Units + unit;
      // Slots: kernel's momentum and velocity, then the bias's.
      uint64_t kernelEnd = 3 * KernelBytes + BiasBytes;
      float *momentum = isBias ? floats(state, kernelEnd) + at
                               : floats(state, KernelBytes + BiasBytes) + at;
      float *velocity = isBias
                            ? floats(state, kernelEnd + BiasBytes) + at
                            : floats(state, 2 * KernelBytes + BiasBytes) + at;
      adam(stateAt(state, isBias) + at, momentum, velocity, gradient,
           step.hyper[1]);
    }
    if (IsThreadsWrong && thread == 0)
      *stateAt(state, 0) = float(threads);
  }
}

static void runProgram(kiln_run *run, void *state, void *arena, void *results,
                       kiln_step *step, int32_t threads, bool isTrain,
                       bool isPredict) {
  float *probabilities = floats(arena, 0);
#pragma omp parallel num_threads(threads)
  {
    int thread = omp_get_thread_num();
    void *area = kiln_rt_thread_begin(run, thread);
    for (int64_t number = 0;; ++number) {
      if (thread == 0)
        kiln_rt_step(run);
#pragma omp barrier
      if (!step->more)
        break;
      if (thread == 0 && number == 1)
        IsCounting = true;
      kiln_rt_load(run, thread, 0, floats(area, InputAt), 0, Inputs);
      if (IsText)
        countIds(floats(area, InputAt));
      kiln_rt_stamp(-2);
      const int32_t *labels =
          reinterpret_cast<const int32_t *>(floats(area, TargetAt));
      if (!isPredict) {
        kiln_rt_load(run, thread, 1, floats(area, TargetAt), 0, 1);
        kiln_rt_load(run, thread, 2, floats(area, WeightAt), 0, 1);
      }
      if (thread == 0)
        forward(state, floats(area, InputAt), probabilities);
      kiln_rt_stamp(0);
#pragma omp barrier
      kiln_rt_stamp(-1);
      if (thread == 0 && !isTrain)
        std::memcpy(floats(results, OutputAt), probabilities,
                    size_t(Batch * Units) * sizeof(float));
      if (thread == 0 && !isPredict)
        lossAndAccuracy(probabilities, labels, floats(area, WeightAt),
                        step->rows, results);
      if (isTrain)
        update(state, floats(area, InputAt), probabilities, labels, *step,
               thread, threads);
      if (isTrain)
        kiln_rt_stamp(1);
#pragma omp barrier
    }
    if (thread == 0)
      IsCounting = false;
    kiln_rt_thread_end(run, thread);
  }
}

static void train(kiln_run *run, void *state, void *arena, void *results,
                  kiln_step *step, int32_t threads) {
  runProgram(run, state, arena, results, step, threads, true, false);
}
static void evaluate(kiln_run *run, void *state, void *arena, void *results,
                     kiln_step *step, int32_t threads) {
  runProgram(run, state, arena, results, step, threads, false, false);
}
static void predict(kiln_run *run, void *state, void *arena, void *results,
                    kiln_step *step, int32_t threads) {
  runProgram(run, state, arena, results, step, threads, false, true);
}

static std::string variable(const char *name, const char *otherwise) {
  const char *value = std::getenv(name);
  return value ? value : otherwise;
}

static std::unique_ptr<model::StateTensorT>
makeTensor(const char *name, std::vector<int64_t> shape, uint64_t &offset,
           int initializer = -1) {
  auto tensor = std::make_unique<model::StateTensorT>();
  tensor->name = name;
  tensor->layer = "dense";
  tensor->offset = offset;
  offset += shape.size() == 2 ? KernelBytes : BiasBytes;
  tensor->shape = std::move(shape);
  if (initializer >= 0) {
    tensor->initializer = std::make_unique<model::InitializerT>();
    tensor->initializer->kind = model::InitializerKind(initializer);
  }
  return tensor;
}

static std::unique_ptr<model::ResultT> makeResult(model::ResultRole role,
                                                  const char *name,
                                                  uint64_t offset,
                                                  std::vector<int64_t> shape) {
  auto result = std::make_unique<model::ResultT>();
  result->role = role;
  result->name = name;
  result->offset = offset;
  result->shape = std::move(shape);
  return result;
}

static std::unique_ptr<model::OperandT>
makeOperand(model::OperandRole role, model::ElementType type,
            std::vector<int64_t> shape) {
  auto operand = std::make_unique<model::OperandT>();
  operand->role = role;
  operand->type = type;
  operand->shape = std::move(shape);
  return operand;
}

static std::unique_ptr<model::KernelT> makeKernel(const char *id,
                                                  uint64_t flops) {
  auto kernel = std::make_unique<model::KernelT>();
  kernel->id = id;
  kernel->flops = flops;
  kernel->summary = "by hand";
  return kernel;
}

static std::unique_ptr<model::ProgramT> makeProgram(bool isTrain,
                                                    bool isPredict) {
  auto program = std::make_unique<model::ProgramT>();
  program->arena_bytes = roundUp(uint64_t(Batch * Units) * sizeof(float));
  program->thread_bytes = 1152;
  program->result_bytes =
      OutputAt + roundUp(uint64_t(Batch * Units) * sizeof(float));
  program->operands.push_back(
      IsText ? makeOperand(model::OperandRole_input, model::ElementType_i32,
                           {Batch, Inputs})
             : makeOperand(model::OperandRole_input, model::ElementType_f32,
                           {Batch, 4, 4}));
  program->kernels.push_back(makeKernel("dense.forward@fake.toml:1",
                                        uint64_t(2 * Batch * Inputs * Units)));
  if (!isTrain)
    program->results.push_back(makeResult(model::ResultRole_output, "output",
                                          OutputAt, {Batch, Units}));
  if (isPredict)
    return program;
  program->operands.push_back(
      makeOperand(model::OperandRole_target, model::ElementType_i32, {Batch}));
  program->operands.push_back(
      makeOperand(model::OperandRole_weight, model::ElementType_f32, {Batch}));
  program->results.push_back(
      makeResult(model::ResultRole_loss, "loss", LossAt, {}));
  program->results.push_back(
      makeResult(model::ResultRole_metric, "accuracy", AccuracyAt, {}));
  if (isTrain)
    program->kernels.push_back(makeKernel(
        "dense.dW@fake.toml:1", uint64_t(2 * Batch * Inputs * Units)));
  return program;
}

static std::unique_ptr<model::SplitT> makeSplit(const std::string &reader,
                                                const std::string &stem) {
  auto split = std::make_unique<model::SplitT>();
  if (reader == "text-folders" || reader == "text-csv") {
    split->inputs = reader == "text-csv" ? stem + "-texts.csv" : stem;
    return split;
  }
  if (reader == "ids") {
    split->inputs = stem + "-ids.npy";
    split->targets = stem + "-labels.npy";
    return split;
  }
  split->inputs = stem + (reader == "csv" ? ".csv" : "-x." + reader);
  if (reader != "csv")
    split->targets = stem + "-y." + reader;
  return split;
}

static void addCallbacks(model::ModelT &source, int64_t patience) {
  model::EarlyStoppingOptionsT stopping;
  stopping.monitor = "accuracy";
  stopping.patience = patience;
  stopping.restore_best_weights = true;
  model::ReduceLROnPlateauOptionsT plateau;
  plateau.monitor = "loss";
  plateau.factor = 0.5;
  plateau.patience = 1;
  plateau.min_delta = 10;
  for (int i = 0; i < 2; ++i)
    source.callbacks.push_back(std::make_unique<model::CallbackT>());
  source.callbacks[0]->options.Set(std::move(stopping));
  source.callbacks[1]->options.Set(std::move(plateau));
}

/// What texts need: a tokenizer, and a table for the ids.
static void addTexts(model::ModelT &source, const std::string &reader) {
  source.inputs[0]->shape = {Inputs};
  source.inputs[0]->dtype = model::DataType_int32;
  auto layer = std::make_unique<model::LayerT>();
  layer->name = "embedding";
  model::EmbeddingOptionsT embedding;
  embedding.input_dim = Rows;
  embedding.output_dim = 1;
  layer->options.Set(std::move(embedding));
  source.layers.push_back(std::move(layer));
  if (reader == "ids")
    return;
  model::DataT &data = *source.data;
  data.reader = model::ReaderKind_text_folders;
  std::string classes = variable("KILN_FAKE_CLASSES", "neg,pos");
  for (size_t at = 0; at < classes.size();) {
    size_t stop = std::min(classes.find(',', at), classes.size());
    data.classes.push_back(classes.substr(at, stop - at));
    at = stop + 1;
  }
  if (reader == "text-csv") {
    data.reader = model::ReaderKind_csv;
    data.text_column = "review";
    data.target_columns = {"label"};
  }
  data.tokenizer = std::make_unique<model::TokenizerT>();
  data.tokenizer->num_words =
      std::atoi(variable("KILN_FAKE_WORDS", "50").c_str());
  data.tokenizer->filters = "!?.,\"\n";
  data.tokenizer->split = " ";
  data.tokenizer->oov_token = "<OOV>";
  data.pad_sequences = std::make_unique<model::PadSequencesT>();
  data.pad_sequences->maxlen = Inputs;
  data.pad_sequences->padding = model::Side_post;
}

static std::unique_ptr<model::ModelT> makeSource() {
  auto source = std::make_unique<model::ModelT>();
  source->name = variable("KILN_FAKE_NAME", "fake");
  source->source = "fake.toml";
  source->inputs.push_back(std::make_unique<model::InputT>());
  source->inputs[0]->name = "input";
  source->inputs[0]->shape = {4, 4};
  source->data = std::make_unique<model::DataT>();
  std::string reader = variable("KILN_FAKE_READER", "npy");
  source->data->reader = reader == "csv"   ? model::ReaderKind_csv
                         : reader == "idx" ? model::ReaderKind_idx
                                           : model::ReaderKind_npy;
  if (reader == "csv")
    source->data->target_columns = {"label"};
  if (IsText)
    addTexts(*source, reader);
  source->data->train = makeSplit(reader, "train");
  source->data->test = makeSplit(reader, "test");
  if (std::getenv("KILN_FAKE_VALIDATION"))
    source->data->validation = makeSplit(reader, "test");
  source->compile = std::make_unique<model::CompileT>();
  source->compile->loss = std::make_unique<model::LossT>();
  source->compile->optimizer = std::make_unique<model::OptimizerT>();
  source->compile->optimizer->kind = model::OptimizerKind_adam;
  source->compile->optimizer->learning_rate = 0.01;
  source->compile->metrics.push_back(std::make_unique<model::MetricT>());
  source->compile->metrics[0]->name = "accuracy";
  source->fit = std::make_unique<model::FitT>();
  source->fit->validation_split =
      std::atof(variable("KILN_FAKE_SPLIT", "0").c_str());
  if (std::getenv("KILN_FAKE_WEIGHT")) {
    auto weight = std::make_unique<model::ClassWeightT>();
    weight->weight = std::atof(std::getenv("KILN_FAKE_WEIGHT"));
    source->fit->class_weight.push_back(std::move(weight));
  }
  if (std::getenv("KILN_FAKE_PATIENCE"))
    addCallbacks(*source, std::atoi(std::getenv("KILN_FAKE_PATIENCE")));
  source->fit->epochs = 2;
  source->fit->batch_size = Batch;
  return source;
}

kiln_model makeFakeModel() {
  std::string reader = variable("KILN_FAKE_READER", "npy");
  IsText = reader == "ids" || reader.compare(0, 5, "text-") == 0;
  std::string wrong = variable("KILN_FAKE_WRONG", "");
  IsLossWrong = wrong == "loss";
  IsThreadsWrong = wrong == "threads";
  Units = std::atoi(variable("KILN_FAKE_UNITS", IsText ? "2" : "3").c_str());
  KernelBytes = roundUp(uint64_t(Inputs * Units) * sizeof(float));
  BiasBytes = roundUp(uint64_t(Units) * sizeof(float));
  model::ManifestT manifest;
  manifest.abi = KILN_ABI_VERSION;
  manifest.model = makeSource();
  manifest.cpu = "x86-64-v3";
  manifest.features = {"avx2", "fma"};
  if (const char *feature = std::getenv("KILN_FAKE_FEATURE"))
    manifest.features.push_back(feature);
  manifest.batch_size = Batch;
  manifest.fused = true;
  manifest.traced = true;
  uint64_t offset = 0;
  manifest.parameters.push_back(
      makeTensor("dense/kernel", {Inputs, Units}, offset,
                 model::InitializerKind_glorot_uniform));
  manifest.parameters.push_back(
      makeTensor("dense/bias", {Units}, offset, model::InitializerKind_zeros));
  for (const char *name :
       {"optimizer/dense/kernel/momentum", "optimizer/dense/kernel/velocity"})
    manifest.slots.push_back(makeTensor(name, {Inputs, Units}, offset));
  for (const char *name :
       {"optimizer/dense/bias/momentum", "optimizer/dense/bias/velocity"})
    manifest.slots.push_back(makeTensor(name, {Units}, offset));
  manifest.state_bytes = offset;
  manifest.train = makeProgram(true, false);
  manifest.evaluate = makeProgram(false, false);
  manifest.predict = makeProgram(false, true);

  static auto &builders = *new std::deque<flatbuffers::FlatBufferBuilder>;
  flatbuffers::FlatBufferBuilder &builder = builders.emplace_back();
  model::FinishManifestBuffer(builder,
                              model::CreateManifest(builder, &manifest));
  return {builder.GetBufferPointer(), builder.GetSize(), train, evaluate,
          predict};
}

extern "C" {
extern const kiln_model kiln_the_model;
const kiln_model kiln_the_model = makeFakeModel();
}

#ifdef KILN_COUNT_ALLOCATIONS
__attribute__((destructor)) static void report() {
  if (std::getenv("KILN_COUNT_ALLOCATIONS"))
    std::fprintf(stderr, "allocations in steps: %ld\n", Allocations);
}
#endif
