// The linear inverted pendulum: one axis of a body whose mass moves at constant height over a point foot.
//
//   x'' = w^2 (x - p),  w = sqrt(g / z)                 Kajita & Tani, ICRA 1991
//   xi  = x + v / w     divergent component of motion   Takenaka, Matsumoto & Yoshiike, IROS 2009
//                       = instantaneous capture point   Pratt, Carff, Drakunov & Goswami, Humanoids 2006
//   xi' = w (xi - p),  x' = w (xi - x)                  xi runs away from the foot, x follows xi
//
// All in closed form, exact for any length of time. Both axes of a walk obey the same law, so a caller with a
// plane calls twice. Nothing here allocates or keeps state.
#pragma once

#include <stdbool.h>

// Centre of mass on one axis.
struct pendulum { double x, v; };   // m, m/s

// w for a mass at `height` (m, positive) above the foot; 1/s.
double pendulum_rate(double height);

// State after t seconds (any sign) over the foot at p.
struct pendulum pendulum_after(struct pendulum s, double p, double w, double t);

// Divergent component of motion: the point on which a foot brings the mass to rest above it.
double pendulum_dcm(struct pendulum s, double w);

// xi after t seconds over the foot at p. At touch-down this is where a capture step has to land.
double pendulum_dcm_after(double xi, double p, double w, double t);

// Orbital energy (v^2 - w^2 (x - p)^2) / 2 in J/kg, constant over a foot. Positive: the mass passes over the foot or came
// from there; negative: it turns back before (Kajita & Tani, eq. 7).
double pendulum_energy(struct pendulum s, double p, double w);

// Time until the mass stands above the foot; negative when it was there before. false: it never does.
bool pendulum_apex(struct pendulum s, double p, double w, double *t);

// One step of a plan: the foot's place and how long it carries are given, the rest comes out.
struct pendulum_step {
  double          p, time;          // m, s    time above 0
  double          dcm_start, dcm_end;          // m
  struct pendulum start, mid, end;  //         centre of mass when the foot takes over, half way, and when it gives over
};

// The plan that ends on `dcm_last`, backwards in xi and forwards in x (Englsberger, Ott & Albu-Schaeffer, IEEE T-RO 31,
// 2015, eqs. 9-10):
//   xi_start = p + (xi_end - p) e^(-w T),   xi_end of a step = xi_start of the next
// Ending on the last foot, dcm_last = p of the last step, brings the body to rest there. The start's x is free; the speed
// with which the plan begins is what it asks for: v = w (xi_start - x).
void pendulum_plan(struct pendulum_step *step, int count, double w, double start_x, double dcm_last);

// As pendulum_plan, but the body starts with the state it has: xi is then not the plan's, and the difference grows
// by e^(w T) a step unless somebody steps elsewhere.
void pendulum_follow(struct pendulum_step *step, int count, double w, struct pendulum start);

// A walk that repeats itself: steps of `length` and `time`, feet `width` apart; x ahead is measured from the stance foot.
struct pendulum_walk {
  double dcm_start, dcm_end;        // m    xi ahead of the stance foot at the start and the end of its step
  double start_x, start_v;          // m, m/s  centre of mass at the start, symmetric about the foot
  double least_v;                   // m/s  above the foot
  double dcm_side;                  // m    xi inward of the stance foot at the start
  double start_side_v;              // m/s  towards the stance foot, from the middle line
  double reach_side;                // m    from the middle line towards the stance foot, half way
};
struct pendulum_walk pendulum_walk(double length, double time, double width, double w);
