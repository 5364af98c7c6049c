//===- TrainingTest.cpp - Order, starts, scalars and state of training ----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"
#include "TestFiles.h"

#include "runtime/Batches.h"
#include "runtime/Checkpoint.h"
#include "runtime/Hyper.h"
#include "runtime/Initializers.h"
#include "runtime/Json.h"
#include "runtime/Philox.h"
#include "runtime/RandomWords.h"
#include "runtime/Text.h"
#include "runtime/Weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace kiln;
using namespace kiln::rt;

namespace {
class Checkpoints : public TemporaryFolder {};
} // namespace

TEST(Random, PhiloxKnownAnswers) {
  PhiloxBlock pi = philox(0xa4093822, 0x299f31d0,
                          {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}});
  EXPECT_EQ(pi.word[0], 0xd16cfe09u);
  EXPECT_EQ(pi.word[3], 0x24126ea1u);
}

TEST(Random, WordsAreElements) {
  RandomWords words(5, 7, 2);
  for (uint64_t i = 0; i < 10; ++i)
    EXPECT_EQ(words.next(), philoxElement(5, 7, 2, 0, i));
}

TEST(Random, BelowIsUniform) {
  RandomWords words(1, 1);
  int counts[3] = {};
  for (int i = 0; i < 30000; ++i)
    ++counts[words.below(3)];
  for (int count : counts)
    EXPECT_NEAR(count, 10000, 400);
}

TEST(Batches, ShuffleIsAPermutationOfSeedAndEpoch) {
  std::vector<uint32_t> first, again, other, sorted;
  orderSamples(1000, 3, 4, true, first);
  orderSamples(1000, 3, 4, true, again);
  EXPECT_EQ(first, again);
  orderSamples(1000, 3, 5, true, other);
  EXPECT_NE(first, other);
  orderSamples(1000, 4, 4, true, other);
  EXPECT_NE(first, other);
  orderSamples(1000, 3, 4, false, sorted);
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, sorted);
}

TEST(Batches, LengthsReachFromTheFirstTokenToTheLast) {
  const uint16_t ids[] = {0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 7, 8, 0, 3, 0, 4};
  Array inputs;
  inputs.element = Element::U16;
  inputs.shape = {4, 4};
  ASSERT_TRUE(inputs.memory.allocate(sizeof(ids)));
  std::memcpy(inputs.memory.data(), ids, sizeof(ids));
  EXPECT_EQ(measureLengths(inputs), (std::vector<uint32_t>{0, 1, 2, 3}));
  inputs.element = Element::F32;
  EXPECT_TRUE(measureLengths(inputs).empty());
}

TEST(Batches, EachBatchIsSortedByLength) {
  std::vector<uint32_t> lengths = {3, 9, 3, 7, 1, 2, 8};
  std::vector<uint32_t> order = {2, 0, 1, 3, 6, 4, 5};
  arrangeBatches(lengths, 4, order);
  // Samples of one length keep their order, and no sample changes its batch.
  EXPECT_EQ(order, (std::vector<uint32_t>{1, 3, 2, 0, 6, 5, 4}));
  arrangeBatches({}, 4, order);
  EXPECT_EQ(order, (std::vector<uint32_t>{1, 3, 2, 0, 6, 5, 4}));
}

/// Mean and standard deviation of 200,000 numbers of an initializer.
static void checkMoments(model::InitializerT options, double mean,
                         double deviation, double most) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(model::CreateInitializer(builder, &options));
  TensorInfo tensor;
  tensor.name = "dense/kernel";
  tensor.shape = {200, 1000};
  tensor.size = 200000;
  tensor.initializer =
      flatbuffers::GetRoot<model::Initializer>(builder.GetBufferPointer());
  std::vector<float> values(200000), again(200000);
  initialize(tensor, 1, values.data());
  initialize(tensor, 1, again.data());
  EXPECT_EQ(values, again);
  double sum = 0, squares = 0, largest = 0;
  for (float value : values) {
    sum += value;
    squares += double(value) * value;
    largest = std::max(largest, std::fabs(double(value) - mean));
  }
  EXPECT_NEAR(sum / 200000, mean, 0.01 * deviation + 1e-12);
  EXPECT_NEAR(std::sqrt(squares / 200000 - mean * mean), deviation,
              0.01 * deviation + 1e-12);
  EXPECT_LE(largest, most * (1 + 1e-6));
}

TEST(Initializers, KerasDistributions) {
  model::InitializerT options;
  options.kind = model::InitializerKind_glorot_uniform;
  double limit = std::sqrt(6.0 / 1200);
  checkMoments(options, 0, limit / std::sqrt(3.0), limit);
  options.kind = model::InitializerKind_he_normal;
  // Keras widens the normal so that what is left of it has sqrt(2 / fan in).
  double deviation = std::sqrt(2.0 / 200);
  checkMoments(options, 0, deviation, 2 * deviation / 0.87962566103423978);
  options.kind = model::InitializerKind_random_uniform;
  options.minval = 1;
  options.maxval = 3;
  checkMoments(options, 2, 2 / std::sqrt(12.0), 1);
  options.kind = model::InitializerKind_constant;
  options.value = 0.25;
  checkMoments(options, 0.25, 0, 0);
  options.kind = model::InitializerKind_ones;
  checkMoments(options, 1, 0, 0);
}

/// A tensor of a shape, initialized under `seed`.
static std::vector<float> initializeOne(const model::InitializerT &options,
                                        std::vector<int64_t> shape,
                                        int64_t seed,
                                        bool unitForgetBias = false) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(model::CreateInitializer(builder, &options));
  TensorInfo tensor;
  tensor.name = "lstm/lstm_cell/recurrent_kernel";
  tensor.shape = shape;
  tensor.size = 1;
  for (int64_t extent : shape)
    tensor.size *= extent;
  tensor.initializer =
      flatbuffers::GetRoot<model::Initializer>(builder.GetBufferPointer());
  tensor.unitForgetBias = unitForgetBias;
  std::vector<float> values(tensor.size);
  initialize(tensor, seed, values.data());
  return values;
}

TEST(Initializers, Orthogonal) {
  model::InitializerT options;
  options.kind = model::InitializerKind_orthogonal;
  for (std::vector<int64_t> shape : std::vector<std::vector<int64_t>>{
           {8, 32}, {32, 8}, {7, 7}, {1, 5}, {3, 4, 5}}) {
    std::vector<float> values = initializeOne(options, shape, 1);
    EXPECT_EQ(values, initializeOne(options, shape, 1));
    EXPECT_NE(values, initializeOne(options, shape, 2));
    int64_t columns = shape.back(), rows = values.size() / columns;
    bool isWide = rows < columns;
    int64_t count = std::min(rows, columns), length = std::max(rows, columns);
    auto at = [&](int64_t vector, int64_t i) {
      return double(isWide ? values[vector * columns + i]
                           : values[i * columns + vector]);
    };
    for (int64_t j = 0; j < count; ++j) {
      for (int64_t k = 0; k <= j; ++k) {
        double product = 0;
        for (int64_t i = 0; i < length; ++i)
          product += at(j, i) * at(k, i);
        EXPECT_NEAR(product, j == k ? 1 : 0, 1e-6);
      }
    }
  }
}

/// A uniformly distributed orthogonal matrix has entries of mean 0 and of mean
/// square 1/n, and its diagonal no preferred sign.
TEST(Initializers, OrthogonalIsUniform) {
  model::InitializerT options;
  options.kind = model::InitializerKind_orthogonal;
  constexpr int64_t n = 4, draws = 4000;
  std::vector<double> sums(n * n), squares(n * n), fourths(n * n);
  for (int64_t seed = 0; seed < draws; ++seed) {
    std::vector<float> values = initializeOne(options, {n, n}, seed);
    for (int64_t i = 0; i < n * n; ++i) {
      double square = double(values[i]) * values[i];
      sums[i] += values[i];
      squares[i] += square;
      fourths[i] += square * square;
    }
  }
  for (int64_t i = 0; i < n * n; ++i) {
    EXPECT_NEAR(sums[i] / draws, 0, 0.04);
    EXPECT_NEAR(squares[i] / draws, 1.0 / n, 0.02);
    EXPECT_NEAR(fourths[i] / draws, 3.0 / (n * (n + 2)), 0.02);
  }
}

TEST(Initializers, UnitForgetBias) {
  model::InitializerT options;
  options.kind = model::InitializerKind_constant;
  options.value = 0.5;
  EXPECT_EQ(initializeOne(options, {8}, 0, true),
            (std::vector<float>{0.5, 0.5, 1, 1, 0.5, 0.5, 0.5, 0.5}));
}

TEST(Initializers, SeriesIsExp) {
  for (double x = -2; x <= 0; x += 1.0 / 64)
    EXPECT_NEAR(seriesExp(x) / std::exp(x), 1, 1e-14);
}

TEST(Hyper, AdamsAlpha) {
  model::OptimizerT options;
  options.kind = model::OptimizerKind_adam;
  options.learning_rate = 0.001;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(model::CreateOptimizer(builder, &options));
  const auto *optimizer =
      flatbuffers::GetRoot<model::Optimizer>(builder.GetBufferPointer());
  Hyper hyper(*optimizer);
  float scalars[2];
  for (int t = 1; t <= 2000; ++t) {
    hyper.next(scalars);
    double alpha = 0.001 * std::sqrt(1 - std::pow(double(0.999f), t)) /
                   (1 - std::pow(double(0.9f), t));
    EXPECT_EQ(scalars[0], 0.001f);
    EXPECT_NEAR(scalars[1] / alpha, 1, 1e-6) << t;
  }
  // A resumed run has the same bits.
  Hyper resumed(*optimizer);
  resumed.skip(2000);
  float next[2];
  hyper.next(scalars);
  resumed.next(next);
  EXPECT_EQ(std::memcmp(scalars, next, sizeof(next)), 0);
}

namespace {
/// Ends with its feed.
class Onlooker : public StepObserver {
public:
  bool end(const kiln_step &, const uint8_t *) override { return true; }
};

constexpr int64_t LoadBegin = 10, LoadEnd = 90, SampleSize = 100;
/// What a program of steps that load and list has seen.
size_t Room;
std::vector<std::vector<uint64_t>> Listed;
std::vector<float> Loaded;
} // namespace

static void loadAndList(kiln_run *run, void *, void *, void *, kiln_step *step,
                        int32_t) {
  kiln_rt_thread_begin(run, 0);
  for (;;) {
    kiln_rt_step(run);
    if (!step->more)
      break;
    std::vector<float> batch(8 * SampleSize);
    kiln_rt_load(run, 0, 0, batch.data(), LoadBegin, LoadEnd);
    for (int64_t row = 0; row < step->rows; ++row)
      Loaded.push_back(batch[size_t(row * SampleSize + LoadBegin)]);
    Listed.emplace_back(Room, 1);
    kiln_rt_list_ahead(run, 0, 0, Listed.back().data(), int64_t(Room),
                       LoadBegin, LoadEnd);
  }
  kiln_rt_thread_end(run, 0);
}

TEST(Batches, TheNextOneIsListed) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  ASSERT_EQ(model.batchSize, 8);
  ProgramInfo program;
  program.entry = &loadAndList;
  OperandInfo input{model::OperandRole_input,
                    model::ElementType_f32,
                    {8, SampleSize},
                    SampleSize};
  program.operands = {input};
  Engine engine(model, 1);
  ASSERT_TRUE(engine.allocate().ok());
  Dataset data;
  data.inputs.element = Element::U8;
  data.inputs.shape = {30, SampleSize};
  ASSERT_TRUE(data.inputs.memory.allocate(30 * SampleSize));
  for (int64_t i = 0; i < 30 * SampleSize; ++i)
    data.inputs.memory.data()[i] = uint8_t(i / SampleSize);
  const std::vector<uint32_t> order = {7, 29, 3, 0,  11, 5,  28, 4,  13, 2,
                                       9, 1,  8, 22, 21, 20, 19, 18, 17, 16};
  auto base = reinterpret_cast<uint64_t>(data.inputs.memory.data());
  // The lines of the samples [from, to) of the order.
  auto getLines = [&](size_t from, size_t to) {
    std::vector<uint64_t> lines;
    for (size_t i = from; i < to; ++i) {
      uint64_t sample = base + order[i] * uint64_t(SampleSize);
      for (uint64_t line = (sample + LoadBegin) / 64;
           line <= (sample + LoadEnd - 1) / 64; ++line)
        lines.push_back(line * 64);
    }
    return lines;
  };
  // Room for all of it, and for one sample and a line.
  for (size_t room : {size_t(24), getLines(8, 9).size() + 1}) {
    Room = room;
    Listed.clear();
    Loaded.clear();
    Feed feed;
    feed.data = &data;
    feed.order = order.data();
    feed.count = int64_t(order.size());
    Onlooker onlooker;
    engine.run(program, feed, onlooker);
    EXPECT_TRUE(
        std::equal(Loaded.begin(), Loaded.end(), order.begin(), order.end()));
    ASSERT_EQ(Listed.size(), 3u);
    for (size_t step = 0; step < 3; ++step) {
      size_t first = std::min<size_t>(8 * (step + 1), order.size());
      size_t last =
          std::min<size_t>(first + (room == 24 ? 8 : 1), order.size());
      std::vector<uint64_t> expected = getLines(first, last);
      // The rest is one address that is near.
      expected.resize(room, reinterpret_cast<uint64_t>(Listed[step].data()));
      EXPECT_EQ(Listed[step], expected);
    }
  }
}

TEST_F(Checkpoints, RoundTrip) {
  Model model;
  Status status = Model::load(makeFakeModel(), model);
  ASSERT_TRUE(status.ok()) << status.message();
  Engine engine(model, 1), other(model, 1);
  ASSERT_TRUE(engine.allocate().ok() && other.allocate().ok());
  initializeState(engine, 3);
  engine.tensor(model.slots[1])[2] = 1e-42f;
  Metrics metrics(model, model.train), read(model, model.train);
  metrics.lossSum = 0.1 + 0.2;
  metrics.rows = 7;
  metrics.sums = {5};
  TrainingState state, got;
  state.epoch = 2;
  state.position = 16;
  state.samples = 100;
  state.steps = 28;
  state.seed = 9;
  state.learningRate = 1.0 / 3;
  state.best.best = 0.3;
  state.best.bestEpoch = 1;
  state.callbacks = {{0.7, 2, 1, 0}, {NAN, 1, 0, 3}};
  got.callbacks.resize(2);
  keepWeights(engine, state.kept);
  state.stopped = true;
  std::string path = folder + "/c";
  ASSERT_TRUE(saveCheckpoint(path, engine, state, metrics).ok());
  status = loadCheckpoint(path, other, got, read);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(std::memcmp(engine.state(), other.state(), model.stateBytes), 0);
  EXPECT_EQ(got.epoch, 2);
  EXPECT_EQ(got.position, 16);
  EXPECT_EQ(got.steps, 28);
  EXPECT_EQ(got.seed, 9);
  EXPECT_EQ(got.learningRate, 1.0 / 3);
  EXPECT_EQ(got.best.best, 0.3);
  EXPECT_EQ(got.best.bestEpoch, 1);
  EXPECT_EQ(got.callbacks[0].best, 0.7);
  EXPECT_EQ(got.callbacks[0].bestEpoch, 2);
  EXPECT_EQ(got.callbacks[0].wait, 1);
  EXPECT_TRUE(std::isnan(got.callbacks[1].best));
  EXPECT_EQ(got.callbacks[1].cooldown, 3);
  EXPECT_TRUE(got.stopped);
  EXPECT_FALSE(got.restored);
  EXPECT_EQ(got.kept, state.kept);
  EXPECT_EQ(read.lossSum, 0.1 + 0.2);
  EXPECT_EQ(read.rows, 7);
  EXPECT_EQ(read.sums, metrics.sums);
  EXPECT_EQ(hashWeights(engine), hashWeights(other));
  EXPECT_TRUE(hasCheckpointOf(path, 2));
  EXPECT_FALSE(hasCheckpointOf(path, 1));
  EXPECT_EQ(findNonFinite(engine), nullptr);
  engine.tensor(model.parameters[1])[0] = NAN;
  EXPECT_EQ(findNonFinite(engine), &model.parameters[1]);
}

TEST_F(Checkpoints, OtherCallbacks) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  Engine engine(model, 1);
  ASSERT_TRUE(engine.allocate().ok());
  Metrics metrics(model, model.train);
  TrainingState state, got;
  got.callbacks.resize(1);
  std::string path = folder + "/c";
  ASSERT_TRUE(saveCheckpoint(path, engine, state, metrics).ok());
  Status status = loadCheckpoint(path, engine, got, metrics);
  EXPECT_EQ(status.message(),
            path + ": damaged checkpoint, or one of a run with other metrics "
                   "or callbacks: 'kiln.callback.0.cooldown' is missing or no "
                   "number");
}

TEST(Weights, KeptAndSwapped) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  Engine engine(model, 1);
  ASSERT_TRUE(engine.allocate().ok());
  initializeState(engine, 3);
  std::string before = hashWeights(engine);
  std::vector<float> kept;
  keepWeights(engine, kept);
  initializeState(engine, 4);
  std::string after = hashWeights(engine);
  swapWeights(engine, kept);
  EXPECT_EQ(hashWeights(engine), before);
  swapWeights(engine, kept);
  EXPECT_EQ(hashWeights(engine), after);
  EXPECT_NE(before, after);
}

TEST(Model, DamagedManifestIsRefused) {
  kiln_model object = makeFakeModel();
  std::vector<uint8_t> good(object.manifest,
                            object.manifest + object.manifest_size);
  // The last bytes may be padding, which nobody misses.
  for (size_t size = 0; size + 8 < good.size(); size += 7) {
    Model model;
    object.manifest_size = size;
    EXPECT_EQ(Model::load(object, model).code(), InternalError) << size;
  }
  object.manifest_size = good.size();
  for (size_t at = 0; at < good.size(); ++at) {
    std::vector<uint8_t> bad = good;
    bad[at] ^= 0xFF;
    object.manifest = bad.data();
    Model model;
    // Whatever it says of it, it does not crash.
    Status status = Model::load(object, model);
    EXPECT_TRUE(status.ok() || status.code() == InternalError);
  }
}

TEST(Json, NumbersAndQuotes) {
  JsonObject object;
  object.begin()
      .field("a\"\n", "\\\t")
      .field("x", 0.1)
      .field("nan", NAN)
      .field("n", int64_t(-5))
      .field("b", true)
      .beginObject("o")
      .field("y", 1.5)
      .endObject()
      .field("z", 2);
  EXPECT_EQ(object.end(), R"({"a\"\u000a":"\\\u0009","x":0.1,"nan":null,)"
                          R"("n":-5,"b":true,"o":{"y":1.5},"z":2})");
}

TEST(Text, DidYouMean) {
  EXPECT_EQ(didYouMean("trian", {"train", "info"}), "; did you mean 'train'?");
  EXPECT_EQ(didYouMean("serve", {"train", "info"}), "");
  EXPECT_EQ(didYouMean("x", {"y"}), "");
}
