//===- KernelPeak.cpp - What the machine could do at best -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Buffer.h"
#include "runtime/Cpu.h"
#include "runtime/KernelBench.h"

#include <algorithm>
#include <chrono>
#include <immintrin.h>
#include <omp.h>
#include <vector>

namespace kiln::rt {

static constexpr int Accumulators = 12, Rounds = 3;
/// A tenth of a millisecond in all: the clock stays as it is.
static constexpr int64_t Iterations = 20000;

/// Chains of fused multiply-adds, as many as registers hold; the result is
/// returned so that they are computed.
__attribute__((target("avx512f"), noinline)) static float
chain512(int64_t iterations) {
  __m512 sums[Accumulators], a = _mm512_set1_ps(0.999f),
                             b = _mm512_set1_ps(1e-3f);
  for (__m512 &sum : sums)
    sum = b;
  for (int64_t i = 0; i < iterations; ++i) {
#pragma unroll
    for (__m512 &sum : sums)
      sum = _mm512_fmadd_ps(sum, a, b);
    // Keeps the compiler from folding iterations.
    __asm__ volatile("" : "+v"(a));
  }
  float total = 0;
  for (__m512 &sum : sums)
    total += _mm512_reduce_add_ps(sum);
  return total;
}

__attribute__((noinline)) static float chain256(int64_t iterations) {
  __m256 sums[Accumulators], a = _mm256_set1_ps(0.999f),
                             b = _mm256_set1_ps(1e-3f);
  for (__m256 &sum : sums)
    sum = b;
  for (int64_t i = 0; i < iterations; ++i) {
#pragma unroll
    for (__m256 &sum : sums)
      sum = _mm256_fmadd_ps(sum, a, b);
    __asm__ volatile("" : "+x"(a));
  }
  float total = 0;
  for (__m256 &sum : sums)
    total += sum[0];
  return total;
}

double runMultiplyAdds(int mostBits, int64_t iterations) {
  // Asked for once: virtual machines take tens of microseconds to answer.
  static const bool has512 = hasFeature("avx512f");
  bool wide = mostBits >= 512 && has512;
  // Used, so that it must be computed.
  float sum = wide ? chain512(iterations) : chain256(iterations);
  __asm__ volatile("" : : "x"(sum));
  return 2.0 * Accumulators * (wide ? 16 : 8) * double(iterations);
}

double measurePeak(int threads) {
  double best = 0;
  for (int round = 0; round < Rounds; ++round) {
    double operations = 0;
    auto start = std::chrono::steady_clock::now();
#pragma omp parallel num_threads(threads) reduction(+ : operations)
    operations += runMultiplyAdds(512, Iterations);
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    best = std::max(best, operations / seconds);
  }
  return best;
}

/// Reads `count` vectors, `passes` times.
__attribute__((noinline)) static void readVectors(const __m256i *from,
                                                  size_t count, size_t passes) {
  constexpr size_t chains = 8;
  __m256i sums[chains] = {};
  for (size_t pass = 0; pass < passes; ++pass)
    for (size_t i = 0; i + chains <= count; i += chains) {
#pragma unroll
      for (size_t j = 0; j < chains; ++j)
        sums[j] = _mm256_xor_si256(sums[j], _mm256_load_si256(from + i + j));
    }
  for (__m256i &sum : sums)
    __asm__ volatile("" : : "x"(sum));
}

double measureBandwidth(int threads, uint64_t bytes) {
  constexpr uint64_t least = 1 << 14, readAtLeast = 64 << 20;
  size_t count = std::max(bytes / uint64_t(threads), least) / sizeof(__m256i);
  size_t passes = std::max<size_t>(readAtLeast / (count * sizeof(__m256i)), 2);
  std::vector<Buffer> parts{size_t(threads)};
  for (Buffer &part : parts)
    if (!part.allocate(count * sizeof(__m256i)))
      return 0;
  double total = double(count * sizeof(__m256i)) * double(passes) * threads;
  double best = 0;
#pragma omp parallel num_threads(threads)
  {
    const Buffer &part = parts[size_t(omp_get_thread_num())];
    // Each page is this thread's, and there.
    for (size_t i = 0; i < part.size(); i += 4096)
      part.data()[i] = 1;
  }
  for (int round = 0; round < Rounds; ++round) {
    auto start = std::chrono::steady_clock::now();
#pragma omp parallel num_threads(threads)
    readVectors(reinterpret_cast<const __m256i *>(
                    parts[size_t(omp_get_thread_num())].data()),
                count, passes);
    double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    best = std::max(best, total / seconds);
  }
  return best;
}

} // namespace kiln::rt
