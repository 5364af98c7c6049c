//===- TomlReader.h - TOML text as a document -------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_TOMLREADER_H
#define KILN_FRONTEND_TOMLREADER_H

#include "frontend/Diagnostics.h"
#include "frontend/Document.h"

#include <optional>

namespace kiln {

/// Parses TOML 1.0. Nothing after a syntax error, which `diagnostics` then
/// holds.
std::optional<Value> parseToml(llvm::StringRef text, Diagnostics &diagnostics);

} // namespace kiln

#endif // KILN_FRONTEND_TOMLREADER_H
