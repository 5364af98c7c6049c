//===- Memory.h - Memory that shows what goes wrong in it -------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CHECK_MEMORY_H
#define KILN_CHECK_MEMORY_H

#include "ir/Interpreter.h"

namespace kiln {

/// A block of memory whose last byte lies before a page that must not be
/// touched. Starts out as NaNs, so that what nothing writes shows.
class GuardedMemory {
public:
  explicit GuardedMemory(int64_t bytes);
  GuardedMemory(const GuardedMemory &) = delete;
  GuardedMemory(GuardedMemory &&other)
      : base(std::exchange(other.base, nullptr)), start(other.start),
        bytes(other.bytes), mapped(other.mapped) {}
  ~GuardedMemory();

  /// Repeats a word, in the order of its bytes in memory.
  void fill(uint32_t pattern);
  char *getData() const { return start; }

private:
  char *base, *start;
  int64_t bytes;
  size_t mapped;
};

/// Writes a tensor as compiled code holds it: row-major, i1 as a byte.
void writeTensor(const Tensor &tensor, char *data);
/// Reads a tensor of `type` that compiled code has written.
Tensor readTensor(const char *data, mlir::RankedTensorType type);

} // namespace kiln

#endif // KILN_CHECK_MEMORY_H
