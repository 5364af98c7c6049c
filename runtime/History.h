//===- History.h - The record of a run's epochs --------------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_HISTORY_H
#define KILN_RUNTIME_HISTORY_H

#include "runtime/Events.h"
#include "runtime/FolderLock.h"

namespace kiln::rt {

/// `history.csv` and `history.jsonl` in a folder, one line an epoch.
class History {
public:
  /// Starts the record in `folder`, made if need be. With `keep` >= 0 the
  /// record that is there is cut back to its first `keep` epochs and goes on.
  /// `values` names the columns. No other run can open that folder until this
  /// one ends.
  Status open(const std::string &folder, const std::vector<std::string> &values,
              int64_t keep);

  bool isOpen() const { return !csvPath.empty(); }

  /// Adds one epoch to both files, on disk when this returns.
  Status add(const EpochReport &report);

private:
  FolderLock lock;
  std::string csvPath, jsonPath;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_HISTORY_H
