//===- BinaryModel.h - Binary model files -----------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_BINARYMODEL_H
#define KILN_FRONTEND_BINARYMODEL_H

#include "frontend/model_generated.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>

namespace kiln {

/// Whether a file's content says that it is a binary model.
bool isBinaryModel(llvm::StringRef content);

/// The bytes of the binary model file: equal models give equal bytes.
std::string writeBinaryModel(const model::ModelT &model);

/// Reads a binary model of unknown origin. Null where the bytes are none, with
/// the reason in `error`: what is read is well formed and passes
/// `validateModel`.
std::unique_ptr<model::ModelT> readBinaryModel(llvm::StringRef content,
                                               std::string &error);

} // namespace kiln

#endif // KILN_FRONTEND_BINARYMODEL_H
