//===- Team.h - Threads that take turns -------------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_TEAM_H
#define KILN_CHECK_TEAM_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <condition_variable>
#include <mutex>

namespace kiln {

/// Threads of which one runs at a time, until its next barrier; then the next
/// one does, in a fixed order.
class Team {
public:
  Team(unsigned size, bool descending) : size(size), descending(descending) {}

  /// Runs `body(thread)` in each thread and waits for all.
  void run(llvm::function_ref<void(unsigned)> body);

  /// Waits until all others have come to a barrier, too.
  void barrier();

  unsigned getSize() const { return size; }

  /// The team that the calling thread belongs to, and its number there.
  static Team *getCurrent();
  static void setCurrent(Team *team);
  static unsigned getThread();

private:
  void waitForTurn(std::unique_lock<std::mutex> &lock);
  void passTurn();

  unsigned size;
  bool descending;
  std::mutex mutex;
  std::condition_variable turned;
  /// The place in the order of the thread that may run.
  unsigned turn = 0;
};

} // namespace kiln

#endif // KILN_CHECK_TEAM_H
