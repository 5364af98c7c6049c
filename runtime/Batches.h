//===- Batches.h - In which order samples are seen ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_BATCHES_H
#define KILN_RUNTIME_BATCHES_H

#include "runtime/Array.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kiln::rt {

/// The order of `count` samples in epoch `epoch` (from 0): a Fisher-Yates
/// shuffle whose draws are Philox's under (seed, "shuffle") with the epoch as
/// counter, each without bias; or as they are, if not `shuffled`. A function of
/// its arguments alone, so that a resumed run finds its place again.
void orderSamples(int64_t count, int64_t seed, int64_t epoch, bool shuffled,
                  std::vector<uint32_t> &order);

/// The length of each sample of token ids: from the first to the last that is
/// not padding (0). None, if the samples are not ids.
std::vector<uint32_t> measureLengths(const Array &inputs);

/// Sorts each run of `batch` numbers of `order` by `lengths`, the longest
/// sample first, equals as they are.
void arrangeBatches(const std::vector<uint32_t> &lengths, int64_t batch,
                    std::vector<uint32_t> &order);

} // namespace kiln::rt

#endif // KILN_RUNTIME_BATCHES_H
