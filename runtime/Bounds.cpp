//===- Bounds.cpp - Where checked code ends at a wrong index --------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Abi.h"
#include "runtime/Status.h"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

extern "C" void kiln_rt_out_of_bounds(const char *where, int64_t begin,
                                      int64_t end, int64_t extent) {
  // Threads may fail at one time; the first speaks and ends the others.
  static std::atomic_flag spoken = ATOMIC_FLAG_INIT;
  if (!spoken.test_and_set()) {
    std::fprintf(stderr,
                 "%s: expected elements of [0, %" PRId64 "), got [%" PRId64
                 ", %" PRId64 "): this is a bug in kiln\n",
                 where, extent, begin, end);
    std::_Exit(kiln::rt::InternalError);
  }
  for (;;)
    ;
}
