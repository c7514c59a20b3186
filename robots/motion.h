// A plan of steps as the motion of the whole body, from rest to rest.
//
// Between the marks of the plan height, heading, arms and bounce run along quintic curves (C2); the pelvis then goes where the
// full body's centre of pressure is the planned one (robots/trajectory.h). That problem is held at both ends in place only. So
// that it is also at rest there, the planned centre of pressure makes a detour of a sixth-order bump in the first and the
// last time on both feet: by A, with A w^2 int e^(-wt) bump dt the speed that is to go away. What is left after
// the passes (below a millimetre a second) is taken off by a quintic.
#pragma once

#include "robots/quintic.h"
#include "robots/transition.h"

#define MOTION_TICK 0.005           // s    usual
#define MOTION_LOST 0.03            // m    of error in the centre of pressure above which the legs cannot follow the plan

// The motion that is left: samples from the join on, at the same ticks. Its roots, and the joints that moved.
struct motion_past {
  double                     until; // s    the steps up to there have the same times. Infinite: all, and the new motion departs by little, so it is solved from this one
  const struct frame_motion *pelvis;                                   // (samples)
  int                        samples, moving_count;
  const int                 *moving;                                   // (moving_count)
  const double              *q, *qd, *qdd;                             // (samples x moving_count)
};

// A plan's clock that is hurried, or held back: at `from` it is the time, from `to` on it is `by` ahead. In between it runs on a quintic, so that feet and body do what
// they were to do, C2, and sooner.
struct motion_hurry { double from, to, by; };                          // s
struct jet motion_clock(const struct motion_hurry *h, double time);    // s, 1, 1/s
double     motion_when(const struct motion_hurry *h, double clock);    // s    that the clock says so
void       motion_retime(struct step_plan *p, const struct motion_hurry *h);   // the plan by the times at which it is done

// A body on its way whose velocity along the floor has just jumped: the plan's steps up to `time` are those that it has made.
struct motion_join {
  double              time;         // s    on the plan's clock, a whole tick
  struct frame_motion pelvis;       //      then, the jump in it
  const double       *q, *qd, *qdd; //      joints then, read once
  const struct motion_past *past;   //      of a plan that jogs; NULL: it begins in a walk
  const struct motion_hurry *hurry; //      NULL: by the plan's times
};

struct motion_wish {
  const struct humanoid    *humanoid;
  const struct robot_model *model;  // with its load
  const struct posture     *posture;
  const struct stand       *stand;
  const struct step_plan   *plan;
  int                       passes; // 2 or more; the error of the centre of pressure falls to a tenth in each
  bool                      rough;  //      no more than these, also where a start or a stop would take some more
  double                    tick;   // s    between samples
  struct split             *split;  // threads that share them; NULL: none
  const struct motion_join *join;   //      NULL: from rest
  const struct posture     *jogging;                                   // arms and trunk while the plan jogs; NULL where it does not
};

struct motion_result {
  double zmp_error;                 // m    largest distance of the centre of pressure from the plan
  double detour[2];                 // m    largest of the bumps at the start and the end
  double rest_speed;                // m/s  that the quintics took off
  double residual;                  // N + N m  of the base wrench that the feet do not explain
  double speed[2];                  // m/s  that the solved path has at the join, along x and y, before the quintics
};

// With a join the samples begin there: pelvis and arms run from the given state onto the solved path by quintics, C2 but for the jump, in JOIN_TIME; the pelvis' height
// sooner. Of a plan that jogs the pelvis does so by the next lift-off, or, where it flies, in the stance after it (robots/run.c).
#define JOIN_TIME 0.60              // s

// Fill *t (made here, the caller finishes it), contacts included. Samples lie at whole ticks; the last is at or after the plan's end.
enum status motion_solve(struct trajectory *t, struct motion_result *r, const struct motion_wish *wish, struct error *e);

// How long the motion of a plan lasts, s: its time, rounded up to a sample.
double motion_time(const struct step_plan *p, double tick);
