//===- RandomWords.h - A sequence of random words ------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_RANDOMWORDS_H
#define KILN_RUNTIME_RANDOMWORDS_H

#include "runtime/Philox.h"

namespace kiln::rt {

/// The words of one Philox stream in order: element 0, 1, 2, ... of
/// philoxElement.
class RandomWords {
public:
  RandomWords(int64_t seed, int64_t stream, int64_t epoch = 0)
      : seed(uint32_t(seed)), stream(uint32_t(stream)), epoch(uint32_t(epoch)) {
  }

  uint32_t next() {
    if ((drawn & 3) == 0)
      block = philox(seed, stream,
                     {{epoch, 0, uint32_t(drawn >> 2), uint32_t(drawn >> 34)}});
    return block.word[drawn++ & 3];
  }

  /// Uniform in [0, bound), without bias (Lemire, Fast random integer
  /// generation in an interval, 2019).
  uint32_t below(uint32_t bound) {
    uint64_t product = uint64_t(next()) * bound;
    if (uint32_t(product) < bound) {
      uint32_t threshold = -bound % bound;
      while (uint32_t(product) < threshold)
        product = uint64_t(next()) * bound;
    }
    return uint32_t(product >> 32);
  }

  /// Uniform in [0, 1), a multiple of 2^-32.
  double unit() { return next() * 0x1p-32; }

private:
  uint32_t seed, stream, epoch;
  uint64_t drawn = 0;
  PhiloxBlock block = {};
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_RANDOMWORDS_H
