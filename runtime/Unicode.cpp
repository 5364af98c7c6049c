//===- Unicode.cpp - Text as code points ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Unicode.h"

#include <utf8proc.h>

namespace kiln::rt {

/// The code point at `at`, and its bytes; less than 1 if there is none.
static int64_t decode(const char *at, const char *end, int32_t &codePoint) {
  return utf8proc_iterate(reinterpret_cast<const uint8_t *>(at), end - at,
                          &codePoint);
}

size_t findInvalidUtf8(std::string_view text) {
  const char *begin = text.data(), *end = begin + text.size();
  for (const char *at = begin; at < end;) {
    if (static_cast<unsigned char>(*at) < 0x80) {
      ++at;
      continue;
    }
    int32_t codePoint;
    int64_t bytes = decode(at, end, codePoint);
    if (bytes < 1)
      return size_t(at - begin);
    at += bytes;
  }
  return std::string_view::npos;
}

int32_t nextCodePoint(const char *&at, const char *end) {
  if (static_cast<unsigned char>(*at) < 0x80)
    return *at++;
  int32_t codePoint = 0;
  at += decode(at, end, codePoint);
  return codePoint;
}

static void appendCodePoint(int32_t codePoint, std::string &to) {
  uint8_t bytes[4];
  to.append(reinterpret_cast<char *>(bytes),
            size_t(utf8proc_encode_char(codePoint, bytes)));
}

/// Unicode's Case_Ignorable: marks, formats, modifiers, and what may stand
/// within a word (Word_Break MidLetter, MidNumLet and Single_Quote).
static bool isCaseIgnorable(int32_t codePoint) {
  switch (codePoint) {
  case 0x0027:
  case 0x002E:
  case 0x003A:
  case 0x00B7:
  case 0x0387:
  case 0x055F:
  case 0x05F4:
  case 0x2018:
  case 0x2019:
  case 0x2024:
  case 0x2027:
  case 0xFE13:
  case 0xFE52:
  case 0xFE55:
  case 0xFF07:
  case 0xFF0E:
  case 0xFF1A:
    return true;
  }
  switch (utf8proc_category(codePoint)) {
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_SK:
    return true;
  default:
    return false;
  }
}

/// Unicode's Cased, of what is not Case_Ignorable: letters with case, and
/// Other_Lowercase and Other_Uppercase (ordinals, numerals, enclosed letters).
static bool isCased(int32_t codePoint) {
  static const int32_t Others[][2] = {{0x00AA, 0x00AA},   {0x00BA, 0x00BA},
                                      {0x2160, 0x217F},   {0x24B6, 0x24E9},
                                      {0x1F130, 0x1F149}, {0x1F150, 0x1F169},
                                      {0x1F170, 0x1F189}};
  for (const auto &[first, last] : Others)
    if (codePoint >= first && codePoint <= last)
      return true;
  utf8proc_category_t category = utf8proc_category(codePoint);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT;
}

/// Unicode's Final_Sigma for the sigma in [start, after) of `text`: behind a
/// cased letter, but for what is ignorable, and not ahead of one.
static bool isFinalSigma(std::string_view text, const char *start,
                         const char *after) {
  const char *begin = text.data(), *end = begin + text.size();
  bool isBehindCased = false;
  for (const char *at = start; at > begin;) {
    do
      --at;
    while ((*at & 0xC0) == 0x80);
    const char *next = at;
    int32_t codePoint = nextCodePoint(next, end);
    if (isCaseIgnorable(codePoint))
      continue;
    isBehindCased = isCased(codePoint);
    break;
  }
  if (!isBehindCased)
    return false;
  for (const char *at = after; at < end;) {
    int32_t codePoint = nextCodePoint(at, end);
    if (!isCaseIgnorable(codePoint))
      return !isCased(codePoint);
  }
  return true;
}

void appendLower(std::string_view text, std::string &to) {
  const char *at = text.data(), *end = at + text.size();
  while (at < end) {
    unsigned char byte = static_cast<unsigned char>(*at);
    if (byte < 0x80) {
      to += char(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
      ++at;
      continue;
    }
    const char *start = at;
    int32_t codePoint = nextCodePoint(at, end);
    if (codePoint == 0x0130)
      to += "i\xCC\x87";
    else if (codePoint == 0x03A3)
      appendCodePoint(isFinalSigma(text, start, at) ? 0x03C2 : 0x03C3, to);
    else
      appendCodePoint(utf8proc_tolower(codePoint), to);
  }
}

} // namespace kiln::rt
