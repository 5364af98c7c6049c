//===- KernelBench.h - Fused against unfused, kernel by kernel  -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_KERNELBENCH_H
#define KILN_RUNTIME_KERNELBENCH_H

#include "runtime/Engine.h"

#include <map>

namespace kiln::rt {

/// What the stamps of a program add up to. Ids lose what follows `#`: the
/// number of a part.
struct KernelTimes {
  /// By id, one number a step: cycles of the slowest thread, summed over the
  /// parts that carry the id and over its tiles.
  std::map<std::string, std::vector<double>> cycles;
  /// By id: calls, of all threads and steps.
  std::map<std::string, int64_t> calls;
  /// By StampLog::Kind, one number a step: cycles, the mean of the threads.
  std::map<int32_t, std::vector<double>> others;
  /// By kernel and part of its cell: sums over all threads and steps.
  std::map<std::pair<int32_t, int32_t>, StampLog::Part> cells;
  int64_t steps = 0;
  /// As kiln_rt_unique counted them.
  int64_t tokens = 0, distinctTokens = 0;

  /// Takes the stamps of `engine` in, which ran whole steps of `program`, and
  /// empties the logs.
  void collect(Engine &engine, const ProgramInfo &program);
  /// The part of all tokens that were new to their row; 1 where none are.
  double density() const {
    return tokens ? double(distinctTokens) / double(tokens) : 1;
  }
};

/// The middle one of the values, of an even number the upper; reorders them.
double median(std::vector<double> &values);

/// Runs the calling thread's chains of independent fused multiply-adds, with
/// the widest registers there are, up to `mostBits`. Returns how many
/// single-precision operations these were: a few hundred an iteration.
double runMultiplyAdds(int mostBits, int64_t iterations);

/// Single-precision operations per second of independent fused multiply-adds on
/// `threads` threads, with the widest registers there are: the machine's peak
/// at the clock that it has just then.
double measurePeak(int threads);

/// Bytes per second that `threads` threads read of `bytes` bytes, each its own
/// part again and again: from whatever holds so many.
double measureBandwidth(int threads, uint64_t bytes);

/// The program of `kiln bench`: runs both builds of one model on the same data
/// and state, in turn, and compares them.
int runKernelBench(int argc, char **argv, const kiln_model &fused,
                   const kiln_model &unfused);

} // namespace kiln::rt

#endif // KILN_RUNTIME_KERNELBENCH_H
