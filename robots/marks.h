// Curves through the marks of a plan: quintic pieces (C2) whose slopes at the marks keep between their neighbours, the harmonic mean of Fritsch & Butland 1984.
#pragma once

#include "robots/quintic.h"
#include "robots/transition.h"

enum quantity { AT_X, AT_Y, AT_Z, AT_YAW, AT_BOUNCE, AT_SWING, AT_STRIDE, AT_PHASE, AT_DEPTH, AT_RUN, QUANTITIES };

struct curves {
  int     marks;
  double *time, *turn_time;         // s    of the marks; of AT_YAW's                           (marks)
  double *value, *slope;            //                                                          (QUANTITIES x marks)
  int     at, turn_at;              //      the pieces last sought
};

// false: no memory. AT_DEPTH is 0 until the caller sets values and slopes.
bool       curves_make(struct curves *c, const struct step_plan *p);
void       curves_finish(struct curves *c);
void       curves_set_slopes(struct curves *c, enum quantity q);
void       curves_seek(struct curves *c, double t);                    // before curve_at, in order of time for speed
struct jet curve_at(const struct curves *c, enum quantity q, double t);
