// What a pair of hands takes for one go of a step, from predetermined times: MTM-1 (robots/mtm.h) times the robot's pace.
//
//   pick     reach, grasp                        place    move, position, release
//   insert   move, position by the clearance, apply pressure; a try succeeds when the hand comes within what compliance takes in
//   fasten   reach, grasp, move and position a screw, drive it, release      press  reach, apply pressure, release
//   handover pick, move to the other one, whose hand closes on it, release                        carry    pick and place
//   inspect  eye focuses and travels over the faces   scan  as pick, one look, place   open, close  reach, grasp, move, release
//
// Success of an insertion: an error of the hand of sigma along both axes across the hole is Rayleigh distributed; within half the
// clearance and the chamfer the part finds its way, so P = 1 - exp(-r^2 / (2 sigma^2)). Everything else never fails here.
#pragma once

#include "robots/tables.h"

enum hand_do { HAND_PICK, HAND_PLACE, HAND_INSERT, HAND_FASTEN, HAND_PRESS, HAND_INSPECT, HAND_SCAN, HAND_OPEN, HAND_CLOSE, HAND_HANDOVER, HAND_CARRY };

struct hand_step {
  enum hand_do what;
  double mass;                      // kg
  double clearance;                 // m    < 0: loose
  double force;                     // N    < 0: none asked for
  double tolerance;                 // m    < 0: loose
  double height;                    // m    of the working surface
};

struct hand_answer {
  double time;                      // s
  double power;                     // W    0: as the tables say of work
  double fails;                     // share of tries
};

struct hand_answer hand_step(const struct robot_tables *t, const struct hand_step *s);
