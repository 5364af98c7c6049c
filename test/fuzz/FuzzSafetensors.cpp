//===- FuzzSafetensors.cpp - Files of weights and checkpoints -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "runtime/Safetensors.h"

using namespace kiln::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FuzzFile file(data, size);
  SafetensorsFile read;
  if (!read.read(file.path()).ok())
    return 0;
  uint64_t sum = 0;
  for (const SafeTensor &tensor : read.tensors()) {
    FUZZ_CHECK(read.find(tensor.name));
    for (uint64_t i = 0; i < tensor.bytes; ++i)
      sum += static_cast<const uint8_t *>(tensor.data)[i];
  }
  volatile uint64_t used = sum;
  (void)used;
  return 0;
}
