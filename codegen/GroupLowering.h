//===- GroupLowering.h - Loops and vectors of one fusion group --*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The border between deciding (schedule, barriers, memory plan) and emitting
// (register tiles, rows, vector math).
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_GROUPLOWERING_H
#define KILN_CODEGEN_GROUPLOWERING_H

#include "codegen/Target.h"
#include "ir/KilnOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace kiln {

namespace attrs {
/// Function: the id of the group that it is a kernel of.
inline constexpr llvm::StringLiteral kernel("kiln.kernel");
} // namespace attrs

/// Which part of a tensor a thread touches when it runs its share of a group.
struct Access {
  enum Kind {
    /// Only thread 0 touches it, any of it.
    First,
    /// A thread touches those units of dimension `dim` that are its own: of n
    /// units thread t of T has those from t*n/T to (t+1)*n/T.
    Split,
    /// The same, thread t having the units t, t + T, t + 2T...
    Cyclic,
    /// Every thread may touch all of it.
    Whole
  };
  Kind kind = Whole;
  /// Split, Cyclic: the tensor's dimension, its extent and the unit.
  int64_t dim = 0, extent = 0, unit = 0;

  /// True if a thread meets only what itself touched under `other`, a tensor
  /// of the same memory. Units of dimension 0 are contiguous: as many of them
  /// are the same ones, whatever the shapes.
  bool isOwnedAlike(const Access &other) const {
    if (kind != other.kind || kind == Whole)
      return false;
    if (kind == First)
      return true;
    if (dim == 0 && other.dim == 0 && extent % unit == 0 &&
        other.extent % other.unit == 0)
      return extent / unit == other.extent / other.unit;
    return dim == other.dim && extent == other.extent && unit == other.unit;
  }
};

/// The partitions that a group can run under, best first; never empty. Units
/// come from the shape alone: 32 along feature dimensions that a contraction
/// tiles, 8 along rows.
llvm::SmallVector<PartitionAttr> getPartitions(FusionOp group);

/// The parts that `partition` cuts a group into; 0 if along another dimension
/// than the first, into none, or into parts that are not alike: what is kept
/// for one part at a time has room for any.
int64_t countUnits(FusionOp group, PartitionAttr partition);

/// Emits where the share of thread `number` of `threads` begins, in elements,
/// under Access::Split: that of the next one is its end, unless the last unit
/// is shorter. `index` makes constants.
mlir::Value emitShareBegin(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value number, mlir::Value threads,
                           int64_t extent, int64_t unit,
                           llvm::function_ref<mlir::Value(int64_t)> index);

/// How the group touches its operand or result under `partition`.
Access getInputAccess(FusionOp group, PartitionAttr partition, unsigned input);
Access getOutputAccess(FusionOp group, PartitionAttr partition,
                       unsigned output);

/// Gives the kernels of a program, or of another kernel, their symbols, which
/// begin with its name.
class KernelNames {
public:
  explicit KernelNames(llvm::StringRef owner) : owner(owner) {}

  /// A symbol for the kernel `id`: `dense.forward@mlp.toml:14` as linkers leave
  /// it alone ('@' would start a version). Ids that then are the same get a
  /// number behind.
  std::string take(llvm::StringRef id);

private:
  std::string owner;
  llvm::StringSet<> taken;
};

/// `matmul + add + relu`: the ops of a group that compute, in order.
std::string summarize(FusionOp group);

/// Bytes of a thread's own memory that the group works in; 0 for most.
int64_t getScratchBytes(FusionOp group);

/// How many addresses, of 64 bits each, a group with attrs::askAhead asks the
/// caches for, and where in its scratch memory they are listed; 0 for others.
int64_t countAsked(FusionOp group);
int64_t getAskedOffset(FusionOp group);

/// Creates the private function `name` that runs one thread's share of
/// `group`, whose partition is set, and inserts it into `module`:
///   func.func private @name(inputs..., outputs..., [%scratch: memref<?xi8>,]
///                           %thread: index, %threads: index)
///       attributes {noinline, kiln.kernel = "the group's id"}
/// Inputs and outputs are static row-major memrefs of the tensors' types, i1
/// held as i8 (0 or 1); of a scan they are bytes. A group that needs scratch
/// memory takes it behind its outputs. An output may be the same memory as an
/// input of the same shape that the group reads element by element (a donated
/// parameter). With `stamps`, the parts of a recurrence's cell report their
/// ends to the runtime; `hasMatrixUnit`: as Target says. Fails with a
/// diagnostic at the op that has no lowering.
llvm::FailureOr<mlir::func::FuncOp>
lowerGroup(FusionOp group, llvm::StringRef name, mlir::ModuleOp module,
           unsigned vectorBits, bool stamps = false,
           bool hasMatrixUnit = false);

} // namespace kiln

#endif // KILN_CODEGEN_GROUPLOWERING_H
