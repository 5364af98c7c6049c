//===- Contestants.h - Who computes the same contraction --------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_BENCHCONTRACTIONS_CONTESTANTS_H
#define KILN_TOOLS_BENCHCONTRACTIONS_CONTESTANTS_H

#include "codegen/ContractionTiling.h"
#include "codegen/Target.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/Buffer.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kiln::bench {

/// C (m x n) = A B over k. A is m x k, or k x m if transposed; B is k x n, or
/// n x k. All are row-major and dense.
struct Shape {
  int64_t m, n, k;
  bool transposeA = false, transposeB = false;
  /// What it stands for: `cube`, `mnist dW`...
  std::string what;

  double countOperations() const { return 2.0 * m * n * k; }
  /// `64x128x784 NT`: rows, columns, depth, and which operand is transposed.
  std::string getName() const;
};

/// The shapes of `group`: networks, cubes, skinny, ragged or transposed.
std::vector<Shape> listShapes(llvm::StringRef group);
std::vector<std::string> listGroups();

/// The operands and the result, in memory as a trainer has it.
struct Operands {
  explicit Operands(const Shape &shape);
  float *a, *b, *c;

private:
  rt::Buffer memory;
};

/// One way to compute the contraction of a shape.
class Contestant {
public:
  virtual ~Contestant() = default;
  /// A thread's part of one computation. If `isParallel` is false, it is called
  /// once and uses threads of its own.
  virtual void run(const Operands &operands, unsigned thread,
                   unsigned threads) = 0;
  virtual bool isParallel() const { return false; }
  /// Waits of threads for each other inside of one computation.
  std::function<void()> wait;
};

/// The most threads that kiln's kernels are run by.
constexpr unsigned mostThreads = 8;

/// kiln's kernel under the schedule's first choice of a partition, tiled by
/// `tiling` or by the cost model. Null after a diagnostic.
std::unique_ptr<Contestant>
compileKiln(const Shape &shape, const Target &target,
            mlir::MLIRContext &context,
            std::optional<ContractionTiling> tiling = std::nullopt);

/// The cost model's tiling of that kernel, and all that may be as good.
ContractionTiling getKilnTiling(const Shape &shape, const Target &target,
                                mlir::MLIRContext &context);
std::vector<ContractionTiling> listTilings(const Shape &shape,
                                           const Target &target,
                                           mlir::MLIRContext &context);

/// Those of the libraries openblas, onednn and libxsmm that are here and
/// `asked` for (`all`, or their names). The last one makes kernels for one
/// thread.
std::vector<std::string> findPeers(unsigned threads, llvm::StringRef asked);
/// Null if the library has no kernel of that kind.
std::unique_ptr<Contestant> getPeer(llvm::StringRef name, const Shape &shape);

/// Asks OpenMP for one processor a thread; to be called before its first use.
/// Its threads sleep between blocks, and woke up beside the main thread.
void bindPeers();

/// Seconds that one computation takes: of several blocks of calls the median.
/// Blocks of all contestants come in turn.
std::vector<double> measure(llvm::ArrayRef<Contestant *> contestants,
                            const Operands &operands, unsigned threads,
                            unsigned rounds);

/// The contestant's part of the rate of independent multiply-adds, in registers
/// of up to `bits`. Both are run in short slices in turn: a processor lowers
/// its clock under a heavy load, and what it could do is counted at that clock.
double measureShareOfPeak(Contestant &contestant, double operations,
                          const Operands &operands, unsigned threads,
                          unsigned bits);

} // namespace kiln::bench

#endif // KILN_TOOLS_BENCHCONTRACTIONS_CONTESTANTS_H
