// One door for impulses: what a robot does about a push, a bump, a blow. Closed form, no state: for tables and for traffic in the plane.
//
// A horizontal impulse J at the height h gives the angular momentum J h about the floor, whose answer has no moment there, so the capture point jumps by
// J h / (m z w) (robots/balance.h). Then, standing: ankles while it stays in the soles, else the fewest steps whose region it lies in, else a fall.
// Walking: until the foot in the air lands the jump d grows to d e^(w t), less what the pressure can still be moved in the sole that stands; the
// footstep goes along by as much, and the walk goes on in its rhythm beside its line, when that is within the leg's reach (step adjustment: Khadiv,
// Herzog, Moosavian & Righetti, Humanoids 2016; Englsberger, Ott & Albu-Schaeffer, T-RO 2015). Beyond it stops by capture steps, or falls.
//
// A twist L about the vertical, faster than the soles can answer, turns the whole body on its soles; dry friction of torque M = mu m g r stops it after
// L^2 / (2 I M), with r the mean distance of the soles' points from their middle.
//
// The same impulse on a body whose joints move goes through recover_push, recover_twist (robots/recover.h) and body_push (engine/sim/upset.h).
#pragma once

#include "robots/balance.h"

struct impulse {
  double along[2];                  // N s    ahead of the robot, to its left
  double height;                    // m      above the floor; 0: at the centre of mass
  double twist;                     // N m s  about the vertical through the centre of mass, counter-clockwise
};

// Where a robot is in its walk.
struct impulse_walk {
  double speed;                     // m/s    ahead
  double period;                    // s      of a step
  double left;                      // s      until the foot in the air lands
  enum side stance;
};

enum impulse_strategy { IMPULSE_ANKLES, IMPULSE_WALKS_ON, IMPULSE_STEPS, IMPULSE_FALLS };

struct impulse_answer {
  enum impulse_strategy strategy;
  int    steps;                     // capture steps; walking on: 1, the adjusted one
  double jump[2];                   // m      of the capture point
  double shift[2];                  // m      of the next footstep, walking on
  double most;                      // N s    the largest impulse that way, at that height, that it does not fall by
  double time;                      // s      until it stands at rest, or lies; walking on: until the adjusted step has landed
  double turn;                      // rad    turned on its soles
};

const char *impulse_strategy_text(enum impulse_strategy s);

struct impulse_answer impulse_standing(const struct balance_params *p, const struct impulse *j, double friction);
struct impulse_answer impulse_walking(const struct balance_params *p, const struct impulse *j, const struct impulse_walk *w, double friction);

// What two bodies that meet at `closing` m/s exchange, N s: masses a and b, restitution e of the contact; INFINITY is a wall.
double impulse_of_bump(double a, double b, double closing, double e);

// rad  that a twist turns a robot on `feet` (1 or 2) soles; infinite where nothing stops it.
double impulse_turn(const struct balance_params *p, double twist, double friction, int feet);
// N m  that friction holds against turning, per newton of load and unit of friction: r, m.
double impulse_sole_radius(const struct balance_params *p, int feet);
