// A robot on its way: a route becomes footsteps, the footsteps become the motion of the whole body.
//
//   route -> targets: strides, arcs, turns on the spot                     robots/walk_path.h
//   targets -> footsteps from rest to rest                                 robots/transition.h
//   footsteps -> the body that keeps the full dynamics' centre of
//   pressure where it is planned                                           robots/motion.h
//
// A walk is solved once, when it begins, from standing to standing, so that nothing has to be joined: feet, pelvis and
// joints are C2 from the first sample to the last and a foot on the floor does not move. Steps are scaled so that it ends
// on the goal, not beside it. A walk is constant after it is made: robots that go the same way from the same place
// may share it, each with its own clock. walk_cost() gives time and energy of the same footsteps for less, which is what event runs ask.
//
// A robot's place is the floor below its root's origin. World coordinates are the route's; times count from the walk's beginning.
#pragma once

#include "robots/library.h"
#include "robots/motion.h"
#include "robots/walk_path.h"

// What a walk takes.
struct walk_cost {
  double time;                      // s
  double energy;                    // J    at the battery, electronics included
  double distance;                  // m    along the path
  int    steps, jogs;               //      jogs: stretches of jogging
  double jogged;                    // s    that they take beyond the walk around them
};

// Broken limits, counted by sample. 0 everywhere in a good walk.
struct walk_faults {
  int lift, sole, friction, yaw;    // pulls on the floor, pressure outside of the sole, friction cone, moment about the floor's normal
  int torque, speed, joint, reach;  // drives' peak and speed, joint ranges, leg too short
};

// One robot's body at one time, but for its joints.
struct walk_sample {
  struct base_motion base;
  bool               contact[2];    // by enum side
  double             share[2];      // 1    planned share of the load
  struct v3          cop[2];        // m    actual centre of pressure of each foot on the floor
  struct wrench      wrench[2];     // N, N m  of the floor on the foot, about cop
  struct v3          foot[2];       // m    of the ankle
  double             foot_yaw[2];   // rad
  struct v3          planned;       // m    centre of pressure of both together
  double             power;         // W    from the battery
};

struct walk {
  const struct gait_library *library;                                  // borrowed
  struct walk_targets targets;      //      what the plan was made from
  struct step_plan   plan;
  double             clock;         // s    of the plan at time 0: above 0 for a walk that was pushed (robots/walk_push.h), stopped (robots/walk_stop.h) or sent elsewhere (robots/walk_divert.h)
  double             time;          // s    duration
  double             speed, load, floor;                               // m/s, kg, 1  of the route; floor: its friction
  enum load_pose     load_pose;
  struct walk_cost   cost;          // time and energy of the solved body's samples; distance and steps of the whole plan, also where the samples begin within it
  struct walk_faults faults;
  double             zmp_error;     // m    largest distance of the centre of pressure from the plan
  double             zmp_margin;    // m    least distance inside the sole, edges that a foot rolls about left out
  double             friction;      // 1    largest need
  struct v3          end;           // m    place at the end
  double             end_heading;   // rad
  // samples of the body, read by walk_at
  double             tick;          // s    between them
  int                samples, joints, moving_count;
  int               *moving;        //      joints that move                   (moving_count)
  double            *rest;          // rad  all joints at the beginning        (joints)
  double            *q, *qd, *qdd;  //      of those that move                 (samples x moving_count)
  struct walk_sample *sample;       //                                         (samples)
};

// Plan and solve: some 3 ms for a second of walking. STATUS_RANGE with a sentence when the route cannot be walked.
enum status walk_make(struct walk *w, const struct gait_library *l, const struct walk_route *r, struct error *e);
void        walk_finish(struct walk *w);                               // takes an empty one too

// Time, energy, distance and steps of a route; the time is walk_make's. The energy is that of a coarser solution: samples of 20 ms, fewer corrections; of many
// like steps in a row some are solved, and the others take what the stride in their middle takes. It is within 1 % of walk_make's (2 % where little but turning is
// walked; tests), 0.1 % on average, for a quarter of its price. Jogs take what the library's table of them says, within 2 % (a test); STATUS_CONFLICT for one at a
// speed outside of it, or without a table: gait_library_jog.
enum status walk_cost(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e);
// The same, but the energy is what the library's table says of these footsteps, for a sixth of that price: 0.8 % off on average, and up to 15 % where few steps
// and turns are all there is. STATUS_CONFLICT too without gait_library_fit.
enum status walk_estimate(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e);

// Sample at `time` (held to 0 .. w->time; exact on a sample's time, between two by cubic Hermite curves of base and joints). Joint j
// goes to q[j * stride]; qd and qdd likewise: columns of many robots, or stride 1.
void walk_at(const struct walk *w, double time, struct walk_sample *out, double *q, double *qd, double *qdd, int stride);

// What walk_at will read at `time` is asked of memory, which takes as long as many samples.
void walk_ahead(const struct walk *w, double time);

// A robot that stands at `place`, with a load or without: the first and the last sample of its walks.
enum status walk_standing(const struct gait_library *l, struct v3 place, double heading, double load, enum load_pose pose,
                          struct walk_sample *out, double *q, double *qd, double *qdd, int stride, struct error *e);
