// A sweep as one page: the answer in a sentence, key figures with intervals, throughput against what was varied, what moves it most, where the
// time goes, the limits of the answer and how to repeat it. Self-contained HTML with SVG; it prints on one sheet of A4.
#pragma once

#include "study/sample.h"
#include "study/vary.h"

struct report_variant {
  int           variant;            // of the grid
  const char   *settings, *digest;
  struct sample sample;             // no runs: empty
};

struct report {
  const struct layout   *layout;    // of the first variant: name, goals, fleets
  const char            *path;
  const struct grid     *grid;
  int                    variants;
  struct report_variant *variant;   // (variants)
  int                    replications;
  int                    argc;      // the command that made it
  char                 **argv;
};

// Runs of variant k that meet all goals of the layout.
int report_goals_met(const struct report *r, int k);

// The variant to choose: of those whose mean meets every goal the first one; without goals, or when none does, the one with the
// highest throughput. -1: no variant has runs.
int report_choice(const struct report *r);

enum status report_write(const struct report *r, const char *path, struct error *e);
