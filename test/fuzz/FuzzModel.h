//===- FuzzModel.h - A model, read, on its way into IR -------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_FUZZ_FUZZMODEL_H
#define KILN_TEST_FUZZ_FUZZMODEL_H

#include "test/fuzz/FuzzFile.h"

#include "frontend/ModelImporter.h"

/// Imports `model`: into a module that verifies, or not without an error.
inline void importAnything(const kiln::model::ModelT &model,
                           kiln::Diagnostics &diagnostics) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      kiln::importModel(model, context, kiln::ImportOptions(), diagnostics);
  FUZZ_CHECK(module || diagnostics.hasErrors());
}

#endif // KILN_TEST_FUZZ_FUZZMODEL_H
