//===- Schedule.cpp - Order the groups and share them among threads -------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Gives every group a level: the number of barriers that must have passed
// before it. Groups in the order of their levels need as many barriers as the
// highest level says. A group gets the partition that keeps its level lowest.
//
//===----------------------------------------------------------------------===//

#include "codegen/Buffers.h"
#include "codegen/Passes.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

#include <numeric>
#include <queue>

#define DEBUG_TYPE "kiln-schedule"

namespace kiln {
#define GEN_PASS_DEF_SCHEDULE
#include "codegen/Passes.h.inc"
} // namespace kiln

using namespace kiln;

/// Below this many operations and bytes one thread alone is as quick as a
/// barrier.
static constexpr int64_t smallFlops = 1 << 14, smallBytes = 1 << 16;

namespace {
/// The groups of a function and what must come before what.
class Graph {
public:
  explicit Graph(mlir::func::FuncOp func);

  llvm::ArrayRef<FusionOp> getGroups() const { return groups; }
  llvm::ArrayRef<unsigned> getPredecessors(unsigned group) const {
    return predecessors[group];
  }
  const Buffers &getBuffers() const { return *buffers; }
  /// Indices of the groups, each after its predecessors, and as in the
  /// function otherwise.
  llvm::SmallVector<unsigned> sortTopologically() const;

private:
  void addDataEdges();
  bool tryInPlace(const Donation &donation);
  bool needs(unsigned group, unsigned other) const;
  llvm::DenseSet<unsigned> collectNeeds(unsigned group, unsigned from) const;
  void addEdge(unsigned from, unsigned to);

  llvm::SmallVector<FusionOp> groups;
  llvm::DenseMap<mlir::Operation *, unsigned> numbers;
  std::vector<llvm::SmallVector<unsigned>> predecessors;
  /// An order in which every group comes after its predecessors, and where in
  /// it each stands.
  std::vector<unsigned> order, positions;
  std::optional<Buffers> buffers;
};
} // namespace

Graph::Graph(mlir::func::FuncOp func)
    : groups(func.getBody().front().getOps<FusionOp>()),
      predecessors(groups.size()) {
  for (auto [i, group] : llvm::enumerate(groups))
    numbers[group] = i;
  addDataEdges();
  order.resize(groups.size());
  std::iota(order.begin(), order.end(), 0);
  positions = order;
  llvm::SmallVector<Donation> inPlace;
  for (const Donation &donation : getDonations(func))
    if (tryInPlace(donation))
      inPlace.push_back(donation);
  buffers.emplace(inPlace);
}

void Graph::addDataEdges() {
  for (auto [i, group] : llvm::enumerate(groups))
    for (mlir::Value input : group.getInputs())
      if (auto source = lookThroughReshapes(input).getDefiningOp<FusionOp>())
        predecessors[i].push_back(numbers.lookup(source));
}

/// `group` and all that must come before it, from the position `from` on.
llvm::DenseSet<unsigned> Graph::collectNeeds(unsigned group,
                                             unsigned from) const {
  llvm::SmallVector<unsigned> open{group};
  llvm::DenseSet<unsigned> needs;
  while (!open.empty()) {
    unsigned next = open.pop_back_val();
    if (positions[next] >= from && needs.insert(next).second)
      llvm::append_range(open, predecessors[next]);
  }
  return needs;
}

/// Whether `group` must come after `other`. Most stand before it anyway.
bool Graph::needs(unsigned group, unsigned other) const {
  return positions[group] >= positions[other] &&
         collectNeeds(group, positions[other]).contains(other);
}

/// Makes `from`, which does not need `to`, come before it.
void Graph::addEdge(unsigned from, unsigned to) {
  predecessors[to].push_back(from);
  if (positions[from] < positions[to])
    return;
  // What `from` needs goes before `to`, the rest stays in its order.
  llvm::DenseSet<unsigned> needed = collectNeeds(from, positions[to]);
  unsigned begin = positions[to], end = positions[from] + 1;
  llvm::SmallVector<unsigned> moved;
  for (bool first : {true, false})
    for (unsigned i = begin; i < end; ++i)
      if (needed.contains(order[i]) == first)
        moved.push_back(order[i]);
  for (unsigned i = begin; i < end; ++i) {
    order[i] = moved[i - begin];
    positions[order[i]] = i;
  }
}

/// Puts all other readers of the argument before the group that overwrites it,
/// unless one of them needs what the group computes.
bool Graph::tryInPlace(const Donation &donation) {
  bool returned = false;
  llvm::SetVector<FusionOp> readers = getReaders(donation.argument, returned);
  unsigned writer = numbers.lookup(donation.group);
  readers.remove(donation.group);
  if (returned || llvm::any_of(readers, [&](FusionOp reader) {
        return needs(numbers.lookup(reader), writer);
      }))
    return false;
  for (FusionOp reader : readers)
    addEdge(numbers.lookup(reader), writer);
  return true;
}

llvm::SmallVector<unsigned> Graph::sortTopologically() const {
  std::vector<llvm::SmallVector<unsigned>> successors(groups.size());
  std::vector<unsigned> missing(groups.size());
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<>> ready;
  for (unsigned i = 0; i < groups.size(); ++i) {
    missing[i] = predecessors[i].size();
    if (!missing[i])
      ready.push(i);
    for (unsigned p : predecessors[i])
      successors[p].push_back(i);
  }
  llvm::SmallVector<unsigned> sorted;
  while (!ready.empty()) {
    unsigned group = ready.top();
    ready.pop();
    sorted.push_back(group);
    for (unsigned s : successors[group])
      if (!--missing[s])
        ready.push(s);
  }
  assert(sorted.size() == groups.size() && "a cycle among fusion groups");
  return sorted;
}

/// The number of tiles that a function's scans cut the batch into, 0 if there
/// is none.
static int64_t countTiles(llvm::ArrayRef<FusionOp> groups) {
  for (FusionOp group : groups)
    if (group.getKind() == FusionKind::scan)
      return countUnits(group, getPartitions(group).front());
  return 0;
}

/// Chooses the partition of group `i` and returns its level.
/// Among those that keep it lowest, the parts are those of the batch's `tiles`
/// if they can be, so that a thread can take one tile through many groups.
static unsigned choosePartition(const Graph &graph, unsigned i,
                                llvm::ArrayRef<unsigned> levels, int64_t tiles,
                                unsigned tileLevel) {
  FusionOp group = graph.getGroups()[i];
  llvm::SmallVector<PartitionAttr> candidates = getPartitions(group);
  assert(!candidates.empty() && "a group that cannot run");
  if (tiles) {
    llvm::SmallVector<PartitionAttr> ordered;
    for (bool onTiles : {true, false})
      for (PartitionAttr candidate : candidates)
        if ((countUnits(group, candidate) == tiles) == onTiles)
          ordered.push_back(candidate);
    candidates = ordered;
  }
  bool small = group.getFlops() < smallFlops && group.getBytes() < smallBytes;
  PartitionAttr best;
  unsigned bestLevel = 0;
  for (PartitionAttr candidate : candidates) {
    if (best && candidate.getDim() < 0 && !small)
      continue;
    group.setPartitionAttr(candidate);
    auto touches = graph.getBuffers().getTouches(group);
    unsigned level = 0;
    for (unsigned p : graph.getPredecessors(i)) {
      // The step loop begins with a barrier.
      if (runsOnce(graph.getGroups()[p]) && !runsOnce(group))
        continue;
      auto earlier = graph.getBuffers().getTouches(graph.getGroups()[p]);
      level = std::max(level, levels[p] + mayRace(earlier, touches));
    }
    // Where tiles have to wait, who waits with them loses nothing.
    bool onTiles = tiles && countUnits(group, candidate) == tiles;
    if (onTiles)
      level = std::max(level, tileLevel);
    if (!best || std::max(level, tileLevel) < std::max(bestLevel, tileLevel)) {
      best = candidate;
      bestLevel = level;
    }
  }
  group.setPartitionAttr(best);
  return bestLevel;
}

/// Whether a group needs nothing of the batch: it works on weights alone.
static llvm::BitVector findWeightsOnly(const Graph &graph,
                                       llvm::ArrayRef<unsigned> order) {
  llvm::BitVector result(order.size());
  for (unsigned i : order) {
    FusionOp group = graph.getGroups()[i];
    bool only = llvm::all_of(group.getInputs(), [&](mlir::Value input) {
      auto argument =
          llvm::dyn_cast<mlir::BlockArgument>(lookThroughReshapes(input));
      auto func = group->getParentOfType<mlir::func::FuncOp>();
      return !argument ||
             func.getArgAttr(argument.getArgNumber(), attrs::param);
    });
    result[i] = only && llvm::all_of(graph.getPredecessors(i),
                                     [&](unsigned p) { return result[p]; });
  }
  return result;
}

/// The level from which on all that a group's tile needs of the weights is
/// there: work on tiles comes together from there, with no barrier inside.
static unsigned findTileLevel(const Graph &graph,
                              const llvm::BitVector &weightsOnly,
                              llvm::ArrayRef<unsigned> levels, int64_t tiles) {
  unsigned tileLevel = 0;
  for (unsigned i = 0; i < weightsOnly.size(); ++i) {
    FusionOp group = graph.getGroups()[i];
    if (weightsOnly[i] || runsOnce(group))
      continue;
    for (PartitionAttr candidate : getPartitions(group)) {
      if (countUnits(group, candidate) != tiles)
        continue;
      group.setPartitionAttr(candidate);
      auto touches = graph.getBuffers().getTouches(group);
      for (unsigned p : graph.getPredecessors(i))
        if (weightsOnly[p] && !runsOnce(graph.getGroups()[p]))
          tileLevel = std::max(
              tileLevel, levels[p] + mayRace(graph.getBuffers().getTouches(
                                                 graph.getGroups()[p]),
                                             touches));
      break;
    }
  }
  return tileLevel;
}

/// Puts reshapes right behind what they name anew.
static void moveReshapes(mlir::Block &block) {
  for (auto reshape : llvm::make_early_inc_range(block.getOps<ReshapeOp>())) {
    mlir::Value input = reshape.getInput();
    if (mlir::Operation *source = input.getDefiningOp())
      reshape->moveAfter(source);
    else
      reshape->moveBefore(&block, block.begin());
  }
}

/// Checks that nothing but groups and reshapes is left to order.
static llvm::LogicalResult checkGrouped(mlir::Block &block) {
  for (mlir::Operation &op : block.without_terminator())
    if (!llvm::isa<FusionOp, ReshapeOp>(op))
      return op.emitOpError("expected to be inside a fusion group (hint: "
                            "'kiln-form-groups' runs before)");
  return llvm::success();
}

namespace {
struct Schedule : impl::ScheduleBase<Schedule> {
  void runOnOperation() override {
    mlir::func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    mlir::Block &block = func.getBody().front();
    if (failed(checkGrouped(block)))
      return signalPassFailure();
    Graph graph(func);
    llvm::SmallVector<unsigned> order = graph.sortTopologically();
    llvm::SmallVector<unsigned> levels(order.size());
    int64_t tiles = countTiles(graph.getGroups());
    llvm::BitVector weightsOnly = findWeightsOnly(graph, order);
    for (unsigned i : order)
      if (weightsOnly[i])
        levels[i] = choosePartition(graph, i, levels, /*tiles=*/0,
                                    /*tileLevel=*/0);
    unsigned tileLevel =
        tiles ? findTileLevel(graph, weightsOnly, levels, tiles) : 0;
    for (unsigned i : order)
      if (!weightsOnly[i])
        levels[i] = choosePartition(graph, i, levels, tiles, tileLevel);
    // What runs before the steps, then groups by level, those on tiles last,
    // then in topological order.
    llvm::SmallVector<std::tuple<bool, unsigned, bool, size_t, FusionOp>>
        sorted;
    for (unsigned i : order) {
      FusionOp group = graph.getGroups()[i];
      bool onTiles =
          tiles && countUnits(group, group.getPartitionAttr()) == tiles;
      sorted.push_back(
          {!runsOnce(group), levels[i], onTiles, sorted.size(), group});
    }
    llvm::sort(sorted, [](const auto &a, const auto &b) {
      auto getKey = [](const auto &entry) {
        return std::tie(std::get<0>(entry), std::get<1>(entry),
                        std::get<2>(entry), std::get<3>(entry));
      };
      return getKey(a) < getKey(b);
    });
    for (auto &entry : sorted)
      std::get<FusionOp>(entry)->moveBefore(block.getTerminator());
    moveReshapes(block);
  }
};
} // namespace
