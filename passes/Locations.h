//===- Locations.h - Which line of the model an op comes from ---*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The importer locates an op at `"layer"("file":line:column)`. What a pass
// makes of it carries one more name, its role: `"dW"("layer"(...))`. README.md
// lists the roles.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_LOCATIONS_H
#define KILN_PASSES_LOCATIONS_H

#include "mlir/IR/Location.h"

#include <optional>

namespace kiln {

/// A location taken apart; what is not there is empty.
struct Origin {
  llvm::StringRef role;
  llvm::StringRef layer;
  std::optional<mlir::FileLineColLoc> file;
};

Origin getOrigin(mlir::Location loc);

/// The same layer and line under another role.
mlir::Location withRole(mlir::Location loc, llvm::StringRef role);

/// The same line, as the layer `layer`, without a role.
mlir::Location withLayer(mlir::Location loc, llvm::StringRef layer);

} // namespace kiln

#endif // KILN_PASSES_LOCATIONS_H
