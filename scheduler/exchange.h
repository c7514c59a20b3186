// Robots on their way to jobs they have not begun: who should change with whom.
//
//   gain    seconds until both are there, now less then; at least `margin`
//
// Row k < walkers is a robot on the way, with its job k; rows from `walkers` on are robots without a job, who may take a walker's job over. Only pairs with
// a row that is fresh are looked at (a job was given to it or it became idle just now): what was not worth it before has only got less so,
// since everybody has walked on. Every row is in one exchange at most, the best first by order of rows. A margin keeps two from changing to and
// fro: each exchange brings the sum of what is left down by as much.
// Nothing here allocates or keeps anything.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct exchange_problem {
  int32_t       walkers, robots;    // robots: rows in all
  const double *left;               // s    until a walker is at its job                (walkers)
  const double *most;               // s    that its job may take to be reached; infinite: not due   (walkers)
  const bool   *fresh;              //                                                   (robots)
  // Seconds for robot row r to get to the job of walker row k from where it is now; negative: it may or can not.
  double      (*time)(void *context, int32_t r, int32_t k);
  void         *context;
  double        margin;             // s, > 0
};

struct exchange { int32_t a, b; double gain; };         // a < walkers; b < walkers: they change jobs, else b takes over the job of a

// used: scratch (robots). Writes at most `max`; returns how many.
int32_t exchange_find(const struct exchange_problem *p, bool *used, struct exchange *out, int32_t max);
