//===- Verbs.h - What a trainer does -------------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_VERBS_H
#define KILN_RUNTIME_VERBS_H

struct kiln_model;

namespace kiln::rt {

/// A trainer's whole life: parses the command line, runs the verb, reports an
/// error in one line and returns the exit code.
int runTrainer(int argc, char **argv, const kiln_model &object);

} // namespace kiln::rt

#endif // KILN_RUNTIME_VERBS_H
