//===- Interpreter.cpp - The reference interpreter ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "ir/Interpreter.h"

#include "ir/KilnOps.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace kiln;

/// A number in [0, 1) that a draw and a value decide.
static double getShare(uint64_t draw, double value) {
  // SplitMix64's step and mixing function.
  uint64_t bits = llvm::bit_cast<uint64_t>(value) + draw * 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return double((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

double Interpreter::roundAtRandom(double value) const {
  float nearest = float(value);
  if (nearest == value || !std::isfinite(nearest))
    return nearest;
  float infinity = std::numeric_limits<float>::infinity();
  float other = std::nextafter(nearest, value > nearest ? infinity : -infinity);
  double way = (value - nearest) / (double(other) - nearest);
  return getShare(draw, value) < way ? other : nearest;
}

double Interpreter::approximate(double value, double ulps) const {
  if (!isDraw() || value == 0.0 || !std::isfinite(value))
    return value;
  int exponent = std::max(std::ilogb(value), -126);
  double share = 2.0 * getShare(~draw, value) - 1.0;
  return float(value + share * ulps * std::ldexp(1.0, exponent - 23));
}

/// Rounds what an op computed, if it is a float, to the precision.
static void roundTensor(const Interpreter &interpreter, Tensor &tensor) {
  if (!tensor.getType().getElementType().isF32())
    return;
  for (double &value : tensor.getData())
    value = interpreter.round(value);
}

llvm::FailureOr<std::vector<Tensor>>
Interpreter::call(func::FuncOp func, llvm::ArrayRef<Tensor> arguments) {
  if (func.isExternal())
    return func.emitError("cannot interpret a function without a body");
  if (arguments.size() != func.getNumArguments())
    return func.emitError() << "expected " << func.getNumArguments()
                            << " arguments, got " << arguments.size();
  for (auto [i, argument] : llvm::enumerate(arguments))
    if (argument.getType() != func.getArgumentTypes()[i])
      return func.emitError()
             << "expected argument " << i << " of type "
             << func.getArgumentTypes()[i] << ", got " << argument.getType();
  return run(func.getBody().front(), arguments);
}

llvm::FailureOr<std::vector<Tensor>>
Interpreter::run(mlir::Block &block, llvm::ArrayRef<Tensor> arguments) {
  assert(arguments.size() == block.getNumArguments());
  llvm::DenseMap<Value, Tensor> values;
  for (auto [argument, tensor] : llvm::zip(block.getArguments(), arguments))
    values[argument] = tensor;

  for (Operation &op : block) {
    std::vector<Tensor> operands;
    operands.reserve(op.getNumOperands());
    for (Value operand : op.getOperands()) {
      auto value = values.find(operand);
      // Regions are isolated, and each block runs from its beginning.
      assert(value != values.end() && "the block computes all that it uses");
      operands.push_back(value->second);
    }
    if (op.hasTrait<OpTrait::ReturnLike>())
      return operands;
    // Ops in sequence need none.
    if (llvm::isa<BarrierOp>(op))
      continue;
    auto interpretable = llvm::dyn_cast<InterpretableOpInterface>(op);
    if (!interpretable)
      return op.emitError("cannot be interpreted: '")
             << op.getName() << "' has no meaning to the interpreter";
    llvm::SmallVector<Tensor> results;
    if (failed(interpretable.interpret(*this, operands, results)))
      return failure();
    assert(results.size() == op.getNumResults() && "one tensor a result");
    for (auto [result, tensor] : llvm::zip(op.getResults(), results)) {
      roundTensor(*this, tensor);
      values[result] = std::move(tensor);
    }
  }
  llvm_unreachable("a verified block ends in a terminator");
}
