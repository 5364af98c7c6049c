//===- FuzzFile.h - Bytes as a file, for readers of paths ----- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_FUZZ_FUZZFILE_H
#define KILN_TEST_FUZZ_FUZZFILE_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

/// A property that must hold for any input; its failure is a finding.
#define FUZZ_CHECK(condition)                                                  \
  do {                                                                         \
    if (!(condition))                                                          \
      __builtin_trap();                                                        \
  } while (false)

/// A file in memory with the bytes of one input.
class FuzzFile {
public:
  FuzzFile(const uint8_t *data, size_t size)
      : file(memfd_create("input", MFD_CLOEXEC)) {
    FUZZ_CHECK(file >= 0);
    FUZZ_CHECK(write(file, data, size) == ssize_t(size));
  }
  FuzzFile(const FuzzFile &) = delete;
  FuzzFile &operator=(const FuzzFile &) = delete;
  ~FuzzFile() { close(file); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(file); }

private:
  int file;
};

#endif // KILN_TEST_FUZZ_FUZZFILE_H
