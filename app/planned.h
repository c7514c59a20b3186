// The first plan of a line with orders, from the twin to frames and recordings.
#pragma once

#include "engine/sim/ahead.h"
#include "stream/frame.h"

struct planned {
  struct bars        bars;
  const struct bars *next;          // who wants to hear of plan and work too, NULL: nobody
  int                n;
  bool               told;
  struct frame_bar   bar[PLANNED_MAX];
};

// For struct twin_options; p must stay where it is.
const struct bars *planned_bars(struct planned *p, const struct bars *next);
// Append the plan, once; false: there is none, or it was told.
bool planned_take(struct planned *p, struct bytes *out);
