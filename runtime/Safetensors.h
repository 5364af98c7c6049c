//===- Safetensors.h - The file format of weights ------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_SAFETENSORS_H
#define KILN_RUNTIME_SAFETENSORS_H

#include "runtime/Buffer.h"
#include "runtime/Status.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kiln::rt {

/// A tensor in a safetensors file, in memory.
struct SafeTensor {
  std::string name;
  /// `F32`, `F64`, ... as the format writes it.
  std::string type;
  std::vector<int64_t> shape;
  const void *data = nullptr;
  uint64_t bytes = 0;
};

/// A safetensors file, read whole and checked: extents, ranges without holes,
/// and, where kiln wrote it, a hash of the data.
class SafetensorsFile {
public:
  /// Errors begin `<path>: damaged safetensors file: `.
  Status read(const std::string &path);

  const std::string &path() const { return name; }
  const std::vector<SafeTensor> &tensors() const { return list; }
  /// Null if there is none.
  const SafeTensor *find(const std::string &tensor) const;
  /// The value of `key` in the metadata; null if there is none.
  const std::string *metadata(const std::string &key) const;

private:
  Status parseHeader(const char *text, uint64_t size, const uint8_t *data,
                     uint64_t dataBytes);

  std::string name;
  Buffer contents;
  std::vector<SafeTensor> list;
  std::vector<std::pair<std::string, std::string>> notes;
};

/// A tensor of the bytes of `text`, which must outlive it.
SafeTensor makeTextTensor(const std::string &name, const std::string &text);

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// Writes `tensors` and `metadata` to `path`, with a hash of the data: to a
/// temporary file beside it, synced, renamed over `path`, and the folder
/// synced. Whatever fails, a file that was there before is untouched. The mode
/// of a file that was there is kept.
Status writeSafetensors(const std::string &path, const Metadata &metadata,
                        const std::vector<SafeTensor> &tensors);

} // namespace kiln::rt

#endif // KILN_RUNTIME_SAFETENSORS_H
