//===- Metrics.cpp - Loss and metrics of an epoch -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Metrics.h"

namespace kiln::rt {

static float readFloat(const uint8_t *results, uint64_t offset) {
  return *reinterpret_cast<const float *>(results + offset);
}

Metrics::Metrics(const ProgramInfo &program)
    : sums(program.metrics.size()), lossOffset(program.loss[0].offset),
      last(program.metrics.size()) {
  for (const ResultInfo &metric : program.metrics) {
    metricNames.push_back(metric.name);
    offsets.push_back(metric.offset);
  }
}

void Metrics::reset() {
  lossSum = 0;
  rows = 0;
  sums.assign(sums.size(), 0);
}

float Metrics::add(const uint8_t *results, int64_t batchRows) {
  float loss = readFloat(results, lossOffset);
  lossSum += double(loss) * double(batchRows);
  rows += batchRows;
  lastRows = batchRows;
  for (size_t i = 0; i < offsets.size(); ++i) {
    last[i] = readFloat(results, offsets[i]);
    sums[i] += last[i];
  }
  return loss;
}

} // namespace kiln::rt
