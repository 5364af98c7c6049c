//===- ContractionEmitter.h - Emits one contraction -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CONTRACTIONEMITTER_H
#define KILN_CODEGEN_CONTRACTIONEMITTER_H

#include "codegen/ContractionTiling.h"
#include "codegen/KernelBuilder.h"
#include "codegen/NonzeroList.h"

namespace kiln {

/// A contraction, or one cut into parts of its sum.
struct Contraction {
  mlir::Value lhs, rhs, output;
  bool transposeLhs = false, transposeRhs = false;
  int64_t m = 0, n = 0, k = 0, parts = 1;
};

/// A block's operands and sums, and where in the whole the block begins.
struct CopiedBlock {
  /// [panel, k, lane] and, if copied, [row, k] or [tile, k, row of the tile].
  mlir::Value right, left;
  /// [tile, panel, row of the tile, lane], if there are several depths.
  mlir::Value sums;
  mlir::Value firstRow, firstColumn, panel;
  /// The first k that `right` has.
  mlir::Value firstK;
  /// Whether it is copied anew for each depth.
  bool isByDepth = false;
  /// Whether these are the last k of the sums.
  bool isLast = false;
};

class ContractionEmitter {
public:
  ContractionEmitter(KernelBuilder &k, const Contraction &op)
      : k(k), op(op), lhs(k.getInput(op.lhs)), rhs(k.getInput(op.rhs)),
        lanes(k.lane.vectorBits / 32) {}

  void emit();
  void emitRagged();
  /// The same for a contraction in parts, cut by them.
  void emitParts();

private:
  /// Runs over columns, a register tile's width at a time.
  void forEachWidePanel(
      const Share &columns,
      llvm::function_ref<void(llvm::ArrayRef<KernelBuilder::Run>)> body);
  /// Emits the loops over panels of columns and the rows of each.
  void emitRows(const Share &columns);
  /// The same, block by block, from copies.
  void emitBlocks(const Share &columns);
  void copyRight(const Share &columns, mlir::Value begin, mlir::Value end);
  void copyRightTransposed(const Share &columns);
  /// Tiles of a block's rows and columns, panel by panel.
  void forEachTile(
      mlir::Value begin, mlir::Value end, int64_t rows, const Share &columns,
      llvm::function_ref<void(mlir::Value row,
                              llvm::ArrayRef<KernelBuilder::Run> columns)>
          body);
  void copyLeft(mlir::Value begin, mlir::Value end, int64_t rows,
                int64_t depth);
  /// Which of a block's tiles of `rows` rows begins at `row`.
  mlir::Value getTileIndex(mlir::Value row, int64_t rows);
  void emitBlock(mlir::Value begin, mlir::Value end, int64_t rows,
                 const Share &columns);
  /// Where an operand's numbers lie, counted in elements of all its memory: at
  /// start + k * perK + i * perUnit for row i of a tile on the left, for its
  /// vector i of columns on the right.
  struct Walk {
    mlir::Value memory, start;
    int64_t perK, perUnit;
  };
  Walk getLeftWalk(mlir::Value row, int64_t rows);
  Walk getCopiedLeftWalk(mlir::Value row, int64_t rows);
  Walk getRightWalk(llvm::ArrayRef<KernelBuilder::Run> columns);
  /// The address of row or vector 0 at k.
  mlir::Value getAddress(const Walk &walk, mlir::Value kIndex);
  mlir::Value getScratch() {
    return k.func.getArgument(k.func.getNumArguments() - 3);
  }
  mlir::Value subtract(mlir::Value a, mlir::Value b) {
    return k.b.create<mlir::arith::SubIOp>(k.loc, a, b);
  }
  mlir::Value multiply(mlir::Value a, int64_t by) {
    return by == 1
               ? a
               : k.b.create<mlir::arith::MulIOp>(k.loc, a, k.lane.index(by));
  }
  /// The same, each tile over the k that its rows need.
  void emitSparseRows(const Share &columns);
  /// Whether the thread's rows can go as vectors of rows.
  bool goesByRows() const;
  /// Emits the thread's rows, as many at a time as a vector has lanes or two.
  void emitNarrow(const Share &columns);
  void emitRowVectors(mlir::Value row, int64_t vectors);
  /// Computes and stores the epilogues of sums at some positions.
  void finish(llvm::ArrayRef<Position> positions,
              llvm::ArrayRef<mlir::Value> sums);
  void emitTiles(mlir::Value begin, mlir::Value end,
                 llvm::ArrayRef<KernelBuilder::Run> columns);
  /// Whether rows of the right operand are asked for before they are read.
  bool prefetchesRhs() const;
  void zeroPart();
  /// The tiles of the thread's rows ask for what is listed, if there is a list
  /// (AskedAddresses.cpp).
  void beginAsking();
  /// Asks for what falls to the tile at `row` and `column`.
  void askAhead(mlir::Value row, int64_t rows, mlir::Value column);
  /// Emits one tile of `rows` rows from `row` on.
  void emitTile(mlir::Value row, int64_t rows,
                llvm::ArrayRef<KernelBuilder::Run> columns);

  KernelBuilder &k;
  const Contraction &op;
  mlir::Value lhs, rhs;
  int64_t lanes;
  int64_t tileRows = 0, restRows = 0;
  Share rowShare;
  /// The addresses that the thread's tiles ask for, from its row `askFrom` on;
  /// null if they ask for none.
  mlir::Value asked, askFrom;
  /// The part that is computed; null if there are none.
  mlir::Value part;
  /// What is summed over.
  mlir::Value firstK, endK;
  /// The k that are summed over, where they are listed.
  mlir::Value list;
  /// Whether sums go on from what the output holds.
  bool goesOn = false;

  std::optional<CopiedBlock> block;
  ContractionTiling tiling;
};

} // namespace kiln

#endif // KILN_CODEGEN_CONTRACTIONEMITTER_H
