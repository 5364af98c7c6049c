//===- Threads.cpp - How many threads, and how they compute ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Threads.h"

#include <sched.h>
#include <unistd.h>
#include <xmmintrin.h>

// libomp's own; absent where a program runs no parallel region.
extern "C" void kmp_set_blocktime(int milliseconds) __attribute__((weak));

namespace kiln::rt {

static constexpr unsigned FlushToZero = 1u << 15, DenormalsAreZero = 1u << 6;
/// Longer than anything between two regions; libomp's limit is 2^31 us.
static constexpr int SpinMilliseconds = 1000000;

int availableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
    return CPU_COUNT(&set);
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? int(count) : 1;
}

void prepareThreads(int threads) {
  // With more threads than cores, spinning keeps those from running that are
  // waited for; libomp's own default then yields.
  if (threads > availableCores())
    return;
  if (kmp_set_blocktime)
    kmp_set_blocktime(SpinMilliseconds);
}

unsigned flushDenormals() {
  unsigned before = _mm_getcsr();
  _mm_setcsr(before | FlushToZero | DenormalsAreZero);
  return before;
}

void restoreFloatMode(unsigned mode) { _mm_setcsr(mode); }

} // namespace kiln::rt
