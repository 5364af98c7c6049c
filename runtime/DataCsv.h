//===- DataCsv.h - Numbers in comma-separated text ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATACSV_H
#define KILN_RUNTIME_DATACSV_H

#include "runtime/Array.h"
#include "runtime/Status.h"

#include <string_view>

namespace kiln::rt {

/// A csv file in memory: f64 values of shape [lines, columns read], and texts.
struct CsvTable {
  /// Names from the first line; empty without a header.
  std::vector<std::string> names;
  /// Of the file.
  int64_t columns = 0;
  Array values;
  /// The fields of the text column, which point into `contents`, and the lines
  /// that they begin in.
  std::vector<std::string_view> texts;
  std::vector<int64_t> lines;
  std::vector<char> contents;
};

/// Reads a csv file, plain or gzip, of finite or non-finite decimal numbers.
/// Fields may stand in double quotes. Errors name line and column.
Status readCsv(const std::string &path, bool header, CsvTable &table);

/// Reads the texts of the column `text`, as they are but for doubled quotes,
/// and `numbers`, named in the same way. Other columns may hold anything.
Status readCsvTexts(const std::string &path, bool header,
                    const std::string &text,
                    const std::vector<std::string> &numbers, CsvTable &table);

/// The index of the column that `name` names (or counts, from 0).
Status findColumn(const CsvTable &table, const std::string &name,
                  int64_t &column);

/// Copies `columns` of `table` into `array`, [lines, columns].
Status selectColumns(const CsvTable &table, const std::vector<int64_t> &columns,
                     Array &array);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATACSV_H
