//===- Timing.cpp - Contestants in turn -----------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Contestants.h"

#include "runtime/KernelBench.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <atomic>
#include <chrono>
#include <immintrin.h>
#include <random>
#include <sched.h>
#include <thread>

using namespace kiln;
using namespace kiln::bench;
using Clock = std::chrono::steady_clock;

/// A block takes so long; before it, threads of other libraries get time to
/// fall asleep.
static constexpr double blockSeconds = 0.01;
static constexpr std::chrono::milliseconds sleepTime(60);
/// Short enough for the clock to stay as it is from one slice to the next.
static constexpr double sliceSeconds = 2e-4;
static constexpr unsigned slices = 101;

Operands::Operands(const Shape &shape) {
  // Each begins at a page.
  auto round = [](int64_t count) { return llvm::alignTo(count * 4, 4096); };
  size_t sizes[] = {round(shape.m * shape.k), round(shape.k * shape.n),
                    round(shape.m * shape.n)};
  if (!memory.allocate(sizes[0] + sizes[1] + sizes[2]))
    llvm::report_bad_alloc_error("no memory for the operands");
  a = memory.as<float>();
  b = a + sizes[0] / 4;
  c = b + sizes[1] / 4;
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
/// Independent multiply-adds.
class Peak : public Contestant {
public:
  explicit Peak(unsigned bits) : bits(bits) {}
  void run(const Operands &, unsigned thread, unsigned) override {
    // Some 20 microseconds: long beside a barrier, short beside a slice.
    constexpr int64_t iterations = 10000;
    double count = rt::runMultiplyAdds(int(bits), iterations);
    if (thread == 0)
      operations = count;
  }
  bool isParallel() const override { return true; }
  /// Operations of one thread in one run.
  double countOperations() const { return operations; }

private:
  const unsigned bits;
  double operations = 0;
};

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

using Times = std::vector<std::vector<double>>;

/// Seconds that `calls[i]` computations of each contestant take, all of them in
/// turn `turns` times.
static Times timeInTurn(llvm::ArrayRef<Contestant *> contestants,
                        const Operands &operands, unsigned threads,
                        llvm::ArrayRef<int64_t> calls, unsigned turns) {
  Barrier barrier(threads);
  for (Contestant *contestant : contestants)
    contestant->wait = [&] { barrier.wait(); };
  auto work = [&](unsigned thread) {
    Times times(contestants.size());
    barrier.wait();
    auto start = Clock::now();
    for (unsigned turn = 0; turn < turns; ++turn)
      for (auto [i, contestant] : llvm::enumerate(contestants)) {
        for (int64_t call = 0; call < calls[i]; ++call) {
          contestant->run(operands, thread, threads);
          barrier.wait();
        }
        auto end = Clock::now();
        times[i].push_back(std::chrono::duration<double>(end - start).count());
        start = end;
      }
    return times;
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < threads; ++thread)
    others.emplace_back([&, thread] {
      Pinned pinned(thread);
      work(thread);
    });
  Pinned pinned(0);
  Times times = work(0);
  for (std::thread &other : others)
    other.join();
  return times;
}

/// Seconds that `calls` computations take.
static double time(Contestant &contestant, const Operands &operands,
                   unsigned threads, int64_t calls) {
  if (contestant.isParallel())
    return timeInTurn(&contestant, operands, threads, calls, 1)[0][0];
  auto start = Clock::now();
  for (int64_t i = 0; i < calls; ++i)
    contestant.run(operands, 0, threads);
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// So many computations take at least `least` seconds.
static int64_t countCalls(Contestant &contestant, const Operands &operands,
                          unsigned threads, double least) {
  time(contestant, operands, threads, 1);
  for (int64_t count = 1;; count *= 4) {
    double seconds = time(contestant, operands, threads, count);
    if (seconds >= least / 4)
      return std::max<int64_t>(int64_t(double(count) * least / seconds), 1);
  }
}

std::vector<double>
kiln::bench::measure(llvm::ArrayRef<Contestant *> contestants,
                     const Operands &operands, unsigned threads,
                     unsigned rounds) {
  std::vector<int64_t> calls;
  for (Contestant *contestant : contestants)
    calls.push_back(countCalls(*contestant, operands, threads, blockSeconds));
  Times seconds(contestants.size());
  for (unsigned round = 0; round < rounds; ++round)
    for (auto [i, contestant] : llvm::enumerate(contestants)) {
      if (threads > 1)
        std::this_thread::sleep_for(sleepTime);
      time(*contestant, operands, threads, 1 + calls[i] / 8);
      seconds[i].push_back(time(*contestant, operands, threads, calls[i]) /
                           double(calls[i]));
    }
  std::vector<double> medians;
  for (std::vector<double> &times : seconds)
    medians.push_back(rt::median(times));
  return medians;
}

double kiln::bench::measureShareOfPeak(Contestant &contestant,
                                       double operations,
                                       const Operands &operands,
                                       unsigned threads, unsigned bits) {
  Peak peak(bits);
  std::vector<Contestant *> both = {&contestant, &peak};
  std::vector<int64_t> calls;
  for (Contestant *each : both)
    calls.push_back(countCalls(*each, operands, threads, sliceSeconds));
  Times times = timeInTurn(both, operands, threads, calls, slices);
  double rate = operations * double(calls[0]) / rt::median(times[0]);
  double most = peak.countOperations() * threads * double(calls[1]) /
                rt::median(times[1]);
  return rate / most;
}
