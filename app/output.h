// Standard output as a contract: data only, and a write that failed is an exit code, never silence.
#pragma once

#include <stdbool.h>

#include "app/options.h"
#include "base/status.h"

// Flush stdout. Returns code, or 4 with a sentence on stderr when anything written to it was lost (broken
// pipe, full disk). Every command returns through this.
int output_close(int code);

// Say a fault on stderr: "FILE:LINE:COLUMN: value outside its limits: ..." where it has a line, else behind "takt COMMAND: " (NULL: "takt: ");
// nothing when *e has no text, because it was said before. Returns the exit code of its status.
int output_error(const char *command, const struct error *e);

// Both are one name, or one file that is there. NULL is none.
bool output_same(const char *a, const char *b);

// What --OPTION writes (NULL: not given) must not be what the command reads, called `what` ("the layout"). 0, or 2 with a sentence on stderr.
int output_spares(const struct usage *u, const char *option, const char *out, const char *in, const char *what);

// Bold text may be written to stdout: it is a terminal and NO_COLOR is not set.
bool output_bold(void);

// A progress line belongs on stderr only when that is a terminal.
bool output_progress(void);
