// Trunk and arms against the legs: the turning moment that the floor need not hold.
#pragma once

#include "robots/posture.h"
#include "robots/quintic.h"
#include "robots/trajectory.h"

#define JOG_TWIST      2.0           // guesses: for jogging, and how far each shoulder turns for the waist's angle
#define JOG_TWIST_ARMS 1.0
#define WALK_TWIST 4.0               // a guess: at 1.4 m/s the trunk then turns by 0.16 rad to either side, about as a person's

// Joints that turn the upper body against the legs, together: each goes by its share of one angle.
struct twist {
  int    count, joint[3];           // 0: none
  double share[3];                  // 1    of the angle, with the sign that turns what the joint carries counter-clockwise
  double rate;                      // 1    r below, in sqrt(g / leg)
  // beside walking: how much of a jog each sample is                                           (n), NULL: all of it is as above
  const struct jet *run;
  double run_rate;                  // 1    r of a jog
  int    arms;                      //      the first of the joints that take part only in a jog
};

// The waist, and with it both arms' swing (against each other) by `arms` of its angle; nothing without a waist that turns, no arms without arms.
struct twist twist_of(const struct posture *p, double arms, double rate);

// Turn joints against the legs, so that the floor has to hold less against turning. With M the moment about the floor's normal that the
// last trajectory_dynamics shows and I what the joints give of it for each rad/s2, their angle gets d more, where
// d'' = r^2 Fz / (m g) d - M / I:
// of a swing of w rad/s in M about the share w^2 / (w^2 + r^2) goes, without delay, and what is left grows and goes with the load on the floor that has
// to hold it; in flight, where M is 0, d goes on straight (the angular momentum of legs and trunk about the
// vertical, as people cancel it with trunk and arms: Herr & Popovic, J. Exp. Biol. 2008; Collins, Adamczyk & Kuo, Proc. R. Soc. B
// 2009). taper: s, at each end where that grows from nothing; 0 for a stride.
void twist_solve(struct trajectory *t, const struct twist *w, const double taper[2]);
