//===- FuzzModelBinary.cpp - Binary model files ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzModel.h"

#include "frontend/BinaryModel.h"

using namespace kiln;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  std::string error;
  std::unique_ptr<model::ModelT> model = readBinaryModel(bytes, error);
  FUZZ_CHECK(model || !error.empty());
  if (!model)
    return 0;
  Diagnostics diagnostics;
  importAnything(*model, diagnostics);
  diagnostics.print(llvm::nulls());
  return 0;
}
