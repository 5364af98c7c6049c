//===- Results.h - What functions give, by name -----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_RESULTS_H
#define KILN_CHECK_RESULTS_H

#include "check/Inputs.h"

#include <map>

namespace kiln {

/// Results of one function by getResultKey.
using Results = std::map<std::string, Tensor>;

/// Interprets `func` on `inputs`, with the roundings of `draw` (Interpreter).
/// Emits a diagnostic on failure.
llvm::FailureOr<Results> interpret(mlir::func::FuncOp func, Precision precision,
                                   Inputs &inputs, uint64_t draw = 0);

/// Names the results of `func`.
Results nameResults(mlir::func::FuncOp func, std::vector<Tensor> tensors);

/// The Euclidean norm of the difference of two tensors of one type; infinite
/// where one of them has a NaN and the other has not.
double getDistance(const Tensor &a, const Tensor &b);
double getNorm(const Tensor &tensor);
/// The largest magnitude, 0 of no numbers; NaN where there is one.
double getLargest(const Tensor &tensor);

/// Whether two tensors hold the same numbers; -0 is not 0, NaN is NaN.
bool haveSameBits(const Tensor &a, const Tensor &b);

/// What an optimizer's update gives for one parameter.
struct Update {
  Tensor param;
  /// `momentum`, `velocity`, as far as the optimizer has them.
  std::vector<Tensor> slots;
};

/// The update by its formula, in f64 throughout: `optimizer` is an SgdAttr or
/// AdamAttr, `hyper` what `@train_step` gets. With `newSlots`, a parameter's
/// new value is computed from these and not from the gradient (Adam), to be
/// compared without the slots' own error.
Update applyOptimizer(mlir::Attribute optimizer, const Tensor &param,
                      const Tensor &gradient, llvm::ArrayRef<Tensor> slots,
                      const Tensor &hyper,
                      llvm::ArrayRef<Tensor> newSlots = {});

/// How far one of an optimizer's slots is off, at most, when `gradient` is by
/// `error`, both as norms: what the formula of applyOptimizer makes of it, its
/// own rounding not counted. Infinite where the formula leaves f32.
double carryError(mlir::Attribute optimizer, llvm::StringRef slot,
                  const Tensor &gradient, double error, const Tensor &hyper);

/// The names of an optimizer's slots, in order.
llvm::SmallVector<llvm::StringRef> getSlotNames(mlir::Attribute optimizer);

} // namespace kiln

#endif // KILN_CHECK_RESULTS_H
