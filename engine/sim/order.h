// Orders at work: which one is released next, which parts are of it, when it has ended.
//
// A product of several orders is of the one that is due first (then the one that stands first); the others lose those
// parts there. An order ends when its last part leaves the line, into a sink or scrapped.
#pragma once

#include "engine/sim/state.h"

bool orders_create(struct twin *t);     // false: out of memory

// The order whose part is released next: of those whose time has come the first lot in line, else the one whose time comes
// first; NONE when every part has been released.
int32_t order_first(struct twin *t);
// From now to when it may be, `after` at the earliest.
ns_t order_wait(struct twin *t, ns_t after);
// Part a is that next one.
void order_release(struct twin *t, struct part *a);

// Part a, which comes from one of that order, is of it too.
void order_enter(struct twin *t, struct part *a, uint32_t order);
// Part a becomes part of product, which is of the more urgent order of the two from now on.
void order_join(struct twin *t, struct part *product, struct part *a);
// Part p leaves the line.
void order_leave(struct twin *t, uint32_t p);

// Orders that are open and past their due time, on top of what has been booked.
void orders_measure(const struct twin *t, struct line_sums *line);
