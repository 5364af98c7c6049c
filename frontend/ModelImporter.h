//===- ModelImporter.h - From the syntax tree to the dialect ----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_FRONTEND_MODELIMPORTER_H
#define KILN_FRONTEND_MODELIMPORTER_H

#include "frontend/Diagnostics.h"
#include "frontend/model_generated.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <optional>

namespace kiln {

struct ImportOptions {
  /// Samples in a batch; the model file's `[fit] batch_size` by default.
  std::optional<int64_t> batchSize;
};

/// Makes the module of phase `model` (passes/Phases.h): parameters,
/// `kiln.compile` and `@forward`, located at the lines of the model file. The
/// model must have passed `validateModel`, as every `loadModel` result has.
///
/// Shapes are checked here. Null after an error, which `diagnostics` then
/// holds. Loads the dialects that it needs into `context`.
mlir::OwningOpRef<mlir::ModuleOp> importModel(const model::ModelT &model,
                                              mlir::MLIRContext &context,
                                              const ImportOptions &options,
                                              Diagnostics &diagnostics);

} // namespace kiln

#endif // KILN_FRONTEND_MODELIMPORTER_H
