// Conveyors with exact times.
//
// Positions are times: a part that came onto the belt at belt time e has its front at x = b - e at
// belt time b, unless it has closed up behind others. On an accumulating belt the part with k ahead
// of it stands at most at L - k p (L the length, p the pitch, both as time at belt speed), so
//   x = min(b - e, L - k p)
// needs no event for parts that close up. When one is taken away, those behind it that stood get a
// new e; they roll on until they stand again. Belt time stops while the belt is down, off shift or,
// when it does not accumulate, held by a part at its end.
#pragma once

#include "engine/sim/state.h"

bool belt_room(const struct twin *t, int32_t s, bool by_robots);
// The gap at the beginning is free now, whoever may go first.
bool belt_gap(const struct twin *t, int32_t s);
void belt_enter(struct twin *t, uint32_t p, int32_t s);
void belt_leave(struct twin *t, uint32_t p, int32_t s);
void belt_timer(struct twin *t, int32_t b);

// True when the part may leave s by a direct flow: always, but on a conveyor only the first part at its end.
bool belt_offers(const struct twin *t, int32_t s, uint32_t p);

// Where the front of a part is (m along the path), where it will stand if nothing is taken away, and
// when at the earliest its front passes x (NS_NEVER: not before something changes).
double belt_position(const struct twin *t, uint32_t p);
// How long it goes along yet, as things are: until it stands at the end or behind others; 0: it stands, or the belt does.
ns_t   belt_rolls(const struct twin *t, uint32_t p);
// A point at x m along a belt's path, and the direction there.
void   belt_point(const struct station *p, double x, double at[2], double *heading);
// The same for the part with k ahead of it, without looking it up.
double belt_front(const struct twin *t, int32_t s, uint32_t k);
double belt_stand_of(const struct twin *t, int32_t s, uint32_t k);
double belt_stop(const struct twin *t, uint32_t p);
ns_t   belt_passes(const struct twin *t, uint32_t p, double x);

// Halt and go on: bit 0 down, bit 1 off shift.
void belt_halt(struct twin *t, int32_t s, uint8_t reason);
void belt_run(struct twin *t, int32_t s, uint8_t reason);
void belt_book(struct twin *t, int32_t s);
