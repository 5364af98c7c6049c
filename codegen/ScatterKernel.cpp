//===- ScatterKernel.cpp - Sums of rows by index --------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Either a sample's own result is zeroed and its rows are added to it one after
// another; or, along the chains of an inverted index, each row of the result is
// summed in registers by its one owner, where an optimizer may take it over. No
// two threads add to the same element. An element's sum runs in the op's order
// from 0 both ways.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace kiln {

/// Vectors of a row that are under way at once.
static constexpr int64_t panelVectors = 8;

/// Covers a row by panels of up to `panelVectors` vectors.
static void loopRow(KernelBuilder &k, int64_t width,
                    function_ref<void(ArrayRef<KernelBuilder::Run>)> body) {
  k.loopPanels(
      k.getWhole(width), width, virtualLanes,
      std::min<int64_t>(panelVectors, llvm::divideCeil(width, virtualLanes)),
      body);
}

//===----------------------------------------------------------------------===//
// A table for each sample
//===----------------------------------------------------------------------===//

namespace {

class ScatterEmitter {
public:
  ScatterEmitter(KernelBuilder &k, ScatterOp scatter)
      : k(k), scatter(scatter),
        shape(scatter.getOutput().getType().getShape()) {}

  void emit();

private:
  /// The output in which the sums come to be: it is written over last.
  Value findSums();
  void zero(Value sample);
  /// Loops over the updates of a sample from dimension `at`'s rank on.
  void addUpdates(Position &at);
  void finish(Value sample);
  Position inSums(Value sample, Value row, const KernelBuilder::Run &run) {
    return {{sample, row, run.index}, run.lanes, run.valid, nullptr};
  }
  void forEachRow(KernelBuilder::Body body) {
    k.loop(k.lane.index(0), k.lane.index(shape[1]), 1, body);
  }

  KernelBuilder &k;
  ScatterOp scatter;
  ArrayRef<int64_t> shape;
  Value sums;
};

} // namespace

Value ScatterEmitter::findSums() {
  ValueRange yielded = k.group.getYield().getValues();
  for (auto [i, v] : llvm::enumerate(yielded))
    if (v == scatter.getOutput())
      return k.getOutput(i);
  for (auto [i, v] : llvm::enumerate(yielded))
    if (v.getType() == scatter.getOutput().getType())
      return k.getOutput(i);
  return nullptr;
}

void ScatterEmitter::zero(Value sample) {
  auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
  forEachRow([&](Value row) {
    loopRow(k, shape[2], [&](ArrayRef<KernelBuilder::Run> runs) {
      for (const KernelBuilder::Run &run : runs)
        k.store(sums, k.lane.f32(0.0, type), inSums(sample, row, run));
    });
  });
}

void ScatterEmitter::addUpdates(Position &at) {
  auto indices = cast<RankedTensorType>(scatter.getIndices().getType());
  int64_t depth = at.indices.size();
  if (depth < indices.getRank()) {
    int64_t extent = indices.getDimSize(depth);
    k.loop(k.lane.index(0), k.lane.index(extent), 1, [&](Value i) {
      if (scatter.getDescending())
        i = k.b.create<arith::SubIOp>(k.loc, k.lane.index(extent - 1), i);
      at.indices.push_back(i);
      addUpdates(at);
      at.indices.pop_back();
    });
    return;
  }
  Value index = k.evaluate(scatter.getIndices(), at);
  Value exists = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::sge,
                                           index, k.lane.i32(0, index));
  k.ifTrue(exists, [&] {
    Value row =
        k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), index);
    loopRow(k, shape[2], [&](ArrayRef<KernelBuilder::Run> runs) {
      for (const KernelBuilder::Run &run : runs) {
        Position from = at;
        from.indices.push_back(run.index);
        from.lanes = run.lanes;
        from.valid = run.valid;
        Value x = k.evaluate(scatter.getUpdates(), from);
        Position to = inSums(at.indices[0], row, run);
        k.store(sums, k.lane.add(k.load(sums, false, to), x), to);
      }
    });
  });
}

/// Runs the epilogue over the sums of a sample.
void ScatterEmitter::finish(Value sample) {
  forEachRow([&](Value row) {
    loopRow(k, shape[2], [&](ArrayRef<KernelBuilder::Run> runs) {
      for (const KernelBuilder::Run &run : runs) {
        Position at = inSums(sample, row, run);
        k.define(scatter.getOutput(), at, k.load(sums, false, at));
        k.storeOutputs(at);
      }
    });
  });
}

void ScatterEmitter::emit() {
  sums = findSums();
  if (!sums)
    return k.fail(scatter, "expected its group to have a result of its type");
  ValueRange yielded = k.group.getYield().getValues();
  bool alone = yielded.size() == 1 && yielded[0] == scatter.getOutput();
  k.emitForThread([&] {
    k.evaluateUniforms();
    Share share = k.getShare(shape[0]);
    k.loop(share.begin, share.end, 1, [&](Value sample) {
      zero(sample);
      Position at{{sample}, 0, 0, nullptr};
      addUpdates(at);
      if (!alone)
        finish(sample);
    });
  });
}

//===----------------------------------------------------------------------===//
// Along chains
//===----------------------------------------------------------------------===//

namespace {

class ChainSumEmitter {
public:
  ChainSumEmitter(KernelBuilder &k, ChainSumOp sum)
      : k(k), sum(sum), next(k.getInput(sum.getNext())) {}

  void emit();

private:
  /// Sums a panel of row `row` and hands it to the epilogue.
  void emitPanel(Value row, ArrayRef<KernelBuilder::Run> runs);
  /// Where in the updates element `element` of the indices has its row.
  Position getUpdate(Value element, const KernelBuilder::Run &run);
  Value toIndex(Value i32) {
    return k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), i32);
  }

  KernelBuilder &k;
  ChainSumOp sum;
  Value next;
};

} // namespace

Position ChainSumEmitter::getUpdate(Value element,
                                    const KernelBuilder::Run &run) {
  ArrayRef<int64_t> shape = sum.getUpdates().getType().getShape();
  Position at{{}, run.lanes, run.valid, nullptr};
  if (k.getInput(sum.getUpdates())) {
    Value row =
        k.b.create<arith::MulIOp>(k.loc, element, k.lane.index(shape.back()));
    at.indices = {k.b.create<arith::AddIOp>(k.loc, row, run.index)};
    return at;
  }
  // What the group computes may differ from dimension to dimension.
  at.indices.assign(shape.size(), run.index);
  Value left = element;
  for (int64_t dim = shape.size() - 2; dim > 0; --dim) {
    Value extent = k.lane.index(shape[dim]);
    at.indices[dim] = k.b.create<arith::RemUIOp>(k.loc, left, extent);
    left = k.b.create<arith::DivUIOp>(k.loc, left, extent);
  }
  at.indices[0] = left;
  return at;
}

void ChainSumEmitter::emitPanel(Value row, ArrayRef<KernelBuilder::Run> runs) {
  auto type = VectorType::get({virtualLanes}, k.b.getF32Type());
  KernelBuilder::Carried carried(runs.size(), k.lane.f32(0.0, type));
  carried.push_back(k.evaluate(sum.getFirst(), {{row}, 0, 0, nullptr}));
  KernelBuilder::Carried sums;
  {
    KernelBuilder::Scope scope(k);
    auto loop = k.b.create<scf::WhileOp>(
        k.loc, ValueRange(carried).getTypes(), carried,
        [&](OpBuilder &, Location, ValueRange values) {
          Value more = k.b.create<arith::CmpIOp>(
              k.loc, arith::CmpIPredicate::sge, values.back(),
              k.lane.i32(0, values.back()));
          k.b.create<scf::ConditionOp>(k.loc, more, values);
        },
        [&](OpBuilder &, Location, ValueRange values) {
          Value element = toIndex(values.back());
          KernelBuilder::Carried following;
          for (auto [sofar, run] : llvm::zip(values.drop_back(), runs))
            following.push_back(k.lane.add(
                sofar, k.evaluate(sum.getUpdates(), getUpdate(element, run))));
          following.push_back(k.load(next, false, {{element}, 0, 0, nullptr}));
          k.b.create<scf::YieldOp>(k.loc, following);
        });
    sums.assign(loop.result_begin(), loop.result_end());
  }
  for (auto [total, run] : llvm::zip(sums, runs)) {
    Position at{{row, run.index}, run.lanes, run.valid, nullptr};
    k.define(sum.getOutput(), at, total);
    k.storeOutputs(at);
  }
}

void ChainSumEmitter::emit() {
  ArrayRef<int64_t> shape = sum.getOutput().getType().getShape();
  k.emitForThread([&] {
    k.evaluateUniforms();
    k.loopCyclic(shape[0], [&](Value begin, Value end) {
      k.loop(begin, end, 1, [&](Value row) {
        loopRow(k, shape[1], [&](ArrayRef<KernelBuilder::Run> runs) {
          emitPanel(row, runs);
        });
      });
    });
  });
}

void emitScatter(KernelBuilder &k) {
  if (auto sum = findInBody<ChainSumOp>(k.group)) {
    if (!k.getInput(sum.getFirst()) || !k.getInput(sum.getNext()))
      return k.fail(sum, "expected chains from outside of the group");
    return ChainSumEmitter(k, sum).emit();
  }
  auto scatter = findInBody<ScatterOp>(k.group);
  if (!scatter || scatter.getBatchDims() != 1 ||
      !k.getInput(scatter.getIndices()))
    return k.fail(k.group, "expected a scatter into a table for each sample");
  ScatterEmitter(k, scatter).emit();
}

} // namespace kiln
