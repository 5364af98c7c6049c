//===- PackArena.cpp - Values that share a block of memory ----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Comparing every pair of values would take the square of their number. A tree
// over time holds the bytes in use instead: a life is a few of its nodes, and
// neighbours in memory become one stretch, however many they are.
//
//===----------------------------------------------------------------------===//

#include "codegen/PackArena.h"

#include "llvm/Support/MathExtras.h"

#include <map>

using namespace kiln;

namespace {
/// Bytes in use, as stretches that do not touch one another.
class Stretches {
public:
  void add(int64_t begin, int64_t end);
  /// The end of the first stretch that has bytes from `begin` up to `end`;
  /// `begin` if none has.
  int64_t findEnd(int64_t begin, int64_t end) const;

private:
  std::map<int64_t, int64_t> ends;
};

/// Which bytes are in use at which times.
class Occupancy {
public:
  explicit Occupancy(unsigned times)
      : leaves(llvm::PowerOf2Ceil(std::max(times, 1u))), nodes(2 * leaves) {}

  void add(const Life &life);
  /// The lowest offset that is free for a life.
  int64_t findFree(const Life &life) const;

private:
  /// Node `n` stands for a stretch of time, its halves are 2n and 2n + 1.
  struct Node {
    /// Of the lives that end at this node: they fill its time.
    Stretches whole;
    /// Of all lives that have some of its time.
    Stretches any;
  };

  /// Calls `visit(node, fills)` for the nodes that a life consists of (`fills`)
  /// and for those above them.
  void forNodes(const Life &life,
                llvm::function_ref<void(unsigned, bool)> visit) const;

  unsigned leaves;
  std::vector<Node> nodes;
};
} // namespace

void Stretches::add(int64_t begin, int64_t end) {
  auto next = ends.upper_bound(begin);
  if (next != ends.begin() && std::prev(next)->second >= begin) {
    --next;
    begin = next->first;
  }
  while (next != ends.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = ends.erase(next);
  }
  ends.insert({begin, end});
}

int64_t Stretches::findEnd(int64_t begin, int64_t end) const {
  auto next = ends.upper_bound(begin);
  if (next != ends.begin() && std::prev(next)->second > begin)
    --next;
  return next != ends.end() && next->first < end ? next->second : begin;
}

void Occupancy::forNodes(const Life &life,
                         llvm::function_ref<void(unsigned, bool)> visit) const {
  struct Part {
    unsigned node, first, times;
  };
  llvm::SmallVector<Part> open{{1, 0, leaves}};
  while (!open.empty()) {
    auto [node, first, times] = open.pop_back_val();
    if (life.last < first || first + times <= life.first)
      continue;
    bool fills = life.first <= first && first + times - 1 <= life.last;
    visit(node, fills);
    if (fills)
      continue;
    open.push_back({2 * node, first, times / 2});
    open.push_back({2 * node + 1, first + times / 2, times / 2});
  }
}

void Occupancy::add(const Life &life) {
  int64_t end = llvm::alignTo(life.offset + life.bytes, sharedAlignment);
  forNodes(life, [&](unsigned node, bool fills) {
    nodes[node].any.add(life.offset, end);
    if (fills)
      nodes[node].whole.add(life.offset, end);
  });
}

int64_t Occupancy::findFree(const Life &life) const {
  // Whoever shares some of its time fills a node above, or is in one below.
  llvm::SmallVector<const Stretches *> used;
  forNodes(life, [&](unsigned node, bool fills) {
    used.push_back(fills ? &nodes[node].any : &nodes[node].whole);
  });
  int64_t offset = 0, before = -1;
  while (std::exchange(before, offset) != offset)
    for (const Stretches *stretches : used)
      offset = stretches->findEnd(offset, offset + life.bytes);
  return offset;
}

int64_t kiln::packArena(std::vector<Life> &lives) {
  llvm::sort(lives, [](const Life &a, const Life &b) {
    return std::make_pair(-a.bytes, a.number) <
           std::make_pair(-b.bytes, b.number);
  });
  unsigned times = 0;
  for (const Life &life : lives)
    times = std::max(times, life.last + 1);
  Occupancy occupancy(times);
  int64_t size = 0;
  for (Life &life : lives) {
    life.offset = occupancy.findFree(life);
    occupancy.add(life);
    size = std::max<int64_t>(
        size, llvm::alignTo(life.offset + life.bytes, sharedAlignment));
  }
  return size;
}
