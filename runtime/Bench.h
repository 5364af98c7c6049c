//===- Bench.h - Training steps by number --------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_BENCH_H
#define KILN_RUNTIME_BENCH_H

#include "runtime/Engine.h"
#include "runtime/Hyper.h"

namespace kiln::rt {

/// Runs a fixed number of training steps in one parallel region, over the data
/// again and again. The optimizer's scalars go on from one call to the next.
class FixedSteps : public StepObserver {
public:
  FixedSteps(const Model &model, int64_t seed);

  void run(Engine &engine, const ProgramInfo &program, Feed &feed,
           int64_t steps);

  void begin(kiln_step &step) override;
  bool end(const kiln_step &step, const uint8_t *results) override;

private:
  Hyper hyper;
  Feed *feed = nullptr;
  int64_t seed, left = 0;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_BENCH_H
