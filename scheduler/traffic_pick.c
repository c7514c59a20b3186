#include "scheduler/traffic_pick.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_A_PATCH 4             // about
#define PATCHES_MAX   (1 << 20)

struct patches {
  int32_t side, columns, rows;      // cells of a side; patches
  int32_t tasks_max;
  int32_t *first;                   // (patches + 2)
  double  *shortest;                // (patches)     length of its shortest task, INFINITY: none
  int32_t *row;                     // (tasks_max)   by patch, in their order
  double   least;                   // of all
  const int32_t *x, *y;
  const double  *length;
};

struct patches *pick_create(int32_t width, int32_t height, int32_t tasks_max) {
  struct patches *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  int64_t cells = (int64_t)width * height, wanted = tasks_max / TASKS_A_PATCH + 1;
  p->side = 1;
  while ((int64_t)p->side * p->side * wanted < cells || cells / ((int64_t)p->side * p->side) > PATCHES_MAX) p->side++;
  p->columns = (width + p->side - 1) / p->side;
  p->rows = (height + p->side - 1) / p->side;
  p->tasks_max = tasks_max;
  size_t patches = (size_t)p->columns * (size_t)p->rows;
  p->first = malloc((patches + 2) * sizeof *p->first);
  p->shortest = malloc(patches * sizeof *p->shortest);
  p->row = malloc(((size_t)tasks_max + 1) * sizeof *p->row);
  if (p->first && p->shortest && p->row) return p;
  pick_destroy(p);
  return NULL;
}

void pick_destroy(struct patches *p) {
  if (!p) return;
  free(p->first);
  free(p->shortest);
  free(p->row);
  free(p);
}

static int32_t patch_of(const struct patches *p, int32_t k) { return p->y[k] / p->side * p->columns + p->x[k] / p->side; }

void pick_fill(struct patches *p, int32_t n, const int32_t *x, const int32_t *y, const double *length) {
  assert(n <= p->tasks_max);
  p->x = x;
  p->y = y;
  p->length = length;
  p->least = INFINITY;
  int32_t patches = p->columns * p->rows;
  memset(p->first, 0, ((size_t)patches + 2) * sizeof *p->first);
  for (int32_t k = 0; k < patches; k++) p->shortest[k] = INFINITY;
  for (int32_t k = 0; k < n; k++) {
    int32_t at = patch_of(p, k);
    p->first[at + 2]++;
    if (length[k] < p->shortest[at]) p->shortest[at] = length[k];
    if (length[k] < p->least) p->least = length[k];
  }
  for (int32_t k = 1; k <= patches; k++) p->first[k + 1] += p->first[k];
  for (int32_t k = 0; k < n; k++) p->row[p->first[patch_of(p, k) + 1]++] = k;
}

struct look {
  const struct patches *p;
  int32_t x, y, most, count;
  double  unit;
  struct pick *out;                 // a heap, the dearest first
};

static void sink(struct pick *heap, int32_t n, struct pick v) {
  int32_t i = 0;
  for (int32_t k; (k = 2 * i + 1) < n; i = k) {
    if (k + 1 < n && heap[k].cost < heap[k + 1].cost) k++;
    if (heap[k].cost <= v.cost) break;
    heap[i] = heap[k];
  }
  heap[i] = v;
}

static void rise(struct pick *heap, int32_t i, struct pick v) {
  for (; i > 0 && heap[(i - 1) / 2].cost < v.cost; i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
  heap[i] = v;
}

static int32_t beyond(int32_t v, int32_t low, int32_t high) { return v < low ? low - v : v > high ? v - high : 0; }

static bool too_dear(const struct look *l, double cost) { return l->count == l->most && cost >= l->out[0].cost; }

static void look_at(struct look *l, int32_t column, int32_t row) {
  const struct patches *p = l->p;
  if (column < 0 || column >= p->columns || row < 0 || row >= p->rows) return;
  int32_t at = row * p->columns + column;
  int32_t far = beyond(l->x, column * p->side, column * p->side + p->side - 1) + beyond(l->y, row * p->side, row * p->side + p->side - 1);
  if (p->first[at] == p->first[at + 1] || too_dear(l, l->unit * far + p->shortest[at])) return;
  for (int32_t i = p->first[at]; i < p->first[at + 1]; i++) {
    int32_t k = p->row[i];
    struct pick v = {l->unit * (abs(p->x[k] - l->x) + abs(p->y[k] - l->y)) + p->length[k], k};
    if (l->count < l->most) rise(l->out, l->count++, v);
    else if (v.cost < l->out[0].cost) sink(l->out, l->count, v);
  }
}

int32_t pick_cheapest(const struct patches *p, int32_t x, int32_t y, double unit, int32_t most, struct pick *out) {
  struct look l = {p, x, y, most, 0, unit, out};
  int32_t column = x / p->side, row = y / p->side, rings = p->columns > p->rows ? p->columns : p->rows;
  for (int32_t r = 0; r < rings; r++) {
    if (r > 0 && too_dear(&l, unit * ((r - 1) * p->side + 1) + p->least)) break;
    for (int32_t c = column - r; c <= column + r; c++) {
      look_at(&l, c, row - r);
      if (r > 0) look_at(&l, c, row + r);
    }
    for (int32_t c = row - r + 1; c < row + r; c++) {
      look_at(&l, column - r, c);
      look_at(&l, column + r, c);
    }
  }
  return l.count;
}
