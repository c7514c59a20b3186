// A sample: the numbers of several runs of one configuration, a row a run, each number by its path.
//
// Runs of two samples with the same number drew the same random numbers where their layouts agree (common random numbers), so
// they are compared run by run.
#pragma once

#include "base/arena.h"
#include "engine/measure/result.h"

struct sample {
  struct arena arena;               // holds all of it
  int          paths, runs;
  const char **path;                // (paths) "kpi.made", ...
  uint32_t    *number;              // (runs)  replication, from 1, ascending
  double      *value;               // (runs x paths) NaN: the run has no such number
};

// Room for so many; false when there is no memory. sample_finish takes an empty one too.
bool sample_init(struct sample *s, int paths, int runs);
void sample_finish(struct sample *s);

// Row of a path, -1. "kpi." may be left out.
int sample_find(const struct sample *s, const char *path);

// Mean, deviation and interval of one number over its runs.
struct estimate sample_estimate(const struct sample *s, int path);

// One number in two samples.
struct paired {
  const char     *path;
  struct estimate a, b;             // over all runs of each
  struct estimate change;           // of b - a over the runs that both have; n of them
  bool            by_run;           // false: they have no run in common, and the interval is Welch's of two samples
};

// Fill out (a->paths) for the paths that both have; returns how many.
// Interval of the change: Student's t over the differences of runs with the same number; without such runs Welch's (Biometrika 1947).
int sample_compare(const struct sample *a, const struct sample *b, struct paired *out);

// Of two independent samples known by mean, deviation and number: Welch's interval of the change.
struct estimate sample_welch(const struct estimate *a, const struct estimate *b);

// The interval of a change leaves 0 out: there is one.
bool paired_clear(const struct paired *p);
