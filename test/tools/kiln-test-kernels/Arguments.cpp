//===- Arguments.cpp - Numbers to test kernels with -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Harness.h"

#include "llvm/ADT/bit.h"

#include <cmath>

using namespace mlir;

namespace kiln::test {

/// SplitMix64: a good hash of a counter.
static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Orders the f32 by value: neighbours differ by one.
static int64_t toOrdinal(float value) {
  auto bits = llvm::bit_cast<int32_t>(value);
  return bits < 0 ? int64_t(INT32_MIN) - bits : bits;
}

static float fromOrdinal(int64_t ordinal) {
  return llvm::bit_cast<float>(
      int32_t(ordinal < 0 ? int64_t(INT32_MIN) - ordinal : ordinal));
}

static std::vector<double> getNumbers(func::FuncOp function, unsigned argument,
                                      StringRef attribute) {
  std::vector<double> numbers;
  if (auto list = function.getArgAttrOfType<ArrayAttr>(argument, attribute))
    for (auto number : list.getAsRange<FloatAttr>())
      numbers.push_back(number.getValueAsDouble());
  return numbers;
}

static Tensor makeArgument(func::FuncOp function, unsigned argument) {
  Tensor tensor(cast<RankedTensorType>(function.getArgumentTypes()[argument]));
  Type element = tensor.getType().getElementType();
  int64_t size = tensor.size();

  std::vector<double> values = getNumbers(function, argument, "test.values");
  std::vector<double> sweep = getNumbers(function, argument, "test.sweep");
  std::vector<double> range = getNumbers(function, argument, "test.range");
  auto zeros = function.getArgAttrOfType<FloatAttr>(argument, "test.zeros");
  if (range.empty())
    range = element.isF32() ? std::vector<double>{-1, 1}
                            : std::vector<double>{0, 3};
  for (int64_t i = 0; i < size; ++i) {
    double uniform = double(mix(mix(argument + 1) + i) >> 11) * 0x1p-53;
    if (!values.empty()) {
      tensor[i] = float(values[i % values.size()]);
    } else if (!sweep.empty()) {
      double first = toOrdinal(sweep[0]), last = toOrdinal(sweep[1]);
      double share = size > 1 ? double(i) / double(size - 1) : 0;
      float value = fromOrdinal(std::llround(first + (last - first) * share));
      tensor[i] = std::fpclassify(value) == FP_SUBNORMAL ? 0.0f : value;
    } else if (element.isF32()) {
      tensor[i] = float(range[0] + (range[1] - range[0]) * uniform);
      if (zeros && double(mix(mix(~argument) + i) >> 11) * 0x1p-53 <
                       zeros.getValueAsDouble())
        tensor[i] = 0;
    } else if (element.isInteger(1)) {
      tensor[i] = uniform < 0.5;
    } else {
      tensor[i] = std::floor(range[0] + (range[1] - range[0] + 1) * uniform);
    }
  }
  return tensor;
}

std::vector<Tensor> makeArguments(func::FuncOp function) {
  std::vector<Tensor> arguments;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    arguments.push_back(makeArgument(function, i));
  return arguments;
}

} // namespace kiln::test
