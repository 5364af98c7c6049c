//===- Timing.h - Where compilation spends its time -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_TIMING_H
#define KILN_CODEGEN_TIMING_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace kiln {

/// Wall time by phase of compilation, in the order in which phases began
/// (`kiln build --timing`).
class Timing {
public:
  using Clock = std::chrono::steady_clock;

  /// Adds to a phase from construction to destruction; a null `timing` takes
  /// none.
  class Scope {
  public:
    Scope(Timing *timing, llvm::StringRef phase)
        : timing(timing), phase(phase), start(Clock::now()) {}
    ~Scope() {
      if (timing)
        timing->add(
            phase, std::chrono::duration<double>(Clock::now() - start).count());
    }
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

  private:
    Timing *timing;
    llvm::StringRef phase;
    Clock::time_point start;
  };

  /// `phase` outlives this.
  void add(llvm::StringRef phase, double seconds);
  /// A line a phase: name, seconds, share of the sum; the sum last.
  void print(llvm::raw_ostream &os) const;

private:
  llvm::SmallVector<std::pair<llvm::StringRef, double>> phases;
};

} // namespace kiln

#endif // KILN_CODEGEN_TIMING_H
