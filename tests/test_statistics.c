#include <math.h>

#include "tests/check.h"

#include "base/random.h"
#include "engine/measure/statistics.h"

// two-sided 95 % and others as printed in every table of Student's t (Fisher & Yates 1938)
static void test_student_tables(void **state) {
  (void)state;
  static const struct { double p, df, t; } row[] = {
    {0.975, 1, 12.706205}, {0.975, 2, 4.302653}, {0.975, 4, 2.776445}, {0.975, 9, 2.262157}, {0.975, 19, 2.093024},
    {0.975, 29, 2.045230}, {0.975, 99, 1.984217}, {0.975, 1999, 1.961151}, {0.95, 5, 2.015048}, {0.995, 10, 3.169273},
    {0.9995, 19, 3.883406}, {0.90, 3, 1.637744}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) CHECK_NEAR(student_t(row[i].p, row[i].df), row[i].t, 6e-7);
}

// closed forms: df 1 is Cauchy, df 2 is algebraic; the other side mirrors
static void test_student_closed_forms(void **state) {
  (void)state;
  for (double p = 0.55; p < 0.999; p += 0.05) {
    CHECK_NEAR(student_t(p, 1), tan(acos(-1.0) * (p - 0.5)), 1e-9);
    double a = 4 * p * (1 - p);
    CHECK_NEAR(student_t(p, 2), 2 * (p - 0.5) * sqrt(2 / a), 1e-9);
    CHECK_NEAR(student_t(1 - p, 7), -student_t(p, 7), 1e-9);
  }
  CHECK_NEAR(student_t(0.5, 3), 0, 0);
  CHECK_NEAR(student_t(0.975, 1e9), 1.959963984540054, 1e-8);
}

static void test_estimate(void **state) {
  (void)state;
  // mean 5, sum of squares 32, sd sqrt(32/7); stride 2 passes the strangers
  double v[] = {2, 99, 4, 99, 4, 99, 4, 99, 5, 99, 5, 99, 7, 99, 9, 99};
  struct estimate e = estimate_make(v, 8, 2);
  CHECK(e.n, ==, 8);
  CHECK_NEAR(e.mean, 5, 1e-15);
  CHECK_NEAR(e.sd, sqrt(32.0 / 7), 1e-15);
  CHECK_NEAR(e.high - e.mean, 2.364624 * sqrt(32.0 / 7 / 8), 1e-6);
  CHECK_NEAR(e.low + e.high, 10, 1e-12);
}

static void test_estimate_few(void **state) {
  (void)state;
  double v[] = {NAN, 3, NAN};
  struct estimate e = estimate_make(v, 3, 1);
  CHECK(e.n, ==, 1);
  CHECK_NEAR(e.mean, 3, 0);
  assert_true(isnan(e.sd));
  assert_true(isnan(e.low));
  e = estimate_make(v, 1, 1);
  CHECK(e.n, ==, 0);
  assert_true(isnan(e.mean));
  double same[] = {7, 7, 7};
  e = estimate_make(same, 3, 1);
  CHECK_NEAR(e.low, 7, 0);
  CHECK_NEAR(e.high, 7, 0);
}

// 95 % intervals of normal samples hold the mean 95 times in 100
static void test_interval_covers(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "cover", "time", 0);
  int held = 0;
  for (int trial = 0; trial < 4000; trial++) {
    double v[6];
    // sum of twelve uniforms: variance 1
    for (int i = 0; i < 6; i++) {
      v[i] = -6;
      for (int k = 0; k < 12; k++) v[i] += stream_unit(&s);
    }
    struct estimate e = estimate_make(v, 6, 1);
    held += e.low <= 0 && e.high >= 0;
  }
  // 3800 expected, sd 14
  CHECK(held, >, 3750);
  CHECK(held, <, 3850);
}

// a ramp of 200 before a steady level: cut at its end, never in the steady part's far half
static void test_mser_finds_the_ramp(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "mser", "time", 0);
  enum { N = 4000, RAMP = 200 };
  double v[N];
  for (int i = 0; i < N; i++) v[i] = (i < RAMP ? 10.0 * i / RAMP : 10) + stream_unit(&s) - 0.5;
  int cut = mser5(v, N);
  CHECK(cut % 5, ==, 0);
  CHECK(cut, >=, 150);
  CHECK(cut, <=, 260);
}

static void test_mser_edges(void **state) {
  (void)state;
  double v[100];
  for (int i = 0; i < 100; i++) v[i] = 4;
  CHECK(mser5(v, 100), ==, 0);
  CHECK(mser5(v, 19), ==, 0);
  CHECK(mser5(v, 0), ==, 0);
  // one strange batch at the start goes
  v[0] = v[1] = v[2] = v[3] = v[4] = 50;
  CHECK(mser5(v, 100), ==, 5);
  // an ever growing queue has no steady part: the cut stays in the first half
  for (int i = 0; i < 100; i++) v[i] = i;
  CHECK(mser5(v, 100), <=, 50);
}

int test_statistics(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_student_tables),     cmocka_unit_test(test_student_closed_forms), cmocka_unit_test(test_estimate),
    cmocka_unit_test(test_estimate_few),       cmocka_unit_test(test_interval_covers),      cmocka_unit_test(test_mser_finds_the_ramp),
    cmocka_unit_test(test_mser_edges)};
  return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}
