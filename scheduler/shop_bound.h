// Lower bounds on the makespan: true ones, for any instance.
//
//   job       the longest job, each operation at its shortest
//   machine   operations that only one machine can do, with heads and tails from their jobs: the preemptive
//             one-machine problem, solved by Jackson's rule (Jackson 1955; Carlier 1982)
//   group     operations that only a group of k machines can do: k C >= the k smallest heads + all work + the k
//             smallest tails (Carlier 1987); groups are the machine sets that operations name
//   dual      any weights w >= 0 of the machines: C sum w >= sum over machines of w (least head + least tail)
//             + sum over operations of the least w time, the dual of the fractional assignment of work to
//             machines; w by subgradient steps in whole numbers, so the bound is exact
#pragma once

#include <stdint.h>

#include "scheduler/shop.h"

// The best of the above; 0 only when every time is 0. Returns -1 when memory is short.
int32_t shop_bound(const struct shop *s);

// Preemptive one-machine bound: max over subsets of least head + work + least tail. heads, times, tails (n);
// scratch (3 n).
int32_t one_machine_bound(int32_t n, const int32_t *head, const int32_t *time, const int32_t *tail, int32_t *scratch);
