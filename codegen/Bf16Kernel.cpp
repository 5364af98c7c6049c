//===- Bf16Kernel.cpp - Contractions of packed operands -------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Operands come as words of two bfloat16 (kiln.pack). With a matrix unit, two
// by two tiles of 16 rows and 16 columns stay in its registers while k runs;
// then the sums go through scratch memory, where the epilogue takes them.
// Without one, words are taken apart, and vectors of f32 do the same, step by
// step: an even and an odd sum for each block of 32 k, added to each other and
// then to the sum of the blocks before. What matrix units do to the last bit,
// denormals included, is what vectors do under flush-to-zero.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuilder.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace kiln {

/// Rows and words of a matrix unit's register; columns of a panel.
static constexpr int64_t unitRows = 16, unitWords = 16, panelColumns = 32;
static constexpr int64_t blockWords = PackOp::kUnit / 2;
/// What is taken to stay in a core's second cache.
static constexpr int64_t cachedBytes = 1 << 20;
/// The sums of two by two tiles, then the registers' shapes, as the processor
/// reads them.
static constexpr int64_t sumBytes = 2 * unitRows * panelColumns * 4,
                         configBytes = 64;

namespace {

using Runs = ArrayRef<KernelBuilder::Run>;

/// What both ways have in common.
class PackedEmitter {
public:
  PackedEmitter(KernelBuilder &k, PackedMatmulOp op)
      : k(k), op(op), lhs(k.getInput(op.getLhs())),
        rhs(k.getInput(op.getRhs())), m(op.getOutput().getType().getDimSize(0)),
        n(op.getOutput().getType().getDimSize(1)),
        words(op.getRhs().getType().getDimSize(0)),
        lanes(k.lane.vectorBits / 32) {
    PartitionAttr partition = *k.group.getPartition();
    byRows = partition.getDim() == 0;
    unit = partition.getUnit();
    rowShare = byRows ? k.getShare(m) : k.getWhole(m);
    columnShare = byRows ? k.getWhole(n) : k.getShare(n);
  }

protected:
  /// Hands the sums of a row to the epilogue.
  void finish(Value row, const KernelBuilder::Run &run, Value sum) {
    Position at{{row, run.index}, run.lanes, run.valid, nullptr};
    k.define(op.getOutput(), at, sum);
    k.storeOutputs(at);
  }

  KernelBuilder &k;
  PackedMatmulOp op;
  Value lhs, rhs;
  int64_t m, n, words, lanes;
  bool byRows;
  int64_t unit;
  Share rowShare, columnShare;
};

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

class VectorEmitter : PackedEmitter {
public:
  using PackedEmitter::PackedEmitter;
  void emit();

private:
  void emitTile(Value row, int64_t rows, Runs columns);
  /// The even and the odd numbers of words, as f32.
  std::pair<Value, Value> unpack(Value pairs);
  /// The sums of a block, even ones and odd ones.
  KernelBuilder::Carried sumBlock(Value first, ArrayRef<Value> rows,
                                  Runs columns);
};

//===----------------------------------------------------------------------===//
// Matrix unit
//===----------------------------------------------------------------------===//

class UnitEmitter : PackedEmitter {
public:
  using PackedEmitter::PackedEmitter;
  void emit();

private:
  void call(StringRef intrinsic, ArrayRef<Value> operands);
  Value i8(int64_t value);
  Value getAddress(Value memref, Value offset);
  /// The address of a word of a matrix, which is no view: those lose their
  /// offset.
  Value getAddress(Value matrix, Value row, Value column);
  void configure();
  void emitTiles(Value row, int64_t tileRows, Value end, Runs columns);

  /// Rows of a register.
  int64_t height = unitRows;
  Value scratch, sums;
};

} // namespace

std::pair<Value, Value> VectorEmitter::unpack(Value pairs) {
  Value even = k.lane.shl(pairs, k.lane.i32(16, pairs));
  Value odd = k.lane.andI(pairs, k.lane.i32(int32_t(0xffff0000), pairs));
  return {k.lane.fromBits(even), k.lane.fromBits(odd)};
}

KernelBuilder::Carried
VectorEmitter::sumBlock(Value first, ArrayRef<Value> rows, Runs columns) {
  auto type = VectorType::get({lanes}, k.b.getF32Type());
  KernelBuilder::Carried sums(2 * rows.size() * columns.size(),
                              k.lane.f32(0.0, type));
  k.loop(first, k.add(first, blockWords), 1, sums,
         [&](Value word, KernelBuilder::Carried &inside) {
           SmallVector<std::pair<Value, Value>> b;
           for (const KernelBuilder::Run &run : columns)
             b.push_back(unpack(k.load(
                 rhs, false, {{word, run.index}, lanes, lanes, nullptr})));
           auto *sum = inside.begin();
           for (Value row : rows) {
             Value pair =
                 k.b.create<memref::LoadOp>(k.loc, lhs, ValueRange{row, word});
             auto [even, odd] = unpack(k.lane.splat(pair, lanes));
             for (auto [evenB, oddB] : b) {
               sum[0] = k.lane.fma(even, evenB, sum[0]);
               sum[1] = k.lane.fma(odd, oddB, sum[1]);
               sum += 2;
             }
           }
         });
  return sums;
}

void VectorEmitter::emitTile(Value row, int64_t rows, Runs columns) {
  SmallVector<Value> rowIndices;
  for (int64_t r = 0; r < rows; ++r)
    rowIndices.push_back(k.add(row, r));
  auto type = VectorType::get({lanes}, k.b.getF32Type());
  KernelBuilder::Carried sums(rows * columns.size(), k.lane.f32(0.0, type));
  k.loop(k.lane.index(0), k.lane.index(words), blockWords, sums,
         [&](Value first, KernelBuilder::Carried &inside) {
           KernelBuilder::Carried block = sumBlock(first, rowIndices, columns);
           for (auto [i, sum] : llvm::enumerate(inside))
             sum = k.lane.add(sum, k.lane.add(block[2 * i], block[2 * i + 1]));
         });
  auto *sum = sums.begin();
  for (Value r : rowIndices)
    for (const KernelBuilder::Run &run : columns)
      finish(r, run, *sum++);
}

void VectorEmitter::emit() {
  // Threads' shares begin at multiples of 8.
  int64_t tileRows = std::min<int64_t>(k.lane.vectorBits == 512 ? 4 : 2, m);
  int64_t whole = m / tileRows * tileRows;
  Value end = rowShare.end;
  if (whole < m)
    end = k.b.create<arith::MinUIOp>(k.loc, end, k.lane.index(whole));
  k.loopPanels(columnShare, n, lanes, 2, [&](Runs runs) {
    k.loop(rowShare.begin, end, tileRows,
           [&](Value row) { emitTile(row, tileRows, runs); });
    if (whole < m)
      k.ifHolds(rowShare.holdsEnd,
                [&] { emitTile(k.lane.index(whole), m - whole, runs); });
  });
}

void UnitEmitter::call(StringRef intrinsic, ArrayRef<Value> operands) {
  k.b.create<LLVM::CallIntrinsicOp>(k.loc, TypeRange(),
                                    ("llvm.x86." + intrinsic).str(), operands);
}

Value UnitEmitter::i8(int64_t value) {
  return k.lane.constant(k.b.getI8IntegerAttr(value));
}

Value UnitEmitter::getAddress(Value memref, Value offset) {
  Value base =
      k.b.create<memref::ExtractAlignedPointerAsIndexOp>(k.loc, memref);
  Value address = k.b.create<arith::IndexCastOp>(
      k.loc, k.b.getI64Type(), k.b.create<arith::AddIOp>(k.loc, base, offset));
  return k.b.create<LLVM::IntToPtrOp>(
      k.loc, LLVM::LLVMPointerType::get(k.b.getContext()), address);
}

Value UnitEmitter::getAddress(Value matrix, Value row, Value column) {
  int64_t width = cast<MemRefType>(matrix.getType()).getShape().back();
  Value element = k.b.create<arith::AddIOp>(
      k.loc, k.b.create<arith::MulIOp>(k.loc, row, k.lane.index(width)),
      column);
  return getAddress(matrix,
                    k.b.create<arith::MulIOp>(k.loc, element, k.lane.index(4)));
}

/// All registers are alike: 16 words wide, as high as a tile, or for right
/// operands as long as a block.
void UnitEmitter::configure() {
  auto set = [&](int64_t byte, int64_t value) {
    k.b.create<memref::StoreOp>(k.loc, i8(value), scratch,
                                k.lane.index(sumBytes + byte));
  };
  for (int64_t i = 0; i < configBytes; ++i)
    set(i, 0);
  set(0, 1);
  for (int64_t i = 0; i < 8; ++i) {
    set(16 + 2 * i, unitWords * 4);
    set(48 + i, i < 6 ? height : blockWords);
  }
  call("ldtilecfg", getAddress(scratch, k.lane.index(sumBytes)));
}

void UnitEmitter::emitTiles(Value row, int64_t tileRows, Value end,
                            Runs columns) {
  int64_t width = 0;
  for (const KernelBuilder::Run &run : columns)
    width += run.valid;
  int64_t tileColumns = llvm::divideCeil(width, unitWords);
  Value column = columns.front().index;
  auto getSum = [&](int64_t i, int64_t j) { return i8(i * tileColumns + j); };
  auto getStride = [&](Value matrix) {
    int64_t bytes = cast<MemRefType>(matrix.getType()).getShape().back() * 4;
    return k.lane.constant(k.b.getI64IntegerAttr(bytes));
  };

  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t j = 0; j < tileColumns; ++j)
      call("tilezero", getSum(i, j));
  k.loop(k.lane.index(0), k.lane.index(words), blockWords, [&](Value word) {
    for (int64_t i = 0; i < tileRows; ++i)
      call("tileloadd64",
           {i8(4 + i), getAddress(lhs, k.add(row, i * height), word),
            getStride(lhs)});
    for (int64_t j = 0; j < tileColumns; ++j)
      call("tileloadd64",
           {i8(6 + j), getAddress(rhs, word, k.add(column, j * unitWords)),
            getStride(rhs)});
    for (int64_t i = 0; i < tileRows; ++i)
      for (int64_t j = 0; j < tileColumns; ++j)
        call("tdpbf16ps", {getSum(i, j), i8(4 + i), i8(6 + j)});
  });
  for (int64_t i = 0; i < tileRows; ++i)
    for (int64_t j = 0; j < tileColumns; ++j)
      call("tilestored64", {getSum(i, j),
                            getAddress(sums, k.lane.index(i * height),
                                       k.lane.index(j * unitWords)),
                            getStride(sums)});

  Value last =
      k.b.create<arith::MinUIOp>(k.loc, k.add(row, tileRows * height), end);
  k.loop(row, last, 1, [&](Value r) {
    Value inTile = k.b.create<arith::SubIOp>(k.loc, r, row);
    for (auto [i, run] : llvm::enumerate(columns)) {
      Value sum =
          k.load(sums, false,
                 {{inTile, k.lane.index(i * lanes)}, lanes, lanes, nullptr});
      finish(r, run, sum);
    }
  });
}

void UnitEmitter::emit() {
  // Threads' shares begin at multiples of the unit.
  if (byRows && unit % unitRows)
    height = unitRows / 2;
  scratch = k.func.getArgument(k.func.getNumArguments() - 3);
  auto sumType =
      MemRefType::get({2 * unitRows, panelColumns}, k.b.getF32Type());
  sums = k.b.create<memref::ViewOp>(k.loc, sumType, scratch, k.lane.index(0),
                                    ValueRange());
  configure();

  // Pairs of tiles, then the one that may be left.
  Value begin = rowShare.begin, end = rowShare.end;
  Value some =
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ult, begin, end);
  Value rows = k.lane.select(some, k.b.create<arith::SubIOp>(k.loc, end, begin),
                             k.lane.index(0));
  Value pairs = k.b.create<arith::DivUIOp>(k.loc, k.add(rows, height - 1),
                                           k.lane.index(2 * height));
  Value left = k.b.create<arith::AddIOp>(
      k.loc, begin,
      k.b.create<arith::MulIOp>(k.loc, pairs, k.lane.index(2 * height)));
  Value isLeft =
      k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::ult, left, end);
  auto forEachPanel = [&](function_ref<void(Runs)> body) {
    k.loopPanels(columnShare, n, lanes, panelColumns / lanes, body);
  };
  auto forEachRow = [&](function_ref<void(Value, int64_t)> body) {
    k.loop(begin, left, 2 * height, [&](Value row) { body(row, 2); });
    k.ifTrue(isLeft, [&] { body(left, 1); });
  };
  // What stays in a core's second cache is read again for each pair of tiles:
  // the whole right operand if it can, so that results are written, and an
  // update's parameters read, along their rows.
  if (words * n * 4 / (byRows ? 1 : 2) <= cachedBytes)
    forEachRow([&](Value row, int64_t tiles) {
      forEachPanel([&](Runs runs) { emitTiles(row, tiles, end, runs); });
    });
  else
    forEachPanel([&](Runs runs) {
      forEachRow(
          [&](Value row, int64_t tiles) { emitTiles(row, tiles, end, runs); });
    });
  call("tilerelease", {});
}

int64_t getPackedScratchBytes() { return sumBytes + configBytes; }

void emitPackedContraction(KernelBuilder &k) {
  auto matmul = findInBody<PackedMatmulOp>(k.group);
  if (!matmul || !k.getInput(matmul.getLhs()) || !k.getInput(matmul.getRhs()))
    return k.fail(k.group, "expected a contraction of the group's inputs");
  k.emitForThread([&] {
    if (k.hasMatrixUnit)
      UnitEmitter(k, matmul).emit();
    else
      VectorEmitter(k, matmul).emit();
  });
}

} // namespace kiln
