//===- KernelBench.cpp - Fused against unfused, kernel by kernel ----------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/KernelBench.h"

#include "runtime/Batches.h"
#include "runtime/Bench.h"
#include "runtime/Events.h"
#include "runtime/Text.h"
#include "runtime/Threads.h"
#include "runtime/Weights.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace kiln::rt {

static constexpr int64_t BitSteps = 20, SyntheticBatches = 64;
static constexpr int64_t StepsABlock = 50, DefaultBlocks = 40;

namespace {
struct BenchOptions {
  std::string data;
  int threads = availableCores();
  int64_t blocks = DefaultBlocks;
  bool json = false, help = false;
};

/// One build of the model: its memory and what was measured of it.
struct Build {
  Build(const Model &model, int threads)
      : engine(model, threads), runner(model, 0) {}

  Engine engine;
  FixedSteps runner;
  KernelCycles cycles;
  std::vector<double> stepSeconds;
};

/// A row of the table, in microseconds.
struct KernelRow {
  std::string id, summary;
  double fused = 0, unfused = 0, flops = 0;
  int parts = 0;
};

class KernelBench {
public:
  KernelBench(const BenchOptions &options) : options(options) {
    events.enabled = options.json;
  }
  Status run(const kiln_model &fusedObject, const kiln_model &unfusedObject);

private:
  Status load(const kiln_model &fusedObject, const kiln_model &unfusedObject);
  void compareBits(Build &fused, Build &unfused);
  void measure(Build &build);
  std::vector<KernelRow> makeRows(Build &fused, Build &unfused) const;
  Status print(Build &fused, Build &unfused);

  const BenchOptions &options;
  Events events;
  Model fusedModel, unfusedModel;
  Dataset data;
  std::vector<uint32_t> order;
  Feed feed;
  double cyclesASecond = 1, peak = 1;
  std::string fusedHash, unfusedHash;
};
} // namespace

static bool haveSameState(const Model &a, const Model &b) {
  if (a.stateBytes != b.stateBytes ||
      a.parameters.size() != b.parameters.size() ||
      a.slots.size() != b.slots.size() || a.batchSize != b.batchSize)
    return false;
  auto isSame = [](const TensorInfo &left, const TensorInfo &right) {
    return left.name == right.name && left.offset == right.offset;
  };
  return std::equal(a.parameters.begin(), a.parameters.end(),
                    b.parameters.begin(), isSame) &&
         std::equal(a.slots.begin(), a.slots.end(), b.slots.begin(), isSame);
}

Status KernelBench::load(const kiln_model &fusedObject,
                         const kiln_model &unfusedObject) {
  if (Status status = Model::load(fusedObject, fusedModel); !status.ok())
    return status;
  if (Status status = Model::load(unfusedObject, unfusedModel); !status.ok())
    return status;
  if (!haveSameState(fusedModel, unfusedModel))
    return internalError("the two builds lay out their state differently");
  const model::Data *source = fusedModel.source->data();
  TextReading texts;
  Status status =
      options.data.empty()
          ? makeSynthetic(fusedModel, SyntheticBatches * fusedModel.batchSize,
                          data)
          : loadSplit(fusedModel, source ? source->train() : nullptr, "train",
                      options.data, texts, data);
  if (!status.ok())
    return status;
  int64_t batch = fusedModel.batchSize;
  if (data.count() < batch)
    return userError("%s: expected at least a batch of %lld samples, got %lld",
                     data.inputs.file.c_str(), (long long)batch,
                     (long long)data.count());
  orderSamples(data.count(), 0, 0, true, order);
  feed.data = &data;
  feed.order = order.data();
  feed.count = data.count() / batch * batch;
  return Status();
}

/// Runs both builds from the same start; their weights must not differ.
void KernelBench::compareBits(Build &fused, Build &unfused) {
  for (Build *build : {&fused, &unfused}) {
    initializeState(fused.engine, 0);
    feed.position = 0;
    build->runner.run(build->engine, build->engine.model.train, feed, BitSteps);
    (build == &fused ? fusedHash : unfusedHash) = hashWeights(fused.engine);
  }
}

void KernelBench::measure(Build &build) {
  using Clock = std::chrono::steady_clock;
  const ProgramInfo &program = build.engine.model.train;
  uint64_t cycles = __builtin_ia32_rdtsc();
  Clock::time_point start = Clock::now();
  build.runner.run(build.engine, program, feed, StepsABlock);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  cyclesASecond = double(__builtin_ia32_rdtsc() - cycles) / seconds;
  build.stepSeconds.push_back(seconds / double(StepsABlock));
  collectKernels(build.engine, program, build.cycles);
}

std::vector<KernelRow> KernelBench::makeRows(Build &fused,
                                             Build &unfused) const {
  std::vector<KernelRow> rows;
  double microsecond = cyclesASecond * 1e-6;
  for (const KernelInfo &kernel : fusedModel.train.kernels) {
    KernelRow row;
    row.id = kernel.id;
    row.summary = kernel.summary;
    row.flops = double(kernel.flops);
    row.fused = median(fused.cycles[kernel.id]) / microsecond;
    row.unfused = median(unfused.cycles[kernel.id]) / microsecond;
    for (const KernelInfo &part : unfusedModel.train.kernels)
      row.parts += part.id.substr(0, part.id.find('#')) == kernel.id;
    rows.push_back(std::move(row));
  }
  return rows;
}

Status KernelBench::print(Build &fused, Build &unfused) {
  std::vector<KernelRow> rows = makeRows(fused, unfused);
  double fusedStep = median(fused.stepSeconds) * 1e6;
  double unfusedStep = median(unfused.stepSeconds) * 1e6;
  double flops = double(fusedModel.train.flops());
  bool sameBits = fusedHash == unfusedHash;
  int64_t steps =
      (data.count() + fusedModel.batchSize - 1) / fusedModel.batchSize;
  if (options.json) {
    for (const KernelRow &row : rows) {
      events.make("kernel")
          .field("id", row.id)
          .field("summary", row.summary)
          .field("parts", row.parts)
          .field("fused_us", row.fused)
          .field("unfused_us", row.unfused)
          .field("flops", row.flops)
          .field("gflops", row.flops / row.fused * 1e-3)
          .field("peak_share", row.flops / row.fused * 1e6 / peak);
      events.send();
    }
    events.make("comparison")
        .field("model", fusedModel.name)
        .field("threads", options.threads)
        .field("peak_gflops", peak * 1e-9)
        .field("fused_step_us", fusedStep)
        .field("unfused_step_us", unfusedStep)
        .field("ratio", unfusedStep / fusedStep)
        .field("gflops", flops / fusedStep * 1e-3)
        .field("peak_share", flops / fusedStep * 1e6 / peak)
        .field("same_bits", sameBits)
        .field("weights_sha256", fusedHash);
    events.send();
    return events.status;
  }

  std::string text = format(
      "%s: batches of %lld, %d threads, peak %.1f GFLOP/s (measured)\n\n"
      "%-40s %9s %9s %6s %9s %6s\n",
      fusedModel.name.c_str(), (long long)fusedModel.batchSize, options.threads,
      peak * 1e-9, "kernel", "fused", "unfused", "ratio", "GFLOP/s", "peak");
  for (const KernelRow &row : rows)
    text += format("%-40s %6.2f us %6.2f us %6.2f %9.1f %5.1f%%\n",
                   row.id.c_str(), row.fused, row.unfused,
                   row.unfused / row.fused, row.flops / row.fused * 1e-3,
                   row.flops / row.fused * 1e8 / peak);
  std::string gains;
  for (const KernelRow &row : rows)
    if (row.parts > 1)
      gains +=
          format("  %s: %s in one kernel for %d: %.2f us a step, %.1f%% of "
                 "the unfused step\n",
                 row.id.c_str(), row.summary.c_str(), row.parts,
                 row.unfused - row.fused,
                 (row.unfused - row.fused) / unfusedStep * 100);
  if (!gains.empty())
    text += "\nwhat each fusion buys\n" + gains;
  text += format("\nstep: fused %.1f us, unfused %.1f us: %.2f times as fast, "
                 "%.1f GFLOP/s, %.1f%% of peak\n",
                 fusedStep, unfusedStep, unfusedStep / fusedStep,
                 flops / fusedStep * 1e-3, flops / fusedStep * 1e8 / peak);
  if (!options.data.empty())
    text += format("epoch of %lld steps: fused %.4f s, unfused %.4f s\n",
                   (long long)steps, fusedStep * double(steps) * 1e-6,
                   unfusedStep * double(steps) * 1e-6);
  text += format("weights after %lld steps: %s\n", (long long)BitSteps,
                 sameBits ? "the same bits" : "DIFFERENT");
  return writeStdout(text);
}

Status KernelBench::run(const kiln_model &fusedObject,
                        const kiln_model &unfusedObject) {
  if (Status status = load(fusedObject, unfusedObject); !status.ok())
    return status;
  Build fused(fusedModel, options.threads);
  Build unfused(unfusedModel, options.threads);
  if (Status status = fused.engine.allocate(); !status.ok())
    return status;
  if (Status status = unfused.engine.allocateBeside(fused.engine); !status.ok())
    return status;
  compareBits(fused, unfused);

  for (Build *build : {&fused, &unfused}) {
    build->engine.stamps.resize(size_t(options.threads));
    // A step stamps each kernel, a barrier for each at most, and a few more.
    size_t stamps = 2 * build->engine.model.train.kernels.size() + 8;
    for (StampLog &log : build->engine.stamps)
      log.entries.resize(stamps * size_t(StepsABlock + 1));
  }
  for (Build *build : {&fused, &unfused}) {
    measure(*build);
    build->cycles.clear();
    build->stepSeconds.clear();
  }
  for (int64_t block = 0; block < options.blocks; ++block) {
    measure(fused);
    measure(unfused);
    // Beside each block: a moment in which something else has a core must not
    // pass for the machine's best.
    peak = std::max(peak, measurePeak(options.threads));
  }
  if (Status status = print(fused, unfused); !status.ok())
    return status;
  if (fusedHash != unfusedHash)
    return internalError("weights after %lld steps differ: fused %s, unfused "
                         "%s",
                         (long long)BitSteps, fusedHash.c_str(),
                         unfusedHash.c_str());
  return Status();
}

static Status parseBenchOptions(int argc, char **argv, BenchOptions &options) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    std::string name = word.substr(0, word.find('=')), value;
    if (name == "--json" || name == "--help") {
      (name == "--json" ? options.json : options.help) = true;
      continue;
    }
    if (name != "--data" && name != "--threads" && name != "--blocks")
      return usageError("unknown option '%s'%s", printable(word).c_str(),
                        didYouMean(name, {"--data", "--threads", "--blocks",
                                          "--json", "--help"})
                            .c_str());
    if (name.size() < word.size())
      value = word.substr(name.size() + 1);
    else if (++i < argc)
      value = argv[i];
    if (name == "--data") {
      options.data = value;
      continue;
    }
    int number = std::atoi(value.c_str());
    if (number < 1 || number > (name == "--threads" ? 1024 : 1000000))
      return usageError("%s: expected a whole number of at least 1, got '%s'",
                        name.c_str(), printable(value).c_str());
    if (name == "--threads")
      options.threads = number;
    else
      options.blocks = number;
  }
  return Status();
}

int runKernelBench(int argc, char **argv, const kiln_model &fused,
                   const kiln_model &unfused) {
  BenchOptions options;
  Status status = parseBenchOptions(argc, argv, options);
  if (status.ok() && options.help)
    status = writeStdout(
        "usage: bench [--data DIR] [--threads N] [--blocks N] [--json]\n"
        "times both builds of a model in turn, 50 steps a block\n");
  else if (status.ok())
    status = KernelBench(options).run(fused, unfused);
  if (!status.ok())
    std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.code();
}

} // namespace kiln::rt
