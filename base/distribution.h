// The distributions of the layout language, sampled in nanoseconds.
//
//   constant(a)            exponential(mean a)      uniform(a, b)          triangular(a, mode b, c)
//   normal(mean a, sd b)   redrawn below 0          lognormal(mean a, sd b) of the variable itself
//   erlang(k = n, mean a)  of the sum               gamma(shape b, mean a)   Marsaglia & Tsang 2000
//   weibull(shape b, scale a)                       hyperexponential(p b, mean a, mean c)
//   geometric(p b, slot a) trials up to the first success times slot
//   empirical(values)      one of n values, each as likely
// Times a, b, c in seconds. Every sample is >= 0 and at most NS_LIMIT. One draw a sample where the
// inverse is known (a normal cut at 0 has the distribution of one that is redrawn); erlang takes k
// draws up to k = 32, beyond it and for gamma the count varies.
#pragma once

#include "base/clock.h"
#include "base/random.h"

enum distribution_kind {
  DIST_CONSTANT, DIST_EXPONENTIAL, DIST_UNIFORM, DIST_TRIANGULAR, DIST_NORMAL, DIST_LOGNORMAL,
  DIST_ERLANG, DIST_GAMMA, DIST_WEIBULL, DIST_HYPEREXPONENTIAL, DIST_GEOMETRIC, DIST_EMPIRICAL
};

struct distribution {
  enum distribution_kind kind;
  int           n;                  // erlang k, empirical count
  double        a, b, c;            // as above
  double        u, v;               // made by distribution_prepare from a, b, c
  const double *values;             // empirical, s, borrowed
};

// Fill the derived fields; call once after a, b, c, n are set and checked.
void   distribution_prepare(struct distribution *d);
double distribution_mean(const struct distribution *d);       // s
ns_t   distribution_sample(const struct distribution *d, struct stream *s);
