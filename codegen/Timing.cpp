//===- Timing.cpp - Where compilation spends its time ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "codegen/Timing.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

using namespace kiln;

void Timing::add(llvm::StringRef phase, double seconds) {
  auto known =
      llvm::find_if(phases, [&](auto &entry) { return entry.first == phase; });
  if (known == phases.end())
    phases.push_back({phase, seconds});
  else
    known->second += seconds;
}

void Timing::print(llvm::raw_ostream &os) const {
  double sum = 0;
  for (auto [phase, seconds] : phases)
    sum += seconds;
  os << "phase        seconds   share\n";
  for (auto [phase, seconds] : phases)
    os << llvm::format("%-10s %9.4f %6.1f%%\n", phase.data(), seconds,
                       sum > 0 ? seconds / sum * 100 : 0);
  os << llvm::format("total      %9.4f\n", sum);
}
