// Where robots are and how long their walks take, on top of the routes of their fleet.
#pragma once

#include "engine/sim/state.h"

// Seconds and metres of a walk of robot r from where it is (also in mid-stroll) to a place, with the load it has.
double walk_time(const struct twin *t, int32_t r, int32_t place, double load, double *length);

// The same seconds as who chooses among robots reckons with them: at motion who stands idle begins on the spot where it stands. Those of a row of slots differ by
// little, but where the one behind is sent out first it walks round the one before it.
double walk_time_from_spot(const struct twin *t, int32_t r, int32_t place);
// Where that is: the spot, else a place or a point of the walk.
void walk_stands(const struct twin *t, int32_t r, double at[2]);

// True when the robot is on its way home or to a charger: it may be called back in mid-walk. One that was called back
// once walks on to where it was sent.
bool walk_strolls(const struct robot *b);
// Remember where the robot is before it is sent elsewhere; the rest of its walk is not booked as gone any more.
void walk_turn(struct twin *t, int32_t r);

// It was sent elsewhere before it had set out: it goes there from where it stands.
void walk_not_begun(struct twin *t, int32_t r);

// The walk at hand, of a robot that was called back, has so many metres; or it goes to the end of the one before first.
void walk_goes(struct twin *t, int32_t r, double metres);
void walk_goes_on(struct twin *t, int32_t r);

// The pick place along a belt: the earliest delivery to `target` among places where robot and part meet.
int32_t walk_meet(const struct twin *t, int32_t r, uint32_t part, int32_t target);

// The same when any part like *part on its belt will do, whose own job nobody has taken on yet; *part is then the
// one to take.
int32_t walk_meet_any(const struct twin *t, int32_t r, uint32_t *part, int32_t target);

// The part to take for one who stands at a belt place: `part` itself if it is in reach, else one like it that is, whose
// own job nobody has taken on yet; else `part`.
uint32_t walk_at_hand(const struct twin *t, uint32_t part, int32_t place);

// True when the front of the part is in reach of a belt place; *wait: when it will be, NS_NEVER: not as things stand.
bool walk_in_reach(const struct twin *t, uint32_t part, int32_t place, ns_t *wait);

// Where a robot is, and which way it looks, now (for pictures and turning back).
void walk_position(const struct twin *t, int32_t r, double at[2], double *heading, double *speed);
// The points of the walk at hand that lie before one who is at `at`; returns how many, at most ROUTE_POINTS_MAX. 0: it walks nowhere.
int  walk_rest(const struct twin *t, int32_t r, const double at[2], double out[][2]);
