//===- Buffer.cpp - Memory that is mapped once and never grows ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Buffer.h"

#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

// AddressSanitizer's own; absent where a program is built without.
extern "C" void __asan_init() __attribute__((weak));

namespace kiln::rt {

static constexpr size_t HugePage = size_t(2) << 20;
/// From here on a buffer gets huge pages: rows gathered from all over a data
/// set would miss the TLB with small ones, and weights in scattered pages
/// would compete for the same sets of a core's cache.
static constexpr size_t WorthHugePages = size_t(128) << 10;

static size_t roundUp(size_t size, size_t unit) {
  return (size + unit - 1) / unit * unit;
}

Buffer::~Buffer() {
  if (memory && __asan_init)
    std::free(memory);
  else if (memory)
    munmap(memory, mapped);
}

/// Memory with borders that AddressSanitizer watches, null if there is none.
static void *allocateWatched(size_t size) {
  void *address = nullptr;
  if (posix_memalign(&address, 4096, size))
    return nullptr;
  return std::memset(address, 0, size);
}

bool Buffer::allocate(size_t size) {
  if (__asan_init) {
    Buffer fresh;
    fresh.bytes = size;
    fresh.mapped = size ? size : 1;
    fresh.memory = static_cast<uint8_t *>(allocateWatched(fresh.mapped));
    if (!fresh.memory)
      return false;
    *this = std::move(fresh);
    return true;
  }
  bool huge = size >= WorthHugePages;
  Buffer fresh;
  fresh.bytes = size;
  fresh.mapped = huge ? roundUp(size, HugePage) : size ? size : 1;
  size_t spare = huge ? HugePage : 0;
  if (fresh.mapped < size || fresh.mapped + spare < fresh.mapped)
    return false;
  void *address = mmap(nullptr, fresh.mapped + spare, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED)
    return false;
  fresh.memory = static_cast<uint8_t *>(address);
  if (huge) {
    size_t start = reinterpret_cast<uintptr_t>(address);
    size_t before = roundUp(start, HugePage) - start;
    if (before)
      munmap(address, before);
    fresh.memory += before;
    if (spare > before)
      munmap(fresh.memory + fresh.mapped, spare - before);
    madvise(fresh.memory, fresh.mapped, MADV_HUGEPAGE);
  }
  std::swap(memory, fresh.memory);
  std::swap(bytes, fresh.bytes);
  std::swap(mapped, fresh.mapped);
  return true;
}

} // namespace kiln::rt
