//===- Session.h - What all verbs share ----------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_SESSION_H
#define KILN_RUNTIME_SESSION_H

#include "runtime/Classes.h"
#include "runtime/DataText.h"
#include "runtime/Engine.h"
#include "runtime/Events.h"
#include "runtime/Metrics.h"
#include "runtime/Options.h"
#include "runtime/Trace.h"

namespace kiln::rt {

/// One run of a trainer.
struct Session {
  Options options;
  Model model;
  Events events;
  /// Whether nobody named the checkpoint.
  bool isDefaultCheckpoint = false;
  TextReading texts;
  Trace trace;

  /// A line on stderr, and an event.
  void warn(const std::string &message);
  /// Records what `engine` does, if --trace was given.
  Status beginTrace(Engine &engine);
  /// Writes the file of --trace, and says if it holds less than all.
  Status endTrace();
  /// The seed: --seed, else the model file's.
  int64_t seed() const;
};

Status runTrain(Session &session);
Status runEvaluate(Session &session);
Status runPredict(Session &session);
Status runInfo(Session &session);
Status runBench(Session &session);
Status runSelftest(Session &session);

/// Parameters for a verb that does not train, and for texts the vocabulary:
/// --weights or --checkpoint.
Status loadTrained(Session &session, const Engine &engine);

/// Runs @evaluate over all samples of `feed` into `metrics`, which is reset,
/// and into `confusion`, if any.
void evaluateOver(Engine &engine, Feed feed, Metrics &metrics,
                  ConfusionMatrix *confusion = nullptr);

/// `loss` and the metrics of `metrics`, their names after `prefix`.
NamedValues namedValues(const Metrics &metrics, const char *prefix = "");

} // namespace kiln::rt

#endif // KILN_RUNTIME_SESSION_H
