// From one stand to another: footsteps for starting, striding, turning, side-stepping, stepping back or onto a stair, stopping.
//
// A plan is a row of targets: where the body shall be, and how it is turned, while it stands on each next foot. Feet
// alternate; the last target brings the feet together again. Swings, double supports, heel strike and toe-off of each
// step follow from its own length by the rules of steady walking (robots/walk.h), so that a long row of like steps is that
// walk, and a row of none is standing.
//
//     t = 0           lift         land lift        land              time
//      |-- both feet --|-- swing 1 --|both|-- swing 2 --| ...  |-- both --|
//        load goes over                                         comes to rest
//
// The body is at rest at both ends: that asks for a centre of pressure that first moves away from where the body shall go
// (as a person's does before the first step) and passes it at the end; robots/motion.h finds by how much.
#pragma once

#include "robots/jog_steps.h"
#include "robots/stand.h"
#include "robots/walk.h"

struct step_target {
  struct v3 place;                  // m    of the body, on the floor
  double    yaw;                    // rad
  double    slope;                  // rad  of the floor along yaw
  double    foot;                   // rad  of the foot against the body, counter-clockwise: it opens or closes in a turn
  double    run;                    // m/s  at which the body passes over the foot in a jog; 0: it walks
};

// Where the body is half way through the time on one foot, and how it is turned half way through the time on both before.
struct step_mark {
  double    time, turn_time;        // s
  struct v3 place;                  // m
  double    yaw;                    // rad
  double    stride;                 // 1    how much of a walk this is: 0 standing and shuffling, 1 a full stride
  double    bounce, swing;          // m, rad  amplitudes of height and arms
  double    run;                    // 1    jogging, 0 walking
};

struct step_plan {
  struct footstep  *step;           // the two it begins on, then one a target  (count)
  int               count;
  struct step_mark *mark;           // the start and one each target, the last at the end  (marks)
  int               marks;
  struct footsteps  footsteps;      // the same steps, as robots/footsteps.h takes them
  double            ready[2];       // s    both feet on the floor at the start, and at the end
  double            time;           // s    of the whole
  double            hurried;        // s    until then feet move by a hurried clock (robots/motion.h), not by these times; 0: they do not
  struct jog_pace   pace;           //      of its jogging steps; speed 0: there are none
};

// Steps over `count` targets, at least 1, from standing at `from`; `first` lifts first. wish: speed (of a full step), load, pose and foot style are
// read. pace: of targets with `run`, NULL without any: a row of these stands between walking steps as long as wish->speed says.
// ready: s, of the start; 0: as long as the first steps ask.
// The plan owns its memory. STATUS_MEMORY.
enum status step_plan_make(struct step_plan *p, const struct humanoid *h, const struct stand *stand, const struct gait_wish *wish,
                           struct step_target from, enum side first, const struct step_target *target, int count, const struct jog_pace *pace, double ready, struct error *e);
void step_plan_finish(struct step_plan *p);

// Longest step at a speed, how long a step of some length takes (s), and for how long of that one foot carries alone at full speed.
double step_length_at(const struct humanoid *h, const struct gait_wish *wish, double speed);
double step_period_of(const struct humanoid *h, const struct gait_wish *wish, double length);
double step_single(const struct humanoid *h, const struct gait_wish *wish);

// Targets of the usual transitions, standing at `from`; capacity is that of target. Return how many, or -1: more than capacity.
int transition_side(struct step_target from, double distance, double step_max, struct step_target *target, int capacity);    // left is positive
int transition_straight(struct step_target from, double distance, double step_max, struct step_target *target, int capacity); // back is negative
int transition_stair(struct step_target from, double ahead, double rise, struct step_target *target, int capacity);          // up or down one stair
enum side transition_first(struct step_target from, struct step_target first);                    // the foot that should lift first
