//===- Bench.cpp - The verb bench -----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Bench.h"
#include "runtime/Batches.h"
#include "runtime/Session.h"
#include "runtime/Weights.h"

#include <algorithm>
#include <chrono>

namespace kiln::rt {

static constexpr int64_t DefaultSteps = 1000, Blocks = 20;
static constexpr int64_t SyntheticBatches = 16;

FixedSteps::FixedSteps(const Model &model, int64_t seed)
    : hyper(*model.source->compile()->optimizer()), seed(seed) {}

void FixedSteps::begin(kiln_step &step) {
  step.seed = seed;
  step.epoch = 0;
  hyper.next(step.hyper);
}

bool FixedSteps::end(const kiln_step &step, const uint8_t *results) {
  if (feed->position >= feed->count)
    feed->position = 0;
  return --left > 0;
}

void FixedSteps::run(Engine &engine, const ProgramInfo &program, Feed &from,
                     int64_t steps) {
  feed = &from;
  left = steps;
  engine.run(program, from, *this);
}

Status runBench(Session &session) {
  const Options &options = session.options;
  const Model &model = session.model;
  Dataset data;
  const model::Data *source = model.source->data();
  Status loaded =
      options.data.empty()
          ? makeSynthetic(model, SyntheticBatches * model.batchSize, data)
          : loadSplit(model, source ? source->train() : nullptr, "train",
                      options.data, session.texts, data);
  if (!loaded.ok())
    return loaded;
  Engine engine(model, options.threads);
  if (Status status = engine.allocate(); !status.ok())
    return status;
  initializeState(engine, session.seed());
  if (!options.weights.empty())
    if (Status status = loadWeights(options.weights, engine); !status.ok())
      return status;

  std::vector<uint32_t> order;
  orderSamples(data.count(), session.seed(), 0, true, order);
  if (model.train.arranged)
    arrangeBatches(measureLengths(data.inputs), model.batchSize, order);
  Feed feed;
  feed.data = &data;
  feed.order = order.data();
  // Whole batches alone, so that all steps do the same work.
  feed.count = std::max(data.count() / model.batchSize * model.batchSize,
                        std::min(data.count(), model.batchSize));
  FixedSteps runner(model, session.seed());
  int64_t steps = options.steps ? options.steps : DefaultSteps;
  int64_t block = std::max<int64_t>(steps / Blocks, 1);
  runner.run(engine, model.train, feed, block);

  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  times.reserve(Blocks + 1);
  for (int64_t done = 0; done + block <= steps; done += block) {
    Clock::time_point start = Clock::now();
    runner.run(engine, model.train, feed, block);
    times.push_back(
        std::chrono::duration<double>(Clock::now() - start).count() /
        double(block));
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2,
                   times.end());
  double seconds = times[times.size() / 2];
  double gflops = double(model.train.flops()) / seconds * 1e-9;
  if (options.json) {
    session.events.make("bench")
        .field("steps", steps)
        .field("threads", options.threads)
        .field("step_us", seconds * 1e6)
        .field("gflops", gflops)
        .field("flops", int64_t(model.train.flops()));
    session.events.send();
    return Status();
  }
  return writeStdout(format("%lld steps of %lld samples on %d threads: %.1f us "
                            "a step (median), %.1f GFLOP/s\n",
                            (long long)steps, (long long)model.batchSize,
                            options.threads, seconds * 1e6, gflops));
}

} // namespace kiln::rt
