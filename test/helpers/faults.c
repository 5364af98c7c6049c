/* Loaded before libc: calls on files that fail, fall short or end the process.
 *
 * KILN_FAULT is CALL:NUMBER:WHAT. CALL is open, write, fsync, linkat, close,
 * rename or any; calls on standard streams and on what is read do not count.
 * NUMBER counts from 0. WHAT is a number of errno (the call does nothing and
 * fails), `short` (a write does half), `kill` (the process dies before the
 * call), `half` (a write does half, then the process dies), `after` (it dies
 * after the call) or `disk` (from then on every write fails with ENOSPC).
 * KILN_FAULT_COUNT names a file that gets the calls, a letter each: o w f l c r.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char seen[1 << 16];
static int calls;

enum action { GO, FAIL, SHORT, KILL, HALF, AFTER };

static void write_counts(void) {
  int file = syscall(SYS_openat, AT_FDCWD, getenv("KILN_FAULT_COUNT"),
                     O_WRONLY | O_CREAT | O_TRUNC, 0666);
  syscall(SYS_write, file, seen, calls);
}

/* What is to become of this call; FAIL has set errno. */
static enum action act(const char *call) {
  static int number[128], full;
  if (!calls && getenv("KILN_FAULT_COUNT"))
    atexit(write_counts);
  int mine = number[(int)*call]++, all = calls;
  if (calls < (int)sizeof(seen))
    seen[calls] = *call;
  ++calls;
  char name[16], what[16];
  int wanted;
  const char *fault = getenv("KILN_FAULT");
  if (full && *call == 'w') {
    errno = ENOSPC;
    return FAIL;
  }
  if (!fault || sscanf(fault, "%15[^:]:%d:%15s", name, &wanted, what) != 3)
    return GO;
  if (strcmp(name, "any") == 0 ? all != wanted
                               : strcmp(name, call) != 0 || mine != wanted)
    return GO;
  if (strcmp(what, "short") == 0)
    return SHORT;
  if (strcmp(what, "kill") == 0)
    kill(getpid(), SIGKILL);
  if (strcmp(what, "half") == 0)
    return HALF;
  if (strcmp(what, "after") == 0)
    return AFTER;
  full = strcmp(what, "disk") == 0;
  errno = full ? ENOSPC : atoi(what);
  return FAIL;
}

/* Ends the process if that was to be after the call. */
static int done(enum action what, int result) {
  int saved = errno;
  if (what == AFTER || what == HALF)
    kill(getpid(), SIGKILL);
  errno = saved;
  return result;
}

static int is_file(int file) {
  struct stat info;
  return file > 2 && fstat(file, &info) == 0 &&
         (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode));
}

ssize_t write(int file, const void *data, size_t bytes) {
  enum action what = is_file(file) ? act("write") : GO;
  if (what == FAIL)
    return -1;
  if (what == SHORT || what == HALF)
    bytes = (bytes + 1) / 2;
  ssize_t count = syscall(SYS_write, file, data, bytes);
  done(what, 0);
  return count;
}

int fsync(int file) {
  enum action what = act("fsync");
  return what == FAIL ? -1 : done(what, syscall(SYS_fsync, file));
}

int close(int file) {
  int flags = fcntl(file, F_GETFL);
  enum action what = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY &&
                             is_file(file)
                         ? act("close")
                         : GO;
  int saved = errno;
  int result = syscall(SYS_close, file);
  if (what != FAIL)
    return done(what, result);
  errno = saved;
  return -1;
}

int rename(const char *from, const char *to) {
  enum action what = act("rename");
  return what == FAIL ? -1 : done(what, syscall(SYS_rename, from, to));
}

int linkat(int from, const char *name, int to, const char *path, int flags) {
  enum action what = act("linkat");
  return what == FAIL
             ? -1
             : done(what, syscall(SYS_linkat, from, name, to, path, flags));
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  enum action what = (flags & O_ACCMODE) != O_RDONLY ? act("open") : GO;
  return what == FAIL ? -1
                      : done(what, syscall(SYS_openat, AT_FDCWD, path, flags,
                                           mode));
}

int open64(const char *path, int flags, ...)
    __attribute__((alias("open")));
