// Job shop and flexible job shop: the instance and a schedule of it, as flat arrays.
//
// A job is a chain of operations; each operation runs without a break on one of its alternative machines, a
// machine does one operation at a time, the makespan is to be small. A job shop is the case of one alternative
// each. Times are whole numbers of the instance's own unit.
//
// Operations are nodes, job after job, with a boundary node before each job and one after the last:
//
//   node      0   1   2   3   4   5   6   7
//             |  job 0    |  job 1    |
//             boundary    boundary    boundary         jobs = 2, ops = 5, nodes = 8, first = {1, 5}
//
// so the job neighbours of node v are v - 1 and v + 1, and a boundary stands for "none" wherever a neighbour is
// asked for: its times are 0. Memory of a shop is one block, owned by the shop.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// The sum over operations of their longest times may not pass this: sums of two never overflow 32 bits.
#define SHOP_TIME_MAX   1000000000
#define SHOP_OPS_MAX    200000
#define SHOP_ALTS_MAX   4000000

struct shop {
  int32_t  jobs, machines;
  int32_t  ops, nodes;              // nodes = ops + jobs + 1
  int32_t  alts;                    // alternatives of all operations together
  bool     flexible;                // some operation has more than one alternative
  int32_t *first;                   // node of a job's first operation                    (jobs + 1; the last: nodes)
  int32_t *job;                     // -1: boundary                                       (nodes)
  int32_t *alt;                     // alternatives of v: alt[v] ... alt[v + 1] - 1       (nodes + 1)
  int32_t *alt_machine, *alt_time;  //                                                    (alts)
  void    *memory;
};

// Make an instance from arrays: job j has job_ops[j] >= 1 operations, listed job after job; operation i has
// op_alts[i] >= 1 alternatives, listed operation after operation. Returns false when memory is short. The
// values are the caller's promise: machines in range, none twice for one operation, times >= 0 within
// SHOP_TIME_MAX in sum (scheduler/shop_read.h checks them for text).
bool shop_make(struct shop *s, int32_t jobs, int32_t machines, const int32_t *job_ops, const int32_t *op_alts,
               const int32_t *alt_machine, const int32_t *alt_time);
void shop_finish(struct shop *s);

// Shortest time of any alternative of node v; 0 at a boundary.
int32_t shop_time_min(const struct shop *s, int32_t v);

// A plan: what a search decides. Everything else follows from it.                            (shape)
struct shop_plan {
  int32_t  makespan;
  int32_t *order;                   // nodes so that job and machine neighbours stand in order (ops)
  int32_t *machine;                 // machine that does node v                                (nodes)
  int32_t *time;                    // and how long it takes; 0 at a boundary                  (nodes)
};

bool shop_plan_make(struct shop_plan *p, const struct shop *s);
void shop_plan_finish(struct shop_plan *p);
void shop_plan_copy(struct shop_plan *to, const struct shop_plan *from, const struct shop *s);

// Earliest starts of a plan, and its makespan.                                               (start: nodes)
int32_t shop_plan_times(const struct shop_plan *p, const struct shop *s, int32_t *start);
