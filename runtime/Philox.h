//===- Philox.h - Counter-based random numbers ------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy
// as 1, 2, 3; SC 2011). Plain C++17 for the compiler and the runtime alike:
// constant folding, the interpreter, generated code and the shuffle draw the
// same words.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_PHILOX_H
#define KILN_RUNTIME_PHILOX_H

#include <cstdint>
#include <initializer_list>

namespace kiln {

/// Four words of Philox4x32.
struct PhiloxBlock {
  uint32_t word[4];
};

/// The block of `counter` under the key (`key0`, `key1`).
inline PhiloxBlock philox(uint32_t key0, uint32_t key1, PhiloxBlock counter) {
  PhiloxBlock x = counter;
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t(0xD2511F53) * x.word[0];
    uint64_t p1 = uint64_t(0xCD9E8D57) * x.word[2];
    x = {{uint32_t(p1 >> 32) ^ x.word[1] ^ key0, uint32_t(p1),
          uint32_t(p0 >> 32) ^ x.word[3] ^ key1, uint32_t(p0)}};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return x;
}

/// Word of element `element` of a random tensor: key (seed, stream), low 32
/// bits of each; counter (epoch, step, element / 4 low, high).
inline uint32_t philoxElement(int64_t seed, int64_t stream, int64_t epoch,
                              int64_t step, uint64_t element) {
  PhiloxBlock block =
      philox(uint32_t(seed), uint32_t(stream),
             {{uint32_t(epoch), uint32_t(step), uint32_t(element >> 2),
               uint32_t(element >> 34)}});
  return block.word[element & 3];
}

/// Stream of a source of randomness: FNV-1a of the layer's name, its role and
/// its gate, each ended by a zero byte so that no two lists run together.
inline int64_t randomStream(const char *layer, const char *role,
                            const char *gate = "") {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char *part : {layer, role, gate}) {
    do {
      hash = (hash ^ uint8_t(*part)) * 0x100000001B3;
    } while (*part++);
  }
  return int64_t(hash);
}

} // namespace kiln

#endif // KILN_RUNTIME_PHILOX_H
