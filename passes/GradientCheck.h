//===- GradientCheck.h - Gradients against differences ----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Compares the gradients that autodiff builds with central differences of the
// function itself, both in the reference interpreter and in f64.
//
// For a tensor with gradient g and a unit direction d, the difference
// D(h) = (f(x + h d) - f(x - h d)) / 2h with one Richardson step,
// (4 D(h/2) - D(h)) / 3, must agree with g . d within
// 1e-6 * max(|difference|, |g . d|, 1e-3 ||g||). Directions are three random
// ones a tensor and the axes of its 20 largest entries; h is 1e-3, or less
// where that is too coarse. Where a function has a kink (relu, max, |x|, a
// comparison) between the points, the difference says nothing: the direction is
// drawn again, and counted.
//
// Contractions in bfloat16 are checked as those of f32: their rules are the
// same, and a rounded function has no derivative.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_GRADIENTCHECK_H
#define KILN_PASSES_GRADIENTCHECK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace kiln {

/// What the check of one tensor found.
struct TensorCheck {
  /// Keras's path of a parameter, or the name of an input.
  std::string name;
  mlir::RankedTensorType type;
  /// Random directions and single entries compared.
  unsigned directions = 0, entries = 0;
  /// Directions drawn again because of a kink.
  unsigned redrawn = 0;
  /// The largest error as a share of what is allowed; at most 1 is a pass.
  double worst = 0.0;
  /// ||g||.
  double norm = 0.0;

  /// A tensor of which nothing could be compared has not passed.
  bool passed() const { return worst <= 1.0 && directions + entries > 0; }
};

struct GradientCheckOptions {
  uint64_t seed = 0;
  unsigned directions = 3;
  unsigned entries = 20;
};

/// Checks the gradient of `func`'s first loss by each of its parameters and f32
/// inputs. A result of role `loss` is the loss; a function without one is
/// reduced to a number by random factors. Arguments are random: parameters and
/// weights about 0 and 1, inputs in [0, 1], labels below the number of classes;
/// one row of the batch is left unused. Emits a diagnostic on failure to run,
/// not on a wrong gradient.
llvm::FailureOr<std::vector<TensorCheck>>
checkGradients(mlir::func::FuncOp func, const GradientCheckOptions &options);

/// Prints one line a tensor.
void printGradientChecks(llvm::ArrayRef<TensorCheck> checks,
                         llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_PASSES_GRADIENTCHECK_H
