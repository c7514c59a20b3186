// Spring-mass running: energy, symmetry, reversal of time, the limits where the answer is known in closed form, and
// stance against another integrator.
#include <math.h>

#include "robots/slip.h"
#include "tests/check.h"

#define G 9.81

static const struct slip leg = {.mass = 62, .stiffness = 15000, .length = 0.95};

// Stoermer's leapfrog in tiny steps: second order, errors of h^2
static struct slip_state leapfrog(const struct slip *s, struct slip_state a, double t, int n) {
  double h = t / n;
  for (int i = 0; i < n; i++) {
    a.x += h / 2 * a.vx, a.y += h / 2 * a.vy;
    double r = sqrt(a.x * a.x + a.y * a.y), f = s->stiffness / s->mass * (s->length - r) / r;
    a.vx += h * f * a.x, a.vy += h * (f * a.y - G);
    a.x += h / 2 * a.vx, a.y += h / 2 * a.vy;
  }
  return a;
}

static void test_stance(void **state) {
  (void)state;
  struct slip_state a = {-0.25, sqrt(leg.length * leg.length - 0.0625), 2.3, -0.5};
  for (double t = 0.02; t < 0.25; t += 0.031) {
    struct slip_state b = slip_stance(&leg, a, t), c = leapfrog(&leg, a, t, 20000), d = leapfrog(&leg, a, t, 40000);
    CHECK_NEAR(b.x, d.x + (d.x - c.x) / 3, 1e-11);                   // Richardson
    CHECK_NEAR(b.y, d.y + (d.y - c.y) / 3, 1e-11);
    CHECK_NEAR(b.vy, d.vy + (d.vy - c.vy) / 3, 1e-9);
    CHECK_NEAR(slip_energy(&leg, b), slip_energy(&leg, a), 1e-12);
    // with the speed turned round the mass comes back
    b.vx = -b.vx, b.vy = -b.vy;
    struct slip_state back = slip_stance(&leg, b, t);
    CHECK_NEAR(back.x, a.x, 1e-12);
    CHECK_NEAR(back.vy, -a.vy, 1e-11);
  }
}

// Straight up and down: a spring under a weight, whose contact lasts 2 (pi - atan(w v / g)) / w.
static void test_hopping(void **state) {
  (void)state;
  double drop = 0.03, v = sqrt(2 * G * drop), w = sqrt(leg.stiffness / leg.mass);
  struct slip_state lift;
  double t;
  assert_true(slip_lift(&leg, (struct slip_state){0, leg.length, 0, -v}, &t, &lift));
  CHECK_NEAR(t, 2 * (M_PI - atan(w * v / G)) / w, 1e-13);
  CHECK_NEAR(lift.vy, v, 1e-12);
  CHECK_NEAR(lift.y, leg.length, 1e-14);
  CHECK_NEAR(lift.x, 0, 0);
}

static void test_apex_map(void **state) {
  (void)state;
  struct slip_step r, back;
  int steps = 0;
  for (double v = 1.8; v < 5.5; v += 0.4)
    for (double angle = 62; angle < 78; angle += 2) {
      if (!slip_apex(&leg, 0.96, v, angle * M_PI / 180, &r)) continue;
      steps++;
      CHECK_NEAR(v * v / 2 + G * 0.96, r.apex_v * r.apex_v / 2 + G * r.apex_y, 1e-11);
      CHECK_NEAR(hypot(r.lift.x, r.lift.y), leg.length, 1e-14);
      CHECK_NEAR(r.period, r.descent + r.contact + r.ascent, 1e-15);
      CHECK_NEAR(r.peak_force, leg.stiffness * r.compression, 1e-9);
      // the film run backwards is a step too: from the next apex, landing at the angle of lift-off
      if (!slip_apex(&leg, r.apex_y, r.apex_v, atan2(r.lift.y, r.lift.x), &back)) fail_msg("no way back at %g m/s, %g deg", v, angle);
      CHECK_NEAR(back.apex_y, 0.96, 1e-10);
      CHECK_NEAR(back.apex_v, v, 1e-10);
      CHECK_NEAR(back.length, r.length, 1e-10);
      CHECK_NEAR(back.compression, r.compression, 1e-12);
    }
  CHECK(steps, >, 30);
}

static void test_no_step(void **state) {
  (void)state;
  struct slip_step r;
  assert_false(slip_apex(&leg, 0.5, 2, 1.2, &r));                    // longer than the mass is high
  assert_false(slip_apex(&leg, 0.96, 1, 0.8, &r));                   // thrown back
  assert_false(slip_apex(&leg, 0.96, 3, 1.55, &r));                  // falls over the leg
  struct slip soft = {leg.mass, 1000, leg.length};
  assert_false(slip_apex(&soft, 1.5, 1, 1.5, &r));                   // comes down to the floor
}

// The jog found is one: its apex repeats itself, mean speed and flight are those asked for.
static void test_jog(void **state) {
  (void)state;
  int found = 0;
  for (double speed = 1.6; speed < 3.6; speed += 0.2)
    for (double flight = 0; flight < 0.2; flight += 0.04) {
      double angle;
      struct slip_step jog, next;
      if (!slip_jog(&leg, speed, flight, &angle, &jog)) continue;
      found++;
      CHECK_NEAR(jog.length / jog.period, speed, 1e-11);
      CHECK_NEAR(jog.period - jog.contact, flight, 1e-12);
      CHECK_NEAR(jog.duty, jog.contact / (2 * jog.period), 1e-14);
      if (flight > 0) {
        if (!slip_apex(&leg, jog.apex_y, jog.apex_v, angle, &next)) fail_msg("no step at %g m/s, flight %g s", speed, flight);
        CHECK_NEAR(next.apex_y, jog.apex_y, 1e-11);
        CHECK_NEAR(next.apex_v, jog.apex_v, 1e-11);
        CHECK_NEAR(next.contact, jog.contact, 1e-11);
        CHECK_NEAR(next.compression, jog.compression, 1e-12);
      }
      // over a step the floor bears the weight: mean force = m g, so sum of leg's vertical impulse gives back the speed
      CHECK_NEAR(jog.lift.vy - jog.land.vy, G * flight, 1e-11);
      // its stiffness is found again from its compression
      struct slip other = leg;
      other.stiffness = 1;
      assert_true(slip_jog_compressed(&other, speed, flight, jog.compression, &angle, &next));
      CHECK_NEAR(other.stiffness, leg.stiffness, 1e-6);
      CHECK_NEAR(next.length, jog.length, 1e-10);
    }
  CHECK(found, >, 40);
}

// Twice the mass on twice the stiffness is the same motion; lengths scale with g / frequency^2.
static void test_scaling(void **state) {
  (void)state;
  struct slip twice = {2 * leg.mass, 2 * leg.stiffness, leg.length};
  struct slip small = {leg.mass, leg.stiffness * 4, leg.length / 4};
  double a, b, c;
  struct slip_step r, s, t;
  assert_true(slip_jog(&leg, 2.4, 0.1, &a, &r));
  assert_true(slip_jog(&twice, 2.4, 0.1, &b, &s));
  assert_true(slip_jog(&small, 1.2, 0.05, &c, &t));
  CHECK_NEAR(a, b, 1e-13);
  CHECK_NEAR(s.peak_force, 2 * r.peak_force, 1e-8);
  CHECK_NEAR(a, c, 1e-12);
  CHECK_NEAR(t.length, r.length / 4, 1e-12);
  CHECK_NEAR(t.duty, r.duty, 1e-12);
  CHECK_NEAR(froude_speed(0.5, 0.9) * froude_speed(0.5, 0.9), 0.5 * G * 0.9, 1e-14);
}

int test_slip(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_stance), cmocka_unit_test(test_hopping), cmocka_unit_test(test_apex_map),
    cmocka_unit_test(test_no_step), cmocka_unit_test(test_jog), cmocka_unit_test(test_scaling),
  };
  return cmocka_run_group_tests_name("slip", tests, NULL, NULL);
}
