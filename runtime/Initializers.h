//===- Initializers.h - What parameters start from ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_INITIALIZERS_H
#define KILN_RUNTIME_INITIALIZERS_H

#include "runtime/Model.h"

namespace kiln::rt {

/// Fills `values` with the start of `parameter` under `seed`. Keras's
/// distributions, drawn from Philox under (seed, the parameter's name), in
/// arithmetic that has the same bits everywhere (no libm).
void initialize(const TensorInfo &parameter, int64_t seed, float *values);

/// exp(x) for -2 <= x <= 0 by its series: within 1e-14 of it, the same
/// everywhere.
double seriesExp(double x);

} // namespace kiln::rt

#endif // KILN_RUNTIME_INITIALIZERS_H
