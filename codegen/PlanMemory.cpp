//===- PlanMemory.cpp - Give every value its place ------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/PackArena.h"
#include "codegen/Passes.h"
#include "runtime/Abi.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <cstddef>

#define DEBUG_TYPE "kiln-plan-memory"

namespace kiln {
#define GEN_PASS_DEF_PLANMEMORY
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

/// Every value starts a cache line.
static constexpr int64_t alignment = 64;

/// An update walks a parameter and its slots side by side. Were they a multiple
/// of a page apart, each load would seem to depend on the stores before it
/// (processors compare the low 12 bits), and a thread's share of columns would
/// fall into the same half of its cache's sets for all of them. So slots are
/// set off by three cache lines each, which costs less than a page.
static constexpr int64_t page = 4096, slotOffset = 3 * alignment;

/// Takes room for one value at the end of a block of memory.
static int64_t append(int64_t &size, mlir::Type type) {
  int64_t offset = size;
  size += llvm::alignTo(getByteSize(type), alignment);
  return offset;
}

/// Offset in kiln_step of the number with this role, or -1.
static int64_t getStepOffset(llvm::StringRef role) {
  return llvm::StringSwitch<int64_t>(role)
      .Case("rows", offsetof(kiln_step, rows))
      .Case("seed", offsetof(kiln_step, seed))
      .Case("epoch", offsetof(kiln_step, epoch))
      .Case("step", offsetof(kiln_step, step))
      .Case("hyper", offsetof(kiln_step, hyper))
      .Default(-1);
}

namespace {
/// The state block, which all programs share: parameters in the module's
/// order, then the slots of `@train_step`.
struct StateLayout {
  explicit StateLayout(mlir::ModuleOp module);
  llvm::StringMap<int64_t> offsets;
  int64_t bytes = 0;

  /// Parameters and their slots go by `path` and `path#slot`.
  static std::string getKey(mlir::func::FuncOp func, unsigned argument);
};

/// Plans one function.
class Planner {
public:
  Planner(mlir::func::FuncOp func, const StateLayout &state)
      : func(func), state(state), buffers(func), builder(func.getContext()) {}
  llvm::LogicalResult run();

private:
  PlaceAttr place(Block block, int64_t offset) {
    return PlaceAttr::get(func.getContext(), block, offset);
  }
  llvm::LogicalResult placeArguments();
  void placeReturned();
  void placeOutputs();
  std::vector<Life> collectLives();
  void placeScratch();
  int64_t placeTiles();
  /// The loop that a value lives and dies in, part by part with its tiles.
  mlir::Attribute getTileLoop(mlir::OpResult output);
  void setBytes(llvm::StringRef name, int64_t bytes) {
    func->setAttr(name, builder.getI64IntegerAttr(bytes));
  }

  mlir::func::FuncOp func;
  const StateLayout &state;
  Buffers buffers;
  mlir::Builder builder;
  llvm::DenseMap<mlir::Value, PlaceAttr> places;
  int64_t threadBytes = 0;
};
} // namespace

std::string StateLayout::getKey(mlir::func::FuncOp func, unsigned argument) {
  auto param =
      func.getArgAttrOfType<mlir::FlatSymbolRefAttr>(argument, attrs::param);
  auto slot = func.getArgAttrOfType<mlir::StringAttr>(argument, attrs::slot);
  if (!param)
    return "";
  return slot ? (param.getValue() + "#" + slot.getValue()).str()
              : param.getValue().str();
}

StateLayout::StateLayout(mlir::ModuleOp module) {
  for (auto param : module.getOps<ParamOp>())
    offsets[param.getSymName()] = append(bytes, param.getTensorType());
  auto train = module.lookupSymbol<mlir::func::FuncOp>(funcs::trainStep);
  if (!train)
    return;
  llvm::StringMap<int64_t> slots;
  for (mlir::BlockArgument argument : train.getArguments()) {
    std::string key = getKey(train, argument.getArgNumber());
    if (key.empty() || offsets.count(key))
      continue;
    llvm::StringRef path = llvm::StringRef(key).split('#').first;
    if (getByteSize(argument.getType()) >= page) {
      int64_t distance = ++slots[path] * slotOffset;
      bytes += llvm::offsetToAlignment(bytes - offsets.lookup(path) - distance,
                                       llvm::Align(page));
    }
    offsets[key] = append(bytes, argument.getType());
  }
}

/// `dict` with the attribute `attrs::place`.
static mlir::DictionaryAttr withPlace(mlir::DictionaryAttr dict,
                                      PlaceAttr place) {
  mlir::NamedAttrList attributes(dict);
  attributes.set(attrs::place, place);
  return attributes.getDictionary(place.getContext());
}

llvm::LogicalResult Planner::placeArguments() {
  // All at once: setting one attribute makes the list of all anew.
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  int64_t threadBytes = 0;
  for (mlir::BlockArgument argument : func.getArguments()) {
    unsigned i = argument.getArgNumber();
    auto role = func.getArgAttrOfType<mlir::StringAttr>(i, attrs::role);
    std::string key = StateLayout::getKey(func, i);
    PlaceAttr where;
    if (!key.empty() && state.offsets.count(key))
      where = place(Block::state, state.offsets.lookup(key));
    else if (isThreadPrivate(argument))
      where = place(Block::thread, append(threadBytes, argument.getType()));
    else if (role && getStepOffset(role.getValue()) >= 0)
      where = place(Block::step, getStepOffset(role.getValue()));
    else
      return func.emitOpError("expected argument ")
             << i << " to be a parameter, a slot or to have a known role";
    attributes.push_back(withPlace(func.getArgAttrDict(i), where));
    places[argument] = where;
  }
  func.setAllArgAttrs(attributes);
  this->threadBytes = llvm::alignTo(threadBytes, sharedAlignment);
  return llvm::success();
}

/// Scratch memory lies behind the batch; groups use it one after the other.
void Planner::placeScratch() {
  int64_t most = 0;
  for (auto group : func.getBody().front().getOps<FusionOp>())
    if (int64_t bytes = getScratchBytes(group)) {
      group->setAttr(attrs::scratch, builder.getI64IntegerAttr(threadBytes));
      most = std::max(most, bytes);
    }
  threadBytes += llvm::alignTo(most, sharedAlignment);
}

/// Donated results go where their argument is, the others to the results. A
/// group writes a result where it belongs if that is its only place.
void Planner::placeReturned() {
  int64_t resultBytes = 0;
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  mlir::Operation *terminator = func.getBody().front().getTerminator();
  for (mlir::OpOperand &operand : terminator->getOpOperands()) {
    unsigned i = operand.getOperandNumber();
    auto donates =
        func.getResultAttrOfType<mlir::IntegerAttr>(i, attrs::donates);
    PlaceAttr where = donates
                          ? places.lookup(func.getArgument(donates.getInt()))
                          : place(Block::results,
                                  append(resultBytes, operand.get().getType()));
    attributes.push_back(withPlace(func.getResultAttrDict(i), where));
    mlir::Value owner = buffers.getOwner(operand.get());
    if (!donates && !llvm::isa<mlir::BlockArgument>(owner))
      places.insert({owner, where});
  }
  func.setAllResultAttrs(attributes);
  setBytes(attrs::resultBytes, resultBytes);
}

std::vector<Life> Planner::collectLives() {
  // Time is counted in barriers: threads drift apart between two of them.
  llvm::DenseMap<mlir::Operation *, unsigned> times;
  unsigned time = 0;
  mlir::Block &block = func.getBody().front();
  for (mlir::Operation &op : block) {
    times[&op] = time;
    time += llvm::isa<BarrierOp>(op);
  }
  std::vector<Life> lives;
  for (auto group : block.getOps<FusionOp>())
    for (mlir::OpResult output : group->getOpResults()) {
      if (places.count(buffers.getOwner(output)) || getTileLoop(output))
        continue;
      Life life{output, getByteSize(output.getType()), times[group],
                times[group], lives.size()};
      bool returned = false;
      for (FusionOp reader : getReaders(output, returned))
        life.last = std::max(life.last, times[reader]);
      // The next step needs it, too.
      if (returned || runsOnce(group))
        life.last = time;
      lives.push_back(life);
    }
  return lives;
}

mlir::Attribute Planner::getTileLoop(mlir::OpResult output) {
  mlir::Attribute loop = output.getOwner()->getAttr(attrs::tileLoop);
  bool returned = false;
  for (FusionOp reader : getReaders(output, returned))
    if (reader->getAttr(attrs::tileLoop) != loop)
      return nullptr;
  return returned ? nullptr : loop;
}

/// Values that live in one tile loop need room for one tile, in each thread's
/// area; a thread runs the groups of a loop one after the other, so time is
/// counted in groups. Returns the bytes in use.
int64_t Planner::placeTiles() {
  llvm::MapVector<mlir::Attribute, std::vector<Life>> loops;
  llvm::DenseMap<mlir::Operation *, unsigned> times;
  for (auto group : func.getBody().front().getOps<FusionOp>()) {
    times[group] = times.size();
    for (mlir::OpResult output : group->getOpResults()) {
      mlir::Attribute loop = getTileLoop(output);
      if (!loop || places.count(buffers.getOwner(output)))
        continue;
      int64_t units = countUnits(group, group.getPartitionAttr());
      std::vector<Life> &lives = loops[loop];
      lives.push_back(
          {output,
           int64_t(llvm::divideCeil(getByteSize(output.getType()), units)),
           times[group], times[group], lives.size()});
    }
  }
  int64_t most = 0;
  for (auto &[loop, lives] : loops) {
    for (Life &life : lives) {
      bool returned = false;
      for (FusionOp reader : getReaders(life.value, returned))
        life.last = std::max(life.last, times[reader]);
    }
    most = std::max(most, packArena(lives));
    for (const Life &life : lives)
      places[life.value] = place(Block::tile, threadBytes + life.offset);
  }
  return most;
}

void Planner::placeOutputs() {
  threadBytes += placeTiles();
  setBytes(attrs::threadBytes, threadBytes);
  std::vector<Life> lives = collectLives();
  setBytes(attrs::arenaBytes, packArena(lives));
  for (const Life &life : lives)
    places[life.value] = place(Block::arena, life.offset);
  for (auto group : func.getBody().front().getOps<FusionOp>()) {
    llvm::SmallVector<mlir::Attribute> outputs;
    for (mlir::Value output : group.getOutputs())
      outputs.push_back(places.lookup(buffers.getOwner(output)));
    group->setAttr(attrs::places, builder.getArrayAttr(outputs));
  }
}

llvm::LogicalResult Planner::run() {
  if (failed(placeArguments()))
    return llvm::failure();
  placeScratch();
  placeReturned();
  placeOutputs();
  setBytes(attrs::stateBytes, state.bytes);
  return llvm::success();
}

namespace {
struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  void runOnOperation() override {
    StateLayout state(getOperation());
    for (llvm::StringRef name :
         {funcs::trainStep, funcs::evaluate, funcs::predict})
      if (auto func = getOperation().lookupSymbol<mlir::func::FuncOp>(name))
        if (failed(Planner(func, state).run()))
          return signalPassFailure();
  }
};
} // namespace
