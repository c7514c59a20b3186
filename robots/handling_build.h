// What the files of robots/handling.h share, and nobody else.
#pragma once

#include "robots/handling.h"

#define HANDLING_DIRECTIONS REACH_MANY

// A direction of closing on a part that stands, planned as far as tells directions apart.
struct way {
  const struct grip *grip;
  struct reach_pose  touch, over;   //      over: before the hand comes down
  bool               there;         //      both poses are found
  struct move        down;          //      from over to touch, and closing
  double             heat[ROBOT_JOINTS_MAX][2];        // J    of it
  double             least;         // s    that the whole plan takes at least
};

struct build {
  const struct reacher       *r;
  const struct handling_wish *w;
  struct handling            *h;
  struct reach_wish           reach;
  double                      load[2];
  double                      hold;           // m/s2 while the part is held
  int                         now;            // pose
  double                      best;           // s    of a plan that is there already
  bool                        hasty;          //      with less effort at the ends of the reach
  const struct way           *way;            //      what is known of this direction already; NULL: nothing
};

// Where the fingertips go for the part to be picked, where from, how it closes and over how much the touch may come.
struct handling_touch { struct v3 at, above, approach, close; double guard, shut; };
struct handling_touch handling_touch_of(const struct build *b);

void             handling_wish_at(struct build *b, struct v3 at, struct v3 approach, struct v3 close, double beside);
struct move_wish handling_move(const struct build *b, const struct reach_pose *from, const struct reach_pose *to);

// The least that a move of the hand takes, whatever its joints do; `held` with the part in it.
double handling_least(const struct build *b, struct v3 from, struct v3 to, bool held);
// From the touch on.
double handling_least_after(const struct build *b, const struct handling_touch *t);

// Touches, moves down and least times of `count` directions; order: the one that may be the quickest first, what is not reached last.
void handling_ways(struct build *b, struct way *ways, int count, int *order);
