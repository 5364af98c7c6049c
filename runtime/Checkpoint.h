//===- Checkpoint.h - The state of a training run in a file --- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CHECKPOINT_H
#define KILN_RUNTIME_CHECKPOINT_H

#include "runtime/Callbacks.h"
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
  /// Which epoch `FILE.best` is of.
  CallbackState best;
  std::vector<CallbackState> callbacks;
  /// Whether EarlyStopping has ended the run.
  bool stopped = false;
  /// The weights that the callbacks keep, in model order; empty: none. Once
  /// `restored` they are the engine's, and these the run's last.
  std::vector<float> kept;
  bool restored = false;
  /// Of the training texts, as Tokenizer gives it; empty for other data.
  std::string vocabulary;
};

/// Writes weights (Keras's names), slots (`optimizer/<path>/<slot>`), weights
/// that callbacks keep (`kept/<path>`), the vocabulary (`tokenizer/vocabulary`,
/// bytes of JSON) and, as metadata, `state` and what `metrics` have summed up.
Status saveCheckpoint(const std::string &path, const Engine &engine,
                      const TrainingState &state, const Metrics &metrics);

/// Reads what saveCheckpoint wrote; `state` comes with its callbacks. Errors
/// tell a damaged file, one without a training state, and one of another model
/// apart.
Status loadCheckpoint(const std::string &path, const Engine &engine,
                      TrainingState &state, Metrics &metrics);

/// True if `path` is a whole checkpoint of a run that finished `epoch` epochs.
bool hasCheckpointOf(const std::string &path, int64_t epoch);

} // namespace kiln::rt

#endif // KILN_RUNTIME_CHECKPOINT_H
