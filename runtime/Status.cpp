//===- Status.cpp - How the runtime says what went wrong ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Status.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace kiln::rt {

static std::string formatList(const char *pattern, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int size = vsnprintf(nullptr, 0, pattern, arguments);
  std::string text(size > 0 ? size : 0, '\0');
  vsnprintf(text.data(), text.size() + 1, pattern, again);
  va_end(again);
  return text;
}

std::string format(const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  std::string text = formatList(pattern, arguments);
  va_end(arguments);
  return text;
}

#define KILN_DEFINE_ERROR(name, code)                                          \
  Status name(const char *pattern, ...) {                                      \
    va_list arguments;                                                         \
    va_start(arguments, pattern);                                              \
    std::string text = formatList(pattern, arguments);                         \
    va_end(arguments);                                                         \
    return Status(code, std::move(text));                                      \
  }
KILN_DEFINE_ERROR(userError, UserError)
KILN_DEFINE_ERROR(usageError, UsageError)
KILN_DEFINE_ERROR(numericError, NumericError)
KILN_DEFINE_ERROR(internalError, InternalError)
#undef KILN_DEFINE_ERROR

Status systemError(const char *what, const std::string &path) {
  return Status(IoError,
                path + ": " + what + " failed: " + std::strerror(errno));
}

} // namespace kiln::rt
