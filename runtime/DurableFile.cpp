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

static std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "."
         : slash == 0               ? "/"
                                    : path.substr(0, slash);
}

Status DurableFile::open(const std::string &path) {
  name = path;
  char resolved[PATH_MAX];
  target = realpath(path.c_str(), resolved) ? resolved : path;
  // A file without a name leaves nothing behind when its process is killed.
  file =
      ::open(folderOf(target).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (file < 0) {
    // Not every file system has such files.
    if (Status status = nameTemporary(); !status.ok())
      return status;
    file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  0666);
    if (file < 0) {
      temporary.clear();
      return systemError("writing", name);
    }
  }
  struct stat info;
  if (stat(target.c_str(), &info) == 0)
    fchmod(file, info.st_mode & 07777);
  return Status();
}

/// Chooses a name that no other process does, and frees it.
Status DurableFile::nameTemporary() {
  temporary = target + "." + std::to_string(getpid()) + ".tmp";
  if (unlink(temporary.c_str()) == 0 || errno == ENOENT)
    return Status();
  temporary.clear();
  return systemError("writing", name);
}

Status writeAll(int file, const void *data, size_t bytes,
                const std::string &name) {
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

Status DurableFile::write(const void *data, size_t bytes) {
  return writeAll(file, data, bytes, name);
}

Status DurableFile::commit() {
  if (fsync(file) != 0)
    return systemError("syncing", name);
  if (temporary.empty()) {
    if (Status status = nameTemporary(); !status.ok())
      return status;
    std::string link = "/proc/self/fd/" + std::to_string(file);
    if (linkat(AT_FDCWD, link.c_str(), AT_FDCWD, temporary.c_str(),
               AT_SYMLINK_FOLLOW) != 0) {
      temporary.clear();
      return systemError("writing", name);
    }
  }
  int closed = close(file);
  file = -1;
  if (closed != 0)
    return systemError("writing", name);
  if (rename(temporary.c_str(), target.c_str()) != 0)
    return systemError("renaming", name);
  temporary.clear();
  std::string folder = folderOf(target);
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

Status makeFolders(const std::string &folder) {
  for (size_t at = 1; at <= folder.size(); ++at) {
    if (at < folder.size() && folder[at] != '/')
      continue;
    std::string part = folder.substr(0, at);
    if (mkdir(part.c_str(), 0777) != 0 && errno != EEXIST)
      return systemError("making the folder", part);
  }
  struct stat info;
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return userError("%s: expected a folder, got a file", folder.c_str());
  return Status();
}

} // namespace kiln::rt
