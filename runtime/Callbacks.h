//===- Callbacks.h - What happens after an epoch -------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CALLBACKS_H
#define KILN_RUNTIME_CALLBACKS_H

#include "runtime/Events.h"
#include "runtime/Model.h"

namespace kiln::rt {

/// Tells whether one value of the epochs' reports gets better, as Keras's
/// callbacks do: in f32, by more than `min_delta`, upwards or downwards as
/// `mode` says or, left to itself, as the value's name does.
class Monitor {
public:
  Monitor() = default;
  Monitor(std::string name, model::MonitorMode mode, double minDelta);

  /// The monitored value; null where a report lacks it.
  const double *find(const NamedValues &values) const;
  bool improves(double value, double reference) const;

private:
  std::string name;
  bool wantsMore = false;
  double minDelta = 0;
};

/// Where a callback stands between two epochs.
struct CallbackState {
  /// The best value so far and its epoch (from 1; 0: none yet).
  double best = 0;
  int64_t bestEpoch = 0;
  /// Epochs since then, and those that a reduction keeps still.
  int64_t wait = 0, cooldown = 0;
};

/// What callbacks want after an epoch.
struct Wishes {
  bool stop = false;
  /// The epoch's weights are those to go back to.
  bool keepWeights = false;
  /// The learning rate of the next epoch.
  double learningRate = 0;
};

/// The model's callbacks, with the meanings of Keras.
class Callbacks {
public:
  /// `validated` says whether epochs end with a validation.
  Callbacks(const Model &model, bool validated);

  /// The states that `endEpoch` takes, one a callback that has one.
  std::vector<CallbackState> begin() const {
    return std::vector<CallbackState>(list.size());
  }

  /// Takes in the report of epoch `epoch` (from 1), which ran at
  /// `learningRate`.
  Wishes endEpoch(int64_t epoch, const NamedValues &values, double learningRate,
                  std::vector<CallbackState> &states) const;

  /// True if the epoch is the best one so far, which `state` then tells:
  /// ModelCheckpoint's choice, else the least validation loss or loss.
  bool isBest(int64_t epoch, const NamedValues &values,
              CallbackState &state) const;

  /// The state that tells which weights a run that ends goes back to; null
  /// where it keeps its last ones.
  const CallbackState *restored(const std::vector<CallbackState> &states) const;

private:
  struct Entry {
    Monitor monitor;
    /// One of the two.
    const model::EarlyStoppingOptions *stopping = nullptr;
    const model::ReduceLROnPlateauOptions *plateau = nullptr;
  };
  static void stop(const Entry &entry, int64_t epoch, double value,
                   CallbackState &state, Wishes &wishes);
  static void reduce(const Entry &entry, int64_t epoch, double value,
                     CallbackState &state, Wishes &wishes);

  std::vector<Entry> list;
  Monitor best;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_CALLBACKS_H
