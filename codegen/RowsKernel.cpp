//===- RowsKernel.cpp - Ops along the last dimension, a row at a time -----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A row of a matrix is taken in chunks of 16 lanes. Up to 512 columns its
// values stay in registers (or where LLVM spills them); wider rows are passed
// over by loops, once for every reduction and once for the outputs, and what is
// needed again is computed again. Sums: lane i adds up the columns i, i + 16,
// ..., then the lanes are added by the tree.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"
#include "codegen/VectorMath.h"

#include <limits>

using namespace mlir;

namespace kiln {

/// Widest row whose values all stay in registers.
static constexpr int64_t widestUnrolled = 512;

namespace {

class RowsEmitter {
public:
  explicit RowsEmitter(KernelBuilder &k) : k(k) {}

  void emit();

private:
  /// Largest element and sum of e^(x - largest), for softmax.
  struct Statistics {
    Value largest, sum;
  };
  using Fold = function_ref<Value(const Position &chunk, Value accumulator)>;

  bool findWidth();
  void emitRow();
  /// Computes what `op` reduces the row to.
  void reduceRow(Operation &op);
  Value evaluate(OpResult result, const Position &at);

  Position getChunk(Value column, int64_t valid) const {
    return {{row, column}, virtualLanes, valid, nullptr};
  }
  /// Calls `body` for each chunk of the row, in order.
  void forEachChunk(
      KernelBuilder::Carried &carried,
      function_ref<void(const Position &chunk, KernelBuilder::Carried &inside)>
          body);
  /// Folds the row into 16 lanes.
  Value fold(Value start, Fold f);
  /// `x`, with `neutral` in the lanes that do not exist.
  Value fill(Value x, const Position &chunk, Value neutral);
  Value getIndices(const Position &chunk);
  const Statistics &getStatistics(Value x);
  Value getExponential(Value x, const Position &at);

  KernelBuilder &k;
  int64_t width = 0;
  Value row;
  llvm::MapVector<Value, Statistics> statistics;
  std::map<std::pair<void *, void *>, Value> exponentials;
};

} // namespace

void RowsEmitter::forEachChunk(
    KernelBuilder::Carried &carried,
    function_ref<void(const Position &, KernelBuilder::Carried &)> body) {
  int64_t whole = 0;
  if (width > widestUnrolled) {
    whole = width / virtualLanes * virtualLanes;
    k.loop(k.lane.index(0), k.lane.index(whole), virtualLanes, carried,
           [&](Value column, KernelBuilder::Carried &inside) {
             body(getChunk(column, virtualLanes), inside);
           });
  }
  for (int64_t c = whole; c < width; c += virtualLanes)
    body(getChunk(k.lane.index(c), std::min(virtualLanes, width - c)), carried);
}

Value RowsEmitter::fold(Value start, Fold f) {
  KernelBuilder::Carried carried = {start};
  forEachChunk(carried,
               [&](const Position &chunk, KernelBuilder::Carried &inside) {
                 inside[0] = f(chunk, inside[0]);
               });
  return carried[0];
}

Value RowsEmitter::fill(Value x, const Position &chunk, Value neutral) {
  if (chunk.valid == chunk.lanes)
    return x;
  return k.lane.select(k.lane.mask(chunk.lanes, chunk.valid), x, neutral);
}

Value RowsEmitter::getIndices(const Position &chunk) {
  Value first =
      k.b.create<arith::IndexCastOp>(k.loc, k.b.getI32Type(), chunk.indices[1]);
  return k.lane.addI(k.lane.splat(first, chunk.lanes),
                     k.lane.iota(chunk.lanes));
}

Value RowsEmitter::getExponential(Value x, const Position &at) {
  auto key = std::make_pair(x.getAsOpaquePointer(),
                            at.indices[1].getAsOpaquePointer());
  if (auto it = exponentials.find(key); it != exponentials.end())
    return it->second;
  Value largest = k.lane.splat(statistics.find(x)->second.largest, at.lanes);
  Value e = emitExp(k.lane, k.lane.sub(k.evaluate(x, at), largest));
  if (width <= widestUnrolled)
    exponentials[key] = e;
  return e;
}

const RowsEmitter::Statistics &RowsEmitter::getStatistics(Value x) {
  if (auto *it = statistics.find(x); it != statistics.end())
    return it->second;
  auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
  Value lowest = k.lane.f32(-std::numeric_limits<double>::infinity(), type);
  Value largest = fold(lowest, [&](const Position &chunk, Value sofar) {
    return k.lane.maxOrRight(sofar, fill(k.evaluate(x, chunk), chunk, lowest));
  });
  largest = k.lane.tree(
      largest, [&](Value a, Value b) { return k.lane.maxOrRight(a, b); });
  statistics[x].largest = largest;
  Value zero = k.lane.f32(0.0, type);
  Value sum = fold(zero, [&](const Position &chunk, Value sofar) {
    return k.lane.add(sofar, fill(getExponential(x, chunk), chunk, zero));
  });
  statistics[x].sum =
      k.lane.tree(sum, [&](Value a, Value b) { return k.lane.add(a, b); });
  return statistics[x];
}

void RowsEmitter::reduceRow(Operation &op) {
  auto floats = VectorType::get({virtualLanes}, k.b.getF32Type());
  auto integers = VectorType::get({virtualLanes}, k.b.getI32Type());
  Value zero = k.lane.f32(0.0, floats);
  Value lowest = k.lane.f32(-std::numeric_limits<double>::infinity(), floats);
  Position here{{row}, 0, 0, nullptr};

  if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
    getStatistics(softmax.getInput());
  } else if (auto loss = dyn_cast<SoftmaxCrossEntropyOp>(op)) {
    const Statistics &s = getStatistics(loss.getLogits());
    Value largest = s.largest, rest = emitLog(k.lane, s.sum);
    Value label =
        k.lane.splat(k.evaluate(loss.getLabels(), here), virtualLanes);
    Value picked = fold(zero, [&](const Position &chunk, Value sofar) {
      Value hit = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::eq,
                                            getIndices(chunk), label);
      return k.lane.select(hit, k.evaluate(loss.getLogits(), chunk), sofar);
    });
    picked =
        k.lane.tree(picked, [&](Value a, Value b) { return k.lane.add(a, b); });
    // In this order what is near 0 keeps its digits: the label's logit is the
    // largest there.
    k.define(loss.getOutput(), here,
             k.lane.add(k.lane.sub(largest, picked), rest));
  } else if (auto reduce = dyn_cast<ReduceOp>(op)) {
    bool isSum = reduce.getKind() == Reduction::sum;
    auto combine = [&](Value a, Value b) {
      return isSum ? k.lane.add(a, b) : k.lane.maximum(a, b);
    };
    Value neutral = isSum ? zero : lowest;
    Value folded = fold(neutral, [&](const Position &chunk, Value sofar) {
      return combine(
          sofar, fill(k.evaluate(reduce.getInput(), chunk), chunk, neutral));
    });
    k.define(reduce.getOutput(), here, k.lane.tree(folded, combine));
  } else if (auto argmax = dyn_cast<ArgmaxOp>(op)) {
    Value x = argmax.getInput();
    Value largest = fold(lowest, [&](const Position &chunk, Value sofar) {
      return k.lane.maxOrRight(sofar,
                               fill(k.evaluate(x, chunk), chunk, lowest));
    });
    largest = k.lane.tree(
        largest, [&](Value a, Value b) { return k.lane.maxOrRight(a, b); });
    Value splat = k.lane.splat(largest, virtualLanes);
    auto least = [&](Value a, Value b) -> Value {
      return k.b.create<arith::MinSIOp>(k.loc, a, b);
    };
    // Where nothing equals the largest element, a NaN is about: index 0.
    Value none =
        k.lane.i32(std::numeric_limits<int32_t>::max(), Type(integers));
    Value index = fold(none, [&](const Position &chunk, Value sofar) {
      Value filled =
          fill(k.evaluate(x, chunk), chunk,
               k.lane.f32(std::numeric_limits<double>::quiet_NaN(), floats));
      Value hit = k.b.create<arith::CmpFOp>(k.loc, arith::CmpFPredicate::OEQ,
                                            filled, splat);
      return least(sofar, k.lane.select(hit, getIndices(chunk), none));
    });
    index = k.lane.tree(index, least);
    Value found = k.b.create<arith::CmpIOp>(
        k.loc, arith::CmpIPredicate::ne, index,
        k.lane.i32(std::numeric_limits<int32_t>::max(), index));
    k.define(argmax.getOutput(), here,
             k.lane.select(found, index, k.lane.i32(0, index)));
  }
}

Value RowsEmitter::evaluate(OpResult result, const Position &at) {
  auto softmax = dyn_cast<SoftmaxOp>(result.getOwner());
  if (!softmax)
    return nullptr;
  Value e = getExponential(softmax.getInput(), at);
  Value sum = statistics.find(softmax.getInput())->second.sum;
  return k.lane.div(e, k.lane.splat(sum, at.lanes));
}

void RowsEmitter::emitRow() {
  statistics.clear();
  exponentials.clear();
  for (Operation &op : k.group.getBody().front())
    reduceRow(op);

  // Stores come last: an output may be an input's memory.
  SmallVector<std::pair<Value, Value>> scalars;
  SmallVector<std::pair<Value, Value>> matrices;
  Position here{{row}, 0, 0, nullptr};
  for (auto [i, v] : llvm::enumerate(k.group.getYield().getValues())) {
    if (cast<RankedTensorType>(v.getType()).getRank() == 1)
      scalars.push_back({k.getOutput(i), k.evaluate(v, here)});
    else
      matrices.push_back({k.getOutput(i), v});
  }
  struct Store {
    Value memref, value;
    Position at;
  };
  SmallVector<Store> pending;
  auto storePending = [&] {
    for (const Store &store : pending)
      k.store(store.memref, store.value, store.at);
    pending.clear();
  };
  KernelBuilder::Carried none;
  if (!matrices.empty())
    forEachChunk(none, [&](const Position &chunk, KernelBuilder::Carried &) {
      for (auto [memref, v] : matrices)
        pending.push_back({memref, k.evaluate(v, chunk), chunk});
      if (width > widestUnrolled)
        storePending();
    });
  storePending();
  for (auto [memref, value] : scalars)
    k.store(memref, value, here);
}

bool RowsEmitter::findWidth() {
  auto visit = [&](Value v) {
    auto type = cast<RankedTensorType>(v.getType());
    if (type.getRank() != 2)
      return type.getRank() < 2;
    if (width && width != type.getDimSize(1))
      return false;
    width = type.getDimSize(1);
    return true;
  };
  for (Value argument : k.group.getBody().getArguments())
    if (!visit(argument))
      return false;
  for (Operation &op : k.group.getBody().front())
    for (Value result : op.getResults())
      if (!visit(result))
        return false;
  return true;
}

void RowsEmitter::emit() {
  if (!findWidth())
    return k.fail(k.group, "expected matrices of one width");
  k.evaluateAnchor = [this](OpResult result, const Position &at) {
    return evaluate(result, at);
  };
  k.emitForThread([&] {
    k.evaluateUniforms();
    Share share = k.getShare(getIterationShape(k.group)[0]);
    k.loop(share.begin, share.end, 1, [&](Value r) {
      row = r;
      emitRow();
    });
  });
  k.evaluateAnchor = nullptr;
}

void emitRows(KernelBuilder &k) { RowsEmitter(k).emit(); }

} // namespace kiln
