//===- Predict.cpp - The verb predict -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Classes.h"
#include "runtime/DataNpy.h"
#include "runtime/Image.h"
#include "runtime/Session.h"

namespace kiln::rt {

namespace {
/// Keeps the outputs of each batch.
class OutputObserver : public StepObserver {
public:
  OutputObserver(const ResultInfo &output, int64_t batchSize,
                 std::vector<float> &values)
      : offset(output.offset), rowSize(output.size / batchSize),
        values(values) {}

  bool end(const kiln_step &step, const uint8_t *results) override {
    const float *from = reinterpret_cast<const float *>(results + offset);
    values.insert(values.end(), from, from + step.rows * rowSize);
    return true;
  }

private:
  uint64_t offset;
  int64_t rowSize;
  std::vector<float> &values;
};
} // namespace

static bool isPng(const std::string &path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".png") == 0;
}

static Status loadFile(const Model &model, const std::string &path,
                       TextReading &texts, Dataset &data) {
  if (!isPng(path) || readsTexts(model))
    return loadInputs(model, path, texts, data);
  Array array;
  if (Status status = readPng(path, model.inputShape, array); !status.ok())
    return status;
  return adoptInputs(model, std::move(array), data);
}

/// The name of class `index`, or null.
static const char *nameOf(const Model &model, int64_t index) {
  const model::Data *data = model.source->data();
  return data && data->classes() && index < int64_t(data->classes()->size())
             ? data->classes()->Get(unsigned(index))->c_str()
             : nullptr;
}

static Status show(Session &session, const Reading &reading,
                   const std::string &path, int64_t index, bool isOne,
                   const float *values, int64_t width) {
  const char *name = reading.isClasses
                         ? nameOf(session.model, reading.classOf(values))
                         : nullptr;
  if (session.options.json) {
    JsonObject &event = session.events.make("predict")
                            .field("source", path)
                            .field("index", index);
    if (reading.isClasses)
      event.field("class", reading.classOf(values));
    if (name)
      event.field("label", name);
    event.field(reading.isProbability ? "probabilities" : "outputs", values,
                width);
    session.events.send();
    return session.events.status;
  }
  std::string line = path + (isOne ? "" : format("[%lld]", (long long)index));
  // Lines are counted as editors do.
  if (path == "-")
    line = format("stdin:%lld", (long long)index + 1);
  line += ':';
  if (reading.isClasses)
    line += format(" class %lld", (long long)reading.classOf(values));
  if (name)
    line += format(" (%s)", name);
  if (reading.isClasses)
    line += ':';
  for (int64_t i = 0; i < width; ++i)
    line += format(reading.isProbability ? " %.4f" : " %g", double(values[i]));
  return writeStdout(line + "\n");
}

Status runPredict(Session &session) {
  const Options &options = session.options;
  const Model &model = session.model;
  std::vector<std::string> files = options.files;
  if (files.empty() && readsTexts(model))
    files.push_back("-");
  if (files.empty())
    return usageError("predict: expected files, got none");
  Engine engine(model, options.threads);
  if (Status status = engine.allocate(); !status.ok())
    return status;
  if (Status status = loadTrained(session, engine); !status.ok())
    return status;

  Reading reading(model);
  const ResultInfo &output = model.predict.output[0];
  int64_t width = output.size / model.batchSize;
  std::vector<float> all, values;
  for (const std::string &path : files) {
    Dataset data;
    if (Status status = loadFile(model, path, session.texts, data);
        !status.ok())
      return status;
    values.clear();
    OutputObserver observer(output, model.batchSize, values);
    Feed feed;
    feed.data = &data;
    feed.count = data.count();
    engine.run(model.predict, feed, observer);
    for (int64_t i = 0; i < data.count(); ++i)
      if (Status status = show(session, reading, path, i, data.count() == 1,
                               values.data() + i * width, width);
          !status.ok())
        return status;
    if (!options.output.empty())
      all.insert(all.end(), values.begin(), values.end());
  }
  if (options.output.empty())
    return Status();
  std::vector<int64_t> shape = model.outputShape;
  shape.insert(shape.begin(), int64_t(all.size()) / width);
  return writeNpy(options.output, shape, all.data());
}

} // namespace kiln::rt
