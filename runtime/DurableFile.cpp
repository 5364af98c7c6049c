//===- DurableFile.cpp - Files that are whole or not there ----------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/DurableFile.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln::rt {

DurableFile::~DurableFile() {
  if (file >= 0)
    close(file);
  if (!temporary.empty())
    unlink(temporary.c_str());
}

Status DurableFile::open(const std::string &path) {
  name = path;
  char resolved[PATH_MAX];
  target = realpath(path.c_str(), resolved) ? resolved : path;
  temporary = target + ".tmp";
  // A leftover of a run that was killed is replaced.
  unlink(temporary.c_str());
  file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) {
    temporary.clear();
    return systemError("writing", name);
  }
  struct stat info;
  if (stat(target.c_str(), &info) == 0)
    fchmod(file, info.st_mode & 07777);
  return Status();
}

Status DurableFile::write(const void *data, size_t bytes) {
  const char *at = static_cast<const char *>(data);
  while (bytes) {
    ssize_t count = ::write(file, at, bytes);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return systemError("writing", name);
    at += count;
    bytes -= size_t(count);
  }
  return Status();
}

Status DurableFile::commit() {
  if (fsync(file) != 0)
    return systemError("syncing", name);
  int closed = close(file);
  file = -1;
  if (closed != 0)
    return systemError("writing", name);
  if (rename(temporary.c_str(), target.c_str()) != 0)
    return systemError("renaming", name);
  temporary.clear();
  size_t slash = target.rfind('/');
  std::string folder = slash == std::string::npos ? "."
                       : slash == 0               ? "/"
                                                  : target.substr(0, slash);
  int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return systemError("syncing", folder);
  int synced = fsync(directory);
  // Some file systems cannot sync a folder; the rename is then as durable as
  // they make it.
  bool good = synced == 0 || errno == EINVAL;
  Status status = good ? Status() : systemError("syncing", folder);
  close(directory);
  return status;
}

} // namespace kiln::rt
