// Traffic: no two robots in one cell, no swap, everyone gets there; the same on any number of threads.
#include "scheduler/traffic.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "tests/check.h"

#define SIDE_MAX   40
#define CELLS      (SIDE_MAX * SIDE_MAX)
#define ROBOTS_MAX 400

struct hall {
  struct traffic_grid grid;
  uint8_t wall[CELLS];
  int32_t open[CELLS], opens;       // cells that robots may be in
  int32_t n, cell[ROBOTS_MAX], goal[ROBOTS_MAX * TRAFFIC_GOALS], after[ROBOTS_MAX], scratch[CELLS];
  uint8_t facing[ROBOTS_MAX], after_facing[ROBOTS_MAX], action[ROBOTS_MAX], state[ROBOTS_MAX];
  int32_t reached[ROBOTS_MAX];      // goals, by robot
  struct stream dice;
};

static uint32_t dice(struct hall *h, uint32_t n) { return (uint32_t)(stream_unit(&h->dice) * n); }

// A hall where every free cell lies on a ring: small boxes in an open floor, none touching another or the outer wall.
static void draw_hall(struct hall *h, uint32_t number, int32_t width, int32_t height, double boxes) {
  memset(h, 0, sizeof *h);
  h->dice = stream_make(11, 1, "traffic", "hall", number);
  h->grid = (struct traffic_grid){width, height, h->wall, NULL};
  for (int32_t y = 1; y + 1 < height; y++)
    for (int32_t x = 1; x + 1 < width; x++) {
      if (stream_unit(&h->dice) >= boxes) continue;
      bool touches = false;
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) touches |= h->wall[(y + dy) * width + x + dx];
      if (!touches) h->wall[y * width + x] = 1;
    }
  for (int32_t c = 0; c < width * height; c++)
    if (!h->wall[c]) h->open[h->opens++] = c;
}

static void draw_robots(struct hall *h, int32_t n) {
  h->n = n;
  for (int32_t i = 0; i < n; i++) {
    int32_t k = i + (int32_t)dice(h, (uint32_t)(h->opens - i)), c = h->open[k];
    h->open[k] = h->open[i];
    h->open[i] = c;
    h->cell[i] = c;
    h->facing[i] = (uint8_t)dice(h, 4);
  }
  for (int32_t k = 0; k < n * TRAFFIC_GOALS; k++) h->goal[k] = h->open[dice(h, (uint32_t)h->opens)];
}

// One step, checked; goals that are reached are replaced.
static void step(struct hall *h, struct traffic *t) {
  const struct traffic_robots r = {h->n, h->cell, NULL, h->facing, h->state, h->goal, NULL};
  char fault[128] = "";
  traffic_step(t, &r, h->action);
  if (!traffic_check(&h->grid, h->n, h->cell, h->facing, h->action, h->after, h->after_facing, h->scratch, fault, sizeof fault)) fail_msg("%s", fault);
  for (int32_t i = 0; i < h->n; i++) {
    if (h->state[i] != TRAFFIC_OBEYS) CHECK(h->action[i], ==, TRAFFIC_WAIT);
    h->cell[i] = h->after[i];
    h->facing[i] = h->after_facing[i];
    if (h->cell[i] != h->goal[i * TRAFFIC_GOALS]) continue;
    h->reached[i]++;
    for (int k = 0; k + 1 < TRAFFIC_GOALS; k++) h->goal[i * TRAFFIC_GOALS + k] = h->goal[i * TRAFFIC_GOALS + k + 1];
    h->goal[i * TRAFFIC_GOALS + TRAFFIC_GOALS - 1] = h->open[dice(h, (uint32_t)h->opens)];
  }
}

static struct traffic *make(const struct hall *h, int32_t window, int32_t threads) {
  struct traffic_params p = traffic_defaults();
  p.robots_max = h->n;
  p.window = window;
  p.work = 2000;
  p.threads = threads;
  struct traffic *t = traffic_create(&h->grid, &p);
  assert_non_null(t);
  return t;
}

// many small halls, half of them crowded: everyone gets to a goal and to the next
static void halls(uint32_t count, int32_t window) {
  struct hall *h = malloc(sizeof *h);
  for (uint32_t k = 0; k < count; k++) {
    draw_hall(h, k, 3 + (int32_t)(k % 7), 3 + (int32_t)(k / 7 % 6), k % 3 * 0.15);
    int32_t most = k % 2 ? h->opens * 6 / 10 : h->opens / 4;
    draw_robots(h, most > 0 ? 1 + (int32_t)dice(h, (uint32_t)most) : 1);
    struct traffic *t = make(h, window, 1);
    int32_t steps = 0, least = 0;
    for (; steps < 4000 && least < 2; steps++) {
      step(h, t);
      least = h->reached[0];
      for (int32_t i = 1; i < h->n; i++) least = h->reached[i] < least ? h->reached[i] : least;
    }
    if (least < 2) fail_msg("hall %u: %d x %d, %d robots: after %d steps one has reached %d goals", k, h->grid.width, h->grid.height, h->n, steps, least);
    traffic_destroy(t);
  }
  free(h);
}

static void test_halls(void **state) {
  (void)state;
  halls(7000, 0);
}

static void test_halls_window(void **state) {
  (void)state;
  halls(3000, 6);
}

static uint64_t digest_of_run(int32_t window, int32_t threads, int32_t steps) {
  struct hall *h = malloc(sizeof *h);
  draw_hall(h, 77, 40, 30, 0.2);
  draw_robots(h, 300);
  struct traffic *t = make(h, window, threads);
  uint64_t digest = DIGEST_START;
  for (int32_t k = 0; k < steps; k++) {
    step(h, t);
    digest = digest_bytes(digest, h->action, (size_t)h->n);
  }
  traffic_destroy(t);
  free(h);
  return digest;
}

static void test_threads(void **state) {
  (void)state;
  for (int32_t window = 0; window <= 8; window += 8) {
    uint64_t one = digest_of_run(window, 1, 60);
    for (int32_t threads = 1; threads <= 5; threads += 2) assert_true(digest_of_run(window, threads, 60) == one);
  }
}

int test_traffic(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_halls),
    cmocka_unit_test(test_halls_window),
    cmocka_unit_test(test_threads),
  };
  return cmocka_run_group_tests_name("traffic", tests, NULL, NULL);
}
