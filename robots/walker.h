// A robot on its way: a route becomes footsteps, the footsteps become the motion of the whole body.
//
//   route (points, headings) -> footsteps: start, strides, curves, turns on the spot, stop     robots/transition.h
//   footsteps -> feet, and the pelvis that keeps the full dynamics' centre of pressure where
//   it is planned                                                                             robots/trajectory.h
//
// A walk is solved once, when it begins, from standing to standing, so that nothing has to be joined: feet, pelvis and
// joints are C2 from the first sample to the last and a foot on the floor does not move. Step lengths are chosen so that it ends
// on the goal, not beside it. A walk is constant after it is made: robots that go the same way from the same
// place (same points relative to the start) share it, each with its own clock; walk_cost() gives time and energy of
// the same footsteps without solving the body, which is what the event tables read.
//
// Frame of a walk: world coordinates as given in the route. Times count from the walk's beginning.
#pragma once

#include "robots/library.h"
#include "robots/trajectory.h"

#define WALK_POINTS_MAX 1024

struct walk_route {
  const struct v3 *point;           // m    the first is where the robot stands, the last where it will; z is the floor's height
  int              count;           // at least 1 (turning on the spot), at most WALK_POINTS_MAX
  double           heading_start;   // rad  as it stands
  double           heading_end;     // rad  as it will stand
  bool             heading_free;    // ends as the way ends; heading_end is not read
  double           speed;           // m/s  wished on straight ways, positive
  double           corner_radius;   // m    by which corners may be cut to an arc; 0: turn on the spot
  double           load;            // kg   in both hands
  enum load_pose   load_pose;
  double           friction;        // 1    of the floor
};
struct walk_route walk_route_defaults(const struct v3 *point, int count);

// What a walk takes.
struct walk_cost {
  double time;                      // s
  double energy;                    // J    at the battery, electronics included
  double distance;                  // m    way of the pelvis
  int    steps;
};

// Broken limits of one walk, counted by sample at 200 Hz. 0 everywhere in a good walk.
struct walk_faults {
  int lift, sole, friction, yaw, torque, speed, joint, reach;
};

// One robot's body at one time, but for its joints.
struct walk_sample {
  struct base_motion base;
  bool               contact[2];    // by enum side
  double             share[2];      // 1    planned share of the load
  struct v3          cop[2];        // m    planned centre of pressure of each foot on the floor
  struct wrench      wrench[2];     // of the floor on the foot, about the actual centre of pressure
  struct v3          foot[2];       // m    below the ankle
  double             foot_yaw[2];   // rad
  double             power;         // W    from the battery
};

struct walk {
  const struct gait_library *library;                                  // borrowed
  struct footstep           *step;  // all footsteps, the two it begins on first  (step_count)
  int                        step_count;
  double                     time;  // s    duration
  struct walk_cost           cost;  // from the solved body
  struct walk_faults         faults;
  double                     zmp_error;                                // m   largest distance of the centre of pressure from the plan
  double                     zmp_margin;                               // m   least distance inside the support polygon, edges that a foot rolls about left out
  struct v3                  end;   // m    floor below the pelvis at the end, and
  double                     end_heading;                              // rad
  // samples of the body, read by walk_at
  double                     dt;    // s    between samples, 5 ms
  int                        samples, moving_count;
  int                       *moving;                                   //     joints that move        (moving_count)
  double                    *q, *qd, *qdd;                             //     of those                (samples x moving_count)
  struct walk_sample        *sample;                                   //                             (samples)
};

// Plan and solve. STATUS_RANGE with a sentence when the route cannot be walked (too steep, too short a leg).
enum status walk_make(struct walk *w, const struct gait_library *l, const struct walk_route *r, struct error *e);
void        walk_finish(struct walk *w);                               // takes an empty one too

// The robot stops as soon as it can without falling: at `time` of walk w it finishes the step it is in, makes those that the
// capture point asks for, and stands. *out is a walk whose time 0 is `time` of w; its first sample is w's at that time.
enum status walk_halt(struct walk *out, const struct walk *w, double time, struct error *e);

// Sample at `time` (held to 0 .. w->time; exact on a sample's time, between two by cubic Hermite curves). Joint j goes to
// q[j * stride]; qd and qdd likewise: columns of many robots, or stride 1.
void walk_at(const struct walk *w, double time, struct walk_sample *out, double *q, double *qd, double *qdd, int stride);

// The same for a robot that stands with its pelvis above `place` (on the floor).
void walk_standing(const struct gait_library *l, struct v3 place, double heading, struct walk_sample *out, double *q, double *qd, double *qdd, int stride);

// Time, energy, distance and steps of a route from the library's clips, without solving it: a few microseconds.
enum status walk_cost(struct walk_cost *c, const struct gait_library *l, const struct walk_route *r, struct error *e);
