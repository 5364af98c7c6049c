//===- Effects.h - What a pass may do to results ----------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The promise that each pass makes about the results of a module's functions,
// by which `kiln check --each-pass` measures it in the reference interpreter.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_EFFECTS_H
#define KILN_PASSES_EFFECTS_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace kiln {

enum class Effect {
  /// Every result keeps every bit, in f64 and in f32.
  Exact,
  /// Sums are made in another order: in f64 results differ by no more than
  /// 1e-12 of their tensor's norm, in f32 by 1e-5.
  Sums,
  /// Functions come, go, or get other results. What is there before and after
  /// keeps every bit, and the checker knows what the new results should be.
  Builds,
  /// What the interpreter has no meaning for; shown by execution.
  Lowers
};

/// The promise of a pass, by the name that a command line knows it by; none for
/// a pass that is not part of the pipelines.
std::optional<Effect> getEffect(llvm::StringRef pass);

/// The largest difference that `effect` allows, as a share of a tensor's norm.
double getAllowedError(Effect effect, bool isF64);

} // namespace kiln

#endif // KILN_PASSES_EFFECTS_H
