// Reciprocal avoidance: the half-planes against the velocity obstacles they stand for, the linear program against a search by hand.
#include <stdbool.h>

#include "base/maths.h"
#include "base/random.h"
#include "scheduler/orca.h"
#include "tests/check.h"

static double breach(const struct orca_line *l, const double v[2]) {
  return l->direction[0] * (l->point[1] - v[1]) - l->direction[1] * (l->point[0] - v[0]);
}

// Least distance of a point from the origin while it moves from `from` by `v` for `time`.
static double nearest(const double from[2], const double v[2], double time) {
  double v2 = v[0] * v[0] + v[1] * v[1], s = v2 > 0 ? -(from[0] * v[0] + from[1] * v[1]) / v2 : 0;
  s = s < 0 ? 0 : s > time ? time : s;
  double x = from[0] + s * v[0], y = from[1] + s * v[1];
  return m_sqrt(x * x + y * y);
}

static double around(struct stream *s, double most) { return (2 * stream_unit(s) - 1) * most; }

// Two that both keep to their half-planes do not touch for as long as was asked.
static void test_pairs_keep_clear(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "orca", "pairs", 0);
  for (int n = 0; n < 20000; n++) {
    double offset[2] = {around(&s, 4), around(&s, 4)}, a[2] = {around(&s, 1.4), around(&s, 1.4)}, b[2] = {around(&s, 1.4), around(&s, 1.4)};
    double radius = 0.6, horizon = 2;
    if (offset[0] * offset[0] + offset[1] * offset[1] < 1.01 * radius * radius) continue;
    const double closing[2] = {a[0] - b[0], a[1] - b[1]}, back[2] = {-offset[0], -offset[1]}, closing_b[2] = {-closing[0], -closing[1]};
    double share = 0.2 + 0.6 * stream_unit(&s), va[2], vb[2];
    struct orca_line la = orca_neighbour(a, offset, closing, radius, horizon, 0.1, share);
    struct orca_line lb = orca_neighbour(b, back, closing_b, radius, horizon, 0.1, 1 - share);
    orca_velocity(&la, 1, 0, 10, a, va);
    orca_velocity(&lb, 1, 0, 10, b, vb);
    const double relative[2] = {vb[0] - va[0], vb[1] - va[1]};
    if (nearest(offset, relative, horizon) < radius - 1e-9) fail_msg("pair %d comes as near as %g", n, nearest(offset, relative, horizon));
  }
}

// The optimum of the program against a fine search of the disc.
static void test_program_is_best(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "orca", "program", 0);
  int solved = 0;
  for (int n = 0; n < 400; n++) {
    struct orca_line line[5];
    for (int k = 0; k < 5; k++) {
      double sn, cs;
      m_sincos(around(&s, M_PI_D), &sn, &cs);
      line[k] = (struct orca_line){{around(&s, 0.8), around(&s, 0.8)}, {cs, sn}};
    }
    double wished[2] = {around(&s, 1.4), around(&s, 1.4)}, got[2], best = 1e300;
    orca_velocity(line, 5, 0, 1.4, wished, got);
    for (int y = -140; y <= 140; y++)
      for (int x = -140; x <= 140; x++) {
        const double v[2] = {x * 0.01, y * 0.01};
        bool in = v[0] * v[0] + v[1] * v[1] <= 1.4 * 1.4;
        for (int k = 0; k < 5 && in; k++) in = breach(&line[k], v) <= 0;
        double dx = v[0] - wished[0], dy = v[1] - wished[1];
        if (in && dx * dx + dy * dy < best) best = dx * dx + dy * dy;
      }
    if (best > 1e299) continue;
    solved++;
    double dx = got[0] - wished[0], dy = got[1] - wished[1], away = m_sqrt(dx * dx + dy * dy);
    for (int k = 0; k < 5; k++) assert_true(breach(&line[k], got) < 1e-9);
    assert_true(got[0] * got[0] + got[1] * got[1] < 1.4 * 1.4 + 1e-9);
    assert_true(away < m_sqrt(best) + 1e-9);            // no point of the search is better
    assert_true(away > m_sqrt(best) - 0.05);
  }
  assert_true(solved > 50);
}

// Where nothing is allowed, no other velocity breaks the worst line by less.
static void test_least_breach(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "orca", "breach", 0);
  int torn = 0;
  for (int n = 0; n < 400; n++) {
    struct orca_line line[6];
    for (int k = 0; k < 6; k++) {
      double sn, cs;
      m_sincos(k * M_PI_D / 3 + around(&s, 0.3), &sn, &cs);
      line[k] = (struct orca_line){{-0.3 * sn, 0.3 * cs}, {cs, sn}};            // six that point outwards: none holds them all
    }
    const double wished[2] = {around(&s, 1), around(&s, 1)};
    double got[2], worst = 0, least = 1e300;
    orca_velocity(line, 6, 0, 1.4, wished, got);
    for (int k = 0; k < 6; k++)
      if (breach(&line[k], got) > worst) worst = breach(&line[k], got);
    for (int y = -140; y <= 140; y++)
      for (int x = -140; x <= 140; x++) {
        const double v[2] = {x * 0.01, y * 0.01};
        double most = 0;
        if (v[0] * v[0] + v[1] * v[1] > 1.4 * 1.4) continue;
        for (int k = 0; k < 6; k++)
          if (breach(&line[k], v) > most) most = breach(&line[k], v);
        if (most < least) least = most;
      }
    if (least <= 0) continue;
    torn++;
    assert_true(worst < least + 1e-9);
  }
  assert_true(torn > 100);
}

static void test_walls_bind(void **state) {
  (void)state;
  const double left[2] = {1, 0}, right[2] = {-1, 0}, wished[2] = {3, 1}, offset[2] = {0, -0.7}, closing[2] = {0, 3}, still[2] = {0, 0};
  struct orca_line line[3] = {orca_wall(left, 0.1, 0.5), orca_wall(right, 0.1, 0.5)};
  double got[2];
  line[2] = orca_neighbour(still, offset, closing, 0.6, 2, 0.1, 1);
  orca_velocity(line, 3, 2, 1.4, wished, got);
  assert_true(got[0] <= 0.2 + 1e-12);
  assert_true(got[0] >= -0.2 - 1e-12);
}

int test_orca(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pairs_keep_clear), cmocka_unit_test(test_program_is_best), cmocka_unit_test(test_least_breach), cmocka_unit_test(test_walls_bind),
  };
  return cmocka_run_group_tests_name("orca", tests, NULL, NULL);
}
