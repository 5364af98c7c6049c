//===- ScanKernel.h - The memory of a recurrence's cell ---------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_SCANKERNEL_H
#define KILN_CODEGEN_SCANKERNEL_H

#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace kiln {

/// Where the values of a cell lie while a thread runs it: states, steps of
/// sequences that are put together from rows, what the cell's groups compute,
/// and the operands of the sums' contractions, of as many steps as one
/// contraction takes. All of it is a thread's own and small enough for its
/// caches.
class ScanLayout {
public:
  explicit ScanLayout(FusionOp group);

  FusionOp group;
  ScanOp scan;
  int64_t batch, rows, steps, chunk;

  /// Memory of one value in one step.
  struct Home {
    enum Kind {
      /// At `offset` of the scratch area; with `slots` > 1 a ring of steps.
      Scratch,
      /// In the tile's part of output `number`, at the step's place.
      Output,
      /// In place of state `number`.
      State,
      /// In the tile's part of sequence `number`, at the step's place.
      Sequence,
      /// All of the group's input `number`.
      Capture,
      /// The tile's rows of the group's input `number`.
      Rows
    } kind = Scratch;
    int64_t offset = 0;
    int64_t slots = 1;
    unsigned number = 0;
  };
  /// By the cell's arguments and the results of its groups.
  llvm::DenseMap<mlir::Value, Home> homes;
  /// Offset of each state's current value.
  llvm::SmallVector<int64_t> stateOffsets;

  /// A sum whose contribution is the contraction of two values of the cell
  /// over the tile's rows; null operands for another contribution, which is
  /// added as it is.
  struct Sum {
    FusionOp contraction;
    mlir::Value lhs, rhs;
    int64_t lhsRing = 0, rhsRing = 0;
  };
  llvm::SmallVector<Sum> sums;

  /// Bytes of scratch memory that a thread needs.
  int64_t bytes = 0;

  /// The group's input that an operand of the scan or of a gather is; nothing
  /// if a group computes it.
  std::optional<unsigned> getInput(mlir::Value value) const;
  /// The gather in the group that a sequence comes from; null if it is an
  /// input.
  GatherOp getGather(unsigned sequence) const;
  /// The scatter in the group that takes an output; null if the output leaves.
  ScatterOp getScatter(unsigned output) const;
  /// The group's output that a value of its body is.
  std::optional<unsigned> getOutput(mlir::Value value) const;
  /// Whether contraction group `op` is only there for a sum.
  bool isSumOnly(mlir::Operation *op) const;

private:
  int64_t take(int64_t bytes);
  void placeSums();
  void placeResults();
  bool canOverwrite(mlir::OpResult value, unsigned state) const;
};

/// Creates the private function `name` that adds the contraction of a sum over
/// the rows of up to `chunk` steps to a matrix:
///   (lhs: [chunk * R, M], rhs: [chunk * R, N], target: [M, N], rows: index)
mlir::func::FuncOp emitSum(FusionOp contraction, llvm::StringRef name,
                           mlir::ModuleOp module, unsigned vectorBits,
                           int64_t chunk);

} // namespace kiln

#endif // KILN_CODEGEN_SCANKERNEL_H
