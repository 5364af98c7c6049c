//===- KernelStamps.cpp - Cycles of each kernel ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/KernelBench.h"

#include <algorithm>

namespace kiln::rt {

/// Kernels that stamps have numbers for without being kernels.
static constexpr int32_t LoadStamp = -2;

double median(std::vector<double> &values) {
  if (values.empty())
    return 0;
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  return values[middle];
}

/// Cycles a step and id of one thread's log: what passed since the stamp
/// before.
static std::vector<std::vector<double>>
cyclesOfThread(const StampLog &log, const std::vector<size_t> &idOfKernel,
               size_t ids) {
  std::vector<std::vector<double>> steps;
  for (size_t i = 0; i < log.used; ++i) {
    int32_t kernel = log.entries[i].kernel;
    if (kernel == LoadStamp)
      steps.emplace_back(ids);
    if (kernel < 0 || size_t(kernel) >= idOfKernel.size() || steps.empty() ||
        i == 0)
      continue;
    steps.back()[idOfKernel[kernel]] +=
        double(log.entries[i].cycles - log.entries[i - 1].cycles);
  }
  return steps;
}

void collectKernels(Engine &engine, const ProgramInfo &program,
                    KernelCycles &cycles) {
  std::vector<std::string> ids;
  std::vector<size_t> idOfKernel;
  for (const KernelInfo &kernel : program.kernels) {
    std::string id = kernel.id.substr(0, kernel.id.find('#'));
    size_t at = std::find(ids.begin(), ids.end(), id) - ids.begin();
    if (at == ids.size())
      ids.push_back(id);
    idOfKernel.push_back(at);
  }

  std::vector<std::vector<double>> most;
  for (StampLog &log : engine.stamps) {
    std::vector<std::vector<double>> steps =
        cyclesOfThread(log, idOfKernel, ids.size());
    log.used = 0;
    if (most.empty())
      most = std::move(steps);
    for (size_t step = 0; step < std::min(most.size(), steps.size()); ++step)
      for (size_t id = 0; id < ids.size(); ++id)
        most[step][id] = std::max(most[step][id], steps[step][id]);
  }
  for (const std::vector<double> &step : most)
    for (size_t id = 0; id < ids.size(); ++id)
      cycles[ids[id]].push_back(step[id]);
}

} // namespace kiln::rt
