//===- FuzzModelToml.cpp - Model files ------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/FuzzModel.h"

#include "frontend/BinaryModel.h"
#include "frontend/ModelReader.h"

using namespace kiln;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  Diagnostics diagnostics;
  std::unique_ptr<model::ModelT> model =
      parseModel(text, "input.toml", diagnostics);
  FUZZ_CHECK(model || diagnostics.hasErrors());
  if (model) {
    importAnything(*model, diagnostics);
    // Written as a binary model and read again, it is the same.
    std::string binary = writeBinaryModel(*model), error;
    std::unique_ptr<model::ModelT> again = readBinaryModel(binary, error);
    FUZZ_CHECK(again && writeBinaryModel(*again) == binary);
  }
  diagnostics.print(llvm::nulls());
  return 0;
}
