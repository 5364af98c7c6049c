//===- Progress.h - What a trainer says to people ------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_PROGRESS_H
#define KILN_RUNTIME_PROGRESS_H

#include "runtime/Events.h"

#include <chrono>

namespace kiln::rt {

/// Progress on stderr: on a terminal Keras's bar, otherwise a plain line an
/// epoch; nothing at verbosity 0. Colours unless NO_COLOR is set.
class Progress {
public:
  explicit Progress(int verbose);

  /// How many samples of a split have been read; gone when all are.
  void reading(const char *what, int64_t done, int64_t total);

  void beginEpoch(int64_t epoch, int64_t epochs, int64_t steps);
  /// Within a step: allocates nothing, and draws twenty times a second.
  void step(int64_t done, const Metrics &metrics);
  void endEpoch(const EpochReport &report);
  /// A line of its own, between epochs.
  void say(const std::string &line);
  /// Leaves the line of an unfinished bar.
  void interrupt();

private:
  using Clock = std::chrono::steady_clock;
  int drawBar(char *line, int size, int64_t done) const;

  int verbose;
  bool hasTerminal, hasColour;
  bool drawn = false;
  int64_t epoch = 0, epochs = 0, steps = 0, firstStep = -1;
  Clock::time_point started, shown;
};

/// `accuracy: 0.9321 - loss: 0.2301`: metrics, then the loss, as Keras has it.
std::string showValues(const NamedValues &values);

} // namespace kiln::rt

#endif // KILN_RUNTIME_PROGRESS_H
