//===- Signals.h - Requests to stop --------------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_SIGNALS_H
#define KILN_RUNTIME_SIGNALS_H

namespace kiln::rt {

/// From now on SIGINT and SIGTERM are remembered and end the run after the
/// step in progress; a second one ends it at once.
void catchSignals();

/// Writing to a closed pipe or past a limit on file sizes becomes an error of
/// the write.
void ignoreWriteSignals();

/// The signal that came in, or 0.
int pendingSignal();

/// Remembers a request to stop as if the signal had come in.
void requestStop(int signal);

/// `SIGTERM`.
const char *signalName(int signal);

} // namespace kiln::rt

#endif // KILN_RUNTIME_SIGNALS_H
