//===- Results.cpp - What functions give, by name -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/Results.h"

#include "ir/KilnAttrs.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace kiln;

Results kiln::nameResults(func::FuncOp func, std::vector<Tensor> tensors) {
  Results results;
  for (auto [i, tensor] : llvm::enumerate(tensors))
    results[getResultKey(func, i)] = std::move(tensor);
  return results;
}

FailureOr<Results> kiln::interpret(func::FuncOp func, Precision precision,
                                   Inputs &inputs, uint64_t draw) {
  FailureOr<std::vector<Tensor>> tensors =
      Interpreter(precision, draw).call(func, inputs.get(func));
  if (failed(tensors))
    return failure();
  return nameResults(func, std::move(*tensors));
}

double kiln::getDistance(const Tensor &a, const Tensor &b) {
  assert(a.getType() == b.getType() && "tensors of one type");
  double sum = 0.0;
  for (int64_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i]))
      continue;
    double difference = a[i] == b[i] ? 0.0 : a[i] - b[i];
    if (std::isnan(difference))
      return std::numeric_limits<double>::infinity();
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

double kiln::getNorm(const Tensor &tensor) {
  double sum = 0.0;
  for (double value : tensor.getData())
    sum += value * value;
  return std::sqrt(sum);
}

double kiln::getLargest(const Tensor &tensor) {
  double largest = 0.0;
  for (double value : tensor.getData())
    if (!(std::abs(value) <= largest))
      largest = std::abs(value);
  return largest;
}

bool kiln::haveSameBits(const Tensor &a, const Tensor &b) {
  if (a.getType() != b.getType())
    return false;
  for (int64_t i = 0; i < a.size(); ++i)
    if (llvm::bit_cast<uint64_t>(a[i]) != llvm::bit_cast<uint64_t>(b[i]) &&
        !(std::isnan(a[i]) && std::isnan(b[i])))
      return false;
  return true;
}

SmallVector<StringRef> kiln::getSlotNames(Attribute optimizer) {
  if (isa<AdamAttr>(optimizer))
    return {"momentum", "velocity"};
  if (cast<SgdAttr>(optimizer).getMomentum() != 0.0)
    return {"momentum"};
  return {};
}

double kiln::carryError(Attribute optimizer, StringRef slot,
                        const Tensor &gradient, double error,
                        const Tensor &hyper) {
  auto adam = dyn_cast<AdamAttr>(optimizer);
  if (!adam)
    return hyper[0] * error;
  if (slot == "momentum")
    return (1 - adam.getBeta_1()) * error;
  // (g + e)^2 - g^2 = (2 g + e) e, element by element.
  double largest = getLargest(gradient);
  if (!std::isfinite(float(largest * largest)))
    return std::numeric_limits<double>::infinity();
  return (1 - adam.getBeta_2()) * (2 * largest + error) * error;
}

Update kiln::applyOptimizer(Attribute optimizer, const Tensor &param,
                            const Tensor &gradient, ArrayRef<Tensor> slots,
                            const Tensor &hyper, ArrayRef<Tensor> newSlots) {
  Update update{param, slots.vec()};
  double rate = hyper[0], alpha = hyper[1];
  if (auto adam = dyn_cast<AdamAttr>(optimizer)) {
    Tensor &m = update.slots[0], &v = update.slots[1];
    for (int64_t i = 0; i < param.size(); ++i) {
      double g = gradient[i];
      m[i] += (g - m[i]) * (1 - adam.getBeta_1());
      v[i] += (g * g - v[i]) * (1 - adam.getBeta_2());
    }
    if (!newSlots.empty())
      update.slots = newSlots.vec();
    for (int64_t i = 0; i < param.size(); ++i)
      update.param[i] -= update.slots[0][i] * alpha /
                         (std::sqrt(update.slots[1][i]) + adam.getEpsilon());
    return update;
  }
  auto sgd = cast<SgdAttr>(optimizer);
  // A constant of f32 to the op, in f64, too.
  double momentum = float(sgd.getMomentum());
  if (momentum == 0.0) {
    for (int64_t i = 0; i < param.size(); ++i)
      update.param[i] -= rate * gradient[i];
    return update;
  }
  Tensor &velocity = update.slots[0];
  for (int64_t i = 0; i < param.size(); ++i) {
    velocity[i] = momentum * velocity[i] - rate * gradient[i];
    update.param[i] += sgd.getNesterov()
                           ? momentum * velocity[i] - rate * gradient[i]
                           : velocity[i];
  }
  return update;
}
