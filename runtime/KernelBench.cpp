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
#include <map>

namespace kiln::rt {

static constexpr int64_t BitSteps = 20, SyntheticBatches = 64;
static constexpr int64_t MostStepsABlock = 50, DefaultBlocks = 40;
static constexpr double SecondsABlock = 0.02;

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

  const ProgramInfo &program() const { return engine.model.train; }

  Engine engine;
  FixedSteps runner;
  KernelTimes times;
  /// Without and with a record of the stamps.
  std::vector<double> stepSeconds, recordedSeconds;
};

/// What something took, and what it did in that time.
struct Work {
  double us = 0, flops = 0, bytes = 0;
  /// Bytes a second of the memory that it works on, at best.
  double bandwidth = 0;

  void add(const Work &other) {
    us += other.us;
    flops += other.flops;
    bytes += other.bytes;
  }
};

/// What threads read a second, by how much each of them reads again and again.
struct Level {
  uint64_t bytes;
  double bandwidth;
};

/// A part of a recurrence's cell: the mean of a step of the program.
struct CellRow {
  const KernelInfo *part;
  Work work;
  /// Steps of the recurrence on a tile.
  double steps = 0;
};

/// A row of the table.
struct KernelRow {
  std::string id, summary;
  Work work;
  double unfusedUs = 0, calls = 0;
  int parts = 0;
  std::vector<CellRow> cell;
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
  void prepare(Build &fused, Build &unfused);
  double runBlock(Build &build);
  void measure(Build &build);
  std::vector<CellRow> makeCell(const Build &build, size_t kernel) const;
  std::vector<KernelRow> makeRows(Build &fused, Build &unfused) const;
  Status print(Build &fused, Build &unfused);
  void sendRow(const KernelRow &row);
  /// The shares of the limits, and which of the two is nearer.
  double peakShare(const Work &work) const {
    return work.us ? work.flops / work.us * 1e6 / peak : 0;
  }
  double bandwidthShare(const Work &work) const {
    return work.us ? work.bytes / work.us * 1e6 / work.bandwidth : 0;
  }
  void measureLevels();
  /// The bandwidth of the nearest memory that holds what a thread touches in
  /// one call.
  double bandwidthOf(double bytes, double calls) const;
  const char *limit(const Work &work) const {
    return peakShare(work) >= bandwidthShare(work) ? "math" : "memory";
  }
  std::string showWork(const Work &work, const std::string &summary) const;

  const BenchOptions &options;
  Events events;
  Model fusedModel, unfusedModel;
  Dataset data;
  std::vector<uint32_t> order;
  Feed feed;
  int64_t stepsABlock = 1;
  /// What a step works on: parameters, slots, the arena and threads' areas.
  uint64_t stepBytes = 0;
  double cyclesASecond = 1, peak = 1;
  /// From the first cache to memory.
  std::vector<Level> levels = {{8 << 10, 0},   {24 << 10, 0}, {128 << 10, 0},
                               {512 << 10, 0}, {2 << 20, 0},  {8 << 20, 0},
                               {96 << 20, 0}};
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
  if (fusedModel.train.arranged)
    arrangeBatches(measureLengths(data.inputs), batch, order);
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

/// Runs a block of steps and returns the seconds that a step took.
double KernelBench::runBlock(Build &build) {
  using Clock = std::chrono::steady_clock;
  uint64_t cycles = __builtin_ia32_rdtsc();
  Clock::time_point start = Clock::now();
  build.runner.run(build.engine, build.program(), feed, stepsABlock);
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  cyclesASecond = double(__builtin_ia32_rdtsc() - cycles) / seconds;
  return seconds / double(stepsABlock);
}

/// Chooses the length of a block, and makes room for its stamps.
void KernelBench::prepare(Build &fused, Build &unfused) {
  runBlock(fused);
  runBlock(unfused);
  double seconds = std::max(runBlock(fused), runBlock(unfused));
  stepsABlock =
      std::clamp(int64_t(SecondsABlock / seconds), int64_t(1), MostStepsABlock);
  for (Build *build : {&fused, &unfused}) {
    std::vector<StampLog> &logs = build->engine.stamps;
    logs.resize(size_t(options.threads));
    for (StampLog &log : logs)
      log.allocate(build->engine.model, 1);
    runBlock(*build);
    // Recurrences that end early stamp no less in other blocks.
    for (StampLog &log : logs)
      log.allocate(build->engine.model, size_t(log.used) * 2 + 64);
    runBlock(*build);
    for (StampLog &log : logs)
      log.clear();
  }
  const ProgramInfo &program = fusedModel.train;
  stepBytes = fusedModel.stateBytes + program.arenaBytes +
              program.threadBytes * uint64_t(options.threads);
}

void KernelBench::measure(Build &build) {
  std::vector<StampLog> unrecorded;
  std::swap(build.engine.stamps, unrecorded);
  build.stepSeconds.push_back(runBlock(build));
  std::swap(build.engine.stamps, unrecorded);
  build.recordedSeconds.push_back(runBlock(build));
  build.times.collect(build.engine, build.program());
}

void KernelBench::measureLevels() {
  for (Level &level : levels)
    level.bandwidth =
        std::max(level.bandwidth,
                 measureBandwidth(options.threads,
                                  level.bytes * uint64_t(options.threads)));
}

double KernelBench::bandwidthOf(double bytes, double calls) const {
  double each = calls ? bytes / calls : bytes;
  for (const Level &level : levels)
    if (each <= double(level.bytes))
      return level.bandwidth;
  return levels.back().bandwidth;
}

/// Steps of a recurrence that are left out cost nothing, so its work is what
/// its stamps count.
std::vector<CellRow> KernelBench::makeCell(const Build &build,
                                           size_t kernel) const {
  std::vector<CellRow> rows;
  const std::vector<KernelInfo> &cell = build.program().kernels[kernel].cell;
  const KernelTimes &times = build.times;
  for (size_t i = 0; i < cell.size(); ++i) {
    auto found = times.cells.find({int32_t(kernel), int32_t(i)});
    if (found == times.cells.end())
      continue;
    CellRow row;
    row.part = &cell[i];
    row.steps = double(found->second.steps) / double(times.steps);
    row.work.us = double(found->second.cycles) / double(times.steps) /
                  options.threads / cyclesASecond * 1e6;
    row.work.flops = double(cell[i].flops) * row.steps;
    row.work.bytes = double(cell[i].bytes) * row.steps;
    row.work.bandwidth = bandwidthOf(row.work.bytes, row.steps);
    rows.push_back(row);
  }
  return rows;
}

std::vector<KernelRow> KernelBench::makeRows(Build &fused,
                                             Build &unfused) const {
  std::vector<KernelRow> rows;
  double microsecond = cyclesASecond * 1e-6;
  const std::vector<KernelInfo> &kernels = fusedModel.train.kernels;
  for (size_t i = 0; i < kernels.size(); ++i) {
    const KernelInfo &kernel = kernels[i];
    KernelRow row;
    row.id = kernel.id;
    row.summary = kernel.summary;
    row.cell = makeCell(fused, i);
    double share = kernel.ragged ? fused.times.density() : 1;
    row.work.flops = double(kernel.flops) * share;
    row.work.bytes = double(kernel.bytes) * share;
    if (!row.cell.empty())
      row.work.flops = 0;
    for (const CellRow &part : row.cell)
      row.work.flops += part.work.flops;
    row.work.us = median(fused.times.cycles[kernel.id]) / microsecond;
    row.unfusedUs = median(unfused.times.cycles[kernel.id]) / microsecond;
    row.calls = double(fused.times.calls[kernel.id]) /
                double(std::max<int64_t>(fused.times.steps, 1));
    row.work.bandwidth = bandwidthOf(row.work.bytes, row.calls);
    for (const KernelInfo &part : unfusedModel.train.kernels)
      row.parts += part.id.substr(0, part.id.find('#')) == kernel.id;
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Kernels by what they are, so that the shares of a step can be seen.
static std::map<std::string, Work>
sumKinds(const std::vector<KernelRow> &rows) {
  std::map<std::string, Work> kinds;
  auto multiplies = [](const std::string &summary) {
    return summary.find("matmul") != std::string::npos;
  };
  for (const KernelRow &row : rows) {
    if (row.cell.empty())
      kinds[multiplies(row.summary) ? "contractions" : "all else"].add(
          row.work);
    for (const CellRow &part : row.cell)
      kinds[multiplies(part.part->summary) ? "recurrences: contractions"
            : part.part->summary == "copy" ? "recurrences: rows in and out"
                                           : "recurrences: math"]
          .add(part.work);
  }
  return kinds;
}

void KernelBench::sendRow(const KernelRow &row) {
  events.make("kernel")
      .field("id", row.id)
      .field("summary", row.summary)
      .field("calls", row.calls)
      .field("parts", row.parts)
      .field("fused_us", row.work.us)
      .field("unfused_us", row.unfusedUs)
      .field("flops", row.work.flops)
      .field("bytes", row.work.bytes)
      .field("gflops", row.work.flops / row.work.us * 1e-3)
      .field("gbytes", row.work.bytes / row.work.us * 1e-3)
      .field("peak_share", peakShare(row.work))
      .field("bandwidth_share", bandwidthShare(row.work))
      .field("bandwidth_gbytes", row.work.bandwidth * 1e-9)
      .field("limit", limit(row.work));
  events.send();
  for (const CellRow &part : row.cell) {
    events.make("cell")
        .field("kernel", row.id)
        .field("id", part.part->id)
        .field("summary", part.part->summary)
        .field("steps", part.steps)
        .field("fused_us", part.work.us)
        .field("share", part.work.us / row.work.us)
        .field("flops", part.work.flops)
        .field("bytes", part.work.bytes)
        .field("peak_share", peakShare(part.work))
        .field("bandwidth_share", bandwidthShare(part.work))
        .field("limit", limit(part.work));
    events.send();
  }
}

std::string KernelBench::showWork(const Work &work,
                                  const std::string &summary) const {
  constexpr size_t widest = 48;
  std::string what = summary.substr(0, widest);
  return format(
      "%8.1f %5.1f%% %7.1f %5.1f%%  %-6s  %s%s\n",
      work.us ? work.flops / work.us * 1e-3 : 0, peakShare(work) * 100,
      work.us ? work.bytes / work.us * 1e-3 : 0, bandwidthShare(work) * 100,
      limit(work), what.c_str(), what.size() < summary.size() ? "..." : "");
}

Status KernelBench::print(Build &fused, Build &unfused) {
  std::vector<KernelRow> rows = makeRows(fused, unfused);
  Work step;
  step.us = median(fused.stepSeconds) * 1e6;
  double recorded = median(fused.recordedSeconds) * 1e6;
  double unfusedStep = median(unfused.stepSeconds) * 1e6;
  for (const KernelRow &row : rows) {
    step.flops += row.work.flops;
    step.bytes += row.work.bytes;
  }
  double microsecond = cyclesASecond * 1e-6;
  auto other = [&](int32_t kind) {
    return median(fused.times.others[kind]) / microsecond;
  };
  double barriers = other(StampLog::Barrier), loads = other(StampLog::Load);
  double between = other(StampLog::Step), copies = other(StampLog::Copy);
  bool sameBits = fusedHash == unfusedHash;
  int64_t steps =
      (data.count() + fusedModel.batchSize - 1) / fusedModel.batchSize;
  std::map<std::string, Work> kinds = sumKinds(rows);
  if (options.json) {
    std::vector<int64_t> levelBytes;
    std::vector<float> levelGbytes;
    for (const Level &level : levels) {
      levelBytes.push_back(int64_t(level.bytes));
      levelGbytes.push_back(float(level.bandwidth * 1e-9));
    }
    for (const KernelRow &row : rows)
      sendRow(row);
    for (const auto &[name, work] : kinds) {
      events.make("kind")
          .field("id", name)
          .field("fused_us", work.us)
          .field("share", work.us / step.us)
          .field("flops", work.flops)
          .field("peak_share", peakShare(work));
      events.send();
    }
    events.make("comparison")
        .field("model", fusedModel.name)
        .field("threads", options.threads)
        .field("peak_gflops", peak * 1e-9)
        .field("level_bytes", levelBytes.data(), int64_t(levelBytes.size()))
        .field("level_gbytes", levelGbytes.data(), int64_t(levelGbytes.size()))
        .field("step_bytes", int64_t(stepBytes))
        .field("fused_step_us", step.us)
        .field("recorded_step_us", recorded)
        .field("unfused_step_us", unfusedStep)
        .field("ratio", unfusedStep / step.us)
        .field("barrier_us", barriers)
        .field("load_us", loads)
        .field("copy_us", copies)
        .field("between_us", between)
        .field("density", fused.times.density())
        .field("flops", step.flops)
        .field("gflops", step.flops / step.us * 1e-3)
        .field("peak_share", peakShare(step))
        .field("same_bits", sameBits)
        .field("weights_sha256", fusedHash);
    events.send();
    return events.status;
  }

  std::string text = format(
      "%s: batches of %lld, %d threads, %.1f MB a step; limits measured "
      "beside: %.1f GFLOP/s, %.0f GB/s from the first cache to %.0f GB/s from "
      "memory\n\n%-42s %6s %10s %10s %6s %8s %6s %7s %6s  %-6s  %s\n",
      fusedModel.name.c_str(), (long long)fusedModel.batchSize, options.threads,
      double(stepBytes) / 1e6, peak * 1e-9, levels.front().bandwidth * 1e-9,
      levels.back().bandwidth * 1e-9, "kernel", "calls", "fused", "unfused",
      "ratio", "GFLOP/s", "peak", "GB/s", "band", "limit", "what");
  for (const KernelRow &row : rows) {
    text += format("%-42s %6.0f %7.2f us %7.2f us %6.2f ", row.id.c_str(),
                   row.calls, row.work.us, row.unfusedUs,
                   row.unfusedUs / row.work.us) +
            showWork(row.work, row.summary);
    for (const CellRow &part : row.cell)
      text += format("  %-40s %6.0f %7.2f us %17s ", part.part->id.c_str(),
                     part.steps, part.work.us, "") +
              showWork(part.work, part.part->summary);
  }
  for (auto [name, us] :
       {std::pair("waiting at barriers (mean of threads)", barriers),
        {"loading the batch", loads},
        {"copying results", copies},
        {"between steps (mean of threads)", between}})
    text += format("%-42s %6s %7.2f us\n", name, "", us);
  text += "\nby what it is\n";
  for (const auto &[name, work] : kinds)
    text += format("  %-40s %17.2f us %5.1f%% of the step, %.1f GFLOP/s, "
                   "%.1f%% of peak\n",
                   name.c_str(), work.us, work.us / step.us * 100,
                   work.us ? work.flops / work.us * 1e-3 : 0,
                   peakShare(work) * 100);
  std::string gains;
  for (const KernelRow &row : rows)
    if (row.parts > 1)
      gains +=
          format("  %s: %s in one kernel for %d: %.2f us a step, %.1f%% of "
                 "the unfused step\n",
                 row.id.c_str(), row.summary.c_str(), row.parts,
                 row.unfusedUs - row.work.us,
                 (row.unfusedUs - row.work.us) / unfusedStep * 100);
  if (!gains.empty())
    text += "\nwhat each fusion buys\n" + gains;
  if (fused.times.tokens)
    text += format("\ndistinct tokens: %.1f%% of all; kernels that skip the "
                   "others are counted without them\n",
                   fused.times.density() * 100);
  text += format("\nstep: fused %.1f us, unfused %.1f us: %.2f times as fast, "
                 "%.1f GFLOP/s, %.1f%% of peak (%.1f us while recorded)\n",
                 step.us, unfusedStep, unfusedStep / step.us,
                 step.flops / step.us * 1e-3, peakShare(step) * 100, recorded);
  if (!options.data.empty())
    text += format("epoch of %lld steps: fused %.4f s, unfused %.4f s\n",
                   (long long)steps, step.us * double(steps) * 1e-6,
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
  prepare(fused, unfused);
  std::vector<double> peaks;
  for (int64_t block = 0; block < options.blocks; ++block) {
    // Behind each block, at the clock that it has left: under a heavy load
    // processors lower it.
    for (Build *build : {&fused, &unfused}) {
      measure(*build);
      peaks.push_back(measurePeak(options.threads));
    }
    if (block % 8 == 0)
      measureLevels();
  }
  peak = median(peaks);
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
        "times both builds of a model in turn, block by block\n");
  else if (status.ok())
    status = KernelBench(options).run(fused, unfused);
  if (!status.ok())
    std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.code();
}

} // namespace kiln::rt
