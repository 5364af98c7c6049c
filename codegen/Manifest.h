//===- Manifest.h - What a trainer carries of its model ---------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_MANIFEST_H
#define KILN_CODEGEN_MANIFEST_H

#include "codegen/Target.h"
#include "frontend/model_generated.h"
#include "mlir/IR/BuiltinOps.h"

namespace kiln {

/// Builds the manifest (frontend/manifest.fbs): the model, and what
/// `kiln-plan-memory` decided about `planned`, whose groups are still there.
/// `fused` and `traced` say how the programs are compiled.
std::string buildManifest(const model::ModelT &model, mlir::ModuleOp planned,
                          const Target &target, bool fused, bool traced);

/// Adds the manifest and the symbol that the runtime starts from, a kiln_model
/// named `symbol`, to a module in the phase llvm. All else becomes internal to
/// the object file.
void embedModel(mlir::ModuleOp module, llvm::StringRef manifest,
                llvm::StringRef symbol);

} // namespace kiln

#endif // KILN_CODEGEN_MANIFEST_H
