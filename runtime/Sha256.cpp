//===- Sha256.cpp - Hashes of data ----------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Sha256.h"

#include <sys/types.h>

#include <sha256.h>

namespace kiln::rt {

struct Sha256::Context {
  SHA256_CTX state;
};

Sha256::Sha256() : context(new Context) { SHA256_Init(&context->state); }

Sha256::~Sha256() = default;

void Sha256::add(const void *data, size_t bytes) {
  SHA256_Update(&context->state, static_cast<const uint8_t *>(data), bytes);
}

std::string Sha256::finish() {
  char digits[2 * 32 + 1];
  SHA256_End(&context->state, digits);
  return digits;
}

std::string sha256(const void *data, size_t bytes) {
  Sha256 hash;
  hash.add(data, bytes);
  return hash.finish();
}

} // namespace kiln::rt
