//===- Report.h - Results as text and as JSON -------------------*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_BENCHCONTRACTIONS_REPORT_H
#define KILN_TOOLS_BENCHCONTRACTIONS_REPORT_H

#include "Contestants.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace kiln::bench {

/// A tiling of a search.
struct Tried {
  ContractionTiling tiling;
  double shareOfPeak;
};

/// Prints a line a shape as it comes, and means at the end.
class Report {
public:
  Report(llvm::raw_ostream &os, std::vector<std::string> peers,
         unsigned threads);
  /// `seconds`: kiln's, then the peers'; NaN where one has no kernel. `share`:
  /// of the peak. `tried`: all of a search, if there was one.
  void add(const Shape &shape, const ContractionTiling &tiling,
           llvm::ArrayRef<double> seconds, double share,
           llvm::ArrayRef<Tried> tried);
  void finish(llvm::raw_ostream *json);

private:
  llvm::raw_ostream &os;
  const std::vector<std::string> peers;
  const unsigned threads;
  std::map<std::string, std::vector<double>> ratios;
  std::vector<double> searched;
  llvm::json::Array lines;
};

} // namespace kiln::bench

#endif // KILN_TOOLS_BENCHCONTRACTIONS_REPORT_H
