//===- Stamps.cpp - What threads do, and when -----------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Stamps.h"

#include "runtime/Model.h"

#include <algorithm>

using namespace kiln::rt;

/// The log of the calling thread, while it runs a program that is recorded.
static thread_local StampLog *current = nullptr;

static void addEntry(StampLog &log, int32_t kernel, uint64_t now) {
  for (size_t part = 0; part < log.openParts; ++part) {
    StampLog::Part &sum = log.parts[part];
    if (sum.cycles)
      log.add({log.program, sum.cycles, sum.steps, 0, kernel, int32_t(part)});
    sum = StampLog::Part();
  }
  log.openParts = 0;
  bool isLoad = kernel == StampLog::Load;
  log.add({log.program, now, isLoad ? log.step->step : 0,
           isLoad ? log.step->epoch : 0, kernel, -1});
  log.last = now;
}

void StampLog::allocate(const Model &model, size_t capacity) {
  entries.resize(capacity);
  size_t most = 0;
  for (const ProgramInfo *program :
       {&model.train, &model.evaluate, &model.predict})
    for (const KernelInfo &kernel : program->kernels)
      most = std::max(most, kernel.cell.size());
  parts.resize(most);
}

void kiln::rt::beginStamps(StampLog &log, const ProgramInfo &program,
                           const kiln_step &step) {
  log.program = &program;
  log.step = &step;
  current = &log;
  addEntry(log, StampLog::Begin, __builtin_ia32_rdtsc());
}

void kiln::rt::endStamps() { current = nullptr; }

void kiln::rt::stampStep() {
  if (current)
    addEntry(*current, StampLog::Step, __builtin_ia32_rdtsc());
}

void kiln::rt::countDistinct(int64_t distinct, int64_t tokens) {
  if (!current)
    return;
  current->distinctTokens += distinct;
  current->tokens += tokens;
}

extern "C" void kiln_rt_stamp(int32_t kernel) {
  if (current)
    addEntry(*current, kernel, __builtin_ia32_rdtsc());
}

extern "C" void kiln_rt_stamp_cell(int32_t part, int64_t steps) {
  if (!current)
    return;
  uint64_t now = __builtin_ia32_rdtsc();
  StampLog::Part &sum = current->parts[size_t(part)];
  sum.cycles += now - current->last;
  sum.steps += steps;
  current->openParts = std::max(current->openParts, size_t(part) + 1);
  current->last = now;
}
