//===- Selftest.cpp - The verb selftest -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Bench.h"
#include "runtime/Philox.h"
#include "runtime/Session.h"
#include "runtime/Weights.h"

#include <algorithm>
#include <cmath>

namespace kiln::rt {

static constexpr int64_t TestSteps = 5;

/// Words published with Philox's reference implementation.
static Status checkPhilox() {
  PhiloxBlock zero = philox(0, 0, {{0, 0, 0, 0}});
  PhiloxBlock ones = philox(~0u, ~0u, {{~0u, ~0u, ~0u, ~0u}});
  const uint32_t expected[8] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8,
                                0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
  for (int i = 0; i < 8; ++i) {
    uint32_t got = i < 4 ? zero.word[i] : ones.word[i - 4];
    if (got != expected[i])
      return internalError("philox: expected %08x, got %08x", expected[i], got);
  }
  return Status();
}

/// The hash of the weights after a few steps on `threads` threads.
static Status hashAfterSteps(const Model &model, const Dataset &data,
                             int threads, std::string &hash, double &loss) {
  Engine engine(model, threads);
  if (Status status = engine.allocate(); !status.ok())
    return status;
  initializeState(engine, 0);
  FixedSteps runner(model, 0);
  Feed feed;
  feed.data = &data;
  feed.count = data.count();
  runner.run(engine, model.train, feed, TestSteps);
  hash = hashWeights(engine);
  Metrics metrics(model, model.evaluate);
  feed.position = 0;
  evaluateOver(engine, feed, metrics);
  loss = metrics.loss();
  return Status();
}

Status runSelftest(Session &session) {
  const Model &model = session.model;
  if (Status status = checkPhilox(); !status.ok())
    return status;
  // The last batch is a partial one.
  Dataset data;
  int64_t samples =
      TestSteps * model.batchSize - std::min<int64_t>(model.batchSize - 1, 3);
  if (Status status = makeSynthetic(model, samples, data); !status.ok())
    return status;
  std::string first;
  double loss = 0;
  int most = std::max(session.options.threads, 3);
  for (int threads = 1; threads <= most; ++threads) {
    std::string hash;
    if (Status status = hashAfterSteps(model, data, threads, hash, loss);
        !status.ok())
      return status;
    if (first.empty())
      first = hash;
    if (hash != first)
      return internalError("weights after %lld steps differ by threads: "
                           "expected %s as on 1 thread, got %s on %d",
                           (long long)TestSteps, first.c_str(), hash.c_str(),
                           threads);
  }
  if (!std::isfinite(loss))
    return numericError("the loss after %lld synthetic steps is not finite",
                        (long long)TestSteps);
  if (session.options.json) {
    session.events.make("selftest")
        .field("threads", most)
        .field("loss", loss)
        .field("weights_sha256", first);
    session.events.send();
    return Status();
  }
  return writeStdout(format("ok: processor, manifest and random numbers; the "
                            "same weights on 1 to %d threads (%s)\n",
                            most, first.c_str()));
}

} // namespace kiln::rt
