// Own elementary functions against the long double library, in units of the last place.
#include "tests/check.h"

#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "base/maths.h"
#include "base/random.h"

#define ROUNDS 400000

// Distance from the true value in ulps of the double nearest to it.
static double ulps(double got, long double want) {
  double near = (double)want;
  if (isnan(near) || isnan(got)) return isnan(near) && isnan(got) ? 0 : 1e300;
  if (isinf(near) || isinf(got)) return got == near ? 0 : 1e300;
  int e;
  frexp(near, &e);
  long double unit = ldexpl(1, (e < -1021 ? -1021 : e) - 53);
  return (double)(fabsl(got - want) / unit);
}

struct worst { double ulps, x, y; };

static void note(struct worst *w, double got, long double want, double x, double y) {
  double u = ulps(got, want);
  if (u > w->ulps) *w = (struct worst){u, x, y};
}

static void report(const char *name, struct worst w, double bound) {
  print_message("%-22s %.4f ulp at (%.17g, %.17g)\n", name, w.ulps, w.x, w.y);
  if (w.ulps > bound) fail_msg("%s: %.4f ulp at (%a, %a), %.2f allowed", name, w.ulps, w.x, w.y, bound);
}

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

// sign and exponent drawn evenly
static double any_size(struct stream *s, int low, int high) {
  double m = 1 + stream_unit(s);    // draws in statements: the order of arguments is the compiler's
  int    e = low + (int)(stream_unit(s) * (high - low));
  return ldexp(stream_unit(s) < 0.5 ? -m : m, e);
}

static void log_is_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "log", "x", 0);
  struct worst unit = {0}, near = {0}, wide = {0};
  for (int i = 0; i < 5 * ROUNDS; i++) {
    double x = stream_unit(&s);
    note(&unit, m_log(x), logl(x), x, 0);
    x = between(&s, 0.98, 1.03);
    note(&near, m_log(x), logl(x), x, 0);
    x = 1 + any_size(&s, -52, -3);
    note(&near, m_log(x), logl(x), x, 0);
    x = fabs(any_size(&s, -1074, 1023));
    note(&wide, m_log(x), logl(x), x, 0);
  }
  report("log on (0, 1)", unit, 0.9);
  report("log near 1", near, 0.9);
  report("log on all", wide, 0.9);
  CHECK_NEAR(m_log(1), 0, 0);
  assert_true(m_log(0) == -INFINITY);
  assert_true(m_log(-0.0) == -INFINITY);
  assert_true(m_log(INFINITY) == INFINITY);
  assert_true(isnan(m_log(-1)));
  assert_true(isnan(m_log(-INFINITY)));
  assert_true(isnan(m_log(NAN)));
}

static void exp_is_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "exp", "x", 0);
  struct worst near = {0}, wide = {0}, end = {0};
  for (int i = 0; i < 5 * ROUNDS; i++) {
    double x = between(&s, -2, 2);
    note(&near, m_exp(x), expl(x), x, 0);
    x = any_size(&s, -60, 2);
    note(&near, m_exp(x), expl(x), x, 0);
    x = between(&s, -708, 708);
    note(&wide, m_exp(x), expl(x), x, 0);
    x = i & 1 ? between(&s, -746, -707) : between(&s, 707, 710);
    if ((double)expl(x) < INFINITY) note(&end, m_exp(x), expl(x), x, 0);
  }
  report("exp near 0", near, 0.6);
  report("exp on all", wide, 0.6);
  report("exp at the ends", end, 1.01);
  CHECK_NEAR(m_exp(0), 1, 0);
  assert_true(m_exp(710) == INFINITY);
  assert_true(m_exp(1e300) == INFINITY);
  assert_true(m_exp(INFINITY) == INFINITY);
  assert_true(m_exp(-746) == 0);
  assert_true(m_exp(-INFINITY) == 0);
  assert_true(isnan(m_exp(NAN)));
  assert_true(m_exp(709.782712893383973096) < INFINITY);
}

static void sin_and_cos_are_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "sin", "x", 0);
  struct worst near = {0}, mid = {0}, far = {0}, multiple = {0};
  for (int i = 0; i < ROUNDS; i++) {
    double x = between(&s, -0.8, 0.8);
    note(&near, m_sin(x), sinl(x), x, 0);
    note(&near, m_cos(x), cosl(x), x, 0);
    x = any_size(&s, -60, 2);
    note(&near, m_sin(x), sinl(x), x, 0);
    x = between(&s, -100, 100);
    note(&mid, m_sin(x), sinl(x), x, 0);
    note(&mid, m_cos(x), cosl(x), x, 0);
    x = between(&s, -200000, 200000);
    note(&mid, m_sin(x), sinl(x), x, 0);
    note(&mid, m_cos(x), cosl(x), x, 0);
    x = any_size(&s, 16, 1023);
    note(&far, m_sin(x), sinl(x), x, 0);
    note(&far, m_cos(x), cosl(x), x, 0);
    // the double next to a multiple of pi/2 is the hardest place
    x = (double)(floorl(any_size(&s, 0, 30)) * 1.57079632679489661923132169163975144L);
    note(&multiple, m_sin(x), sinl(x), x, 0);
    note(&multiple, m_cos(x), cosl(x), x, 0);
    double a, b;
    m_sincos(x, &a, &b);
    assert_true(a == m_sin(x));
    assert_true(b == m_cos(x));
  }
  report("sin, cos to pi/4", near, 0.9);
  report("sin, cos to 2e5", mid, 0.9);
  report("sin, cos far", far, 0.9);
  report("sin, cos at n pi/2", multiple, 0.9);

  // 6381956970095103 * 2^797 is nearest of all doubles to a multiple of pi/2: 4.687165924254624e-19 off (Muller 1997)
  double worst = ldexp(6381956970095103.0, 797);
  CHECK_NEAR(fabs(m_cos(worst)), 4.687165924254624e-19, 1e-33);
  CHECK_NEAR(fabs(m_sin(worst)), 1, 0);
  assert_true(m_sin(0) == 0);
  assert_true(signbit(m_sin(-0.0)));
  assert_true(m_cos(0) == 1);
  assert_true(isnan(m_sin(INFINITY)));
  assert_true(isnan(m_cos(-INFINITY)));
  assert_true(isnan(m_sin(NAN)));
  assert_true(m_sin(5e-324) == 5e-324);
}

static void atan2_is_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "atan2", "x", 0);
  struct worst round = {0}, wide = {0}, slope = {0};
  for (int i = 0; i < 2 * ROUNDS; i++) {
    double x = between(&s, -1, 1), y = between(&s, -1, 1);
    note(&round, m_atan2(y, x), atan2l(y, x), y, x);
    x = any_size(&s, -1074, 1023), y = any_size(&s, -1074, 1023);
    note(&wide, m_atan2(y, x), atan2l(y, x), y, x);
    x = any_size(&s, -30, 30), y = x * any_size(&s, -60, 60);
    note(&slope, m_atan2(y, x), atan2l(y, x), y, x);
  }
  report("atan2 around", round, 0.7);
  report("atan2 on all", wide, 0.7);
  report("atan2 by slope", slope, 0.7);
  static const double edges[] = {0.0, -0.0, 1, -1, INFINITY, -INFINITY, 5e-324, -5e-324, 1.7e308, -1.7e308};
  for (int i = 0; i < 10; i++)
    for (int k = 0; k < 10; k++) {
      double got = m_atan2(edges[i], edges[k]), want = atan2(edges[i], edges[k]);
      if (ulps(got, want) > 1 || signbit(got) != signbit(want))
        fail_msg("atan2(%g, %g) = %.17g, not %.17g", edges[i], edges[k], got, want);
    }
  assert_true(isnan(m_atan2(NAN, 1)));
  assert_true(isnan(m_atan2(1, NAN)));
}

static void pow_is_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "pow", "x", 0);
  struct worst mid = {0}, wide = {0}, near = {0};
  for (int i = 0; i < ROUNDS; i++) {
    double x = between(&s, 0, 20), y = between(&s, -10, 10);
    note(&mid, m_pow(x, y), powl(x, y), x, y);
    x = fabs(any_size(&s, -1074, 1023)), y = any_size(&s, -10, 10);
    if (fabsl(y * logl(x)) < 745) note(&wide, m_pow(x, y), powl(x, y), x, y);
    x = 1 + any_size(&s, -52, -3), y = any_size(&s, 0, 50);
    if (fabsl(y * logl(x)) < 745) note(&near, m_pow(x, y), powl(x, y), x, y);
  }
  report("pow common", mid, 0.8);
  report("pow on all", wide, 0.9);
  report("pow near 1", near, 0.9);
  static const double edges[] = {0, 1, 0.5, 2, INFINITY, 5e-324, 1.7e308, 1e-300, 1 + 0x1p-52, 1 - 0x1p-53};
  static const double powers[] = {0, 1, -1, 0.5, 2, 1e300, -1e300, INFINITY, -INFINITY, 1e-300, 1e17, -1e17};
  for (int i = 0; i < 10; i++)
    for (int k = 0; k < 12; k++) {
      double got = m_pow(edges[i], powers[k]), want = pow(edges[i], powers[k]);
      if (ulps(got, want) > 1) fail_msg("pow(%g, %g) = %.17g, not %.17g", edges[i], powers[k], got, want);
    }
  assert_true(isnan(m_pow(-1, 2)));
  assert_true(isnan(m_pow(NAN, 2)));
  assert_true(m_pow(NAN, 0) == 1);
}

static void floor_and_sqrt_are_exact(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "floor", "x", 0);
  for (int i = 0; i < ROUNDS; i++) {
    double x = any_size(&s, -60, 70);
    CHECK_NEAR(m_floor(x), floor(x), 0);
    CHECK_NEAR(m_sqrt(fabs(x)), sqrt(fabs(x)), 0);
  }
  CHECK_NEAR(m_floor(-0.5), -1, 0);
  CHECK_NEAR(m_floor(-3), -3, 0);
  assert_true(signbit(m_floor(-0.0)));
  assert_true(m_floor(-INFINITY) == -INFINITY);
  assert_true(isnan(m_floor(NAN)));
}

// p = 1/2 erfc(-x/sqrt 2) brings every p back; the slope of the inverse is 1/density
static void normal_inverse_is_right(void **state) {
  (void)state;
  struct stream s = stream_make(1, 0, "normal", "x", 0);
  double worst = 0;
  for (int i = 0; i < ROUNDS; i++) {
    double p = stream_unit(&s);
    if (i & 1) p = ldexp(p, -(int)(1 + 60 * stream_unit(&s)));
    double x = m_normal_inverse(p);
    long double back = 0.5L * erfcl(-(long double)x / sqrtl(2));
    long double density = expl(-0.5L * (long double)x * x) / sqrtl(2 * 3.14159265358979323846264338327950288L);
    double off = fabs((double)((back - p) / density));
    // where 1 - p is small, p itself is known to 2^-53 only
    double rounding = p > 0.5 ? (double)(0x1p-53L / density) : 0;
    double relative = (off - rounding) / fmax(fabs(x), 1e-3);
    if (relative > worst) worst = relative;
  }
  print_message("normal inverse         %.3g relative\n", worst);
  if (worst > 4e-15) fail_msg("%.3g relative, 4e-15 allowed", worst);
  CHECK_NEAR(m_normal_inverse(0.5), 0, 0);
  // the check values that the paper gives
  CHECK_NEAR(m_normal_inverse(0.25), -0.6744897501960817, 1e-15);
  CHECK_NEAR(m_normal_inverse(0.001), -3.090232306167814, 4e-15);
  CHECK_NEAR(m_normal_inverse(1e-20), -9.262340089798408, 1e-14);
}

// The same direction, in one turn about 0.
static void wrapped_angles_are_the_same_angles(void **state) {
  (void)state;
  struct stream s = stream_make(7, 0, "angles", "x", 0);
  for (int i = 0; i < 20000; i++) {
    double x = 100 * (stream_unit(&s) - 0.5), w = m_wrap(x), turns = (x - w) / (2 * M_PI_D);
    ORDER(w, >=, -M_PI_D);
    ORDER(w, <=, M_PI_D);
    CHECK_NEAR(turns, m_floor(turns + 0.5), 1e-13);
  }
  CHECK_NEAR(m_wrap(M_PI_D), -M_PI_D, 0);
  CHECK_NEAR(m_wrap(-M_PI_D), -M_PI_D, 0);
}

// One number for the bits of all functions: it was made once and must come out of every compiler and level.
static void the_bits_are_the_same_everywhere(void **state) {
  (void)state;
  struct stream s = stream_make(7, 0, "bits", "x", 0);
  uint64_t digest = DIGEST_START;
  for (int i = 0; i < 20000; i++) {
    double x = any_size(&s, -40, 40), y = any_size(&s, -10, 10), u = stream_unit(&s);
    double v[8] = {m_sin(x), m_cos(y), m_atan2(y, x), m_exp(y), m_log(fabs(x)), m_pow(fabs(y), 3 * u - 1), m_normal_inverse(u), m_sqrt(u)};
    digest = digest_bytes(digest, v, sizeof v);
  }
  char text[17];
  digest_text(digest, text);
  assert_string_equal(text, "a8d9241a4023dfbf");
}

int test_base_maths(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(log_is_right),
    cmocka_unit_test(exp_is_right),
    cmocka_unit_test(sin_and_cos_are_right),
    cmocka_unit_test(atan2_is_right),
    cmocka_unit_test(pow_is_right),
    cmocka_unit_test(floor_and_sqrt_are_exact),
    cmocka_unit_test(normal_inverse_is_right),
    cmocka_unit_test(wrapped_angles_are_the_same_angles),
    cmocka_unit_test(the_bits_are_the_same_everywhere),
  };
  return cmocka_run_group_tests_name("base_maths", tests, NULL, NULL);
}
