//===- Comparison.cpp - Compiled numbers against the interpreter's --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::test {

static std::string describe(size_t result, int64_t element, double got,
                            double expected) {
  return llvm::formatv("result {0}, element {1}: expected {2:e9}, got {3:e9}",
                       result, element, expected, got)
      .str();
}

/// Distance between neighbours of f32 at `value`.
static double getUlp(double value) {
  double smallest = std::numeric_limits<float>::min();
  int exponent;
  std::frexp(std::max(std::abs(value), smallest), &exponent);
  return std::ldexp(1.0, exponent - 24);
}

/// The f64 reference as it would be in f32, where that is infinite or 0.
static double saturate(double value) {
  if (std::abs(value) < std::numeric_limits<float>::min())
    return 0;
  return std::abs(value) > std::numeric_limits<float>::max()
             ? double(float(value))
             : value;
}

Verdict compare(func::FuncOp function, ArrayRef<Tensor> compiled,
                ArrayRef<Tensor> f32, ArrayRef<Tensor> f64,
                double defaultTolerance) {
  Verdict verdict;
  bool exact = function->hasAttr("test.exact");
  auto ulps = function->getAttrOfType<FloatAttr>("test.ulps");
  auto tolerance = function->getAttrOfType<FloatAttr>("test.tolerance");
  verdict.bound = defaultTolerance;
  if (ulps)
    verdict.bound = ulps.getValueAsDouble();
  else if (tolerance)
    verdict.bound = tolerance.getValueAsDouble();

  for (size_t r = 0; r < compiled.size(); ++r) {
    const Tensor &got = compiled[r], &reference = f64[r];
    double largest = std::numeric_limits<float>::min();
    for (double value : reference.getData())
      if (std::isfinite(value))
        largest = std::max(largest, std::abs(value));
    for (int64_t i = 0; i < got.size(); ++i) {
      double expected = saturate(reference[i]);
      double other = f32[r][i];
      if (exact && got[i] != other &&
          !(std::isnan(got[i]) && std::isnan(other)))
        verdict.failure = describe(r, i, got[i], other);
      if (std::isnan(got[i]) && std::isnan(expected))
        continue;
      if (got[i] == expected)
        continue;
      double unit = ulps ? getUlp(expected) : largest;
      // On the edge of the denormals both ways are right.
      double error = std::min(std::abs(got[i] - expected),
                              std::abs(got[i] - reference[i])) /
                     unit;
      // Written so that a NaN fails.
      if (!(error <= verdict.bound) && verdict.failure.empty())
        verdict.failure = describe(r, i, got[i], expected);
      verdict.error = std::max(verdict.error, error);
    }
  }
  return verdict;
}

std::string compareBits(ArrayRef<Tensor> first, ArrayRef<Tensor> second) {
  for (size_t r = 0; r < first.size(); ++r)
    for (int64_t i = 0; i < first[r].size(); ++i) {
      double a = first[r][i], b = second[r][i];
      if (llvm::bit_cast<uint64_t>(a) != llvm::bit_cast<uint64_t>(b) &&
          !(std::isnan(a) && std::isnan(b)))
        return describe(r, i, b, a);
    }
  return {};
}

} // namespace kiln::test
