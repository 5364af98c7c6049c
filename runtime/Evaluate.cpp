//===- Evaluate.cpp - The verb evaluate -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Progress.h"
#include "runtime/Session.h"

#include <chrono>

namespace kiln::rt {

/// The samples to evaluate on: test data, else what validates training.
static Status loadSamples(Session &session, const char *&split, Dataset &data,
                          Feed &feed) {
  const Model &model = session.model;
  const model::Data *source = model.source->data();
  const model::Fit *fit = model.source->fit();
  std::string folder = dataFolder(model, session.options.data);
  feed.data = &data;
  split = "test";
  const model::Split *files = source ? source->test() : nullptr;
  bool isPart = false;
  if (source && !files) {
    isPart = !source->validation() && fit && fit->validation_split() > 0;
    if (isPart || source->validation())
      split = "validation";
    files = isPart ? source->train() : source->validation();
  }
  if (Status status = loadSplit(model, files, isPart ? "train" : split, folder,
                                session.texts, data);
      !status.ok())
    return status;
  if (isPart)
    if (Status status = splitTraining(model, data.count(), feed.first);
        !status.ok())
      return status;
  feed.count = data.count() - feed.first;
  return Status();
}

Status runEvaluate(Session &session) {
  const Options &options = session.options;
  const Model &model = session.model;
  Engine engine(model, options.threads);
  if (Status status = engine.allocate(); !status.ok())
    return status;
  if (Status status = session.beginTrace(engine); !status.ok())
    return status;
  if (Status status = loadTrained(session, engine); !status.ok())
    return status;
  Progress progress(options.verbose);
  session.texts.progress = &progress;
  const char *split = nullptr;
  Dataset data;
  Feed feed;
  if (Status status = loadSamples(session, split, data, feed); !status.ok())
    return status;

  using Clock = std::chrono::steady_clock;
  Metrics metrics(model, model.evaluate);
  ConfusionMatrix confusion(model);
  Clock::time_point start = Clock::now();
  evaluateOver(engine, feed, metrics, &confusion);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (Status status = session.endTrace(); !status.ok())
    return status;
  NamedValues values = namedValues(metrics);
  if (options.json) {
    session.events.evaluate(split, feed.count, seconds, values, confusion);
    return Status();
  }
  std::string text = showValues(values) + "\n";
  if (confusion.classes())
    text += confusion.show(model);
  return writeStdout(text);
}

} // namespace kiln::rt
