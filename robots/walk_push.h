// A walk that is pushed and goes on: the next footsteps are moved so that the body, with the velocity that the push has given it, ends where it was going.
//
// Until a foot lands the push's jump of the capture point d grows to d e^(w t); a footstep that goes along by as much finds the pendulum as if nothing had
// happened, beside its line (step adjustment by the capture point: Englsberger, Ott & Albu-Schaeffer, T-RO 2015; Khadiv, Herzog, Moosavian & Righetti,
// Humanoids 2016). The steps after it come back to the line, a little each. By how much the footstep moves is found with the whole body: the steps
// are solved (robots/motion.h) from the pose at hand, and the velocity that the solution begins with has to be the pushed body's.
//
// A jog goes on likewise, in three steps at least. In flight the push changes the body's momentum and nothing else, and the landing foot goes along; what is under
// way in the air stays as it is, and later flights are lower where a leg has to reach farther. It is solved from the motion that is left (robots/run.h).
//
// So far the rhythm stays, and such a push costs no time. Where that does not do, as for most pushes from behind, whose steps would have to be too long, the
// time of the steps is changed too (Khadiv and others 2016): a body that is ahead of its plan is best followed by the plan itself, sooner. Its clock is hurried, or held
// back, over two or three steps (robots/motion.h), by about what makes the pressure's way as far ahead as the capture point; footsteps take what is left. Then it ends as much sooner.
//
// It is not available when it is too late in the step, too near to the walk's end, when a leg is too short, soles
// would meet, or any check of the new walk breaks that the old one kept: drives' torque and speed, joint ranges, pressure in the soles, friction. Of
// those that are, one by which no foot turns on the floor is taken first.
#pragma once

#include "robots/walker.h"

#define WALK_PUSH_LEFT 0.12         // s    before touch-down a foot in the air is not sent elsewhere any more; a guess

// What was changed.
struct walk_push_answer {
  int    step;                      //      index of the first moved footstep in the plan
  double left;                      // s    until it was to land, before its clock was changed
  double shift[2];                  // m    along x and y
  double sooner;                    // s    that all is before its time from the landing of the first or second step after it on; below 0: after its time
  double speed_error;               // m/s  that is taken off by a quintic
};

// The impulse (N s, the walk's axes, as if at the centre of mass) at sample `time` of w, rounded to one. *out begins there: pose as in w, velocities jumped; it
// ends where w does. Two pushes in the steps in which it is hurried are not stepped over. STATUS_RANGE with a sentence when the walk cannot go on.
enum status walk_push(struct walk *out, const struct walk *w, double time, const double impulse[2], struct walk_push_answer *answer, struct error *e);
