// Reaching: joint angles of the whole body that bring a hand, or both, to a place, with the feet where they stand.
//
// The hand's chain begins at the pelvis: waist and arm together are redundant. They take damped least squares steps (Wampler 1986;
// Nakamura & Hanafusa 1986) on a weighted task: the place between the fingertips, the closing direction, softly the direction of the
// fingers; and the joints are drawn to a pose of rest. Legs and trunk come in levels, from upright over leaning to a deep squat: the first level
// that gets there is taken. At each level the pelvis is moved until the centre of mass, load included, is above the middle of the
// soles. Both hands: the waist stays straight and each arm goes by itself. What lies on the floor is reached in a squat on flat feet, thighs level and the trunk as far over as
// the waist bends; the pelvis stays level and both feet stand side by side: nobody kneels.
//
// Frame: the floor below the root's origin of a robot that stands with free arms and looks along x. Fixed numbers of steps, nothing is random,
// nothing allocates.
#pragma once

#include "robots/arm.h"
#include "robots/hand.h"
#include "robots/leg.h"
#include "robots/lump.h"
#include "robots/reach_step.h"
#include "robots/spec.h"
#include "robots/stand.h"

#define REACH_LEVELS 11
#define REACH_USUAL  9              // levels for what lies higher; the deeper ones are tried where none of these gets there ...
#define REACH_LOW    0.5            // m    ... below that height: of 1,500 picks at 0 to 0.6 m the highest that they helped lay at 0.37
#define REACH_LOOKS  512            // errors over which outcomes are counted
#define REACH_FOREARM 0.1           // m    from the wrist at least to where the forearm begins; a guess
#define REACH_MISS   1e-3           // m    up to which a hand is there
#define REACH_TURN   0.1            // rad  of the closing direction, likewise

struct reacher {
  const struct humanoid   *humanoid;                                   // borrowed
  const struct robot_spec *spec;                                       // borrowed
  struct leg    leg[2];
  struct chain  chain[2];           //      pelvis to wrist: the waist's joints, then the arm's
  int           waist;              //      how many are the waist's
  int           lean;               //      place in the chain of the joint that leans the trunk, -1: none
  double        lean_sign;          // 1    its rate that leans forward
  struct hand   hand[2];
  struct step_limb limb[2];         //      the chains as robots/reach_step.h takes them
  struct stand  standing;           //      arms free, no load
  double        ready[ROBOT_JOINTS_MAX];       // rad  hands before the body, elbows bent: where arms come from and are drawn to
  double        wide[ROBOT_JOINTS_MAX];        // rad  the same hands with the elbows out to the sides, which keeps forearms off the knees
  int           eye_body;           //      highest body that is no arm's
  double        shoulder;           // m    height above the floor, standing
  int           levels;
  struct { double drop, lean; } level[REACH_LEVELS];   // m of the pelvis, rad of the trunk
  double        look[REACH_LOOKS][5];          // 1    normal errors on a lattice of low discrepancy (Roberts 2018; R4), and -0.5 or 0.5; those whose largest is least first
  double        look_most[REACH_LOOKS];        // 1    the largest of each, either way
  struct lump   lump;               //      the body with its fingers as they are while it stands
  struct leg    lump_leg[2];        //      the legs among the lump's joints
  enum lane_width lanes;            //      how many samples or joints go at once; results do not depend on it
};

// Where a hand should go: the place between the fingertips, unit directions. close 0: as it comes; its sign is free.
struct reach_goal { struct v3 point, approach, close; };

struct reach_wish {
  bool              use[2];         //      by enum side
  struct reach_goal goal[2];
  double            load[2];        // kg   in each hand
  double            foot[2];        // m    middle of the ankles: ahead, left
  bool              wide;           //      with the elbows out, as far as that goes
};

struct reach_pose {
  struct v3 root;                   // m    of the root's origin; the pelvis is level and looks along x
  double    q[ROBOT_JOINTS_MAX];    // rad
  int       level;                  //      -1: none
  double    miss;                   // m    of the worse hand
  double    turn;                   // rad  between the closing direction and the wished one
};

// STATUS_REF: the robot has no arms. STATUS_RANGE: it cannot stand.
enum status reacher_make(struct reacher *r, const struct humanoid *h, const struct robot_spec *spec, struct error *e);

// Standing at rest: arms free (load 0) or a load held close. The root stands at x = y = 0 before `foot` is taken from there.
enum status reach_standing(const struct reacher *r, double load, struct reach_pose *out, double foot[2], struct error *e);

// The first level that gets there, from the arms' ready pose and from level to level, else each by itself, from `start` too; joints of `start` that are not asked for stay. False: none; *out is
// then the nearest that was found.
bool reach_solve(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out);
// Searches of one hand from level to level, side by side, each from where the level before failed; the first begins at the arms' ready pose.
#define REACH_MANY 4
struct reach_climb { struct reach_pose pose; bool found; };
// How many levels are tried for a hand at height z.
int reach_levels(const struct reacher *r, double z);
// The next level, from 0 on, of those that are not found yet; at most REACH_MANY.
void reach_climb(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int level, struct reach_climb *c, int count);
// The same with less effort: what is at the ends of the reach may not be found.
bool reach_quick(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out);
// At one level only, from the arms of `start`.
bool reach_level(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, int level, struct reach_pose *out);
// By the arms alone from a pose near by: legs, pelvis and waist stay, if the load leaves the centre of mass above the soles.
bool reach_near(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out);
// Likewise, the waist moving along.
bool reach_beside(const struct reacher *r, const struct reach_wish *w, const struct reach_pose *start, struct reach_pose *out);

// How fingers best come to a thing at height z: from above, at the height of the shoulders and over it from ahead.
struct v3 reach_approach(const struct reacher *r, double z);

// Where the hand is, between the fingertips, and where the eyes are.
struct v3 reach_hand(const struct reacher *r, const struct reach_pose *p, enum side side);
struct v3 reach_eye(const struct reacher *r, const struct reach_pose *p);
