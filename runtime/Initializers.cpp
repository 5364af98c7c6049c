//===- Initializers.cpp - What parameters start from ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Initializers.h"

#include "runtime/RandomWords.h"

namespace kiln::rt {

double seriesExp(double x) {
  // The term x^n/n! is below 2^-80 from n = 32 on for |x| <= 2.
  double sum = 0;
  for (int n = 32; n > 0; --n)
    sum = (sum + 1) * (x / n);
  return sum + 1;
}

/// Keras's compute_fans for matrices and vectors: the product of all but the
/// last two extents multiplies both.
static void computeFans(const std::vector<int64_t> &shape, double &in,
                        double &out) {
  if (shape.empty()) {
    in = out = 1;
    return;
  }
  if (shape.size() == 1) {
    in = out = double(shape[0]);
    return;
  }
  double field = 1;
  for (size_t i = 0; i + 2 < shape.size(); ++i)
    field *= double(shape[i]);
  in = double(shape[shape.size() - 2]) * field;
  out = double(shape.back()) * field;
}

/// A standard normal truncated to [-2, 2], by rejection: a uniform x is taken
/// with probability exp(-x^2/2), which exceeds exp(-2) everywhere.
static double truncatedNormal(RandomWords &words) {
  for (;;) {
    double x = 4 * words.unit() - 2;
    if (words.unit() < seriesExp(-x * x / 2))
      return x;
  }
}

void initialize(const TensorInfo &parameter, int64_t seed, float *values) {
  const model::Initializer &initializer = *parameter.initializer;
  RandomWords words(seed, randomStream(parameter.name.c_str(), "initializer"));
  double in = 1, out = 1;
  computeFans(parameter.shape, in, out);

  switch (initializer.kind()) {
  case model::InitializerKind_zeros:
  case model::InitializerKind_ones:
  case model::InitializerKind_constant: {
    float value = initializer.kind() == model::InitializerKind_zeros ? 0.0f
                  : initializer.kind() == model::InitializerKind_ones
                      ? 1.0f
                      : float(initializer.value());
    for (int64_t i = 0; i < parameter.size; ++i)
      values[i] = value;
    return;
  }
  case model::InitializerKind_random_uniform: {
    double low = initializer.minval(), high = initializer.maxval();
    for (int64_t i = 0; i < parameter.size; ++i)
      values[i] = float(low + (high - low) * words.unit());
    return;
  }
  case model::InitializerKind_glorot_uniform: {
    double limit = __builtin_sqrt(6 / (in + out));
    for (int64_t i = 0; i < parameter.size; ++i)
      values[i] = float(limit * (2 * words.unit() - 1));
    return;
  }
  case model::InitializerKind_he_normal: {
    // The standard deviation of the normal truncated at two of its own.
    double deviation = __builtin_sqrt(2 / in) / 0.87962566103423978;
    for (int64_t i = 0; i < parameter.size; ++i)
      values[i] = float(deviation * truncatedNormal(words));
    return;
  }
  }
}

} // namespace kiln::rt
