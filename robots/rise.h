// Getting up from the floor, face down: a row of contact phases, each solved with the whole body.
//
//   push up      hands, knees and balls of the feet carry           the trunk comes off the floor, to all fours
//   bear         hands and balls                                    knees leave the floor, heels come down to it
//   walk back    flat feet and one hand, then the other one         hands come towards the feet until the centre of mass is above the soles
//   unfold       flat feet                                          to the crouch of robots/recover.h
//
// Contact states that are gone through one by one are those of Kanehiro et al. (ICRA 2003: HRP-2P lies down and gets up; IROS 2007: getting up with motion
// planning) and Fujiwara et al. (IROS 2003); statically stable throughout, where Kuniyoshi et al. (2004) roll and rise by momentum. Between two
// poses joints go straight, and the body gives way from that as little as keeps the contacts where they are: at every sample the quadratic program with the contacts
// as equations. Times: minimum jerk, as long as drives' speed and torque ask.
//
// The floor's wrench is what inverse dynamics leaves at the root. Each point that touches bears a normal force affine in its place, the least in the square, none below
// 0, and of the rest its share; torques follow from it. Where no such forces are, the phase is not supported. So every point pushes along the floor by the same share of
// what it bears; a moment about the vertical is borne by friction at their mean distance from the centre of pressure. Squeezing between hands and feet, which a body may do, is not looked
// at, nor whether limbs touch each other.
// Plain functions; one allocation, owned by the plan.
#pragma once

#include "robots/library.h"

#define RISE_PHASES  24
#define RISE_SAMPLES 33             // of a phase
#define RISE_POINTS  10             // that may touch

// What touches, bits.
enum rise_contact { RISE_HAND = 1, RISE_KNEE = 4, RISE_BALL = 16, RISE_HEEL = 64 };       // times 1: left, 2: right

struct rise_phase {
  const char *name;
  int    contacts;                  //      throughout
  double time;                      // s
  double torque, speed;             // 1    largest share of a drive's peak torque, and of its speed
  int    joint;                     //      of the torque
  double margin;                    // 1    least share of the weight that the floor must give to the point that has least; < 0: not supported
  double moved;                     // m    farthest that a contact goes from its place
  double friction;                  // 1    most that the floor must have: along it by what presses, and turning by that at its mean distance
  double energy;                    // J    at the battery, electronics included
};

struct rise {
  const struct humanoid *humanoid;  // borrowed
  int    phases, columns;
  struct rise_phase phase[RISE_PHASES];
  double time, energy;              // s, J
  double *sample;                   //      place, orientation (w x y z), joints         (phases x RISE_SAMPLES x columns)
};

// crouch (2), crouched (joints): as in struct recover_make, the end. Frame: the floor below the root as it will stand, looking along x. STATUS_RANGE with a sentence
// names the phase and what it lacks (a pose, support, a drive): then the robot does not get up by itself. STATUS_MEMORY.
enum status rise_make(struct rise *r, const struct gait_library *l, const struct stand *stand, const double crouch[2], const double *crouched, struct error *e);
void        rise_finish(struct rise *r);

// Pose at time t (held to 0 .. time) with rates and accelerations, joint j at q[j].
void rise_at(const struct rise *r, double t, struct base_motion *base, double *q, double *qd, double *qdd);

// The phase at that time.
const struct rise_phase *rise_phase_at(const struct rise *r, double t);

// A point that touches: its body, its place in it, and where it touches in a pose (world).
struct rise_point { int body; struct v3 local; enum rise_contact bit; };
int rise_points(const struct humanoid *h, struct rise_point point[RISE_POINTS]);
