// Standard output as a contract: data only, and a write that failed is an exit code, never silence.
#pragma once

#include <stdbool.h>

// Flush stdout. Returns code, or 4 with a sentence on stderr when anything written to it was lost (broken
// pipe, full disk). Every command returns through this.
int output_close(int code);

// Bold text may be written to stdout: it is a terminal and NO_COLOR is not set.
bool output_bold(void);

// A progress line belongs on stderr only when that is a terminal.
bool output_progress(void);
