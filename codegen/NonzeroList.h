//===- NonzeroList.h - Which k a tile of rows needs -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A list names the k at which any row of a tile of a contraction's left operand
// is not zero. Where the rows lie along k, a list is made of the rows
// themselves, some k at a time. Where they lie side by side, a row of memory
// holds one k of many tiles: it is read once for a block of them, which leaves
// a byte of marks for each k, a bit a row.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_NONZEROLIST_H
#define KILN_CODEGEN_NONZEROLIST_H

#include "codegen/KernelBuilder.h"

namespace kiln {

/// Makes the lists of one contraction.
class NonzeroLists {
public:
  /// Of the left operand `lhs`, m x k, or k x m if `transposed`, `depth` k at a
  /// time, in the first bytes of `scratch`.
  NonzeroLists(KernelBuilder &k, mlir::Value lhs, bool transposed,
               int64_t depth, mlir::Value scratch);

  /// Bytes of scratch memory that lists of `depth` k need.
  static int64_t getBytes(int64_t depth, bool transposed);
  /// How many rows are marked together, where tiles have `tileRows` and each
  /// thread takes a multiple of `unit` of the `m` rows.
  static int64_t getBlockRows(int64_t m, int64_t tileRows, int64_t unit,
                              bool transposed);

  /// Reads `depth` k, from `first` on, of the rows of a block, from `row` on.
  /// Does nothing unless the operand is transposed.
  void mark(mlir::Value first, mlir::Value row, int64_t rows);
  /// Lists the k from `first` on for the tile of `rows` rows from `row` on, in
  /// order: of the block that was marked last, which began at `blockRow`.
  /// Returns how many there are.
  mlir::Value list(mlir::Value first, mlir::Value row, int64_t rows,
                   mlir::Value blockRow);
  /// The list itself (i32).
  mlir::Value getList() const { return numbers; }

private:
  void append(mlir::Value &count, mlir::Value first, mlir::Value holds);
  mlir::Value findInRows(mlir::Value first, int64_t valid, mlir::Value row,
                         int64_t rows);
  mlir::Value findInMarks(mlir::Value first, int64_t valid, mlir::Value row,
                          int64_t rows, mlir::Value blockRow);

  KernelBuilder &k;
  mlir::Value lhs;
  bool transposed;
  int64_t depth;
  mlir::Value numbers, marks;
};

} // namespace kiln

#endif // KILN_CODEGEN_NONZEROLIST_H
