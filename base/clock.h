// Simulated time: integer nanoseconds since the start. 2^63 ns are 292 years.
#pragma once

#include <assert.h>
#include <stdint.h>

typedef int64_t ns_t;

#define NS_SECOND ((ns_t)1000000000)
#define NS_NEVER  INT64_MAX

// Longest time a layout may name, 100 years; sums of two never overflow.
#define NS_LIMIT  ((ns_t)100 * 366 * 24 * 3600 * NS_SECOND)

// Nearest nanosecond, halves up; seconds beyond the limit are cut to it. NaN is an assertion.
static inline ns_t ns_from_seconds(double seconds) {
  assert(seconds == seconds);
  double ns = seconds * 1e9;
  if (ns >=  (double)NS_LIMIT) return  NS_LIMIT;
  if (ns <= -(double)NS_LIMIT) return -NS_LIMIT;

  // the rest is exact; adding a comparison costs less than a branch that nobody can predict
  ns_t   t    = (ns_t)ns;
  double rest = ns - (double)t;
  return t + (rest >= 0.5) - (rest < -0.5);
}

static inline double ns_to_seconds(ns_t t) { return (double)t * 1e-9; }
