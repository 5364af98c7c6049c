//===- Buffers.h - Which values share memory --------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// What schedule, barriers and the memory plan must agree on: which values are
// the same memory, and which part of it each thread touches.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_BUFFERS_H
#define KILN_CODEGEN_BUFFERS_H

#include "codegen/GroupLowering.h"

namespace kiln {

/// A result that takes over the storage of an argument.
struct Donation {
  FusionOp group;
  unsigned output;
  mlir::BlockArgument argument;
};

/// The groups that read `value`, also through reshapes; `returned` says whether
/// the function returns it.
llvm::SetVector<FusionOp> getReaders(mlir::Value value, bool &returned);

/// The donations of `func` whose groups read the old value element by element,
/// if at all: candidates for writing in place.
llvm::SmallVector<Donation> getDonations(mlir::func::FuncOp func);

/// Whether every other reader of the argument comes before the donation's
/// group, so that it can write in place.
bool comesLast(const Donation &donation);

/// Memory of a function in its present order of groups.
class Buffers {
public:
  /// What a group does with one buffer.
  struct Touch {
    mlir::Value owner;
    llvm::ArrayRef<int64_t> shape;
    Access access;
    bool writes;
  };

  /// In place are those donations that `comesLast` allows.
  explicit Buffers(mlir::func::FuncOp func);
  /// In place are `inPlace`.
  explicit Buffers(llvm::ArrayRef<Donation> inPlace);

  /// The value that `value` shares memory with: the source of reshapes; the
  /// argument that a donated result overwrites.
  mlir::Value getOwner(mlir::Value value) const;

  /// All that `group`, whose partition is set, touches, but for what each
  /// thread has a copy of.
  llvm::SmallVector<Touch> getTouches(FusionOp group) const;

private:
  llvm::DenseMap<mlir::Value, mlir::Value> overwrites;
};

/// Whether threads that run groups with these touches one after the other,
/// without a barrier between, may touch the same element at once, one of them
/// writing.
bool mayRace(llvm::ArrayRef<Buffers::Touch> first,
             llvm::ArrayRef<Buffers::Touch> second);

/// What was touched since the last barrier, by owner: asking whether one more
/// group races costs as much as it touches, however many came before.
class OpenTouches {
public:
  /// How many were added, from the beginning on.
  size_t size() const { return count; }
  void add(llvm::ArrayRef<Buffers::Touch> touches);
  /// A barrier: forgets the first `until` that were added.
  void close(size_t until);
  void close() { close(count); }
  /// Whether one of those added after the first `since` may race with
  /// `touches` (as above).
  bool mayRace(llvm::ArrayRef<Buffers::Touch> touches, size_t since = 0) const;

private:
  using Numbered = llvm::SmallVector<std::pair<size_t, Buffers::Touch>, 2>;
  /// Reads do not race with reads, and most touches are reads.
  llvm::DenseMap<mlir::Value, Numbered> reads, writes;
  size_t count = 0, begin = 0;
};

/// Whether `group` runs once a program run, before the steps
/// (kiln-hoist-invariant-groups).
bool runsOnce(FusionOp group);

/// Whether each thread loads its own copy of an argument: what a batch holds.
bool isThreadPrivate(mlir::BlockArgument argument);

} // namespace kiln

#endif // KILN_CODEGEN_BUFFERS_H
