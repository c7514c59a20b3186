// A schedule as one HTML page that needs nothing else: an SVG Gantt chart to zoom and pan.
//
// One row a machine, one bar an operation. Critical operations (a later start of one makes the schedule longer) carry
// a dark edge; a click on a bar shows its job. Only the bars in view are drawn, so large schedules stay quick.
#pragma once

#include "base/status.h"
#include "scheduler/shop.h"

// Bars of a line's own plan and of what became of it, in seconds: an even row is a plan, the next one the work of the same machine.
struct gantt_bar  { int32_t row, label, parts; double begin, end; };
struct gantt_line {
  const char *title, *answer, *more;
  int32_t rows, labels, bars;
  const char *const *row, *const *label;        // their names
  const double *due;                            // s    of each label, < 0: none
  const struct gantt_bar *bar;                  // those of a row in order of their begin
};
enum status gantt_write_line(const char *path, const struct gantt_line *g, struct error *e);

// start holds the starts by node. *e says why a file could not be written.
enum status gantt_write(const char *path, const char *title, const struct shop *s, const struct shop_plan *p, const int32_t *start, int32_t bound, struct error *e);
