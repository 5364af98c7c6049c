//===- Cpu.h - What the processor can do ---------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_CPU_H
#define KILN_RUNTIME_CPU_H

namespace kiln::rt {

/// The first feature of x86-64-v3 that this processor or system lacks, by
/// LLVM's name, or null. The runtime itself is built for that level, so this
/// is asked before anything else, by code that is not.
const char *missingForRuntime();

/// True unless `feature` (LLVM's name, an optional `+` before it) is known to
/// be missing. Features that say nothing about instructions count as there.
/// Asking for one of AMX's asks the system to let this process use it.
bool hasFeature(const char *feature);

} // namespace kiln::rt

#endif // KILN_RUNTIME_CPU_H
