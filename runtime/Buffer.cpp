//===- Buffer.cpp - Memory that is mapped once and never grows ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Buffer.h"

#include <sys/mman.h>

namespace kiln::rt {

static constexpr size_t HugePage = size_t(2) << 20;

Buffer::~Buffer() {
  if (memory)
    munmap(memory, bytes ? bytes : 1);
}

bool Buffer::allocate(size_t size) {
  void *address = mmap(nullptr, size ? size : 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED)
    return false;
  // Batches gather rows from all over a data set: with small pages nearly
  // every row would miss the TLB.
  if (size >= HugePage)
    madvise(address, size, MADV_HUGEPAGE);
  Buffer fresh;
  fresh.memory = static_cast<uint8_t *>(address);
  fresh.bytes = size;
  std::swap(memory, fresh.memory);
  std::swap(bytes, fresh.bytes);
  return true;
}

} // namespace kiln::rt
