//===- Progress.cpp - What a trainer says to people -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Progress.h"

#include "runtime/Text.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace kiln::rt {

static constexpr int BarWidth = 20;
static constexpr int LineBytes = 1024;

static bool isVariableSet(const char *name) {
  const char *value = std::getenv(name);
  return value && *value;
}

static bool isDumbTerminal() {
  const char *kind = std::getenv("TERM");
  return !kind || std::strcmp(kind, "dumb") == 0;
}

Progress::Progress(int verbose)
    : verbose(verbose), hasTerminal(isatty(STDERR_FILENO) && !isDumbTerminal()),
      hasColour(hasTerminal && !isVariableSet("NO_COLOR")) {}

static void print(const char *text, int size) {
  // Progress that cannot be shown harms nothing.
  ssize_t ignored = ::write(STDERR_FILENO, text, size_t(size));
  (void)ignored;
}

void Progress::reading(const char *what, int64_t done, int64_t total) {
  if (!verbose || !hasTerminal)
    return;
  Clock::time_point now = Clock::now();
  if (now - shown < std::chrono::milliseconds(50) && done < total)
    return;
  shown = now;
  std::string line = done < total
                         ? format("\r\033[KReading the %s data: %lld/%lld",
                                  what, (long long)done, (long long)total)
                         : "\r\033[K";
  drawn = done < total;
  print(line.data(), int(line.size()));
}

void Progress::beginEpoch(int64_t number, int64_t total, int64_t count) {
  epoch = number;
  epochs = total;
  steps = count;
  firstStep = -1;
  drawn = false;
  started = Clock::now();
  shown = started - std::chrono::hours(1);
  if (!verbose || !hasTerminal)
    return;
  std::string line =
      format("Epoch %lld/%lld\n", (long long)epoch, (long long)epochs);
  print(line.data(), int(line.size()));
}

/// Appends to a fixed line, cutting off what is too long.
__attribute__((format(printf, 4, 5))) static void
append(char *line, int size, int &used, const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  int count = vsnprintf(line + used, size_t(size - used), pattern, arguments);
  va_end(arguments);
  used = count < size - used ? used + count : size - 1;
}

int Progress::drawBar(char *line, int size, int64_t done) const {
  int used = 0;
  append(line, size, used, "\r\033[K%lld/%lld ", (long long)done,
         (long long)steps);
  int full = steps ? int(done * BarWidth / steps) : BarWidth;
  if (hasColour)
    append(line, size, used, "\033[32m");
  for (int i = 0; i < BarWidth; ++i) {
    if (i == full && hasColour)
      append(line, size, used, "\033[37m");
    append(line, size, used, "%s", i < full || hasColour ? "\u2501" : "\u2500");
  }
  if (hasColour)
    append(line, size, used, "\033[0m");
  return used;
}

/// `2ms` without a string.
static void appendDuration(char *line, int size, int &used, double seconds) {
  if (seconds >= 1)
    append(line, size, used, "%.0fs", seconds);
  else if (seconds >= 1e-3)
    append(line, size, used, "%.0fms", seconds * 1e3);
  else
    append(line, size, used, "%.0fus", seconds * 1e6);
}

void Progress::step(int64_t done, const Metrics &metrics) {
  if (!verbose || !hasTerminal)
    return;
  if (firstStep < 0)
    firstStep = done - 1;
  Clock::time_point now = Clock::now();
  if (now - shown < std::chrono::milliseconds(50))
    return;
  shown = now;
  drawn = true;
  char line[LineBytes];
  int used = drawBar(line, LineBytes, done);
  double each = std::chrono::duration<double>(now - started).count() /
                double(done - firstStep);
  append(line, LineBytes, used, " ");
  appendDuration(line, LineBytes, used, each * double(steps - done));
  append(line, LineBytes, used, " ");
  appendDuration(line, LineBytes, used, each);
  append(line, LineBytes, used, "/step");
  for (size_t i = 0; i < metrics.names().size(); ++i)
    append(line, LineBytes, used, " - %s: %.4f", metrics.names()[i].c_str(),
           metrics.metric(i));
  append(line, LineBytes, used, " - loss: %.4f", metrics.loss());
  print(line, used);
}

/// Four decimals, or the exponent of what they cannot show.
static std::string showValue(double value) {
  double size = value < 0 ? -value : value;
  return size != 0 && size < 1e-3 ? format("%.4e", value)
                                  : format("%.4f", value);
}

std::string showValues(const NamedValues &values) {
  std::string text;
  auto isLoss = [](const NamedValue &value) {
    return value.name == "loss" || value.name == "val_loss";
  };
  auto isValidation = [](const NamedValue &value) {
    return value.name.compare(0, 4, "val_") == 0;
  };
  for (bool validation : {false, true})
    for (bool loss : {false, true})
      for (const NamedValue &value : values)
        if (isLoss(value) == loss && isValidation(value) == validation)
          text += (text.empty() ? "" : " - ") + value.name + ": " +
                  showValue(value.value);
  return text;
}

void Progress::endEpoch(const EpochReport &report) {
  if (!verbose)
    return;
  char line[LineBytes];
  std::string text;
  std::string perStep = showDuration(report.stepMicroseconds * 1e-6);
  if (hasTerminal)
    text = std::string(line, size_t(drawBar(line, LineBytes, steps))) +
           format(" %s %s/step - ", showDuration(report.seconds).c_str(),
                  perStep.c_str());
  else
    text = format("Epoch %lld/%lld - %lld steps - %.2fs - %s/step - ",
                  (long long)epoch, (long long)epochs, (long long)steps,
                  report.seconds, perStep.c_str());
  text += showValues(report.values);
  if (verbose > 1 && !report.weightsHash.empty())
    text += " - weights_sha256: " + report.weightsHash;
  text += '\n';
  print(text.data(), int(text.size()));
  drawn = false;
}

void Progress::say(const std::string &line) {
  if (verbose)
    print((line + "\n").data(), int(line.size() + 1));
}

void Progress::interrupt() {
  if (drawn)
    print("\n", 1);
  drawn = false;
}

} // namespace kiln::rt
