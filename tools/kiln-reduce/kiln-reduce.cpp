//===- kiln-reduce.cpp - Shrinks modules that show a bug ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// mlir-reduce with kiln's dialect and a reduction of its own:
//
//   kiln-reduce FILE.mlir -kiln-reduction='test=SCRIPT'
//
// where SCRIPT gets a file and exits with 1 as long as it shows the bug. Each
// step leaves a valid module (upstream's reduction-tree erases ops that have
// uses, and falls over what it then clones).
//
//===----------------------------------------------------------------------===//

#include "passes/Programs.h"
#include "tools/RegisterAll.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Reducer/Tester.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// The ops of a module in one order, which a clone has, too.
static std::vector<Operation *> listOps(ModuleOp module) {
  std::vector<Operation *> ops;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != module)
      ops.push_back(op);
  });
  return ops;
}

/// A function without its result `index`.
static bool dropResult(func::FuncOp func, unsigned index) {
  SmallVector<Value> results(func.front().getTerminator()->getOperands());
  SmallVector<DictionaryAttr> attributes;
  for (unsigned i = 0; i < results.size(); ++i)
    attributes.push_back(func.getResultAttrDict(i)
                             ? func.getResultAttrDict(i)
                             : DictionaryAttr::get(func.getContext()));
  if (index >= results.size())
    return false;
  results.erase(results.begin() + index);
  attributes.erase(attributes.begin() + index);
  kiln::setResults(func, results, attributes);
  return true;
}

/// An op's result gives way to its operand `index` of the same type, or behind
/// the last of those to zeros.
static bool replaceOp(Operation *op, unsigned index) {
  if (op->getNumResults() == 0 || op->use_empty() || isa<kiln::ConstantOp>(op))
    return false;
  OpBuilder builder(op);
  if (index < op->getNumOperands()) {
    Value operand = op->getOperand(index);
    if (op->getNumResults() != 1 ||
        operand.getType() != op->getResult(0).getType())
      return false;
    op->getResult(0).replaceAllUsesWith(operand);
    return true;
  }
  for (Value result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type)
      return false;
    Attribute zero = builder.getZeroAttr(type.getElementType());
    result.replaceAllUsesWith(builder.create<kiln::ConstantOp>(
        op->getLoc(), DenseElementsAttr::get(type, zero)));
  }
  return index == op->getNumOperands();
}

namespace {
struct Reduction : PassWrapper<Reduction, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Reduction)
  Reduction() = default;
  Reduction(const Reduction &other) : PassWrapper(other) {}
  StringRef getArgument() const final { return "kiln-reduction"; }
  StringRef getDescription() const final {
    return "drop functions, results and ops while the test finds the bug";
  }
  void runOnOperation() final;

  Option<std::string> test{*this, "test",
                           llvm::cl::desc("exits with 1 on the bug")};
};
} // namespace

/// Makes edit `edit` of op `number`; false if there is none.
static bool makeEdit(ModuleOp module, size_t number, unsigned edit) {
  Operation *op = listOps(module)[number];
  if (auto func = dyn_cast<func::FuncOp>(op)) {
    if (edit > 0)
      return dropResult(func, edit - 1);
    func.erase();
    return true;
  }
  if (edit > op->getNumOperands() || !replaceOp(op, edit))
    return false;
  // What only the replaced op read goes with it.
  std::vector<Operation *> ops = listOps(module);
  for (Operation *other : llvm::reverse(ops))
    if (isOpTriviallyDead(other))
      other->erase();
  return true;
}

void Reduction::runOnOperation() {
  Tester tester(test, {});
  auto isInteresting = [&](ModuleOp module) {
    return tester.isInteresting(module).first == Tester::Interestingness::True;
  };
  ModuleOp module = getOperation();
  if (!isInteresting(module)) {
    module.emitError("the test does not find the bug in the whole module");
    return signalPassFailure();
  }
  bool changed = true;
  while (std::exchange(changed, false))
    // From the end: what a dead op read may be dead then, too.
    for (size_t number = listOps(module).size(); number-- > 0;)
      for (unsigned edit = 0; edit < 64; ++edit) {
        OwningOpRef<ModuleOp> copy(module.clone());
        if (number >= listOps(module).size() || !makeEdit(*copy, number, edit))
          continue;
        ScopedDiagnosticHandler quiet(&getContext(),
                                      [](Diagnostic &) { return success(); });
        if (failed(verify(*copy)) || !isInteresting(*copy))
          continue;
        module.getBodyRegion().takeBody(copy->getBodyRegion());
        changed = true;
        break;
      }
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  kiln::registerAllDialects(registry);
  kiln::registerAllPasses();
  registerTransformsPasses();
  PassRegistration<Reduction>();
  MLIRContext context(registry);
  return failed(mlirReduceMain(argc, argv, context));
}
