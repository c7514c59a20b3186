// Motion: at `motion` fidelity everybody on the floor walks step by step, 50 times a second, in one world (engine/world/space.h).
//
// The door of engine/sim/robot.h stays: a walk that begins is followed along its route and its done is posted by the step in which the
// walker has come to rest on its spot. Walkers are discs that their gait carries: they get ready and turn for as long as the model's
// own footsteps would (robots/walker.h: walk_cost of the same route), walk at its speed and slow down to stop, so a walk that nobody
// disturbs takes the time of `event` and `body`, to a step.
//
//   spots       one walker on each; who finds none free waits where it is wide, first come first served     engine/sim/spot.h
//   claims      where two cannot pass, the one who has claimed that part of its way goes, the others wait outside     motion_claim.c
//   avoidance   ten times a second each walker takes the velocity nearest to its wish that keeps clear of
//               its neighbours (two seconds ahead, 0.8 of who stands) and of walls                           scheduler/orca.h
//   brakes      at every step it goes towards walls and others only as fast as lets it stop before                motion_brake.c
//   guard       a move that would end in somebody or in a wall is cut where it touches: nobody is ever inside anybody
//   people      robots near them walk as slowly as speed and separation monitoring asks                      robots/separation.h
//   pushes      by order and by contacts: ankles, a step beside its line, capture steps, a fall                motion_push.c
//   watch       whoever gets no nearer for a while makes those in its way step aside: the one that has been on its way the
//               longest goes first, and who steps aside inherits its rank                                    motion_watch.c
//   led         in a crowd, and where few are stuck among each other, a coordinator moves walkers by cells       motion_lead.c
//
// Time in which a walker is held up by others is booked as `traffic`. Steps are events of the calendar, and there are none while nobody walks.
// Nothing here allocates after motion_create but Chipmunk's contacts, and what zones that close or open change: wide floor, cells.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/sim/twin.h"

#define MOTION_WAY_MAX 80

struct motion;

enum status motion_create(struct twin *t, struct error *e);
void        motion_destroy(struct twin *t);

// True when robot i is carried by this module. All below with an i are for those only.
bool motion_stepped(const struct twin *t, int32_t i);

// It comes into the hall where there is room, near its place; it goes out.
void motion_enter(struct twin *t, int32_t i);
void motion_leave(struct twin *t, int32_t i);

// Walk to where the row says (place, load, slot); robot_arrived is called when it has come to rest there. One that walks turns off from
// where it is.
void motion_walk(struct twin *t, int32_t i);
bool motion_walks(const struct twin *t, int32_t i);
// It stands on a spot of its place already.
bool motion_there(const struct twin *t, int32_t i);
// What it came for is done, and it stays where it is.
void motion_idles(struct twin *t, int32_t i);
// It is held up by others right now.
bool motion_held_up(const struct twin *t, int32_t i);

// Robot i could get a spot of that place now.
bool motion_room(const struct twin *t, int32_t i, int32_t place);

// An impulse (N s, axes of the hall) at `height` above the floor (m, < 0: of the centre of mass), and a twist (N m s, counter-clockwise): its balance answers
// (engine/sim/motion_push.c). Nothing happens to one that lies, or whose model has no body.
void motion_push(struct twin *t, int32_t i, const double impulse[2], double height, double twist);
// It lies on the floor from a push. And: lifted, or by itself, it gets up.
bool motion_lies(const struct twin *t, int32_t i);
void motion_rise(struct twin *t, int32_t i);
// W that it gets up with, 0: it does not get up by itself now.
double motion_rise_power(const struct twin *t, int32_t i);
// m to go over the length of its walk, 0 .. 1.
double motion_left(const struct twin *t, int32_t i);

// One step: the timer's event.
void motion_timer(struct twin *t);
// Nothing of a step runs beside the caller any more: before it does something else.
void motion_settle(struct twin *t);
// Zones were closed or opened: everybody looks for a way anew.
void motion_routes_changed(struct twin *t);

// Where all are, how they move and keep their balance, for the digest of a simulated second.
uint64_t motion_digest(const struct twin *t, uint64_t chain);

void motion_position(const struct twin *t, int32_t i, double at[2], double *heading, double *speed);

// Where it is going, for pictures: the points before it, the part of that way that it keeps others out of, and whom it waits for.
struct motion_way {
  int     points;
  double  point[MOTION_WAY_MAX][2]; // m
  double  kept[2];                  // m    from the end of the way: where that part begins and ends; < 0: none
  int32_t waits;                    //      robot, NONE: nobody
};
void motion_way(const struct twin *t, int32_t i, struct motion_way *out);

// NULL, or what is wrong: somebody inside somebody or something.
const char *motion_validate(const struct twin *t);

// twin_motion.
struct twin_motion motion_counted(const struct twin *t);
