//===- Status.h - How the runtime says what went wrong -------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_STATUS_H
#define KILN_RUNTIME_STATUS_H

#include <string>
#include <utility>

namespace kiln::rt {

/// What a program of kiln ends with; a signal n ends it with 128 + n.
enum ExitCode : int {
  Ok = 0,
  UserError = 1,
  UsageError = 2,
  NumericError = 3,
  IoError = 4,
  InternalError = 5
};

/// printf into a string.
std::string format(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));

/// Success, or an exit code with one line that says what, where, expected and
/// got.
class [[nodiscard]] Status {
public:
  Status() = default;
  Status(int code, std::string message)
      : exitCode(code), text(std::move(message)) {}

  bool ok() const { return exitCode == Ok; }
  int code() const { return exitCode; }
  const std::string &message() const { return text; }

private:
  int exitCode = Ok;
  std::string text;
};

/// The user's model, data or checkpoint is at fault.
Status userError(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));
/// The command line is at fault.
Status usageError(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));
/// Training left the finite numbers.
Status numericError(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));
/// The system refused: `what` failed on `path`, with errno's reason.
Status systemError(const char *what, const std::string &path);
/// kiln is at fault.
Status internalError(const char *pattern, ...)
    __attribute__((format(printf, 1, 2)));

} // namespace kiln::rt

#endif // KILN_RUNTIME_STATUS_H
