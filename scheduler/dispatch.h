// Dispatching: which waiting job gets which idle robot. Arrays in, arrays out; knows no engine.
//
// Jobs are taken in the rule's order; each gets one robot (or `need` robots) that may do it.
//   nearest      job order: priority, age, file order; robot: shortest walk, ties by number
//   fifo         same order; robot: longest idle
//   idle-first   same order; robot: longest idle
// A job that not enough idle robots may do or reach waits; those after it are still tried.
// One call is O(jobs x robots), for each robot that a job needs, and allocates nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum dispatch_rule { DISPATCH_NEAREST, DISPATCH_FIFO, DISPATCH_IDLE_FIRST };

// Columns of the waiting jobs, already in the order of (priority, age, file order).     (shape)
struct dispatch_jobs {
  int             n;
  const int32_t  *place;            // where the job starts                              (n)
  const uint64_t *fleets;           // bit f: fleet f may do it                          (n)
  const uint8_t  *need;             // robots at once, 1 or more                         (n)
};

// Columns of the idle robots.
struct dispatch_robots {
  int             n;
  const int32_t  *place;            // where it stands                                   (n)
  const uint8_t  *fleet;            // < 64                                              (n)
  const int64_t  *idle_since;       // ns                                                (n)
  const uint32_t *number;           // for ties                                          (n)
};

// Walking times in s of all the idle robots (robots.n) to a place; negative: cannot. context is the caller's.
typedef void dispatch_walk(void *context, int place, double *seconds);

// Job j alone: need pairs, or none and 0. taken says who has a job already, and is kept up to date.
int dispatch_job(enum dispatch_rule rule, const struct dispatch_jobs *jobs, int j, const struct dispatch_robots *robots,
                 dispatch_walk *walk, void *context, bool *taken, double *seconds, int (*pairs)[2]);

// All of them. taken and seconds (robots.n each) are scratch. Writes pairs (job, robot) in order of decision; returns how many. A
// job that needs two robots writes two pairs or none.
int dispatch(enum dispatch_rule rule, const struct dispatch_jobs *jobs, const struct dispatch_robots *robots,
             dispatch_walk *walk, void *context, bool *taken, double *seconds, int (*pairs)[2], int pairs_max);
