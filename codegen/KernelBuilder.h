//===- KernelBuilder.h - What the emitters of kernels share -----*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A kernel chooses where it stands (a position: one element, or lanes along the
// last dimension) and asks for the values of the group's body there; what they
// need is loaded and computed once a position.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_KERNELBUILDER_H
#define KILN_CODEGEN_KERNELBUILDER_H

#include "codegen/LaneBuilder.h"
#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>
#include <map>

namespace kiln {

/// Lanes of everything but contraction tiles, on every machine: sums depend on
/// it.
constexpr int64_t virtualLanes = 16;
/// Columns of a unit along feature dimensions; rows of a unit along the batch.
constexpr int64_t featureUnit = 32, rowUnit = 8;

/// So many rows of a contraction are no batch but the steps of one: they do not
/// fit a cache. A sum over less is short: writing it takes as long.
constexpr int64_t manyRows = 1024, shortSum = 64;

/// Where an element of a tensor lies, or a run of them along its last
/// dimension.
struct Position {
  /// One a dimension; with lanes, the last one is where they begin. A single
  /// index into a tensor of several dimensions counts in row-major order.
  llvm::SmallVector<mlir::Value, 4> indices;
  /// 0: one element, a scalar.
  int64_t lanes = 0;
  /// Lanes that exist; the others are 0 when loaded and not stored.
  int64_t valid = 0;
  /// If set, which lanes exist, known only when the code runs.
  mlir::Value mask;
};

/// A thread's share of a dimension: [begin, end), in elements.
struct Share {
  mlir::Value begin, end;
  /// Whether it holds the dimension's end; null: it does.
  mlir::Value holdsEnd;
};

class KernelBuilder {
public:
  /// Begins the function of `group` in `module`.
  KernelBuilder(FusionOp group, llvm::StringRef name, mlir::ModuleOp module,
                unsigned vectorBits, bool stamps = false,
                bool hasMatrixUnit = false);

  FusionOp group;
  /// Whether parts of the kernel report their ends to the runtime.
  const bool stamps;
  /// Whether the processor multiplies tiles of bfloat16 (Target).
  const bool hasMatrixUnit;
  mlir::func::FuncOp func;
  mlir::OpBuilder b;
  mlir::Location loc;
  LaneBuilder lane;

  /// Ends the function. Fails if `fail` was called.
  llvm::FailureOr<mlir::func::FuncOp> finish();
  /// Reports that `op` has no lowering; emission goes on with any value.
  void fail(mlir::Operation *op, const llvm::Twine &why);

  //===--------------------------------------------------------------------===//
  // Memory
  //===--------------------------------------------------------------------===//

  /// The memory of an argument of the body, null for any other value.
  mlir::Value getInput(mlir::Value argument);
  mlir::Value getOutput(unsigned output) {
    return func.getArgument(group.getNumOperands() + output);
  }
  /// The same memory as one dimension.
  mlir::Value flatten(mlir::Value memref);
  /// Bools come as i1 though they are bytes in memory.
  mlir::Value load(mlir::Value memref, bool isBool, const Position &at);
  void store(mlir::Value memref, mlir::Value value, const Position &at);
  /// Asks for an element that will be loaded soon; it need not exist.
  void prefetch(mlir::Value memref, mlir::ValueRange indices);

  //===--------------------------------------------------------------------===//
  // Values of the body
  //===--------------------------------------------------------------------===//

  /// The value of `v` at a position of its own shape.
  mlir::Value evaluate(mlir::Value v, const Position &at);
  /// Fixes the value that `v` has at a position.
  void define(mlir::Value v, const Position &at, mlir::Value value);
  /// Computes everything that does not depend on a position (rank 0, hyper).
  void evaluateUniforms();
  /// Evaluates all outputs at some positions, then stores them.
  void storeOutputs(llvm::ArrayRef<Position> positions);
  /// What `evaluate` calls for ops that the kernel itself must lower.
  std::function<mlir::Value(mlir::OpResult, const Position &)> evaluateAnchor;

  /// Forgets, at its end, the values that were computed in its time: those of a
  /// loop's body are not visible after it.
  class Scope {
  public:
    explicit Scope(KernelBuilder &k) : k(k), saved(k.values) {}
    ~Scope() { k.values = std::move(saved); }

  private:
    KernelBuilder &k;
    std::map<std::vector<const void *>, mlir::Value> saved;
  };

  //===--------------------------------------------------------------------===//
  // Loops
  //===--------------------------------------------------------------------===//

  using Body = llvm::function_ref<void(mlir::Value index)>;
  using Carried = llvm::SmallVector<mlir::Value, 4>;
  using CarryingBody =
      llvm::function_ref<void(mlir::Value index, Carried &carried)>;

  mlir::Value add(mlir::Value index, int64_t offset);
  /// for (i = begin; i < end; i += step).
  void loop(mlir::Value begin, mlir::Value end, int64_t step, Body body);
  /// The same with values that go from one iteration to the next.
  void loop(mlir::Value begin, mlir::Value end, int64_t step, Carried &carried,
            CarryingBody body);
  void ifTrue(mlir::Value condition, llvm::function_ref<void()> body);
  /// `ifTrue` unless the condition is null, which always holds.
  void ifHolds(mlir::Value condition, llvm::function_ref<void()> body);

  /// getRaggedRows of the group.
  std::pair<int64_t, int64_t> getRagged();
  /// The rows of a sample that there are, rounded up to a multiple of
  /// `multiple`, but never past the last one.
  mlir::Value getRowCount(mlir::Value sample, int64_t multiple);

  /// The thread's share of the dimension that the partition cuts, whose extent
  /// is `extent`; all of it under `dim = -1`.
  Share getShare(int64_t extent);
  /// All of a dimension that is not cut.
  Share getWhole(int64_t extent);
  /// Calls `body` with the bounds of each of the thread's units when those are
  /// dealt in turn (Access::Cyclic); with all of the dimension under `dim =
  /// -1`.
  void loopCyclic(int64_t extent,
                  llvm::function_ref<void(mlir::Value, mlir::Value)> body);
  /// Calls `emit`, inside a test for thread 0 under `dim = -1`.
  void emitForThread(llvm::function_ref<void()> emit);

  /// Lanes that lie side by side along a dimension.
  struct Run {
    mlir::Value index;
    int64_t lanes, valid;
  };
  /// Covers a share of a dimension of `extent` elements by panels of `vectors`
  /// runs; the share begins at a multiple of the panel. `body` is emitted once
  /// for whole panels and once for a ragged end.
  void loopPanels(const Share &share, int64_t extent, int64_t lanes,
                  int64_t vectors,
                  llvm::function_ref<void(llvm::ArrayRef<Run>)> body);

private:
  friend class Scope;
  std::map<std::vector<const void *>, mlir::Value> values;
  llvm::DenseMap<mlir::Value, mlir::Value> views;
  bool failed = false;
};

/// Transposes as many vectors as each has lanes, in registers.
void transposeSquare(KernelBuilder &k,
                     llvm::MutableArrayRef<mlir::Value> square);

/// Samples and rows of a sample, where there may be fewer rows than the shape
/// says (attrs::ragged): {0, 0} otherwise.
std::pair<int64_t, int64_t> getRaggedRows(FusionOp group);

/// The emitters, one a kind of group. The builder's partition is set.
void emitElementwise(KernelBuilder &k);
void emitContraction(KernelBuilder &k);
void emitRows(KernelBuilder &k);
void emitColumns(KernelBuilder &k);
void emitTotal(KernelBuilder &k);
void emitPackedContraction(KernelBuilder &k);
void emitPack(KernelBuilder &k);
void emitTranspose(KernelBuilder &k);
void emitRandom(KernelBuilder &k);
void emitGather(KernelBuilder &k);
void emitScatter(KernelBuilder &k);
void emitIndex(KernelBuilder &k);
void emitCopy(KernelBuilder &k);
void emitSteps(KernelBuilder &k);
void emitScan(KernelBuilder &k);

/// Bytes that the kernels of contractions and of recurrences work in.
int64_t getPackedScratchBytes();
int64_t getContractionScratchBytes(FusionOp group);
int64_t getScanScratchBytes(FusionOp group);

/// Shape of the elements whose dimensions a group's partition cuts: that of the
/// widest output.
llvm::ArrayRef<int64_t> getIterationShape(FusionOp group);

/// The first op of type `OpTy` in the group's body, null if there is none.
template <typename OpTy> OpTy findInBody(FusionOp group) {
  for (mlir::Operation &op : group.getBody().front())
    if (auto found = llvm::dyn_cast<OpTy>(op))
      return found;
  return nullptr;
}

} // namespace kiln

#endif // KILN_CODEGEN_KERNELBUILDER_H
