//===- Classes.cpp - What an output says of a sample's class --------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Classes.h"

#include "runtime/Text.h"

#include <algorithm>

namespace kiln::rt {

Reading::Reading(const Model &model) : width(model.outputWidth()) {
  const model::Loss *loss = model.source->compile()->loss();
  isClasses =
      loss->kind() != model::LossKind_mse &&
      (width > 1 || loss->kind() == model::LossKind_binary_crossentropy);
  isProbability = isClasses && !loss->from_logits();
}

int64_t Reading::classOf(const float *values) const {
  if (width == 1)
    return values[0] > (isProbability ? 0.5f : 0.0f);
  return std::max_element(values, values + width) - values;
}

ConfusionMatrix::ConfusionMatrix(const Model &model)
    : reading(model), isSparse(model.hasClassTargets()) {
  // Several outputs under binary cross-entropy are labels of their own.
  if (!isSparse && !(reading.isClasses && reading.width == 1))
    return;
  int64_t classes = isSparse ? reading.width : 2;
  if (classes > MostClasses)
    return;
  size = classes;
  offset = model.evaluate.output[0].offset;
  counts.assign(size_t(size * size), 0);
}

void ConfusionMatrix::add(const uint8_t *results, const Feed &feed,
                          int64_t rows) {
  const float *output = reinterpret_cast<const float *>(results + offset);
  const Buffer &targets = feed.data->targets.memory;
  for (int64_t row = 0; size && row < rows; ++row) {
    int64_t sample = feed.sample(feed.position - rows + row);
    int64_t actual = isSparse ? targets.as<int32_t>()[sample]
                              : targets.as<float>()[sample] > 0.5f;
    int64_t predicted = reading.classOf(output + row * reading.width);
    ++counts[size_t(actual * size + predicted)];
  }
}

std::string ConfusionMatrix::show(const Model &model) const {
  const model::Data *data = model.source->data();
  const auto *names = data ? data->classes() : nullptr;
  std::vector<std::string> labels;
  size_t width = 0;
  for (int64_t i = 0; i < size; ++i) {
    bool isNamed = names && int64_t(names->size()) == size;
    labels.push_back(
        isNamed ? printable(names->Get(flatbuffers::uoffset_t(i))->str())
                : std::to_string(i));
    width = std::max(width, labels.back().size());
  }
  for (int64_t count : counts)
    width = std::max(width, std::to_string(count).size());
  auto pad = [&](const std::string &text) {
    return std::string(width + 2 - std::min(text.size(), width), ' ') + text;
  };

  std::string table = "confusion matrix (a row a class, a column a "
                      "prediction):\n";
  table += pad("");
  for (const std::string &label : labels)
    table += pad(label);
  table += '\n';
  for (int64_t actual = 0; actual < size; ++actual) {
    table += pad(labels[size_t(actual)]);
    for (int64_t predicted = 0; predicted < size; ++predicted)
      table += pad(std::to_string(at(actual, predicted)));
    table += '\n';
  }
  return table;
}

} // namespace kiln::rt
