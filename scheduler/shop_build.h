// Whole plans without search: dispatched from the front, or laid between two others.
#pragma once

#include "scheduler/dice.h"
#include "scheduler/shop.h"

// Dispatch: again and again the operation that can begin first, of those the one with the longest rest of its
// job (most work remaining), on the machine that ends it first. noise > 0 shakes starts and rests by up to that share (of the mean time, of
// the rest), so that every call gives another plan. O(ops x waiting jobs of a machine x alternatives) at worst.
// Returns false when memory is short.
bool shop_build(struct shop_plan *p, const struct shop *s, double noise, int32_t thrift, struct dice *dice);

// Relinking: a plan at share 0 ... 256 of the way from a to b. Operations are ordered by their starts in a and
// b, mixed in that ratio: job orders hold in any mixture, and two operations of a machine that a and b have in
// one order keep it, so the plan lies on a shortest path between the two (path relinking, Glover 1997; Peng, Lu & Cheng 2015). late > 0 (of
// 256) mixes in the latest starts, which gives another path. Operations on different machines in a and b
// take b's by that share's chance.
bool shop_relink(struct shop_plan *p, const struct shop *s, const struct shop_plan *a, const struct shop_plan *b, int32_t share, int32_t late, struct dice *dice);

// Pairs of operations that one machine does in another order, and operations on another machine.
int64_t shop_plan_distance(const struct shop_plan *a, const struct shop_plan *b, const struct shop *s);
