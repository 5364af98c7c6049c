//===- Timing.cpp - Contestants in turn -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Contestants.h"

#include "llvm/ADT/STLExtras.h"

#include <atomic>
#include <chrono>
#include <immintrin.h>
#include <random>
#include <sched.h>
#include <thread>

using namespace kiln::bench;
using Clock = std::chrono::steady_clock;

/// A block takes so long; before it, threads of other libraries get time to
/// fall asleep.
static constexpr double blockSeconds = 0.01;
static constexpr std::chrono::milliseconds pause(60);

Operands::Operands(const Shape &shape) {
  // Each begins at a page, as it does in a trainer's memory.
  constexpr size_t page = 4096 / sizeof(float);
  auto round = [](size_t count) { return (count + page - 1) / page * page; };
  size_t sizes[] = {round(shape.m * shape.k), round(shape.k * shape.n),
                    round(shape.m * shape.n)};
  memory.resize(sizes[0] + sizes[1] + sizes[2] + page);
  auto address = reinterpret_cast<uintptr_t>(memory.data());
  a = memory.data() + (4096 - address % 4096) % 4096 / sizeof(float);
  b = a + sizes[0];
  c = b + sizes[1];
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::generate(a, c, [&] { return uniform(random); });
}

namespace {
/// Where threads wait for each other without sleeping.
class Barrier {
public:
  explicit Barrier(unsigned threads) : threads(threads) {}
  void wait() {
    unsigned now = generation.load(std::memory_order_relaxed);
    if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == threads) {
      arrived.store(0, std::memory_order_relaxed);
      generation.store(now + 1, std::memory_order_release);
      return;
    }
    while (generation.load(std::memory_order_acquire) == now)
      _mm_pause();
  }

private:
  const unsigned threads;
  std::atomic<unsigned> arrived{0}, generation{0};
};
} // namespace

/// The processors of the process, before anybody binds threads.
static const cpu_set_t all = [] {
  cpu_set_t set;
  sched_getaffinity(0, sizeof(set), &set);
  return set;
}();

void kiln::bench::bindPeers() {
  std::string places;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &all))
      places += (places.empty() ? "{" : ",{") + std::to_string(cpu) + "}";
  setenv("OMP_PLACES", places.c_str(), /*replace=*/0);
  setenv("OMP_PROC_BIND", "true", /*replace=*/0);
}

namespace {
/// Keeps the calling thread on one processor, the `index`th of those that the
/// process may use: a new thread would begin beside its parent, and stay there
/// for longer than a block takes.
class Pinned {
public:
  explicit Pinned(unsigned index) {
    sched_getaffinity(0, sizeof(saved), &saved);
    unsigned left = index % unsigned(CPU_COUNT(&all));
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &all) && left-- == 0) {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        sched_setaffinity(0, sizeof(one), &one);
        return;
      }
  }
  ~Pinned() { sched_setaffinity(0, sizeof(saved), &saved); }

private:
  cpu_set_t saved;
};
} // namespace

/// Seconds that `calls` computations take.
static double time(Contestant &contestant, const Operands &operands,
                   unsigned threads, int64_t calls) {
  if (!contestant.isParallel()) {
    auto start = Clock::now();
    for (int64_t i = 0; i < calls; ++i)
      contestant.run(operands, 0, threads);
    return std::chrono::duration<double>(Clock::now() - start).count();
  }
  Barrier barrier(threads);
  contestant.wait = [&] { barrier.wait(); };
  auto work = [&](unsigned thread) {
    for (int64_t i = 0; i < calls; ++i) {
      contestant.run(operands, thread, threads);
      barrier.wait();
    }
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < threads; ++thread)
    others.emplace_back([&, thread] {
      Pinned pinned(thread);
      barrier.wait();
      work(thread);
    });
  Pinned pinned(0);
  barrier.wait();
  auto start = Clock::now();
  work(0);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (std::thread &other : others)
    other.join();
  return seconds;
}

std::vector<double>
kiln::bench::measure(llvm::ArrayRef<Contestant *> contestants,
                     const Operands &operands, unsigned threads,
                     unsigned rounds) {
  std::vector<int64_t> calls;
  for (Contestant *contestant : contestants) {
    time(*contestant, operands, threads, 1);
    int64_t count = 1;
    while (true) {
      double seconds = time(*contestant, operands, threads, count);
      if (seconds >= blockSeconds / 4) {
        calls.push_back(
            std::max<int64_t>(int64_t(count * blockSeconds / seconds), 1));
        break;
      }
      count *= 4;
    }
  }
  std::vector<std::vector<double>> seconds(contestants.size());
  for (unsigned round = 0; round < rounds; ++round)
    for (auto [i, contestant] : llvm::enumerate(contestants)) {
      if (threads > 1)
        std::this_thread::sleep_for(pause);
      time(*contestant, operands, threads, 1 + calls[i] / 8);
      seconds[i].push_back(time(*contestant, operands, threads, calls[i]) /
                           double(calls[i]));
    }
  std::vector<double> medians;
  for (std::vector<double> &times : seconds) {
    auto middle = times.begin() + times.size() / 2;
    std::nth_element(times.begin(), middle, times.end());
    medians.push_back(*middle);
  }
  return medians;
}
