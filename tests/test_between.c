// Ways between others: what is found keeps clear of everybody at every time, is no longer than it has to be, and is not found where there is none.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "engine/world/between.h"
#include "engine/world/geometry.h"
#include "tests/check.h"

#define RADIUS 0.3
#define NEED   0.56
#define SPEED  1.2

struct hall { struct layout layout; struct obstacle obstacle[16]; double point[16][4][2]; struct floor floor; };

static void hall_begin(struct hall *h, double w, double d) {
  memset(h, 0, sizeof *h);
  h->layout.size[0] = w;
  h->layout.size[1] = d;
  h->layout.has_floor = true;
  h->layout.file = "hall";
  h->layout.obstacles = h->obstacle;
}

static void add_box(struct hall *h, double x0, double y0, double x1, double y1) {
  int k = h->layout.obstacle_count++;
  const double p[4][2] = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
  memcpy(h->point[k], p, sizeof p);
  h->obstacle[k] = (struct obstacle){.name = "box", .area = {4, h->point[k]}};
}

static void hall_end(struct hall *h) {
  struct error e = {0};
  assert_int_equal(floor_init(&h->floor, &h->layout, NONE, RADIUS, NULL, &e), STATUS_OK);
}

static struct between_wish wish(const struct hall *h, double x0, double y0, double x1, double y1) {
  return (struct between_wish){.floor = &h->floor, .from = {x0, y0}, .goal = {x1, y1}, .speed = SPEED, .ready = 1, .beside = 0.1, .box = {0, 0, h->layout.size[0], h->layout.size[1]}};
}

static double length_of(const double (*p)[2], int n) {
  double sum = 0;
  for (int k = 0; k + 1 < n; k++) sum += geo_distance(p[k], p[k + 1]);
  return sum;
}

// The least distance over what is needed, of one who walks that way, to all others at all times.
static double spare(const struct between_wish *w, const double (*p)[2], int n) {
  double least = 1e30, gone = 0;
  for (int k = 0; k + 1 < n; k++) {
    double length = geo_distance(p[k], p[k + 1]);
    for (double x = 0; x < length; x += 0.02) {
      double time = w->ready + (gone + x) / w->speed;
      const double at[2] = {p[k][0] + x / length * (p[k + 1][0] - p[k][0]), p[k][1] + x / length * (p[k + 1][1] - p[k][1])};
      for (int o = 0; o < w->others; o++) {
        int q = (int)(time / BETWEEN_DT + 0.5);
        double d = geo_distance(at, w->other[o].at[q < w->other[o].count ? q : w->other[o].count - 1]) - w->other[o].need;
        least = d < least ? d : least;
      }
    }
    gone += length;
  }
  return least;
}

static struct arena arena;
static struct between *between;

static int begin(void **state) {
  (void)state;
  if (!arena_init(&arena, (size_t)1 << 24)) return 1;
  between = between_create(&arena);
  return between == NULL;
}

static int end(void **state) {
  (void)state;
  arena_finish(&arena);
  return 0;
}

// Alone it goes straight, in the time of that.
static void test_alone(void **state) {
  (void)state;
  struct hall h;
  double p[64][2], time;
  hall_begin(&h, 20, 10);
  hall_end(&h);
  struct between_wish w = wish(&h, 1.03, 5.1, 18, 6.77);
  CHECK(between_find(between, &w, p, 64, &time), ==, 2);
  CHECK_NEAR(time, 1 + hypot(16.97, 1.67) / SPEED, 1e-9);
  floor_finish(&h.floor);
}

// Around who stands in the middle: not shorter than the taut way around that disc, which is known in closed form, and hardly longer.
static void test_around(void **state) {
  (void)state;
  struct hall h;
  double p[64][2], time;
  const double at[1][2] = {{10, 5}};
  const struct between_other o = {NEED, 1, at};
  hall_begin(&h, 20, 10);
  hall_end(&h);
  struct between_wish w = wish(&h, 4, 5, 16, 5);
  w.other = &o, w.others = 1;
  int n = between_find(between, &w, p, 64, &time);
  double r = NEED, taut = 2 * sqrt(36 - r * r) + 2 * r * asin(r / 6), length = length_of((const double (*)[2])p, n);
  CHECK(n, >, 2);
  if (!(length >= taut - 1e-9 && length < taut + 0.25)) fail_msg("%g m, taut %g m", length, taut);
  if (!(spare(&w, (const double (*)[2])p, n) >= 0)) fail_msg("%g m too near", -spare(&w, (const double (*)[2])p, n));
  CHECK_NEAR(time, 1 + length / SPEED, 1e-9);
  floor_finish(&h.floor);
}

// In a passage for one somebody comes along: no way while he does, one that is ready later; none where he is going to stand; none at all through who stands there.
static void test_passage(void **state) {
  (void)state;
  struct hall h;
  double p[64][2], time, at[201][2];
  hall_begin(&h, 20, 10);
  add_box(&h, 5, 0, 15, 4.55);
  add_box(&h, 5, 5.45, 15, 10);
  hall_end(&h);
  for (int k = 0; k < 201; k++) at[k][0] = 18 - 16 * k / 200.0, at[k][1] = 5 + (k > 180 ? 2 * (k - 180) / 20.0 : 0);
  struct between_other o = {NEED, 201, (const double (*)[2])at};
  struct between_wish w = wish(&h, 4, 5, 17, 5);
  w.other = &o, w.others = 1;
  CHECK(between_find(between, &w, p, 64, &time), ==, 0);
  w.ready = 21;
  CHECK(between_find(between, &w, p, 64, &time), >, 1);
  w.goal[0] = 2, w.goal[1] = 6.9;
  CHECK(between_find(between, &w, p, 64, &time), ==, -1);
  const double stands[1][2] = {{10, 5}};
  o = (struct between_other){NEED, 1, stands};
  w.goal[0] = 17, w.goal[1] = 5;
  CHECK(between_find(between, &w, p, 64, &time), ==, 0);
  floor_finish(&h.floor);
}

// Halls and others at random: what is found is clear of things and of everybody, at the times at which it is walked.
static void test_random(void **state) {
  (void)state;
  struct stream s = stream_make(11, 0, "between", "halls", 0);
  static double at[12][400][2];
  int found = 0, bent = 0;
  for (int n = 0; n < 300; n++) {
    struct hall h;
    struct between_other o[12];
    double p[64][2], time;
    hall_begin(&h, 16, 12);
    for (int k = 0; k < 5; k++) {
      double x = 1 + 12 * stream_unit(&s), y = 1 + 9 * stream_unit(&s);
      add_box(&h, x, y, x + 0.3 + 2 * stream_unit(&s), y + 0.3 + 2 * stream_unit(&s));
    }
    hall_end(&h);
    struct between_wish w = wish(&h, 0.5 + 15 * stream_unit(&s), 0.5 + 11 * stream_unit(&s), 0.5 + 15 * stream_unit(&s), 0.5 + 11 * stream_unit(&s));
    w.other = o, w.others = 12;
    bool good = floor_free(&h.floor, w.from) && floor_free(&h.floor, w.goal);
    for (int k = 0; k < 12; k++) {
      double x = 16 * stream_unit(&s), y = 12 * stream_unit(&s), u = 16 * stream_unit(&s), v = 12 * stream_unit(&s);
      int count = stream_unit(&s) < 0.3 ? 1 : 1 + (int)(hypot(u - x, v - y) / (0.3 + stream_unit(&s)) / BETWEEN_DT);
      if (count > 400) count = 400;
      for (int q = 0; q < count; q++) at[k][q][0] = x + (u - x) * q / count, at[k][q][1] = y + (v - y) * q / count;
      o[k] = (struct between_other){NEED, count, (const double (*)[2])at[k]};
      good = good && geo_distance(at[k][0], w.from) > NEED + 0.1 && geo_distance(at[k][count - 1], w.goal) > NEED + 0.1;
    }
    int m = good ? between_find(between, &w, p, 64, &time) : 0;
    if (m > 0) {
      found++;
      bent += m > 2;
      CHECK_NEAR(geo_distance(p[0], w.from) + geo_distance(p[m - 1], w.goal), 0, 1e-12);
      for (int k = 0; k + 1 < m; k++) CHECK(floor_visible(&h.floor, p[k], p[k + 1]), ==, 1);
      if (!(spare(&w, (const double (*)[2])p, m) >= 0)) fail_msg("hall %d: %g m too near", n, -spare(&w, (const double (*)[2])p, m));
      CHECK_NEAR(time, w.ready + length_of((const double (*)[2])p, m) / w.speed, 1e-9);
    }
    floor_finish(&h.floor);
  }
  CHECK(found, >, 60);
  CHECK(bent, >, 30);
}

int test_between(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_alone), cmocka_unit_test(test_around), cmocka_unit_test(test_passage), cmocka_unit_test(test_random)};
  return cmocka_run_group_tests_name("between", tests, begin, end);
}
