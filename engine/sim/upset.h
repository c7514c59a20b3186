// Robots that are thrown off their balance: pushes and bumps, slips, stumbles, and what they do about them.
//
// One door: an impulse on a body. A horizontal impulse J at height h above the floor gives the body the angular momentum J h about the floor below it,
// since the floor's answer has no moment there. So the capture point of robots/balance.h jumps by
//
//     J h / (m z w)           J / (m w) for a push at the height z of the centre of mass
//
// A robot that walks goes on where it can: its next footsteps are moved, it comes back to its line and arrives when it was to (robots/walk_push.h). Otherwise
// the body answers by its ankles, then by capture steps, else it falls (robots/recover.h); the joints move as it does. What it was doing waits
// meanwhile: a walk is left, and begun anew from where it stands again, to where it was sent; who stood goes back to its spot first.
//
// Who falls lays down what it carried (`drops`), lies, and is lifted by people with the skill `rescue`, or gets up by itself where there are none. A fall
// may damage (robots/fall.h): then it is broken where it lies (engine/sim/broken.h).
#pragma once

#include "base/vector.h"
#include "engine/sim/state.h"

// What is the same at motion (engine/sim/motion_push.c).
#define UPSET_LIFT   8.0            // s    in which one that lies is lifted; a guess
#define UPSET_RESCUE (60 * NS_SECOND)   // that somebody needs to lift one; a guess
#define UPSET_PUSH_LEAST  0.01      // N s    smaller ones are nothing
#define UPSET_TWIST_LEAST 0.2       // N m s  a body at work turns itself by more
#define UPSET_SHIFT_LEAST 0.001     // m      a footstep that moves less is not counted
#define UPSET_SPOT_NEAR   0.02      // m      this near to its spot one stays where it is. A guess, as
#define UPSET_SPOT_TURN   0.05      // rad    this

// Push robot i by an impulse (N s, axes of the hall) at `height` (m above the floor under it). Bumps, slips, stumbles and contacts of the
// floor all come through here; impulses between two steps of the bodies add up and act in the next one. Nothing happens to a robot that is not in the
// hall, lies, or has no body that is stepped. Never call it from within body_rows_step.
void body_push(struct twin *t, int32_t i, const double impulse[2], double height);

// The same for a twist, N m s about the vertical through its centre of mass, counter-clockwise: it leaves its walk, if it has one, and turns on its soles.
void body_twist(struct twin *t, int32_t i, double twist);

// It lies on the floor, or is getting up from it.
bool body_lies(const struct twin *t, int32_t i);
// It is thrown off its balance and not back at what it did.
bool body_upset(const struct twin *t, int32_t i);
// Lifted, or by itself: it begins to get up. For those that lie.
void body_rise(struct twin *t, int32_t i);

// Stopped by order, and on again (engine/sim/estop.h).
void upset_stop(struct twin *t, int32_t i, enum stop category);
void upset_restart(struct twin *t, int32_t i);
// It walks and somebody is in its way: it comes to a stand as soon as it can, and sets out anew. Nothing where it cannot, or will anyway.
void upset_stops_short(struct twin *t, int32_t i);
// A walk that was asked for while it is stopped is begun when it is not any more.
void upset_waits(struct twin *t, int32_t i);

// ---- for engine/sim/body*.c ----

struct body;
struct body_rows;

bool upset_create(struct twin *t, struct body_rows *k);                // columns; false: no memory
void upset_leave(struct twin *t, struct body_rows *k, int r);          // it goes out of the hall
void upset_becomes(struct body_rows *k, int r, struct body_rows *n, int to);   // at rest, of another kind from now on: an order to stop stays
void upset_pushes(struct twin *t, struct body_rows *k);                // impulses since the last step, before it
void upset_sample(const struct body *b, struct body_rows *k, int r);   // within a step
void upset_ground(const struct body *b, struct body_rows *k, int r);   // within a step, of a robot that walks: what the floor does not give
void upset_flags(struct body_rows *k, int r);                          // upsets[r] anew
void upset_book(struct twin *t, struct body_rows *k, int r);           // after it
// A walk that was stopped has come to rest, its row too; back: it was on its way to its spot. false: there is no order to stop any more.
bool upset_halted(struct twin *t, struct body_rows *k, int r, bool back);
void upset_back(struct twin *t, struct body_rows *k, int r);           // at its spot again
bool upset_off_spot(const struct twin *t, int32_t i, struct v3 at, double heading);    // too far from where it was to end
