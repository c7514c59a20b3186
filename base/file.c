// Whole files: read with a limit, written so that the old or the new content stands there.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tree.h"

// Bytes read, or -1 with errno; goes on after signals.
static ssize_t read_some(int fd, char *out, size_t size) {
  ssize_t n;
  do n = read(fd, out, size); while (n < 0 && errno == EINTR);
  return n;
}

static enum status say(struct error *e, const char *path, const char *what, int code) {
  return error_at(e, STATUS_IO, path, 0, 0, "%s: %s", what, strerror(code));
}

static char *read_all(int fd, const char *path, size_t limit, size_t hint, size_t *size, struct error *e) {
  size_t capacity = hint < limit ? hint + 1 : limit + 1, used = 0;
  char *text = malloc(capacity + 1);
  for (;;) {
    if (text == NULL) {
      error_at(e, STATUS_MEMORY, path, 0, 0, "out of memory");
      return NULL;
    }
    ssize_t n = read_some(fd, text + used, capacity - used);
    if (n < 0) {
      say(e, path, "cannot be read", errno);
      free(text);
      return NULL;
    }
    used += (size_t)n;
    if (used > limit) {
      error_at(e, STATUS_LIMIT, path, 0, 0, "the file is larger than the %zu bytes that are accepted", limit);
      free(text);
      return NULL;
    }
    if (n == 0) break;
    if (used < capacity) continue;
    capacity = capacity < limit / 2 ? 2 * capacity : limit + 1;
    char *more = realloc(text, capacity + 1);
    if (more == NULL) free(text);
    text = more;
  }
  text[used] = 0;
  *size = used;
  return text;
}

char *file_read(const char *path, size_t limit, size_t *size, struct error *e) {
  *size = 0;
  if (limit > SIZE_MAX / 4) limit = SIZE_MAX / 4;
  struct stat info;
  int fd = -1;
  if (stat(path, &info) != 0) {
    say(e, path, "cannot be read", errno);
    return NULL;
  }
  if (S_ISDIR(info.st_mode)) {
    error_at(e, STATUS_IO, path, 0, 0, "is a folder, not a file");
    return NULL;
  }
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) {
    error_at(e, STATUS_IO, path, 0, 0, "is a device, not a file");
    return NULL;
  }
  if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size > limit) {
    error_at(e, STATUS_LIMIT, path, 0, 0, "the file has %ju bytes; at most %zu are accepted", (uintmax_t)info.st_size, limit);
    return NULL;
  }
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    say(e, path, "cannot be read", errno);
    return NULL;
  }
  // what the file says of its size is a hint alone: it may grow, a pipe says nothing
  char *text = read_all(fd, path, limit, S_ISREG(info.st_mode) ? (size_t)info.st_size : 4096, size, e);
  close(fd);
  return text;
}

static int write_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes += n;
    size  -= (size_t)n;
  }
  return 0;
}

// Make the entry of a renamed file last; a file system that cannot do this is no fault of ours.
static void sync_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
  if (n >= sizeof folder) return;
  memcpy(folder, slash ? path : ".", n);
  folder[n] = 0;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

// A terminal, pipe or device is written straight: there is nothing to rename onto.
static enum status write_straight(const char *path, const void *bytes, size_t size, struct error *e) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return say(e, path, "cannot be written", errno);
  int code = write_all(fd, bytes, size);
  if (close(fd) != 0 && code == 0) code = errno;
  return code ? say(e, path, "cannot be written", code) : STATUS_OK;
}

// A new file beside path that nobody else has; its descriptor, or -1 with errno.
static int open_beside(const char *path, char *name, size_t size) {
  for (int i = 0; i < 100; i++) {
    int n = snprintf(name, size, "%s.%ld-%d.tmp", path, (long)getpid(), i);
    if (n < 0 || (size_t)n >= size) {
      errno = ENAMETOOLONG;
      return -1;
    }
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

enum status file_write(const char *path, const void *bytes, size_t size, struct error *e) {
  struct stat info;
  bool exists = stat(path, &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return error_at(e, STATUS_IO, path, 0, 0, "is a folder, not a file");
  if (exists && !S_ISREG(info.st_mode)) return write_straight(path, bytes, size, e);

  // a link stays a link: the file behind it is replaced
  char target[PATH_MAX], name[PATH_MAX];
  if (!exists || realpath(path, target) == NULL) {
    if (strlen(path) >= sizeof target) return say(e, path, "cannot be written", ENAMETOOLONG);
    strcpy(target, path);
  }
  int fd = open_beside(target, name, sizeof name);
  if (fd < 0) return say(e, path, "cannot be written", errno);
  int code = write_all(fd, bytes, size);
  if (code == 0 && exists && fchmod(fd, info.st_mode & 07777) != 0) code = errno;
  if (code == 0 && fsync(fd) != 0) code = errno;
  if (close(fd) != 0 && code == 0) code = errno;
  if (code == 0 && rename(name, target) != 0) code = errno;
  if (code != 0) {
    unlink(name);
    return say(e, path, "cannot be written", code);
  }
  sync_folder(target);
  return STATUS_OK;
}
