//===- Events.h - What a trainer says to programs ------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_EVENTS_H
#define KILN_RUNTIME_EVENTS_H

#include "runtime/Classes.h"
#include "runtime/Json.h"
#include "runtime/Metrics.h"
#include "runtime/Status.h"

namespace kiln::rt {

/// Names and values of a loss and metrics: `loss`, `accuracy`, `val_loss`.
struct NamedValue {
  std::string name;
  double value;
};
using NamedValues = std::vector<NamedValue>;

/// One finished epoch, as events and history tell it.
struct EpochReport {
  /// From 1.
  int64_t epoch = 0;
  double seconds = 0, stepMicroseconds = 0, learningRate = 0;
  NamedValues values;
  /// Empty where nobody asked for it.
  std::string weightsHash;
};

/// Writes JSON lines to stdout, as EVENTS.md defines them; nothing unless
/// enabled. A reader that went away ends the run like SIGPIPE.
class Events {
public:
  bool enabled = false;

  /// Starts an event of `kind`; `send` writes it.
  JsonObject &make(const char *kind);
  void send();

  void epoch(const EpochReport &report);
  /// Within a step: allocates nothing. `epoch` and `step` from 1.
  void step(int64_t epoch, int64_t step, int64_t rows, float loss,
            const Metrics &metrics);
  void evaluate(const char *split, int64_t samples, double seconds,
                const NamedValues &values, const ConfusionMatrix &confusion);
  void callback(const char *action, int64_t epoch, double learningRate);
  void checkpoint(const char *kind, const std::string &path, int64_t epoch,
                  int64_t step);
  void warning(const std::string &message);
  void error(const Status &status);

  /// An error other than a reader that went away.
  Status status;

private:
  JsonObject object;
};

/// The fields of an epoch, as the event and history.jsonl both have them.
void addEpochFields(JsonObject &object, const EpochReport &report);

/// Writes `text` to stdout whole.
Status writeStdout(std::string_view text);

} // namespace kiln::rt

#endif // KILN_RUNTIME_EVENTS_H
