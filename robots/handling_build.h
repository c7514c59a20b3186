// What the files of robots/handling.h share, and nobody else.
#pragma once

#include "robots/handling.h"

#define HANDLING_DIRECTIONS REACH_MANY
#define HANDLING_CLEAR      0.03    // m    above a part before the hand comes down, and after it has gone up; a guess
#define HANDLING_SIDE       0.04    // m    beside a part before both hands come to it; a guess
#define HANDLING_CARRY      2.5     // m/s2 that a walk adds to a part in the hands; a guess

// Steps of a pick of what stands that looks once: it sees, reaches, comes down, closes, lifts, and goes back if it does not place it.
enum { HANDLING_REACH = 1, HANDLING_DOWN = 2, HANDLING_UP = 4, HANDLING_BACK = 5 };

// A direction of closing on a part that stands, planned as far as tells directions apart.
struct way {
  const struct grip *grip;
  struct reach_pose  touch, over;   //      over: before the hand comes down
  bool               there;         //      its poses are found
  bool               above;         //      it is known whether there is one above
  bool               ready;         //      the move down is known, or that it is not there
  struct move        down;          //      from over to touch, and closing
  double             heat[ROBOT_JOINTS_MAX][2];        // J    of it
  double             least;         // s    that the whole plan takes at least: as is known so far
};

// What is known of the first look's plan besides its steps.
struct handling_known {
  double hold;                      // m/s2 while the part is held; below 0: nothing is known
  double down[ROBOT_JOINTS_MAX][2]; // J    heat of coming down
};

struct build {
  const struct reacher       *r;
  const struct handling_wish *w;
  struct handling            *h;
  struct reach_wish           reach;
  double                      load[2];
  struct v3                   hand_from, hand_to;        // m    of the hand at work, where it begins and ends; of one hand alone
  double                      hold;           // m/s2 while the part is held
  int                         now;            // pose
  double                      best;           // s    of a plan that is there already
  double                      goes, returns;  // s    that it reaches for and goes back from the part; 0: it does not go back
  const struct handling      *first;          //      how it was to be done before it looked again; NULL: it looks once
  bool                        same;           //      it closes along the same line as then: poses are known
  struct handling_known      *known;          //      of the first look: found where it looks once, else used
  bool                        hasty;          //      with less effort at the ends of the reach
  const struct way           *way;            //      what is known of this direction already; NULL: nothing
};

// Where the fingertips go for the part to be picked, where from, how it closes and over how much the touch may come.
struct handling_touch { struct v3 at, above, approach, close; double guard, shut; };
struct handling_touch handling_touch_of(const struct build *b);

double handling_height(const struct grip_part *p);          // m

// ---- handling_grip.c: what is seen, and how it is held ---------------------------------------------------------------

// Sigmas ahead, left and up of a thing seen from the eye, the hand's own error among them; false: it is not found.
bool handling_see(const struct reacher *r, const struct reach_pose *from, const struct handling_spot *spot, const struct grip_part *part, struct handling *out, double sigma[3], double *yaw);
// Is the part so thin, seen with `sigma` m of height, that fingertips may stand on what it lies on? And the hand that does, or does not.
bool             handling_thin(const struct reacher *r, const struct handling_wish *w, double sigma);
struct grip_hand handling_fingers(const struct reacher *r, const struct grip_part *part, enum side side, bool stands);
// Grips of one hand, the best first: at most *most; gives what they were found with. False: none.
bool handling_choose_grip(const struct reacher *r, const struct handling_wish *w, enum side side, const double sigma[3], struct handling *out, struct grip_wish *wish, int *most, struct grip *grips);
bool handling_grip_both(const struct reacher *r, const struct handling_wish *w, const double sigma[3], struct handling *out);
// The chances of each outcome of closing.
void handling_outcomes(const struct reacher *r, const struct handling_wish *w, const struct grip_wish *wish, const double sigma[3], double yaw, struct handling *out);
void handling_outcomes_both(const struct handling_wish *w, const double sigma[3], struct handling *out);

// ---- handling.c: poses and moves ------------------------------------------------------------------------------------

void             handling_hold(struct build *b);            // from now on the part is in the hands
void             handling_wish_at(struct build *b, struct v3 at, struct v3 approach, struct v3 close, double beside);
struct move_wish handling_move(const struct build *b, const struct reach_pose *from, const struct reach_pose *to);

// From the last pose to one near by: the arms alone, else the body moves along at its level, else anyhow.
bool handling_near(struct build *b, struct v3 at, struct v3 approach, struct v3 close, double beside);
// A move between two poses; before: s of the step before it, which stays in the first; after: s of the one that comes next and stays in the second.
bool handling_add_move(struct build *b, enum handling_phase phase, int from, int to, double guard, double before, double after);
// s of one more try, as it is played: the hand opens and goes up in `back` s, looks, comes down and closes.
double handling_retry(const struct build *b, double down, double shut, double back);

// The least that a move of the hand takes, whatever its joints do; `held` with the part in it.
double handling_least(const struct build *b, struct v3 from, struct v3 to, bool held);
// From the touch on.
double handling_least_after(const struct build *b, const struct handling_touch *t);

// ---- handling_belt.c -------------------------------------------------------------------------------------------------

// From pose start over pose `over` to pose touch, closing and lifting, going along with the belt as fast as the body can; false: it cannot.
bool handling_pick_belt(struct build *b, const struct handling_touch *t, int start, int over, int touch);

// ---- handling_ways.c -------------------------------------------------------------------------------------------------

// Of the direction that was planned before it looked again: its poses are those.
void handling_way_again(struct build *b, struct way *way);

// Touches of `count` directions, and the least that each takes.
void handling_ways(struct build *b, struct way *ways, int count);
// The pose above, then the move down, each with a better least; infinity: there is none.
void handling_way_more(struct build *b, struct way *way);
