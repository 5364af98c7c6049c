//===- DurableFile.h - Files that are whole or not there ------ -*- C++ -*-===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#ifndef KILN_RUNTIME_DURABLEFILE_H
#define KILN_RUNTIME_DURABLEFILE_H

#include "runtime/Status.h"

#include <cstddef>
#include <string>

namespace kiln::rt {

/// A file that takes its name only when it is complete and on the disk. Until
/// `commit`, and for ever if anything fails, the name keeps what it had; of
/// several processes that write it, the last one to commit does.
class DurableFile {
public:
  DurableFile() = default;
  DurableFile(const DurableFile &) = delete;
  DurableFile &operator=(const DurableFile &) = delete;
  /// Removes the temporary file unless committed.
  ~DurableFile();

  /// Follows a symbolic link at `path`, so that its target is replaced.
  Status open(const std::string &path);
  Status write(const void *data, size_t bytes);
  /// Syncs the file, renames it to `path` and syncs the folder.
  Status commit();

private:
  Status nameTemporary();

  /// As the user gave it, for messages; what it leads to; what is written,
  /// once that has a name.
  std::string name, target, temporary;
  int file = -1;
};

/// Writes all of `data` to `file`, however many calls it takes; `name` is for
/// messages.
Status writeAll(int file, const void *data, size_t bytes,
                const std::string &name);

/// Makes `folder` and those above it, where they are not there.
Status makeFolders(const std::string &folder);

} // namespace kiln::rt

#endif // KILN_RUNTIME_DURABLEFILE_H
