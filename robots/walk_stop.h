// A walk that is ordered to stop, or a jog: over a few steps to a stand.
//
// The next footstep keeps its time. Out of a jog each step from it on is slower by as much as a jog's changes are (robots/jog_steps.h), until a foot lands that walks. Then the
// feet come together, at once or after a last, shorter step (robots/transition.h): the fewest that keep every check that the walk kept, by which no foot turns on the floor if there are such. The steps go along by what lets the motion begin with the velocity that the body
// has (by secants, with the pendulum's gain to begin with, as in robots/walk_push.h): the capture point of that instant is the new steps'.
#pragma once

#include "robots/walker.h"

// The order at sample `time` of w, rounded to one. *out begins there and ends standing, somewhere ahead. STATUS_RANGE with a sentence when no steps do that, before
// the first foot has lifted, on ramps and where the steps would come to one, and within two steps of the end.
enum status walk_stop(struct walk *out, const struct walk *w, double time, struct error *e);
