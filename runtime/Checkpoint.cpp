//===- Checkpoint.cpp - The state of a training run in a file -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Checkpoint.h"

#include "runtime/Tokenizer.h"
#include "runtime/Weights.h"

#include <algorithm>
#include <charconv>

namespace kiln::rt {

static SafeTensor describe(const std::string &name, const TensorInfo &info,
                           const float *data) {
  SafeTensor tensor;
  tensor.name = name;
  tensor.type = "F32";
  tensor.shape = info.shape;
  tensor.data = data;
  tensor.bytes = uint64_t(info.size) * sizeof(float);
  return tensor;
}

/// Calls `visit(key, value)` for each number of the state, so that saving and
/// loading cannot drift apart.
template <typename State, typename Sums, typename Visitor>
static void visitNumbers(State &state, Sums &metrics, Visitor visit) {
  visit("kiln.epoch", state.epoch);
  visit("kiln.position", state.position);
  visit("kiln.steps", state.steps);
  visit("kiln.seed", state.seed);
  visit("kiln.samples", state.samples);
  visit("kiln.learning_rate", state.learningRate);
  visit("kiln.epoch_s", state.seconds);
  visit("kiln.best", state.best.best);
  visit("kiln.best_epoch", state.best.bestEpoch);
  for (size_t i = 0; i < state.callbacks.size(); ++i) {
    std::string prefix = "kiln.callback." + std::to_string(i) + ".";
    auto &callback = state.callbacks[i];
    visit((prefix + "best").c_str(), callback.best);
    visit((prefix + "best_epoch").c_str(), callback.bestEpoch);
    visit((prefix + "wait").c_str(), callback.wait);
    visit((prefix + "cooldown").c_str(), callback.cooldown);
  }
  visit("kiln.loss_sum", metrics.lossSum);
  visit("kiln.rows", metrics.rows);
  for (size_t i = 0; i < metrics.sums.size(); ++i)
    visit(("kiln.metric." + std::to_string(i)).c_str(), metrics.sums[i]);
  if (!metrics.hasCounts())
    return;
  visit("kiln.true_positives", metrics.counts.truePositives);
  visit("kiln.false_positives", metrics.counts.falsePositives);
  visit("kiln.false_negatives", metrics.counts.falseNegatives);
  visit("kiln.true_above", metrics.counts.trueAbove);
  visit("kiln.false_above", metrics.counts.falseAbove);
}

template <typename Number> static std::string showNumber(Number value) {
  char digits[40];
  std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value);
  return std::string(digits, result.ptr);
}

/// `0 3 1`.
template <size_t N>
static std::string showNumber(const std::array<int64_t, N> &values) {
  std::string text;
  for (int64_t value : values)
    text += (text.empty() ? "" : " ") + std::to_string(value);
  return text;
}

template <typename Number>
static bool readNumber(const char *text, const char *end, Number &value) {
  std::from_chars_result result = std::from_chars(text, end, value);
  return result.ec == std::errc() && result.ptr == end;
}

template <size_t N>
static bool readNumber(const char *text, const char *end,
                       std::array<int64_t, N> &values) {
  for (int64_t &value : values) {
    const char *next = std::find(text, end, ' ');
    if (!readNumber(text, next, value))
      return false;
    text = next == end ? end : next + 1;
  }
  return text == end;
}

Status saveCheckpoint(const std::string &path, const Engine &engine,
                      const TrainingState &state, const Metrics &metrics) {
  const Model &model = engine.model;
  Metadata metadata = {{"kiln.model", model.name},
                       {"kiln.batch_size", std::to_string(model.batchSize)},
                       {"kiln.shuffle", state.shuffled ? "true" : "false"},
                       {"kiln.stopped", state.stopped ? "true" : "false"},
                       {"kiln.restored", state.restored ? "true" : "false"}};
  visitNumbers(state, metrics, [&](const char *key, const auto &value) {
    metadata.emplace_back(key, showNumber(value));
  });
  std::vector<SafeTensor> tensors;
  for (const TensorInfo &parameter : model.parameters)
    tensors.push_back(
        describe(parameter.name, parameter, engine.tensor(parameter)));
  for (const TensorInfo &slot : model.slots)
    tensors.push_back(describe(slot.name, slot, engine.tensor(slot)));
  const float *kept = state.kept.data();
  for (const TensorInfo &parameter : model.parameters) {
    if (state.kept.empty())
      break;
    tensors.push_back(describe("kept/" + parameter.name, parameter, kept));
    kept += parameter.size;
  }
  if (!state.vocabulary.empty())
    tensors.push_back(makeTextTensor(VocabularyName, state.vocabulary));
  return writeSafetensors(path, metadata, tensors);
}

Status loadCheckpoint(const std::string &path, const Engine &engine,
                      TrainingState &state, Metrics &metrics) {
  const Model &model = engine.model;
  SafetensorsFile file;
  if (Status status = file.read(path); !status.ok())
    return status;
  const std::string *name = file.metadata("kiln.model");
  const std::string *batch = file.metadata("kiln.batch_size");
  const std::string *shuffle = file.metadata("kiln.shuffle");
  const std::string *stopped = file.metadata("kiln.stopped");
  const std::string *restored = file.metadata("kiln.restored");
  if (!name || !batch || !shuffle)
    return userError("%s: expected a checkpoint of kiln, got weights alone; "
                     "start from them with --weights",
                     path.c_str());
  if (*name != model.name)
    return userError("%s: checkpoint of another model: expected %s, got %s",
                     path.c_str(), model.name.c_str(), name->c_str());
  if (*batch != std::to_string(model.batchSize))
    return userError("%s: checkpoint of another batch size: expected %lld, got "
                     "%s",
                     path.c_str(), (long long)model.batchSize, batch->c_str());

  std::string missing;
  visitNumbers(state, metrics, [&](const char *key, auto &value) {
    const std::string *text = file.metadata(key);
    if (!text || !readNumber(text->data(), text->data() + text->size(), value))
      missing = key;
  });
  if (!missing.empty())
    return userError("%s: damaged checkpoint, or one of a run with other "
                     "metrics or callbacks: '%s' is missing or no number",
                     path.c_str(), missing.c_str());
  state.shuffled = *shuffle == "true";
  state.stopped = stopped && *stopped == "true";
  state.restored = restored && *restored == "true";
  state.vocabulary = findVocabulary(file);
  if (state.epoch < 0 || state.steps < 0 || state.position < 0 ||
      state.position > state.samples || state.position % model.batchSize)
    return userError("%s: damaged checkpoint: its place in the epoch is out of "
                     "range",
                     path.c_str());
  if (Status status = takeTensors(file, engine, true); !status.ok())
    return status;
  return takeKept(file, engine, state.kept);
}

bool hasCheckpointOf(const std::string &path, int64_t epoch) {
  SafetensorsFile file;
  if (!file.read(path).ok())
    return false;
  const std::string *text = file.metadata("kiln.epoch");
  return text && *text == std::to_string(epoch);
}

} // namespace kiln::rt
