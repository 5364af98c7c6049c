//===- Metrics.h - Loss and metrics of an epoch --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_METRICS_H
#define KILN_RUNTIME_METRICS_H

#include "runtime/Model.h"

namespace kiln::rt {

/// Running means over samples, in f64. The loss of a batch counts with its
/// rows; metrics arrive as sums over rows.
class Metrics {
public:
  explicit Metrics(const ProgramInfo &program);

  void reset();
  /// Takes in the result block of a batch of `batchRows` rows; returns its
  /// loss.
  float add(const uint8_t *results, int64_t batchRows);

  const std::vector<std::string> &names() const { return metricNames; }
  double loss() const { return lossSum / double(rows); }
  double metric(size_t index) const { return sums[index] / double(rows); }
  /// Metric `index` of the last batch alone.
  double batchMetric(size_t index) const {
    return last[index] / double(lastRows);
  }

  /// What a checkpoint keeps.
  double lossSum = 0;
  int64_t rows = 0;
  std::vector<double> sums;

private:
  std::vector<std::string> metricNames;
  uint64_t lossOffset;
  std::vector<uint64_t> offsets;
  std::vector<double> last;
  int64_t lastRows = 1;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_METRICS_H
