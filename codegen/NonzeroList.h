//===- NonzeroList.h - Which k a tile of rows needs -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_NONZEROLIST_H
#define KILN_CODEGEN_NONZEROLIST_H

#include "codegen/KernelBuilder.h"

namespace kiln {

/// Writes to `list` (i32, one more than `depth`) which of the `depth` k from
/// `first` on have a number other than zero in any of `rows` rows of a
/// contraction's left operand from `row` on, in order. `transposed`: the
/// operand is held as k x m. Returns how many there are.
mlir::Value listNonzeros(KernelBuilder &k, mlir::Value list, mlir::Value lhs,
                         bool transposed, mlir::Value first, int64_t depth,
                         mlir::Value row, int64_t rows);

} // namespace kiln

#endif // KILN_CODEGEN_NONZEROLIST_H
