//===- ContractionTiling.h - How contractions are cut -----------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CONTRACTIONTILING_H
#define KILN_CODEGEN_CONTRACTIONTILING_H

#include "ir/KilnOps.h"

#include <optional>
#include <vector>

namespace kiln {

namespace attrs {
/// Contraction group: a tiling other than the cost model's, as the numbers of
/// ContractionTiling in order. For benchmarks and tests.
inline constexpr llvm::StringLiteral tiling("kiln.tiling");
} // namespace attrs

/// An m x n result, summed over k.
struct ContractionShape {
  int64_t m, n, k;
  /// Whether the left operand is held as k x m, the right one as n x k.
  bool transposeLeft, transposeRight = false;
  /// Whether the kernel has memory for copies: those of cells have none.
  bool hasScratch = true;
};

/// The registers that hold vectors of `lanes` numbers.
inline int64_t countRegisters(int64_t lanes) { return lanes == 16 ? 32 : 16; }

/// Whether a result has so few columns that tiles of them would leave most
/// lanes empty: its kernel makes vectors of rows (NarrowContraction.cpp), and
/// nothing is worth copying.
bool isNarrow(const ContractionShape &shape, int64_t lanes);

/// Whether kernels without blocks ask for rows of the right operand ahead: few
/// rows of the left one use it, and no core's cache holds it.
inline bool fetchesAhead(const ContractionShape &shape) {
  constexpr int64_t fewRows = 64, farBytes = 1 << 21;
  return shape.m <= fewRows && shape.k * shape.n * 4 >= farBytes;
}

/// How a contraction is cut. Nothing of it shows in the bits of the result.
struct ContractionTiling {
  /// Of one register tile: rows, and vectors side by side.
  int64_t rows, vectors;
  /// Of a block that stays in a core's cache; 0: the contraction is not cut
  /// into blocks. Then the right operand of a block of columns is copied into
  /// panels as wide as a register tile.
  int64_t blockRows = 0, blockColumns = 0, blockDepth = 0;
  /// Whether a block of the left operand is copied, too.
  bool packLeft = false;

  bool isBlocked() const { return blockDepth != 0; }
};

/// The shape of a group that has one `kiln.matmul`.
std::optional<ContractionShape> getContractionShape(FusionOp group);

/// The tiling of a group for vectors of `lanes` numbers: its own
/// (attrs::tiling), or what the cost model takes.
ContractionTiling getTiling(FusionOp group, int64_t lanes);
/// The same of a group that has one `kiln.partial_matmul`.
ContractionTiling getPartTiling(FusionOp group, int64_t lanes);
void setTiling(FusionOp group, const ContractionTiling &tiling);

/// The rows of the tiles that cover what whole tiles of `rows` leave of a
/// thread's share, which begins at a multiple of `rowUnit`: they divide both.
/// `rows` itself where tiles leave nothing, or rows are not cut (0).
int64_t getRestRows(int64_t rows, int64_t rowUnit);

/// The cheapest tiling. `rowUnit`: threads' shares begin at multiples of so
/// many rows; 0: rows are not cut.
ContractionTiling chooseTiling(const ContractionShape &shape, int64_t lanes,
                               int64_t rowUnit);
/// Tiles of two vectors, and no blocks.
ContractionTiling getPlainTiling(int64_t m, int64_t lanes, int64_t rowUnit);
/// Tiles of few rows and no blocks: a list of what is not zero grows with the
/// rows that it serves (attrs::skipZeros).
ContractionTiling getSparseTiling(const ContractionShape &shape, int64_t lanes,
                                  int64_t rowUnit);

/// The columns of the panels that cover what whole panels of `panel` leave of a
/// thread's share of columns.
int64_t getRestPanel(int64_t panel, int64_t lanes);

/// Every tiling that a search should look at.
std::vector<ContractionTiling> listTilings(const ContractionShape &shape,
                                           int64_t lanes, int64_t rowUnit);

/// Cycles that the cost model expects of one thread for all rows.
double estimateCycles(const ContractionShape &shape,
                      const ContractionTiling &tiling, int64_t lanes,
                      int64_t rowUnit);

/// A row of a copied left operand is longer than a block is deep, so that rows
/// do not fall in the same sets of a cache.
constexpr int64_t leftPadding = 16;

/// How many k of the right operand are copied at a time: of rows that are one
/// block, one depth, just before it is read. Of others, all k, for the blocks
/// of rows that follow.
int64_t getCopiedDepth(const ContractionShape &shape,
                       const ContractionTiling &tiling);

/// Bytes that a thread copies a block's operands into and keeps its sums in;
/// 0 if there are no blocks.
int64_t getBlockBytes(const ContractionShape &shape,
                      const ContractionTiling &tiling);

} // namespace kiln

#endif // KILN_CODEGEN_CONTRACTIONTILING_H
