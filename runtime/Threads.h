//===- Threads.h - How many threads, and how they compute ----- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_THREADS_H
#define KILN_RUNTIME_THREADS_H

namespace kiln::rt {

/// The cores that this process may run on.
int availableCores();

/// Makes OpenMP's threads spin at barriers and between regions; call before the
/// first region.
/// A barrier costs 0.3 us when threads spin and 50 us when they sleep.
void prepareThreads(int threads);

/// Sets flush-to-zero and denormals-are-zero in this thread; returns what was
/// set before. Padding and regularizers make gradients decay into denormals,
/// which processors compute 20 times slower.
unsigned flushDenormals();
void restoreFloatMode(unsigned mode);

} // namespace kiln::rt

#endif // KILN_RUNTIME_THREADS_H
