//===- Text.h - Small things about words ---------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TEXT_H
#define KILN_RUNTIME_TEXT_H

#include <string>
#include <vector>

namespace kiln::rt {

/// `; did you mean 'x'?` for the candidate closest to `word`, or nothing when
/// none is close.
std::string didYouMean(const std::string &word,
                       const std::vector<std::string> &candidates);

/// `text` with control characters replaced, fit for a terminal.
std::string printable(std::string text);

/// Keras's way of showing a time a step: `138us`, `2ms`, `1s`.
std::string showDuration(double seconds);

} // namespace kiln::rt

#endif // KILN_RUNTIME_TEXT_H
