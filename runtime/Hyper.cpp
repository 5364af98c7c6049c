//===- Hyper.cpp - Scalars of the optimizer, step by step -----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Hyper.h"

#include <cfloat>

namespace kiln::rt {

Hyper::Hyper(const model::Optimizer &optimizer)
    : learningRate(optimizer.learning_rate()),
      isAdam(optimizer.kind() == model::OptimizerKind_adam),
      beta1(float(optimizer.beta_1())), beta2(float(optimizer.beta_2())) {}

void Hyper::multiply() {
  // A power below the normal numbers is 0, whether or not the calling thread
  // flushes denormals.
  power1 *= beta1;
  if (power1 < DBL_MIN)
    power1 = 0;
  power2 *= beta2;
  if (power2 < DBL_MIN)
    power2 = 0;
}

void Hyper::next(float scalars[2]) {
  multiply();
  scalars[0] = float(learningRate);
  scalars[1] =
      isAdam ? float(learningRate * __builtin_sqrt(1 - power2) / (1 - power1))
             : scalars[0];
}

void Hyper::skip(int64_t steps) {
  for (int64_t i = 0; i < steps; ++i)
    multiply();
}

} // namespace kiln::rt
