//===- Callbacks.cpp - What happens after an epoch ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Callbacks.h"

#include <algorithm>
#include <cmath>

namespace kiln::rt {

/// All metrics of a model are better when larger.
Monitor::Monitor(std::string name, model::MonitorMode mode, double minDelta)
    : name(std::move(name)), minDelta(std::fabs(minDelta)) {
  bool isLoss = this->name == "loss" || this->name == "val_loss";
  wantsMore = mode == model::MonitorMode_max ||
              (mode == model::MonitorMode_automatic && !isLoss);
}

const double *Monitor::find(const NamedValues &values) const {
  for (const NamedValue &value : values)
    if (value.name == name)
      return &value.value;
  return nullptr;
}

bool Monitor::improves(double value, double reference) const {
  // Keras's values are f32, and so is what it compares.
  double shown = float(value);
  return wantsMore ? float(shown - minDelta) > float(reference)
                   : float(shown + minDelta) < float(reference);
}

template <typename Options>
static Monitor makeMonitor(const Options &options, double minDelta) {
  return Monitor(options.monitor() ? options.monitor()->str() : std::string(),
                 options.mode(), minDelta);
}

Callbacks::Callbacks(const Model &model, bool validated)
    : best(validated ? "val_loss" : "loss", model::MonitorMode_min, 0) {
  if (!model.source->callbacks())
    return;
  for (const model::Callback *callback : *model.source->callbacks()) {
    Entry entry;
    if (const auto *chosen = callback->options_as_ModelCheckpointOptions()) {
      best = makeMonitor(*chosen, 0);
      continue;
    }
    entry.stopping = callback->options_as_EarlyStoppingOptions();
    entry.plateau = callback->options_as_ReduceLROnPlateauOptions();
    if (entry.stopping)
      entry.monitor = makeMonitor(*entry.stopping, entry.stopping->min_delta());
    else if (entry.plateau)
      entry.monitor = makeMonitor(*entry.plateau, entry.plateau->min_delta());
    else
      continue;
    list.push_back(std::move(entry));
  }
}

/// EarlyStopping. Its patience counts from the last epoch that was better than
/// all before it and than the baseline, and never ends in the first epoch.
void Callbacks::stop(const Entry &entry, int64_t epoch, double value,
                     CallbackState &state, Wishes &wishes) {
  const model::EarlyStoppingOptions &options = *entry.stopping;
  if (epoch - 1 < options.start_from_epoch())
    return;
  ++state.wait;
  if (!state.bestEpoch || entry.monitor.improves(value, state.best)) {
    state.best = value;
    state.bestEpoch = epoch;
    wishes.keepWeights |= options.restore_best_weights();
    if (!options.has_baseline() ||
        entry.monitor.improves(value, options.baseline()))
      state.wait = 0;
    return;
  }
  wishes.stop |= state.wait >= options.patience() && epoch > 1;
}

/// ReduceLROnPlateau. The rate is an f32 there, also where it is multiplied.
void Callbacks::reduce(const Entry &entry, int64_t epoch, double value,
                       CallbackState &state, Wishes &wishes) {
  const model::ReduceLROnPlateauOptions &options = *entry.plateau;
  if (state.cooldown > 0) {
    --state.cooldown;
    state.wait = 0;
  }
  if (!state.bestEpoch || entry.monitor.improves(value, state.best)) {
    state.best = value;
    state.bestEpoch = epoch;
    state.wait = 0;
    return;
  }
  if (state.cooldown > 0 || ++state.wait < options.patience())
    return;
  double old = float(wishes.learningRate);
  if (!(old > float(options.min_lr())))
    return;
  wishes.learningRate =
      float(std::max(old * options.factor(), options.min_lr()));
  state.cooldown = options.cooldown();
  state.wait = 0;
}

Wishes Callbacks::endEpoch(int64_t epoch, const NamedValues &values,
                           double learningRate,
                           std::vector<CallbackState> &states) const {
  Wishes wishes;
  wishes.learningRate = learningRate;
  for (size_t i = 0; i < list.size(); ++i) {
    const double *value = list[i].monitor.find(values);
    if (value)
      (list[i].stopping ? stop : reduce)(list[i], epoch, *value, states[i],
                                         wishes);
  }
  return wishes;
}

bool Callbacks::isBest(int64_t epoch, const NamedValues &values,
                       CallbackState &state) const {
  const double *value = best.find(values);
  if (!value || (state.bestEpoch && !best.improves(*value, state.best)))
    return false;
  state.best = *value;
  state.bestEpoch = epoch;
  return true;
}

const CallbackState *
Callbacks::restored(const std::vector<CallbackState> &states) const {
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].stopping && list[i].stopping->restore_best_weights() &&
        states[i].bestEpoch)
      return &states[i];
  return nullptr;
}

} // namespace kiln::rt
