//===- CallbacksTest.cpp - Metrics and callbacks against Keras ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "runtime/BinaryCounts.h"
#include "runtime/Callbacks.h"
#include "runtime/Classes.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace kiln;
using namespace kiln::rt;

namespace {
struct MetricCase {
  std::vector<double> predictions;
  std::vector<int> targets;
  double precision, recall, auc, f1;
};

struct StoppingCase {
  const char *monitor;
  model::MonitorMode mode;
  double minDelta;
  int64_t patience;
  std::vector<double> values;
  bool hasBaseline;
  double baseline;
  int64_t start;
  /// After each epoch that was run.
  std::vector<int64_t> waits;
  /// The epoch that was the last one (0: none), and that of the weights.
  int64_t ended, restored;
};

struct PlateauCase {
  const char *monitor;
  model::MonitorMode mode;
  double minDelta;
  int64_t patience;
  std::vector<double> values;
  double factor;
  int64_t cooldown;
  double least;
  /// After each epoch.
  std::vector<double> rates;
  std::vector<int64_t> waits;
};

#include "KerasFigures.inc"

/// A model with one callback and nothing else.
class OneCallback {
public:
  template <typename Options> explicit OneCallback(Options options) {
    model::ModelT source;
    source.callbacks.push_back(std::make_unique<model::CallbackT>());
    source.callbacks[0]->options.Set(std::move(options));
    builder.Finish(model::CreateModel(builder, &source));
    loaded.source =
        flatbuffers::GetRoot<model::Model>(builder.GetBufferPointer());
  }
  Model loaded;

private:
  flatbuffers::FlatBufferBuilder builder;
};
} // namespace

TEST(BinaryCounts, KerasMetrics) {
  for (const MetricCase &test : metricCases) {
    BinaryCounts counts, halves[2];
    for (size_t i = 0; i < test.targets.size(); ++i) {
      counts.add(float(test.predictions[i]), test.targets[i]);
      halves[i % 2].add(float(test.predictions[i]), test.targets[i]);
    }
    EXPECT_NEAR(counts.precision(), test.precision, 1e-15);
    EXPECT_NEAR(counts.recall(), test.recall, 1e-15);
    EXPECT_NEAR(counts.f1(), test.f1, 1e-14);
    EXPECT_NEAR(counts.auc(), test.auc, 1e-14);
    halves[0] += halves[1];
    EXPECT_EQ(halves[0].auc(), counts.auc());
    EXPECT_EQ(halves[0].f1(), counts.f1());
  }
}

TEST(BinaryCounts, AnyNumber) {
  BinaryCounts counts;
  for (float value : {-1.0f, 0.0f, 2.0f, INFINITY, -INFINITY, NAN})
    counts.add(value, true);
  EXPECT_EQ(counts.truePositives, 2);
  EXPECT_EQ(counts.falseNegatives, 4);
  EXPECT_EQ(counts.trueAbove[0], 4);
  EXPECT_EQ(counts.trueAbove[198], 2);
}

TEST(Callbacks, EarlyStoppingIsKerass) {
  for (const StoppingCase &test : stoppingCases) {
    model::EarlyStoppingOptionsT options;
    options.monitor = test.monitor;
    options.mode = test.mode;
    options.min_delta = test.minDelta;
    options.patience = test.patience;
    options.has_baseline = test.hasBaseline;
    options.baseline = test.baseline;
    options.start_from_epoch = test.start;
    options.restore_best_weights = true;
    OneCallback model(std::move(options));
    Callbacks callbacks(model.loaded, true);
    std::vector<CallbackState> states = callbacks.begin();
    int64_t epoch = 0, ended = 0, kept = 0;
    while (!ended && epoch < int64_t(test.values.size())) {
      NamedValues values = {{test.monitor, test.values[size_t(epoch)]}};
      ++epoch;
      Wishes wishes = callbacks.endEpoch(epoch, values, 0.001, states);
      if (wishes.keepWeights)
        kept = epoch;
      ended = wishes.stop ? epoch : 0;
      ASSERT_LE(size_t(epoch), test.waits.size());
      EXPECT_EQ(states[0].wait, test.waits[size_t(epoch) - 1]);
    }
    EXPECT_EQ(ended, test.ended);
    const CallbackState *restored = callbacks.restored(states);
    ASSERT_NE(restored, nullptr);
    EXPECT_EQ(restored->bestEpoch, test.restored);
    EXPECT_EQ(kept, test.restored);
  }
}

TEST(Callbacks, ReduceLROnPlateauIsKerass) {
  for (const PlateauCase &test : plateauCases) {
    model::ReduceLROnPlateauOptionsT options;
    options.monitor = test.monitor;
    options.mode = test.mode;
    options.min_delta = test.minDelta;
    options.patience = test.patience;
    options.factor = test.factor;
    options.cooldown = test.cooldown;
    options.min_lr = test.least;
    OneCallback model(std::move(options));
    Callbacks callbacks(model.loaded, false);
    std::vector<CallbackState> states = callbacks.begin();
    double rate = 0.001;
    for (size_t epoch = 0; epoch < test.values.size(); ++epoch) {
      NamedValues values = {{test.monitor, test.values[epoch]}};
      rate = callbacks.endEpoch(int64_t(epoch) + 1, values, rate, states)
                 .learningRate;
      EXPECT_EQ(float(rate), float(test.rates[epoch])) << epoch;
      EXPECT_EQ(states[0].wait, test.waits[epoch]) << epoch;
    }
    EXPECT_EQ(callbacks.restored(states), nullptr);
  }
}

TEST(Callbacks, BestIsTheLeastLossUnlessChosen) {
  Model model;
  ASSERT_TRUE(Model::load(makeFakeModel(), model).ok());
  CallbackState state;
  NamedValues values = {{"loss", 1}, {"accuracy", 0.5}, {"val_loss", 2}};
  EXPECT_TRUE(Callbacks(model, true).isBest(1, values, state));
  EXPECT_EQ(state.best, 2);
  values[2].value = 1.5;
  EXPECT_TRUE(Callbacks(model, true).isBest(2, values, state));
  EXPECT_FALSE(Callbacks(model, true).isBest(3, values, state));
  EXPECT_EQ(state.bestEpoch, 2);

  CallbackState first;
  EXPECT_TRUE(Callbacks(model, false).isBest(1, values, first));
  EXPECT_EQ(first.best, 1);

  model::ModelCheckpointOptionsT options;
  options.monitor = "accuracy";
  OneCallback chosen(std::move(options));
  CallbackState highest;
  Callbacks callbacks(chosen.loaded, true);
  EXPECT_TRUE(callbacks.isBest(1, values, highest));
  EXPECT_EQ(highest.best, 0.5);
  values[1].value = 0.25;
  EXPECT_FALSE(callbacks.isBest(2, values, highest));
  values[1].value = 0.75;
  EXPECT_TRUE(callbacks.isBest(3, values, highest));
  // A callback of this kind has no state of its own.
  EXPECT_TRUE(callbacks.begin().empty());
}
