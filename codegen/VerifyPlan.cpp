//===- VerifyPlan.cpp - Gate: no two live values in one place -------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Works out anew, from uses alone, when each value lives, and compares the
// places of all that live at one time. Shares no code with the planner.
//
//===----------------------------------------------------------------------===//

#include "codegen/GroupLowering.h"
#include "codegen/Passes.h"
#include "ir/KilnOps.h"

#include "llvm/Support/MathExtras.h"

#include <map>

#define DEBUG_TYPE "kiln-verify-plan"

namespace kiln {
#define GEN_PASS_DEF_VERIFYPLAN
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;
using mlir::func::FuncOp;

namespace {
/// Bytes that hold a value from one time to another, both included.
struct Stretch {
  mlir::Value value;
  int64_t begin, end;
  unsigned first, last;
};

/// The places of one function.
class PlanVerifier {
public:
  explicit PlanVerifier(FuncOp func) : func(func) {}
  llvm::LogicalResult run();

private:
  llvm::LogicalResult collect();
  llvm::LogicalResult addOutput(FusionOp group, unsigned output,
                                PlaceAttr place);
  llvm::LogicalResult checkInPlace(FusionOp group, unsigned output,
                                   PlaceAttr place);
  llvm::LogicalResult checkBounds(mlir::Operation *op, kiln::Block block,
                                  int64_t begin, int64_t end);
  llvm::LogicalResult checkOverlaps(std::vector<Stretch> &stretches,
                                    llvm::StringRef block);
  /// The groups that read `value`, also through reshapes; whether it is
  /// returned.
  llvm::SmallVector<FusionOp> getReaders(mlir::Value value, bool &returned);
  int64_t getTotal(llvm::StringRef name) {
    auto total = func->getAttrOfType<mlir::IntegerAttr>(name);
    return total ? total.getInt() : 0;
  }

  FuncOp func;
  /// Of an op: barriers before it, groups before it.
  llvm::DenseMap<mlir::Operation *, unsigned> barriers, order;
  unsigned lastBarrier = 0, lastGroup = 0;
  llvm::DenseMap<PlaceAttr, mlir::BlockArgument> arguments;
  std::vector<Stretch> arena, results, area;
  llvm::MapVector<mlir::Attribute, std::vector<Stretch>> tiles;
};
} // namespace

/// The group that a value is of, for messages.
static mlir::Operation *getOwner(mlir::Value value) {
  mlir::Operation *op = value.getDefiningOp();
  return op ? op : value.getParentBlock()->getParentOp();
}

static std::string describe(mlir::Value value) {
  if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value))
    return "argument " + std::to_string(argument.getArgNumber());
  auto result = llvm::cast<mlir::OpResult>(value);
  auto group = llvm::cast<FusionOp>(result.getOwner());
  return ("result " + llvm::Twine(result.getResultNumber()) + " of '" +
          group.getId() + "'")
      .str();
}

llvm::SmallVector<FusionOp> PlanVerifier::getReaders(mlir::Value value,
                                                     bool &returned) {
  llvm::SmallVector<FusionOp> readers;
  llvm::SmallVector<mlir::Value> aliases = {value};
  while (!aliases.empty())
    for (mlir::Operation *user : aliases.pop_back_val().getUsers()) {
      if (auto group = llvm::dyn_cast<FusionOp>(user))
        readers.push_back(group);
      else if (llvm::isa<ReshapeOp>(user))
        aliases.push_back(user->getResult(0));
      else
        returned = true;
    }
  return readers;
}

llvm::LogicalResult PlanVerifier::checkBounds(mlir::Operation *op,
                                              kiln::Block block, int64_t begin,
                                              int64_t end) {
  llvm::StringRef name = block == kiln::Block::state     ? attrs::stateBytes
                         : block == kiln::Block::arena   ? attrs::arenaBytes
                         : block == kiln::Block::results ? attrs::resultBytes
                                                         : attrs::threadBytes;
  if (block == kiln::Block::step || (begin >= 0 && end <= getTotal(name)))
    return llvm::success();
  return op->emitError("bytes ")
         << begin << " to " << end << " are not among the " << getTotal(name)
         << " of the block '" << stringifyBlock(block) << "'";
}

/// A result in the state overwrites an argument, which nobody may read later.
llvm::LogicalResult PlanVerifier::checkInPlace(FusionOp group, unsigned output,
                                               PlaceAttr place) {
  mlir::BlockArgument argument = arguments.lookup(place);
  if (!argument)
    return group.emitError("result ")
           << output << " is in the state, but not in an argument's place";
  bool returned = false;
  for (FusionOp reader : getReaders(argument, returned))
    if (order.lookup(reader) > order.lookup(group))
      return group.emitError("result ")
             << output << " overwrites argument " << argument.getArgNumber()
             << ", which '" << reader.getId() << "' reads later";
  return llvm::success();
}

llvm::LogicalResult PlanVerifier::addOutput(FusionOp group, unsigned output,
                                            PlaceAttr place) {
  mlir::Value value = group.getOutputs()[output];
  int64_t bytes = getByteSize(value.getType()), begin = place.getOffset();
  bool returned = false;
  llvm::SmallVector<FusionOp> readers = getReaders(value, returned);
  bool isTile = place.getBlock() == kiln::Block::tile;
  if (isTile) {
    int64_t units = countUnits(group, group.getPartitionAttr());
    if (units == 0 || bytes % units)
      return group.emitError("result ")
             << output << " has room for a tile, but its tiles are not alike";
    bytes /= units;
  }
  if (failed(checkBounds(group, place.getBlock(), begin, begin + bytes)))
    return llvm::failure();
  if (isTile) {
    mlir::Attribute loop = group->getAttr(attrs::tileLoop);
    Stretch stretch{value, begin, begin + bytes, order[group], order[group]};
    for (FusionOp reader : readers) {
      if (!loop || reader->getAttr(attrs::tileLoop) != loop)
        return group.emitError("result ")
               << output << " has room for a tile, but '" << reader.getId()
               << "' reads it outside of its loop";
      stretch.last = std::max(stretch.last, order[reader]);
    }
    if (returned)
      return group.emitError("result ")
             << output << " has room for a tile, but is returned";
    tiles[loop].push_back(stretch);
    return llvm::success();
  }
  Stretch stretch{value, begin, begin + bytes, barriers[group],
                  barriers[group]};
  for (FusionOp reader : readers)
    stretch.last = std::max(stretch.last, barriers[reader]);
  if (returned || group->hasAttr(attrs::once))
    stretch.last = lastBarrier;
  // What was made before the steps is there in each of them.
  if (group->hasAttr(attrs::once))
    stretch.first = 0;
  if (place.getBlock() == kiln::Block::arena)
    arena.push_back(stretch);
  else if (place.getBlock() == kiln::Block::results)
    results.push_back(stretch);
  else
    return checkInPlace(group, output, place);
  return llvm::success();
}

llvm::LogicalResult PlanVerifier::collect() {
  for (mlir::Operation &op : func.getBody().front()) {
    barriers[&op] = lastBarrier;
    order[&op] = lastGroup;
    lastBarrier += llvm::isa<BarrierOp>(op);
    lastGroup += llvm::isa<FusionOp>(op);
  }
  for (mlir::BlockArgument argument : func.getArguments()) {
    auto place =
        func.getArgAttrOfType<PlaceAttr>(argument.getArgNumber(), attrs::place);
    if (!place)
      return func.emitError("argument ")
             << argument.getArgNumber() << " has no place";
    arguments.insert({place, argument});
    int64_t begin = place.getOffset();
    int64_t end = begin + getByteSize(argument.getType());
    if (failed(checkBounds(func, place.getBlock(), begin, end)))
      return llvm::failure();
    if (place.getBlock() == kiln::Block::thread)
      area.push_back({argument, begin, end, 0, lastGroup});
  }
  for (auto group : func.getBody().front().getOps<FusionOp>()) {
    auto places = group->getAttrOfType<mlir::ArrayAttr>(attrs::places);
    if (!places || places.size() != group.getNumResults())
      return group.emitError("expected a place for each result");
    for (auto [i, place] : llvm::enumerate(places))
      if (failed(addOutput(group, i, llvm::cast<PlaceAttr>(place))))
        return llvm::failure();
    if (auto scratch = group->getAttrOfType<mlir::IntegerAttr>(attrs::scratch))
      area.push_back({group->getResult(0), scratch.getInt(),
                      scratch.getInt() + getScratchBytes(group), order[group],
                      order[group]});
  }
  return llvm::success();
}

llvm::LogicalResult PlanVerifier::checkOverlaps(std::vector<Stretch> &stretches,
                                                llvm::StringRef block) {
  llvm::sort(stretches, [](const Stretch &a, const Stretch &b) {
    return std::make_tuple(a.first, a.begin, a.last) <
           std::make_tuple(b.first, b.begin, b.last);
  });
  // In the order of time: what lives at one time, by place, and when it ends.
  std::multimap<int64_t, const Stretch *> living;
  using Place = decltype(living)::iterator;
  std::multimap<unsigned, Place> ends;
  for (const Stretch &next : stretches) {
    while (!ends.empty() && ends.begin()->first < next.first) {
      living.erase(ends.begin()->second);
      ends.erase(ends.begin());
    }
    // They do not overlap one another, so the one before and the one behind are
    // all that it can meet.
    Place behind = living.lower_bound(next.begin);
    for (bool before : {true, false}) {
      if (before ? behind == living.begin() : behind == living.end())
        continue;
      const Stretch &other = *(before ? std::prev(behind) : behind)->second;
      if (other.end <= next.begin || next.end <= other.begin)
        continue;
      const auto &[a, b] = std::minmax(other, next, [](auto &x, auto &y) {
        return std::tie(x.begin, x.first) < std::tie(y.begin, y.first);
      });
      return getOwner(b.value)->emitError("in the ")
             << block << ", " << describe(b.value) << " has bytes " << b.begin
             << " to " << b.end << " and " << describe(a.value) << " has bytes "
             << a.begin << " to " << a.end << " at the same time";
    }
    ends.insert({next.last, living.insert({next.begin, &next})});
  }
  return llvm::success();
}

llvm::LogicalResult PlanVerifier::run() {
  if (failed(collect()) || failed(checkOverlaps(arena, "arena")) ||
      failed(checkOverlaps(results, "results")))
    return llvm::failure();
  // A loop's values share the thread's area with its batch and its scratch.
  for (auto &[loop, stretches] : tiles) {
    llvm::append_range(stretches, area);
    if (failed(checkOverlaps(stretches, "thread's area")))
      return llvm::failure();
  }
  return checkOverlaps(area, "thread's area");
}

namespace {
struct VerifyPlan : impl::VerifyPlanBase<VerifyPlan> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<FuncOp>())
      if (func->hasAttr(attrs::arenaBytes) && failed(PlanVerifier(func).run()))
        return signalPassFailure();
  }
};
} // namespace
