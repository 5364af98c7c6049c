//===- Sha256.h - Hashes of data ------------------------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_SHA256_H
#define KILN_RUNTIME_SHA256_H

#include <cstddef>
#include <memory>
#include <string>

namespace kiln::rt {

/// SHA-256 of bytes given piece by piece.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  void add(const void *data, size_t bytes);
  /// The hash in hexadecimal; the object is spent.
  std::string finish();

private:
  struct Context;
  std::unique_ptr<Context> context;
};

/// SHA-256 of `bytes` bytes, in hexadecimal.
std::string sha256(const void *data, size_t bytes);

} // namespace kiln::rt

#endif // KILN_RUNTIME_SHA256_H
