//===- Train.cpp - The verb train -----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Batches.h"
#include "runtime/Callbacks.h"
#include "runtime/Checkpoint.h"
#include "runtime/Dataset.h"
#include "runtime/History.h"
#include "runtime/Hyper.h"
#include "runtime/Progress.h"
#include "runtime/Session.h"
#include "runtime/Signals.h"
#include "runtime/Weights.h"

#include <chrono>
#include <cmath>
#include <optional>

namespace kiln::rt {

namespace {
using Clock = std::chrono::steady_clock;

/// One training run, from its data to its last checkpoint.
class Training : public StepObserver {
public:
  explicit Training(Session &session)
      : session(session), options(session.options), model(session.model),
        engine(model, options.threads), metrics(model, model.train),
        validationMetrics(model, model.evaluate),
        hyper(*model.source->compile()->optimizer()),
        progress(options.verbose) {}

  Status run();

  void begin(kiln_step &step) override;
  bool end(const kiln_step &step, const uint8_t *results) override;

private:
  Status loadData();
  Status prepareState();
  Status resume();
  Status openHistory();
  void announce();
  Status runEpoch();
  Status finishEpoch();
  void heed(const EpochReport &report);
  Status finish();
  Status save();
  Status saveBest();
  Status checkFinite();
  Status explainDivergence();
  Status stopped();
  std::string place() const;
  int64_t stepsAnEpoch() const {
    return (state.samples + model.batchSize - 1) / model.batchSize;
  }

  Session &session;
  const Options &options;
  const Model &model;
  Engine engine;
  Dataset data, validationData;
  /// Of the training samples, in the loss.
  Buffer weights;
  /// The samples that validate an epoch; none where nothing does.
  Feed validation;
  std::optional<Callbacks> callbacks;
  TrainingState state;
  Metrics metrics, validationMetrics;
  Hyper hyper;
  Progress progress;
  History history;
  std::vector<uint32_t> order;
  Feed feed;
  int64_t epochs = 1;
  int64_t lastStep = 0, lastRows = 0;
  bool diverged = false, checkpointIsDue = false;
};
} // namespace

void Training::begin(kiln_step &step) {
  step.seed = state.seed;
  step.epoch = state.epoch;
  hyper.next(step.hyper);
}

bool Training::end(const kiln_step &step, const uint8_t *results) {
  float loss = metrics.add(results, feed, step.rows);
  ++state.steps;
  lastStep = step.step;
  lastRows = step.rows;
  if (!std::isfinite(loss)) {
    diverged = true;
    return false;
  }
  if (options.verbose > 1 && options.json)
    session.events.step(state.epoch + 1, step.step + 1, step.rows, loss,
                        metrics);
  progress.step(step.step + 1, metrics);
  checkpointIsDue =
      options.checkpointEvery && state.steps % options.checkpointEvery == 0;
  return !pendingSignal() && !checkpointIsDue && session.events.status.ok();
}

/// Beside the folder of the history: `DIR.cache`.
static std::string cacheFolder(std::string logDir) {
  while (logDir.size() > 1 && logDir.back() == '/')
    logDir.pop_back();
  return logDir + ".cache";
}

Status Training::loadData() {
  std::string folder = dataFolder(model, options.data);
  const model::Data *source = model.source->data();
  TextReading &texts = session.texts;
  texts.progress = &progress;
  if (!options.logDir.empty())
    texts.cacheFolder = cacheFolder(options.logDir);
  if (Status status = loadSplit(model, source ? source->train() : nullptr,
                                "train", folder, texts, data);
      !status.ok())
    return status;
  if (Status status = splitTraining(model, data.count(), state.samples);
      !status.ok())
    return status;
  validation.data = &data;
  validation.first = state.samples;
  validation.count = data.count() - state.samples;
  if (source->validation()) {
    if (Status status = loadSplit(model, source->validation(), "validation",
                                  folder, texts, validationData);
        !status.ok())
      return status;
    validation.data = &validationData;
    validation.first = 0;
    validation.count = validationData.count();
  }
  if (texts.tokenizer)
    state.vocabulary = texts.tokenizer->vocabulary();
  if (!texts.cacheStatus.ok())
    session.warn("token ids are not kept for the next run: " +
                 texts.cacheStatus.message());
  callbacks.emplace(model, validation.count > 0);
  return weighClasses(model, data, weights);
}

Status Training::resume() {
  TrainingState stored;
  stored.callbacks = callbacks->begin();
  if (Status status =
          loadCheckpoint(options.checkpoint, engine, stored, metrics);
      !status.ok())
    return status;
  const char *path = options.checkpoint.c_str();
  if (stored.samples != state.samples)
    return userError("%s: checkpoint of a run on other data: expected %lld "
                     "samples, got %lld",
                     path, (long long)stored.samples, (long long)state.samples);
  if (stored.vocabulary != state.vocabulary)
    return userError("%s: checkpoint of a run on other data: its vocabulary "
                     "is not that of the training texts",
                     path);
  if (options.seed && *options.seed != stored.seed)
    return userError("%s: checkpoint of a run with another seed: expected "
                     "--seed %lld, got %lld",
                     path, (long long)stored.seed, (long long)*options.seed);
  if (options.noShuffle && stored.shuffled)
    return userError("%s: checkpoint of a run that shuffles: it cannot go on "
                     "with --no-shuffle",
                     path);
  state = std::move(stored);
  // A run that ended goes on from where it was before it went back.
  if (state.restored)
    swapWeights(engine, state.kept);
  state.restored = false;
  hyper.learningRate = state.learningRate;
  hyper.skip(state.steps);
  // A run killed between its two files left the best one behind.
  int64_t bestEpoch = state.best.bestEpoch;
  bool isBest = bestEpoch && bestEpoch == state.epoch && state.position == 0;
  if (!isBest || hasCheckpointOf(options.checkpoint + ".best", state.epoch))
    return Status();
  return saveBest();
}

Status Training::prepareState() {
  const model::Fit *fit = model.source->fit();
  epochs = options.epochs ? *options.epochs : fit ? fit->epochs() : 1;
  state.seed = session.seed();
  state.callbacks = callbacks->begin();
  state.shuffled = !options.noShuffle && (!fit || fit->shuffle());
  state.learningRate = hyper.learningRate;
  if (Status status = engine.allocate(); !status.ok())
    return status;
  if (Status status = session.beginTrace(engine); !status.ok())
    return status;
  if (options.resume)
    return resume();
  initializeState(engine, state.seed);
  if (options.weights.empty())
    return Status();
  std::string vocabulary;
  if (Status status = loadWeights(options.weights, engine, &vocabulary);
      !status.ok())
    return status;
  // Weights that come from elsewhere have none.
  if (vocabulary.empty() || vocabulary == state.vocabulary)
    return Status();
  return userError("%s: weights of a run on other data: their vocabulary is "
                   "not that of the training texts",
                   options.weights.c_str());
}

Status Training::openHistory() {
  if (options.logDir.empty())
    return Status();
  std::vector<std::string> names;
  for (const NamedValue &value : namedValues(metrics))
    names.push_back(value.name);
  if (validation.count)
    for (const NamedValue &value : namedValues(validationMetrics, "val_"))
      names.push_back(value.name);
  return history.open(options.logDir, names, options.resume ? state.epoch : -1);
}

void Training::announce() {
  session.events.make("start")
      .field("model", model.name)
      .field("parameters", model.parameterCount())
      .field("samples", state.samples)
      .field("batch_size", model.batchSize)
      .field("steps", stepsAnEpoch())
      .field("epochs", epochs)
      .field("first_epoch", state.epoch + 1)
      .field("first_step", state.position / model.batchSize + 1)
      .field("seed", state.seed)
      .field("shuffle", state.shuffled)
      .field("threads", options.threads)
      .field("fused", model.manifest->fused())
      .field("cpu", model.manifest->cpu() ? model.manifest->cpu()->c_str() : "")
      .field("version", KILN_VERSION);
  session.events.send();
}

/// `epoch 2, step 17`: finished work.
std::string Training::place() const {
  return format("epoch %lld, step %lld", (long long)state.epoch + 1,
                (long long)(state.position / model.batchSize));
}

Status Training::checkFinite() {
  const TensorInfo *tensor = findNonFinite(engine);
  if (!tensor)
    return Status();
  return numericError(
      "training diverged at epoch %lld, step %lld: layer %s: %s "
      "is not finite; try a smaller learning rate",
      (long long)state.epoch + 1, (long long)lastStep + 1,
      tensor->layer.c_str(), tensor->name.c_str());
}

/// Names the first input or parameter that is not finite, in model order.
Status Training::explainDivergence() {
  progress.interrupt();
  const Array &inputs = data.inputs;
  int64_t size = inputs.sampleSize();
  for (int64_t row = 0; row < lastRows; ++row) {
    int64_t sample = order[size_t(lastStep * model.batchSize + row)];
    for (int64_t i = 0; i < size; ++i)
      if (!std::isfinite(inputs.at(sample * size + i)))
        return numericError(
            "training diverged at epoch %lld, step %lld: input '%s': sample "
            "%lld of %s is not finite",
            (long long)state.epoch + 1, (long long)lastStep + 1,
            model.source->inputs()->Get(0)->name()
                ? model.source->inputs()->Get(0)->name()->c_str()
                : "",
            (long long)sample, inputs.file.c_str());
  }
  if (Status status = checkFinite(); !status.ok())
    return status;
  const std::string &layer =
      model.parameters.empty() ? model.name : model.parameters.back().layer;
  return numericError("training diverged at epoch %lld, step %lld: layer %s: "
                      "the loss of its output is not finite; try a smaller "
                      "learning rate",
                      (long long)state.epoch + 1, (long long)lastStep + 1,
                      layer.c_str());
}

Status Training::save() {
  if (options.checkpoint.empty())
    return Status();
  if (Status status = checkFinite(); !status.ok())
    return status;
  if (Status status =
          saveCheckpoint(options.checkpoint, engine, state, metrics);
      !status.ok())
    return status;
  session.events.checkpoint("last", options.checkpoint, state.epoch,
                            state.position / model.batchSize);
  return Status();
}

Status Training::saveBest() {
  if (options.checkpoint.empty())
    return Status();
  std::string path = options.checkpoint + ".best";
  if (Status status = saveCheckpoint(path, engine, state, metrics);
      !status.ok())
    return status;
  session.events.checkpoint("best", path, state.epoch, 0);
  return Status();
}

Status Training::stopped() {
  int signal = pendingSignal();
  progress.interrupt();
  std::string where = state.position
                          ? "after " + place()
                          : format("after epoch %lld", (long long)state.epoch);
  return Status(
      128 + signal,
      format("stopped by %s %s%s", signalName(signal), where.c_str(),
             options.checkpoint.empty() ? "" : "; go on with --resume"));
}

/// Asks the callbacks what to do after an epoch.
void Training::heed(const EpochReport &report) {
  Wishes wishes = callbacks->endEpoch(report.epoch, report.values,
                                      state.learningRate, state.callbacks);
  if (wishes.learningRate != state.learningRate) {
    state.learningRate = hyper.learningRate = wishes.learningRate;
    progress.say(format("Epoch %lld: ReduceLROnPlateau reducing learning rate "
                        "to %g.",
                        (long long)report.epoch, state.learningRate));
    session.events.callback("reduce", report.epoch, state.learningRate);
  }
  if (wishes.keepWeights)
    keepWeights(engine, state.kept);
  if (!wishes.stop)
    return;
  state.stopped = true;
  progress.say(format("Epoch %lld: early stopping", (long long)report.epoch));
  session.events.callback("stop", report.epoch, state.learningRate);
}

/// Ends the run: the weights go back to those that were best, if they shall.
Status Training::finish() {
  const CallbackState *best = callbacks->restored(state.callbacks);
  if (!best || state.kept.empty())
    return Status();
  swapWeights(engine, state.kept);
  state.restored = true;
  progress.say(format("Restoring model weights from the end of the best "
                      "epoch: %lld.",
                      (long long)best->bestEpoch));
  session.events.callback("restore", best->bestEpoch, state.learningRate);
  return save();
}

Status Training::finishEpoch() {
  if (Status status = checkFinite(); !status.ok())
    return status;
  EpochReport report;
  report.epoch = state.epoch + 1;
  // Nobody reads more than microseconds, and nanoseconds a step.
  report.seconds = std::round(state.seconds * 1e6) / 1e6;
  report.stepMicroseconds =
      std::round(state.seconds / double(stepsAnEpoch()) * 1e9) / 1e3;
  report.learningRate = state.learningRate;
  report.values = namedValues(metrics);
  if (validation.count) {
    evaluateOver(engine, validation, validationMetrics);
    for (NamedValue &value : namedValues(validationMetrics, "val_"))
      report.values.push_back(std::move(value));
  }
  if (options.json || history.isOpen() || options.verbose > 1)
    report.weightsHash = hashWeights(engine);

  progress.endEpoch(report);
  session.events.epoch(report);
  // The history is written before the checkpoint: a run killed in between is
  // resumed from the older checkpoint, and the history cut back to it.
  if (history.isOpen())
    if (Status status = history.add(report); !status.ok())
      return status;

  bool isBest = callbacks->isBest(report.epoch, report.values, state.best);
  heed(report);
  ++state.epoch;
  state.position = 0;
  state.seconds = 0;
  metrics.reset();
  if (Status status = save(); !status.ok())
    return status;
  return isBest ? saveBest() : Status();
}

Status Training::runEpoch() {
  progress.beginEpoch(state.epoch + 1, epochs, stepsAnEpoch());
  Clock::time_point start = Clock::now();
  orderSamples(state.samples, state.seed, state.epoch, state.shuffled, order);
  if (model.train.arranged)
    arrangeBatches(measureLengths(data.inputs), model.batchSize, order);
  feed.data = &data;
  feed.order = order.data();
  feed.weights = weights.as<float>();
  feed.count = state.samples;
  feed.position = state.position;
  while (feed.position < feed.count) {
    engine.run(model.train, feed, *this);
    state.position = feed.position;
    state.seconds +=
        std::chrono::duration<double>(Clock::now() - start).count();
    if (diverged)
      return explainDivergence();
    if (!session.events.status.ok())
      return session.events.status;
    if (feed.position == feed.count)
      break;
    if (Status status = save(); !status.ok())
      return status;
    if (pendingSignal())
      return stopped();
    start = Clock::now();
  }
  return finishEpoch();
}

Status Training::run() {
  if (Status status = loadData(); !status.ok())
    return status;
  if (Status status = prepareState(); !status.ok())
    return status;
  if (Status status = openHistory(); !status.ok())
    return status;
  if (options.resume && state.stopped)
    session.warn(format("%s: nothing to do: the run was stopped early after "
                        "epoch %lld",
                        options.checkpoint.c_str(), (long long)state.epoch));
  else if (options.resume && state.epoch >= epochs)
    session.warn(format("%s: nothing to do: expected fewer than %lld finished "
                        "epochs, got %lld",
                        options.checkpoint.c_str(), (long long)epochs,
                        (long long)state.epoch));
  catchSignals();
  announce();
  if (session.isDefaultCheckpoint)
    progress.say("Checkpoint: " + options.checkpoint + " and " +
                 options.checkpoint + ".best");
  while (!state.stopped && state.epoch < epochs) {
    if (Status status = runEpoch(); !status.ok())
      return status;
    if (pendingSignal() && !state.stopped && state.epoch < epochs)
      return stopped();
  }
  return finish();
}

Status runTrain(Session &session) {
  Training training(session);
  Status status = training.run();
  // A run that stopped early has its trace, too.
  Status traced = session.endTrace();
  return status.ok() ? traced : status;
}

} // namespace kiln::rt
