//===- Pipelines.h - Sequences of passes between phases ---------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_PIPELINES_H
#define KILN_PASSES_PIPELINES_H

#include "mlir/Pass/PassManager.h"

#include <string>
#include <vector>

namespace kiln {

/// What a user may switch off.
struct FusionOptions {
  /// False: every op runs as a kernel of its own (`--no-fuse`). Schedules stay.
  bool fuse = true;
  /// Fusions and schedules to leave out, by pass name without `kiln-`
  /// (`--disable=`).
  std::vector<std::string> disabled;
};

/// model -> train: programs, gradients, updates, simplified.
void buildTrainPipeline(mlir::OpPassManager &pm, const FusionOptions &options);

/// train -> fused: every op in a group.
void buildFusePipeline(mlir::OpPassManager &pm, const FusionOptions &options);

/// The names that `FusionOptions::disabled` may hold: fusions, which compute
/// the same bits with or without, and schedules, which may re-associate sums.
/// The pipelines ignore others: who takes them from a user checks them first.
std::vector<std::string> getOptionalPasses();

/// Registers both with the pass registry as `kiln-train` and `kiln-fuse`.
void registerPipelines();

} // namespace kiln

#endif // KILN_PASSES_PIPELINES_H
