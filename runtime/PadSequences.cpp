//===- PadSequences.cpp - Sequences of one length -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/PadSequences.h"

#include <algorithm>

namespace kiln::rt {

void padSequence(const std::vector<int32_t> &sequence,
                 const model::PadSequences *options, int64_t length,
                 int32_t *to) {
  bool padsEnd = options && options->padding() == model::Side_post;
  bool cutsEnd = options && options->truncating() == model::Side_post;
  int32_t value = options ? int32_t(options->value()) : 0;
  int64_t size = int64_t(sequence.size());
  int64_t kept = std::min(size, length);
  const int32_t *from = sequence.data() + (cutsEnd ? 0 : size - kept);
  if (!padsEnd)
    to = std::fill_n(to, length - kept, value);
  to = std::copy_n(from, kept, to);
  if (padsEnd)
    std::fill_n(to, length - kept, value);
}

} // namespace kiln::rt
