// Policies of somebody else: what they see is right, and what they answer is checked.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/layout.h"
#include "engine/sim/twin.h"
#include "scheduler/policy.h"
#include "tests/check.h"

static const char yaml[] =
  "takt: 1\nparts: {a: {}, b: {}}\nfloor: {size: [30, 10]}\nstations:\n"
  "  src: {kind: source, makes: a, limit: 3, every: 1 s, at: [2, 5]}\n  two: {kind: source, makes: b, limit: 1, at: [2, 9]}\n  out: {kind: sink, at: [20, 5]}\n"
  "flow:\n  - {path: src -> out, by: crew}\n  - {path: two -> out, by: others, robots: 2}\n"
  "robots: {crew: {count: 2, speed: 1}, others: {count: 3, speed: 1}}\nrun: {for: 10 min}\n";

// What the policy of a test answers, and what it has seen.
static int32_t answer;
static int     calls;

enum { GOOD, OUT_OF_RANGE, NO_ROBOT, ROBOT_TWICE, JOB_TWICE, NOT_ALLOWED, TOO_FEW, TOO_MANY, WORKING, ANSWERS };

static int32_t some_job(const struct policy_view *v, int need) {
  for (int32_t j = 0; j < v->jobs.n; j++)
    if (v->jobs.need[j] == need) return j;
  return -9;
}

static int32_t decide(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  (void)self;
  (void)pairs_max;
  calls++;
  for (int32_t r = 0; r < v->robots.n; r++) {
    CHECK(r < v->robots.idle, ==, v->robots.free_in[r] == 0);
    CHECK(v->robots.number[r], >=, 1);
    CHECK(v->robots.fleet[r], <, 2);
  }
  for (int32_t j = 0; j < v->jobs.n; j++) {
    CHECK(v->jobs.fleets[j], ==, v->jobs.need[j] == 1 ? 1 : 2);
    CHECK_NEAR(v->jobs.work[j], 16, 3);         // 18 m less the stands of both stations
    CHECK(isinf(v->jobs.due[j]), ==, 1);
    for (int32_t k = 0; k < j; k++) CHECK(v->jobs.key[j] != v->jobs.key[k], ==, 1);
  }
  int32_t one = some_job(v, 1), two = some_job(v, 2), mine = -1, other[3] = {-1, -1, -1}, others = 0;
  for (int32_t r = 0; r < v->robots.idle; r++) {
    if (v->robots.fleet[r] == 0) mine = r;
    else other[others++] = r;
  }
  int32_t n = 0;
  if (answer == OUT_OF_RANGE) pair[n++] = (struct policy_pair){v->jobs.n, 0};
  if (answer == NO_ROBOT) pair[n++] = (struct policy_pair){0, -1};
  if (answer == ROBOT_TWICE && two >= 0) pair[n++] = (struct policy_pair){two, other[0]}, pair[n++] = (struct policy_pair){two, other[0]};
  if (answer == JOB_TWICE && one >= 0 && mine > 0) pair[n++] = (struct policy_pair){one, mine}, pair[n++] = (struct policy_pair){one, mine - 1};
  if (answer == NOT_ALLOWED && one >= 0) pair[n++] = (struct policy_pair){one, other[0]};
  if (answer == TOO_FEW && two >= 0) pair[n++] = (struct policy_pair){two, other[0]};
  if (answer == TOO_MANY) return 1000;
  if (answer == WORKING && v->robots.n > v->robots.idle) pair[n++] = (struct policy_pair){0, v->robots.idle};
  if (answer == GOOD || (answer == WORKING && n == 0)) {
    if (one >= 0 && mine >= 0) pair[n++] = (struct policy_pair){one, mine};
    if (two >= 0 && others >= 2) pair[n++] = (struct policy_pair){two, other[0]}, pair[n++] = (struct policy_pair){two, other[1]};
  }
  return n;
}

static const struct policy own = {.version = POLICY_VERSION, .name = "own", .horizon = 1000, .decide = decide};

static void answers_are_checked(void **state) {
  (void)state;
  static const char *const says[ANSWERS] = {
    [OUT_OF_RANGE] = "policy own: pair 0 is (job ", [NO_ROBOT] = "robot -1)", [ROBOT_TWICE] = "is given two jobs at once", [JOB_TWICE] = "needs 1 robot and is given more",
    [NOT_ALLOWED] = "it is of fleet others", [TOO_FEW] = "needs 2 robots and is given 1", [TOO_MANY] = "policy own: 1000 pairs for", [WORKING] = "is given a job while it works"};
  for (answer = 0; answer < ANSWERS; answer++) {
    struct layout l;
    struct faults f;
    struct error e;
    faults_init(&f, "own.yaml", yaml, sizeof yaml - 1);
    CHECK(layout_read_text(&l, "own.yaml", yaml, sizeof yaml - 1, NULL, 0, &f), ==, STATUS_OK);
    faults_finish(&f);
    struct twin_options o = twin_defaults();
    o.policy = &own;
    calls = 0;
    struct twin *t = twin_create(&l, &o, &e);
    assert_non_null(t);
    enum twin_state s = twin_run(t, 600 * NS_SECOND);
    CHECK(calls, >, 0);
    CHECK(s, ==, answer == GOOD ? TWIN_PARTS : TWIN_FAULT);
    if (answer != GOOD) CHECK_HAS(twin_why(t), says[answer]);
    twin_destroy(t);
    layout_finish(&l);
  }
}

// Three stand on spots of one place: at motion each has the walk from its own spot before it.
static int32_t sees_spots(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  (void)self;
  (void)pair;
  (void)pairs_max;
  if (calls++ > 0) return 0;
  CHECK(v->robots.idle, ==, 3);
  CHECK(v->jobs.n, >=, 1);
  for (int32_t r = 0; r < 3; r++) {
    const double *at = v->robots.at[r], *to = v->jobs.at[0];
    // straight on, on an open floor; getting up to speed is the same for all
    for (int32_t k = 0; k < r; k++) {
      double more = hypot(at[0] - to[0], at[1] - to[1]) - hypot(v->robots.at[k][0] - to[0], v->robots.at[k][1] - to[1]);
      CHECK_NEAR(v->walk(v->context, r, 0) - v->walk(v->context, k, 0), more / v->speed, 1e-6);
      assert_true(fabs(more) > 0.1);
    }
  }
  return 0;
}

static const struct policy watcher = {.version = POLICY_VERSION, .name = "watcher", .decide = sees_spots};

static void walks_begin_on_spots(void **state) {
  (void)state;
  static const char row[] =
    "takt: 1\nparts: {a: {}}\nfloor: {size: [30, 10]}\nstations:\n  src: {kind: source, makes: a, limit: 1, every: 1 s, at: [20, 2], facing: 180}\n  out: {kind: sink, at: [25, 8]}\n"
    "  rest: {kind: dock, at: [5, 5], slots: 3}\nflow: [{path: src -> out, by: crew}]\nrobots: {crew: {model: optimus-gen2, count: 3, home: rest}}\nrun: {for: 1 min, fidelity: motion}\n";
  struct layout l;
  struct faults f;
  struct error e;
  faults_init(&f, "row.yaml", row, sizeof row - 1);
  CHECK(layout_read_text(&l, "row.yaml", row, sizeof row - 1, NULL, 0, &f), ==, STATUS_OK);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.policy = &watcher;
  calls = 0;
  struct twin *t = twin_create(&l, &o, &e);
  assert_non_null(t);
  twin_run(t, 60 * NS_SECOND);
  CHECK(calls, >, 0);
  twin_destroy(t);
  layout_finish(&l);
}

int test_policy(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_checked), cmocka_unit_test(walks_begin_on_spots)};
  return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
