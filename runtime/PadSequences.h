//===- PadSequences.h - Sequences of one length --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_PADSEQUENCES_H
#define KILN_RUNTIME_PADSEQUENCES_H

#include "frontend/manifest_generated.h"

#include <cstdint>
#include <vector>

namespace kiln::rt {

/// Keras's pad_sequences for one sequence: `sequence` with `value` added, or
/// elements taken away, on the side that `options` say, so that it fills the
/// `length` elements at `to`. Without options, Keras's defaults.
void padSequence(const std::vector<int32_t> &sequence,
                 const model::PadSequences *options, int64_t length,
                 int32_t *to);

} // namespace kiln::rt

#endif // KILN_RUNTIME_PADSEQUENCES_H
