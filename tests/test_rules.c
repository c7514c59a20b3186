// Dispatching rules: what they are optimal for on one machine, by brute force; their limits; their use in a line, by hand.
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "scheduler/rules.h"
#include "tests/lines.h"

#define JOBS 6

static double work[JOBS], due[JOBS], rest[JOBS], weight[JOBS];
static const struct index_jobs jobs = {JOBS, work, due, rest, weight};

static double flow_of(const int *row) {
  double t = 0, sum = 0;
  for (int k = 0; k < JOBS; k++) sum += t += work[row[k]];
  return sum;
}

static double lateness_of(const int *row) {
  double t = 0, worst = -1e300;
  for (int k = 0; k < JOBS; k++) {
    t += work[row[k]];
    if (t - due[row[k]] > worst) worst = t - due[row[k]];
  }
  return worst;
}

static double best_of(double (*value)(const int *), int *row, int k) {
  if (k == JOBS) return value(row);
  double best = INFINITY;
  for (int i = k; i < JOBS; i++) {
    int other = row[k];
    row[k] = row[i];
    row[i] = other;
    double v = best_of(value, row, k + 1);
    if (v < best) best = v;
    row[i] = row[k];
    row[k] = other;
  }
  return best;
}

// spt has the least sum of completion times (Smith 1956), edd the least largest lateness (Jackson 1955).
static void optimal_on_one_machine(void **state) {
  (void)state;
  struct stream r = stream_make(3, 1, "rules", "test", 0);
  for (int n = 0; n < 60; n++) {
    for (int j = 0; j < JOBS; j++) {
      work[j] = (double)(1 + stream_u64(&r) % 20);
      due[j] = (double)(stream_u64(&r) % 60);
      rest[j] = 0;
      weight[j] = 1;
    }
    double index[JOBS];
    int row[JOBS], any[JOBS];
    for (int j = 0; j < JOBS; j++) any[j] = j;
    dispatch_index(INDEX_SPT, &jobs, index);
    dispatch_rank(index, JOBS, JOBS, row);
    CHECK_NEAR(flow_of(row), best_of(flow_of, any, 0), 1e-12);
    dispatch_index(INDEX_EDD, &jobs, index);
    dispatch_rank(index, JOBS, JOBS, row);
    CHECK_NEAR(lateness_of(row), best_of(lateness_of, any, 0), 1e-12);
  }
}

// All late: weighted shortest processing time. Alike but for slack: least slack. The formula itself, by hand.
static void atc_limits(void **state) {
  (void)state;
  double index[JOBS];
  int row[JOBS];
  static const double p[JOBS] = {3, 1, 4, 1, 5, 9}, w[JOBS] = {1, 2, 8, 1, 1, 18};
  for (int j = 0; j < JOBS; j++) {
    work[j] = p[j];
    weight[j] = w[j];
    due[j] = -10 * j;
    rest[j] = 0;
  }
  dispatch_index(INDEX_ATC, &jobs, index);
  dispatch_rank(index, JOBS, JOBS, row);
  static const int by_rate[JOBS] = {1, 2, 5, 3, 0, 4};         // 2 2 2 1 1/3 1/5, equal ones as they stand
  for (int k = 0; k < JOBS; k++) CHECK(row[k], ==, by_rate[k]);

  for (int j = 0; j < JOBS; j++) {
    work[j] = 2;
    weight[j] = 1;
    due[j] = 100 - 10 * j;
    rest[j] = j == 0 ? 30 : 0;      // 100 - 2 - 3 x 30 is the least slack
  }
  due[5] = INFINITY;
  dispatch_index(INDEX_ATC, &jobs, index);
  dispatch_rank(index, JOBS, JOBS, row);
  static const int by_slack[JOBS] = {0, 4, 3, 2, 1, 5};
  for (int k = 0; k < JOBS; k++) CHECK(row[k], ==, by_slack[k]);
  CHECK_NEAR(-index[1], 0.5 * exp(-88.0 / 6), 1e-15);
}

static const double *sorted_by;
static int by_index(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  if (sorted_by[x] != sorted_by[y]) return sorted_by[x] < sorted_by[y] ? -1 : 1;
  return x < y ? -1 : 1;
}

static void rank_is_a_stable_sort(void **state) {
  (void)state;
  struct stream r = stream_make(5, 1, "rank", "test", 0);
  static double index[300];
  static int row[300], want[300];
  for (int n = 0; n < 300; n++) {
    for (int k = 0; k < n; k++) {
      index[k] = (double)(stream_u64(&r) % 20);
      want[k] = k;
    }
    sorted_by = index;
    qsort(want, (size_t)n, sizeof *want, by_index);
    int most = n == 0 ? 0 : (int)(stream_u64(&r) % (unsigned)n + 1);
    dispatch_rank(index, n, most, row);
    for (int k = 0; k < most; k++) CHECK(row[k], ==, want[k]);
  }
}

// One pair of hands is busy for 5 s while three parts come: a takes 30 s, b 20 s, c 10 s. Each machine then works for 1 s,
// so what it has finished tells when its part came.
static void served(const char *policy, const char *extra, double a, double b, double c) {
  struct line r;
  char text[700];
  snprintf(text, sizeof text, "people: {hands: {count: 1, speed: 0}}\nscheduler: {policy: %s}\n%s", policy, extra);
  line_open(&r,
            "go: {kind: source, makes: d, limit: 1}\nsrc: {kind: source, makes: orders}\nq: {kind: buffer}\n"
            "ma: {kind: machine, time: 1 s}\nmb: {kind: machine, time: 1 s}\nmc: {kind: machine, time: 1 s}\nmd: {kind: machine, time: 1 s}\nout: {kind: sink}\n",
            "{path: go -> md, by: people, time: 5 s}\nmd -> out\nsrc -> q\n{path: q -> ma, part: a, by: people, time: 30 s}\n"
            "{path: q -> mb, part: b, by: people, time: 20 s}\n{path: q -> mc, part: c, by: people, time: 10 s}\nma -> out\nmb -> out\nmc -> out",
            text);
  double at[3] = {a, b, c};
  static const char *const name[3] = {"ma", "mb", "mc"};
  for (double t = 1; t <= 80; t += 1) {
    line_to(&r, t);
    for (int k = 0; k < 3; k++) CHECK(line_station(&r, name[k])->made, ==, t >= at[k] + 1);
  }
  line_close(&r);
}

#define RELEASED(a, b, c) \
  "orders: [{product: a, quantity: 1, release: 1 s, due: " a "}, {product: b, quantity: 1, release: 2 s, due: " b "}, {product: c, quantity: 1, release: 3 s, due: " c "}]\n"

static void served_in_a_line(void **state) {
  (void)state;
  static const char plain[] = RELEASED("5 min", "10 min", "20 min"), heavy[] = RELEASED("5 min, priority: 9", "10 min", "5 min");
  served("nearest", plain, 35, 55, 65);       // as they came: a [5-35] b [35-55] c [55-65]
  served("spt", plain, 65, 35, 15);           // c [5-15] b [15-35] a [35-65]
  served("edd", RELEASED("20 min", "10 min", "5 min"), 65, 35, 15);
  served("atc", heavy, 35, 65, 45);           // a, ten times as heavy, is the most urgent; then c
}

int test_rules(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(optimal_on_one_machine), cmocka_unit_test(atc_limits), cmocka_unit_test(rank_is_a_stable_sort), cmocka_unit_test(served_in_a_line),
  };
  return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
