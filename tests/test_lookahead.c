// The policy lookahead: near the optimum, the same every time, and its rules one by one.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scheduler/assignment.h"
#include "scheduler/lookahead.h"
#include "scheduler/near.h"
#include "tests/check.h"

#define MAX 700

// Points of a hall without walls; a walk is along x and y at 1 m/s.
struct hall {
  uint64_t key[MAX], fleets[MAX];
  int32_t  place[MAX], priority[MAX];
  double   at[MAX][2], age[MAX], work[MAX], rest[MAX], due[MAX], weight[MAX];
  uint8_t  need[MAX], fleet[MAX];
  uint32_t number[MAX];
  int32_t  stands[MAX];
  double   spot[MAX][2], free_in[MAX], idle_for[MAX], charge[MAX], level[MAX], slack[MAX], heat[MAX], wear[MAX], switching[MAX], setup[MAX], service[MAX];
  int32_t  family[MAX], did[MAX];
  uint8_t  skill[MAX], teach[MAX];
  struct policy_view view;
  struct policy_pair pair[MAX];
};

static double along(void *context, int32_t r, int32_t j) {
  const struct hall *h = context;
  return fabs(h->spot[r][0] - h->at[j][0]) + fabs(h->spot[r][1] - h->at[j][1]);
}

static double own_work(void *context, int32_t r, int32_t j) {
  (void)j;
  return ((const struct hall *)context)->service[r];
}

static void job_at(struct hall *h, int32_t j, uint64_t key, double x, double y) {
  h->key[j] = key;
  h->fleets[j] = 1;
  h->place[j] = (int32_t)key;
  h->priority[j] = 0;
  h->at[j][0] = x;
  h->at[j][1] = y;
  h->age[j] = h->rest[j] = 0;
  h->work[j] = 10;
  h->due[j] = INFINITY;
  h->weight[j] = 1;
  h->need[j] = 1;
  h->setup[j] = 0;
  h->family[j] = -1;
  h->skill[j] = h->teach[j] = 0;
}

static void robot_at(struct hall *h, int32_t r, uint32_t number, double x, double y, double free_in) {
  h->fleet[r] = 0;
  h->number[r] = number;
  h->stands[r] = (int32_t)number;
  h->spot[r][0] = x;
  h->spot[r][1] = y;
  h->free_in[r] = free_in;
  h->idle_for[r] = free_in > 0 ? 0 : 1e6;
  h->charge[r] = h->level[r] = 1;
  h->slack[r] = INFINITY;
  h->heat[r] = h->wear[r] = h->switching[r] = 0;
  h->did[r] = -1;
  h->service[r] = h->work[0];
}

static void bind(struct hall *h, int32_t jobs, int32_t robots, int32_t idle) {
  h->view = (struct policy_view){.speed = sqrt(2), .walk = along, .service = own_work, .context = h,
    .jobs = {jobs, h->key, h->place, (const double (*)[2])h->at, h->fleets, h->need, h->priority, h->age, h->work, h->rest, h->due, h->weight, h->setup, h->family, h->skill, h->teach},
    .robots = {robots, idle, h->number, h->fleet, h->stands, (const double (*)[2])h->spot, h->free_in, h->idle_for, h->charge, h->level, h->slack, h->heat, h->wear, h->did, h->switching}};
}

// The robot that job j gets, by its number; 0: none.
static uint32_t given(const struct hall *h, int32_t pairs, int32_t j) {
  for (int32_t k = 0; k < pairs; k++)
    if (h->pair[k].job == j) return h->number[h->pair[k].robot];
  return 0;
}

static int32_t ask(void *policy, struct hall *h) { return lookahead_policy.decide(policy, &h->view, h->pair, MAX); }

static double walked(const struct hall *h, int32_t pairs) {
  static bool job[MAX], robot[MAX];
  memset(job, 0, sizeof job);
  memset(robot, 0, sizeof robot);
  double sum = 0;
  for (int32_t k = 0; k < pairs; k++) {
    int32_t j = h->pair[k].job, r = h->pair[k].robot;
    CHECK(j, >=, 0);
    CHECK(j, <, h->view.jobs.n);
    CHECK(r, <, h->view.robots.idle);
    CHECK(job[j] || robot[r], ==, 0);
    CHECK(h->fleets[j] >> h->fleet[r] & 1, ==, 1);
    job[j] = robot[r] = true;
    sum += along((void *)h, r, j);
  }
  return sum;
}

static double least_walk(const struct hall *h) {
  int32_t n = h->view.jobs.n, m = h->view.robots.idle, *first = malloc(sizeof *first * (size_t)(n + 1)), *robot = malloc(sizeof *robot * (size_t)(n * m)), *match = malloc(sizeof *match * (size_t)n);
  double *cost = malloc(sizeof *cost * (size_t)(n * m)), *skip = malloc(sizeof *skip * (size_t)n), *price = calloc((size_t)m, sizeof *price);
  int32_t edges = 0;
  for (int32_t j = 0; j < n; j++) {
    first[j] = edges;
    skip[j] = 1e5;
    match[j] = ASSIGNMENT_NONE;
    for (int32_t r = 0; r < m; r++) {
      if (!(h->fleets[j] >> h->fleet[r] & 1)) continue;
      robot[edges] = r;
      cost[edges++] = along((void *)h, r, j);
    }
  }
  first[n] = edges;
  struct assignment *a = assignment_create(n, m, n * m, true);
  struct assignment_problem p = {.jobs = n, .robots = m, .first = first, .robot = robot, .cost = cost, .skip = skip};
  assignment_solve(a, &p, match, price, NULL);
  double total = assignment_total(&p, match);
  for (int32_t j = 0; j < n; j++) total -= match[j] == ASSIGNMENT_NONE ? 1e5 : 0;
  assignment_destroy(a);
  free(first); free(robot); free(match); free(cost); free(skip); free(price);
  return total;
}

static struct hall hall;

// Small ones: everybody is a candidate of everybody, so only the slack of the bids is left.
static void small_is_optimal(void **state) {
  (void)state;
  struct stream r = stream_make(2, 1, "lookahead", "small", 0);
  for (int k = 0; k < 2000; k++) {
    int32_t jobs = (int32_t)(1 + stream_u64(&r) % 12), robots = (int32_t)(1 + stream_u64(&r) % 12);
    for (int32_t j = 0; j < jobs; j++) job_at(&hall, j, (uint64_t)j, 100 * stream_unit(&r), 40 * stream_unit(&r));
    for (int32_t i = 0; i < robots; i++) robot_at(&hall, i, (uint32_t)i + 1, 100 * stream_unit(&r), 40 * stream_unit(&r), 0);
    bind(&hall, jobs, robots, robots);
    void *policy = lookahead_policy.create(12, 12);
    int32_t pairs = ask(policy, &hall);
    CHECK(pairs, ==, jobs < robots ? jobs : robots);
    CHECK_NEAR(walked(&hall, pairs), least_walk(&hall), 0.1 * 12 + 1e-6);
    lookahead_policy.destroy(policy);
  }
}

// 600 jobs and 600 robots of two fleets: everybody works, and walks little more than must be.
static void large_is_near(void **state) {
  (void)state;
  struct stream r = stream_make(2, 1, "lookahead", "large", 0);
  for (int k = 0; k < 3; k++) {
    int32_t jobs = k == 0 ? 500 : 400, robots = k == 1 ? 600 : 450;
    for (int32_t j = 0; j < jobs; j++) {
      job_at(&hall, j, (uint64_t)j, 200 * stream_unit(&r), 80 * stream_unit(&r));
      hall.fleets[j] = j % 5 == 0 ? 2 : 3;
    }
    for (int32_t i = 0; i < robots; i++) {
      robot_at(&hall, i, (uint32_t)i + 1, 200 * stream_unit(&r), 80 * stream_unit(&r), 0);
      hall.fleet[i] = i % 3 == 0;
    }
    bind(&hall, jobs, robots, robots);
    void *policy = lookahead_policy.create(MAX, MAX);
    int32_t pairs = ask(policy, &hall);
    CHECK(pairs, ==, jobs < robots ? jobs : robots);
    double best = least_walk(&hall), ours = walked(&hall, pairs);
    if (jobs < robots) CHECK_NEAR(ours, best, 0.03 * best);
    lookahead_policy.destroy(policy);
  }
}

// A line that changes: warm prices and kept candidates cost nothing in quality, and two who see the same answer the same.
static void change(void **state) {
  (void)state;
  struct stream r = stream_make(2, 1, "lookahead", "change", 0);
  void *policy = lookahead_policy.create(MAX, MAX), *twin = lookahead_policy.create(MAX, MAX);
  int32_t jobs = 300, robots = 400;
  uint64_t key = 0;
  double warm = 0, cold = 0;
  for (int32_t j = 0; j < jobs; j++) job_at(&hall, j, key++, 200 * stream_unit(&r), 80 * stream_unit(&r));
  for (int32_t i = 0; i < robots; i++) robot_at(&hall, i, (uint32_t)i + 1, 200 * stream_unit(&r), 80 * stream_unit(&r), 0);
  for (int step = 0; step < 60; step++) {
    for (int n = 0; n < 12; n++) {
      job_at(&hall, (int32_t)(stream_u64(&r) % (unsigned)jobs), key++, 200 * stream_unit(&r), 80 * stream_unit(&r));
      int32_t i = (int32_t)(stream_u64(&r) % (unsigned)robots);
      robot_at(&hall, i, hall.number[i], 200 * stream_unit(&r), 80 * stream_unit(&r), 0);
    }
    bind(&hall, jobs, robots, robots);
    int32_t pairs = ask(policy, &hall);
    CHECK(pairs, ==, jobs);
    warm += walked(&hall, pairs);
    static struct policy_pair kept[MAX];
    memcpy(kept, hall.pair, sizeof kept[0] * (size_t)pairs);
    CHECK(ask(twin, &hall), ==, pairs);
    CHECK(memcmp(kept, hall.pair, sizeof kept[0] * (size_t)pairs), ==, 0);
    CHECK(lookahead_policy.digest(policy) == lookahead_policy.digest(twin), ==, 1);
    cold += least_walk(&hall);
  }
  CHECK_NEAR(warm, cold, 0.03 * cold);
  struct lookahead_count c = lookahead_counted(policy);
  CHECK(c.candidates, <, 60 * 300 * 20);      // of 60 x 300 x 400
  lookahead_policy.destroy(policy);
  lookahead_policy.destroy(twin);
}

// A robot 5 m away is done in 3 s: the idle one 40 m away stays. When it will take 60 s, it does not.
static void waits_for_who_is_near(void **state) {
  (void)state;
  void *policy = lookahead_policy.create(8, 8);
  job_at(&hall, 0, 1, 0, 0);
  robot_at(&hall, 0, 1, 40, 0, 0);
  robot_at(&hall, 1, 2, 5, 0, 3);
  bind(&hall, 1, 2, 1);
  CHECK(ask(policy, &hall), ==, 0);
  hall.free_in[1] = 60;
  CHECK(ask(policy, &hall), ==, 1);
  CHECK(given(&hall, 1, 0), ==, 1);
  lookahead_policy.destroy(policy);
}

// One robot, two jobs: the near one, unless the far one is late, or of a higher priority, or has waited very long.
static void what_comes_first(void **state) {
  (void)state;
  for (int k = 0; k < 5; k++) {
    void *policy = lookahead_policy.create(8, 8);
    job_at(&hall, 0, 1, 30, 0);
    job_at(&hall, 1, 2, 10, 0);
    robot_at(&hall, 0, 1, 0, 0, 0);
    bind(&hall, 2, 1, 1);
    if (k == 1) hall.due[0] = 5;
    if (k == 2) hall.priority[0] = 1;
    if (k == 3) hall.age[0] = 400;
    if (k == 4) hall.due[0] = 1e5;
    CHECK(ask(policy, &hall), ==, 1);
    CHECK(given(&hall, 1, 0) != 0, ==, k >= 1 && k <= 3);
    lookahead_policy.destroy(policy);
  }
}

// Two alike but for their charge: the long job goes to the one that has enough.
static void charge_for_the_job(void **state) {
  (void)state;
  void *policy = lookahead_policy.create(8, 8);
  job_at(&hall, 0, 1, 10, 0);
  hall.work[0] = 120;
  robot_at(&hall, 0, 1, 1, 0, 0);
  robot_at(&hall, 1, 2, 0, 0, 0);
  hall.slack[0] = 60;
  bind(&hall, 1, 2, 2);
  CHECK(ask(policy, &hall), ==, 1);
  CHECK(given(&hall, 1, 0), ==, 2);
  // low charge and a free slot: it goes, though there is work; but not where every robot has a slot of its own
  hall.level[0] = 0.05;
  hall.view.slots = 1;
  hall.view.slots_free = 1;
  hall.view.drains = 2;
  CHECK(ask(policy, &hall), ==, 2);
  CHECK(given(&hall, 2, POLICY_CHARGE), ==, 1);
  CHECK(given(&hall, 2, 0), ==, 2);
  hall.view.slots = hall.view.slots_free = 2;
  CHECK(ask(policy, &hall), ==, 1);
  lookahead_policy.destroy(policy);
}

// Two robots, one job: the near one (10 m) unless its price says otherwise; then the one 20 m away.
static void prices_turn_it(void **state) {
  (void)state;
  enum { NOTHING, HOT, WARM, WORN, UNSKILLED, OTHER_WORK, SAME_WORK, TEACHES, TEACHES_LATE, CASES };
  for (int k = 0; k < CASES; k++) {
    void *policy = lookahead_policy.create(8, 8);
    job_at(&hall, 0, 1, 0, 0);
    robot_at(&hall, 0, 1, 10, 0, 0);
    robot_at(&hall, 1, 2, 20, 0, 0);
    hall.work[0] = 100;
    if (k == HOT) hall.heat[0] = 0.85;
    if (k == WARM) hall.heat[0] = 0.45;
    if (k == WORN) hall.wear[0] = 1, hall.wear[1] = 0.2;
    if (k >= UNSKILLED) hall.skill[0] = k == UNSKILLED || k >= TEACHES, hall.service[0] = hall.service[1] = 100;
    if (k == UNSKILLED) hall.service[1] = 60;
    if (k == OTHER_WORK || k == SAME_WORK) hall.family[0] = 3, hall.did[0] = k == OTHER_WORK ? 4 : 3, hall.did[1] = 3, hall.switching[0] = 30;
    // the near one has learnt it already
    if (k >= TEACHES) hall.service[0] = 60, hall.teach[0] = 1;
    if (k == TEACHES_LATE) hall.due[0] = 5;
    bind(&hall, 1, 2, 2);
    int32_t pairs = ask(policy, &hall);
    CHECK(pairs, ==, 1);
    bool far = k == HOT || k == WORN || k == UNSKILLED || k == OTHER_WORK || k == TEACHES;
    CHECK(given(&hall, pairs, 0), ==, far ? 2 : 1);
    // the terms that are told are those of the decision
    double sum[2] = {0};
    for (int32_t r = 0; r < 2; r++) {
      struct policy_term term[POLICY_TERMS];
      int32_t n = lookahead_policy.explain(policy, &hall.view, 0, r, term);
      for (int32_t i = 0; i < n; i++) sum[r] += term[i].cost;
    }
    CHECK(sum[1] < sum[0], ==, far);
    lookahead_policy.destroy(policy);
  }
}

// One robot, two jobs: the near one goes to a machine that would have to be set up for it.
static void set_ups_wait(void **state) {
  (void)state;
  for (int k = 0; k < 3; k++) {
    void *policy = lookahead_policy.create(8, 8);
    job_at(&hall, 0, 1, 30, 0);
    job_at(&hall, 1, 2, 10, 0);
    robot_at(&hall, 0, 1, 0, 0, 0);
    if (k >= 1) hall.setup[1] = 600;
    if (k == 2) hall.age[1] = 4000;             // not for ever
    bind(&hall, 2, 1, 1);
    CHECK(ask(policy, &hall), ==, 1);
    CHECK(given(&hall, 1, 0) != 0, ==, k == 1);
    lookahead_policy.destroy(policy);
  }
}

// Costs are kept from call to call, but not those of a set-up that is no longer needed: with so many robots that they are not all looked at anew.
static void a_set_up_that_is_over(void **state) {
  (void)state;
  enum { ROBOTS = 400 };
  void *policy = lookahead_policy.create(8, ROBOTS);
  job_at(&hall, 0, 1, 30, 0);
  job_at(&hall, 1, 2, 10, 0);
  for (int32_t r = 0; r < ROBOTS; r++) robot_at(&hall, r, (uint32_t)r + 1, r ? 1000 + r : 0, 0, r ? 100 : 0);
  bind(&hall, 2, ROBOTS, 1);
  for (int k = 0; k < 3; k++) {
    hall.setup[1] = k < 2 ? 600 : 0;
    CHECK(ask(policy, &hall), ==, 1);
    CHECK(given(&hall, 1, k < 2 ? 0 : 1), ==, 1);
  }
  lookahead_policy.destroy(policy);
}

// A job for two: the idle one is held for the one that will be free, for 60 s, then given to others for as long.
static void teams_hold_and_let_go(void **state) {
  (void)state;
  void *policy = lookahead_policy.create(8, 8);
  job_at(&hall, 0, 1, 0, 0);
  hall.need[0] = 2;
  job_at(&hall, 1, 2, 20, 0);
  robot_at(&hall, 0, 1, 1, 0, 0);
  robot_at(&hall, 1, 2, 2, 0, 4);
  for (double t = 0; t < 240; t += 10) {
    bind(&hall, 2, 2, 1);
    hall.view.now = t;
    int32_t pairs = ask(policy, &hall);
    bool held = t < 60 || (t >= 120 && t < 180);
    CHECK(pairs, ==, !held);
    if (!held) CHECK(given(&hall, pairs, 1), ==, 1);
  }
  // both idle: both go, at once
  robot_at(&hall, 1, 2, 2, 0, 0);
  bind(&hall, 2, 2, 2);
  CHECK(ask(policy, &hall), ==, 2);
  CHECK(hall.pair[0].job + hall.pair[1].job, ==, 0);
  lookahead_policy.destroy(policy);
}

// Rings of a grid give every point once, and none too late.
static void rings(void **state) {
  (void)state;
  struct stream r = stream_make(2, 1, "near", "test", 0);
  static double at[MAX][2];
  static bool seen[MAX];
  static int32_t row[MAX + 1];
  struct near *g = near_create(MAX);
  for (int k = 0; k < 300; k++) {
    int32_t n = (int32_t)(stream_u64(&r) % MAX);
    double w = k % 3 == 0 ? 0 : 300 * stream_unit(&r), d = k % 4 == 0 ? 0 : 100 * stream_unit(&r);
    for (int32_t i = 0; i < n; i++) {
      at[i][0] = w * stream_unit(&r);
      at[i][1] = d * stream_unit(&r);
      seen[i] = false;
    }
    near_fill(g, (const double (*)[2])at, n);
    double from[2] = {400 * stream_unit(&r) - 50, 200 * stream_unit(&r) - 50}, least;
    struct near_walk walk = near_begin(g, from);
    int32_t count = 0;
    for (int32_t m; (m = near_next(&walk, k % 2 ? INFINITY : 50, row, MAX, &least)) >= 0; count += m)
      for (int32_t i = 0; i < m; i++) {
        double x = at[row[i]][0] - from[0], y = at[row[i]][1] - from[1];
        CHECK(seen[row[i]], ==, 0);
        CHECK(k % 2 || sqrt(x * x + y * y) < 50 + 1e-9, ==, 1);
        CHECK(sqrt(x * x + y * y) >= least - 1e-9, ==, 1);
        seen[row[i]] = true;
      }
    int32_t wanted = 0;
    for (int32_t i = 0; i < n; i++) wanted += k % 2 || sqrt((at[i][0] - from[0]) * (at[i][0] - from[0]) + (at[i][1] - from[1]) * (at[i][1] - from[1])) <= 50;
    CHECK(count, ==, wanted);
  }
  near_destroy(g);
}

int test_lookahead(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(small_is_optimal), cmocka_unit_test(large_is_near), cmocka_unit_test(change), cmocka_unit_test(waits_for_who_is_near),
    cmocka_unit_test(what_comes_first), cmocka_unit_test(charge_for_the_job), cmocka_unit_test(prices_turn_it), cmocka_unit_test(a_set_up_that_is_over), cmocka_unit_test(set_ups_wait), cmocka_unit_test(teams_hold_and_let_go), cmocka_unit_test(rings),
  };
  return cmocka_run_group_tests_name("lookahead", tests, NULL, NULL);
}
