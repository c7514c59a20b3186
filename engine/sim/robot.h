// Robots and people at work, and the acts that all their jobs are made of. What follows an act: carry.h, post.h, power.h.
//
// The door of the house: begin(robot, primitive) ... done(robot, outcome). Here, at `event`
// fidelity, begin looks the length of the primitive up in the robot's tables and puts done into the
// calendar at once; a follower that steps a body will post the same done when it gets there.
// Stations, jobs and the scheduler see only begin and done.
#pragma once

#include "engine/sim/state.h"

// A job's work is made of these.
enum primitive { DO_WALK, DO_PICK, DO_PLACE, DO_WAIT, DO_FALL, DO_CHARGE };

// Begin a primitive as part of act; its length comes from the tables. Open-ended waits (DO_WAIT) have
// length 0 and no done of their own.
void robot_begin(struct twin *t, int32_t r, enum robot_act act, enum primitive what, ns_t length);
// The same for all robots of job j, whose first one's timer speaks for all.
void robots_begin(struct twin *t, uint32_t j, enum robot_act act, enum primitive what, ns_t length);
// A wait with that cause; it ends by itself at that time, NS_NEVER: it does not.
void robot_wait(struct twin *t, int32_t r, enum robot_act act, enum robot_cause cause, ns_t until);
// It is in an act that the robots of its job do together; the one whose timer speaks for it; the timer of an act.
bool     robot_together(const struct robot *b);
int32_t  robot_leader(const struct twin *t, int32_t r);
uint32_t robot_timer(const struct twin *t, int32_t r);
// It has come to a place where all spots are taken: it waits; and then walks the last steps, for so long (engine/sim/bays.h).
void robot_waits_in_line(struct twin *t, int32_t i);
void robot_walks_up(struct twin *t, int32_t i, ns_t length);
// A body has come to rest at the end of its walk.
void robot_arrived(struct twin *t, int32_t r);
// DO_WALK to a place, with what the robot carries.
void robot_walk(struct twin *t, int32_t r, int32_t place, enum robot_act act);
// Stop the act at hand where it is, and go on with it: the end of a shift and its beginning.
void robot_pause(struct twin *t, int32_t r);
void robot_go_on(struct twin *t, int32_t r);
// It goes from the job it has not begun to carry, which is given to others: another one is asked.
void robot_drop_job(struct twin *t, int32_t r);
// It has nothing to do and goes on with the walk at hand, which was stopped.
void robot_stroll_on(struct twin *t, int32_t r);
// Out of the columns of the idle.
void robot_idle_remove(struct twin *t, int32_t r);
// Out of the hall.
void robot_gone(struct twin *t, int32_t r);
// Its done: the timer of an act.
void robot_done_timer(struct twin *t, int32_t r);
// Charge has fallen to where something must be done.
void robot_battery_timer(struct twin *t, int32_t r);

// Take the job on. And: the job is over for this robot; what next?
void robot_assign(struct twin *t, int32_t r, uint32_t j);
void robot_done(struct twin *t, int32_t r);
// It stands where it is and may be given jobs.
void robot_stand_idle(struct twin *t, int32_t r);

void robot_book(struct twin *t, int32_t r, enum robot_cause cause);

// After the dispatch of an instant: who is still idle goes to charge or home.
void robots_settle(struct twin *t);
// Let it look around then.
void robot_fresh(struct twin *t, int32_t r);

// Where a job begins, as a place of the routes; seconds for each idle robot to get there, < 0: never.
int32_t robots_job_place(struct twin *t, uint32_t j);
void    robots_walk_times(void *twin, int place, double *seconds);

// Its own spot where many stand at one place: in the dock it waits in, before the charger. `at` is the place, then the spot.
void robot_spot(const struct twin *t, int32_t r, double at[2]);
// Which way it looks when it stands there: towards the station of its job, out of the dock. Left as it is when nothing says.
void robot_faces(const struct twin *t, int32_t r, const double at[2], double *heading);

// Charge now.
double robot_charge(const struct twin *t, int32_t r);

// A body that falls loses what its hands did: a part is laid down, its job goes back to the list. What it was on the way to it keeps.
void robot_falls(struct twin *t, int32_t r);
// It lies unhurt until somebody has lifted it, where there are people who do; else it gets up by itself. length: of the help.
void robot_lies(struct twin *t, int32_t r, ns_t length);
// It stands again.
void robot_up(struct twin *t, int32_t r);

// Stopped by order, in that category; on again. `robot_idle_add`: it may be given jobs.
void robot_stop(struct twin *t, int32_t r, enum stop category);
void robot_restart(struct twin *t, int32_t r);
void robot_idle_add(struct twin *t, int32_t r);
// Books the cause of what it does.
void robot_cause(struct twin *t, int32_t r);
