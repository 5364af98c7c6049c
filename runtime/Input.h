//===- Input.h - A file read from front to back --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_INPUT_H
#define KILN_RUNTIME_INPUT_H

#include "runtime/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::rt {

/// A file, plain or compressed by gzip, read from front to back.
class Input {
public:
  Input() = default;
  Input(const Input &) = delete;
  Input &operator=(const Input &) = delete;
  ~Input();

  Status open(const std::string &path);
  const std::string &path() const { return name; }

  /// Reads up to `size` bytes into `destination`; `got` is less than `size`
  /// only at the end of the file, also of one that was cut off.
  Status read(void *destination, size_t size, size_t &got);

  /// True if the file is not compressed.
  bool isPlain() const;

  /// The most bytes that the file can hold, whatever its header claims: deflate
  /// makes at most 1032 bytes of one. Guards allocations.
  uint64_t mostBytes() const;

  /// Fails unless `bytes` more can follow, as a header claims.
  Status expectBytes(uint64_t bytes) const;

  /// Once a read got less than it asked for: fails if compressed data was cut
  /// off, its checksum included.
  Status checkWhole() const;

  /// Fails unless the file ends here.
  Status expectEnd();

private:
  std::string name;
  void *stream = nullptr;
  uint64_t fileBytes = 0;
};

/// Reads all of a file, plain or gzip, of at most `limit` bytes.
Status readWhole(const std::string &path, uint64_t limit,
                 std::vector<char> &contents);

} // namespace kiln::rt

#endif // KILN_RUNTIME_INPUT_H
