//===- Engine.cpp - Runs a compiled program over data ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Engine.h"

#include "runtime/Threads.h"

#include <algorithm>
#include <atomic>
#include <cstring>

using namespace kiln;
using namespace kiln::rt;

struct kiln_run {
  const ProgramInfo *program;
  Feed *feed;
  StepObserver *observer;
  kiln_step *step;
  const uint8_t *results;
  int64_t batchSize;
  bool inStep = false;
  ThreadArea *threads;
  std::vector<StampLog> *stamps;
  /// How many tiles of each loop have been taken.
  alignas(128) std::atomic<int64_t> tiles[KILN_TILE_LOOPS] = {};
};

/// Multiplies bytes of a sample, the loop left to the vectorizer. Programs are
/// made for AVX2 at least, and a trainer has checked for it.
__attribute__((target("avx2"))) static void
scaleBytes(const uint8_t *__restrict from, float *__restrict to, int64_t size,
           float scale) {
  for (int64_t i = 0; i < size; ++i)
    to[i] = float(from[i]) * scale;
}

/// Samples that are asked for before they are read, unless a kernel of the step
/// before has (kiln_rt_list_ahead): a data set outgrows the caches, and its
/// order is random.
static constexpr int64_t samplesAhead = 4;

static constexpr size_t lineBytes = 64;

static void prefetchBytes(const uint8_t *from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += lineBytes)
    __builtin_prefetch(from + i);
}

/// Widens token ids.
template <typename Id>
static void widenIds(const uint8_t *from, int32_t *to, int64_t size) {
  std::copy_n(reinterpret_cast<const Id *>(from), size, to);
}

/// Loads `size` elements of each sample, from element `begin` on. Those before
/// sample `asked` are near.
static void loadInput(const kiln_run &run, const OperandInfo &operand,
                      float *to, int64_t begin, int64_t size, int64_t asked) {
  const Feed &feed = *run.feed;
  const Array &inputs = feed.data->inputs;
  size_t width = elementBytes(inputs.element);
  size_t bytes = size_t(size) * width;
  auto find = [&](int64_t index) {
    int64_t first = feed.sample(index) * operand.rowSize + begin;
    return inputs.memory.data() + size_t(first) * width;
  };
  to += begin;
  for (int64_t row = 0; row < run.step->rows; ++row, to += operand.rowSize) {
    int64_t index = feed.position + row;
    if (index + samplesAhead >= asked && index + samplesAhead < feed.count)
      prefetchBytes(find(index + samplesAhead), bytes);
    const uint8_t *from = find(index);
    bool isIds = operand.type == model::ElementType_i32;
    if (inputs.element == Element::U16)
      widenIds<uint16_t>(from, reinterpret_cast<int32_t *>(to), size);
    else if (inputs.element == Element::U8 && isIds)
      widenIds<uint8_t>(from, reinterpret_cast<int32_t *>(to), size);
    else if (inputs.element == Element::U8)
      scaleBytes(from, to, size, feed.data->scale);
    else
      std::memcpy(to, from, bytes);
  }
}

extern "C" void kiln_rt_list_ahead(kiln_run *run, int32_t thread,
                                   int32_t operand, uint64_t *destination,
                                   int64_t count, int64_t begin, int64_t end) {
  const OperandInfo &info = run->program->operands[operand];
  const Feed &feed = *run->feed;
  const Array &inputs = feed.data->inputs;
  size_t width = elementBytes(inputs.element);
  uint64_t *to = destination, *last = destination + count;
  int64_t index = feed.position + run->step->rows;
  int64_t behind = std::min(index + run->batchSize, feed.count);
  for (; index < behind; ++index) {
    auto from = reinterpret_cast<uint64_t>(inputs.memory.data()) +
                uint64_t(feed.sample(index) * info.rowSize + begin) * width;
    uint64_t line = from / lineBytes * lineBytes;
    uint64_t sampleEnd = from + uint64_t(end - begin) * width;
    if (uint64_t(last - to) * lineBytes < sampleEnd - line)
      break;
    for (; line < sampleEnd; line += lineBytes)
      *to++ = line;
  }
  run->threads[thread].asked = index;
  // What is near anyway.
  std::fill(to, last, reinterpret_cast<uint64_t>(destination));
}

extern "C" void *kiln_rt_thread_begin(kiln_run *run, int32_t thread) {
  ThreadArea &state = run->threads[thread];
  state.floatMode = flushDenormals();
  state.asked = 0;
  // Writing a byte a page makes the pages this thread's.
  for (size_t i = 0; i < state.memory.size(); i += 4096)
    state.memory.data()[i] = 0;
  if (!run->stamps->empty())
    beginStamps((*run->stamps)[thread], *run->program, *run->step);
  return state.memory.data();
}

extern "C" void kiln_rt_thread_end(kiln_run *run, int32_t thread) {
  endStamps();
  restoreFloatMode(run->threads[thread].floatMode);
}

extern "C" void kiln_rt_step(kiln_run *run) {
  kiln_step &step = *run->step;
  Feed &feed = *run->feed;
  bool goOn = true;
  for (std::atomic<int64_t> &taken : run->tiles)
    taken.store(0, std::memory_order_relaxed);
  if (run->inStep) {
    feed.position += step.rows;
    goOn = run->observer->end(step, run->results);
  }
  run->inStep = goOn && feed.position < feed.count;
  step.more = run->inStep;
  if (run->inStep) {
    step.rows = std::min(run->batchSize, feed.count - feed.position);
    step.step = feed.position / run->batchSize;
    run->observer->begin(step);
  }
  stampStep();
}

extern "C" int64_t kiln_rt_next_tile(kiln_run *run, int32_t loop) {
  return run->tiles[loop].fetch_add(1, std::memory_order_relaxed);
}

extern "C" void kiln_rt_load(kiln_run *run, int32_t thread, int32_t operand,
                             void *destination, int64_t begin, int64_t end) {
  const OperandInfo &info = run->program->operands[operand];
  const Feed &feed = *run->feed;
  int64_t rows = run->step->rows, size = info.rowSize;
  float *to = static_cast<float *>(destination);
  if (begin >= end)
    return;
  switch (info.role) {
  case model::OperandRole_input:
    loadInput(*run, info, to, begin, end - begin, run->threads[thread].asked);
    break;
  case model::OperandRole_target: {
    // Class numbers and values are both four bytes.
    const float *from = feed.data->targets.memory.as<float>();
    for (int64_t row = 0; row < rows; ++row)
      std::memcpy(to + row * size + begin,
                  from + feed.sample(feed.position + row) * size + begin,
                  size_t(end - begin) * sizeof(float));
    break;
  }
  case model::OperandRole_weight:
    if (feed.weights)
      for (int64_t row = 0; row < rows; ++row)
        to[row] = feed.weights[feed.sample(feed.position + row)];
    else
      std::fill(to, to + rows, 1.0f);
    break;
  }
  for (int64_t row = rows; row < run->batchSize; ++row)
    std::fill(to + row * size + begin, to + row * size + end, 0.0f);
}

Status Engine::allocateScratch() {
  prepareThreads(threads);
  uint64_t arenaBytes = 0, threadBytes = 0, resultBytes = 0;
  for (const ProgramInfo *program :
       {&model.train, &model.evaluate, &model.predict}) {
    arenaBytes = std::max(arenaBytes, program->arenaBytes);
    threadBytes = std::max(threadBytes, program->threadBytes);
    resultBytes = std::max(resultBytes, program->resultBytes);
  }
  threadAreas.resize(size_t(threads));
  bool good = arena.allocate(arenaBytes) && results.allocate(resultBytes);
  for (ThreadArea &area : threadAreas)
    good = good && area.memory.allocate(threadBytes);
  if (!good)
    return systemError("allocating memory", model.name);
  return Status();
}

Status Engine::allocate() {
  if (!ownState.allocate(model.stateBytes))
    return systemError("allocating memory", model.name);
  stateMemory = ownState.data();
  return allocateScratch();
}

Status Engine::allocateBeside(const Engine &other) {
  stateMemory = other.stateMemory;
  return allocateScratch();
}

void Engine::run(const ProgramInfo &program, Feed &feed,
                 StepObserver &observer) {
  alignas(64) kiln_step step = {};
  kiln_run run;
  run.program = &program;
  run.feed = &feed;
  run.observer = &observer;
  run.step = &step;
  run.results = results.data();
  run.batchSize = model.batchSize;
  run.threads = threadAreas.data();
  run.stamps = &stamps;
  program.entry(&run, stateMemory, arena.data(), results.data(), &step,
                threads);
}
