#include "app/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int output_close(int code) {
  errno = 0;
  bool failed = fflush(stdout) != 0;
  int why = errno;
  if (!failed && !ferror(stdout)) return code;
  fprintf(stderr, "takt: could not write the output: %s\n", strerror(why ? why : EIO));
  return 4;
}

int output_error(const char *command, const struct error *e) {
  int code = status_exit_code(e->status);
  if (!e->text[0]) return code;
  if (e->line > 0 && e->column > 0) fprintf(stderr, "%s:%d:%d: ", e->file, e->line, e->column);
  else if (e->line > 0) fprintf(stderr, "%s:%d: ", e->file, e->line);
  else fprintf(stderr, "takt%s%s: %s%s", command ? " " : "", command ? command : "", e->file, e->file[0] ? ": " : "");
  fprintf(stderr, "%s: %s\n", status_text(e->status), e->text);
  return code;
}

bool output_same(const char *a, const char *b) {
  struct stat x, y;
  if (!a || !b) return false;
  if (!strcmp(a, b)) return true;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int output_spares(const struct usage *u, const char *option, const char *out, const char *in, const char *what) {
  if (!output_same(out, in)) return 0;
  return usage_wrong(u, "--%s %s would write over %s", option, out, what);
}

bool output_bold(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

bool output_progress(void) { return isatty(STDERR_FILENO); }
