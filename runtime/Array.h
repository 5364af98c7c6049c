//===- Array.h - A dense array as files hold it --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_ARRAY_H
#define KILN_RUNTIME_ARRAY_H

#include "runtime/Buffer.h"
#include "runtime/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::rt {

class Input;

/// Element types that arrays keep. Readers widen narrower integers to I32.
enum class Element { U8, U16, I32, I64, F32, F64 };

/// Bytes of one element.
size_t elementBytes(Element element);

/// A row-major array in memory, with the file that it came from.
struct Array {
  std::string file;
  Element element = Element::F32;
  std::vector<int64_t> shape;
  Buffer memory;

  /// Number of elements.
  int64_t size() const;
  /// Length of the first dimension: samples.
  int64_t count() const { return shape.empty() ? 0 : shape[0]; }
  /// Elements of one sample.
  int64_t sampleSize() const;
  /// Element `index` as a number.
  double at(int64_t index) const;
};

/// `[28, 28]`.
std::string showShape(const std::vector<int64_t> &shape, size_t from = 0);

/// More than any array that is read or built can have.
constexpr uint64_t MostArrayBytes = uint64_t(1) << 46;

/// Product of `shape` times `factor` if it neither overflows nor exceeds
/// `limit`; otherwise false.
bool checkedSize(const std::vector<int64_t> &shape, uint64_t factor,
                 uint64_t limit, uint64_t &bytes);

/// Reads the elements behind a header that claims `shape`, of `width` bytes
/// each, to the end of the file. Fails, without allocating more than the file
/// can hold, where the file is shorter or longer than claimed.
Status readElements(Input &input, const std::vector<int64_t> &shape,
                    uint64_t width, Buffer &raw);

} // namespace kiln::rt

#endif // KILN_RUNTIME_ARRAY_H
