//===- math.cpp - Vector math beside libmvec and SLEEF --------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
//   math ROUNDS EVERY JSON
//
// Measures nanoseconds a result, on arrays that lie in the first cache, and the
// largest error over every EVERY-th f32. Contestants take turns, round after
// round; a figure is the median of the rounds. Peers are looked up when it
// starts: one that is missing is named and left out. They have no sigmoid: 1 /
// (1 + e^-x) stands in, made of their exp. tools/bench_math.sh builds and runs
// it.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <functional>
#include <immintrin.h>
#include <string>
#include <vector>

/// Elements of a call: as in math.mlir.
static constexpr int64_t kElements = 2048;

// Kernels of math.mlir. The last two arguments are the thread and how many.
extern "C" {
using Kernel = void(const float *, float *, int64_t, int64_t);
Kernel kiln512_exp, kiln512_log, kiln512_tanh, kiln512_sigmoid;
Kernel kiln256_exp, kiln256_log, kiln256_tanh, kiln256_sigmoid;
}

using Vector512 = __m512 (*)(__m512);
using Vector256 = __m256 (*)(__m256);

__attribute__((target("avx512f"))) static void
map512(void *function, bool sigmoid, const float *x, float *y) {
  auto apply = reinterpret_cast<Vector512>(function);
  __m512 one = _mm512_set1_ps(1.0f);
  for (int64_t i = 0; i < kElements; i += 16) {
    __m512 value = _mm512_loadu_ps(x + i);
    if (sigmoid) {
      value = apply(_mm512_sub_ps(_mm512_setzero_ps(), value));
      value = _mm512_div_ps(one, _mm512_add_ps(one, value));
    } else {
      value = apply(value);
    }
    _mm512_storeu_ps(y + i, value);
  }
}

__attribute__((target("avx2"))) static void map256(void *function, bool sigmoid,
                                                   const float *x, float *y) {
  auto apply = reinterpret_cast<Vector256>(function);
  __m256 one = _mm256_set1_ps(1.0f);
  for (int64_t i = 0; i < kElements; i += 8) {
    __m256 value = _mm256_loadu_ps(x + i);
    if (sigmoid) {
      value = apply(_mm256_sub_ps(_mm256_setzero_ps(), value));
      value = _mm256_div_ps(one, _mm256_add_ps(one, value));
    } else {
      value = apply(value);
    }
    _mm256_storeu_ps(y + i, value);
  }
}

namespace {
struct Contestant {
  std::string name;
  std::function<void(const float *, float *)> run;
  std::vector<double> times = {};
  /// In units in the last place, and where.
  double error = 0.0;
  float worst = 0.0f;
};

struct Function {
  std::string name;
  /// Arguments of the timed arrays.
  float low, high;
  double (*exact)(double);
};

/// One function in vectors of one width.
struct Task {
  Function function;
  int bits;
  std::vector<Contestant> contestants = {};
};
} // namespace

static const Function kFunctions[] = {
    {"exp", -10.0f, 10.0f, [](double x) { return std::exp(x); }},
    {"log", 1e-3f, 1e3f, [](double x) { return std::log(x); }},
    {"tanh", -4.0f, 4.0f, [](double x) { return std::tanh(x); }},
    {"sigmoid", -8.0f, 8.0f,
     [](double x) { return 1.0 / (1.0 + std::exp(-x)); }},
};

static Kernel *getKernel(const std::string &name, int bits) {
  bool wide = bits == 512;
  if (name == "exp")
    return wide ? kiln512_exp : kiln256_exp;
  if (name == "log")
    return wide ? kiln512_log : kiln256_log;
  if (name == "tanh")
    return wide ? kiln512_tanh : kiln256_tanh;
  return wide ? kiln512_sigmoid : kiln256_sigmoid;
}

static void addPeer(Task &task, void *library, const std::string &name,
                    const std::string &symbol) {
  void *function = library ? dlsym(library, symbol.c_str()) : nullptr;
  if (!function)
    return;
  bool sigmoid = task.function.name == "sigmoid";
  auto *map = task.bits == 512 ? map512 : map256;
  task.contestants.push_back(
      {name, [=](const float *x, float *y) { map(function, sigmoid, x, y); }});
}

static std::vector<Task> makeTasks() {
  void *mvec = dlopen("libmvec.so.1", RTLD_NOW);
  void *sleef = dlopen("libsleef.so.3", RTLD_NOW);
  if (!mvec)
    fprintf(stderr, "bench_math: libmvec is missing and left out (it is part "
                    "of glibc)\n");
  if (!sleef)
    fprintf(stderr, "bench_math: SLEEF is missing and left out (the package is "
                    "libsleef3)\n");
  std::vector<Task> tasks;
  for (int bits : {512, 256}) {
    if (bits == 512 && !__builtin_cpu_supports("avx512f"))
      continue;
    for (const Function &function : kFunctions) {
      Task &task = tasks.emplace_back(Task{function, bits});
      Kernel *kernel = getKernel(function.name, bits);
      task.contestants.push_back(
          {"kiln", [=](const float *x, float *y) { kernel(x, y, 0, 1); }});
      std::string base =
          (function.name == "sigmoid" ? "exp" : function.name) + "f";
      addPeer(task, mvec, "libmvec",
              (bits == 512 ? "_ZGVeN16v_" : "_ZGVdN8v_") + base);
      for (const char *accuracy : {"u10", "u35"})
        addPeer(task, sleef, std::string("SLEEF ") + accuracy,
                "Sleef_" + base + (bits == 512 ? "16_" : "8_") + accuracy +
                    (bits == 512 ? "avx512f" : "avx2"));
    }
  }
  return tasks;
}

static double now() {
  return std::chrono::duration<double, std::nano>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

static void measure(std::vector<Task> &tasks, int rounds) {
  alignas(64) static float x[kElements], y[kElements];
  for (int round = -1; round < rounds; ++round)
    for (Task &task : tasks) {
      const Function &f = task.function;
      for (int64_t i = 0; i < kElements; ++i)
        // In no order that a predictor of branches could learn.
        x[i] = f.low +
               (f.high - f.low) * float(i * 797 % kElements) / float(kElements);
      for (Contestant &contestant : task.contestants) {
        constexpr int calls = 100;
        contestant.run(x, y);
        double begin = now();
        for (int call = 0; call < calls; ++call)
          contestant.run(x, y);
        // The first round warms up.
        if (round >= 0)
          contestant.times.push_back((now() - begin) / calls / kElements);
      }
    }
}

static bool isTiny(double value) {
  return std::abs(value) < std::numeric_limits<float>::min();
}

/// The distance of `got` from `exact` in units in the last place of f32 there.
/// Numbers below the normal ones are 0.
static double getError(float got, double exact) {
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) == std::isnan(got) ? 0.0 : INFINITY;
  auto rounded = float(exact);
  if (std::isinf(got) || std::isinf(rounded))
    // The largest number and infinity are neighbours.
    return got == rounded || std::nextafter(got, rounded) == rounded ? 0.0
                                                                     : INFINITY;
  if (isTiny(got) && isTiny(exact))
    return 0.0;
  double unit = std::ldexp(
      1.0,
      std::max(std::ilogb(isTiny(exact) ? double(got) : exact), -126) - 23);
  if (isTiny(got) || isTiny(exact))
    // One step over the gap that flushing leaves.
    return std::abs(double(got) - exact) <= 0x1p-126 + unit ? 0.0 : INFINITY;
  return std::abs(double(got) - exact) / unit;
}

static void findErrors(std::vector<Task> &tasks, int64_t every) {
  alignas(64) static float x[kElements], y[kElements];
  static double exact[kElements];
  for (const Function &function : kFunctions)
    for (int64_t next = 0; next < int64_t(1) << 32;) {
      for (int64_t i = 0; i < kElements; ++i, next += every) {
        float value = std::bit_cast<float>(
            uint32_t(std::min(next, (int64_t(1) << 32) - 1)));
        // Neither kiln nor its peers promise anything for denormal arguments.
        x[i] = isTiny(value) ? 0.0f : value;
        exact[i] = function.exact(x[i]);
      }
      for (Task &task : tasks) {
        if (task.function.name != function.name)
          continue;
        for (Contestant &contestant : task.contestants) {
          contestant.run(x, y);
          for (int64_t i = 0; i < kElements; ++i)
            if (double error = getError(y[i], exact[i]);
                error > contestant.error) {
              contestant.error = error;
              contestant.worst = x[i];
            }
        }
      }
    }
}

static double getMedian(std::vector<double> times) {
  auto middle = times.begin() + times.size() / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

static void report(const std::vector<Task> &tasks, FILE *json) {
  printf("| function | vectors | | ns a result | largest error, ulp | time "
         "of kiln's |\n|---|---|---|---|---|---|\n");
  fprintf(json, "[");
  const char *separator = "\n";
  for (const Task &task : tasks) {
    double own = getMedian(task.contestants.front().times);
    for (const Contestant &contestant : task.contestants) {
      double time = getMedian(contestant.times);
      printf("| %s | %d bits | %s | %.3f | %.2f at %.9g | %.2f |\n",
             task.function.name.c_str(), task.bits, contestant.name.c_str(),
             time, contestant.error, double(contestant.worst), time / own);
      // JSON has no infinity.
      std::string error = std::isinf(contestant.error)
                              ? "null"
                              : std::to_string(contestant.error);
      fprintf(json,
              "%s{\"function\": \"%s\", \"bits\": %d, \"name\": \"%s\", "
              "\"ns\": %.4f, \"ulp\": %s, \"times_kiln\": %.4f}",
              separator, task.function.name.c_str(), task.bits,
              contestant.name.c_str(), time, error.c_str(), time / own);
      separator = ",\n";
    }
  }
  fprintf(json, "\n]\n");
}

int main(int argc, char **argv) {
  if (argc != 4)
    return fprintf(stderr, "usage: math ROUNDS EVERY JSON\n"), 2;
  FILE *json = fopen(argv[3], "w");
  if (!json)
    return fprintf(stderr, "math: error: cannot write %s\n", argv[3]), 4;
  std::vector<Task> tasks = makeTasks();
  // Denormals count as 0, as in every thread of a trainer.
  unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | 0x8040);
  measure(tasks, std::max(atoi(argv[1]), 1));
  findErrors(tasks, std::max(atoll(argv[2]), 1LL));
  _mm_setcsr(saved);
  report(tasks, json);
  return fclose(json) ? 4 : 0;
}
