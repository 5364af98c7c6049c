//===- Trace.h - A run as a picture --------------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TRACE_H
#define KILN_RUNTIME_TRACE_H

#include "runtime/Engine.h"

#include <chrono>
#include <string>

namespace kiln::rt {

/// Records what each thread of an engine does, and writes it as a file for
/// Perfetto or Chrome (`--trace FILE`): one span a kernel, barrier and load.
/// The memory for it is there before the first step, and holds the last stamps
/// of a long run; how many are lost stands in the file.
class Trace {
public:
  /// Begins to record `engine`. The user's error if its programs have no
  /// stamps.
  Status begin(Engine &engine, const std::string &path);
  /// Writes the file; nothing if `begin` was not called.
  Status write();
  /// Stamps that the file lacks.
  uint64_t dropped() const;

private:
  void writeThread(size_t thread, double cyclesAMicrosecond,
                   class TraceWriter &writer) const;

  std::string path;
  Engine *engine = nullptr;
  uint64_t firstCycle = 0;
  std::chrono::steady_clock::time_point start;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_TRACE_H
