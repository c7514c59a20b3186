#include "study/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool sample_init(struct sample *s, int paths, int runs) {
  *s = (struct sample){.paths = paths, .runs = runs};
  size_t rows = (size_t)runs + 1, cells = rows * (size_t)(paths + 1);
  if (!arena_init(&s->arena, (size_t)(paths + 1) * (sizeof *s->path + 512) + rows * sizeof *s->number + cells * sizeof *s->value + 4096)) return false;
  s->path = ARENA_NEW(&s->arena, const char *, paths + 1);
  s->number = ARENA_NEW(&s->arena, uint32_t, rows);
  s->value = ARENA_NEW(&s->arena, double, cells);
  return s->path && s->number && s->value;
}

void sample_finish(struct sample *s) {
  if (s->arena.base) arena_finish(&s->arena);
  *s = (struct sample){0};
}

int sample_find(const struct sample *s, const char *path) {
  for (int i = 0; i < s->paths; i++)
    if (!strcmp(s->path[i], path) || (!strncmp(s->path[i], "kpi.", 4) && !strcmp(s->path[i] + 4, path))) return i;
  return -1;
}

struct estimate sample_estimate(const struct sample *s, int path) { return estimate_make(s->value + path, s->runs, s->paths); }

struct estimate sample_welch(const struct estimate *a, const struct estimate *b) {
  struct estimate d = {.mean = b->mean - a->mean, .sd = NAN, .low = NAN, .high = NAN, .n = a->n < b->n ? a->n : b->n};
  if (a->n < 2 || b->n < 2 || isnan(a->sd) || isnan(b->sd)) return d;
  double va = a->sd * a->sd / a->n, vb = b->sd * b->sd / b->n, v = va + vb;
  d.sd = sqrt(v);
  d.low = d.high = d.mean;
  if (v <= 0) return d;
  if (!isfinite(v)) {
    // beyond all numbers
    d.sd = d.low = d.high = NAN;
    return d;
  }
  // by shares: squares of variances leave the range of numbers long before the interval does
  double share = va / v, freedom = 1 / (share * share / (a->n - 1) + (1 - share) * (1 - share) / (b->n - 1)), half = student_t(0.975, freedom < 1 ? 1 : freedom) * sqrt(v);
  d.low -= half;
  d.high += half;
  return d;
}

static void compare_one(const struct sample *a, int i, const struct sample *b, int k, double *scratch, struct paired *out) {
  int n = 0;
  *out = (struct paired){.path = a->path[i], .a = sample_estimate(a, i), .b = sample_estimate(b, k)};
  for (int x = 0, y = 0; x < a->runs && y < b->runs;) {
    if (a->number[x] < b->number[y]) { x++; continue; }
    if (a->number[x] > b->number[y]) { y++; continue; }
    scratch[n++] = b->value[(size_t)y++ * (size_t)b->paths + (size_t)k] - a->value[(size_t)x++ * (size_t)a->paths + (size_t)i];
  }
  out->by_run = n > 0;
  out->change = n > 0 ? estimate_make(scratch, n, 1) : sample_welch(&out->a, &out->b);
}

int sample_compare(const struct sample *a, const struct sample *b, struct paired *out) {
  double *scratch = calloc((size_t)(a->runs > 0 ? a->runs : 1), sizeof *scratch);
  int n = 0;
  for (int i = 0; i < a->paths && scratch; i++) {
    int k = i < b->paths && !strcmp(a->path[i], b->path[i]) ? i : sample_find(b, a->path[i]);
    if (k >= 0) compare_one(a, i, b, k, scratch, &out[n++]);
  }
  free(scratch);
  return n;
}

bool paired_clear(const struct paired *p) { return p->change.low > 0 || p->change.high < 0 || (p->change.low == p->change.high && p->change.low != 0); }
