//===- Options.h - A trainer's command line ------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_OPTIONS_H
#define KILN_RUNTIME_OPTIONS_H

#include "runtime/Status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln::rt {

/// What the user asked for, checked.
struct Options {
  std::string verb;
  bool help = false, version = false;
  std::string data, weights, logDir, output, trace;
  /// Empty: none.
  std::string checkpoint;
  std::optional<int64_t> epochs, seed;
  int threads = 0;
  int64_t checkpointEvery = 0, steps = 0;
  bool resume = false, noShuffle = false, json = false;
  int verbose = 1;
  /// Files to predict.
  std::vector<std::string> files;
};

/// Parses a command line: `PROGRAM VERB [--option VALUE | --option=VALUE]...`.
/// Unknown verbs and options, and options of another verb, are usage errors
/// with the nearest name.
Status parseOptions(int argc, char **argv, Options &options);

/// The help of `verb`, or of the whole program if it is empty.
std::string helpText(const std::string &program, const std::string &verb);

} // namespace kiln::rt

#endif // KILN_RUNTIME_OPTIONS_H
