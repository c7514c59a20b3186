#include "app/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int output_close(int code) {
  errno = 0;
  bool failed = fflush(stdout) != 0;
  int why = errno;
  if (!failed && !ferror(stdout)) return code;
  fprintf(stderr, "takt: could not write the output: %s\n", strerror(why ? why : EIO));
  return 4;
}

bool output_bold(void) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

bool output_progress(void) { return isatty(STDERR_FILENO); }
