//===- BinaryCounts.cpp - What binary predictions got right ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/BinaryCounts.h"

#include <cmath>

namespace kiln::rt {

/// The last threshold that `prediction` exceeds, found in f32 as Keras does.
/// The first one, which lies below 0, is exceeded by all.
static int bucketOf(float prediction) {
  float position = std::ceil(prediction * float(BinaryCounts::Thresholds - 1));
  // Also false for NaN.
  if (!(position > 1))
    return 0;
  return position < float(BinaryCounts::Thresholds - 1)
             ? int(position) - 1
             : BinaryCounts::Thresholds - 2;
}

void BinaryCounts::add(float prediction, bool target) {
  bool positive = prediction > 0.5f;
  truePositives += positive && target;
  falsePositives += positive && !target;
  falseNegatives += !positive && target;
  ++(target ? trueAbove : falseAbove)[size_t(bucketOf(prediction))];
}

BinaryCounts &BinaryCounts::operator+=(const BinaryCounts &other) {
  truePositives += other.truePositives;
  falsePositives += other.falsePositives;
  falseNegatives += other.falseNegatives;
  for (size_t i = 0; i < Thresholds; ++i) {
    trueAbove[i] += other.trueAbove[i];
    falseAbove[i] += other.falseAbove[i];
  }
  return *this;
}

static double ratio(int64_t part, int64_t whole) {
  return whole ? double(part) / double(whole) : 0;
}

double BinaryCounts::precision() const {
  return ratio(truePositives, truePositives + falsePositives);
}

double BinaryCounts::recall() const {
  return ratio(truePositives, truePositives + falseNegatives);
}

double BinaryCounts::f1() const {
  constexpr double Epsilon = 1e-7;
  double hits = double(truePositives);
  double precision = hits / (hits + double(falsePositives) + Epsilon);
  double recall = hits / (hits + double(falseNegatives) + Epsilon);
  return 2 * (precision * recall / (precision + recall + Epsilon));
}

double BinaryCounts::auc() const {
  int64_t allTrue = 0, allFalse = 0;
  for (size_t i = 0; i < Thresholds; ++i) {
    allTrue += trueAbove[i];
    allFalse += falseAbove[i];
  }
  // From the highest threshold down: rates grow from 0 to 1.
  int64_t hits = 0, alarms = 0;
  double area = 0, lastHits = 0, lastAlarms = 0;
  for (size_t i = Thresholds; i-- > 0;) {
    hits += trueAbove[i];
    alarms += falseAbove[i];
    double hitRate = ratio(hits, allTrue);
    double alarmRate = ratio(alarms, allFalse);
    area += (alarmRate - lastAlarms) * (hitRate + lastHits) / 2;
    lastHits = hitRate;
    lastAlarms = alarmRate;
  }
  return area;
}

} // namespace kiln::rt
