//===- Metrics.cpp - Loss and metrics of an epoch -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Metrics.h"

namespace kiln::rt {

static const float *floatsAt(const uint8_t *results, uint64_t offset) {
  return reinterpret_cast<const float *>(results + offset);
}

Metrics::Metrics(const Model &model, const ProgramInfo &program)
    : sums(program.metrics.size()), lossOffset(program.loss[0].offset),
      outputWidth(model.outputWidth()), last(program.metrics.size()) {
  for (const ResultInfo &metric : program.metrics)
    offsets.push_back(metric.offset);
  const auto *metrics = model.source->compile()->metrics();
  size_t sum = 0;
  for (flatbuffers::uoffset_t i = 0; metrics && i < metrics->size(); ++i) {
    const model::Metric *metric = metrics->Get(i);
    metricNames.push_back(metric->name()->str());
    entries.push_back({metric->kind(), sum});
    if (metric->kind() == model::MetricKind_accuracy)
      ++sum;
    else
      outputOffset = program.output[0].offset;
  }
}

void Metrics::reset() {
  lossSum = 0;
  rows = 0;
  sums.assign(sums.size(), 0);
  counts = BinaryCounts();
}

float Metrics::add(const uint8_t *results, const Feed &feed,
                   int64_t batchRows) {
  float loss = *floatsAt(results, lossOffset);
  lossSum += double(loss) * double(batchRows);
  rows += batchRows;
  lastRows = batchRows;
  for (size_t i = 0; i < offsets.size(); ++i) {
    last[i] = *floatsAt(results, offsets[i]);
    sums[i] += last[i];
  }
  if (!outputOffset)
    return loss;
  lastCounts = BinaryCounts();
  const float *output = floatsAt(results, *outputOffset);
  const float *targets = feed.data->targets.memory.as<float>();
  for (int64_t row = 0; row < batchRows; ++row) {
    int64_t sample = feed.sample(feed.position - batchRows + row);
    for (int64_t i = 0; i < outputWidth; ++i)
      lastCounts.add(output[row * outputWidth + i],
                     targets[sample * outputWidth + i] != 0);
  }
  counts += lastCounts;
  return loss;
}

double Metrics::valueOf(const Entry &entry, const std::vector<double> &sums,
                        const BinaryCounts &counts, int64_t rows) {
  switch (entry.kind) {
  case model::MetricKind_precision:
    return counts.precision();
  case model::MetricKind_recall:
    return counts.recall();
  case model::MetricKind_auc:
    return counts.auc();
  case model::MetricKind_f1:
    return counts.f1();
  case model::MetricKind_accuracy:
    break;
  }
  return sums[entry.sum] / double(rows);
}

double Metrics::metric(size_t index) const {
  return valueOf(entries[index], sums, counts, rows);
}

double Metrics::batchMetric(size_t index) const {
  return valueOf(entries[index], last, lastCounts, lastRows);
}

} // namespace kiln::rt
