//===- ContractionTiling.cpp - How contractions are cut -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/ContractionTiling.h"

#include "codegen/KernelBuilder.h"

#include <numeric>

using namespace mlir;

namespace kiln {

std::optional<ContractionShape> getContractionShape(FusionOp group) {
  auto matmul = findInBody<MatmulOp>(group);
  if (!matmul)
    return std::nullopt;
  ContractionShape shape{matmul.getM(), matmul.getN(), matmul.getK(),
                         matmul.getTransposeLhs(), matmul.getTransposeRhs()};
  shape.hasScratch = !group->getParentOfType<ScanOp>();
  return shape;
}

void setTiling(FusionOp group, const ContractionTiling &tiling) {
  group->setAttr(
      attrs::tiling,
      Builder(group).getDenseI64ArrayAttr(
          {tiling.rows, tiling.vectors, tiling.blockRows, tiling.blockColumns,
           tiling.blockDepth, int64_t(tiling.packLeft)}));
}

bool isNarrow(const ContractionShape &shape, int64_t lanes) {
  if (shape.transposeRight || shape.m < lanes)
    return false;
  // A vector of rows is loaded from a transposed left operand, and all sums of
  // it fit in the registers. From another one squares are turned; 16 registers
  // hold a square and few sums.
  if (shape.transposeLeft)
    return shape.n <= (lanes == 16 ? 14 : 12) && shape.k >= 32;
  return shape.n <= (lanes == 16 ? 10 : 4) && shape.k >= 128;
}

/// The most rows up to `rows` that divide `rowUnit`.
static int64_t fitRows(int64_t rows, int64_t rowUnit) {
  if (rowUnit)
    while (rowUnit % rows)
      --rows;
  return rows;
}

int64_t getRestRows(int64_t rows, int64_t rowUnit) {
  return rowUnit ? std::gcd(rows, rowUnit) : rows;
}

int64_t getRestPanel(int64_t panel, int64_t lanes) {
  // A single vector has too few sums to hide a multiply-add's latency.
  return panel % featureUnit == 0 ? featureUnit : 2 * lanes;
}

ContractionTiling getPlainTiling(int64_t m, int64_t lanes, int64_t rowUnit) {
  int64_t rows = lanes == 16 ? 8 : 6;
  rows = rowUnit ? fitRows(rows, rowUnit)
                 : llvm::divideCeil(m, llvm::divideCeil(m, rows));
  return {std::min(rows, m), 2};
}

ContractionTiling getSparseTiling(const ContractionShape &shape, int64_t lanes,
                                  int64_t rowUnit) {
  // With 16 registers, tiles of 4 rows do not hide a multiply-add's latency.
  if (lanes < 16)
    return getPlainTiling(shape.m, lanes, rowUnit);
  // Two rows have the shorter list, and ask for the right operand twice as
  // often as four: little, where that is short (a weight's gradient) or small.
  constexpr int64_t nearBytes = 1 << 18;
  bool isNear = shape.transposeLeft || shape.k * shape.n * 4 <= nearBytes;
  int64_t rows = isNear && shape.n % (8 * lanes) == 0 ? 2 : 4;
  return {std::min(rowUnit ? fitRows(rows, rowUnit) : rows, shape.m),
          16 / rows};
}

ContractionTiling getTiling(FusionOp group, int64_t lanes) {
  if (findInBody<PartialMatmulOp>(group))
    return getPartTiling(group, lanes);
  std::optional<PartitionAttr> partition = group.getPartition();
  int64_t rowUnit =
      partition && partition->getDim() == 0 ? partition->getUnit() : 0;
  if (auto own = group->getAttrOfType<DenseI64ArrayAttr>(attrs::tiling)) {
    ArrayRef<int64_t> numbers = own.asArrayRef();
    assert(numbers.size() == 6 && "as setTiling writes them");
    bool isBlocked = numbers[4] != 0;
    return {isBlocked ? fitRows(numbers[0], rowUnit) : numbers[0],
            numbers[1],
            numbers[2],
            numbers[3],
            numbers[4],
            numbers[5] != 0};
  }
  ContractionShape shape = *getContractionShape(group);
  if (group->hasAttr(attrs::skipZeros)) {
    // The columns of a thread's share may be no more than a unit.
    if (partition && partition->getDim() == 1)
      shape.n = partition->getUnit();
    return getSparseTiling(shape, lanes, rowUnit);
  }
  return chooseTiling(shape, lanes, rowUnit);
}

int64_t getCopiedDepth(const ContractionShape &shape,
                       const ContractionTiling &tiling) {
  // Rows beside whole tiles come in a turn of their own; a transposed operand
  // is copied along k.
  bool isOneBlock = shape.m <= tiling.blockRows && shape.m % tiling.rows == 0;
  return isOneBlock && !shape.transposeRight
             ? std::min(shape.k, tiling.blockDepth)
             : shape.k;
}

int64_t getBlockBytes(const ContractionShape &shape,
                      const ContractionTiling &tiling) {
  if (!tiling.isBlocked())
    return 0;
  int64_t right = getCopiedDepth(shape, tiling) * tiling.blockColumns;
  int64_t sums = tiling.blockRows * tiling.blockColumns;
  int64_t left = tiling.packLeft
                     ? tiling.blockRows * (tiling.blockDepth + leftPadding)
                     : 0;
  return (right + sums + left) * 4;
}

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

/// Sizes of blocks: the sums and the left operand of one lie in a core's second
/// cache, a panel of the right operand in its first (shallow) or second.
static constexpr int64_t blockHeight = 192, blockWidth = 512;
static constexpr int64_t shallow = 256, deepest = 512;

/// Each row of a register tile is a stream of its own in the left operand: of
/// more than 12, caches were seen to lose some.
static constexpr int64_t mostRows = 12;

/// Whether tiles of so many rows may leave rows of a thread's share to lower
/// ones. With 16 registers, tiles that divide 8 rows have 8 sums at most, which
/// just hide a multiply-add's latency; with 32 there are high ones that do.
static bool mayLeaveRest(int64_t rows, int64_t rowUnit, int64_t lanes) {
  return lanes < 16 && getRestRows(rows, rowUnit) > 1;
}

/// Register tiles: sums, the vectors of a row of the right operand and one
/// number of the left one fit in the registers.
static std::vector<ContractionTiling>
listRegisterTiles(const ContractionShape &shape, int64_t lanes,
                  int64_t rowUnit) {
  // LLVM was seen to spill some of 32 live ones.
  int64_t most = std::min<int64_t>(countRegisters(lanes), 31);
  std::vector<ContractionTiling> tiles;
  for (int64_t rows = 1; rows <= std::min(shape.m, mostRows); ++rows) {
    if (getRestRows(rows, rowUnit) != rows &&
        !mayLeaveRest(rows, rowUnit, lanes))
      continue;
    for (int64_t vectors = 1; vectors <= 6; ++vectors) {
      bool fits = rows * vectors + vectors + 1 <= most;
      bool isNeeded = (vectors - 1) * lanes < shape.n;
      if (fits && isNeeded)
        tiles.push_back({rows, vectors});
    }
  }
  return tiles;
}

std::vector<ContractionTiling> listTilings(const ContractionShape &shape,
                                           int64_t lanes, int64_t rowUnit) {
  std::vector<ContractionTiling> tiles =
      listRegisterTiles(shape, lanes, rowUnit);
  std::vector<ContractionTiling> result;
  // Only a copy brings the columns of a transposed operand side by side.
  if (!shape.transposeRight)
    result = tiles;
  // Blocks are whole tiles.
  llvm::erase_if(tiles, [&](const ContractionTiling &tile) {
    return featureUnit % (tile.vectors * lanes) != 0 ||
           getRestRows(tile.rows, rowUnit) != tile.rows;
  });
  // Copies serve several tiles of rows, or are not worth making.
  if (!shape.hasScratch ||
      (!shape.transposeRight &&
       (shape.m < 4 * 8 || shape.k < 64 || isNarrow(shape, lanes))))
    return result;
  for (ContractionTiling tile : tiles) {
    tile.blockRows = blockHeight;
    tile.blockColumns =
        std::min(blockWidth, int64_t(llvm::alignTo(shape.n, featureUnit)));
    for (int64_t depth : {shallow, deepest}) {
      // Depths of nearly the same size, but for the last one.
      int64_t count = llvm::divideCeil(shape.k, depth);
      tile.blockDepth =
          llvm::alignTo(llvm::divideCeil(shape.k, count), virtualLanes);
      for (bool packLeft : {false, true}) {
        tile.packLeft = packLeft;
        result.push_back(tile);
      }
      if (shape.k <= depth)
        break;
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

namespace {
/// A core as the model sees it: two multiply-adds and two loads a cycle, and a
/// latency of four. Where nothing but loads or the latency limits a tile, it
/// was seen to take a little longer than that.
constexpr double addsPerCycle = 2, loadsPerCycle = 1.9, latency = 4.6;
/// What of a core's caches an operand can count on.
constexpr double firstCache = 20 << 10, secondCache = 1 << 20;
/// The addresses that fall in one set repeat after so many bytes.
constexpr int64_t firstPeriod = 4 << 10, secondPeriod = 128 << 10;
/// Cycles that a line of the right operand, and a row of a transposed left one,
/// cost beyond that where they come from the second cache.
constexpr double missLine = 0.25, missLeft = 0.6;
/// The same for each row of a tile whose k meet in one set of a cache.
constexpr double missLeftSet = 0.5;
/// Cycles for a line from behind the second cache, and for a row of a single
/// one: it is in a page of its own, and nothing beside it is asked for.
constexpr double farLine = 10, farRow = 60;
/// The same for a line that was asked for ahead.
constexpr double aheadLine = 5;
/// Rows that do not begin at a line make a load in two touch two.
constexpr double splitFactor = 1.04;
/// What is left of a vector's load behind all else: of tiles that cost the
/// same, the higher one loads less.
constexpr double vectorLoad = 0.09;
/// Cycles to copy a vector, near and far; where a depth is read just behind its
/// copy, in half of the second cache or in more.
constexpr double copyCycles = 7, farCopyCycles = 20, nearDepthCycles = 12,
                 depthCycles = 14;
/// Cycles to begin and to end a tile; for each of its sums.
constexpr double tileCycles = 25, sumCycles = 0.25;
/// Cycles to go on to the next row of a tile in an output of so many bytes:
/// a tile of long rows writes more lines that follow one another.
constexpr double writeRow = 3.5, largeOutput = 128 << 10;
} // namespace

/// The part of a cache that `bytes` bytes every `stride` bytes can fill: where
/// the stride shares a power of two with the period, they meet in some sets.
static double getUsable(int64_t bytes, int64_t stride, int64_t period) {
  int64_t step = std::min<int64_t>(stride & -stride, period);
  return std::min(1.0, double(bytes) / double(step));
}

/// Cycles to copy a vector of the right operand.
static double getCopyCycles(const ContractionShape &shape,
                            const ContractionTiling &tiling) {
  if (double(shape.k * shape.n) * 4 < 2 * secondCache)
    return copyCycles;
  int64_t depth = getCopiedDepth(shape, tiling);
  if (depth == shape.k)
    return farCopyCycles;
  bool isNear = double(depth * tiling.blockColumns) * 4 <= secondCache / 2;
  return isNear ? nearDepthCycles : depthCycles;
}

double estimateCycles(const ContractionShape &shape,
                      const ContractionTiling &tiling, int64_t lanes,
                      int64_t rowUnit) {
  double cycles = 0;
  int64_t panel = tiling.vectors * lanes;
  int64_t depths =
      tiling.isBlocked() ? llvm::divideCeil(shape.k, tiling.blockDepth) : 1;
  auto addTiles = [&](double count, int64_t rows, int64_t vectors) {
    double compute =
        std::max({double(rows * vectors) / addsPerCycle,
                  double(rows + vectors) / loadsPerCycle, latency}) +
        vectorLoad * double(vectors);
    // Where a panel of the right operand is found again for the next tile.
    int64_t width = vectors * lanes * 4, stride = shape.n * 4;
    double bytes = double(width) * double(shape.k), transfer = 0;
    if (tiling.isBlocked())
      bytes = double(width) * double(tiling.blockDepth);
    bool isNear =
        bytes <= (tiling.isBlocked()
                      ? firstCache
                      : firstCache * getUsable(width, stride, firstPeriod));
    if (!tiling.isBlocked()) {
      double lines = double(llvm::divideCeil(width, 64));
      if (!isNear)
        transfer = missLine * lines;
      if (bytes > secondCache * getUsable(width, stride, secondPeriod))
        transfer = fetchesAhead(shape)
                       ? aheadLine * lines
                       : std::max(farRow / lines, farLine * lines);
      if (stride % 64 && shape.n > lanes)
        compute *= splitFactor;
    }
    if (shape.transposeLeft && !tiling.packLeft) {
      int64_t stride = shape.m * 4;
      if (64 * double(shape.k) >
          firstCache * getUsable(64, stride, firstPeriod))
        transfer += missLeft;
      // Its rows meet in one set.
      if (stride % firstPeriod == 0)
        transfer += missLeftSet * double(rows);
    }
    double overhead =
        (tileCycles + sumCycles * double(rows * vectors)) * depths;
    if (double(shape.m * shape.n) * 4 > largeOutput)
      overhead += writeRow * double(rows);
    cycles += count * ((compute + transfer) * double(shape.k) + overhead);
  };
  auto addPanels = [&](double count, int64_t vectors) {
    if (count == 0)
      return;
    int64_t restRows = getRestRows(tiling.rows, rowUnit);
    if (restRows == tiling.rows) {
      addTiles(count * double(shape.m / tiling.rows), tiling.rows, vectors);
      if (int64_t rest = shape.m % tiling.rows)
        addTiles(count, rest, vectors);
      return;
    }
    // Two shares, as of two threads.
    int64_t share = llvm::alignTo(llvm::divideCeil(shape.m, 2), rowUnit);
    for (int64_t rows : {share, shape.m - share}) {
      addTiles(count * double(rows / tiling.rows), tiling.rows, vectors);
      addTiles(count * double(rows % tiling.rows / restRows), restRows,
               vectors);
      if (int64_t rest = rows % restRows)
        addTiles(count, rest, vectors);
    }
  };
  // What wide panels leave of a share of columns is taken in narrower ones.
  bool isWhole = featureUnit % panel == 0 || rowUnit;
  int64_t narrow = isWhole ? panel : getRestPanel(panel, lanes);
  int64_t rest = shape.n % std::lcm(panel, narrow);
  addPanels(double((shape.n - rest) / panel), tiling.vectors);
  for (int64_t done = 0; done < rest; done += narrow)
    addPanels(1, llvm::divideCeil(std::min(rest - done, narrow), lanes));
  if (tiling.isBlocked()) {
    double right = double(shape.k * shape.n), left = 0;
    if (tiling.packLeft) {
      // A transposed one is copied a tile's rows at a time.
      left = double(shape.m * shape.k) /
             double(shape.transposeLeft ? tiling.rows : lanes) *
             double(llvm::divideCeil(shape.n, tiling.blockColumns));
    }
    cycles += right / double(lanes) * getCopyCycles(shape, tiling) +
              left * copyCycles;
  }
  return cycles;
}

ContractionTiling chooseTiling(const ContractionShape &shape, int64_t lanes,
                               int64_t rowUnit) {
  std::optional<ContractionTiling> best;
  double least = 0;
  for (ContractionTiling tiling : listTilings(shape, lanes, rowUnit)) {
    // Tiles of nearly equal height cost no more, and leave no low one behind.
    if (!rowUnit)
      tiling.rows =
          llvm::divideCeil(shape.m, llvm::divideCeil(shape.m, tiling.rows));
    double cycles = estimateCycles(shape, tiling, lanes, rowUnit);
    if (best && cycles >= least)
      continue;
    best = tiling;
    least = cycles;
  }
  assert(best && "one row and one vector always fit");
  return *best;
}

} // namespace kiln
