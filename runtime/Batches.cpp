//===- Batches.cpp - In which order samples are seen ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Batches.h"

#include "runtime/RandomWords.h"

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

} // namespace kiln::rt
