//===- Text.cpp - Small things about words --------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Text.h"

#include "runtime/Status.h"

#include <algorithm>

namespace kiln::rt {

static size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = corner + (a[i - 1] != b[j - 1]);
      corner = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string didYouMean(const std::string &word,
                       const std::vector<std::string> &candidates) {
  const std::string *best = nullptr;
  size_t bestDistance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string &candidate : candidates) {
    size_t distance = editDistance(word, candidate);
    if (distance < bestDistance && distance < candidate.size()) {
      bestDistance = distance;
      best = &candidate;
    }
  }
  return best ? "; did you mean '" + *best + "'?" : std::string();
}

std::string printable(std::string text) {
  for (char &character : text)
    if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
      character = '?';
  return text;
}

std::string showDuration(double seconds) {
  if (seconds >= 1)
    return format("%.0fs", seconds);
  if (seconds >= 1e-3)
    return format("%.0fms", seconds * 1e3);
  return format("%.0fus", seconds * 1e6);
}

} // namespace kiln::rt
