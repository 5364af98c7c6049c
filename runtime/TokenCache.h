//===- TokenCache.h - Token ids kept from run to run ---------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_TOKENCACHE_H
#define KILN_RUNTIME_TOKENCACHE_H

#include "runtime/Array.h"
#include "runtime/Tokenizer.h"

namespace kiln::rt {

/// Token ids of one split in a file of a folder, `<split>.safetensors`, with
/// the vocabulary where the split made it. What is damaged or another's is as
/// good as absent.
class TokenCache {
public:
  TokenCache(const std::string &folder, const std::string &split)
      : folder(folder), path(folder + "/" + split + ".safetensors") {}

  bool exists() const;
  /// Takes ids of `shape` that were stored under `key`, and the vocabulary into
  /// `tokenizer` unless that is null. False, with nothing taken, if they are
  /// not there.
  bool load(const std::string &key, const std::vector<int64_t> &shape,
            Tokenizer *tokenizer, Array &ids) const;
  /// Makes the folder if need be. Fails as the system does.
  Status store(const std::string &key, const Tokenizer *tokenizer,
               const Array &ids) const;

private:
  std::string folder, path;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_TOKENCACHE_H
