//===- Hyper.h - Scalars of the optimizer, step by step ------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_HYPER_H
#define KILN_RUNTIME_HYPER_H

#include "runtime/Model.h"

namespace kiln::rt {

/// The run-time scalars that a training step takes: the learning rate and
/// Adam's alpha = lr * sqrt(1 - beta2^t) / (1 - beta1^t), in f64 from betas
/// rounded to f32 (as Keras rounds them before it takes powers), with powers by
/// repeated multiplication and a correctly rounded square root; t counts from 1
/// over all steps of all epochs.
class Hyper {
public:
  explicit Hyper(const model::Optimizer &optimizer);

  /// Goes on to the next step and writes its two scalars. The SGD family has
  /// no alpha: the learning rate stands in its place.
  void next(float scalars[2]);

  /// Goes on to the state after `steps` steps, by the same multiplications.
  void skip(int64_t steps);

  double learningRate;

private:
  void multiply();

  bool isAdam;
  double beta1, beta2, power1 = 1, power2 = 1;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_HYPER_H
