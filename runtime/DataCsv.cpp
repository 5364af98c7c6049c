//===- DataCsv.cpp - Numbers in comma-separated text ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataCsv.h"

#include "runtime/Input.h"
#include "runtime/Text.h"

#include <charconv>

namespace kiln::rt {

static constexpr uint64_t MostCsvBytes = uint64_t(4) << 30;

/// The next field of a line that ends at `end`; moves `at` past its comma.
static std::string_view nextField(const char *&at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t'))
    ++at;
  const char *start = at;
  if (at < end && *at == '"') {
    start = ++at;
    while (at < end && *at != '"')
      ++at;
    std::string_view field(start, at - start);
    while (at < end && *at != ',')
      ++at;
    return field;
  }
  while (at < end && *at != ',')
    ++at;
  const char *stop = at;
  while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
    --stop;
  return std::string_view(start, stop - start);
}

static bool parseNumber(std::string_view text, double &value) {
  const char *first = text.data(), *last = first + text.size();
  if (first < last && *first == '+')
    ++first;
  std::from_chars_result result = std::from_chars(first, last, value);
  return result.ec == std::errc() && result.ptr == last;
}

Status readCsv(const std::string &path, bool header, CsvTable &table) {
  std::vector<char> text;
  if (Status status = readWhole(path, MostCsvBytes, text); !status.ok())
    return status;

  std::vector<double> numbers;
  int64_t columns = -1, lines = 0, lineNumber = 0;
  const char *at = text.data(), *end = at + text.size();
  while (at < end) {
    const char *line = at;
    while (at < end && *at != '\n')
      ++at;
    const char *stop = at;
    if (at < end)
      ++at;
    if (stop > line && stop[-1] == '\r')
      --stop;
    ++lineNumber;
    if (stop == line)
      continue;

    bool isHeader = header && columns < 0;
    int64_t column = 0;
    for (const char *cursor = line;; ++cursor, ++column) {
      std::string_view field = nextField(cursor, stop);
      if (isHeader) {
        table.names.emplace_back(field);
      } else {
        double value = 0;
        if (!parseNumber(field, value))
          return userError("%s:%lld: column %lld: expected a number, got '%s'",
                           path.c_str(), (long long)lineNumber,
                           (long long)column + 1,
                           printable(std::string(field.substr(0, 40))).c_str());
        numbers.push_back(value);
      }
      if (cursor >= stop)
        break;
    }
    ++column;
    if (columns < 0)
      columns = column;
    if (column != columns)
      return userError("%s:%lld: expected %lld columns, got %lld", path.c_str(),
                       (long long)lineNumber, (long long)columns,
                       (long long)column);
    if (!isHeader)
      ++lines;
  }
  if (!lines)
    return userError("%s: expected lines of numbers, got none", path.c_str());

  table.values.file = path;
  table.values.element = Element::F64;
  table.values.shape = {lines, columns};
  if (!table.values.memory.allocate(numbers.size() * sizeof(double)))
    return systemError("allocating memory", path);
  std::copy(numbers.begin(), numbers.end(), table.values.memory.as<double>());
  return Status();
}

Status findColumn(const CsvTable &table, const std::string &name,
                  int64_t &column) {
  for (size_t i = 0; i < table.names.size(); ++i)
    if (table.names[i] == name) {
      column = int64_t(i);
      return Status();
    }
  const char *first = name.data(), *last = first + name.size();
  std::from_chars_result result = std::from_chars(first, last, column);
  if (result.ec == std::errc() && result.ptr == last && column >= 0 &&
      column < table.columns())
    return Status();
  return userError("%s: expected a column '%s', got %lld columns without it%s",
                   table.values.file.c_str(), name.c_str(),
                   (long long)table.columns(),
                   didYouMean(name, table.names).c_str());
}

Status selectColumns(const CsvTable &table, const std::vector<int64_t> &columns,
                     Array &array) {
  int64_t lines = table.values.shape[0], width = table.columns();
  array.file = table.values.file;
  array.element = Element::F64;
  array.shape = {lines, int64_t(columns.size())};
  if (!array.memory.allocate(size_t(lines) * columns.size() * sizeof(double)))
    return systemError("allocating memory", array.file);
  double *to = array.memory.as<double>();
  for (int64_t line = 0; line < lines; ++line)
    for (int64_t column : columns)
      *to++ = table.values.memory.as<double>()[line * width + column];
  return Status();
}

} // namespace kiln::rt
