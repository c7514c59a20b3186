// Optimisation of a whole job shop or flexible job shop: tabu search on elites and relinking between them, on two
// islands.
//
// After TS/PR (Peng, Lu & Cheng 2015). An island holds a small population of good plans. It fills it with
// dispatched plans improved by tabu search, then takes two of them, lays a plan between the two (path relinking),
// improves it by tabu search, and lets it take the place of the worst if it is better and no double. A population that
// brings nothing new for long is given up for a new one. Every so many iterations the islands give each
// other their best.
//
// There are always two islands; threads only run them. They meet after fixed counts of iterations, never by a
// clock, so the same instance, seed and iterations give the same plan on one thread or two. A stop by the
// caller's `stop` (a clock, Ctrl-C) ends the search wherever it is: with the best so far, but not repeatably.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "scheduler/shop.h"

struct shop_search {
  uint64_t seed;
  int64_t  iterations;              // of tabu search, both islands together; 0: until stopped or proved
  int      threads;                 // 1 or 2
  int64_t  bound_work;              // steps of refutation before the search; 200 million are a quarter of a second
  bool   (*stop)(void *context);    // asked every millisecond or so, by both threads; may be NULL
  // told by the calling thread now and then; may be NULL
  void   (*progress)(void *context, int32_t makespan, int32_t bound, int64_t iterations);
  void    *context;
};

struct shop_search shop_search_defaults(void);

struct shop_found {
  int32_t bound;                    // true lower bound; equal to plan.makespan: proved optimal
  int64_t iterations;               // made, both islands together
  bool    stopped;                  // by stop, before the iterations were made or the optimum was proved
};

// plan is made with shop_plan_make and gets the best found, always feasible. Returns STATUS_OK or STATUS_MEMORY.
enum status shop_optimise(const struct shop *s, const struct shop_search *how, struct shop_plan *plan, struct shop_found *found);
