//===- Engine.h - Runs a compiled program over data ----------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_ENGINE_H
#define KILN_RUNTIME_ENGINE_H

#include "runtime/Buffer.h"
#include "runtime/Dataset.h"
#include "runtime/Model.h"
#include "runtime/Stamps.h"

#include <vector>

namespace kiln::rt {

/// What a verb does between the steps of a program. Runs on thread 0 while the
/// others wait, with denormals flushed, and must not allocate.
class StepObserver {
public:
  virtual ~StepObserver() = default;
  /// Fills in seed, epoch and hyper of a step whose rows and number are set.
  virtual void begin(kiln_step &step) {}
  /// A step has ended, its rows counted in the feed's position. False leaves
  /// the program before the next one.
  virtual bool end(const kiln_step &step, const uint8_t *results) = 0;
};

/// Samples in an order, from `position` on.
struct Feed {
  const Dataset *data = nullptr;
  /// `count` indices into the data; null for its own order from `first` on.
  const uint32_t *order = nullptr;
  int64_t first = 0, count = 0;
  /// Of each sample of the data, in the loss; null where all weigh 1.
  const float *weights = nullptr;
  /// Samples seen so far; a step takes at most a batch from here on.
  int64_t position = 0;

  /// Which sample of the data comes `index`th.
  int64_t sample(int64_t index) const {
    return order ? int64_t(order[index]) : first + index;
  }
};

/// What one thread works with, on cache lines of its own.
struct alignas(128) ThreadArea {
  Buffer memory;
  unsigned floatMode = 0;
  /// The samples up to here have been asked for.
  int64_t asked = 0;
};

/// Owns the memory of a model and runs its programs.
class Engine {
public:
  Engine(const Model &model, int threads) : model(model), threads(threads) {}

  /// Maps the state block (zeroed) and the scratch memory of all programs.
  Status allocate();
  /// The same, but works on the state block of `other`, a model with the same
  /// layout.
  Status allocateBeside(const Engine &other);

  uint8_t *state() const { return stateMemory; }
  float *tensor(const TensorInfo &info) const {
    return reinterpret_cast<float *>(stateMemory + info.offset);
  }

  /// Runs `program` until `feed` ends or `observer` leaves.
  void run(const ProgramInfo &program, Feed &feed, StepObserver &observer);

  const Model &model;
  const int threads;
  /// One a thread where a traced program is recorded; otherwise empty.
  std::vector<StampLog> stamps;

private:
  Status allocateScratch();

  Buffer ownState, arena, results;
  std::vector<ThreadArea> threadAreas;
  uint8_t *stateMemory = nullptr;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_ENGINE_H
