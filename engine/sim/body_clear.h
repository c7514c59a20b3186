// How bodies share the floor: whoever sets out goes where and when nobody else is or will be.
//
// A walk is known from its first sample to its last when it begins, so where everybody will be is known too: on its walk, then at its end. Who sets out
// begins as soon as nobody comes nearer than two footprints on its own walk and at its end, by the ways that all others have begun or are to begin; it waits
// until then, goes beside its way, or around who stands. So no two walks that are begun meet, in the order in which they were asked for (Cap, Vokrinek and Kleiner 2015,
// Complete decentralized method for on-line multi-robot trajectory planning in well-formed infrastructures: COBRA).
//
//   spots       where one works: one robot on each; who finds none free waits near it                engine/sim/spot.h
//   tracks      where a body is on its walk, ten times a second                                      engine/sim/walks.h
//   patience    who has waited CLEAR_PATIENCE goes all the same, through whoever is there, and is counted
//
//   off track   who is pushed, slips, falls or is stopped is where nobody expected it: who comes that way stops short, where it can still, and sets out anew
//   room        who stands idle on a spot that others wait for goes aside
#pragma once

#include "engine/sim/body.h"
#include "engine/sim/spot.h"
#include "robots/walker.h"

#define CLEAR_PATIENCE 30           // s; a guess

struct clears;

enum status clear_create(struct twin *t, struct error *e);
void        clear_destroy(struct twin *t);

// Zones were closed or opened.
void        clear_routes_changed(struct twin *t);

// Where robot i stands at its place, if it has a spot there: *at is the spot then.
void clear_goal(const struct twin *t, int32_t i, double at[2]);
// A spot of that place could be had now.
bool clear_room(const struct twin *t, int32_t i, int32_t place);

// Where it can come into the hall near `at` without standing in anybody; *at as it is: it can there, or nowhere. It stands there.
void clear_enter(const struct twin *t, int32_t i, double at[2]);
void clear_entered(struct twin *t, int32_t i);

// It stands where it is sent already: on its spot there, or on one that is free and becomes its own.
bool clear_there(struct twin *t, int32_t i);

// From a stand to where its row says: now, later, or not before others have gone.
void clear_set_out(struct twin *t, int32_t i, struct v3 from, double heading);
// A walk that was planned has not begun; it is given up, and another one may be asked for. false: it has.
bool clear_stays(struct twin *t, int32_t i);
// Nobody is in the way of a walk that robot i begins at that step in place of its own.
bool clear_now(const struct twin *t, int32_t i, const struct walk *w, int64_t step);
// It walks on by another plan than others know, from now on.
void clear_goes_over(struct twin *t, int32_t i);
// Its walk, begun or not, is no more: it is thrown off its balance, or stops at once. It falls: others may have the spot that it was going to.
void clear_left(struct twin *t, int32_t i);
void clear_falls(struct twin *t, int32_t i);
// It has come to rest; on: where it was not sent, it sets out again. CLEAR_THERE: where it was sent; CLEAR_NEAR: where one waits, it has to set out again; CLEAR_ASIDE: it only made room.
enum clear_end { CLEAR_THERE, CLEAR_NEAR, CLEAR_ASIDE };
enum clear_end clear_arrives(struct twin *t, int32_t i, bool on);
// What it came for is done; it goes out of the hall.
void clear_idles(struct twin *t, int32_t i);
void clear_leaves(struct twin *t, int32_t i);

// After the rows of a step.
void clear_step(struct twin *t);

// What is wrong with all of this, NULL: nothing (engine/sim/body_check.c).
const char *clear_validate(const struct twin *t);
