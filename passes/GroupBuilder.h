//===- GroupBuilder.h - Puts fusion groups together -------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A fusion chooses ops; this makes them one `kiln.fusion`. What every fusion
// needs is here: that no cycle arises, constants and broadcasts inside, results
// for uses outside, an id, locations.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_PASSES_GROUPBUILDER_H
#define KILN_PASSES_GROUPBUILDER_H

#include "passes/GroupRules.h"
#include "passes/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

namespace kiln {

/// The rewriter of a pass that makes groups of a function's ops. Knows the ids
/// that are taken and the ops that are gone, so that no group has to look at
/// the whole function.
class GroupRewriter : public PassRewriter {
public:
  GroupRewriter(mlir::func::FuncOp func, llvm::StringLiteral pass);

  /// `base`, or `base.2` and so on if a group has that id already.
  std::string takeId(llvm::StringRef base);

  void eraseOp(mlir::Operation *op) override;

  /// Calls `fuse` for each loose op of `block` for which `matches` holds, in
  /// order; a fusion may take other such ops with it, which are then no longer
  /// loose.
  void forEachLoose(mlir::Block &block,
                    llvm::function_ref<bool(mlir::Operation *)> matches,
                    llvm::function_ref<void(mlir::Operation *)> fuse);

private:
  llvm::StringSet<> ids;
  llvm::DenseSet<mlir::Operation *> erased;
};

/// A group that is being put together around its anchor.
class GroupBuilder {
public:
  /// Says whether the rules let an op join (GroupRules.h).
  using Rule = llvm::function_ref<bool(mlir::Operation *)>;

  /// `anchor` names the group, wherever in it it stands.
  GroupBuilder(GroupRewriter &rewriter, FusionKind kind,
               mlir::Operation *anchor)
      : rewriter(rewriter), kind(kind), anchor(anchor) {
    ops.insert(anchor);
  }

  llvm::ArrayRef<mlir::Operation *> getOps() const { return ops.getArrayRef(); }
  bool contains(mlir::Operation *op) const { return ops.contains(op); }

  /// Adds ops together; fails, with the reason to the rewriter's listener, when
  /// an input of the group would then depend on one of its results.
  llvm::LogicalResult add(llvm::ArrayRef<mlir::Operation *> more);

  /// Adds the ops that compute operands of `op`, and of those in turn, as far
  /// as `rule` allows and nothing but the group uses their results.
  void addProducers(mlir::Operation *op, Rule rule);

  /// Adds the users of a value when every one of them can join, so that the
  /// value need not leave the group, and then of their results in turn.
  void addConsumers(mlir::Operation *op, Rule rule);

  /// Adds whatever `rule` allows among all that the group's values connect it
  /// with, in either direction.
  void addConnected(Rule rule);

  /// Replaces the ops by one `kiln.fusion`.
  FusionOp build();

private:
  llvm::SmallVector<mlir::Operation *> getUsers(mlir::Operation *op) const;

  GroupRewriter &rewriter;
  FusionKind kind;
  mlir::Operation *anchor;
  llvm::SetVector<mlir::Operation *> ops;
};

/// Adds the ops that compute what `anchor` adds up, where its kind takes any
/// (isPrologue) and nothing else needs them.
void addPrologue(GroupBuilder &group, mlir::Operation *anchor);

/// The blocks of a function whose ops become groups: the cells of its scans,
/// then its body, which may put the scans themselves into groups.
llvm::SmallVector<mlir::Block *> getGroupedBlocks(mlir::func::FuncOp func);

/// Whether an op stands in no group yet and could be put into one.
bool isLoose(mlir::Operation *op);

/// All loose ops of a function's body for which `matches` holds, in order.
llvm::SmallVector<mlir::Operation *>
collectLoose(mlir::Block &block,
             llvm::function_ref<bool(mlir::Operation *)> matches);

/// Removes constants and broadcasts that nothing uses any more.
void eraseUnusedFree(mlir::RewriterBase &rewriter, mlir::Block &block);

} // namespace kiln

#endif // KILN_PASSES_GROUPBUILDER_H
