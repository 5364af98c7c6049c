//===- FuzzPng.cpp - Pictures to predict ----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzFile.h"

#include "runtime/Image.h"

using namespace kiln::rt;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  FuzzFile file(data, size);
  for (int64_t side : {4, 28}) {
    Array array;
    if (readPng(file.path(), {side, side, 1}, array).ok())
      FUZZ_CHECK(array.count() == 1 && array.size() == side * side &&
                 array.at(array.size() - 1) <= 255);
  }
  return 0;
}
