// Who is where: lists of robots by square of the hall.
#include "engine/sim/motion_state.h"

static int32_t cell_at(const struct motion *o, const double p[2]) {
  int x = (int)(p[0] / o->cell_size), y = (int)(p[1] / o->cell_size);
  x = x < 0 ? 0 : x >= o->nx ? o->nx - 1 : x;
  y = y < 0 ? 0 : y >= o->ny ? o->ny - 1 : y;
  return y * o->nx + x;
}

void grid_enter(struct motion *o, int32_t i) {
  struct mover *m = &o->mover[i];
  m->cell = cell_at(o, m->at);
  m->next = o->cell[m->cell];
  o->cell[m->cell] = i;
}

void grid_leave(struct motion *o, int32_t i) {
  struct mover *m = &o->mover[i];
  if (m->cell == NONE) return;
  int32_t *at = &o->cell[m->cell];
  while (*at != i) at = &o->mover[*at].next;
  *at = m->next;
  m->cell = NONE;
}

void grid_move(struct motion *o, int32_t i) {
  if (cell_at(o, o->mover[i].at) == o->mover[i].cell) return;
  grid_leave(o, i);
  grid_enter(o, i);
}

int grid_near(const struct motion *o, const double p[2], double reach, int32_t but, int32_t *out, int max) {
  double d2[64];
  int n = 0;
  if (max > 64) max = 64;
  const double low[2] = {p[0] - reach, p[1] - reach}, high[2] = {p[0] + reach, p[1] + reach};
  int32_t first = cell_at(o, low), last = cell_at(o, high);
  for (int y = first / o->nx; y <= last / o->nx; y++)
    for (int x = first % o->nx; x <= last % o->nx; x++)
      for (int32_t j = o->cell[y * o->nx + x]; j >= 0; j = o->mover[j].next) {
        if (j == but) continue;
        double dx = o->mover[j].at[0] - p[0], dy = o->mover[j].at[1] - p[1], d = dx * dx + dy * dy;
        if (d > reach * reach || (n == max && d >= d2[n - 1])) continue;
        int k = n < max ? n++ : n - 1;
        for (; k > 0 && (d2[k - 1] > d || (d2[k - 1] == d && out[k - 1] > j)); k--) {
          d2[k] = d2[k - 1];
          out[k] = out[k - 1];
        }
        d2[k] = d;
        out[k] = j;
      }
  return n;
}
