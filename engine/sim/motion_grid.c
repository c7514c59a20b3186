// Who is where: lists of robots by square of the hall.
#include "engine/sim/motion_state.h"

static int32_t cell_at(const struct motion *o, const double p[2]) {
  int x = (int)(p[0] / o->cell_size), y = (int)(p[1] / o->cell_size);
  x = x < 0 ? 0 : x >= o->nx ? o->nx - 1 : x;
  y = y < 0 ? 0 : y >= o->ny ? o->ny - 1 : y;
  return y * o->nx + x;
}

static void sit(struct motion *o, int32_t i) {
  for (int k = 0; k < 2; k++) o->seat[i].at[k] = o->mover[i].at[k];
}

void grid_enter(struct motion *o, int32_t i) {
  struct seat *s = &o->seat[i];
  sit(o, i);
  s->cell = cell_at(o, s->at);
  s->next = o->cell[s->cell];
  o->cell[s->cell] = i;
}

void grid_leave(struct motion *o, int32_t i) {
  struct seat *s = &o->seat[i];
  if (s->cell == NONE) return;
  int32_t *at = &o->cell[s->cell];
  while (*at != i) at = &o->seat[*at].next;
  *at = s->next;
  s->cell = NONE;
}

void grid_move(struct motion *o, int32_t i) {
  if (cell_at(o, o->mover[i].at) == o->seat[i].cell) {
    sit(o, i);
    return;
  }
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
      for (int32_t j = o->cell[y * o->nx + x]; j >= 0; j = o->seat[j].next) {
        if (j == but) continue;
        double dx = o->seat[j].at[0] - p[0], dy = o->seat[j].at[1] - p[1], d = dx * dx + dy * dy;
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

// Sorting is worth it only where there are more than are asked for.
int grid_within(const struct motion *o, const double p[2], double reach, int32_t but, int32_t *out, int max) {
  int n = 0;
  const double low[2] = {p[0] - reach, p[1] - reach}, high[2] = {p[0] + reach, p[1] + reach};
  int32_t first = cell_at(o, low), last = cell_at(o, high);
  for (int y = first / o->nx; y <= last / o->nx; y++)
    for (int x = first % o->nx; x <= last % o->nx; x++)
      for (int32_t j = o->cell[y * o->nx + x]; j >= 0; j = o->seat[j].next) {
        double dx = o->seat[j].at[0] - p[0], dy = o->seat[j].at[1] - p[1];
        if (j == but || dx * dx + dy * dy > reach * reach) continue;
        if (n == max) return grid_near(o, p, reach, but, out, max);
        out[n++] = j;
      }
  return n;
}
