// What hands do, as the motion of the whole body, sampled: what robots/handling.h and primitive.h planned, played.
//
// Samples of every `tick`: the poses' straight lines with minimum jerk, legs by inverse kinematics on planted feet, fingers that open and close with
// the grip, and the floor's wrenches on the feet by inverse dynamics with what each hand bears. Phases begin and end on samples, at rest but where a hand goes
// along with a belt. Whoever plays them may stay at a mark at rest, and goes back from having closed on nothing as tries ask: the samples of the way back come
// behind those of the motion. It comes as a walk on the spot. Frame: that of robots/reach.h.
//
// Fingers: each bends until it touches what one hand holds, or is beneath what both carry (robots/finger.h), opens to the gap beside it, and is straight where that is the whole opening. Far joints follow as the URDF's mimic says.
// They hold what they grip by the friction of their tendons: no torque of the grip is asked of their drives (a guess).
#pragma once

#include "robots/handling.h"
#include "robots/walker.h"

#define ACT_LOADS_MAX 6

// Samples at which somebody who plays it may stay or turn back.
enum act_mark {
  ACT_TOUCH_BEGIN,                  // over the part, before the hand comes down; at rest
  ACT_TOUCH_END,                    // it is grasped, not yet lifted; at the belt's speed if the part has one
  ACT_PLACED,                       // at the place, where it is felt for; at rest
  ACT_MARKS
};

struct act_load { int sample; double mass[2]; };       // kg in each hand from that sample on; pressing down counts as less

struct act {
  struct walk     walk;
  int             last;             //      sample with which it ends, at rest
  int             back;             //      samples of the way back behind it, from one like ACT_TOUCH_END to the one before ACT_TOUCH_BEGIN; 0: it picks nothing up
  int             loads;
  struct act_load load[ACT_LOADS_MAX];
  int             mark[ACT_MARKS];  //      -1: none
};

// What is done at the place before it is let go: pressed, driven, held for another hand.
struct act_hold { double time, force; };               // s, N down

// h was planned from standing on `foot`. The fit's time is not played. STATUS_MEMORY. Finish with act_finish.
enum status act_make(struct act *out, const struct reacher *r, const struct handling *h, const struct grip_part *part, const struct act_hold *hold, const double foot[2], double tick,
                     struct error *e);
void        act_finish(struct act *a);                 // takes an empty one too

// What the hands bear at a sample, kg.
const double *act_load_at(const struct act *a, int sample);
