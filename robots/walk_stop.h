// A jog that is ordered to stop: over a few steps into a walk, and out of that to a stand.
//
// The next footstep keeps its time. From it on each step is slower by as much as a jog's changes are (robots/jog_steps.h), until a foot lands that walks; a full step
// and a last one follow, and the feet come together (robots/transition.h). The steps go along by what lets the motion begin with the velocity that the body
// has (by secants, with the pendulum's gain to begin with, as in robots/walk_push.h): the capture point of that instant is the new steps'.
#pragma once

#include "robots/walker.h"

// The order at sample `time` of w, rounded to one. *out begins there and ends standing, somewhere ahead. STATUS_RANGE with a sentence when no steps do that, and for
// walks that do not jog, before they do, or when what is left of them is a walk already.
enum status walk_stop(struct walk *out, const struct walk *w, double time, struct error *e);
