//===- Unicode.h - Text as code points ------------------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Tables are utf8proc's, of Unicode 15.0.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_UNICODE_H
#define KILN_RUNTIME_UNICODE_H

#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::rt {

/// The offset of the first byte that begins no UTF-8 sequence (surrogates and
/// overlong forms are none), or npos.
size_t findInvalidUtf8(std::string_view text);

/// The code point of valid UTF-8 at `at`, which moves past it.
int32_t nextCodePoint(const char *&at, const char *end);

/// Appends `text`, valid UTF-8, in lower case with Unicode's full mappings, as
/// Python's str.lower: capital sigma is final after a cased letter and before
/// none, and a capital I with a dot keeps the dot.
void appendLower(std::string_view text, std::string &to);

} // namespace kiln::rt

#endif // KILN_RUNTIME_UNICODE_H
