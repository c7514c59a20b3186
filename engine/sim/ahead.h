// The plan of the whole line: which order goes when through which machine, and what becomes of it.
//
// With policy lookahead and `orders`, the way of every ordered product through the line is a chain of machines; orders are cut
// into lots, and the job shop of all lots is optimised for the least largest lateness (scheduler/shop_search.h: tabu
// search and path relinking, a fixed number of iterations). Release times are heads and due dates are tails, operations on
// machines that nobody shares (Carlier 1982), so that the makespan of that shop is the largest lateness plus a constant.
//
// The plan is followed by order of release and by the order in which parts that wait for one place leave it; nothing waits for a
// planned time. It is made anew, from what is left to do, when a planned machine fails or is mended and when work begins
// LATE off its plan, every AGAIN at most.
//
// Between machines lie walks, belts and times of flows (engine/sim/ahead_way.h), in the shop as times that nobody shares. The times of the plan are then made with people and
// robots as heads that are shared and with shifts (scheduler/timetable.h), in the order that was optimised.
//
// Left out: set-ups but for one a lot; lots do not overlap from one machine to the next in the plan, in the line they do.
#pragma once

#include "engine/sim/state.h"

// A bar of a Gantt chart: a lot on a machine in the first plan, or a piece of work as it was.
struct bar { bool planned; int32_t station, server, order, parts; ns_t begin, end; };
struct bars { void (*tell)(void *context, const struct bar *b); void *context; };

bool ahead_create(struct twin *t);              // false: out of memory
// Plan, at the start or again.
void ahead_plan(struct twin *t);
// True when it was made anew just now: parts that wait may leave in another order.
bool ahead_settle(struct twin *t);

// Where a part that waits for station `to` stands in the plan; smaller goes first.
float ahead_rank(const struct twin *t, uint32_t p, int32_t to);

// Work on the parts of server i begins, has ended; it fails or goes on.
void ahead_began(struct twin *t, int32_t i);
void ahead_ended(struct twin *t, int32_t i);
void ahead_floor(struct twin *t, int32_t s);
