//===- Evaluate.cpp - The verb evaluate -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Progress.h"
#include "runtime/Session.h"

#include <chrono>

namespace kiln::rt {

Status runEvaluate(Session &session) {
  const Options &options = session.options;
  const Model &model = session.model;
  const model::Data *source = model.source->data();
  bool hasTest = source && source->test();
  const char *split =
      !hasTest && source && source->validation() ? "validation" : "test";
  Engine engine(model, options.threads);
  if (Status status = engine.allocate(); !status.ok())
    return status;
  if (Status status = loadTrained(session, engine); !status.ok())
    return status;
  Dataset data;
  const model::Split *files = !source   ? nullptr
                              : hasTest ? source->test()
                                        : source->validation();
  if (Status status =
          loadSplit(model, files, split, dataFolder(model, options.data), data);
      !status.ok())
    return status;

  using Clock = std::chrono::steady_clock;
  Metrics metrics(model.evaluate);
  Clock::time_point start = Clock::now();
  evaluateOver(engine, data, metrics);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  NamedValues values = namedValues(metrics);
  if (options.json) {
    session.events.evaluate(split, data.count(), seconds, values);
    return Status();
  }
  return writeStdout(showValues(values) + "\n");
}

} // namespace kiln::rt
