//===- Report.cpp - Results as text and as JSON ---------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>

using namespace kiln::bench;

static std::string formatTiling(const kiln::ContractionTiling &tiling) {
  std::string text = llvm::formatv("{0}x{1}", tiling.rows, tiling.vectors);
  if (tiling.isBlocked())
    text += llvm::formatv(" in {0}x{1}x{2}{3}", tiling.blockRows,
                          tiling.blockColumns, tiling.blockDepth,
                          tiling.packLeft ? " packed" : "");
  return text;
}

Report::Report(llvm::raw_ostream &os, std::vector<std::string> peers,
               unsigned threads)
    : os(os), peers(std::move(peers)), threads(threads) {
  os << llvm::formatv(
            "{0} thread{1}; the peak is that of independent "
            "multiply-adds in short turns; ratios are the peer's time over "
            "kiln's\n",
            threads, threads == 1 ? "" : "s")
     << llvm::formatv("{0,-22}{1,-20}{2,9}{3,8}", "m x n x k", "", "GFLOP/s",
                      "peak");
  for (const std::string &peer : this->peers)
    os << llvm::formatv("{0,10}", peer);
  os << "  tiling\n";
}

void Report::add(const Shape &shape, const ContractionTiling &tiling,
                 llvm::ArrayRef<double> seconds, double share,
                 llvm::ArrayRef<Tried> tried) {
  double rate = shape.countOperations() / seconds[0];
  os << llvm::formatv("{0,-22}{1,-20}{2,9:f1}{3,8:p0}", shape.getName(),
                      shape.what, rate / 1e9, share);
  llvm::json::Object line{{"m", shape.m},
                          {"n", shape.n},
                          {"k", shape.k},
                          {"transpose_a", shape.transposeA},
                          {"transpose_b", shape.transposeB},
                          {"what", shape.what},
                          {"tiling", formatTiling(tiling)},
                          {"seconds", seconds[0]},
                          {"gflops", rate / 1e9},
                          {"share_of_peak", share}};
  llvm::json::Object against;
  for (auto [i, peer] : llvm::enumerate(peers)) {
    double other = seconds[i + 1];
    if (std::isnan(other)) {
      os << llvm::formatv("{0,10}", "-");
      continue;
    }
    double ratio = other / seconds[0];
    ratios[peer].push_back(ratio);
    os << llvm::formatv("{0,10:f2}", ratio);
    against[peer] = ratio;
  }
  line["against"] = std::move(against);
  os << "  " << formatTiling(tiling);
  if (!tried.empty()) {
    const Tried &best = *std::max_element(
        tried.begin(), tried.end(), [](const Tried &a, const Tried &b) {
          return a.shareOfPeak < b.shareOfPeak;
        });
    double bestTime = share / best.shareOfPeak;
    os << llvm::formatv("; best of {0}: {1}, {2:f2} of its time", tried.size(),
                        formatTiling(best.tiling), bestTime);
    llvm::json::Array all;
    for (const Tried &one : tried)
      all.push_back(llvm::json::Object{{"tiling", formatTiling(one.tiling)},
                                       {"share_of_peak", one.shareOfPeak}});
    line["tilings"] = std::move(all);
    line["best_tiling"] = formatTiling(best.tiling);
    line["best_share_of_time"] = bestTime;
    searched.push_back(bestTime);
  }
  os << "\n";
  os.flush();
  lines.push_back(std::move(line));
}

static double getGeometricMean(llvm::ArrayRef<double> values) {
  double sum = 0;
  for (double value : values)
    sum += std::log(value);
  return std::exp(sum / double(values.size()));
}

void Report::finish(llvm::raw_ostream *json) {
  llvm::json::Object means;
  for (auto &[peer, values] : ratios) {
    double mean = getGeometricMean(values);
    double least = *std::min_element(values.begin(), values.end());
    os << llvm::formatv("{0}: geometric mean {1:f2}, least {2:f2}, over {3} "
                        "shapes\n",
                        peer, mean, least, values.size());
    means[peer] = llvm::json::Object{{"mean", mean}, {"least", least}};
  }
  if (!searched.empty())
    os << llvm::formatv("the best of a search takes {0:p1} of the cost model's "
                        "time (geometric mean), {1:p1} at the least\n",
                        getGeometricMean(searched),
                        *std::min_element(searched.begin(), searched.end()));
  if (json)
    *json << llvm::formatv(
        "{0:2}\n", llvm::json::Value(llvm::json::Object{
                       {"threads", int64_t(threads)},
                       {"geometric_means", std::move(means)},
                       {"shapes", llvm::json::Value(std::move(lines))}}));
}
