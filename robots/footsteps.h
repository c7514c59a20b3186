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

#include "robots/humanoid.h"

struct footstep {
  enum side side;
  struct v3 position;               // m    world, on the floor below the ankle of the flat foot
  double    yaw;                    // rad  heading of the sole
  double    slope;                  // rad  of the floor along the heading, up is positive
  double    land, lift;             // s    touch-down and lift-off; -infinity, infinity: there from the start, to the end
  double    flat, heel_off;         // s    the sole is flat on the floor from .. to
  double    strike;                 // rad  toe up at touch-down
  double    toe_off, toe_off_rate;  // rad, rad/s  heel up at lift-off
  double    cop_start, cop_end;     // m    centre of pressure along the sole from the ankle: when the load is on, before it goes
  double    cop_inward;             // m    towards the other foot
  double    clearance;              // m    of the sole above the floor in the swing that ends at this footstep
};

struct footsteps {
  const struct footstep *step;      // borrowed; each side's in order of time, no two of one side overlapping
  int                    count;
  double                 shift;     // s    to move the load from even to one foot
};
