// The disjunctive graph of a schedule under change: heads, tails and a topological order, kept incrementally.
//
// Roy & Sussmann 1964. Nodes are operations (scheduler/shop.h); arcs run along jobs and along the sequence of
// each machine. With r the head and q the tail of an operation (longest paths before and after it),
//
//   done[v] = r + time      left[v] = q + time      makespan = max over v of done[v] + left[v] - time[v]
//
// A change moves one operation. Only the part of the topological order between its old and its new place is
// sorted anew; heads are recomputed from there to the end, tails from there to the front.
//
// Nothing here allocates but shop_graph_make.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/shop.h"

struct shop_graph {
  const struct shop *shop;
  int32_t  makespan;
  //                                                                                          (shape)
  int32_t *time;                    // of the operation where it is now; 0 at boundaries      (nodes)
  int32_t *before, *after;          // machine neighbours; 0: none                            (nodes)
  int32_t *done, *left;             // head and tail, each with the own time; 0 at boundaries (nodes)
  int32_t *machine;                 //                                                        (nodes)
  int32_t *place;                   // in the order                                           (nodes)
  int32_t *order;                   // topological                                            (ops)
  int32_t *top;                     // first operation of a machine; 0: none                  (machines)
  int32_t *scratch;                 //                                                        (nodes)
  uint8_t *marked;                  //                                                        (nodes)
};

bool shop_graph_make(struct shop_graph *g, const struct shop *s);
void shop_graph_finish(struct shop_graph *g);

void shop_graph_load(struct shop_graph *g, const struct shop_plan *p);
void shop_graph_save(const struct shop_graph *g, struct shop_plan *p);

// u stands before v in the sequence of one machine, and no path other than that sequence leads from u to v.
// Put u right behind v, or v right before u.
void shop_graph_move_behind(struct shop_graph *g, int32_t u, int32_t v);
void shop_graph_move_before(struct shop_graph *g, int32_t v, int32_t u);

// Take u out of its machine's sequence and put it on `machine` for `time` between x and y, which are
// neighbours there once u is out (0: none). No path may lead from u's job successor to x, or from y to u's job predecessor.
void shop_graph_insert(struct shop_graph *g, int32_t u, int32_t machine, int32_t time, int32_t x, int32_t y);

static inline int32_t shop_graph_head(const struct shop_graph *g, int32_t v) { return g->done[v] - g->time[v]; }
static inline int32_t shop_graph_tail(const struct shop_graph *g, int32_t v) { return g->left[v] - g->time[v]; }

// For tests: is everything above true? Recomputes all of it.
bool shop_graph_valid(const struct shop_graph *g);
