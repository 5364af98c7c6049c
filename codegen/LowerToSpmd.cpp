//===- LowerToSpmd.cpp - Programs of one parallel region ------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"
#include "runtime/Abi.h"

#include "llvm/Support/SaveAndRestore.h"

#include <cstddef>

#define DEBUG_TYPE "kiln-lower-to-spmd"

namespace kiln {
#define GEN_PASS_DEF_LOWERTOSPMD
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;
namespace arith = mlir::arith;
namespace func = mlir::func;
namespace memref = mlir::memref;
namespace omp = mlir::omp;
namespace scf = mlir::scf;

/// How memory holds a tensor: row-major, i1 as a byte.
static mlir::MemRefType getBufferType(mlir::Type type) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  mlir::Type element = tensor.getElementType();
  if (element.isInteger(1))
    element = mlir::IntegerType::get(type.getContext(), 8);
  return mlir::MemRefType::get(tensor.getShape(), element);
}

namespace {
/// Emits the program of one function.
class ProgramEmitter {
public:
  ProgramEmitter(func::FuncOp source, llvm::StringRef name, int64_t areaBytes,
                 unsigned vectorBits, bool stamps, bool hasMatrixUnit)
      : source(source), module(source->getParentOfType<mlir::ModuleOp>()),
        builder(source), name(name), areaBytes(areaBytes),
        vectorBits(vectorBits), stamps(stamps), hasMatrixUnit(hasMatrixUnit),
        loc(source.getLoc()), names(name) {}
  llvm::LogicalResult run();

private:
  void beginRegion();
  void emitLoads();
  /// The elements of each sample, [begin, end), that this thread reads.
  std::pair<mlir::Value, mlir::Value> getLoaded(mlir::BlockArgument argument);
  llvm::LogicalResult emitOps(llvm::iterator_range<mlir::Block::iterator> ops);
  /// Has the runtime list what a group asks for (AskedAddresses.cpp).
  void listAhead(FusionOp group);
  llvm::LogicalResult emitGroup(FusionOp group);
  /// Emits the groups of a tile loop, which starts at `group`; returns the
  /// last one.
  llvm::FailureOr<FusionOp> emitTileLoop(FusionOp group);
  llvm::LogicalResult emitCopies();
  void emitBarrier();
  void stamp(int64_t kernel);

  func::CallOp callRuntime(llvm::StringRef callee, mlir::TypeRange results,
                           mlir::ValueRange operands);
  /// Memory of a value of the source function, as a memref of its type.
  mlir::Value getMemory(mlir::Value value);
  mlir::Value getMemory(PlaceAttr place, mlir::Type type);
  mlir::Value getMemory(PlaceAttr place, mlir::MemRefType type);
  /// Where a thread's area has the byte `offset`, as the runtime takes it.
  mlir::Value getAddress(int64_t offset);
  PlaceAttr getPlace(mlir::Value value);
  mlir::Value constant(int64_t value, unsigned bits) {
    return builder.create<arith::ConstantIntOp>(loc, value, bits);
  }
  mlir::MemRefType getBytesType(int64_t size) {
    return mlir::MemRefType::get({size}, builder.getI8Type());
  }
  int64_t getBytes(llvm::StringRef attribute) {
    return source->getAttrOfType<mlir::IntegerAttr>(attribute).getInt();
  }

  func::FuncOp source;
  mlir::ModuleOp module;
  mlir::OpBuilder builder;
  llvm::StringRef name;
  int64_t areaBytes;
  unsigned vectorBits;
  bool stamps;
  bool hasMatrixUnit;
  mlir::Location loc;
  KernelNames names;
  int64_t kernel = 0;

  mlir::Value run_, state, arena, results, step, threadArea;
  /// The number of this thread and of all, as the runtime and the kernels
  /// take them.
  mlir::Value thread32, thread, threads;
  mlir::Value isFirst;
  /// Inside a tile loop: the number of the tile and of all.
  mlir::Value tile;
  int64_t tiles = 0;
};
} // namespace

func::CallOp ProgramEmitter::callRuntime(llvm::StringRef callee,
                                         mlir::TypeRange results,
                                         mlir::ValueRange operands) {
  auto type = builder.getFunctionType(operands.getTypes(), results);
  if (!module.lookupSymbol(callee)) {
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    builder.create<func::FuncOp>(loc, callee, type).setPrivate();
  }
  return builder.create<func::CallOp>(loc, callee, results, operands);
}

void ProgramEmitter::stamp(int64_t kernel) {
  if (stamps)
    callRuntime("kiln_rt_stamp", {}, {constant(kernel, 32)});
}

void ProgramEmitter::emitBarrier() {
  builder.create<omp::BarrierOp>(loc);
  stamp(KILN_STAMP_BARRIER);
}

PlaceAttr ProgramEmitter::getPlace(mlir::Value value) {
  value = lookThroughReshapes(value);
  if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value))
    return source.getArgAttrOfType<PlaceAttr>(argument.getArgNumber(),
                                              attrs::place);
  auto result = llvm::cast<mlir::OpResult>(value);
  auto places =
      result.getOwner()->getAttrOfType<mlir::ArrayAttr>(attrs::places);
  return llvm::cast<PlaceAttr>(places[result.getResultNumber()]);
}

mlir::Value ProgramEmitter::getMemory(PlaceAttr place, mlir::Type type) {
  return getMemory(place, getBufferType(type));
}

mlir::Value ProgramEmitter::getMemory(PlaceAttr place, mlir::MemRefType type) {
  mlir::Value block;
  switch (place.getBlock()) {
  case Block::state:
    block = state;
    break;
  case Block::arena:
    block = arena;
    break;
  case Block::thread:
  case Block::tile:
    block = threadArea;
    break;
  case Block::results:
    block = results;
    break;
  case Block::step:
    block = step;
    break;
  }
  mlir::Value offset =
      builder.create<arith::ConstantIndexOp>(loc, place.getOffset());
  if (place.getBlock() == Block::tile) {
    // Kernels count from the first tile on; only the one at hand has memory.
    int64_t bytes =
        type.getNumElements() * type.getElementTypeBitWidth() / 8 / tiles;
    mlir::Value before = builder.create<arith::MulIOp>(
        loc, tile, builder.create<arith::ConstantIndexOp>(loc, bytes));
    offset = builder.create<arith::SubIOp>(loc, offset, before);
  }
  return builder.create<memref::ViewOp>(loc, type, block, offset,
                                        mlir::ValueRange());
}

mlir::Value ProgramEmitter::getMemory(mlir::Value value) {
  return getMemory(getPlace(value), value.getType());
}

std::pair<mlir::Value, mlir::Value>
ProgramEmitter::getLoaded(mlir::BlockArgument argument) {
  auto type = llvm::cast<mlir::RankedTensorType>(argument.getType());
  int64_t size = type.getNumElements() / type.getDimSize(0);
  auto getAll = [&] {
    mlir::Value none = constant(0, 64);
    return std::pair(none, constant(size, 64));
  };
  bool returned = false;
  llvm::SetVector<FusionOp> readers = getReaders(argument, returned);
  mlir::Value begin, end;
  for (FusionOp reader : readers)
    for (auto [i, input] : llvm::enumerate(reader.getInputs())) {
      if (lookThroughReshapes(input) != argument)
        continue;
      auto shape = llvm::cast<mlir::RankedTensorType>(input.getType());
      Access access = getInputAccess(reader, reader.getPartitionAttr(), i);
      // Tiles and threads are dealt otherwise.
      if (returned || reader->hasAttr(attrs::tileLoop) || runsOnce(reader) ||
          access.kind != Access::Split || access.dim != 1 ||
          shape.getRank() != 2 || shape.getDimSize(1) != size)
        return getAll();
      auto index = [&](int64_t value) -> mlir::Value {
        return builder.create<arith::ConstantIndexOp>(loc, value);
      };
      auto getBegin = [&](mlir::Value number) {
        return emitShareBegin(builder, loc, number, threads, access.extent,
                              access.unit, index);
      };
      mlir::Value next = builder.create<arith::AddIOp>(loc, thread, index(1));
      mlir::Value first = getBegin(thread);
      mlir::Value last =
          builder.create<arith::MinUIOp>(loc, getBegin(next), index(size));
      begin = begin ? builder.create<arith::MinUIOp>(loc, begin, first) : first;
      end = end ? builder.create<arith::MaxUIOp>(loc, end, last) : last;
    }
  if (!begin)
    return getAll();
  auto widen = [&](mlir::Value index) -> mlir::Value {
    return builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), index);
  };
  return {widen(begin), widen(end)};
}

mlir::Value ProgramEmitter::getAddress(int64_t offset) {
  // The address of the area, not of a view: MLIR's strided metadata passes
  // forget a view's offset.
  mlir::Value base =
      builder.create<memref::ExtractAlignedPointerAsIndexOp>(loc, threadArea);
  base = builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), base);
  return builder.create<mlir::LLVM::IntToPtrOp>(
      loc, mlir::LLVM::LLVMPointerType::get(builder.getContext()),
      builder.create<arith::AddIOp>(loc, base, constant(offset, 64)));
}

/// Every thread fills its own copy of what the batch holds.
void ProgramEmitter::emitLoads() {
  int64_t operand = 0;
  for (mlir::BlockArgument argument : source.getArguments()) {
    if (!isThreadPrivate(argument))
      continue;
    mlir::Value address = getAddress(getPlace(argument).getOffset());
    auto [begin, end] = getLoaded(argument);
    callRuntime("kiln_rt_load", {},
                {run_, thread32, constant(operand++, 32), address, begin, end});
  }
  stamp(KILN_STAMP_LOAD);
}

void ProgramEmitter::listAhead(FusionOp group) {
  assert(!tile && "a sum over the batch is not cut into tiles of it");
  auto input = group->getAttrOfType<mlir::IntegerAttr>(attrs::askAhead);
  auto argument = llvm::cast<mlir::BlockArgument>(
      lookThroughReshapes(group.getInputs()[input.getInt()]));
  int64_t operand = 0;
  for (mlir::BlockArgument before : source.getArguments())
    operand += before.getArgNumber() < argument.getArgNumber() &&
               isThreadPrivate(before);
  int64_t offset =
      group->getAttrOfType<mlir::IntegerAttr>(attrs::scratch).getInt() +
      getAskedOffset(group);
  auto [begin, end] = getLoaded(argument);
  callRuntime("kiln_rt_list_ahead", {},
              {run_, thread32, constant(operand, 32), getAddress(offset),
               constant(countAsked(group), 64), begin, end});
}

llvm::LogicalResult ProgramEmitter::emitGroup(FusionOp group) {
  llvm::FailureOr<func::FuncOp> function =
      lowerGroup(group, names.take(group.getId()), module, vectorBits, stamps,
                 hasMatrixUnit);
  if (failed(function))
    return llvm::failure();
  mlir::MLIRContext *context = builder.getContext();
  (*function)->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  (*function)->setAttr("llvm.linkage",
                       mlir::LLVM::LinkageAttr::get(
                           context, mlir::LLVM::linkage::Linkage::Internal));
  llvm::SaveAndRestore<mlir::Location> at(loc, group.getLoc());
  llvm::SmallVector<mlir::Value> operands;
  auto addMemory = [&](PlaceAttr place) {
    mlir::Type type = function->getArgumentTypes()[operands.size()];
    operands.push_back(getMemory(place, llvm::cast<mlir::MemRefType>(type)));
  };
  for (mlir::Value input : group.getInputs())
    addMemory(getPlace(input));
  for (mlir::Value output : group.getOutputs())
    addMemory(getPlace(output));
  if (auto scratch = group->getAttrOfType<mlir::IntegerAttr>(attrs::scratch))
    addMemory(PlaceAttr::get(context, Block::thread, scratch.getInt()));
  if (tile)
    operands.append({tile, builder.create<arith::ConstantIndexOp>(loc, tiles)});
  else
    operands.append({thread, threads});
  if (countAsked(group))
    listAhead(group);
  builder.create<func::CallOp>(loc, *function, operands);
  stamp(kernel++);
  return llvm::success();
}

/// A thread takes one tile after the other, until all are taken: tiles differ
/// in length, and threads in luck.
llvm::FailureOr<FusionOp> ProgramEmitter::emitTileLoop(FusionOp group) {
  mlir::Attribute loop = group->getAttr(attrs::tileLoop);
  tiles = countUnits(group, group.getPartitionAttr());
  int64_t number = llvm::cast<mlir::IntegerAttr>(loop).getInt();
  auto each = builder.create<scf::WhileOp>(
      loc, mlir::TypeRange(builder.getIndexType()), mlir::ValueRange());
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&each.getBefore());
  mlir::Value next = callRuntime("kiln_rt_next_tile", builder.getI64Type(),
                                 {run_, constant(number, 32)})
                         .getResult(0);
  next = builder.create<arith::IndexCastOp>(loc, builder.getIndexType(), next);
  mlir::Value goOn = builder.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::ult, next,
      builder.create<arith::ConstantIndexOp>(loc, tiles));
  builder.create<scf::ConditionOp>(loc, goOn, next);
  builder.createBlock(&each.getAfter(), {}, {builder.getIndexType()}, {loc});
  tile = each.getAfterArguments().front();
  FusionOp last;
  for (mlir::Operation *op = group; op; op = op->getNextNode()) {
    auto member = llvm::dyn_cast<FusionOp>(op);
    if (member && member->getAttr(attrs::tileLoop) != loop)
      break;
    if (!member && !llvm::isa<ReshapeOp>(op))
      break;
    if (member && failed(emitGroup(member)))
      return llvm::failure();
    if (member)
      last = member;
  }
  tile = nullptr;
  builder.create<scf::YieldOp>(loc);
  return last;
}

/// Brings what was computed elsewhere to where the plan wants it. Fails at a
/// swap of arguments, which no model asks for.
llvm::LogicalResult ProgramEmitter::emitCopies() {
  llvm::SmallVector<std::tuple<PlaceAttr, PlaceAttr, mlir::Type>> copies;
  mlir::Operation *terminator = source.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    auto to = source.getResultAttrOfType<PlaceAttr>(i, attrs::place);
    PlaceAttr from = getPlace(value);
    if (from == to)
      continue;
    if (from.getBlock() == Block::state && to.getBlock() == Block::state)
      return source.emitOpError("expected result ")
             << i
             << " to be computed or to stay as it is, got another argument";
    copies.push_back({from, to, value.getType()});
  }
  if (copies.empty())
    return llvm::success();
  emitBarrier();
  auto first = builder.create<scf::IfOp>(loc, isFirst);
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(first.thenBlock());
  for (auto [from, to, type] : copies)
    builder.create<memref::CopyOp>(loc, getMemory(from, type),
                                   getMemory(to, type));
  stamp(KILN_STAMP_COPY);
  return llvm::success();
}

/// The program's signature (kiln_program) and the start of its region.
void ProgramEmitter::beginRegion() {
  auto pointer = mlir::LLVM::LLVMPointerType::get(builder.getContext());
  mlir::Type i32 = builder.getI32Type();
  auto type = builder.getFunctionType(
      {pointer, getBytesType(getBytes(attrs::stateBytes)),
       getBytesType(getBytes(attrs::arenaBytes)),
       getBytesType(getBytes(attrs::resultBytes)),
       getBytesType(sizeof(kiln_step)), i32},
      {});
  auto program = builder.create<func::FuncOp>(loc, name, type);
  mlir::Block *entry = program.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  run_ = entry->getArgument(0);
  state = entry->getArgument(1);
  arena = entry->getArgument(2);
  results = entry->getArgument(3);
  step = entry->getArgument(4);
  omp::ParallelClauseOps clauses;
  clauses.numThreadsVar = entry->getArgument(5);
  auto parallel = builder.create<omp::ParallelOp>(loc, clauses);
  builder.create<func::ReturnOp>(loc);
  builder.createBlock(&parallel.getRegion());

  thread32 = callRuntime("omp_get_thread_num", i32, {}).getResult(0);
  mlir::Value threads32 =
      callRuntime("omp_get_num_threads", i32, {}).getResult(0);
  mlir::Type index = builder.getIndexType();
  thread = builder.create<arith::IndexCastOp>(loc, index, thread32);
  threads = builder.create<arith::IndexCastOp>(loc, index, threads32);
  isFirst = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq,
                                          thread32, constant(0, 32));
  threadArea = callRuntime("kiln_rt_thread_begin", getBytesType(areaBytes),
                           {run_, thread32})
                   .getResult(0);
}

llvm::LogicalResult
ProgramEmitter::emitOps(llvm::iterator_range<mlir::Block::iterator> ops) {
  for (auto it = ops.begin(); it != ops.end(); ++it) {
    auto group = llvm::dyn_cast<FusionOp>(*it);
    if (llvm::isa<BarrierOp>(*it)) {
      emitBarrier();
    } else if (group && group->hasAttr(attrs::tileLoop)) {
      llvm::FailureOr<FusionOp> last = emitTileLoop(group);
      if (failed(last))
        return llvm::failure();
      it = mlir::Block::iterator(*last);
    } else if (group && failed(emitGroup(group))) {
      return llvm::failure();
    }
  }
  return llvm::success();
}

/// Where the ops of a step begin: behind the last group that runs once.
static mlir::Block::iterator findStep(mlir::Block &block) {
  mlir::Block::iterator begin = block.begin();
  for (auto group : block.getOps<FusionOp>())
    if (runsOnce(group))
      begin = std::next(group->getIterator());
  return begin;
}

llvm::LogicalResult ProgramEmitter::run() {
  beginRegion();
  mlir::Block &body = source.getBody().front();
  mlir::Block::iterator stepBegin = findStep(body);
  if (failed(emitOps({body.begin(), stepBegin})))
    return llvm::failure();
  auto loop =
      builder.create<scf::WhileOp>(loc, mlir::TypeRange(), mlir::ValueRange());
  {
    mlir::OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&loop.getBefore());
    auto first = builder.create<scf::IfOp>(loc, isFirst);
    {
      mlir::OpBuilder::InsertionGuard inner(builder);
      builder.setInsertionPointToStart(first.thenBlock());
      callRuntime("kiln_rt_step", {}, {run_});
    }
    emitBarrier();
    auto counter = mlir::RankedTensorType::get({}, builder.getI64Type());
    mlir::Value more = builder.create<memref::LoadOp>(
        loc, getMemory(PlaceAttr::get(builder.getContext(), Block::step,
                                      offsetof(kiln_step, more)),
                       counter));
    mlir::Value goOn = builder.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ne, more, constant(0, 64));
    builder.create<scf::ConditionOp>(loc, goOn, mlir::ValueRange());

    builder.createBlock(&loop.getAfter());
    emitLoads();
    if (failed(emitOps({stepBegin, body.end()})) || failed(emitCopies()))
      return llvm::failure();
    emitBarrier();
    builder.create<scf::YieldOp>(loc);
  }
  callRuntime("kiln_rt_thread_end", {}, {run_, thread32});
  builder.create<omp::TerminatorOp>(loc);
  return llvm::success();
}

/// Checks that the earlier passes have run on `func`.
static llvm::LogicalResult checkPlanned(func::FuncOp func) {
  if (func->hasAttr(attrs::arenaBytes))
    return llvm::success();
  return func.emitOpError("expected planned memory, got none (hint: "
                          "'kiln-plan-memory' runs before)");
}

/// Leaves out the barrier `number`, in the order of the text.
static llvm::LogicalResult eraseBarrier(mlir::ModuleOp module, int64_t number) {
  llvm::SmallVector<omp::BarrierOp> barriers;
  module.walk([&](omp::BarrierOp barrier) { barriers.push_back(barrier); });
  if (number >= int64_t(barriers.size()))
    return module.emitError("expected omit-barrier to be below ")
           << barriers.size() << ", got " << number;
  barriers[number].erase();
  return llvm::success();
}

namespace {
struct LowerToSpmd : impl::LowerToSpmdBase<LowerToSpmd> {
  using LowerToSpmdBase::LowerToSpmdBase;

  void runOnOperation() override {
    mlir::ModuleOp module = getOperation();
    const std::pair<llvm::StringRef, llvm::StringRef> programs[] = {
        {funcs::trainStep, "kiln_train"},
        {funcs::evaluate, "kiln_evaluate"},
        {funcs::predict, "kiln_predict"}};
    llvm::SmallVector<std::pair<func::FuncOp, llvm::StringRef>> sources;
    // One size for all, since one declaration of kiln_rt_thread_begin must do.
    int64_t areaBytes = 1;
    for (auto [from, to] : programs) {
      auto source = module.lookupSymbol<func::FuncOp>(from);
      if (!source)
        continue;
      if (failed(checkPlanned(source)))
        return signalPassFailure();
      areaBytes =
          std::max(areaBytes,
                   source->getAttrOfType<mlir::IntegerAttr>(attrs::threadBytes)
                       .getInt());
      sources.push_back({source, to});
    }
    for (auto [source, name] : sources) {
      ProgramEmitter emitter(source, name, areaBytes, vectorBits, stamps,
                             matrixUnit);
      if (failed(emitter.run()))
        return signalPassFailure();
    }
    for (auto &source : sources)
      source.first.erase();
    if (omitBarrier >= 0 && failed(eraseBarrier(module, omitBarrier)))
      return signalPassFailure();
    for (mlir::Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (llvm::isa<ParamOp, CompileOp>(op))
        op.erase();
  }
};
} // namespace
