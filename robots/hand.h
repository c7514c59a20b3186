// A hand as a gripper: where it holds, how it closes, how hard, and how gently it must touch.
//
// Geometry and forces come from the tree: fingers are what hangs on the hand, the closing direction lies across their flexing
// axes, the force at a fingertip is its drive's torque over the finger's length, and what curled fingers carry is the
// torque at their roots over the first link. What the tree does not say are the figures of robot.yaml (`hands`, `seeing`).
//
// Touching: a hand of effective mass m that meets something of stiffness k at speed v presses with v sqrt(k m) at most (an elastic
// blow, as in ISO/TS 15066 for people); so it comes near no faster than force / sqrt(k m).
#pragma once

#include "robots/grip.h"
#include "robots/humanoid.h"
#include "robots/sight.h"

#define HAND_FINGERS_MAX 24         // joints of one hand's fingers

// Of robot.yaml. Every default is a guess.
struct hand_figures {
  double opening;                   // m     between thumb and fingers
  double thickness, width;          // m     of a finger: along the closing line, across it
  double patch;                     // m     radius of a fingertip's contact
  double speed;                     // m/s   most, of the hand
  double touch;                     // N     that a touch may press with
  double stiffness;                 // N/m   of fingertip and part
  double accuracy;                  // m     sigma of where the hand comes to, along each axis
  double bandwidth;                 // Hz    of force control at the hand
  double margin;                    // 1     grip force over force needed
  double look;                      // s     from looking to acting: a picture and what is made of it
  struct sight sight;
};

struct hand_figures hand_figures_defaults(void);

struct body_motion;
struct robot_spec;

// One finger: the joints at its root and at its end, and where its root is from the wrist, m, hand's frame.
struct digit { int root, end; struct v3 at; };

struct hand {
  struct grip_hand grip;
  struct v3        tool;            // m    from the wrist to the middle between the fingertips, hand's frame (parallel to the root's at q = 0)
  struct v3        point, close;    // 1    directions of the fingers and of closing, hand's frame
  double           hook;            // N    that the curled fingers carry
  double           tip_mass;        // kg   effective, of a fingertip that closes
  double           tip_speed;       // m/s  most
  int              fingers;         // joints below the hand
  int              finger[HAND_FINGERS_MAX];
  double           closed[HAND_FINGERS_MAX];           // rad  of each when the hand is shut, within its range
  bool             swings[HAND_FINGERS_MAX];           //      turns its finger about itself, which brings it nowhere across
  int              of[HAND_FINGERS_MAX];               //      digit that it belongs to
  int              digits, thumb;
  struct digit     digit[HAND_FINGERS_MAX];
};

// A hand without fingers counts as a gripper of HAND_PLAIN newtons and a tenth of a metre.
// The thumb's root lies nearest to the wrist, a guess.
void hand_find(struct hand *out, const struct humanoid *h, const struct robot_spec *spec, enum side side);

// Where a link of a finger ends: as far beyond its centre of mass as that is from its joint, a guess. b: every body (robot_forward).
struct v3 hand_link_end(const struct robot_model *m, const struct body_motion *b, int body);

// m/s at which something of effective mass `mass` (kg) may touch a part that stands `force_max` N (0: any).
double hand_touch_speed(const struct hand_figures *f, double mass, double force_max);

// s to shut the fingers over `gap` m beside each contact and to press: the tips travel at touching speed, the force rises within
// three time constants of force control.
double hand_close_time(const struct hand *h, const struct hand_figures *f, double gap, double force_max);
// s to open by `gap`.
double hand_open_time(const struct hand *h, const struct hand_figures *f, double gap);
