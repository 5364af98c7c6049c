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

/// Times of a kernel id, one a step: cycles of the slowest thread, summed over
/// the parts that carry the id.
using KernelCycles = std::map<std::string, std::vector<double>>;

/// Takes the stamps of `engine` apart, adds a number a step and id to `cycles`
/// and empties the logs. Ids lose what follows `#`: the number of a part.
void collectKernels(Engine &engine, const ProgramInfo &program,
                    KernelCycles &cycles);

/// Of an odd number of values the middle one; reorders `values`.
double median(std::vector<double> &values);

/// Single-precision operations per second of independent fused multiply-adds on
/// `threads` threads, with the widest registers there are: the machine's peak.
double measurePeak(int threads);

/// The program of `kiln bench`: runs both builds of one model on the same data
/// and state, in turn, and compares them.
int runKernelBench(int argc, char **argv, const kiln_model &fused,
                   const kiln_model &unfused);

} // namespace kiln::rt

#endif // KILN_RUNTIME_KERNELBENCH_H
