// Walks at event fidelity by the body: what the footsteps of each walk take, instead of a speed and a power.
// A model without a body, a URDF beside its robot.yaml, walks by the figures of that file.
//
// Time and energy of a walk are those of walk_cost (robots/walker.h) for the same route, from the spot where the robot stands and the way it looks
// to its spot at the goal; a walk that was asked for before is looked up. So a walk takes as long as at `body` fidelity, to a
// step, and its energy is within 1 % of it; at motion, and of far walks in a large hall, it is the estimate of walk_estimate. Choices (who goes, where parts are met) go by one speed and one start_stop,
// fitted to walks of the library between two quarter turns. Called back in mid-walk, a robot turns off where its body would (robots/walk_divert.h).
#pragma once

#include "engine/sim/state.h"

struct kind;
struct pace;

// Fit the figures of a make, for estimates and standing, to its kind's library.
enum status pace_fit(struct make *m, const struct kind *k, struct error *e);
// Let a make jog at its fleet's pace where that is above its walk; errors as engine/world/pace_check.h. k: with its jogs; NULL for a model without a body.
enum status pace_jog(const struct twin *t, int fleet, struct make *m, const struct kind *k, struct error *e);

// Read the models of all fleets that have a body and walk on a floor.
enum status pace_create(struct twin *t, struct error *e);
void        pace_destroy(struct twin *t);

// What the robots of make m have as a body, NULL: none.
const struct kind *pace_kind(const struct twin *t, int32_t make);
// Robot r walks by its body.
bool pace_walks(const struct twin *t, int32_t r);
// Time in s and energy in J of an undisturbed walk from `at`, looking to `heading`, over `count` points of the hall to rest, looking to `facing`; false:
// the robot has no body to ask.
bool pace_cost(struct twin *t, int32_t r, const double at[2], double heading, const double (*point)[2], int count, double facing, double speed, double *time, double *energy);
// The same straight ahead over `length` m from rest to rest, with a jog of that speed where it is long enough (0: none).
bool pace_straight(struct twin *t, int32_t r, double length, double speed, double jog, double *time, double *energy);
// m of two of its steps at that speed; only for a robot that pace_cost answers for.
double pace_stride(const struct twin *t, int32_t r, double speed);
// W of its steady walk at that speed with the load it has; only for a robot that pace_cost answers for.
double pace_power(const struct twin *t, int32_t r, double speed);
// It stands at its place now (at time 0, or come in).
void pace_enter(struct twin *t, int32_t r);
// Where robot r stands that walks by its body.
bool pace_stands_at(const struct twin *t, int32_t r, double at[2]);
// A walk begins as the row says, or the one at hand turns off: its length; the row gets its mean power, and the metres of one that was called back. It will stand at the goal.
ns_t pace_walk(struct twin *t, int32_t r);
