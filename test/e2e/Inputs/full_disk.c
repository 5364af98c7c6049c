/* Loaded before libc: a disk that is full. What goes to files, not to the
 * standard streams, fails beyond the first KILN_TEST_ROOM bytes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

ssize_t write(int file, const void *data, size_t bytes) {
  static ssize_t (*real)(int, const void *, size_t);
  static size_t room;
  if (!real) {
    real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    room = strtoul(getenv("KILN_TEST_ROOM"), 0, 10);
  }
  if (file > 2) {
    if (!room) {
      errno = ENOSPC;
      return -1;
    }
    if (bytes > room)
      bytes = room;
    room -= bytes;
  }
  return real(file, data, bytes);
}
