// The rows at the bottom: what each robot, or each station, spent its time on; of a planned line also what it was to do.
#pragma once

#include "viewer/room.h"

// Time from left to right; the playhead at now_x.
struct axis { float x0, x1, now_x; int64_t from, now; };

static inline float axis_place(const struct axis *a, int64_t at) {
  return a->x0 + (float)(((double)at - (double)a->from) / ((double)a->now - (double)a->from)) * (a->now_x - a->x0);
}

bool  gantt_plans(const struct room *r, const struct show *s);    // rows tell what is still to come
float gantt_gutter(const struct room *r, const struct show *s); // px for the names of the rows
void  gantt_draw(struct room *r, struct canvas *c, const struct show *s, const struct axis *a, float y, float bottom);
