//===- Differentiate.cpp - Reverse-mode differentiation -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "passes/Differentiate.h"

#include "ir/KilnOps.h"
#include "passes/Locations.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace kiln;

namespace {
/// Collects the ops that a gradient rule creates, to say where they are from.
struct Recorder : public OpBuilder::Listener {
  void notifyOperationInserted(Operation *op,
                               OpBuilder::InsertPoint previous) override {
    created.push_back(op);
  }
  SmallVector<Operation *> created;
};

class Differentiator {
public:
  Differentiator(Value loss, ValueRange by)
      : block(loss.getParentBlock()), builder(loss.getContext(), &recorder) {
    if (block->mightHaveTerminator())
      builder.setInsertionPoint(block->getTerminator());
    else
      builder.setInsertionPointToEnd(block);
    by_.assign(by.begin(), by.end());
    findVaried();
    adjoints[loss] =
        constant(withRole(loss.getLoc(), "backward"), loss.getType(), 1.0f);
  }

  FailureOr<SmallVector<Value>> run();

private:
  /// Marks what depends on the values to differentiate by.
  void findVaried() {
    varied.insert(by_.begin(), by_.end());
    for (Operation &op : *block)
      if (llvm::any_of(op.getOperands(),
                       [&](Value v) { return varied.contains(v); }))
        varied.insert(op.getResults().begin(), op.getResults().end());
  }

  Value constant(Location loc, Type type, float value) {
    return builder.create<ConstantOp>(
        loc, DenseElementsAttr::get(cast<RankedTensorType>(type), value));
  }

  LogicalResult visit(Operation *op);
  void nameCreated(Operation *op, ValueRange operandAdjoints);

  mlir::Block *block;
  Recorder recorder;
  OpBuilder builder;
  SmallVector<Value> by_;
  llvm::DenseSet<Value> varied;
  llvm::DenseMap<Value, Value> adjoints;
};
} // namespace

/// What an adjoint is, from the value that it belongs to: README.md lists the
/// roles.
static StringRef getAdjointRole(Value value, Operation *adjoint) {
  if (isa<BlockArgument>(value))
    return cast<RankedTensorType>(value.getType()).getRank() > 1 ? "dW" : "db";
  return isa_and_nonnull<MatmulOp>(adjoint) ? "dX" : "backward";
}

void Differentiator::nameCreated(Operation *op, ValueRange operandAdjoints) {
  Location backward = withRole(op->getLoc(), "backward");
  for (Operation *created : recorder.created)
    created->setLoc(backward);
  for (auto [operand, adjoint] :
       llvm::zip_equal(op->getOperands(), operandAdjoints)) {
    Operation *maker = adjoint ? adjoint.getDefiningOp() : nullptr;
    if (maker && llvm::is_contained(recorder.created, maker))
      maker->setLoc(withRole(op->getLoc(), getAdjointRole(operand, maker)));
  }
}

LogicalResult Differentiator::visit(Operation *op) {
  SmallVector<Value> resultAdjoints;
  bool matters = false;
  for (Value result : op->getResults()) {
    Value adjoint = adjoints.lookup(result);
    matters |= adjoint && varied.contains(result);
    resultAdjoints.push_back(adjoint);
  }
  if (!matters || op->hasTrait<NonDifferentiable>())
    return success();
  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  if (!rule)
    return op->emitError("no gradient rule for '")
           << op->getName() << "', which lies between a parameter and the loss";

  recorder.created.clear();
  SmallVector<Value> operandAdjoints;
  if (failed(rule.buildAdjoints(builder, resultAdjoints, operandAdjoints)))
    return failure();
  assert(operandAdjoints.size() == op->getNumOperands() &&
         "one adjoint an operand");
  nameCreated(op, operandAdjoints);
  for (auto [operand, adjoint] :
       llvm::zip_equal(op->getOperands(), operandAdjoints)) {
    if (!adjoint || !varied.contains(operand))
      continue;
    assert(adjoint.getType() == operand.getType() &&
           "an adjoint has its operand's type");
    Value &sum = adjoints[operand];
    sum = sum ? builder
                    .create<AddOp>(withRole(operand.getLoc(),
                                            getAdjointRole(operand, nullptr)),
                                   sum, adjoint)
                    .getOutput()
              : adjoint;
  }
  return success();
}

FailureOr<SmallVector<Value>> Differentiator::run() {
  SmallVector<Operation *> forward;
  for (Operation &op : *block)
    if (!op.hasTrait<OpTrait::IsTerminator>())
      forward.push_back(&op);
  for (Operation *op : llvm::reverse(forward))
    if (failed(visit(op)))
      return failure();
  SmallVector<Value> gradients;
  for (Value value : by_) {
    Value gradient = adjoints.lookup(value);
    if (!gradient)
      gradient =
          constant(withRole(value.getLoc(), getAdjointRole(value, nullptr)),
                   value.getType(), 0.0f);
    gradients.push_back(gradient);
  }
  return gradients;
}

FailureOr<SmallVector<Value>> kiln::differentiate(Value loss, ValueRange by) {
  return Differentiator(loss, by).run();
}
