// Parts and the places they are in: birth, entering, waiting in ways, leaving, retirement.
#pragma once

#include "engine/sim/state.h"

// A new part of that type inside station s (not counted in its books yet). 0 when the pool is full.
uint32_t part_new(struct twin *t, int type, int32_t s);

// The part is done here: draw its way and let it wait for the next place.
void part_ready(struct twin *t, uint32_t p);
// Put a part at the end of a way (the head, when the station is lifo), or take it out of the one it waits in.
void way_push(struct twin *t, int32_t w, uint32_t p);
void way_remove(struct twin *t, uint32_t p);
// Put the parts that wait in every way in the order of the plan.
void ways_rank(struct twin *t);
// Take the first part out of a way with one edge.
uint32_t way_take_first(struct twin *t, int32_t w);

// The way drawn for part a, as one of `type`, that leaves s; NONE when no flow takes it.
int32_t way_choose(struct twin *t, int32_t s, const struct part *a, int type, bool failed);
// Does a part that goes as that type have a way from there?
bool    way_there(const struct twin *t, int32_t s, const struct part *a, int type);

// Room for one more part of that type, reservations counted. by_robots matters for belts only: a robot
// waits for its gap, a direct flow needs it now.
bool place_room(const struct twin *t, int32_t s, int type, bool by_robots);

// The part goes into station s / out of its station; both keep the books and wake whoever this concerns.
void place_enter(struct twin *t, uint32_t p, int32_t s);
void place_leave(struct twin *t, uint32_t p);
// Keep room for a part that comes later, and give it back or use it. Before a belt a part that comes by itself keeps
// the gap at the beginning; a robot waits for its own.
void place_reserve(struct twin *t, int32_t s, int type, bool by_robots);
void place_unreserve(struct twin *t, int32_t s, int type, bool by_robots);

// Flow limits: whether the part may enter s now; count it in.
bool limits_allow(const struct twin *t, uint32_t p, int32_t s);
void limits_enter(struct twin *t, uint32_t p, int32_t s);
void limits_leave(struct twin *t, uint32_t *mask, uint32_t which);

// The part leaves the line: scrapped here, or consumed (in a product, in a sink).
void part_scrap(struct twin *t, uint32_t p);
void part_retire(struct twin *t, uint32_t p);
// A part that never was in the line (turned away at its source).
void part_discard(struct twin *t, uint32_t p);

// Cause of a store that a part has come to or left: empty, holding, full. Booking the same cause again costs less than
// a question whose answer nobody can predict.
static inline void store_book(struct twin *t, const struct station_row *r) {
  struct server *v = &t->server[r->first_server];
  enum station_cause c = r->count == 0 ? STATION_STARVED : r->count >= r->capacity ? STATION_BLOCKED : STATION_WORKING;
  t->sums.station[v->station].cause[v->cause] += t->now - v->cause_since;
  v->cause_since = t->now;
  v->cause = (uint8_t)(r->off ? STATION_OFF_SHIFT : c);
}
