//===- Indices.cpp - Integer code that kernels call -----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Stamps.h"

#include <cstdlib>
#include <memory>

namespace {
/// A hash table of indices, empty where `position` is -1.
struct Slot {
  int32_t index, position;
};

struct FreeMemory {
  void operator()(Slot *slots) const { std::free(slots); }
};

/// A thread's table, which stays from step to step.
struct Table {
  std::unique_ptr<Slot, FreeMemory> slots;
  int64_t size = 0;
};
} // namespace

/// The calling thread's table with `size` slots, a power of two, all empty.
static Slot *getEmptyTable(int64_t size) {
  static thread_local Table table;
  if (table.size < size) {
    table.slots.reset(static_cast<Slot *>(std::malloc(size * sizeof(Slot))));
    if (!table.slots)
      std::abort();
    table.size = size;
  }
  Slot *slots = table.slots.get();
  for (int64_t i = 0; i < size; ++i)
    slots[i].position = -1;
  return slots;
}

/// Finds or makes the slot of `index`: by multiplication, then one after
/// another. `shift` leaves as many bits as number the slots.
static Slot &findSlot(Slot *slots, int64_t size, int shift, int32_t index) {
  auto hash = uint32_t(index) * UINT32_C(0x9E3779B1);
  int64_t i = shift < 32 ? hash >> shift : 0;
  while (slots[i].position >= 0 && slots[i].index != index)
    i = (i + 1) & (size - 1);
  return slots[i];
}

void kiln_rt_unique(const int32_t *indices, int32_t *values, int32_t *positions,
                    int32_t *counts, int64_t begin, int64_t end,
                    int64_t length) {
  // At most half full.
  int64_t size = 2;
  int shift = 31;
  while (size < 2 * length) {
    size *= 2;
    --shift;
  }
  int64_t distinct = 0;
  for (int64_t row = begin; row < end; ++row) {
    Slot *slots = getEmptyTable(size);
    int32_t count = 0;
    for (int64_t i = row * length; i < (row + 1) * length; ++i) {
      Slot &slot = findSlot(slots, size, shift, indices[i]);
      if (slot.position < 0) {
        slot = {indices[i], count};
        if (values)
          values[row * length + count] = indices[i];
        ++count;
      }
      if (positions)
        positions[i] = slot.position;
    }
    if (values)
      for (int64_t i = count; i < length; ++i)
        values[row * length + i] = -1;
    if (counts)
      counts[row] = count;
    distinct += count;
  }
  kiln::rt::countDistinct(distinct, (end - begin) * length);
}

void kiln_rt_chain(const int32_t *indices, int64_t count, int32_t *first,
                   int32_t *next, int64_t rows, int64_t descending) {
  for (int64_t row = 0; row < rows; ++row)
    first[row] = -1;
  // From the chains' ends, each element in front of those before it.
  for (int64_t k = 0; k < count; ++k) {
    int64_t i = descending ? k : count - 1 - k;
    int32_t row = indices[i];
    next[i] = -1;
    if (row < 0)
      continue;
    next[i] = first[row];
    first[row] = int32_t(i);
  }
}
