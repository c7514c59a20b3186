// The cases of `takt validate`: small factories whose result is known exactly.
//
// A case is an ordinary layout and the value of one number of its result. The value has its origin
// beside it: a formula with its source, or a Markov chain that tests/markov.c solves; a test
// computes every one of them again. The program recognises no case: each goes through the same
// reader and engine as a layout of a user.
#pragma once

#include <stddef.h>

struct validate_case {
  const char *name;                 // "family/what"
  const char *stations;             // entries of `stations`, one a line
  const char *flow;                 // entries of `flow`, one a line; NULL: one chain, in the order of the stations
  const char *extra;                // further keys of the layout, NULL: none
  const char *measure;              // numbers of the result joined by " * " and " / ": "kpi.throughput_per_h / 3600"
  double      exact;
  const char *origin;
  double      seconds, warmup;      // s    measured time and warm-up of each replication
  int         replications;         // 1: nothing is random, compared to 1e-9
};

extern const struct validate_case validate_cases[];
extern const int                  validate_case_count;

// Write the case as a layout; returns the length, or 0 when it does not fit.
size_t validate_case_layout(const struct validate_case *c, char *out, size_t size);
