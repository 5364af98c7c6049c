//===- Metrics.h - Loss and metrics of an epoch --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_METRICS_H
#define KILN_RUNTIME_METRICS_H

#include "runtime/BinaryCounts.h"
#include "runtime/Engine.h"

#include <optional>

namespace kiln::rt {

/// The loss and the metrics of a program over samples, in the model's order.
/// The loss of a batch counts with its rows, and accuracies arrive as sums over
/// rows, both in f64; other metrics are counted from outputs and targets.
class Metrics {
public:
  Metrics(const Model &model, const ProgramInfo &program);

  void reset();
  /// Takes in the result block of a batch of `batchRows` samples, the last ones
  /// before the position of `feed`; returns its loss. Allocates nothing.
  float add(const uint8_t *results, const Feed &feed, int64_t batchRows);

  const std::vector<std::string> &names() const { return metricNames; }
  double loss() const { return lossSum / double(rows); }
  double metric(size_t index) const;
  /// Metric `index` of the last batch alone.
  double batchMetric(size_t index) const;

  /// What a checkpoint keeps: `sums` of the accuracies, in order, and `counts`
  /// where a metric needs them.
  double lossSum = 0;
  int64_t rows = 0;
  std::vector<double> sums;
  BinaryCounts counts;
  bool hasCounts() const { return outputOffset.has_value(); }

private:
  struct Entry {
    model::MetricKind kind;
    /// Accuracies: where in `sums`.
    size_t sum;
  };
  static double valueOf(const Entry &entry, const std::vector<double> &sums,
                        const BinaryCounts &counts, int64_t rows);

  std::vector<std::string> metricNames;
  std::vector<Entry> entries;
  uint64_t lossOffset;
  std::vector<uint64_t> offsets;
  /// Where the output is, if metrics are counted from it.
  std::optional<uint64_t> outputOffset;
  int64_t outputWidth = 0;
  std::vector<double> last;
  BinaryCounts lastCounts;
  int64_t lastRows = 1;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_METRICS_H
