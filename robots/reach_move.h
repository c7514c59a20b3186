// A move of the whole body between two poses on planted feet, from rest to rest, as quick as its limits allow.
//
// All joints above the hips and the pelvis' place run along straight lines in s, which goes from 0 to 1 by robots/move_law.h: with minimum jerk, or
// quick at first and gently where a touch may come; the legs follow so that the feet stay. Dynamics along the path come from robots/move_table.h. From rest to
// rest every torque and every force on the floor is A + B / T^2 for a move of T seconds (Hollerbach, ASME J. Dyn. Syst. 106 (1984) 102: time scaling). T
// is the least at which at every sample
//   joint rates        are within the drives' speed
//   motor torques      are within the drives' peak, less what the drives lose and what heat takes (robots/actuator.h)
//   centre of pressure is inside the soles, and the floor's friction holds against sliding and turning
// A touch at the end comes no faster than it may: the quick part then takes that T, though its way is shorter and it need not come to rest.
// Nothing allocates; nothing is random.
#pragma once

#include "robots/move_law.h"
#include "robots/reach.h"

// What sets the time.
#define MOVE_LIMIT_MAP(X)                         \
  X(MOVE_REST,     "nothing moves")               \
  X(MOVE_SPEED,    "a joint's speed")             \
  X(MOVE_HAND,     "the hand's speed")            \
  X(MOVE_TORQUE,   "a drive's torque")            \
  X(MOVE_BALANCE,  "the centre of pressure")      \
  X(MOVE_FLOOR,    "the floor's friction")        \
  X(MOVE_TOUCH,    "how gently it must touch")    \
  X(MOVE_GRIP,     "the grip's hold on the part") \
  X(MOVE_ASKED,    "the time that was asked for")

enum move_limit {
#define X(name, text) name,
  MOVE_LIMIT_MAP(X)
#undef X
  MOVE_LIMIT_COUNT
};

const char *move_limit_text(enum move_limit l);

struct move_wish {
  const struct reach_pose *from, *to;
  double foot[2];                   // m    middle of the ankles
  double load[2];                   // kg   in each hand
  double friction;                  // 1    of the floor
  double time;                      // s    at least
  double guard;                     // m    at the end of the way where the touch may come; 0: none
  double touch;                     // N    that a touch of each hand may press with
  bool   both;                      //      both hands touch: each with half of the mass that moves
  double before, after;             // s    that it stays at either end, counted by itself
  double hold;                      // m/s2 most acceleration of the hands, for the part's sake; infinity: any
};

struct move {
  double          time;             // s
  struct move_law law;
  enum move_limit limit;
  int             joint;            //      of the limit, -1: none
  double          energy;           // J    from the battery, electronics included
  double          before, after;    // J    of staying before and after it
  double          distance;         // m    of the hand that goes farther
  double          speed;            // m/s  of that hand, most
  double          acceleration;     // m/s2 of that hand, most
  double          mass;             // kg   effective, of what touches at the end
  double          torque;           // 1    largest share of a drive's peak
  double          margin;           // m    least distance of the centre of pressure from the edge of the soles
  bool            possible;         //      false: even at rest a limit is broken
};

// At 25 degC. hot (joint_count; may be NULL): J of copper loss and J of other heat added for each joint.
struct move move_find(const struct reacher *r, const struct move_wish *w, double (*hot)[2]);

// At least that is what move_find's time comes to, whatever its drives and the floor allow: the hand's speed, the grip's hold, and how gently it must touch with the mass that moves, where arms alone move.
double move_least(const struct reacher *r, const struct move_wish *w);

// Holding a pose: power, torques within the drives, weight within the soles. heat as above, W.
struct move move_hold(const struct reacher *r, const struct reach_pose *p, const double foot[2], const double load[2], double seconds, double (*hot)[2]);

// The path at s with rate and second derivative of s in time: joints, rates, accelerations (joint_count) and the root.
void move_path(const struct reacher *r, const struct move_wish *w, double s, double rate, double second, struct frame_motion *root, double *q, double *qd, double *qdd);
