// Lower bounds by refutation: no schedule is over by time C when the windows that C leaves run empty.
//
// Every operation gets a window [head, C - tail]. Until nothing changes, windows shrink along jobs, by pairs of a machine
// of which one order is impossible, and by edge finding (Carlier & Pinson 1989; in the O(n^2) form of Baptiste & Le Pape
// 1996) on each machine. An empty window refutes C (a destructive bound, Klein & Scholl 1999). Shaving tries each open
// pair of a machine in both orders: an order that is refuted fixes the other (Martin & Shmoys 1996).
//
// For operations with one machine; others only take part in their jobs, at their shortest.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/shop.h"

// The least C from `bound` on that is not refuted within `work` elementary steps; `bound` is a true lower bound, and so
// is the answer. Stops at `enough`. -1 when memory is short. stop may be NULL.
int32_t shop_refute(const struct shop *s, int32_t bound, int32_t enough, int64_t work, bool (*stop)(void *context), void *context);
