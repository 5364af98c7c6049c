//===- ScanKernel.cpp - Recurrences, a tile of the batch at a time --------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// A thread takes one tile of samples through all of its steps. The groups of
// the cell are kernels of their own, called once a step on the tile's rows;
// what they hand to each other stays in a scratch area that is small enough for
// the thread's first caches. Steps of sequences that are kept in tiles are used
// where they lie; others are put together from rows, by index where a gather
// is part of the group.
//
// Long, since one emitter lays out, fills and empties the cell's buffers.
//
// The contraction of a sum runs once in `chunk` steps, over the rows of all of
// them: its operands wait in rings. Every element of a sum is one chain of
// fused multiply-adds over the steps in the order in which they run, so `chunk`
// does not show in the bits.
//
// One class, and so one file past 600 lines: its parts share where each value
// of the cell lies.
//
//===----------------------------------------------------------------------===//

#include "codegen/ScanKernel.h"

#include "codegen/GroupLowering.h"
#include "codegen/KernelBuilder.h"
#include "ir/KilnScan.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace kiln {

namespace {

/// Bytes from an offset of a block on.
struct Memory {
  Value block, offset;
};

class ScanEmitter {
public:
  ScanEmitter(KernelBuilder &k)
      : k(k), names(k.func.getName()), layout(k.group), scan(layout.scan) {
    scratch = k.func.getArgument(k.func.getNumArguments() - 3);
  }

  void emit();

private:
  using Home = ScanLayout::Home;

  // Numbers.
  Value index(int64_t value) { return k.lane.index(value); }
  Value add(Value x, Value y) { return k.b.create<arith::AddIOp>(k.loc, x, y); }
  Value sub(Value x, Value y) { return k.b.create<arith::SubIOp>(k.loc, x, y); }
  Value mul(Value x, int64_t y) {
    return y == 1 ? x : k.b.create<arith::MulIOp>(k.loc, x, index(y));
  }
  Value equal(Value x, Value y) {
    return k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::eq, x, y);
  }

  // Memory.
  static RankedTensorType getType(Value value) {
    return cast<RankedTensorType>(value.getType());
  }
  static int64_t getElements(Value value) {
    return getType(value).getNumElements();
  }
  static Type getElement(RankedTensorType type) {
    Type element = type.getElementType();
    return element.isInteger(1) ? IntegerType::get(type.getContext(), 8)
                                : element;
  }
  static int64_t getElementBytes(Value value) {
    return getElement(getType(value)).getIntOrFloatBitWidth() / 8;
  }
  Value view(Memory memory, MemRefType type) {
    return k.b.create<memref::ViewOp>(k.loc, type, memory.block, memory.offset,
                                      ValueRange());
  }
  Value view(Memory memory, RankedTensorType type) {
    return view(memory, MemRefType::get(type.getShape(), getElement(type)));
  }
  Value viewElements(Memory memory, int64_t count, Type element) {
    return view(memory, MemRefType::get({count}, element));
  }
  Memory shift(Memory memory, Value bytes) {
    return {memory.block, add(memory.offset, bytes)};
  }
  /// Calls `body` with the position of each run of elements, 16 at a time.
  void forElements(int64_t count, function_ref<void(const Position &)> body);
  void copy(Memory to, Memory from, int64_t count, Type element);
  void accumulate(Memory to, Memory from, int64_t count);
  void clear(Memory to, int64_t count, Type element);

  Memory getScratch(int64_t offset) { return {scratch, index(offset)}; }
  Memory getInput(unsigned input) {
    return {k.func.getArgument(input), index(0)};
  }
  Memory getInput(Value value) { return getInput(*layout.getInput(value)); }
  Memory getOutput(Value value) {
    return {k.getOutput(*layout.getOutput(value)), index(0)};
  }
  /// The tile's part of a value `[B, ...]`, or `[B/R, ...]` if `tiles`.
  Memory getTile(Memory memory, Value whole, bool tiles);
  /// A step of a value that is kept in tiles.
  Memory getTiledStep(Memory memory, Value step);
  const Home &getHome(Value value) {
    return layout.homes.find(lookThroughReshapes(value))->second;
  }
  /// Where a value of the cell is in the current step.
  Memory getMemory(Value value);

  // The kernel.
  void emitTile();
  void emitStep(Value i);
  void findIdle();
  void loadStates();
  void clearSums();
  void clearScattered();
  void clearIdle();
  void loadSequence(unsigned sequence);
  void storeOutput(unsigned output, bool early);
  void runGroup(FusionOp group);
  void fillRings();
  void emitSums();
  void advanceStates();
  void storeStates();
  func::FuncOp getSumFunction(FusionOp contraction);
  void finishFunction(func::FuncOp func);
  /// Reports the end of a part of the cell, of `steps` steps (1 unless given).
  void stamp(int64_t part, Value steps = nullptr);
  /// The parts are the cell's groups in order and, last, all else.
  int64_t getPart(FusionOp group) {
    auto groups = scan.getBody().front().getOps<FusionOp>();
    return std::distance(groups.begin(), llvm::find(groups, group));
  }
  int64_t getLastPart() {
    return llvm::range_size(scan.getBody().front().getOps<FusionOp>());
  }
  /// Calls `body(r, sample)` for each row of the tile.
  void forRows(function_ref<void(int64_t, Value)> body) {
    for (int64_t r = 0; r < layout.rows; ++r)
      body(r, k.add(first, r));
  }

  KernelBuilder &k;
  KernelNames names;
  ScanLayout layout;
  ScanOp scan;
  Value scratch;
  /// Of the current tile: its first sample, its number; of the current step:
  /// its number, its slot in rings, and whether a chunk ends.
  Value first, tile, step, slot, chunkEnds;
  /// The steps that are not idle, from `begin` up to `end`.
  Value begin, end;
  llvm::DenseMap<Operation *, func::FuncOp> functions;
  llvm::DenseMap<Operation *, func::FuncOp> sumFunctions;
};

} // namespace

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void ScanEmitter::forElements(int64_t count,
                              function_ref<void(const Position &)> body) {
  constexpr int64_t unrolled = 8 * virtualLanes;
  int64_t whole = count / unrolled * unrolled;
  auto emit = [&](Value base, int64_t many) {
    for (int64_t i = 0; i < many; i += virtualLanes)
      body({{k.add(base, i)},
            virtualLanes,
            std::min(virtualLanes, many - i),
            nullptr});
  };
  if (whole > unrolled)
    k.loop(index(0), index(whole), unrolled,
           [&](Value i) { emit(i, unrolled); });
  else if (whole)
    emit(index(0), whole);
  emit(index(whole), count - whole);
}

void ScanEmitter::copy(Memory to, Memory from, int64_t count, Type element) {
  Value source = viewElements(from, count, element);
  Value target = viewElements(to, count, element);
  if (count == 1) {
    Position at{{index(0)}, 0, 0, nullptr};
    return k.store(target, k.load(source, false, at), at);
  }
  forElements(count, [&](const Position &at) {
    k.store(target, k.load(source, false, at), at);
  });
}

void ScanEmitter::accumulate(Memory to, Memory from, int64_t count) {
  Type f32 = k.b.getF32Type();
  Value source = viewElements(from, count, f32);
  Value target = viewElements(to, count, f32);
  forElements(count, [&](const Position &at) {
    k.store(target,
            k.lane.add(k.load(target, false, at), k.load(source, false, at)),
            at);
  });
}

void ScanEmitter::clear(Memory to, int64_t count, Type element) {
  Value target = viewElements(to, count, element);
  Value zero = k.lane.constant(
      k.b.getZeroAttr(VectorType::get({virtualLanes}, element)));
  forElements(count, [&](const Position &at) { k.store(target, zero, at); });
}

Memory ScanEmitter::getTile(Memory memory, Value whole, bool tiles) {
  int64_t bytes = getByteSize(whole.getType()) / getType(whole).getDimSize(0);
  return shift(memory, mul(tiles ? tile : first, bytes));
}

Memory ScanEmitter::getTiledStep(Memory memory, Value value) {
  Value number = add(mul(tile, layout.steps), step);
  return shift(memory, mul(number, getByteSize(value.getType())));
}

Memory ScanEmitter::getMemory(Value value) {
  value = lookThroughReshapes(value);
  const Home &home = getHome(value);
  switch (home.kind) {
  case Home::Scratch: {
    Memory memory = getScratch(home.offset);
    if (home.slots == 1)
      return memory;
    return shift(memory, mul(slot, getByteSize(value.getType())));
  }
  case Home::State:
    return getScratch(home.offset);
  case Home::Output:
    return getTiledStep(getOutput(scan.getOutputs()[home.number]), value);
  case Home::Sequence:
    return getTiledStep(getInput(scan.getSequences()[home.number]), value);
  case Home::Capture:
    return getInput(home.number);
  case Home::Rows:
    return getTile(getInput(home.number), k.group.getInputs()[home.number],
                   /*tiles=*/false);
  }
  llvm_unreachable("unknown home");
}

//===----------------------------------------------------------------------===//
// Functions of the cell
//===----------------------------------------------------------------------===//

void ScanEmitter::finishFunction(func::FuncOp func) {
  func->setAttr("passthrough", k.b.getStrArrayAttr({"noinline"}));
  func->setAttr("llvm.linkage",
                LLVM::LinkageAttr::get(k.b.getContext(),
                                       LLVM::linkage::Linkage::Internal));
}

void ScanEmitter::stamp(int64_t part, Value steps) {
  if (!k.stamps)
    return;
  constexpr StringLiteral callee("kiln_rt_stamp_cell");
  Value number = k.b.create<arith::ConstantIntOp>(k.loc, part, 32);
  Value count = k.b.create<arith::IndexCastOp>(k.loc, k.b.getI64Type(),
                                               steps ? steps : index(1));
  auto module = k.func->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol(callee)) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    auto type =
        k.b.getFunctionType({number.getType(), count.getType()}, TypeRange());
    atStart.create<func::FuncOp>(k.loc, callee, type).setPrivate();
  }
  k.b.create<func::CallOp>(k.loc, callee, TypeRange(),
                           ValueRange{number, count});
}

void ScanEmitter::runGroup(FusionOp group) {
  func::FuncOp &function = functions[group];
  if (!function) {
    // A cell's kernel is one thread's: all of it.
    group.setPartitionAttr(PartitionAttr::get(k.b.getContext(), -1, 1));
    FailureOr<func::FuncOp> made =
        lowerGroup(group, names.take(group.getId()),
                   k.func->getParentOfType<ModuleOp>(), k.lane.vectorBits);
    if (failed(made))
      return k.fail(group, "has no kernel inside a cell");
    function = *made;
    finishFunction(function);
  }
  SmallVector<Value> operands;
  for (Value value : group->getOperands())
    operands.push_back(view(getMemory(value), getType(value)));
  for (Value value : group->getResults())
    operands.push_back(view(getMemory(value), getType(value)));
  operands.append({index(0), index(1)});
  k.b.create<func::CallOp>(k.loc, function, operands);
  stamp(getPart(group));
}

/// A function that adds `sum over k < rows of lhs[k, m] * rhs[k, n]` to a
/// matrix.
func::FuncOp ScanEmitter::getSumFunction(FusionOp contraction) {
  func::FuncOp &function = sumFunctions[contraction];
  if (!function) {
    function = emitSum(contraction, names.take(contraction.getId()),
                       k.func->getParentOfType<ModuleOp>(), k.lane.vectorBits,
                       layout.chunk);
    finishFunction(function);
  }
  return function;
}

//===----------------------------------------------------------------------===//
// A tile
//===----------------------------------------------------------------------===//

/// The steps from the first to the last at which a sample of the tile is not
/// masked; the others are idle.
void ScanEmitter::findIdle() {
  begin = index(0);
  end = index(layout.steps);
  if (!scan.getIdleWhen())
    return;
  Value sequence = scan.getSequences()[*scan.getIdleWhen()];
  Memory rows = getTile(getInput(sequence), sequence, false);
  int64_t count = layout.rows * layout.steps;
  Value bytes = viewElements(rows, count, k.b.getI8Type());
  KernelBuilder::Carried carried = {index(layout.steps), index(0)};
  k.loop(index(0), index(layout.rows), 1, carried,
         [&](Value r, KernelBuilder::Carried &outer) {
           Value base = mul(r, layout.steps);
           k.loop(index(0), index(layout.steps), 1, outer,
                  [&](Value t, KernelBuilder::Carried &inner) {
                    Position at{{add(base, t)}, 0, 0, nullptr};
                    Value valid = k.load(bytes, /*isBool=*/true, at);
                    Value low = k.b.create<arith::MinUIOp>(k.loc, inner[0], t);
                    Value high = k.b.create<arith::MaxUIOp>(k.loc, inner[1],
                                                            k.add(t, 1));
                    inner[0] = k.lane.select(valid, low, inner[0]);
                    inner[1] = k.lane.select(valid, high, inner[1]);
                  });
         });
  end = carried[1];
  begin = k.b.create<arith::MinUIOp>(k.loc, carried[0], end);
}

void ScanEmitter::loadStates() {
  for (auto [init, argument, offset] : llvm::zip(
           scan.getInit(), scan.getStateArguments(), layout.stateOffsets)) {
    Type element = getElement(getType(argument));
    int64_t count = getElements(argument);
    if (layout.getInput(init))
      copy(getScratch(offset), getTile(getInput(init), init, false), count,
           element);
    else
      clear(getScratch(offset), count, element);
  }
}

void ScanEmitter::clearSums() {
  for (auto [sum, contribution] :
       llvm::zip(scan.getSums(), scan.getContributions()))
    clear(getTile(getOutput(sum), sum, true), getElements(contribution),
          k.b.getF32Type());
}

void ScanEmitter::clearScattered() {
  for (unsigned i = 0; i < scan.getOutputs().size(); ++i)
    if (ScatterOp scatter = layout.getScatter(i)) {
      Value whole = scatter.getOutput();
      int64_t width = getType(whole).getShape().back();
      int64_t length = scatter.getRows();
      Memory target = getOutput(whole);
      k.loop(index(0), index(layout.rows), 1, [&](Value r) {
        Value sample = add(first, r);
        Value count =
            k.getRagged().first ? k.getRowCount(sample, 1) : index(length);
        Value base = mul(sample, length);
        k.loop(index(0), count, 1, [&](Value row) {
          clear(shift(target, mul(add(base, row), width * 4)), width,
                k.b.getF32Type());
        });
      });
    }
}

/// Zeros where an output `[B, T, ...]` has idle steps: others may read them.
void ScanEmitter::clearIdle() {
  if (!scan.getIdleWhen())
    return;
  for (auto [i, value] : llvm::enumerate(scan.getStepOutputs())) {
    Value whole = scan.getOutputs()[i];
    if (layout.getScatter(i) || isKeptInTiles(whole.getType(), value.getType()))
      continue;
    int64_t count = getElements(value) / layout.rows;
    int64_t bytes = count * getElementBytes(value);
    Type element = getElement(getType(value));
    Memory target = getOutput(whole);
    k.loop(index(0), index(layout.rows), 1, [&](Value r) {
      Value base = mul(add(first, r), layout.steps);
      auto clearSteps = [&](Value from, Value to) {
        k.loop(from, to, 1, [&](Value t) {
          clear(shift(target, mul(add(base, t), bytes)), count, element);
        });
      };
      clearSteps(index(0), begin);
      clearSteps(end, index(layout.steps));
    });
  }
}

/// Puts a step of a sequence `[B, T, ...]` together from the rows of the tile's
/// samples.
void ScanEmitter::loadSequence(unsigned number) {
  BlockArgument argument = scan.getSequenceArguments()[number];
  const Home &home = getHome(argument);
  if (home.kind == Home::Sequence)
    return;
  int64_t count = getElements(argument) / layout.rows;
  int64_t bytes = count * getElementBytes(argument);
  Type element = getElement(getType(argument));
  Memory target = getMemory(argument);
  GatherOp gather = layout.getGather(number);
  Memory source =
      getInput(gather ? gather.getTable() : scan.getSequences()[number]);
  forRows([&](int64_t r, Value sample) {
    Value at = add(mul(sample, layout.steps), step);
    Memory to = shift(target, index(r * bytes));
    if (!gather)
      return copy(to, shift(source, mul(at, bytes)), count, element);
    Value positions =
        viewElements(getInput(gather.getIndices()), layout.batch * layout.steps,
                     k.b.getI32Type());
    Value position = k.b.create<memref::LoadOp>(k.loc, positions, at);
    Value known = k.b.create<arith::CmpIOp>(k.loc, arith::CmpIPredicate::sge,
                                            position, k.lane.i32(0, position));
    position = k.lane.select(known, position, k.lane.i32(0, position));
    Value row =
        k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), position);
    if (gather.getBatchDims())
      row = add(row, mul(sample, gather.getTable().getType().getDimSize(1)));
    Value from = viewElements(shift(source, mul(row, bytes)), count, element);
    Value into = viewElements(to, count, element);
    forElements(count, [&](const Position &chunk) {
      Value x = k.load(from, false, chunk);
      Value zero = k.lane.f32(0.0, x);
      Value mask = k.lane.splat(known, chunk.lanes);
      k.store(into, k.lane.select(mask, x, zero), chunk);
    });
  });
}

/// Hands out what the step adds to an output, unless a group has written it
/// there. What a state was before the step has to be read early.
void ScanEmitter::storeOutput(unsigned number, bool early) {
  Value value = scan.getStepOutputs()[number];
  if (isa<BlockArgument>(value) != early)
    return;
  Value whole = scan.getOutputs()[number];
  Type element = getElement(getType(value));
  int64_t count = getElements(value);
  if (ScatterOp scatter = layout.getScatter(number)) {
    count /= layout.rows;
    int64_t bytes = count * getElementBytes(value);
    Memory source = getMemory(value), target = getOutput(scatter.getOutput());
    Value positions =
        viewElements(getInput(scatter.getIndices()),
                     layout.batch * layout.steps, k.b.getI32Type());
    forRows([&](int64_t r, Value sample) {
      Value at = add(mul(sample, layout.steps), step);
      Value position = k.b.create<memref::LoadOp>(k.loc, positions, at);
      Value row =
          k.b.create<arith::IndexCastOp>(k.loc, k.b.getIndexType(), position);
      row = add(row, mul(sample, int64_t(scatter.getRows())));
      accumulate(shift(target, mul(row, bytes)),
                 shift(source, index(r * bytes)), count);
    });
    return;
  }
  if (isKeptInTiles(whole.getType(), value.getType())) {
    const Home &home = getHome(value);
    if (home.kind == Home::Output && home.number == number)
      return;
    return copy(getTiledStep(getOutput(whole), value), getMemory(value), count,
                element);
  }
  count /= layout.rows;
  int64_t bytes = count * getElementBytes(value);
  Memory source = getMemory(value), target = getOutput(whole);
  forRows([&](int64_t r, Value sample) {
    Value at = add(mul(sample, layout.steps), step);
    copy(shift(target, mul(at, bytes)), shift(source, index(r * bytes)), count,
         element);
  });
}

/// Puts the step's operands of sums into their rings, but for those that groups
/// computed there.
void ScanEmitter::fillRings() {
  llvm::DenseSet<int64_t> filled;
  auto fill = [&](Value value, int64_t ring) {
    if (!isa<BlockArgument>(lookThroughReshapes(value)) ||
        !filled.insert(ring).second)
      return;
    copy(shift(getScratch(ring), mul(slot, getByteSize(value.getType()))),
         getMemory(value), getElements(value), getElement(getType(value)));
  };
  for (const ScanLayout::Sum &sum : layout.sums)
    if (sum.contraction) {
      fill(sum.lhs, sum.lhsRing);
      fill(sum.rhs, sum.rhsRing);
    }
}

void ScanEmitter::emitSums() {
  bool anyContraction = false;
  for (auto [sum, whole, contribution] :
       llvm::zip(layout.sums, scan.getSums(), scan.getContributions())) {
    anyContraction |= bool(sum.contraction);
    if (!sum.contraction)
      accumulate(getTile(getOutput(whole), whole, true),
                 getMemory(contribution), getElements(contribution));
  }
  if (!anyContraction)
    return;
  k.ifTrue(chunkEnds, [&] {
    Value steps = k.add(slot, 1);
    Value count = mul(steps, layout.rows);
    for (auto [sum, whole] : llvm::zip(layout.sums, scan.getSums())) {
      if (!sum.contraction)
        continue;
      func::FuncOp function = getSumFunction(sum.contraction);
      auto ring = [&](int64_t offset, Value value) {
        RankedTensorType type = getType(value);
        SmallVector<int64_t> shape(type.getShape());
        shape[0] *= layout.chunk;
        return view(getScratch(offset), type.clone(shape));
      };
      Value target = view(
          getTile(getOutput(whole), whole, true),
          cast<RankedTensorType>(sum.contraction.getOutputs()[0].getType()));
      k.b.create<func::CallOp>(k.loc, function,
                               ValueRange{ring(sum.lhsRing, sum.lhs),
                                          ring(sum.rhsRing, sum.rhs), target,
                                          count});
      stamp(getPart(sum.contraction), steps);
    }
  });
}

void ScanEmitter::advanceStates() {
  for (auto [i, next] : llvm::enumerate(scan.getNextStates())) {
    BlockArgument argument = scan.getStateArguments()[i];
    if (next == argument)
      continue;
    if (isa<BlockArgument>(next) &&
        llvm::is_contained(scan.getStateArguments(), next))
      return k.fail(scan, "expected states that do not trade places");
    const Home &home = getHome(next);
    if (home.kind == Home::State && home.number == i)
      continue;
    copy(getScratch(layout.stateOffsets[i]), getMemory(next), getElements(next),
         getElement(getType(next)));
  }
}

void ScanEmitter::storeStates() {
  for (auto [state, argument, offset] : llvm::zip(
           scan.getStates(), scan.getStateArguments(), layout.stateOffsets))
    if (layout.getOutput(state))
      copy(getTile(getOutput(state), state, false), getScratch(offset),
           getElements(argument), getElement(getType(argument)));
}

void ScanEmitter::emitStep(Value i) {
  Value count = sub(end, begin);
  step = scan.getReverse() ? sub(sub(end, index(1)), i) : add(begin, i);
  slot = k.b.create<arith::RemUIOp>(k.loc, i, index(layout.chunk));
  chunkEnds = k.b.create<arith::OrIOp>(
      k.loc, equal(slot, index(layout.chunk - 1)), equal(k.add(i, 1), count));
  for (unsigned s = 0; s < scan.getSequences().size(); ++s)
    loadSequence(s);
  for (unsigned o = 0; o < scan.getOutputs().size(); ++o)
    storeOutput(o, /*early=*/true);
  fillRings();
  stamp(getLastPart(), index(0));
  for (Operation &op : scan.getBody().front().without_terminator()) {
    if (auto group = dyn_cast<FusionOp>(op)) {
      if (!layout.isSumOnly(group))
        runGroup(group);
    }
  }
  for (unsigned o = 0; o < scan.getOutputs().size(); ++o)
    storeOutput(o, /*early=*/false);
  stamp(getLastPart());
  emitSums();
  advanceStates();
}

void ScanEmitter::emitTile() {
  tile = k.b.create<arith::DivUIOp>(k.loc, first, index(layout.rows));
  findIdle();
  loadStates();
  clearSums();
  clearScattered();
  clearIdle();
  k.loop(index(0), sub(end, begin), 1, [&](Value i) { emitStep(i); });
  storeStates();
}

void ScanEmitter::emit() {
  if (!scan.getSums().empty() && !scan.getTileRows())
    return k.fail(scan, "expected sums by tile (hint: 'kiln-tile-scans' runs "
                        "before)");
  for (Operation &op : scan.getBody().front().without_terminator())
    if (!isa<FusionOp, ReshapeOp>(op))
      return k.fail(&op, "expected to be in a group of its cell");
  for (Value init : scan.getInit())
    if (!layout.getInput(init) && !matchPattern(init, m_AnyZeroFloat()))
      return k.fail(scan, "expected states that start from zero or from an "
                          "input of the group");
  k.emitForThread([&] {
    Share share = k.getShare(layout.batch);
    k.loop(share.begin, share.end, layout.rows, [&](Value sample) {
      first = sample;
      emitTile();
    });
  });
}

int64_t getScanScratchBytes(FusionOp group) {
  return std::max<int64_t>(ScanLayout(group).bytes, 64);
}

void emitScan(KernelBuilder &k) { ScanEmitter(k).emit(); }

} // namespace kiln
