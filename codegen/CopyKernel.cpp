//===- CopyKernel.cpp - Parts put together, taken apart, turned round -----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Rows of memory, copied by vectors.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

using namespace mlir;

namespace kiln {

namespace {

class CopyEmitter {
public:
  explicit CopyEmitter(KernelBuilder &k) : k(k) {}

  void emitSplit(SplitOp split);
  void emitConcat(ConcatOp concat);
  void emitReverse(ReverseOp reverse);

private:
  Value multiply(Value index, int64_t factor) {
    return k.b.create<arith::MulIOp>(k.loc, index, k.lane.index(factor));
  }
  Value add(Value x, Value y) { return k.b.create<arith::AddIOp>(k.loc, x, y); }
  /// Copies `count` elements, counted in row-major order on both sides.
  void copy(Value from, Value fromElement, Value to, Value toElement,
            int64_t count);
  /// Calls `body` for each of the thread's rows: all but the last dimension of
  /// `shape` counted as one, cut along the first.
  void forEachRow(ArrayRef<int64_t> shape, KernelBuilder::Body body);

  KernelBuilder &k;
};

} // namespace

void CopyEmitter::copy(Value from, Value fromElement, Value to, Value toElement,
                       int64_t count) {
  bool isBool = cast<MemRefType>(from.getType()).getElementType().isInteger(8);
  constexpr int64_t panelVectors = 4;
  k.loopPanels(
      k.getWhole(count), count, virtualLanes,
      std::min<int64_t>(panelVectors, llvm::divideCeil(count, virtualLanes)),
      [&](ArrayRef<KernelBuilder::Run> runs) {
        for (const KernelBuilder::Run &run : runs) {
          Position at{
              {add(fromElement, run.index)}, run.lanes, run.valid, nullptr};
          Value x = k.load(from, isBool, at);
          at.indices[0] = add(toElement, run.index);
          k.store(to, x, at);
        }
      });
}

void CopyEmitter::forEachRow(ArrayRef<int64_t> shape,
                             KernelBuilder::Body body) {
  if (shape.size() == 1)
    return body(k.lane.index(0));
  int64_t inner = ShapedType::getNumElements(shape.drop_front().drop_back());
  Share share = k.getShare(shape[0]);
  k.loop(multiply(share.begin, inner), multiply(share.end, inner), 1, body);
}

void CopyEmitter::emitSplit(SplitOp split) {
  auto whole = cast<RankedTensorType>(split.getInput().getType());
  int64_t width = whole.getShape().back();
  int64_t part = width / split.getParts().size();
  Value input = k.getInput(split.getInput());
  // Parts that nothing reads are no outputs.
  forEachRow(whole.getShape(), [&](Value row) {
    for (auto [i, v] : llvm::enumerate(k.group.getYield().getValues())) {
      int64_t number = cast<OpResult>(v).getResultNumber();
      copy(input, k.add(multiply(row, width), number * part), k.getOutput(i),
           multiply(row, part), part);
    }
  });
}

void CopyEmitter::emitConcat(ConcatOp concat) {
  ArrayRef<int64_t> shape = concat.getOutput().getType().getShape();
  int64_t width = shape.back();
  int64_t part = width / concat.getInputs().size();
  forEachRow(shape, [&](Value row) {
    for (auto [i, v] : llvm::enumerate(concat.getInputs()))
      copy(k.getInput(v), multiply(row, part), k.getOutput(0),
           k.add(multiply(row, width), i * part), part);
  });
}

void CopyEmitter::emitReverse(ReverseOp reverse) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(reverse.getOutput().getType()).getShape();
  int64_t steps = shape[1];
  int64_t inner = ShapedType::getNumElements(shape.drop_front(2));
  Value input = k.getInput(reverse.getInput()), output = k.getOutput(0);
  bool isBool = cast<MemRefType>(input.getType()).getElementType().isInteger(8);
  Share share = k.getShare(shape[0]);
  k.loop(share.begin, share.end, 1, [&](Value sample) {
    Value base = multiply(sample, steps);
    k.loop(k.lane.index(0), k.lane.index(steps), 1, [&](Value step) {
      Value mirrored =
          k.b.create<arith::SubIOp>(k.loc, k.lane.index(steps - 1), step);
      Value from = add(base, mirrored), to = add(base, step);
      if (shape.size() == 2)
        k.store(output, k.load(input, isBool, {{from}, 0, 0, nullptr}),
                {{to}, 0, 0, nullptr});
      else
        copy(input, multiply(from, inner), output, multiply(to, inner), inner);
    });
  });
}

void emitCopy(KernelBuilder &k) {
  Operation *op = nullptr;
  for (Operation &candidate : k.group.getBody().front())
    if (isa<SplitOp, ConcatOp, ReverseOp>(candidate))
      op = &candidate;
  bool good =
      op && llvm::all_of(op->getOperands(), llvm::IsaPred<BlockArgument>);
  if (!good)
    return k.fail(k.group, "expected a copy of the group's inputs");
  k.emitForThread([&] {
    CopyEmitter emitter(k);
    if (auto split = dyn_cast<SplitOp>(op))
      emitter.emitSplit(split);
    else if (auto concat = dyn_cast<ConcatOp>(op))
      emitter.emitConcat(concat);
    else
      emitter.emitReverse(cast<ReverseOp>(op));
  });
}

} // namespace kiln
