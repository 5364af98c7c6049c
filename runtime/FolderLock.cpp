//===- FolderLock.cpp - One run at a time in a folder ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/FolderLock.h"

#include "runtime/DurableFile.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace kiln::rt {

FolderLock::~FolderLock() {
  // The file stays: removed, another process could hold it beside a new one.
  if (file >= 0)
    close(file);
}

Status FolderLock::take(const std::string &folder) {
  std::string path = folder + "/lock";
  file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0)
    return systemError("opening", path);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return Status();
    char number[24] = {};
    ssize_t count = read(file, number, sizeof(number) - 1);
    for (ssize_t i = 0; i < count; ++i)
      if (number[i] < '0' || number[i] > '9')
        number[i] = 0;
    return userError("%s: another run writes to this folder%s%s; give each its "
                     "own --log-dir",
                     folder.c_str(), *number ? ": process " : "", number);
  }
  // Who holds it is for messages alone.
  std::string number = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0)
    return systemError("writing", path);
  return writeAll(file, number.data(), number.size(), path);
}

} // namespace kiln::rt
