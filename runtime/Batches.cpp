//===- Batches.cpp - In which order samples are seen ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Batches.h"

#include "runtime/RandomWords.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kiln::rt {

void orderSamples(int64_t count, int64_t seed, int64_t epoch, bool shuffled,
                  std::vector<uint32_t> &order) {
  order.resize(size_t(count));
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = uint32_t(i);
  if (!shuffled)
    return;
  RandomWords words(seed, randomStream("", "shuffle"), epoch);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[words.below(uint32_t(i))]);
}

template <typename Id>
static uint32_t measureLength(const uint8_t *sample, int64_t size) {
  const Id *begin = reinterpret_cast<const Id *>(sample), *end = begin + size;
  while (begin < end && !*begin)
    ++begin;
  while (begin < end && !end[-1])
    --end;
  return uint32_t(end - begin);
}

std::vector<uint32_t> measureLengths(const Array &inputs) {
  auto *measure = inputs.element == Element::U8    ? &measureLength<uint8_t>
                  : inputs.element == Element::U16 ? &measureLength<uint16_t>
                  : inputs.element == Element::I32 ? &measureLength<int32_t>
                                                   : nullptr;
  if (!measure)
    return {};
  std::vector<uint32_t> lengths(size_t(inputs.count()));
  int64_t size = inputs.sampleSize();
  size_t bytes = size_t(size) * elementBytes(inputs.element);
  for (size_t i = 0; i < lengths.size(); ++i)
    lengths[i] = measure(inputs.memory.data() + i * bytes, size);
  return lengths;
}

void arrangeBatches(const std::vector<uint32_t> &lengths, int64_t batch,
                    std::vector<uint32_t> &order) {
  if (lengths.empty())
    return;
  for (size_t begin = 0; begin < order.size(); begin += size_t(batch)) {
    size_t end = std::min(order.size(), begin + size_t(batch));
    std::stable_sort(
        order.begin() + begin, order.begin() + end,
        [&](uint32_t a, uint32_t b) { return lengths[a] > lengths[b]; });
  }
}

} // namespace kiln::rt
