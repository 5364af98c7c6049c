//===- Buffer.h - Memory that is mapped once and never grows -- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_BUFFER_H
#define KILN_RUNTIME_BUFFER_H

#include <cstddef>
#include <cstdint>
#include <utility>

namespace kiln::rt {

/// Zeroed memory, aligned to a page (large ones to huge pages where the system
/// gives them), which nobody has touched yet. Under AddressSanitizer its own
/// memory, with borders that it watches.
class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer &&other) noexcept { *this = std::move(other); }
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(memory, other.memory);
    std::swap(bytes, other.bytes);
    std::swap(mapped, other.mapped);
    return *this;
  }
  ~Buffer();

  /// Maps `size` bytes; false if the system has no memory.
  bool allocate(size_t size);

  uint8_t *data() const { return memory; }
  size_t size() const { return bytes; }
  template <typename T> T *as() const { return reinterpret_cast<T *>(memory); }

private:
  uint8_t *memory = nullptr;
  size_t bytes = 0;
  /// Bytes of address space, at least `bytes`.
  size_t mapped = 0;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_BUFFER_H
