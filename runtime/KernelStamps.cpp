//===- KernelStamps.cpp - Cycles of each kernel ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/KernelBench.h"

#include <algorithm>

namespace kiln::rt {

double median(std::vector<double> &values) {
  if (values.empty())
    return 0;
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  return values[middle];
}

namespace {
/// Cycles of one thread in one step, by id and by StampLog::Kind.
struct StepCycles {
  std::vector<double> kernels;
  std::map<int32_t, double> others;
};
} // namespace

void KernelTimes::collect(Engine &engine, const ProgramInfo &program) {
  std::vector<std::string> ids;
  std::vector<size_t> idOfKernel;
  for (const KernelInfo &kernel : program.kernels) {
    std::string id = kernel.id.substr(0, kernel.id.find('#'));
    size_t at = std::find(ids.begin(), ids.end(), id) - ids.begin();
    if (at == ids.size())
      ids.push_back(id);
    idOfKernel.push_back(at);
  }

  std::vector<std::vector<StepCycles>> threads;
  for (StampLog &log : engine.stamps) {
    std::vector<StepCycles> &found = threads.emplace_back();
    uint64_t before = 0;
    for (size_t i = 0; i < log.size(); ++i) {
      const StampLog::Entry &entry = log[i];
      if (entry.part >= 0) {
        StampLog::Part &part = cells[{entry.kernel, entry.part}];
        part.cycles += entry.cycles;
        part.steps += entry.count;
        continue;
      }
      if (entry.kernel == StampLog::Load)
        found.push_back({std::vector<double>(ids.size()), {}});
      double passed = double(entry.cycles - before);
      before = entry.cycles;
      if (found.empty())
        continue;
      if (entry.kernel < 0) {
        found.back().others[entry.kernel] += passed;
        continue;
      }
      size_t id = idOfKernel[size_t(entry.kernel)];
      found.back().kernels[id] += passed;
      ++calls[ids[id]];
    }
    log.clear();
    tokens += log.tokens;
    distinctTokens += log.distinctTokens;
    log.tokens = log.distinctTokens = 0;
  }

  size_t count = threads.empty() ? 0 : threads[0].size();
  steps += int64_t(count);
  for (size_t step = 0; step < count; ++step) {
    for (size_t id = 0; id < ids.size(); ++id) {
      double most = 0;
      for (const std::vector<StepCycles> &thread : threads)
        most = std::max(most, thread[step].kernels[id]);
      cycles[ids[id]].push_back(most);
    }
    for (int32_t kind :
         {StampLog::Barrier, StampLog::Load, StampLog::Copy, StampLog::Step}) {
      double sum = 0;
      for (std::vector<StepCycles> &thread : threads)
        sum += thread[step].others[kind];
      others[kind].push_back(sum / double(threads.size()));
    }
  }
}

} // namespace kiln::rt
