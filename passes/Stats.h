//===- Stats.h - What each pass did -----------------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_STATS_H
#define KILN_PASSES_STATS_H

#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace kiln {

/// Prints a line a pass on `os` (`--kiln-stats`): operations before and after
/// it and kernels after it. Passes that run function by function have a line
/// each.
std::unique_ptr<mlir::PassInstrumentation>
createPassStats(llvm::raw_ostream &os);

} // namespace kiln

#endif // KILN_PASSES_STATS_H
