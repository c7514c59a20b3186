// Times of a plan whose order is settled, when machines share people and robots, and all of them have hours.
//
// Operations of a job follow each other; those of a machine go in the order given. Whoever can begin first begins first, ties in order of rank: an operation begins when the one
// before it is over, its machine has done what comes before, and as many heads of its pool as it needs have come (a head comes `approach` after it was last
// let go). Outside their hours work stops and goes on later. This is the non-delay schedule of parallel generation (Kelley 1963; Kolisch 1996).
// Arrays are the caller's; scratch is allocated for the call.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TIMETABLE_NONE (-1)

struct timetable_op {
  int32_t job;                      // ops of a job lie one behind the other
  int32_t machine;                  // NONE: needs none
  int32_t pool, heads;              // NONE: nobody; heads <= size of the pool
  int32_t hours;                    // NONE: always; for `works`
  double  time, approach;           // s
  double  rank;                     // order on its machine: smaller first; ties by row
};

struct timetable {
  int32_t ops, machines, pools;
  const struct timetable_op *op;    //                                              (ops)
  const int32_t *size;              // heads of each pool                           (pools)
  // Whether those hours are on at a time, and until when that stays so (infinite: for ever).
  bool  (*works)(void *context, int32_t hours, double at, double *until);
  void   *context;
};

// begin, end: s (ops). False: no memory.
bool timetable_make(const struct timetable *t, double *begin, double *end);
