//===- DataCsv.cpp - Numbers in comma-separated text ----------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DataCsv.h"

#include "runtime/Input.h"
#include "runtime/Text.h"

#include <charconv>
#include <cstring>

namespace kiln::rt {

static constexpr uint64_t MostCsvBytes = uint64_t(4) << 30;

namespace {
/// Takes a csv file apart, record by record. Quoted fields may hold commas,
/// line ends and, doubled, quotes; spaces around a field are not part of it.
class CsvRecords {
public:
  Status open(const std::string &path);
  /// Reads the next record that is not empty into `fields`, which point into
  /// `text`; `more` is false where there is none.
  Status next(bool &more);
  /// The number of field `index` of this record.
  Status number(size_t index, double &value) const;
  /// Fails unless this record has `columns` fields.
  Status expectColumns(int64_t columns) const;

  std::vector<char> text;
  std::vector<std::string_view> fields;
  /// Where the record begins, from 1.
  int64_t line = 0;

private:
  Status nextField();

  std::string path;
  char *at = nullptr, *end = nullptr;
  int64_t reached = 1;
};
} // namespace

Status CsvRecords::open(const std::string &from) {
  path = from;
  if (Status status = readWhole(path, MostCsvBytes, text); !status.ok())
    return status;
  at = text.data();
  end = at + text.size();
  return Status();
}

/// Moves to the comma or the line end behind the field.
Status CsvRecords::nextField() {
  while (at < end && (*at == ' ' || *at == '\t'))
    ++at;
  char *start = at, *stop;
  if (at < end && *at == '"') {
    int64_t opened = reached;
    start = stop = ++at;
    for (;;) {
      if (at == end)
        return userError("%s:%lld: expected a quote at the end of the field "
                         "that begins here, got the end of the file",
                         path.c_str(), (long long)opened);
      if (*at == '"') {
        ++at;
        if (at == end || *at != '"')
          break;
      }
      reached += *at == '\n';
      *stop++ = *at++;
    }
    while (at < end && *at != ',' && *at != '\n')
      ++at;
  } else {
    while (at < end && *at != ',' && *at != '\n')
      ++at;
    stop = at;
    while (stop > start && std::strchr(" \t\r", stop[-1]))
      --stop;
  }
  fields.emplace_back(start, size_t(stop - start));
  return Status();
}

Status CsvRecords::next(bool &more) {
  while (at < end &&
         (*at == '\n' || (*at == '\r' && (at + 1 == end || at[1] == '\n')))) {
    reached += *at == '\n';
    ++at;
  }
  fields.clear();
  line = reached;
  more = at < end;
  if (!more)
    return Status();
  for (;;) {
    if (Status status = nextField(); !status.ok())
      return status;
    if (at == end)
      return Status();
    if (*at++ == '\n') {
      ++reached;
      return Status();
    }
  }
}

static bool parseNumber(std::string_view text, double &value) {
  const char *first = text.data(), *last = first + text.size();
  if (first < last && *first == '+')
    ++first;
  std::from_chars_result result = std::from_chars(first, last, value);
  return result.ec == std::errc() && result.ptr == last;
}

Status CsvRecords::number(size_t index, double &value) const {
  if (parseNumber(fields[index], value))
    return Status();
  return userError("%s:%lld: column %zu: expected a number, got '%s'",
                   path.c_str(), (long long)line, index + 1,
                   printable(std::string(fields[index].substr(0, 40))).c_str());
}

Status CsvRecords::expectColumns(int64_t columns) const {
  if (int64_t(fields.size()) == columns)
    return Status();
  return userError("%s:%lld: expected %lld columns, got %zu", path.c_str(),
                   (long long)line, (long long)columns, fields.size());
}

/// Reads the first record: the names, or how many columns there are.
static Status begin(CsvRecords &records, bool header, CsvTable &table,
                    bool &more) {
  if (Status status = records.next(more); !status.ok() || !more)
    return status;
  table.columns = int64_t(records.fields.size());
  if (!header)
    return Status();
  for (std::string_view field : records.fields)
    table.names.emplace_back(field);
  return records.next(more);
}

/// Reads `columns` of all further records as numbers, and `texts` from the
/// column `text` unless it is -1.
static Status readRecords(CsvRecords &records, bool more,
                          const std::vector<int64_t> &columns, int64_t text,
                          CsvTable &table) {
  std::vector<double> numbers;
  int64_t lines = 0;
  for (; more; ++lines) {
    if (Status status = records.expectColumns(table.columns); !status.ok())
      return status;
    for (int64_t column : columns) {
      double value = 0;
      if (Status status = records.number(size_t(column), value); !status.ok())
        return status;
      numbers.push_back(value);
    }
    if (text >= 0) {
      table.texts.push_back(records.fields[size_t(text)]);
      table.lines.push_back(records.line);
    }
    if (Status status = records.next(more); !status.ok())
      return status;
  }
  table.values.element = Element::F64;
  table.values.shape = {lines, int64_t(columns.size())};
  if (!table.values.memory.allocate(numbers.size() * sizeof(double)))
    return systemError("allocating memory", table.values.file);
  std::copy(numbers.begin(), numbers.end(), table.values.memory.as<double>());
  return Status();
}

Status readCsv(const std::string &path, bool header, CsvTable &table) {
  CsvRecords records;
  table.values.file = path;
  if (Status status = records.open(path); !status.ok())
    return status;
  bool more = false;
  if (Status status = begin(records, header, table, more); !status.ok())
    return status;
  if (!more)
    return userError("%s: expected lines of numbers, got none", path.c_str());
  std::vector<int64_t> all;
  for (int64_t column = 0; column < table.columns; ++column)
    all.push_back(column);
  return readRecords(records, more, all, -1, table);
}

Status readCsvTexts(const std::string &path, bool header,
                    const std::string &text,
                    const std::vector<std::string> &numbers, CsvTable &table) {
  CsvRecords records;
  table.values.file = path;
  if (Status status = records.open(path); !status.ok())
    return status;
  bool more = false;
  if (Status status = begin(records, header, table, more); !status.ok())
    return status;
  if (!more)
    return userError("%s: expected lines of texts, got none", path.c_str());
  int64_t column = 0;
  if (Status status = findColumn(table, text, column); !status.ok())
    return status;
  std::vector<int64_t> columns(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i)
    if (Status status = findColumn(table, numbers[i], columns[i]); !status.ok())
      return status;
  if (Status status = readRecords(records, more, columns, column, table);
      !status.ok())
    return status;
  table.contents = std::move(records.text);
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
      column < table.columns)
    return Status();
  return userError("%s: expected a column '%s', got %lld columns without it%s",
                   table.values.file.c_str(), name.c_str(),
                   (long long)table.columns,
                   didYouMean(name, table.names).c_str());
}

Status selectColumns(const CsvTable &table, const std::vector<int64_t> &columns,
                     Array &array) {
  int64_t lines = table.values.shape[0], width = table.columns;
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
