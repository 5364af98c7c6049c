//===- Initializers.cpp - What parameters start from ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Initializers.h"

#include "runtime/RandomWords.h"

#include <algorithm>
#include <array>
#include <cstring>

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

/// ln(x) for normal x > 0: the exponent's part, and 2 artanh((m-1)/(m+1)) of a
/// mantissa m in [sqrt(1/2), sqrt(2)), whose series gains 1.5 digits a term.
static double seriesLog(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  int exponent = int(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | uint64_t(1023) << 52;
  double mantissa;
  std::memcpy(&mantissa, &bits, sizeof mantissa);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  double z = (mantissa - 1) / (mantissa + 1), sum = 0;
  for (int n = 27; n > 0; n -= 2)
    sum = sum * z * z + 1.0 / n;
  return exponent * 0.69314718055994531 + 2 * z * sum;
}

/// Two standard normals by the polar method (Marsaglia and Bray, A convenient
/// method for generating normal variables, 1964).
static std::array<double, 2> normalPair(RandomWords &words) {
  for (;;) {
    double x = 2 * words.unit() - 1, y = 2 * words.unit() - 1;
    double square = x * x + y * y;
    if (square >= 1 || square == 0)
      continue;
    double scale = __builtin_sqrt(-2 * seriesLog(square) / square);
    return {x * scale, y * scale};
  }
}

static double dot(const double *x, const double *y, int64_t size) {
  double sum = 0;
  for (int64_t i = 0; i < size; ++i)
    sum += x[i] * y[i];
  return sum;
}

/// A uniformly distributed matrix with orthonormal rows or columns, whichever
/// are fewer: Q of the QR decomposition of normal numbers with R's diagonal
/// positive, as Keras makes it by a change of signs. Modified Gram-Schmidt
/// yields just that.
static void orthogonal(const std::vector<int64_t> &shape, RandomWords &words,
                       float *values) {
  int64_t columns = shape.empty() ? 1 : shape.back(), rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); ++i)
    rows *= shape[i];
  int64_t count = std::min(rows, columns), length = std::max(rows, columns);
  // `count` vectors of `length` numbers, one after another.
  std::vector<double> q(size_t(count * length) + 1);
  for (int64_t i = 0; i < count * length; i += 2) {
    std::array<double, 2> pair = normalPair(words);
    q[i] = pair[0];
    q[i + 1] = pair[1];
  }
  for (int64_t j = 0; j < count; ++j) {
    double *vector = &q[j * length];
    double scale = 1 / __builtin_sqrt(dot(vector, vector, length));
    for (int64_t i = 0; i < length; ++i)
      vector[i] *= scale;
    for (int64_t k = j + 1; k < count; ++k) {
      double *other = &q[k * length];
      double along = dot(vector, other, length);
      for (int64_t i = 0; i < length; ++i)
        other[i] -= along * vector[i];
    }
  }
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      values[i * columns + j] =
          float(rows < columns ? q[i * length + j] : q[j * length + i]);
}

static void initializeAll(const TensorInfo &parameter, int64_t seed,
                          float *values) {
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
  case model::InitializerKind_orthogonal:
    return orthogonal(parameter.shape, words, values);
  }
}

void initialize(const TensorInfo &parameter, int64_t seed, float *values) {
  initializeAll(parameter, seed, values);
  if (parameter.unitForgetBias)
    std::fill(values + parameter.size / 4, values + parameter.size / 2, 1.0f);
}

} // namespace kiln::rt
