//===- FitChecks.cpp - Checks of [fit] and of callbacks -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace kiln;

namespace {

class FitChecks : Checks {
public:
  FitChecks(const model::ModelT &model, const ValuePlaces &places,
            Diagnostics &diagnostics)
      : Checks(model, places, diagnostics) {}

  void checkFit();
  void checkCallbacks();

private:
  void checkClassWeight(const model::FitT &fit);
  template <typename Options>
  void checkMonitor(const Options &options, Position node);
};

} // namespace

void FitChecks::checkFit() {
  if (!model.fit)
    return error(Position(), "fit", "the model does not say how to fit it");
  const model::FitT &fit = *model.fit;
  Position node = getPosition(fit.position);
  expect(fit.epochs >= 1, node, "epochs", "to be at least 1", fit.epochs);
  expect(fit.batch_size >= 1 && fit.batch_size <= maxExtent, node, "batch_size",
         "to be from 1 to " + llvm::Twine(maxExtent), fit.batch_size);
  expect(fit.seed >= 0, node, "seed", "to be at least 0", fit.seed);
  expect(fit.validation_split >= 0 && fit.validation_split < 1, node,
         "validation_split", "to be in [0, 1)", fit.validation_split);
  expectEnum(fit.precision, model::Precision_MAX, node, "precision");
  checkClassWeight(fit);
}

void FitChecks::checkClassWeight(const model::FitT &fit) {
  int64_t previous = -1;
  for (const auto &weight : fit.class_weight) {
    if (!weight)
      return error(getPosition(fit.position), "class_weight",
                   "a class's weight is missing");
    Position place = getPosition(weight->position);
    if (weight->class_index < 0)
      error(place, "",
            "expected a class of at least 0 in 'class_weight', got " +
                llvm::Twine(weight->class_index));
    else if (weight->class_index <= previous)
      error(place, "",
            "class " + llvm::Twine(weight->class_index) +
                " of 'class_weight' is there twice");
    previous = weight->class_index;
    if (!(weight->weight >= 0 && std::isfinite(float(weight->weight))))
      error(place, "class_weight",
            "expected a weight that is at least 0 and finite for class " +
                llvm::Twine(weight->class_index) + ", got " +
                toString(weight->weight));
  }
}

/// A callback must monitor what an epoch's report holds.
template <typename Options>
void FitChecks::checkMonitor(const Options &options, Position node) {
  expectEnum(options.mode, model::MonitorMode_MAX, node, "mode");
  llvm::SmallVector<std::string> known = {"loss"};
  if (model.compile)
    for (const auto &metric : model.compile->metrics)
      if (metric)
        known.push_back(metric->name);
  bool isValidated = (model.data && model.data->validation) ||
                     (model.fit && model.fit->validation_split > 0);
  llvm::StringRef name = options.monitor;
  bool isValidation = name.consume_front("val_");
  if (llvm::is_contained(known, name)) {
    if (isValidation && !isValidated)
      error(node, "monitor",
            "the callback monitors '" + llvm::Twine(options.monitor) +
                "', but the model has no validation data",
            "add 'validation' to [data] or 'validation_split' to [fit], or "
            "monitor '" +
                name + "'");
    return;
  }
  for (size_t i = 0, e = isValidated ? known.size() : 0; i < e; ++i)
    known.push_back("val_" + known[i]);
  llvm::SmallVector<llvm::StringRef> names(known.begin(), known.end());
  error(node, "monitor",
        "unknown value to monitor '" + llvm::Twine(options.monitor) + "'",
        suggest(options.monitor, names));
}

void FitChecks::checkCallbacks() {
  bool restores = false, chooses = false;
  for (const auto &callback : model.callbacks) {
    if (!callback || !callback->options.value)
      return error(Position(), "callback", "a callback is of no known type");
    Position node = getPosition(callback->position);
    if (const auto *stopping = callback->options.AsEarlyStoppingOptions()) {
      checkMonitor(*stopping, node);
      expect(std::isfinite(stopping->min_delta), node, "min_delta",
             "to be finite", stopping->min_delta);
      expect(stopping->patience >= 0, node, "patience", "to be at least 0",
             stopping->patience);
      expect(std::isfinite(stopping->baseline), node, "baseline",
             "to be finite", stopping->baseline);
      expect(stopping->start_from_epoch >= 0, node, "start_from_epoch",
             "to be at least 0", stopping->start_from_epoch);
      if (stopping->restore_best_weights && restores)
        error(node, "restore_best_weights",
              "only one EarlyStopping can restore the best weights");
      restores |= stopping->restore_best_weights;
    } else if (const auto *plateau =
                   callback->options.AsReduceLROnPlateauOptions()) {
      checkMonitor(*plateau, node);
      expect(plateau->factor > 0 && plateau->factor < 1, node, "factor",
             "to be in (0, 1)", plateau->factor);
      expect(plateau->patience >= 0, node, "patience", "to be at least 0",
             plateau->patience);
      expect(std::isfinite(plateau->min_delta), node, "min_delta",
             "to be finite", plateau->min_delta);
      expect(plateau->cooldown >= 0, node, "cooldown", "to be at least 0",
             plateau->cooldown);
      expect(plateau->min_lr >= 0 && std::isfinite(float(plateau->min_lr)),
             node, "min_lr", "to be at least 0 and finite", plateau->min_lr);
    } else if (const auto *best =
                   callback->options.AsModelCheckpointOptions()) {
      checkMonitor(*best, node);
      if (chooses)
        error(node, "type",
              "only one ModelCheckpoint can choose the best "
              "checkpoint");
      chooses = true;
    }
  }
}

void kiln::checkFit(const model::ModelT &model, const ValuePlaces &places,
                    Diagnostics &diagnostics) {
  FitChecks(model, places, diagnostics).checkFit();
}

void kiln::checkCallbacks(const model::ModelT &model, const ValuePlaces &places,
                          Diagnostics &diagnostics) {
  FitChecks(model, places, diagnostics).checkCallbacks();
}
