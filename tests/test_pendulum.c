// The linear inverted pendulum's closed forms against integration of x'' = w^2 (x - p), plans against their definition,
// capturability against a search that pushes, waits and steps.
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "robots/capture.h"
#include "robots/pendulum.h"
#include "tests/check.h"

// classical Runge-Kutta of fourth order
static struct pendulum integrate(struct pendulum s, double p, double w, double t, int steps) {
  double h = t / steps, k = w * w;
  for (int i = 0; i < steps; i++) {
    double x1 = s.v, v1 = k * (s.x - p);
    double x2 = s.v + h / 2 * v1, v2 = k * (s.x + h / 2 * x1 - p);
    double x3 = s.v + h / 2 * v2, v3 = k * (s.x + h / 2 * x2 - p);
    double x4 = s.v + h * v3, v4 = k * (s.x + h * x3 - p);
    s.x += h / 6 * (x1 + 2 * x2 + 2 * x3 + x4);
    s.v += h / 6 * (v1 + 2 * v2 + 2 * v3 + v4);
  }
  return s;
}

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static void test_after(void **state) {
  (void)state;
  struct stream draws = stream_make(1, 0, "pendulum", "after", 0);
  for (int i = 0; i < 50; i++) {
    struct pendulum s = {between(&draws, -0.3, 0.3), between(&draws, -1.5, 1.5)};
    double z = between(&draws, 0.5, 1.2), p = between(&draws, -0.2, 0.2), t = between(&draws, -0.8, 0.8);
    double w = pendulum_rate(z);
    CHECK_NEAR(w * w * z, 9.81, 1e-14);
    struct pendulum a = pendulum_after(s, p, w, t), b = integrate(s, p, w, t, 4000);
    CHECK_NEAR(a.x, b.x, 1e-11);
    CHECK_NEAR(a.v, b.v, 1e-11);
    // the orbit's energy is a constant of it, xi has a law of its own, and time runs backwards too
    CHECK_NEAR(pendulum_energy(a, p, w), pendulum_energy(s, p, w), 1e-12);
    CHECK_NEAR(pendulum_energy(s, p, w), (s.v * s.v - w * w * (s.x - p) * (s.x - p)) / 2, 1e-14);
    CHECK_NEAR(pendulum_dcm(a, w), pendulum_dcm_after(pendulum_dcm(s, w), p, w, t), 1e-13);
    struct pendulum back = pendulum_after(a, p, w, -t);
    CHECK_NEAR(back.x, s.x, 1e-13);
    CHECK_NEAR(back.v, s.v, 1e-13);
  }
}

// Above the foot at the apex; an orbit of negative energy never comes there.
static void test_apex(void **state) {
  (void)state;
  double w = pendulum_rate(0.9), t = 0;
  for (double v = 0.1; v < 1.5; v += 0.05) {
    struct pendulum s = {-0.15, v};
    bool passes = pendulum_apex(s, 0.02, w, &t);
    assert_int_equal(passes, v > w * 0.17);
    if (passes) CHECK_NEAR(pendulum_after(s, 0.02, w, t).x, 0.02, 1e-13);
    double xi = pendulum_dcm(s, w);                                  // a foot on the capture point: rest above it, neither passed nor turned
    CHECK_NEAR(pendulum_energy(s, xi, w), 0, 1e-14);
    CHECK_NEAR(pendulum_after(s, xi, w, 2).x, xi + (s.x - xi) * exp(-2 * w), 1e-12);
  }
  assert_true(pendulum_apex((struct pendulum){0.1, 1}, 0, w, &t));
  assert_true(t < 0);
}

static void test_plan(void **state) {
  (void)state;
  double w = pendulum_rate(0.87);
  struct stream draws = stream_make(1, 0, "pendulum", "plan", 0);
  struct pendulum_step s[30];
  for (int i = 0; i < 30; i++)
    s[i] = (struct pendulum_step){.p = 0.4 * i + between(&draws, -0.05, 0.05), .time = between(&draws, 0.3, 0.8)};
  pendulum_plan(s, 30, w, -0.1, s[29].p);
  CHECK_NEAR(s[0].start.x, -0.1, 0);
  for (int i = 0; i < 30; i++) {
    struct pendulum mid = integrate(s[i].start, s[i].p, w, s[i].time / 2, 1000), end = integrate(mid, s[i].p, w, s[i].time / 2, 1000);
    CHECK_NEAR(s[i].mid.x, mid.x, 1e-10);
    CHECK_NEAR(s[i].end.x, end.x, 1e-10);
    CHECK_NEAR(s[i].end.v, end.v, 1e-10);
    CHECK_NEAR(pendulum_dcm(s[i].end, w), s[i].dcm_end, 1e-12);
    if (i > 0) {
      CHECK_NEAR(s[i].dcm_start, s[i - 1].dcm_end, 1e-15);
      CHECK_NEAR(s[i].start.v, s[i - 1].end.v, 1e-12);               // no jump of the speed between steps
    }
  }
  CHECK_NEAR(s[29].dcm_end, s[29].p, 0);

  // the same plan from its own first state, by hand; one centimetre off grows by e^(w T) a step
  struct pendulum_step f[2] = {s[0], s[1]};
  f[0].dcm_start = f[0].dcm_end = 0;
  pendulum_follow(f, 2, w, s[0].start);
  CHECK_NEAR(f[1].end.x, s[1].end.x, 1e-12);
  CHECK_NEAR(f[1].dcm_end, s[1].dcm_end, 1e-12);
  pendulum_follow(f, 2, w, (struct pendulum){s[0].start.x, s[0].start.v + 0.01 * w});
  CHECK_NEAR(f[1].dcm_end - s[1].dcm_end, 0.01 * exp(w * (s[0].time + s[1].time)), 1e-12);
}

// A walk that repeats itself comes out of a long plan as its middle, and out of integration over one step.
static void test_walk(void **state) {
  (void)state;
  double w = pendulum_rate(0.9), length = 0.6, time = 0.5, width = 0.18;
  struct pendulum_walk g = pendulum_walk(length, time, width, w);
  struct pendulum ahead = {g.start_x, g.start_v}, end = integrate(ahead, 0, w, time, 2000);
  CHECK_NEAR(end.x, -g.start_x, 1e-11);
  CHECK_NEAR(end.v, g.start_v, 1e-11);
  CHECK_NEAR(integrate(ahead, 0, w, time / 2, 1000).v, g.least_v, 1e-11);
  CHECK_NEAR(pendulum_dcm(ahead, w), g.dcm_start, 1e-12);
  CHECK_NEAR(pendulum_dcm(end, w), g.dcm_end, 1e-10);
  CHECK_NEAR(g.dcm_end - length, g.dcm_start, 1e-12);

  struct pendulum side = {0, g.start_side_v}, over = integrate(side, width / 2, w, time, 2000);
  CHECK_NEAR(over.x, 0, 1e-11);
  CHECK_NEAR(over.v, -g.start_side_v, 1e-11);
  CHECK_NEAR(integrate(side, width / 2, w, time / 2, 1000).x, g.reach_side, 1e-11);
  CHECK_NEAR(width / 2 - pendulum_dcm(side, w), g.dcm_side, 1e-12);

  struct pendulum_step s[40], t[40];
  for (int i = 0; i < 40; i++) {
    s[i] = (struct pendulum_step){.p = length * i, .time = time};
    t[i] = (struct pendulum_step){.p = i % 2 ? -width / 2 : width / 2, .time = time};
  }
  pendulum_plan(s, 40, w, 0, s[39].p);
  pendulum_plan(t, 40, w, 0, t[39].p);
  CHECK_NEAR(s[20].dcm_start - s[20].p, g.dcm_start, 1e-12);
  CHECK_NEAR(s[20].start.v, g.start_v, 1e-9);
  CHECK_NEAR(t[20].p - t[20].dcm_start, g.dcm_side, 1e-12);
}

// Best that a body can do, by search: it bears the push at the sole's edge for the swing, then tries every step.
static bool survives(double xi, double foot, double step, double swing, double w, int steps) {
  if (fabs(xi) <= foot) return true;
  if (steps == 0) return false;
  double edge = xi > 0 ? foot : -foot, later = edge + (xi - edge) * exp(w * swing);
  if (fabs(later) > 50) return false;
  for (int i = -20; i <= 20; i++)
    if (survives(later - step * i / 20, foot, step, swing, w, steps - 1)) return true;
  return false;
}

static void test_capture(void **state) {
  (void)state;
  struct capture_body b = {.mass = 60, .height = 0.85, .foot = 0.1, .step = 0.55, .swing = 0.45};
  double w = pendulum_rate(b.height);
  for (int n = 0; n <= 2; n++) {
    double d = capture_distance(&b, n);
    assert_true(survives(d - 1e-9, b.foot, b.step, b.swing, w, n));
    assert_false(survives(d + 1e-6, b.foot, b.step, b.swing, w, n));
    CHECK(capture_steps(&b, d), ==, n);
    CHECK(capture_steps(&b, d * (1 + 1e-12)), ==, n + 1);
    CHECK_NEAR(capture_impulse(&b, n), b.mass * w * d, 1e-12);
  }
  // the limit is the fixed point of the recursion
  double most = capture_distance_most(&b);
  CHECK_NEAR(b.foot + (b.step - b.foot + most) * exp(-w * b.swing), most, 1e-14);
  CHECK_NEAR(capture_distance(&b, 1000), most, 1e-14);
  CHECK(capture_steps(&b, most + 1e-9), ==, CAPTURE_NONE);
  CHECK(capture_steps(&b, NAN), ==, CAPTURE_NONE);
  CHECK(capture_steps(&b, 0), ==, 0);
  // a point foot: d_1 = l e^(-w T)
  b.foot = 0;
  CHECK_NEAR(capture_distance(&b, 1), b.step * exp(-w * b.swing), 1e-15);
  CHECK_NEAR(capture_distance(&b, 0), 0, 0);
}

int test_pendulum(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_after), cmocka_unit_test(test_apex), cmocka_unit_test(test_plan), cmocka_unit_test(test_walk),
    cmocka_unit_test(test_capture),
  };
  return cmocka_run_group_tests_name("pendulum", tests, NULL, NULL);
}
