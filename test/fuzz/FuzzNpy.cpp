//===- FuzzNpy.cpp - NumPy's array files, plain and gzip ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "runtime/DataNpy.h"

using namespace kiln::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FuzzFile file(data, size);
  Array array;
  if (!readNpy(file.path(), array).ok())
    return 0;
  FUZZ_CHECK(array.memory.size() ==
             size_t(array.size()) * elementBytes(array.element));
  double sum = 0;
  for (int64_t i = 0; i < array.size(); ++i)
    sum += array.at(i);
  volatile double used = sum;
  (void)used;
  return 0;
}
