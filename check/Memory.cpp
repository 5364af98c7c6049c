//===- Memory.cpp - Memory that shows what goes wrong in it ---------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/Memory.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>
#include <sys/mman.h>

using namespace kiln;

GuardedMemory::GuardedMemory(int64_t bytes) : bytes(bytes) {
  constexpr size_t page = 4096;
  size_t readable = llvm::alignTo(bytes, page);
  mapped = readable + page;
  base = static_cast<char *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (base == MAP_FAILED || mprotect(base + readable, page, PROT_NONE) != 0)
    llvm::report_fatal_error("no memory for guarded pages");
  start = base + readable - bytes;
  fill(~0u);
}

GuardedMemory::~GuardedMemory() {
  if (base)
    munmap(base, mapped);
}

void GuardedMemory::fill(uint32_t pattern) {
  for (int64_t i = 0; i < bytes; i += 4)
    memcpy(start + i, &pattern, std::min<int64_t>(bytes - i, 4));
}

template <typename T> static void write(const Tensor &tensor, char *data) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value = T(tensor[i]);
    memcpy(data + i * sizeof(T), &value, sizeof(T));
  }
}

template <typename T> static void read(const char *data, Tensor &tensor) {
  for (int64_t i = 0; i < tensor.size(); ++i) {
    T value;
    memcpy(&value, data + i * sizeof(T), sizeof(T));
    tensor[i] = double(value);
  }
}

void kiln::writeTensor(const Tensor &tensor, char *data) {
  mlir::Type element = tensor.getType().getElementType();
  if (element.isF32())
    write<float>(tensor, data);
  else if (element.isInteger(1))
    write<int8_t>(tensor, data);
  else if (element.isInteger(32))
    write<int32_t>(tensor, data);
  else
    write<int64_t>(tensor, data);
}

Tensor kiln::readTensor(const char *data, mlir::RankedTensorType type) {
  Tensor tensor(type);
  mlir::Type element = type.getElementType();
  if (element.isF32())
    read<float>(data, tensor);
  else if (element.isInteger(1))
    read<int8_t>(data, tensor);
  else if (element.isInteger(32))
    read<int32_t>(data, tensor);
  else
    read<int64_t>(data, tensor);
  return tensor;
}
