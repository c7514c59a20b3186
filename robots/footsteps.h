// Where and when the feet stand: the plan from which foot, centre-of-pressure and pelvis trajectories are made.
//
// One foot's time on the floor, seen from the side (heel-to-toe; a flat foot has strike = toe_off = 0):
//
//     land        flat                     heel_off       lift
//      |-- roll --|------- sole flat --------|---- roll ----|------ swing to the next footstep ------
//       about heel                             about ball
//
// Between landing of one foot and lifting of the other both carry: the share goes over by a quintic. Where both
// stand longer than twice `shift` the load comes to rest evenly between the feet first (starting, stopping, standing).
#pragma once

#include "robots/leg.h"

struct footstep {
  enum side side;
  struct v3 position;               // m    world, on the floor below the ankle of the flat foot
  double    yaw;                    // rad  heading of the sole
  double    slope;                  // rad  of the floor along the heading, up is positive
  double    land, lift;             // s    touch-down and lift-off; -infinity, infinity: there from the start, to the end
  double    flat, heel_off;         // s    the sole is flat on the floor from .. to
  double    strike, strike_rate;    // rad, rad/s  toe up at touch-down, and how fast it comes down; negative: on the ball, heel up
  double    toe_off, toe_off_rate;  // rad, rad/s  heel up at lift-off
  double    cop_start, cop_end;     // m    centre of pressure along the sole from the ankle: when the load is on, before it goes
  double    cop_inward;             // m    towards the other foot
  double    clearance;              // m    of the sole above the floor in the swing that ends at this footstep
  double    aside;                  // m    outwards (left for a left foot) in the middle of that swing, past the other foot
  double    moved_at, moved[2];     // s, m  the foot was in the air when this footstep was moved here, by so much: from then on its swing goes over
  double    droop;                  // rad  nose down in the middle of that swing, beside what lift-off and touch-down ask for
};

struct footsteps {
  const struct footstep *step;      // borrowed; each side's in order of time, no two of one side overlapping
  int                    count;
  double                 shift;     // s    to move the load from even to one foot
};

// One foot at one time. Where no footstep covers the time the nearest one in time stands.
struct foot_sample {
  struct frame_motion frame;        // of F (robots/leg.h)
  struct v3           cop;          // m    planned centre of pressure while on the floor
  double              sole_x, sole_y;                                  // m    the same from the ankle, ahead and left along the sole
  struct v3           normal;       //      of the floor
  double              share;        // 1    of the load; 0 in the air, both 0 in flight
  bool                contact;
  struct wrench       wrench;       // N, N m  of the floor on the foot about cop_actual (filled by trajectory_contacts)
  struct v3           cop_actual;   // m       (filled by trajectory_contacts)
};

// How far aside a swing must go so that the soles keep SOLES_GAP from each other, where it can, seen from above; `stance` stands meanwhile.
double footsteps_aside(const struct humanoid *h, const struct footstep *from, const struct footstep *stance, const struct footstep *to);

// Do the soles keep half of SOLES_GAP with such a swing, from lift-off to touch-down?
bool footsteps_clear(const struct humanoid *h, const struct footstep *from, const struct footstep *stance, const struct footstep *to);
// The same of the swings to steps first .. last, as many as there are; first is 2 or more.
bool footsteps_all_clear(const struct humanoid *h, const struct footsteps *f, int first, int last);

// Both feet at n times start + k dt. Swings are quintic Hermite curves whose ends have the position, velocity and
// acceleration of the rolling foot, raised by c 64 s^3 (1-s)^3 so that heel, ball and toe keep clear; s is the share of the swing.
void footsteps_sample(const struct humanoid *h, const struct footsteps *steps, int n, double start, double dt,
                      struct foot_sample *left, struct foot_sample *right);

// 0 .. 1 with no first and second derivative at the ends, s^3 (10 - 15 s + 6 s^2); constant outside.
double smooth_step(double s);
