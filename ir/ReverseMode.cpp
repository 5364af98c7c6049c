//===- ReverseMode.cpp - Adjoints of a block's values ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/ReverseMode.h"

#include "ir/KilnOps.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace kiln;

namespace {
/// Collects the ops that a gradient rule creates, to say where they are from.
struct Recorder : public OpBuilder::Listener {
  explicit Recorder(OpBuilder::Listener *outer) : outer(outer) {}

  void notifyOperationInserted(Operation *op,
                               OpBuilder::InsertPoint previous) override {
    created.push_back(op);
    if (outer)
      outer->notifyOperationInserted(op, previous);
  }

  OpBuilder::Listener *outer;
  llvm::SmallVector<Operation *> created;
};

class ReverseMode {
public:
  ReverseMode(OpBuilder &outer, AdjointLocator locate)
      : recorder(outer.getListener()), builder(outer.getContext(), &recorder),
        locate(locate) {
    builder.restoreInsertionPoint(outer.saveInsertionPoint());
  }

  LogicalResult run(llvm::ArrayRef<AdjointSeed> seeds, ValueRange wanted);

  Value lookUp(Value value) const { return adjoints.lookup(value); }

private:
  void findVaried(llvm::ArrayRef<Operation *> ops, ValueRange wanted);
  void accumulate(Value value, Value adjoint);
  LogicalResult visit(Operation *op);
  void nameCreated(Operation *op, ValueRange operandAdjoints);

  Recorder recorder;
  OpBuilder builder;
  AdjointLocator locate;
  /// What depends on the wanted values.
  llvm::DenseSet<Value> varied;
  llvm::DenseMap<Value, Value> adjoints;
};
} // namespace

void ReverseMode::findVaried(llvm::ArrayRef<Operation *> ops,
                             ValueRange wanted) {
  varied.insert(wanted.begin(), wanted.end());
  for (Operation *op : ops)
    if (llvm::any_of(op->getOperands(),
                     [&](Value v) { return varied.contains(v); }))
      varied.insert(op->getResults().begin(), op->getResults().end());
}

void ReverseMode::accumulate(Value value, Value adjoint) {
  assert(adjoint.getType() == value.getType() &&
         "an adjoint has its value's type");
  Value &sum = adjoints[value];
  sum = sum ? builder
                  .create<AddOp>(locate(value.getLoc(), value, nullptr), sum,
                                 adjoint)
                  .getOutput()
            : adjoint;
}

void ReverseMode::nameCreated(Operation *op, ValueRange operandAdjoints) {
  for (Operation *created : recorder.created)
    created->setLoc(locate(created->getLoc(), Value(), created));
  for (auto [operand, adjoint] :
       llvm::zip_equal(op->getOperands(), operandAdjoints)) {
    Operation *maker = adjoint ? adjoint.getDefiningOp() : nullptr;
    // What gives several adjoints belongs to none of them.
    if (maker && maker->getNumResults() == 1 &&
        llvm::is_contained(recorder.created, maker))
      maker->setLoc(locate(op->getLoc(), operand, maker));
  }
}

LogicalResult ReverseMode::visit(Operation *op) {
  llvm::SmallVector<Value> resultAdjoints;
  bool matters = false;
  for (Value result : op->getResults()) {
    Value adjoint = adjoints.lookup(result);
    matters |= adjoint && varied.contains(result);
    resultAdjoints.push_back(adjoint);
  }
  if (!matters || op->hasTrait<NonDifferentiable>())
    return success();
  auto rule = llvm::dyn_cast<DifferentiableOpInterface>(op);
  if (!rule)
    return op->emitError("no gradient rule for '")
           << op->getName() << "', which lies between a parameter and the loss";

  recorder.created.clear();
  llvm::SmallVector<Value> operandAdjoints;
  if (failed(rule.buildAdjoints(builder, resultAdjoints, operandAdjoints)))
    return failure();
  assert(operandAdjoints.size() == op->getNumOperands() &&
         "one adjoint an operand");
  nameCreated(op, operandAdjoints);
  for (auto [operand, adjoint] :
       llvm::zip_equal(op->getOperands(), operandAdjoints))
    if (adjoint && varied.contains(operand))
      accumulate(operand, adjoint);
  return success();
}

LogicalResult ReverseMode::run(llvm::ArrayRef<AdjointSeed> seeds,
                               ValueRange wanted) {
  llvm::SmallVector<Operation *> ops;
  mlir::Block *block = builder.getInsertionBlock();
  for (Operation &op :
       llvm::make_range(block->begin(), builder.getInsertionPoint()))
    ops.push_back(&op);
  findVaried(ops, wanted);
  for (const AdjointSeed &seed : seeds)
    accumulate(seed.value, seed.adjoint);
  for (Operation *op : llvm::reverse(ops))
    if (failed(visit(op)))
      return failure();
  return success();
}

FailureOr<llvm::SmallVector<Value>>
kiln::buildAdjoints(OpBuilder &builder, llvm::ArrayRef<AdjointSeed> seeds,
                    ValueRange wanted, AdjointLocator locate) {
  ReverseMode reverseMode(builder, locate);
  if (failed(reverseMode.run(seeds, wanted)))
    return failure();
  return llvm::map_to_vector(
      wanted, [&](Value value) { return reverseMode.lookUp(value); });
}
