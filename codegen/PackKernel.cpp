//===- PackKernel.cpp - Matrices rounded to bfloat16, two k in a word -----===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Squares of words are made in registers: in the input, the two numbers of a
// word lie side by side or one below the other; where the packed matrix runs
// the other way than the input, the square is turned. What is past the matrix
// is known when the code is made, and filled with zeros.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

namespace {
class PackEmitter {
public:
  PackEmitter(KernelBuilder &k, PackOp op);
  void emit();

private:
  /// A stretch of words along one dimension of the output.
  struct Stretch {
    Value index;
    /// How many numbers of the input it covers, fewer than usual at the end.
    int64_t valid;
  };

  /// Covers a share of a dimension of the output, of which each `lanes` words
  /// hold `perStretch` numbers of the `extent` that the input has.
  void forEachStretch(const Share &share, int64_t words, int64_t extent,
                      int64_t perStretch, function_ref<void(Stretch)> body);
  /// Numbers from `at` on as bits of f32 that are rounded to bfloat16; the low
  /// half is undefined.
  Value loadRounded(Value row, Value column, int64_t count, int64_t valid);
  /// One word a lane: of two rows, or of neighbours in a row.
  Value loadBelow(Value pair, int64_t i, Stretch ks, Stretch others);
  Value loadBeside(Value row, int64_t i, Stretch ks, Stretch others);
  void emitSquare(Stretch ks, Stretch others);
  Value splat(int64_t bits, Type like);

  KernelBuilder &k;
  bool isRhs, isBelow;
  Value input;
  int64_t kExtent, otherExtent, lanes;
};
} // namespace

PackEmitter::PackEmitter(KernelBuilder &k, PackOp op)
    : k(k), isRhs(op.getRhs()), isBelow(op.getRhs() != op.getTransposed()),
      input(k.getInput(op.getInput())),
      kExtent(op.getInput().getType().getDimSize(isBelow ? 0 : 1)),
      otherExtent(op.getInput().getType().getDimSize(isBelow ? 1 : 0)),
      lanes(k.lane.vectorBits / 32) {}

Value PackEmitter::splat(int64_t bits, Type like) {
  auto type = cast<VectorType>(like);
  unsigned width = type.getElementTypeBitWidth();
  return k.lane.constant(
      DenseElementsAttr::get(type, APInt(64, bits).trunc(width)));
}

Value PackEmitter::loadRounded(Value row, Value column, int64_t count,
                               int64_t valid) {
  Value x = k.load(input, false, {{row, column}, count, valid, nullptr});
  if (valid < count && !isRhs)
    x = k.lane.select(k.lane.mask(count, valid), x, k.lane.f32(-0.0, x));
  Value bits = k.lane.bits(x);
  Type type = bits.getType();
  // To nearest, ties to even: by the bit that becomes the last.
  Value last = k.lane.andI(k.lane.shrS(bits, splat(16, type)), splat(1, type));
  Value rounded = k.lane.addI(bits, k.lane.addI(last, splat(0x7fff, type)));
  Value isNan =
      k.b.create<arith::CmpFOp>(k.loc, arith::CmpFPredicate::UNO, x, x);
  rounded = k.lane.select(isNan, splat(0x7fc00000, type), rounded);
  Value isZero = k.b.create<arith::CmpIOp>(
      k.loc, arith::CmpIPredicate::eq,
      k.lane.andI(bits, splat(0x7f800000, type)), splat(0, type));
  return k.lane.select(isZero, k.lane.andI(bits, splat(0x80000000, type)),
                       rounded);
}

Value PackEmitter::loadBelow(Value pair, int64_t i, Stretch ks,
                             Stretch others) {
  auto type = VectorType::get({lanes}, k.b.getI32Type());
  auto getRow = [&](int64_t half) -> Value {
    if (2 * i + half >= ks.valid || others.valid == 0)
      return splat(isRhs ? 0 : 0x80000000, type);
    Value row = k.add(k.b.create<arith::MulIOp>(k.loc, pair, k.lane.index(2)),
                      2 * i + half);
    return loadRounded(row, others.index, lanes, others.valid);
  };
  Value low = k.b.create<arith::ShRUIOp>(k.loc, getRow(0), splat(16, type));
  return k.lane.orI(low, k.lane.andI(getRow(1), splat(0xffff0000, type)));
}

Value PackEmitter::loadBeside(Value row, int64_t i, Stretch ks,
                              Stretch others) {
  auto type = VectorType::get({lanes}, k.b.getI32Type());
  if (i >= others.valid || ks.valid == 0)
    return splat(isRhs ? 0 : 0x80008000, type);
  Value column = k.b.create<arith::MulIOp>(k.loc, ks.index, k.lane.index(2));
  Value bits = loadRounded(k.add(row, i), column, 2 * lanes, ks.valid);
  auto wide = VectorType::get({lanes}, k.b.getI64Type());
  Value both = k.b.create<vector::BitCastOp>(k.loc, wide, bits);
  Value low =
      k.lane.andI(k.b.create<arith::ShRUIOp>(k.loc, both, splat(16, wide)),
                  splat(0xffff, wide));
  Value high =
      k.lane.andI(k.b.create<arith::ShRUIOp>(k.loc, both, splat(32, wide)),
                  splat(0xffff0000, wide));
  return k.b.create<arith::TruncIOp>(k.loc, type, k.lane.orI(low, high));
}

void PackEmitter::emitSquare(Stretch ks, Stretch others) {
  SmallVector<Value> square;
  for (int64_t i = 0; i < lanes; ++i)
    square.push_back(isBelow ? loadBelow(ks.index, i, ks, others)
                             : loadBeside(others.index, i, ks, others));
  // Rows of the square are those of the output where both run alike.
  if (isBelow != isRhs)
    transposeSquare(k, square);
  Value row = isRhs ? ks.index : others.index;
  Value column = isRhs ? others.index : ks.index;
  for (auto [i, words] : llvm::enumerate(square))
    k.store(k.getOutput(0), words,
            {{k.add(row, i), column}, lanes, lanes, nullptr});
}

void PackEmitter::forEachStretch(const Share &share, int64_t words,
                                 int64_t extent, int64_t perStretch,
                                 function_ref<void(Stretch)> body) {
  int64_t whole = extent / perStretch * lanes;
  Value end = k.b.create<arith::MinUIOp>(k.loc, share.end, k.lane.index(whole));
  k.loop(share.begin, end, lanes, [&](Value i) { body({i, perStretch}); });
  // Those at the end are few.
  for (int64_t i = whole; i < words; i += lanes) {
    Value index = k.lane.index(i);
    auto compare = [&](arith::CmpIPredicate predicate, Value bound) -> Value {
      return k.b.create<arith::CmpIOp>(k.loc, predicate, index, bound);
    };
    Value isMine = k.b.create<arith::AndIOp>(
        k.loc, compare(arith::CmpIPredicate::uge, share.begin),
        compare(arith::CmpIPredicate::ult, share.end));
    int64_t left = extent - i / lanes * perStretch;
    k.ifTrue(isMine, [&] { body({index, std::max<int64_t>(left, 0)}); });
  }
}

void PackEmitter::emit() {
  auto shape = cast<MemRefType>(k.getOutput(0).getType()).getShape();
  int64_t dim = k.group.getPartition()->getDim();
  unsigned kDim = isRhs ? 0 : 1, otherDim = 1 - kDim;
  auto getShare = [&](unsigned of) {
    return dim == of ? k.getShare(shape[of]) : k.getWhole(shape[of]);
  };
  Share kShare = getShare(kDim), otherShare = getShare(otherDim);
  auto forEachOther = [&](function_ref<void(Stretch)> body) {
    forEachStretch(otherShare, shape[otherDim], otherExtent, lanes, body);
  };
  auto forEachK = [&](function_ref<void(Stretch)> body) {
    forEachStretch(kShare, shape[kDim], kExtent, 2 * lanes, body);
  };
  // Along the input's rows.
  if (isBelow)
    forEachK([&](Stretch ks) {
      forEachOther([&](Stretch others) { emitSquare(ks, others); });
    });
  else
    forEachOther([&](Stretch others) {
      forEachK([&](Stretch ks) { emitSquare(ks, others); });
    });
}

void emitPack(KernelBuilder &k) {
  auto pack = findInBody<PackOp>(k.group);
  if (!pack || !k.getInput(pack.getInput()) || k.group.getNumResults() != 1)
    return k.fail(k.group, "expected one pack of the group's input");
  k.emitForThread([&] { PackEmitter(k, pack).emit(); });
}

} // namespace kiln
