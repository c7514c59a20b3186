#include "app/bench_traffic.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/wall_clock.h"
#include "base/random.h"
#include "scheduler/traffic.h"

#define WIDTH  500
#define HEIGHT 140
#define CELLS  (WIDTH * HEIGHT)

struct hall {
  uint8_t  wall[CELLS];
  int32_t  open[CELLS], opens;
  int32_t *cell, *after, *goal, scratch[CELLS];
  uint8_t *facing, *after_facing, *action;
  struct stream dice;
};

static int32_t dice(struct hall *h, int32_t n) { return (int32_t)(stream_unit(&h->dice) * n); }

static void make_hall(struct hall *h) {
  for (int32_t y = 0; y < HEIGHT; y++)
    for (int32_t x = 0; x < WIDTH; x++) {
      bool middle = x >= 5 && x < WIDTH - 5 && y >= 5 && y < HEIGHT - 5;
      h->wall[y * WIDTH + x] = middle && x % 2 && y % 2;
      if (!h->wall[y * WIDTH + x]) h->open[h->opens++] = y * WIDTH + x;
    }
}

static bool place(struct hall *h, int32_t n) {
  h->cell = malloc((size_t)n * sizeof *h->cell);
  h->after = malloc((size_t)n * sizeof *h->after);
  h->goal = malloc((size_t)n * TRAFFIC_GOALS * sizeof *h->goal);
  h->facing = calloc((size_t)n, 1);
  h->after_facing = calloc((size_t)n, 1);
  h->action = calloc((size_t)n, 1);
  if (!h->cell || !h->after || !h->goal || !h->facing || !h->after_facing || !h->action) return false;
  memset(h->goal, 0xFF, (size_t)n * TRAFFIC_GOALS * sizeof *h->goal);
  for (int32_t i = 0; i < n; i++) {
    int32_t k = i + dice(h, h->opens - i), c = h->open[k];
    h->open[k] = h->open[i];
    h->open[i] = c;
    h->cell[i] = c;
    h->goal[i * TRAFFIC_GOALS] = h->open[dice(h, h->opens)];
  }
  return true;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void run(struct hall *h, struct traffic *t, struct bench_traffic *b, double *ms) {
  const struct traffic_grid grid = {WIDTH, HEIGHT, h->wall, NULL};
  int64_t reached = 0;
  for (int k = 0; k < b->steps; k++) {
    const struct traffic_robots r = {b->robots, h->cell, NULL, h->facing, NULL, h->goal, NULL, 0, NULL};
    double begun = wall_clock();
    traffic_step(t, &r, h->action);
    ms[k] = 1e3 * (wall_clock() - begun);
    char fault[128];
    bool ok = traffic_check(&grid, b->robots, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault);
    assert(ok);
    memcpy(h->cell, h->after, (size_t)b->robots * sizeof *h->cell);
    memcpy(h->facing, h->after_facing, (size_t)b->robots);
    for (int32_t i = 0; i < b->robots; i++) {
      if (h->cell[i] != h->goal[i * TRAFFIC_GOALS]) continue;
      h->goal[i * TRAFFIC_GOALS] = h->open[dice(h, h->opens)];
      reached++;
    }
  }
  b->reached = (double)reached / b->steps;
}

bool bench_traffic(struct bench_traffic *b, int robots, int window, int steps) {
  *b = (struct bench_traffic){.robots = robots, .steps = steps};
  struct hall *h = calloc(1, sizeof *h);
  double *ms = calloc((size_t)steps, sizeof *ms);
  struct traffic_params p = traffic_defaults();
  p.robots_max = robots;
  p.window = window;
  p.threads = 2;
  p.field_bytes = (size_t)512 << 20;
  p.field_work = 150000;
  struct traffic *t = NULL;
  bool ok = h && ms;
  if (ok) {
    h->dice = stream_make(1, 1, "bench", "traffic", 0);
    make_hall(h);
    const struct traffic_grid grid = {WIDTH, HEIGHT, h->wall, NULL};
    ok = place(h, robots) && (t = traffic_create(&grid, &p)) != NULL;
  }
  if (ok) {
    run(h, t, b, ms);
    struct traffic_count c = traffic_counts(t);
    b->moves = (double)c.moves / ((double)c.steps * robots);
    b->fields = (double)c.field_bytes / 1048576;
    b->first = ms[0];
    for (int k = 0; k < steps; k++) b->mean += ms[k] / steps;
    qsort(ms, (size_t)steps, sizeof *ms, compare);
    b->p99 = ms[(steps - 1) * 99 / 100];
    b->max = ms[steps - 1];
  }
  traffic_destroy(t);
  if (h) {
    free(h->cell);
    free(h->after);
    free(h->goal);
    free(h->facing);
    free(h->after_facing);
    free(h->action);
  }
  free(h);
  free(ms);
  return ok;
}
