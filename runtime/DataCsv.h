//===- DataCsv.h - Numbers in comma-separated text ------------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DATACSV_H
#define KILN_RUNTIME_DATACSV_H

#include "runtime/Array.h"
#include "runtime/Status.h"

namespace kiln::rt {

/// A csv file in memory: f64 values of shape [lines, columns].
struct CsvTable {
  /// Names from the first line; empty without a header.
  std::vector<std::string> names;
  Array values;

  int64_t columns() const { return values.shape[1]; }
};

/// Reads a csv file, plain or gzip, of finite or non-finite decimal numbers.
/// Fields may stand in double quotes. Errors name line and column.
Status readCsv(const std::string &path, bool header, CsvTable &table);

/// The index of the column that `name` names (or counts, from 0).
Status findColumn(const CsvTable &table, const std::string &name,
                  int64_t &column);

/// Copies `columns` of `table` into `array`, [lines, columns].
Status selectColumns(const CsvTable &table, const std::vector<int64_t> &columns,
                     Array &array);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DATACSV_H
