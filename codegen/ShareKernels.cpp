//===- ShareKernels.cpp - Equal kernels become one ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A kernel's content is written down as a list of numbers and pointers in which
// values count from the function's start. Equal lists are equal kernels,
// whatever their names. What a kernel calls is shared before it, so that two
// recurrences whose cells are equal have equal lists, too.
//
//===----------------------------------------------------------------------===//

#include "codegen/GroupLowering.h"
#include "codegen/Passes.h"

#include "llvm/ADT/DenseMap.h"

#include <deque>

#define DEBUG_TYPE "kiln-share-kernels"

namespace kiln {
#define GEN_PASS_DEF_SHAREKERNELS
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;
namespace func = mlir::func;

namespace {
/// All that a kernel is but for its names, and for its lines if they may
/// differ.
class Content {
public:
  Content(func::FuncOp kernel, bool withLines) : withLines(withLines) {
    for (mlir::NamedAttribute attribute : kernel->getAttrs())
      if (attribute.getName() != mlir::SymbolTable::getSymbolAttrName() &&
          attribute.getName() != attrs::kernel) {
        add(attribute.getName().getAsOpaquePointer());
        add(attribute.getValue().getAsOpaquePointer());
      }
    addLine(kernel.getLoc());
    addRegion(kernel.getBody());
  }

  llvm::ArrayRef<uintptr_t> get() const { return words; }

private:
  void add(const void *pointer) {
    words.push_back(reinterpret_cast<uintptr_t>(pointer));
  }
  void addLine(mlir::Location line) {
    if (withLines)
      add(line.getAsOpaquePointer());
  }
  void addRegion(mlir::Region &region);
  void addOp(mlir::Operation &op);

  bool withLines;
  llvm::SmallVector<uintptr_t, 0> words;
  llvm::DenseMap<mlir::Value, uintptr_t> values;
  llvm::DenseMap<mlir::Block *, uintptr_t> blocks;
};
} // namespace

void Content::addRegion(mlir::Region &region) {
  // A branch may lead forward, so blocks have their numbers first.
  for (mlir::Block &block : region)
    blocks.insert({&block, blocks.size()});
  words.push_back(region.getBlocks().size());
  for (mlir::Block &block : region) {
    words.push_back(block.getNumArguments());
    for (mlir::BlockArgument argument : block.getArguments()) {
      add(argument.getType().getAsOpaquePointer());
      values.insert({argument, values.size()});
    }
    words.push_back(block.getOperations().size());
    for (mlir::Operation &op : block)
      addOp(op);
  }
}

void Content::addOp(mlir::Operation &op) {
  add(op.getName().getAsOpaquePointer());
  add(op.getAttrDictionary().getAsOpaquePointer());
  addLine(op.getLoc());
  words.push_back(op.getNumOperands());
  for (mlir::Value operand : op.getOperands())
    words.push_back(values.lookup(operand));
  for (mlir::Block *successor : op.getSuccessors())
    words.push_back(blocks.lookup(successor));
  words.push_back(op.getNumResults());
  for (mlir::OpResult result : op.getResults()) {
    add(result.getType().getAsOpaquePointer());
    values.insert({result, values.size()});
  }
  words.push_back(op.getNumRegions());
  for (mlir::Region &region : op.getRegions())
    addRegion(region);
}

namespace {
/// The kernels of a module, and who calls them.
class Kernels {
public:
  explicit Kernels(mlir::ModuleOp module);

  /// Leaves one of all that are equal, the first; returns how many are left.
  size_t share(bool withLines);

private:
  void addBehindCallees(func::FuncOp function);
  void redirect(func::FuncOp from, func::FuncOp to);

  llvm::DenseMap<mlir::StringAttr, func::FuncOp> byName;
  llvm::DenseMap<mlir::StringAttr, llvm::SmallVector<func::CallOp>> calls;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::StringAttr>>
      callees;
  llvm::DenseSet<mlir::Operation *> seen;
  /// Each behind those that it calls.
  llvm::SmallVector<func::FuncOp> kernels;
};
} // namespace

Kernels::Kernels(mlir::ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isPrivate() && !function.isDeclaration())
      byName[function.getSymNameAttr()] = function;
    function.walk([&](func::CallOp call) {
      mlir::StringAttr callee = call.getCalleeAttr().getAttr();
      calls[callee].push_back(call);
      callees[function].push_back(callee);
    });
  }
  for (auto function : module.getOps<func::FuncOp>())
    addBehindCallees(function);
}

void Kernels::addBehindCallees(func::FuncOp function) {
  if (!function || !seen.insert(function).second)
    return;
  // A copy: what others call would move while they are visited.
  for (mlir::StringAttr callee : callees.lookup(function))
    addBehindCallees(byName.lookup(callee));
  if (byName.contains(function.getSymNameAttr()))
    kernels.push_back(function);
}

void Kernels::redirect(func::FuncOp from, func::FuncOp to) {
  for (func::CallOp call : calls[from.getSymNameAttr()])
    call.setCalleeAttr(mlir::FlatSymbolRefAttr::get(to.getSymNameAttr()));
}

size_t Kernels::share(bool withLines) {
  // The keys of the map point into the contents.
  std::deque<Content> contents;
  llvm::DenseMap<llvm::ArrayRef<uintptr_t>, func::FuncOp> firsts;
  llvm::SmallVector<func::FuncOp> doubles;
  for (func::FuncOp kernel : kernels) {
    Content &content = contents.emplace_back(kernel, withLines);
    auto [first, isNew] = firsts.try_emplace(content.get(), kernel);
    if (isNew)
      continue;
    redirect(kernel, first->second);
    doubles.push_back(kernel);
    contents.pop_back();
  }
  for (func::FuncOp kernel : doubles)
    kernel.erase();
  return firsts.size();
}

namespace {
struct ShareKernels : impl::ShareKernelsBase<ShareKernels> {
  using ShareKernelsBase::ShareKernelsBase;

  void runOnOperation() override {
    // What is called by its address may be called under any name.
    auto result = getOperation().walk([](func::ConstantOp address) {
      address.emitOpError("expected kernels to be called by name, got the "
                          "address of ")
          << address.getValueAttr();
      return mlir::WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    size_t left = Kernels(getOperation()).share(/*withLines=*/true);
    if (left > ownLines)
      Kernels(getOperation()).share(/*withLines=*/false);
  }
};
} // namespace
