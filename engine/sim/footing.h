// What the floor gives to feet: its friction and slope where they stand, and how fast a walk may be on it.
//
//   friction   of the hall; less in slippery zones and where something was spilt
//   slope      of ramp zones: the floor rises along `towards`. Heights are summed along a way, so a floor on which they do not fit together
//              (a ramp that one can walk round) is the layout's affair; across its slope a ramp is taken as level
//   speed      a steady walk of speed v needs a friction of need(v), the largest |Ft| / Fn of its solved gait (robots/gait.h), found at four speeds when the
//              model is loaded, and on a slope its tangent more. A walk is as slow as need <= 0.8 mu asks wherever its way crosses
//
// A spill is there from its event on; at body fidelity robots know of it when somebody has slipped on it, at event and motion at once.
#pragma once

#include "engine/sim/state.h"

struct v3;
struct kind;
struct footing;

enum status footing_create(struct twin *t, struct error *e);

// need(v) of robots with that body.
void footing_fit(struct make *m, const struct kind *k);

// Friction at p; `known`: as robots believe it.
double footing_friction(const struct twin *t, const double p[2], bool known);
// Tangent of the slope at p along a heading (a unit vector).
double footing_slope(const struct twin *t, const double p[2], const double along[2]);

// Give a way its heights, z = 0 at its first point, with a point more wherever it crosses the rim of a ramp; at most `capacity` points. Returns how many.
int footing_heights(const struct twin *t, struct v3 *point, int count, int capacity);
// The speed, at most `speed`, that robot r walks along it.
double footing_speed(const struct twin *t, int32_t r, const struct v3 *point, int count, double speed);

// Does the floor along it hold feet that need `need`, with the same margin?
bool footing_holds(const struct twin *t, const struct v3 *point, int count, double need);

// Something is spilt, for so long. Somebody slipped at p: what is spilt there is known.
void footing_spill(struct twin *t, const struct polygon *area, double friction, ns_t length);
void footing_slipped(struct twin *t, const double p[2]);
