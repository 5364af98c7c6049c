//===- History.cpp - The record of a run's epochs -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/History.h"

#include "runtime/DurableFile.h"
#include "runtime/Input.h"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace kiln::rt {

static constexpr uint64_t MostHistoryBytes = uint64_t(1) << 30;

/// The first whole lines of the file at `path`, `count` of them, or fewer.
static Status readLines(const std::string &path, int64_t count,
                        std::string &lines) {
  lines.clear();
  if (count <= 0 || access(path.c_str(), F_OK) != 0)
    return Status();
  std::vector<char> text;
  if (Status status = readWhole(path, MostHistoryBytes, text); !status.ok())
    return status;
  size_t end = 0;
  for (size_t i = 0; i < text.size() && count; ++i)
    if (text[i] == '\n') {
      end = i + 1;
      --count;
    }
  lines.assign(text.data(), end);
  return Status();
}

static Status replace(const std::string &path, const std::string &text) {
  DurableFile file;
  if (Status status = file.open(path); !status.ok())
    return status;
  if (Status status = file.write(text.data(), text.size()); !status.ok())
    return status;
  return file.commit();
}

static Status append(const std::string &path, const std::string &text) {
  int file =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0)
    return systemError("writing", path);
  Status status = writeAll(file, text.data(), text.size(), path);
  if (status.ok() && fsync(file) != 0)
    status = systemError("syncing", path);
  close(file);
  return status;
}

Status History::open(const std::string &folder,
                     const std::vector<std::string> &values, int64_t keep) {
  if (Status status = makeFolders(folder); !status.ok())
    return status;
  if (Status status = lock.take(folder); !status.ok())
    return status;
  csvPath = folder + "/history.csv";
  jsonPath = folder + "/history.jsonl";
  std::string header = "epoch,epoch_s,step_us";
  for (const std::string &value : values)
    header += "," + value;
  header += ",learning_rate,weights_sha256\n";

  // The header counts as a line of the csv file.
  std::string csv, json;
  if (Status status = readLines(csvPath, keep + 1, csv);
      keep >= 0 && !status.ok())
    return status;
  if (Status status = readLines(jsonPath, keep, json);
      keep >= 0 && !status.ok())
    return status;
  if (keep < 0 || csv.empty()) {
    csv = header;
    json.clear();
  }
  if (csv.compare(0, header.size(), header) != 0)
    return userError("%s: history of another model: its columns differ",
                     csvPath.c_str());
  if (Status status = replace(csvPath, csv); !status.ok())
    return status;
  return replace(jsonPath, json);
}

static void addNumber(std::string &line, double value) {
  char digits[40];
  std::to_chars_result result =
      std::to_chars(digits, digits + sizeof(digits), value);
  line += ',';
  line.append(digits, result.ptr);
}

Status History::add(const EpochReport &report) {
  std::string line = std::to_string(report.epoch);
  addNumber(line, report.seconds);
  addNumber(line, report.stepMicroseconds);
  for (const NamedValue &value : report.values)
    addNumber(line, value.value);
  addNumber(line, report.learningRate);
  line += "," + report.weightsHash + "\n";
  if (Status status = append(csvPath, line); !status.ok())
    return status;
  JsonObject object;
  addEpochFields(object.begin(), report);
  return append(jsonPath, object.end() + "\n");
}

} // namespace kiln::rt
