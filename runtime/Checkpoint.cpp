//===- Checkpoint.cpp - The state of a training run in a file -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Checkpoint.h"

#include "runtime/Weights.h"

#include <charconv>

namespace kiln::rt {

static SafeTensor describe(const Engine &engine, const TensorInfo &info) {
  SafeTensor tensor;
  tensor.name = info.name;
  tensor.type = "F32";
  tensor.shape = info.shape;
  tensor.data = engine.tensor(info);
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
  visit("kiln.best", state.best);
  visit("kiln.best_epoch", state.bestEpoch);
  visit("kiln.loss_sum", metrics.lossSum);
  visit("kiln.rows", metrics.rows);
  for (size_t i = 0; i < metrics.sums.size(); ++i)
    visit(("kiln.metric." + metrics.names()[i]).c_str(), metrics.sums[i]);
}

template <typename Number> static std::string showNumber(Number value) {
  char digits[40];
  std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value);
  return std::string(digits, result.ptr);
}

Status saveCheckpoint(const std::string &path, const Engine &engine,
                      const TrainingState &state, const Metrics &metrics) {
  const Model &model = engine.model;
  Metadata metadata = {{"kiln.model", model.name},
                       {"kiln.batch_size", std::to_string(model.batchSize)},
                       {"kiln.shuffle", state.shuffled ? "true" : "false"}};
  visitNumbers(state, metrics, [&](const char *key, auto value) {
    metadata.emplace_back(key, showNumber(value));
  });
  std::vector<SafeTensor> tensors;
  for (const TensorInfo &parameter : model.parameters)
    tensors.push_back(describe(engine, parameter));
  for (const TensorInfo &slot : model.slots)
    tensors.push_back(describe(engine, slot));
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
    const char *end = text ? text->data() + text->size() : nullptr;
    if (!text || std::from_chars(text->data(), end, value).ptr != end)
      missing = key;
  });
  if (!missing.empty())
    return userError("%s: damaged checkpoint: '%s' is missing or no number",
                     path.c_str(), missing.c_str());
  state.shuffled = *shuffle == "true";
  if (state.epoch < 0 || state.steps < 0 || state.position < 0 ||
      state.position > state.samples || state.position % model.batchSize)
    return userError("%s: damaged checkpoint: its place in the epoch is out of "
                     "range",
                     path.c_str());
  return takeTensors(file, engine, true);
}

bool hasCheckpointOf(const std::string &path, int64_t epoch) {
  SafetensorsFile file;
  if (!file.read(path).ok())
    return false;
  const std::string *text = file.metadata("kiln.epoch");
  return text && *text == std::to_string(epoch);
}

} // namespace kiln::rt
