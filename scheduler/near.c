#include "scheduler/near.h"

#include <assert.h>
#include <stdlib.h>

#include "base/maths.h"

#define SIDE_MAX 128                // cells in one direction

struct near {
  int32_t  points_max, n, columns, rows;
  double   low[2], cell;            // m
  int32_t *first;                   // of each cell, one more at the end
  int32_t *point;                   // by cell, in order of their rows
  int32_t *of;                      // cell of each point
  double (*at)[2];                  // m, in that order
};

struct near *near_create(int32_t points_max) {
  struct near *g = calloc(1, sizeof *g);
  if (!g) return NULL;
  g->points_max = points_max;
  g->first = malloc(sizeof *g->first * (SIDE_MAX * SIDE_MAX + 2));
  g->point = malloc(sizeof *g->point * ((size_t)points_max + 1));
  g->of = malloc(sizeof *g->of * ((size_t)points_max + 1));
  g->at = malloc(sizeof *g->at * ((size_t)points_max + 1));
  if (g->first && g->point && g->of && g->at) return g;
  near_destroy(g);
  return NULL;
}

void near_destroy(struct near *g) {
  if (!g) return;
  free(g->first);
  free(g->point);
  free(g->of);
  free(g->at);
  free(g);
}

static int32_t clamp(double v, int32_t n) { return v < 0 ? 0 : v >= n ? n - 1 : (int32_t)v; }

static int32_t column_of(const struct near *g, double x) { return clamp((x - g->low[0]) / g->cell, g->columns); }
static int32_t row_of(const struct near *g, double y) { return clamp((y - g->low[1]) / g->cell, g->rows); }

void near_fill(struct near *g, const double (*at)[2], int32_t n) {
  assert(n <= g->points_max);
  double high[2] = {-1e300, -1e300};
  g->low[0] = g->low[1] = 1e300;
  g->n = n;
  for (int32_t i = 0; i < n; i++)
    for (int k = 0; k < 2; k++) {
      if (at[i][k] < g->low[k]) g->low[k] = at[i][k];
      if (at[i][k] > high[k]) high[k] = at[i][k];
    }
  if (n == 0) g->low[0] = g->low[1] = high[0] = high[1] = 0;
  double w = high[0] - g->low[0], d = high[1] - g->low[1], least = (w > d ? w : d) / (SIDE_MAX - 1);
  g->cell = m_sqrt(2 * (w > 1 ? w : 1) * (d > 1 ? d : 1) / (n > 0 ? n : 1));
  if (g->cell < least) g->cell = least;
  g->columns = (int32_t)(w / g->cell) + 1;
  g->rows = (int32_t)(d / g->cell) + 1;
  if (g->columns > SIDE_MAX) g->columns = SIDE_MAX;
  if (g->rows > SIDE_MAX) g->rows = SIDE_MAX;

  int32_t cells = g->columns * g->rows;
  for (int32_t c = 0; c <= cells + 1; c++) g->first[c] = 0;
  for (int32_t i = 0; i < n; i++) {
    g->of[i] = row_of(g, at[i][1]) * g->columns + column_of(g, at[i][0]);
    g->first[g->of[i] + 2]++;
  }
  for (int32_t c = 1; c <= cells; c++) g->first[c + 1] += g->first[c];
  for (int32_t i = 0; i < n; i++) {
    int32_t k = g->first[g->of[i] + 1]++;
    g->point[k] = i;
    g->at[k][0] = at[i][0];
    g->at[k][1] = at[i][1];
  }
}

struct near_walk near_begin(const struct near *g, const double at[2]) {
  struct near_walk w = {.grid = g, .at = {at[0], at[1]}, .x = column_of(g, at[0]), .y = row_of(g, at[1])};
  return w;
}

// All points that are not inside the square of cells within ring - 1 are at least so far away.
static double outside(const struct near_walk *w) {
  if (w->ring == 0) return 0;
  const struct near *g = w->grid;
  double left = w->at[0] - (g->low[0] + (w->x - w->ring + 1) * g->cell), right = g->low[0] + (w->x + w->ring) * g->cell - w->at[0];
  double down = w->at[1] - (g->low[1] + (w->y - w->ring + 1) * g->cell), up = g->low[1] + (w->y + w->ring) * g->cell - w->at[1];
  double x = left < right ? left : right, y = down < up ? down : up, d = x < y ? x : y;
  return d > 0 ? d : 0;
}

// The points of cells x0 .. x1 of a row, which lie one behind the other.
static int32_t take(const struct near_walk *w, int32_t y, int32_t x0, int32_t x1, double within, int32_t *row, int32_t count, int32_t max) {
  const struct near *g = w->grid;
  if (y < 0 || y >= g->rows) return count;
  if (x0 < 0) x0 = 0;
  if (x1 >= g->columns) x1 = g->columns - 1;
  if (x0 > x1) return count;
  int32_t end = g->first[y * g->columns + x1 + 1];
  for (int32_t k = g->first[y * g->columns + x0]; k < end && count < max; k++) {
    double dx = g->at[k][0] - w->at[0], dy = g->at[k][1] - w->at[1];
    row[count] = g->point[k];
    count += !(dx * dx + dy * dy > within);
  }
  return count;
}

int32_t near_next(struct near_walk *w, double reach, int32_t *row, int32_t max, double *least) {
  const struct near *g = w->grid;
  int32_t r = w->ring, count = 0;
  double within = reach * reach;
  *least = outside(w);
  if (r > w->x && r > w->y && w->x + r >= g->columns && w->y + r >= g->rows) return -1;
  count = take(w, w->y - r, w->x - r, w->x + r, within, row, count, max);
  for (int32_t y = w->y - r + 1; y < w->y + r; y++) {
    count = take(w, y, w->x - r, w->x - r, within, row, count, max);
    count = take(w, y, w->x + r, w->x + r, within, row, count, max);
  }
  if (r > 0) count = take(w, w->y + r, w->x - r, w->x + r, within, row, count, max);
  w->ring++;
  return count;
}
