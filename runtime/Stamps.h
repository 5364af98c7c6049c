//===- Stamps.h - What threads do, and when ------------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// Traced programs (build --trace, bench) say at the end of each kernel which
// one it was. The same work without stamps is another build: a trainer that is
// not traced has none of these calls.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_STAMPS_H
#define KILN_RUNTIME_STAMPS_H

#include "runtime/Abi.h"

#include <cstddef>
#include <vector>

namespace kiln::rt {

struct Model;
struct ProgramInfo;

/// The last stamps of one thread: a ring of fixed size, on cache lines of its
/// own.
struct alignas(128) StampLog {
  /// What an entry is of, if of no kernel.
  enum Kind : int32_t {
    Barrier = KILN_STAMP_BARRIER,
    Load = KILN_STAMP_LOAD,
    Copy = KILN_STAMP_COPY,
    /// The runtime's part of a step, on thread 0.
    Step = -4,
    /// A thread has entered a program. Nothing has ended here.
    Begin = -5
  };

  /// The end of something that began with the entry before it; or what a part
  /// of a cell took within the next entry's kernel.
  struct Entry {
    const ProgramInfo *program;
    /// When (the time-stamp counter); of a part: how many, summed up.
    uint64_t cycles;
    /// Of a part: its steps. Of a Load: the step's number in its epoch.
    int64_t count;
    /// Of a Load: the epoch.
    int64_t epoch;
    /// A kernel of the program, or a Kind.
    int32_t kernel;
    /// The part of the cell; -1: none.
    int32_t part;
  };

  struct Part {
    uint64_t cycles = 0;
    int64_t steps = 0;
  };

  /// Makes room for `capacity` entries, and for the cells of `model`.
  void allocate(const Model &model, size_t capacity);
  void add(const Entry &entry) { entries[used++ % entries.size()] = entry; }
  /// Entries that are there, and how many older ones are not.
  size_t size() const {
    return used < entries.size() ? size_t(used) : entries.size();
  }
  uint64_t dropped() const { return used - size(); }
  /// The oldest first.
  const Entry &operator[](size_t i) const {
    return entries[(dropped() + i) % entries.size()];
  }
  void clear() { used = 0; }

  std::vector<Entry> entries;
  uint64_t used = 0;
  /// Of the cell that the thread is in.
  std::vector<Part> parts;
  size_t openParts = 0;
  uint64_t last = 0;
  const ProgramInfo *program = nullptr;
  const kiln_step *step = nullptr;
  /// Tokens that kiln_rt_unique has seen, and how many of them were new to
  /// their row.
  int64_t tokens = 0, distinctTokens = 0;
};

/// The calling thread writes to `log` what it does in `program`.
void beginStamps(StampLog &log, const ProgramInfo &program,
                 const kiln_step &step);
void endStamps();
/// The runtime's part of a step has ended.
void stampStep();
/// `distinct` of `tokens` tokens were new to their row.
void countDistinct(int64_t distinct, int64_t tokens);

} // namespace kiln::rt

#endif // KILN_RUNTIME_STAMPS_H
