// One line on stderr that says how far a run is; only on a terminal, at most five times a second.
#pragma once

#include <stdbool.h>

struct progress { bool on; double begun, shown; int width; const char *what; };

void progress_begin(struct progress *p, bool on, const char *what);
// share of the work that is done; context is the struct progress
void progress_show(void *context, double share);
// wipe the line
void progress_end(struct progress *p);
