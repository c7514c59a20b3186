// `takt run --gantt`: the plan that a line was given at the start, beside what its machines did.
#pragma once

#include "engine/layout/layout.h"
#include "engine/sim/ahead.h"

struct line_gantt;
struct line_gantt *line_gantt_create(const struct layout *l);   // NULL: out of memory
void               line_gantt_destroy(struct line_gantt *g);    // takes NULL

// For twin_options; lives as long as g.
const struct bars *line_gantt_bars(struct line_gantt *g);

// One page with two rows a machine. An error when there was no plan, or the file cannot be written.
enum status line_gantt_write(struct line_gantt *g, const char *path, struct error *e);
