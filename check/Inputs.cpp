//===- Inputs.cpp - Seeded arguments for every program --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/Inputs.h"

#include "passes/Programs.h"

#include "llvm/Support/xxhash.h"

#include <cmath>
#include <random>

using namespace mlir;
using namespace kiln;

std::string kiln::getArgumentKey(func::FuncOp func, unsigned index) {
  auto param = func.getArgAttrOfType<FlatSymbolRefAttr>(index, attrs::param);
  auto slot = func.getArgAttrOfType<StringAttr>(index, attrs::slot);
  auto role = func.getArgAttrOfType<StringAttr>(index, attrs::role);
  auto name = func.getArgAttrOfType<StringAttr>(index, attrs::name);
  if (param)
    return slot ? (param.getValue() + "#" + slot.getValue()).str()
                : param.getValue().str();
  if (!role)
    return "argument " + std::to_string(index);
  return name ? (role.getValue() + " " + name.getValue()).str()
              : role.getValue().str();
}

std::string kiln::getResultKey(func::FuncOp func, unsigned index) {
  if (auto donor = func.getResultAttrOfType<IntegerAttr>(index, attrs::donates))
    return getArgumentKey(func, donor.getInt());
  if (auto param =
          func.getResultAttrOfType<FlatSymbolRefAttr>(index, attrs::gradientOf))
    return ("gradient of " + param.getValue()).str();
  auto role = func.getResultAttrOfType<StringAttr>(index, attrs::role);
  auto name = func.getResultAttrOfType<StringAttr>(index, attrs::name);
  if (!role)
    return "result " + std::to_string(index);
  return name ? (role.getValue() + " " + name.getValue()).str()
              : role.getValue().str();
}

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//

namespace {
/// The same numbers on every machine: the engine is fixed by the standard, the
/// standard's distributions are not.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  double uniform(double low, double high) {
    double share = double(engine() >> 40) * 0x1p-24;
    return double(float(low + (high - low) * share));
  }
  int64_t below(int64_t count) {
    return int64_t(engine() % uint64_t(std::max<int64_t>(count, 1)));
  }

private:
  std::mt19937_64 engine;
};
} // namespace

/// How many rows or classes indices count, from what reads them; the least
/// where several do, 0 where none does.
static int64_t countClasses(Value indices) {
  int64_t least = 0;
  auto allow = [&](int64_t count) {
    if (count > 0)
      least = least == 0 ? count : std::min(least, count);
  };
  auto getSize = [](Value value, int64_t dim) {
    return cast<RankedTensorType>(value.getType()).getDimSize(dim);
  };
  for (Operation *user : indices.getUsers()) {
    if (auto gather = dyn_cast<GatherOp>(user)) {
      if (gather.getIndices() == indices)
        allow(getSize(gather.getTable(), gather.getBatchDims()));
    } else if (auto loss = dyn_cast<SoftmaxCrossEntropyOp>(user)) {
      allow(getSize(loss.getLogits(), 1));
    } else if (auto oneHot = dyn_cast<OneHotOp>(user)) {
      allow(oneHot.getDepth());
    } else {
      for (Value result : user->getResults())
        if (getElementTypeOrSelf(result.getType()).isInteger(32))
          allow(countClasses(result));
    }
  }
  return least;
}

/// Fills the rows of a batch of indices below `count`, each padded with 0 in a
/// way of its own.
static void drawRows(Tensor &tensor, int64_t count, Random &random) {
  int64_t rows = tensor.getShape().front(), length = tensor.size() / rows;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t kind = row == 0 ? 0 : random.below(4);
    int64_t padding = kind == 0 ? 0 : random.below(length + 1);
    for (int64_t i = 0; i < length; ++i) {
      bool isPadding = kind == 1 ? i < padding : i >= length - padding;
      // The last kind has holes.
      if (kind == 3)
        isPadding = random.below(2) == 0;
      tensor[row * length + i] =
          isPadding || count < 2 ? 0 : 1 + random.below(count - 1);
    }
  }
}

/// Sets what a batch holds past its last used row to 0.
static void clearUnused(Tensor &tensor, int64_t batch) {
  if (batch < 2)
    return;
  int64_t size = tensor.size() / batch;
  for (int64_t i = (batch - 1) * size; i < tensor.size(); ++i)
    tensor[i] = 0;
}

static int64_t getBatch(func::FuncOp func) {
  auto module = func->getParentOfType<ModuleOp>();
  auto batch = module->getAttrOfType<IntegerAttr>(attrs::batch);
  return batch ? batch.getInt() : 1;
}

Tensor Inputs::draw(BlockArgument argument, StringRef key) {
  auto func = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  Tensor tensor(cast<RankedTensorType>(argument.getType()));
  Random random(seed ^ llvm::xxh3_64bits(key));
  Type element = tensor.getType().getElementType();
  StringRef role = getRole(func, argument);
  auto slot =
      func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), attrs::slot);
  int64_t batch = getBatch(func), size = tensor.size();
  auto fill = [&](llvm::function_ref<double(int64_t)> next) {
    for (int64_t i = 0; i < size; ++i)
      tensor[i] = next(i);
  };
  if (role == "rows") {
    fill([&](int64_t) { return double(std::max<int64_t>(batch - 1, 1)); });
  } else if (role == "hyper") {
    fill([](int64_t i) { return i == 0 ? 0x1p-6 : 0x1p-5; });
  } else if (element.isInteger(64)) {
    fill([&](int64_t) { return double(random.below(1000)); });
  } else if (element.isInteger(1)) {
    fill([&](int64_t) { return double(random.below(2)); });
  } else if (element.isInteger(32)) {
    int64_t classes = countClasses(argument);
    if (role == "input" && tensor.getType().getRank() > 1)
      drawRows(tensor, classes ? classes : 2, random);
    else
      fill(
          [&](int64_t) { return double(random.below(classes ? classes : 2)); });
  } else if (role == "weight") {
    fill([&](int64_t) { return random.uniform(0.5, 1.5); });
  } else if (role == "input") {
    std::vector<bool> absent(std::max<int64_t>(size / batch, 1));
    for (size_t i = 0; i < absent.size(); ++i)
      absent[i] = random.below(4) == 0;
    fill([&](int64_t i) {
      double value = random.uniform(0.0, 1.0);
      return absent[i % absent.size()] || random.below(4) == 0 ? 0.0 : value;
    });
  } else if (role == "target") {
    // Zeros and ones are classes to the binary losses.
    fill([&](int64_t) { return double(random.below(2)); });
  } else if (slot) {
    bool isSquare = slot.getValue() == "velocity";
    fill([&](int64_t) {
      return isSquare ? random.uniform(0x1p-12, 0x1p-8)
                      : random.uniform(-0x1p-5, 0x1p-5);
    });
  } else {
    ArrayRef<int64_t> shape = tensor.getShape();
    double limit =
        shape.size() == 2 ? std::sqrt(6.0 / double(shape[0] + shape[1])) : 0.5;
    fill([&](int64_t) { return random.uniform(-limit, limit); });
  }
  if (role == "input" || role == "target" || role == "weight")
    clearUnused(tensor, batch);
  return tensor;
}

std::vector<Tensor> Inputs::get(func::FuncOp func) {
  std::vector<Tensor> arguments;
  for (BlockArgument argument : func.getArguments()) {
    std::string key = getArgumentKey(func, argument.getArgNumber());
    auto known = values.find(key);
    if (known == values.end())
      known = values.try_emplace(key, draw(argument, key)).first;
    arguments.push_back(known->second);
  }
  return arguments;
}
