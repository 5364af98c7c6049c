//===- Phases.h - The levels of IR that a model goes through ----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_PHASES_H
#define KILN_PASSES_PHASES_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace kiln {

/// What `kiln dump --at=` can stop at, in order. A module records the phase it
/// has reached in `kiln.phase`; a gate pass checks it at each boundary.
enum class Phase {
  /// As imported: `@forward`, parameters, `kiln.compile`.
  Model,
  /// `@train_step`, `@evaluate`, `@predict`: forward, backward and update.
  Train,
  /// Every op inside a `kiln.fusion`.
  Fused,
  /// Buffers, loops, vectors, one parallel region a program.
  Tiled,
  /// The LLVM dialect.
  LLVM
};

llvm::StringRef stringifyPhase(Phase phase);
std::optional<Phase> symbolizePhase(llvm::StringRef name);

} // namespace kiln

#endif // KILN_PASSES_PHASES_H
