//===- RandomKernel.cpp - Philox4x32-10, eight counters at a time ---------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Words are held in lanes of 64 bits, for x86 multiplies 32 by 32 bits into
// those; what stands in their upper halves is never looked at. A counter yields
// four words, which belong to four neighbours: where rows are multiples of four
// long, eight counters fill 32 elements, and the four booleans of a counter are
// put together in a 32-bit lane. Other shapes compute the counter of every
// element and keep one word.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <array>

using namespace mlir;

namespace kiln {

static constexpr int64_t counters = 8;

namespace {

class RandomEmitter {
public:
  RandomEmitter(KernelBuilder &k, RandomMaskOp mask)
      : k(k), mask(mask), wide(VectorType::get({counters}, k.b.getI64Type())) {}

  void emit();

private:
  using Words = std::array<Value, 4>;

  Value splat(uint64_t value) {
    return k.lane.constant(
        DenseElementsAttr::get(wide, k.b.getI64IntegerAttr(int64_t(value))));
  }
  Value lowHalf(Value x) { return k.lane.andI(x, splat(0xffffffff)); }
  Value highHalf(Value x) {
    return k.b.create<arith::ShRUIOp>(k.loc, x, splat(32));
  }
  Value exclusiveOr(Value x, Value y) {
    return k.b.create<arith::XOrIOp>(k.loc, x, y);
  }
  /// The four words of each counter, in the low halves of the lanes.
  Words draw(Value counter);
  /// Which words are kept.
  Value keep(Value word) {
    return k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::uge,
                                     lowHalf(word), splat(mask.getThreshold()));
  }
  /// {0, 1, ...} as i64.
  Value iota() {
    SmallVector<int64_t> values;
    for (int64_t i = 0; i < counters; ++i)
      values.push_back(i);
    return k.lane.constant(
        DenseElementsAttr::get(wide, ArrayRef<int64_t>(values)));
  }
  Value toLanes(Value index) {
    return k.lane.splat(
        k.b.create<arith::IndexCastOp>(k.loc, k.b.getI64Type(), index),
        counters);
  }
  void store(Value bytes, Value element, int64_t valid);
  /// The 32 elements from `element` on, a multiple of four.
  void emitWhole(Value element, int64_t valid);
  /// The eight elements from `element` on.
  void emitSingle(Value element, int64_t valid);

  KernelBuilder &k;
  RandomMaskOp mask;
  VectorType wide;
  Value epoch, step;
  std::array<std::array<Value, 2>, 10> keys;
};

} // namespace

RandomEmitter::Words RandomEmitter::draw(Value counter) {
  Words x = {epoch, step, counter, highHalf(counter)};
  for (const std::array<Value, 2> &key : keys) {
    Value p = k.lane.mulI(lowHalf(x[0]), splat(0xD2511F53));
    Value q = k.lane.mulI(lowHalf(x[2]), splat(0xCD9E8D57));
    x = {exclusiveOr(exclusiveOr(highHalf(q), x[1]), key[0]), q,
         exclusiveOr(exclusiveOr(highHalf(p), x[3]), key[1]), p};
  }
  return x;
}

void RandomEmitter::store(Value bytes, Value element, int64_t valid) {
  if (valid < LaneBuilder::getLanes(bytes))
    bytes = k.b.create<vector::ExtractStridedSliceOp>(
        k.loc, bytes, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{valid},
        ArrayRef<int64_t>{1});
  k.b.create<vector::StoreOp>(k.loc, bytes, k.flatten(k.getOutput(0)), element);
}

void RandomEmitter::emitWhole(Value element, int64_t valid) {
  Value first = k.b.create<arith::ShRUIOp>(k.loc, element, k.lane.index(2));
  Words words = draw(k.lane.addI(toLanes(first), iota()));
  Value bytes;
  for (auto [i, word] : llvm::enumerate(words)) {
    Value byte = k.lane.select(keep(word), splat(1ull << (8 * i)), splat(0));
    bytes = bytes ? k.lane.orI(bytes, byte) : byte;
  }
  bytes = k.b.create<arith::TruncIOp>(
      k.loc, VectorType::get({counters}, k.b.getI32Type()), bytes);
  bytes = k.b.create<vector::BitCastOp>(
      k.loc, VectorType::get({4 * counters}, k.b.getI8Type()), bytes);
  store(bytes, element, valid);
}

void RandomEmitter::emitSingle(Value element, int64_t valid) {
  Value e = k.lane.addI(toLanes(element), iota());
  Words words = draw(k.b.create<arith::ShRUIOp>(k.loc, e, splat(2)));
  Value which = k.lane.andI(e, splat(3));
  Value word = words[0];
  for (int64_t i = 1; i < 4; ++i) {
    Value hit = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::eq,
                                          which, splat(i));
    word = k.lane.select(hit, words[i], word);
  }
  store(k.b.create<arith::ExtUIOp>(
            k.loc, VectorType::get({counters}, k.b.getI8Type()), keep(word)),
        element, valid);
}

void RandomEmitter::emit() {
  ArrayRef<int64_t> shape = mask.getOutput().getType().getShape();
  int64_t columns = shape.empty() ? 1 : shape.back();
  int64_t rows =
      shape.empty() ? 1 : ShapedType::getNumElements(shape) / columns;
  int64_t dim = k.group.getPartition()->getDim();
  bool byRows = dim >= 0 && dim + 1 < int64_t(shape.size());

  k.emitForThread([&] {
    auto toWord = [&](Value counter) {
      return k.lane.splat(k.evaluate(counter, {}), counters);
    };
    epoch = toWord(mask.getEpoch());
    step = toWord(mask.getStep());
    Value seed = toWord(mask.getSeed());
    Value stream = splat(mask.getStream());
    for (auto [round, key] : llvm::enumerate(keys))
      key = {k.lane.addI(seed, splat(round * 0x9E3779B9ull)),
             k.lane.addI(stream, splat(round * 0xBB67AE85ull))};

    Share rowShare = byRows ? k.getShare(rows) : k.getWhole(rows);
    Share columnShare = byRows ? k.getWhole(columns) : k.getShare(columns);
    bool whole = columns % 4 == 0;
    k.loop(rowShare.begin, rowShare.end, 1, [&](Value row) {
      Value start =
          k.b.create<arith::MulIOp>(k.loc, row, k.lane.index(columns));
      k.loopPanels(columnShare, columns, whole ? 4 * counters : counters, 1,
                   [&](ArrayRef<KernelBuilder::Run> runs) {
                     Value element =
                         k.b.create<arith::AddIOp>(k.loc, start, runs[0].index);
                     if (whole)
                       emitWhole(element, runs[0].valid);
                     else
                       emitSingle(element, runs[0].valid);
                   });
    });
  });
}

void emitRandom(KernelBuilder &k) {
  auto mask = findInBody<RandomMaskOp>(k.group);
  if (!mask || k.group.getNumResults() != 1)
    return k.fail(k.group, "expected one random mask");
  RandomEmitter(k, mask).emit();
}

} // namespace kiln
