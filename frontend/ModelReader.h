//===- ModelReader.h - From a model file to the syntax tree -----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_MODELREADER_H
#define KILN_FRONTEND_MODELREADER_H

#include "frontend/Diagnostics.h"
#include "frontend/model_generated.h"

#include <memory>

namespace kiln {

/// Reads the model file at `path`, TOML or binary by its content, and checks
/// all that can be said without shapes. Null after an error, which
/// `diagnostics` then holds; it may hold warnings in any case.
///
/// From then on findings point into the file that the positions refer to: the
/// TOML file, even where a binary model made from it was read.
std::unique_ptr<model::ModelT> loadModel(llvm::StringRef path,
                                         Diagnostics &diagnostics);

/// The same for TOML text in memory. `path` is what findings and locations
/// name.
std::unique_ptr<model::ModelT> parseModel(llvm::StringRef text,
                                          llvm::StringRef path,
                                          Diagnostics &diagnostics);

} // namespace kiln

#endif // KILN_FRONTEND_MODELREADER_H
