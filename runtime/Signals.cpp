//===- Signals.cpp - Requests to stop -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Signals.h"

#include <csignal>

namespace kiln::rt {

static volatile std::sig_atomic_t Pending = 0;

static void remember(int signal) { Pending = signal; }

void catchSignals() {
  struct sigaction action = {};
  action.sa_handler = remember;
  sigemptyset(&action.sa_mask);
  // SA_RESETHAND: the second signal meets the default action.
  action.sa_flags = SA_RESTART | int(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void ignoreWriteSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int pendingSignal() { return Pending; }

void requestStop(int signal) { Pending = signal; }

const char *signalName(int signal) {
  switch (signal) {
  case SIGINT:
    return "SIGINT";
  case SIGTERM:
    return "SIGTERM";
  case SIGPIPE:
    return "SIGPIPE";
  default:
    return "a signal";
  }
}

} // namespace kiln::rt
