// Picking and placing as one robot does it where it stands: what to do, how long it takes, what it costs, and how often it goes wrong.
//
//   pick   see, reach above the part, look again where the first look was from so far away that this saves time, come down as gently as a touch must be, close, lift; on a belt the hand goes along with the part (robots/follow.h)
//   place  move above the place, come down, feel for it where the clearance asks for it, open, draw back
//
// The hand goes where the part seems to be (robots/sight.h), the grip is chosen on what was seen (robots/grip.h) and meets the part where
// it lies (robots/grip_close.h): the chances of each outcome are counted over a fixed set of errors of normal law, a lattice of low discrepancy
// (Roberts 2018; R4), so nothing types them in. Every move is the quickest that robots/reach_move.h allows; a drive
// that would get too hot when the act is repeated for ever asks for a pause.
// A part that one hand cannot hold is taken by both at its sides, fingers beneath. Plain functions; nothing allocates but what a load's
// standing pose needs.
#pragma once

#include "robots/fit.h"
#include "robots/follow.h"
#include "robots/grip_close.h"
#include "robots/reach_move.h"

enum handling_phase { HAND_SEE, HAND_REACH, HAND_APPROACH, HAND_GRASP, HAND_LIFT, HAND_MOVE, HAND_POSITION, HAND_RELEASE, HAND_RETREAT, HAND_RETURN, HAND_PHASES };
const char *handling_phase_text(enum handling_phase p);

#define HANDLING_PHASES_MAX 12
#define HANDLING_LEDGE      0.03    // m    of a part's underside that the fingers of both hands take, a guess
#define HANDLING_BOTH_GAP   0.02    // m    that the fingers of both hands close over, a guess

// Where a part lies or is to lie: the middle of its underside, in the frame of robots/reach.h.
struct handling_spot {
  struct v3        at;              // m
  double           yaw;             // rad  of the part
  double           speed;           // m/s  of a belt, along y; its sign says which way
  double           window;          // m    of the belt, either way of `at`, within which it may be met
  double           hidden;          // share of the part that others cover
  double           clearance;       // m    to every side of the place; 0: any
  double           depth;           // m    that it goes in
  struct grip_room room;            //      in the frame of the part
};

struct handling_wish {
  const struct grip_part   *part;
  const struct reach_pose  *from;   //      at rest
  const struct reach_pose  *to;     //      where it ends, NULL: where the hand drew back to
  double                    foot[2];// m
  double                    friction;                                  // 1    of the floor
  bool                      picks, places;                             // one or both
  struct handling_spot      pick, place;
  bool                      held_both;                                 // places only: both hands hold it
  bool                      thorough;                                  // every direction of closing is planned to its end, even when it can no longer be the quickest
};

enum handling_fault {
  HANDLING_OK, HANDLING_REACH_PICK, HANDLING_REACH_PLACE, HANDLING_GRIP, HANDLING_HEAVY, HANDLING_TORQUE, HANDLING_BALANCE, HANDLING_UNSEEN, HANDLING_SPAN, HANDLING_FIT, HANDLING_BELT, HANDLING_LEGS
};

struct handling_step { enum handling_phase phase; double time, energy; struct move move; int pose; };   // pose: where it ends

struct handling {
  enum handling_fault why;
  enum grip_fault     grip_why;
  bool                both;
  bool                stands;       //      fingertips stand on what a thin part lies on
  bool                again;        //      it is looked at once more from above it
  enum side           side;
  int                 steps, poses;
  struct handling_step step[HANDLING_PHASES_MAX];
  struct reach_pose   pose[HANDLING_PHASES_MAX + 1];                   // 0: from
  struct follow       follow;       //      of a part on a belt: over approach, grasp and lift the hand goes along
  double              drift[HANDLING_PHASES_MAX + 1];                  // m    by which each pose is moved along the belt
  double              slide;        // m    that the part goes on while the hand closes, where the hand cannot go along as fast
  struct grip         grip;         //      about the part's middle, along the axes of the floor's frame
  double              yaw;          // rad  of the part as it was gripped
  double              gap;          // m    opened beside each contact
  double              distance;     // m    eye to part
  struct sight_sigmas seen;
  double              sigma[3];     // m    of the part ahead, left and up, the hand's own error among them
  double              outcome[GRIP_OUTCOME_COUNT];                     // 1    of one look and grasp
  double              retry;        // s    of one more: open, up, look, down, close
  struct fit          fit;          //      of the place
  double              time, energy; // s, J of all steps, everything going well, search and position's mean tries in
  double              pause;        // s    of rest after each, standing, without which a drive would get too hot when it is repeated for ever
  double              winding;      // degC the hottest drive when it is repeated so for ever
  int                 hottest;      //      its joint, -1: none
  double              heat[ROBOT_JOINTS_MAX][2];       // J    copper loss and other heat of each drive
};

struct handling_wish handling_wish_defaults(void);

// False: it cannot be done, and why says at what it failed.
bool handling_plan(const struct reacher *r, const struct handling_wish *w, struct handling *out);

// d' of two classes (robots/sight.h) for who looks from pose `from` at a part that lies there; 0: it does not see it.
double handling_apart(const struct reacher *r, const struct reach_pose *from, const struct handling_spot *spot, const struct grip_part *part);

// Between the arms at work and the legs, as robots/body_rods.h has them, where hands come to rest above the part or its place, at it and when they have lifted it or drawn back, m; below 0 they are inside each
// other. On the way between these nobody looks. From `enough` on it is a lower bound.
double handling_legs_apart(const struct reacher *r, const struct handling *h, double enough);

// The farthest place ahead, at height z and before the middle, that a hand (both: two hands half a `width` to each side) reaches at all, m; 0: none.
double handling_reach(const struct reacher *r, double z, bool both, double width, double load);

// One sentence about why, in the words of the layout: "reach 0.74 m, part at 0.95 m ahead and 1.95 m high".
void handling_say(const struct reacher *r, const struct handling_wish *w, const struct handling *h, char *out, size_t size);
