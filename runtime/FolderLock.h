//===- FolderLock.h - One run at a time in a folder ----------- -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_FOLDERLOCK_H
#define KILN_RUNTIME_FOLDERLOCK_H

#include "runtime/Status.h"

namespace kiln::rt {

/// Holds a folder for this process, by the file `lock` in it. The system lets
/// go of it when the process ends, however that is.
class FolderLock {
public:
  FolderLock() = default;
  FolderLock(const FolderLock &) = delete;
  FolderLock &operator=(const FolderLock &) = delete;
  ~FolderLock();

  /// A folder that another process holds is the user's error, which names that
  /// process. Where the file system knows no locks, nothing is held.
  Status take(const std::string &folder);

private:
  int file = -1;
};

} // namespace kiln::rt

#endif // KILN_RUNTIME_FOLDERLOCK_H
