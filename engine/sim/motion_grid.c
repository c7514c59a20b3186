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

// Below which nobody outside of the squares nearer than `ring` to (x, y) is away from p; less than 0: nothing is known.
static double ring_from(const struct motion *o, const double p[2], int x, int y, int ring) {
  const double size = o->cell_size, side[4] = {p[0] - (x - ring + 1) * size, (x + ring) * size - p[0], p[1] - (y - ring + 1) * size, (y + ring) * size - p[1]};
  double least = side[0];
  for (int k = 1; k < 4; k++) least = side[k] < least ? side[k] : least;
  return least - 1e-9;              // rounding
}

// Square by square in rings around p: in a crowd the first ones hold all that are asked for.
int grid_near(const struct motion *o, const double p[2], double reach, int32_t but, int32_t *out, int max) {
  double d2[64];
  int n = 0;
  if (max > 64) max = 64;
  const double low[2] = {p[0] - reach, p[1] - reach}, high[2] = {p[0] + reach, p[1] + reach};
  int32_t middle = cell_at(o, p), first = cell_at(o, low), last = cell_at(o, high);
  const int x0 = first % o->nx, x1 = last % o->nx, y0 = first / o->nx, y1 = last / o->nx, cx = middle % o->nx, cy = middle / o->nx;
  for (int ring = 0; cx - ring >= x0 || cx + ring <= x1 || cy - ring >= y0 || cy + ring <= y1; ring++) {
    double from = n == max ? ring_from(o, p, cx, cy, ring) : -1;
    if (from > 0 && from * from > d2[n - 1]) break;
    for (int y = cy - ring < y0 ? y0 : cy - ring; y <= y1 && y <= cy + ring; y++) {
      bool whole = y == cy - ring || y == cy + ring;
      for (int x = cx - ring; x <= cx + ring; x += whole || ring == 0 ? 1 : 2 * ring) {
        if (x < x0 || x > x1) continue;
        for (int32_t j = o->cell[y * o->nx + x]; j >= 0; j = o->seat[j].next) {
          if (j == but) continue;
          double dx = o->seat[j].at[0] - p[0], dy = o->seat[j].at[1] - p[1], d = dx * dx + dy * dy;
          if (d > reach * reach || (n == max && (d > d2[n - 1] || (d == d2[n - 1] && j > out[n - 1])))) continue;
          int k = n < max ? n++ : n - 1;
          for (; k > 0 && (d2[k - 1] > d || (d2[k - 1] == d && out[k - 1] > j)); k--) {
            d2[k] = d2[k - 1];
            out[k] = out[k - 1];
          }
          d2[k] = d;
          out[k] = j;
        }
      }
    }
  }
  return n;
}

int grid_neighbours(const struct motion *o, int32_t i, int32_t near[LOOK_NEAR], float near_at[LOOK_NEAR]) {
  const double *at = o->seat[i].at;
  int n = grid_near(o, at, LOOK_REACH, i, near, LOOK_NEAR);
  for (int k = 0; k < n; k++) near_at[k] = (float)(0.999999 * geo_distance(at, o->seat[near[k]].at));
  return n;
}

void grid_look(struct motion *o, int32_t i) {
  struct mover *m = &o->mover[i];
  m->nears = grid_neighbours(o, i, m->near, m->near_at);
  m->seen = o->gone;
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
