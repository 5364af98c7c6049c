//===- Checks.cpp - What checks of a model are made with ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "frontend/Checks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace kiln;

std::string kiln::toString(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

/// Keras's variable paths use `/` between a layer and its variables.
static bool isName(llvm::StringRef name) {
  return !name.empty() && name.size() <= maxNameLength &&
         (llvm::isAlpha(name.front()) || name.front() == '_') &&
         llvm::all_of(name, [](char c) {
           return llvm::isAlnum(c) || c == '_' || c == '-' || c == '.';
         });
}

void Checks::error(Position node, llvm::StringRef key,
                   const llvm::Twine &message, const llvm::Twine &hint) {
  if (!places.isReported(node, key))
    diagnostics.error(places.find(node, key), message, hint);
}

void Checks::warning(Position node, llvm::StringRef key,
                     const llvm::Twine &message, const llvm::Twine &hint) {
  diagnostics.warning(places.find(node, key), message, hint);
}

void Checks::expect(bool holds, Position node, llvm::StringRef key,
                    const llvm::Twine &expected, double got) {
  if (!holds)
    error(node, key,
          "expected '" + key + "' " + expected + ", got " + toString(got));
}

void Checks::expectName(Position node, llvm::StringRef key,
                        llvm::StringRef name) {
  if (!isName(name))
    error(node, key,
          "expected a name of letters, digits, '_', '-' and '.' that begins "
          "with a letter or '_', got '" +
              name.take_front(maxNameLength) + "'");
}
