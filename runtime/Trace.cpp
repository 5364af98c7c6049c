//===- Trace.cpp - A run as a picture -------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//
//
// The format is Chrome's trace events: complete events ("X") with microseconds
// since the trace began.
//
//===----------------------------------------------------------------------===//

#include "runtime/Trace.h"

#include "runtime/DurableFile.h"
#include "runtime/Json.h"

#include <algorithm>
#include <map>

namespace kiln::rt {

/// Stamps that a thread keeps: 6 MB.
static constexpr size_t StampsAThread = size_t(1) << 17;

/// The file, written a stretch at a time.
class TraceWriter {
public:
  Status open(const std::string &path) { return file.open(path); }

  /// Adds an event, a JSON object of its own.
  void event(const std::string &object) {
    text += isFirst ? "\n" : ",\n";
    isFirst = false;
    text += object;
    if (text.size() >= FlushAt)
      flush();
  }
  void raw(const std::string &words) { text += words; }
  Status commit() {
    flush();
    if (!status.ok())
      return status;
    return file.commit();
  }

private:
  static constexpr size_t FlushAt = 1 << 16;

  void flush() {
    if (status.ok())
      status = file.write(text.data(), text.size());
    text.clear();
  }

  DurableFile file;
  std::string text;
  Status status;
  bool isFirst = true;
};

Status Trace::begin(Engine &recorded, const std::string &file) {
  if (!recorded.model.manifest->traced())
    return userError("--trace: expected a program that reports what its "
                     "threads do, got one without; build it with `kiln build "
                     "--trace`");
  path = file;
  engine = &recorded;
  engine->stamps.resize(size_t(engine->threads));
  for (StampLog &log : engine->stamps)
    log.allocate(engine->model, StampsAThread);
  start = std::chrono::steady_clock::now();
  firstCycle = __builtin_ia32_rdtsc();
  return Status();
}

uint64_t Trace::dropped() const {
  uint64_t sum = 0;
  if (engine)
    for (const StampLog &log : engine->stamps)
      sum += log.dropped();
  return sum;
}

/// What a span is called, without what it is about.
static const char *nameOf(int32_t kernel) {
  switch (kernel) {
  case StampLog::Barrier:
    return "barrier";
  case StampLog::Load:
    return "load batch";
  case StampLog::Copy:
    return "copy results";
  default:
    return "end of step";
  }
}

/// `"name":"...","cat":"...","args":{"line":14` without the end, so that
/// each event only adds its numbers.
static std::string describeKernel(const KernelInfo &kernel) {
  JsonObject object;
  object.begin().field("name", kernel.id).field("cat", "kernel");
  object.beginObject("args").field("line", int64_t(kernel.line));
  object.endObject();
  std::string text = object.end();
  return text.substr(1, text.size() - 3);
}

static std::string describeOther(const char *name, const char *category) {
  return format("\"name\":\"%s\",\"cat\":\"%s\",\"args\":{\"line\":0", name,
                category);
}

/// Parts of a cell: `,"cell":{"lstm.cell.forward@lstm.toml:20":{...},...}`.
static std::string describeParts(const KernelInfo &kernel,
                                 const std::vector<StampLog::Entry> &parts,
                                 double cyclesAMicrosecond) {
  if (parts.empty())
    return "";
  JsonObject object;
  object.begin();
  for (const StampLog::Entry &part : parts) {
    if (size_t(part.part) >= kernel.cell.size())
      continue;
    double us = double(part.cycles) / cyclesAMicrosecond;
    object.beginObject(kernel.cell[size_t(part.part)].id)
        .field("steps", part.count)
        .field("us", double(int64_t(us * 1000)) / 1000);
    object.endObject();
  }
  return ",\"cell\":" + object.end();
}

void Trace::writeThread(size_t thread, double scale,
                        TraceWriter &writer) const {
  std::map<const KernelInfo *, std::string> known;
  const StampLog &log = engine->stamps[thread];
  std::vector<StampLog::Entry> parts;
  uint64_t before = 0;
  int64_t step = -1, epoch = -1;
  for (size_t i = 0; i < log.size(); ++i) {
    const StampLog::Entry &entry = log[i];
    if (entry.part >= 0) {
      parts.push_back(entry);
      continue;
    }
    bool isSpan = before && entry.kernel != StampLog::Begin;
    uint64_t from = before;
    before = entry.cycles;
    if (entry.kernel == StampLog::Load) {
      step = entry.count;
      epoch = entry.epoch;
    }
    std::string about, cell;
    if (isSpan && entry.kernel >= 0) {
      const KernelInfo &kernel = entry.program->kernels[size_t(entry.kernel)];
      std::string &text = known[&kernel];
      if (text.empty())
        text = describeKernel(kernel);
      about = text;
      cell = describeParts(kernel, parts, scale);
    } else if (isSpan) {
      bool waits = entry.kernel == StampLog::Barrier;
      about = describeOther(nameOf(entry.kernel), waits ? "wait" : "runtime");
    }
    parts.clear();
    if (!isSpan)
      continue;
    double ts = double(from - firstCycle) / scale;
    double end = double(entry.cycles - firstCycle) / scale;
    writer.event(format("{\"ph\":\"X\",\"pid\":1,\"tid\":%zu,\"ts\":%.3f,"
                        "\"dur\":%.3f,",
                        thread, ts, end - ts) +
                 about +
                 (step >= 0 ? format(",\"epoch\":%lld,\"step\":%lld",
                                     (long long)epoch + 1, (long long)step + 1)
                            : std::string()) +
                 cell + "}}");
  }
}

Status Trace::write() {
  if (!engine)
    return Status();
  std::chrono::duration<double, std::micro> passed =
      std::chrono::steady_clock::now() - start;
  double cyclesAMicrosecond =
      double(__builtin_ia32_rdtsc() - firstCycle) / passed.count();
  TraceWriter writer;
  if (Status status = writer.open(path); !status.ok())
    return status;
  writer.raw("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
  JsonObject object;
  object.begin().field("ph", "M").field("pid", 1).field("name", "process_name");
  object.beginObject("args").field("name", engine->model.name).endObject();
  writer.event(object.end());
  for (size_t thread = 0; thread < engine->stamps.size(); ++thread) {
    writer.event(format("{\"ph\":\"M\",\"pid\":1,\"tid\":%zu,\"name\":"
                        "\"thread_name\",\"args\":{\"name\":\"thread %zu\"}}",
                        thread, thread));
    writeThread(thread, cyclesAMicrosecond, writer);
  }
  writer.raw(format("\n],\"otherData\":{\"dropped_stamps\":%llu,"
                    "\"stamps_a_thread\":%zu}}\n",
                    (unsigned long long)dropped(), StampsAThread));
  return writer.commit();
}

} // namespace kiln::rt
