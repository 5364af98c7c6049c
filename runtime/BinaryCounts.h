//===- BinaryCounts.h - What binary predictions got right ----- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_BINARYCOUNTS_H
#define KILN_RUNTIME_BINARYCOUNTS_H

#include <array>
#include <cstdint>

namespace kiln::rt {

/// Counts of predictions in [0, 1] for targets that are true or false, and the
/// metrics that Keras makes of them. All are integers, so that neither their
/// order nor a checkpoint in between changes a result.
struct BinaryCounts {
  /// Of AUC's curve: -epsilon, 1/199, ... 198/199, 1 + epsilon.
  static constexpr int Thresholds = 200;

  /// Predictions over a half are positive.
  int64_t truePositives = 0, falsePositives = 0, falseNegatives = 0;
  /// How many predictions for true and for false targets exceed threshold i,
  /// but not the next one.
  std::array<int64_t, Thresholds> trueAbove = {}, falseAbove = {};

  void add(float prediction, bool target);
  BinaryCounts &operator+=(const BinaryCounts &other);

  /// True positives by positive predictions; 0 where there are none.
  double precision() const;
  /// True positives by true targets; 0 where there are none.
  double recall() const;
  /// Harmonic mean of precision and recall, with Keras's epsilon of 1e-7 in
  /// every denominator.
  double f1() const;
  /// Area under the curve of the true positive rate over the false positive
  /// rate, interpolated between the thresholds.
  double auc() const;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_BINARYCOUNTS_H
