//===- Classes.h - What an output says of a sample's class ---- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CLASSES_H
#define KILN_RUNTIME_CLASSES_H

#include "runtime/Engine.h"

namespace kiln::rt {

/// What the numbers of a model's output mean.
struct Reading {
  explicit Reading(const Model &model);

  /// The class that the output of one sample speaks for: the largest number,
  /// or for one number whether it exceeds a half (as a logit: zero).
  int64_t classOf(const float *values) const;

  /// Numbers of one sample.
  int64_t width;
  bool isClasses = false, isProbability = false;
};

/// Counts the samples of each class by the class that they were taken for.
class ConfusionMatrix {
public:
  /// No classes where the model tells none apart, or more than a table shows.
  explicit ConfusionMatrix(const Model &model);

  int64_t classes() const { return size; }
  /// Takes in the result block of a batch of `rows` samples, the last ones
  /// before the position of `feed`.
  void add(const uint8_t *results, const Feed &feed, int64_t rows);
  /// Samples of class `actual` that were taken for `predicted`.
  int64_t at(int64_t actual, int64_t predicted) const {
    return counts[size_t(actual * size + predicted)];
  }
  const int64_t *data() const { return counts.data(); }

  /// A table: a row a class, a column a prediction.
  std::string show(const Model &model) const;

private:
  static constexpr int64_t MostClasses = 100;

  Reading reading;
  uint64_t offset = 0;
  bool isSparse;
  int64_t size = 0;
  std::vector<int64_t> counts;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_CLASSES_H
