// A pick or a place as the motion of the whole body, sampled: what robots/handling.h planned, played.
//
// Samples of every `tick`: the poses' straight lines with minimum jerk, legs by inverse kinematics on planted feet, and the floor's wrenches on the feet
// by inverse dynamics with the load in the hands. They come as a walk on the spot, so that whoever plays walks plays them. Frame: that of robots/reach.h;
// the load is counted in equal halves at both hands, as walks do.
#pragma once

#include "robots/handling.h"
#include "robots/walker.h"

// before, after: kg in the hands until the part is taken (set down) and from then on; *change: when. The fit's time is not played.
// STATUS_MEMORY. Finish with walk_finish.
enum status act_make(struct walk *out, const struct reacher *r, const struct handling *h, const double foot[2], double tick, double before, double after, double *change, struct error *e);
