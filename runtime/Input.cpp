//===- Input.cpp - A file read from front to back -------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Input.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace kiln::rt {

static constexpr uint64_t MostDeflateRatio = 1032;
static constexpr unsigned WindowBytes = 256 << 10;

Input::~Input() {
  if (stream)
    gzclose(static_cast<gzFile>(stream));
}

Status Input::open(const std::string &path) {
  name = path;
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return systemError("opening", path);
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(file);
    return userError("%s: expected a file, got a folder or device",
                     path.c_str());
  }
  fileBytes = info.st_size;
  stream = gzdopen(file, "rb");
  if (!stream) {
    ::close(file);
    return internalError("%s: no memory to read it", path.c_str());
  }
  gzbuffer(static_cast<gzFile>(stream), WindowBytes);
  return Status();
}

Status Input::read(void *destination, size_t size, size_t &got) {
  gzFile file = static_cast<gzFile>(stream);
  got = 0;
  while (got < size) {
    // gzread counts in ints.
    unsigned chunk = unsigned(std::min<size_t>(size - got, 1u << 30));
    int count = gzread(file, static_cast<char *>(destination) + got, chunk);
    if (count > 0)
      got += count;
    if (count == int(chunk))
      continue;
    int code = Z_OK;
    const char *reason = gzerror(file, &code);
    if (code == Z_ERRNO)
      return systemError("reading", name);
    if (code == Z_BUF_ERROR || code == Z_OK)
      return Status();
    // Behind zlib's own name of the file, its descriptor.
    const char *named = std::strstr(reason, ">: ");
    return userError("%s: damaged gzip data: %s", name.c_str(),
                     named ? named + 3 : reason);
  }
  return Status();
}

bool Input::isPlain() const { return gzdirect(static_cast<gzFile>(stream)); }

uint64_t Input::mostBytes() const {
  if (isPlain())
    return fileBytes;
  return fileBytes > UINT64_MAX / MostDeflateRatio
             ? UINT64_MAX
             : fileBytes * MostDeflateRatio;
}

Status Input::expectBytes(uint64_t bytes) const {
  uint64_t left = mostBytes();
  if (isPlain())
    left -= uint64_t(gztell(static_cast<gzFile>(stream)));
  if (bytes <= left)
    return Status();
  return userError("%s: truncated: expected %llu bytes after the header, got "
                   "%s%llu",
                   name.c_str(), (unsigned long long)bytes,
                   isPlain() ? "" : "at most ", (unsigned long long)left);
}

Status Input::checkWhole() const {
  int code = Z_OK;
  gzerror(static_cast<gzFile>(stream), &code);
  return code == Z_BUF_ERROR
             ? userError("%s: truncated: its gzip data ends early",
                         name.c_str())
             : Status();
}

Status Input::expectEnd() {
  char next;
  size_t got = 0;
  if (Status status = read(&next, 1, got); !status.ok())
    return status;
  if (got)
    return userError("%s: expected the end of the file, got more bytes than "
                     "its header counts",
                     name.c_str());
  return checkWhole();
}

Status readWhole(const std::string &path, uint64_t limit,
                 std::vector<char> &contents) {
  Input input;
  if (Status status = input.open(path); !status.ok())
    return status;
  contents.clear();
  for (;;) {
    size_t old = contents.size(), got = 0;
    contents.resize(old + std::max<size_t>(WindowBytes, old));
    if (Status status =
            input.read(contents.data() + old, contents.size() - old, got);
        !status.ok())
      return status;
    bool atEnd = old + got < contents.size();
    contents.resize(old + got);
    if (contents.size() > limit)
      return userError("%s: expected at most %llu bytes, got more",
                       path.c_str(), (unsigned long long)limit);
    if (atEnd)
      return input.checkWhole();
  }
}

} // namespace kiln::rt
