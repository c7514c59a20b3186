// Streams: published vectors, independence of names, purity, evenness. Distributions: closed forms.
#include "tests/check.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/distribution.h"
#include "base/random.h"

// ---- streams -----------------------------------------------------------------------------------

// known answers that the authors of Philox publish with Random123
static void philox_gives_the_published_vectors(void **state) {
  (void)state;
  static const struct { uint32_t counter[4], key[2], want[4]; } rows[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t out[4];
    philox4x32_10(rows[i].counter, rows[i].key, out);
    for (int k = 0; k < 4; k++) CHECK(out[k], ==, rows[i].want[k]);
  }
}

// draw n is half n & 1 of the block n / 2, whatever was drawn before
static void draws_are_a_function_of_key_and_count(void **state) {
  (void)state;
  struct stream s = stream_make(42, 3, "press", "time", 0);
  for (uint64_t n = 0; n < 1000; n++) {
    uint32_t c[4] = {(uint32_t)(n / 2), 0, 0, 0}, key[2] = {(uint32_t)s.key, (uint32_t)(s.key >> 32)}, out[4];
    philox4x32_10(c, key, out);
    uint64_t want = (uint64_t)out[n % 2 * 2 + 1] << 32 | out[n % 2 * 2];
    CHECK(s.count, ==, n);
    assert_true(stream_u64(&s) == want);
  }
  struct stream copy = s;
  for (int i = 0; i < 10; i++) assert_true(stream_u64(&s) == stream_u64(&copy));
}

static void every_part_of_the_key_counts(void **state) {
  (void)state;
  struct stream made[] = {
    stream_make(1, 0, "a", "time", 0), stream_make(2, 0, "a", "time", 0), stream_make(1, 1, "a", "time", 0),
    stream_make(1, 0, "b", "time", 0), stream_make(1, 0, "a", "up", 0),   stream_make(1, 0, "a", "time", 1),
    stream_make(1, 0, "at", "ime", 0), stream_make(1, 0, "", "atime", 0), stream_make(0, 1, "a", "time", 0),
    stream_make(0, 0, "a", "time", 1), stream_make(1, 0, "atime", "", 0), stream_make(UINT64_C(1) << 32, 0, "a", "time", 0),
  };
  int n = sizeof made / sizeof *made;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < i; k++)
      if (made[i].key == made[k].key) fail_msg("streams %d and %d have one key", i, k);
  struct stream again = stream_make(1, 0, "a", "time", 0);
  assert_true(again.key == made[0].key);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// sqrt(n) D of Kolmogorov and Smirnov; it is above 1.95 once in a thousand right samples
static double kolmogorov(double *x, int n, double (*cdf)(const void *, double), const void *d) {
  qsort(x, (size_t)n, sizeof *x, by_value);
  double worst = 0;
  for (int i = 0; i < n; i++) {
    double f = cdf(d, x[i]), low = f - (double)i / n, high = (i + 1.0) / n - f;
    if (low > worst) worst = low;
    if (high > worst) worst = high;
  }
  return sqrt(n) * worst;
}

static double cdf_unit(const void *d, double x) { (void)d; return x; }

static void units_are_even_and_open(void **state) {
  (void)state;
  enum { N = 200000 };
  double *x = malloc(N * sizeof *x);
  // first draws of many streams must be as even as many draws of one
  for (int mode = 0; mode < 2; mode++) {
    struct stream one = stream_make(5, 0, "one", "time", 0);
    double pairs = 0, last = 0.5;
    for (int i = 0; i < N; i++) {
      struct stream many = stream_make(5, 0, "many", "time", (uint32_t)i);
      x[i] = stream_unit(mode ? &many : &one);
      assert_true(x[i] > 0);
      assert_true(x[i] < 1);
      pairs += (x[i] - 0.5) * (last - 0.5);
      last = x[i];
    }
    CHECK_NEAR(pairs / N * 12, 0, 4 / sqrt(N));
    CHECK_NEAR(kolmogorov(x, N, cdf_unit, NULL), 0, 1.95);
  }
  free(x);
  // the ends of the interval are never met
  struct stream s = {.count = 1, .spare = UINT64_MAX};
  assert_true(stream_unit(&s) < 1);
  s = (struct stream){.count = 1, .spare = 0};
  assert_true(stream_unit(&s) > 0);
}

// ---- distributions -----------------------------------------------------------------------------

struct law {
  const char         *name;
  struct distribution d;
  double              mean, variance;         // closed forms, s and s^2
  double            (*cdf)(const void *law, double x);
};

static double above_normal(double x) { return 0.5 * erfc(x / sqrt(2)); }

static double cdf_of(const void *law, double x) {
  const struct distribution *d = &((const struct law *)law)->d;
  switch (d->kind) {
  case DIST_EXPONENTIAL:      return -expm1(-x / d->a);
  case DIST_UNIFORM:          return (x - d->a) / (d->b - d->a);
  case DIST_TRIANGULAR:
    return x < d->b ? (x - d->a) * (x - d->a) / ((d->c - d->a) * (d->b - d->a))
                    : 1 - (d->c - x) * (d->c - x) / ((d->c - d->a) * (d->c - d->b));
  case DIST_NORMAL:           return 1 - above_normal((x - d->a) / d->b) / above_normal(-d->a / d->b);
  case DIST_LOGNORMAL: {
    double v = log1p(d->b * d->b / (d->a * d->a));
    return above_normal(-(log(x / d->a) + v / 2) / sqrt(v));
  }
  case DIST_ERLANG: {
    double t = x * d->n / d->a, term = 1, sum = 1;
    for (int i = 1; i < d->n; i++) sum += term *= t / i;
    return 1 - exp(-t) * sum;
  }
  case DIST_WEIBULL:          return -expm1(-pow(x / d->a, d->b));
  case DIST_HYPEREXPONENTIAL: return -d->b * expm1(-x / d->a) - (1 - d->b) * expm1(-x / d->c);
  default:                    return 0;
  }
}

// mean and variance of a normal cut at 0
static struct law cut_normal(const char *name, double a, double b) {
  double alpha = -a / b, ratio = exp(-alpha * alpha / 2) / sqrt(2 * 3.14159265358979323846) / above_normal(alpha);
  return (struct law){name, {.kind = DIST_NORMAL, .a = a, .b = b}, a + b * ratio,
                      b * b * (1 + alpha * ratio - ratio * ratio), cdf_of};
}

static struct law weibull(const char *name, double shape, double scale) {
  double g1 = tgamma(1 + 1 / shape), g2 = tgamma(1 + 2 / shape);
  return (struct law){name, {.kind = DIST_WEIBULL, .a = scale, .b = shape}, scale * g1, scale * scale * (g2 - g1 * g1), cdf_of};
}

static void check_law(struct law law) {
  enum { N = 1000000, K = 200000 };
  distribution_prepare(&law.d);
  CHECK_NEAR(distribution_mean(&law.d), law.mean, 1e-12 * law.mean);
  struct stream s = stream_make(11, 0, law.name, "time", 0);
  double *x = malloc(N * sizeof *x), sum = 0, second = 0, fourth = 0;
  for (int i = 0; i < N; i++) {
    ns_t t = distribution_sample(&law.d, &s);
    CHECK(t, >=, 0);
    x[i] = ns_to_seconds(t);
    sum += x[i];
  }
  for (int i = 0; i < N; i++) {
    double off = (x[i] - law.mean) * (x[i] - law.mean);
    second += off;
    fourth += off * off;
  }
  double mean = sum / N, variance = second / N, spread = sqrt((fourth / N - variance * variance) / N);
  double error = sqrt(law.variance / N);
  if (!(fabs(mean - law.mean) <= 4 * error + 1e-9))
    fail_msg("%s: mean %.9g, want %.9g, standard error %.3g", law.name, mean, law.mean, error);
  if (!(fabs(variance - law.variance) <= 4 * spread + 1e-9))
    fail_msg("%s: variance %.9g, want %.9g, standard error %.3g", law.name, variance, law.variance, spread);
  if (law.cdf != NULL) {
    double d = kolmogorov(x, K, law.cdf, &law);
    if (!(d < 1.95)) fail_msg("%s: Kolmogorov-Smirnov %.3f, 1.95 allowed", law.name, d);
  }
  free(x);
}

static void samples_follow_their_laws(void **state) {
  (void)state;
  static const double values[] = {1, 2.5, 2.5, 7};
  check_law((struct law){"constant", {.kind = DIST_CONSTANT, .a = 3}, 3, 0, NULL});
  check_law((struct law){"exponential", {.kind = DIST_EXPONENTIAL, .a = 3}, 3, 9, cdf_of});
  check_law((struct law){"uniform", {.kind = DIST_UNIFORM, .a = 1, .b = 4}, 2.5, 0.75, cdf_of});
  check_law((struct law){"triangular", {.kind = DIST_TRIANGULAR, .a = 1, .b = 2, .c = 6}, 3, 21.0 / 18, cdf_of});
  check_law((struct law){"triangular left", {.kind = DIST_TRIANGULAR, .a = 1, .b = 1, .c = 4}, 2, 0.5, cdf_of});
  check_law((struct law){"triangular right", {.kind = DIST_TRIANGULAR, .a = 1, .b = 4, .c = 4}, 3, 0.5, NULL});
  check_law(cut_normal("normal", 10, 2));
  check_law(cut_normal("normal cut", 1, 2));
  check_law(cut_normal("normal half", 0, 2));
  check_law((struct law){"normal sd 0", {.kind = DIST_NORMAL, .a = 3, .b = 0}, 3, 0, NULL});
  check_law((struct law){"lognormal", {.kind = DIST_LOGNORMAL, .a = 3, .b = 1.5}, 3, 2.25, cdf_of});
  check_law((struct law){"lognormal sd 0", {.kind = DIST_LOGNORMAL, .a = 3, .b = 0}, 3, 0, NULL});
  check_law((struct law){"erlang 1", {.kind = DIST_ERLANG, .n = 1, .a = 2}, 2, 4, cdf_of});
  check_law((struct law){"erlang 4", {.kind = DIST_ERLANG, .n = 4, .a = 2}, 2, 1, cdf_of});
  check_law((struct law){"erlang 20", {.kind = DIST_ERLANG, .n = 20, .a = 2}, 2, 0.2, cdf_of});
  check_law((struct law){"erlang 100", {.kind = DIST_ERLANG, .n = 100, .a = 2}, 2, 0.04, cdf_of});
  check_law((struct law){"gamma 2.5", {.kind = DIST_GAMMA, .b = 2.5, .a = 3}, 3, 9 / 2.5, NULL});
  check_law((struct law){"gamma 0.4", {.kind = DIST_GAMMA, .b = 0.4, .a = 3}, 3, 9 / 0.4, NULL});
  check_law(weibull("weibull 1.5", 1.5, 2));
  check_law(weibull("weibull 0.7", 0.7, 2));
  check_law(weibull("weibull 5", 5, 2));
  check_law((struct law){"hyperexponential", {.kind = DIST_HYPEREXPONENTIAL, .b = 0.3, .a = 1, .c = 5}, 3.8,
                         2 * (0.3 + 0.7 * 25) - 3.8 * 3.8, cdf_of});
  check_law((struct law){"geometric", {.kind = DIST_GEOMETRIC, .b = 0.2, .a = 3}, 15, 9 * 0.8 / 0.04, NULL});
  check_law((struct law){"geometric rare", {.kind = DIST_GEOMETRIC, .b = 1e-6, .a = 1e-3}, 1000, 1e6 * (1 - 1e-6), NULL});
  check_law((struct law){"geometric sure", {.kind = DIST_GEOMETRIC, .b = 1, .a = 3}, 3, 0, NULL});
  check_law((struct law){"empirical", {.kind = DIST_EMPIRICAL, .n = 4, .values = values}, 3.25, (5.0625 + 2 * 0.5625 + 14.0625) / 4, NULL});
}

// one draw a variate where the inverse is closed: common random numbers stay in step
static void closed_inverses_take_one_draw(void **state) {
  (void)state;
  static const struct distribution laws[] = {
    {.kind = DIST_EXPONENTIAL, .a = 1}, {.kind = DIST_UNIFORM, .a = 1, .b = 2}, {.kind = DIST_TRIANGULAR, .a = 1, .b = 2, .c = 3},
    {.kind = DIST_NORMAL, .a = 1, .b = 2}, {.kind = DIST_LOGNORMAL, .a = 1, .b = 2}, {.kind = DIST_WEIBULL, .a = 1, .b = 2},
    {.kind = DIST_HYPEREXPONENTIAL, .a = 1, .b = 0.3, .c = 2}, {.kind = DIST_GEOMETRIC, .a = 1, .b = 0.3},
  };
  for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
    struct distribution d = laws[i];
    distribution_prepare(&d);
    struct stream s = stream_make(1, 0, "x", "time", 0);
    for (int k = 0; k < 1000; k++) distribution_sample(&d, &s);
    CHECK(s.count, ==, 1000);
  }
}

// nothing overflows, hangs or turns negative at the ends of what a layout may say
static void extreme_parameters_are_safe(void **state) {
  (void)state;
  static const struct distribution laws[] = {
    {.kind = DIST_EXPONENTIAL, .a = 1e300}, {.kind = DIST_EXPONENTIAL, .a = 1e-300}, {.kind = DIST_EXPONENTIAL, .a = 0},
    {.kind = DIST_ERLANG, .n = 1000000000, .a = 5}, {.kind = DIST_GAMMA, .b = 1e-9, .a = 1}, {.kind = DIST_GAMMA, .b = 1e9, .a = 1},
    {.kind = DIST_WEIBULL, .b = 1e-3, .a = 1}, {.kind = DIST_WEIBULL, .b = 1e9, .a = 1}, {.kind = DIST_NORMAL, .a = 0, .b = 1e300},
    {.kind = DIST_NORMAL, .a = -1e3, .b = 1}, {.kind = DIST_NORMAL, .a = 1e9, .b = 1e-9}, {.kind = DIST_LOGNORMAL, .a = 1e-300, .b = 1e300},
    {.kind = DIST_LOGNORMAL, .a = 0, .b = 1}, {.kind = DIST_GEOMETRIC, .a = 1, .b = 1e-300}, {.kind = DIST_UNIFORM, .a = 0, .b = 1e300},
    {.kind = DIST_TRIANGULAR, .a = 2, .b = 2, .c = 2}, {.kind = DIST_HYPEREXPONENTIAL, .a = 1, .b = 0, .c = 2},
    {.kind = DIST_HYPEREXPONENTIAL, .a = 1, .b = 1, .c = 2},
  };
  for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
    struct distribution d = laws[i];
    distribution_prepare(&d);
    struct stream s = stream_make(1, 0, "x", "time", 0);
    for (int k = 0; k < 2000; k++) {
      ns_t t = distribution_sample(&d, &s);
      CHECK(t, >=, 0);
      CHECK(t, <=, NS_LIMIT);
    }
  }
}

// One number for 48,000 samples: it was made once and must come out of every compiler and level.
static void samples_are_the_same_everywhere(void **state) {
  (void)state;
  static const double values[] = {1, 2.5, 7};
  static const struct distribution laws[] = {
    {.kind = DIST_CONSTANT, .a = 3}, {.kind = DIST_EXPONENTIAL, .a = 3}, {.kind = DIST_UNIFORM, .a = 1, .b = 4},
    {.kind = DIST_TRIANGULAR, .a = 1, .b = 2, .c = 6}, {.kind = DIST_NORMAL, .a = 1, .b = 2}, {.kind = DIST_LOGNORMAL, .a = 3, .b = 1.5},
    {.kind = DIST_ERLANG, .n = 20, .a = 2}, {.kind = DIST_GAMMA, .b = 0.4, .a = 3}, {.kind = DIST_WEIBULL, .b = 1.5, .a = 2},
    {.kind = DIST_HYPEREXPONENTIAL, .a = 1, .b = 0.3, .c = 5}, {.kind = DIST_GEOMETRIC, .a = 3, .b = 0.2},
    {.kind = DIST_EMPIRICAL, .n = 3, .values = values},
  };
  uint64_t digest = DIGEST_START;
  for (uint32_t i = 0; i < sizeof laws / sizeof *laws; i++) {
    struct distribution d = laws[i];
    distribution_prepare(&d);
    struct stream s = stream_make(20, 1, "press", "time", i);
    for (int k = 0; k < 4000; k++) {
      ns_t t = distribution_sample(&d, &s);
      digest = digest_u64(digest, (uint64_t)t, s.count);
    }
  }
  char text[17];
  digest_text(digest, text);
  assert_string_equal(text, "c2f32ab396f8f9e8");
}

int test_base_random(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(philox_gives_the_published_vectors),
    cmocka_unit_test(draws_are_a_function_of_key_and_count),
    cmocka_unit_test(every_part_of_the_key_counts),
    cmocka_unit_test(units_are_even_and_open),
    cmocka_unit_test(samples_follow_their_laws),
    cmocka_unit_test(closed_inverses_take_one_draw),
    cmocka_unit_test(extreme_parameters_are_safe),
    cmocka_unit_test(samples_are_the_same_everywhere),
  };
  return cmocka_run_group_tests_name("base_random", tests, NULL, NULL);
}
