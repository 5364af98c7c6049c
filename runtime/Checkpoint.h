//===- Checkpoint.h - The state of a training run in a file --- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CHECKPOINT_H
#define KILN_RUNTIME_CHECKPOINT_H

#include "runtime/Engine.h"
#include "runtime/Metrics.h"

namespace kiln::rt {

/// Where a training run stands, besides its tensors.
struct TrainingState {
  /// Finished epochs, samples seen in the one in progress, and all steps.
  int64_t epoch = 0, position = 0, steps = 0;
  int64_t seed = 0, samples = 0;
  bool shuffled = true;
  double learningRate = 0;
  /// Seconds that the epoch in progress has taken.
  double seconds = 0;
  /// The best value of the monitored loss and its epoch; 0: none yet.
  double best = 0;
  int64_t bestEpoch = 0;
};

/// Writes weights (Keras's names), slots (`optimizer/<path>/<slot>`) and, as
/// metadata, `state` and the sums of `metrics`.
Status saveCheckpoint(const std::string &path, const Engine &engine,
                      const TrainingState &state, const Metrics &metrics);

/// Reads what saveCheckpoint wrote. Errors tell a damaged file, one without a
/// training state, and one of another model apart.
Status loadCheckpoint(const std::string &path, const Engine &engine,
                      TrainingState &state, Metrics &metrics);

/// True if `path` is a whole checkpoint of a run that finished `epoch` epochs.
bool hasCheckpointOf(const std::string &path, int64_t epoch);

} // namespace kiln::rt

#endif // KILN_RUNTIME_CHECKPOINT_H
