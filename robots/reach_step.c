#include "robots/reach_step.h"

#include <string.h>

#include "robots/reach_step_kernel.h"
#include "robots/reach_step_lanes.h"

void step_limb_init(struct step_limb *l, const struct chain *c, const struct hand *h) {
  memset(l, 0, sizeof *l);
  if (c->count > STEP_JOINTS || c->count == 0) return;
  for (int i = 0; i < c->count; i++) {
    const struct v3 *a = &c->axis[i];
    if (c->follow[i] >= 0 || c->prismatic[i] || c->turn[i] == TURN_ANY) return;
    l->turn[i] = c->turn[i] == TURN_X ? 0 : c->turn[i] == TURN_Y ? 1 : 2;
    l->way[i] = l->turn[i] == 0 ? a->x : l->turn[i] == 1 ? a->y : a->z;
    l->step[i] = c->step[i];
    l->apart[i] = c->apart[i];
    l->lower[i] = c->lower[i], l->upper[i] = c->upper[i];
  }
  l->count = c->count;
  l->step[l->count] = v3_sub(c->tip, c->point[c->count - 1]);
  l->tool = h->tool, l->close = h->close, l->point = h->point;
  l->there = true;
}

void step_run(struct step_search *s, int count, int steps, enum lane_width lanes) {
  if (lanes == LANES_8) step_avx512_run(s, count, steps);
  else if (lanes == LANES_4) step_avx2_run(s, count, steps);
  else step_all(s, count, steps);
}

void step_sines(const double *angle, int count, double *sine, double *cosine, enum lane_width lanes) {
  if (lanes == LANES_8) step_avx512_sines(angle, count, sine, cosine);
  else if (lanes == LANES_4) step_avx2_sines(angle, count, sine, cosine);
  else step_sines_of(angle, count, sine, cosine);
}

struct v3 step_point(const struct step_limb *l, const double *q, enum lane_width lanes) {
  struct step_at at;
  if (lanes == LANES_8) step_avx512_forward(l, q, &at.point);
  else if (lanes == LANES_4) step_avx2_forward(l, q, &at.point);
  else step_forward(l, q, &at);
  return at.point;
}
