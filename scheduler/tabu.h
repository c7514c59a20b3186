// Tabu search on one schedule of a job shop, flexible or not.
//
// Each iteration takes one critical path at random, values the moves on it, and makes the best that is not tabu:
//   within a block of one machine   N7 (Zhang, Li, Guan & Rao 2007): an inner operation goes right behind the block's
//                                   last or right before its first (N6, Balas & Vazacopoulos 1998), and the first or
//                                   last goes between two inner ones; valued by Balas & Vazacopoulos' estimate
//   to another machine              a critical operation is put between two others there (Mastrolilli & Gambardella
//                                   2000); valued exactly: the longest path through its new place, or without it
// A move reverses pairs of operations; their old orders are banned for L ... 1.4 L (jobs <= 2 machines) or 1.5 L
// iterations, L = 10 + jobs / machines (Zhang et al. 2007). A move is tabu when the first pair that it reverses would
// come back into a banned order (the pair next to the moved operation), and a move to a machine when the operation left
// that machine as recently. A tabu move that promises a new best is made all the same; when all are tabu, one of them
// by lot.
//
// The state is a value that can stop after any iteration and go on later: the same seed gives the same run
// however it is cut into pieces. Nothing here allocates but tabu_make.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/dice.h"
#include "scheduler/shop_graph.h"

struct tabu_ban { uint32_t key, until; };   // until: an iteration, modulo 2^32

// The critical path in hand, one entry an operation, so that the estimates run over flat arrays.
struct tabu_path {
  int32_t  count;
  int32_t *node, *time;
  int32_t *job_done;                // done of the job predecessor
  int32_t *job_left;                // left of the job successor
  int32_t *end;                     // done of it
  int32_t *joined;                  // 1: it follows the one before it on their machine; one more, 0, at the end
  int32_t *done;                    // scratch of the estimates
};

// A cut through the order at the place of one operation, which goes on along the path: what crosses it, and heads and tails without that operation.
struct tabu_cut {
  int32_t  place;
  int32_t *across;                  // the longest path over the arc of a job, of a machine, that crosses the cut   (jobs + machines)
  int32_t *last;                    // of each machine before the cut; 0: none                                      (machines)
  int32_t  heads, tails;            // places up to which done and left are without the operation
  int32_t *done, *left;             //                                                                              (nodes)
};

struct tabu {
  const struct shop *shop;
  struct shop_graph graph;
  struct shop_plan       best;
  int32_t           target;         // a makespan not above it is good enough to stop
  int64_t           iteration;      // made so far, over all starts
  int64_t           since;          // iterations since the best of this start
  int32_t           promised;       // makespan that the last move to another machine was to bring, exactly; -1: another move
  int32_t           tenure, tenure_more;
  struct dice       dice;
  struct tabu_ban  *bans;           // by key
  uint32_t         *key_from, *key_to;        // (nodes)
  struct tabu_path  path;
  struct tabu_cut   cut;
  void             *memory;
};

bool tabu_make(struct tabu *t, const struct shop *s, uint64_t seed);
void tabu_finish(struct tabu *t);

// Start anew from a plan; it is the best so far.
void tabu_start(struct tabu *t, const struct shop_plan *p);

// At most `iterations` more, ending early after `patience` without a new best, at the target, or when no move is
// left. Returns how many were made; fewer than asked means that this start is over.
int64_t tabu_run(struct tabu *t, int64_t iterations, int64_t patience);
