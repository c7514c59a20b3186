// A hand that goes along with a belt while it closes.
//
// Over the planned move that comes down, closes and lifts, as if the part stood, the arm's joints are moved along the belt by u(t): up to the belt's speed before a
// touch may come (where the guarded part of the move down begins), with that speed until the part is held, and back to rest while it is lifted. Speed rises and falls by 3 x^2 - 2 x^3. u is 0 when the hand
// arrives; near there joints and u go in proportion (side), so the hand is off the belt's line by the square of u only.
// A hand that missed goes with the belt still: it opens and goes up as it closed and came down, time reversed and stretched, and u goes from the belt's speed to
// rest where it began by a polynomial of fifth degree (robots/quintic.h).
#pragma once

#include "robots/bus.h"
#include "robots/move_law.h"
#include "robots/reach.h"

struct follow {
  double speed;                     // m/s  along y; 0: nothing moves along
  double run, level, stop;          // s    speeding up; at the belt's speed, closing in; slowing down
  double back;                      // s    from having closed on nothing back to where it began
  double touch;                     // s    from the start of speeding up until the hand has come down
  double side[ROBOT_JOINTS_MAX];    // rad/m
};

// m, m/s, m/s2 at t seconds after it begins to speed up; at rest before and after.
void follow_at(const struct follow *f, double t, double *u, double *rate, double *second);
// The same at t seconds after it has closed on nothing; at rest where it began from `back` on.
void follow_back_at(const struct follow *f, double t, double *u, double *rate, double *second);

// One of its phases: the planned move between two poses (rest: from is to) by a law, or staying; it begins `begin` seconds after the speeding up does. `back` is all
// the way back: of the move down, reversed, and of closing.
struct follow_phase {
  const struct reach_pose *from, *to;         // without u
  const struct move_law   *law;
  double                   begin, time;       // s
  double                   load[2], foot[2];  // kg, m
  double                   friction;          // 1    of the floor
  bool                     back;
};

// What it asks of the body, of its samples the worst.
struct follow_strain {
  double torque, speed;             // 1    shares of a drive's peak torque and greatest speed
  int    torque_joint, speed_joint; //      -1: none
  double margin;                    // m    of the centre of pressure inside the soles
  double slide;                     // 1    share of the floor's friction
  double beyond;                    // rad  that a joint is beyond its range
  double energy;                    // J    from the battery
  double hand;                      // m/s  of the hand: along the belt and on its way at once, most
};
// `distance`: m of the hand's way from `from` to `to`. hot (joint_count; may be NULL): J of copper loss and J of other heat added for each joint.
struct follow_strain follow_check(const struct reacher *r, const struct follow *f, const struct follow_phase *p, double distance, double (*hot)[2]);
