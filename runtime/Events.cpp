//===- Events.cpp - What a trainer says to programs -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Events.h"

#include "runtime/Signals.h"

#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace kiln::rt {

Status writeStdout(std::string_view text) {
  while (!text.empty()) {
    ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0 && errno == EPIPE) {
      requestStop(SIGPIPE);
      return Status();
    }
    if (count <= 0)
      return systemError("writing", "standard output");
    text.remove_prefix(size_t(count));
  }
  return Status();
}

JsonObject &Events::make(const char *kind) {
  return object.begin().field("event", kind);
}

void Events::send() {
  const std::string &text = object.end();
  if (!enabled)
    return;
  object.finishLine();
  Status written = writeStdout(text);
  if (status.ok())
    status = std::move(written);
}

void addEpochFields(JsonObject &object, const EpochReport &report) {
  object.field("epoch", report.epoch)
      .field("epoch_s", report.seconds)
      .field("step_us", report.stepMicroseconds);
  for (const NamedValue &value : report.values)
    object.field(value.name, value.value);
  object.field("learning_rate", report.learningRate);
  if (!report.weightsHash.empty())
    object.field("weights_sha256", report.weightsHash);
}

void Events::epoch(const EpochReport &report) {
  addEpochFields(make("epoch"), report);
  send();
}

void Events::step(int64_t epoch, int64_t step, int64_t rows, float loss,
                  const Metrics &metrics) {
  JsonObject &event = make("step")
                          .field("epoch", epoch)
                          .field("step", step)
                          .field("rows", rows)
                          .field("loss", double(loss));
  for (size_t i = 0; i < metrics.names().size(); ++i)
    event.field(metrics.names()[i], metrics.batchMetric(i));
  send();
}

void Events::evaluate(const char *split, int64_t samples, double seconds,
                      const NamedValues &values,
                      const ConfusionMatrix &confusion) {
  JsonObject &event = make("evaluate")
                          .field("split", split)
                          .field("samples", samples)
                          .field("evaluate_s", seconds);
  for (const NamedValue &value : values)
    event.field(value.name, value.value);
  if (confusion.classes())
    event.field("confusion_matrix", confusion.data(), confusion.classes(),
                confusion.classes());
  send();
}

void Events::callback(const char *action, int64_t epoch, double learningRate) {
  make("callback")
      .field("action", action)
      .field("epoch", epoch)
      .field("learning_rate", learningRate);
  send();
}

void Events::checkpoint(const char *kind, const std::string &path,
                        int64_t epoch, int64_t step) {
  make("checkpoint")
      .field("kind", kind)
      .field("path", path)
      .field("epoch", epoch)
      .field("step", step);
  send();
}

void Events::warning(const std::string &message) {
  make("warning").field("message", message);
  send();
}

void Events::error(const Status &failure) {
  make("error")
      .field("code", failure.code())
      .field("message", failure.message());
  send();
}

} // namespace kiln::rt
