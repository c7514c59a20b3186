// Assignment over candidate pairs: against brute force, against its own duals, cold and warm.
#include "scheduler/assignment.h"

#include "base/random.h"
#include "tests/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX   400
#define ROBOTS_MAX 400
#define PAIRS_MAX  8000

struct bench {
  int32_t first[JOBS_MAX + 1], robot[PAIRS_MAX], taken[JOBS_MAX];
  double  cost[PAIRS_MAX], skip[JOBS_MAX], price[ROBOTS_MAX];
  struct assignment_problem p;
};

static uint32_t dice(struct stream *s, uint32_t n) { return (uint32_t)(stream_unit(s) * n); }

// few different costs: many ties
static void draw(struct bench *b, struct stream *s, int jobs, int robots, double density, int grades) {
  int n = 0;
  for (int j = 0; j < jobs; j++) {
    b->first[j] = n;
    for (int r = 0; r < robots; r++) {
      if (stream_unit(s) >= density) continue;
      b->robot[n] = r;
      b->cost[n++] = 1 + dice(s, (uint32_t)grades);
    }
    b->skip[j] = 1 + dice(s, (uint32_t)(2 * grades));
  }
  b->first[jobs] = n;
  b->p = (struct assignment_problem){.jobs = jobs, .robots = robots, .first = b->first, .robot = b->robot, .cost = b->cost, .skip = b->skip};
}

static void clear(struct bench *b) {
  for (int j = 0; j < b->p.jobs; j++) b->taken[j] = ASSIGNMENT_NONE;
  memset(b->price, 0, sizeof b->price);
}

// every choice of every job
static double brute(const struct assignment_problem *p, int j, unsigned used) {
  if (j == p->jobs) return 0;
  double best = p->skip[j] + brute(p, j + 1, used);
  for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
    if (used >> p->robot[e] & 1) continue;
    double c = p->cost[e] + brute(p, j + 1, used | 1u << p->robot[e]);
    if (c < best) best = c;
  }
  return best;
}

// A matching whose cost equals the duals' is optimal (weak duality).
static void check_optimal(const struct bench *b, double total) {
  const struct assignment_problem *p = &b->p;
  bool used[ROBOTS_MAX] = {false};
  double primal = 0, dual = 0;
  for (int j = 0; j < p->jobs; j++) {
    double u = p->skip[j], paid = p->skip[j];
    for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
      if (p->cost[e] - b->price[p->robot[e]] < u) u = p->cost[e] - b->price[p->robot[e]];
      if (p->robot[e] == b->taken[j]) paid = p->cost[e];
    }
    if (b->taken[j] != ASSIGNMENT_NONE) {
      assert_false(used[b->taken[j]]);
      used[b->taken[j]] = true;
    }
    primal += paid;
    dual += u;
  }
  for (int r = 0; r < p->robots; r++) {
    assert_true(b->price[r] <= 0);
    dual += b->price[r];
  }
  CHECK_NEAR(primal, total, 1e-9 * (1 + total));
  CHECK_NEAR(primal, dual, 1e-9 * (1 + total));
}

static double solve(struct assignment *a, struct bench *b, struct assignment_count *count) {
  assignment_solve(a, &b->p, b->taken, b->price, count);
  return assignment_total(&b->p, b->taken);
}

static void test_brute_force(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b);
  struct assignment *a = assignment_create(JOBS_MAX, ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "brute force", 0);
  for (int k = 0; k < 2000; k++) {
    draw(b, &s, (int)dice(&s, 7), (int)dice(&s, 7), stream_unit(&s), 1 + (int)dice(&s, 9));
    clear(b);
    double total = solve(a, b, NULL);
    CHECK_NEAR(total, brute(&b->p, 0, 0), 1e-12);
    check_optimal(b, total);
  }
  assignment_destroy(a);
  free(b);
}

// jobs come and go, robots come and go, costs change: the prices of the last call are a start, never an error
static void test_warm(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b);
  struct assignment *a = assignment_create(JOBS_MAX, ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "warm", 0);
  for (int k = 0; k < 40; k++) {
    int jobs = 20 + (int)dice(&s, 300), robots = 20 + (int)dice(&s, 300);
    double density = 5.0 / robots;
    draw(b, &s, jobs, robots, density, 3 + (int)dice(&s, 1000));
    clear(b);
    check_optimal(b, solve(a, b, NULL));
    for (int change = 0; change < 10; change++) {
      int n = b->first[jobs];
      for (int c = 0; c < 5 && n > 0; c++) b->cost[dice(&s, (uint32_t)n)] = 1 + dice(&s, 100);
      b->skip[dice(&s, (uint32_t)jobs)] = 1 + dice(&s, 300);
      // a robot is new, a job is new in the place of an old one
      b->price[dice(&s, (uint32_t)robots)] = change % 2 ? 0 : 1;
      b->taken[dice(&s, (uint32_t)jobs)] = ASSIGNMENT_NONE;
      check_optimal(b, solve(a, b, NULL));
    }
  }
  assignment_destroy(a);
  free(b);
}

// slack is what may be lost on each job, no more
static void test_slack(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b);
  struct assignment *a = assignment_create(JOBS_MAX, ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "slack", 0);
  for (int k = 0; k < 40; k++) {
    draw(b, &s, 150, 150, 0.05, 500);
    clear(b);
    double least = solve(a, b, NULL);
    clear(b);
    b->p.slack = 5;
    double total = solve(a, b, NULL);
    assert_true(total >= least - 1e-9);
    assert_true(total <= least + 150 * b->p.slack);
  }
  assignment_destroy(a);
  free(b);
}

// nothing changed: nothing is done
static void test_still(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b);
  struct assignment *a = assignment_create(JOBS_MAX, ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "still", 0);
  draw(b, &s, 300, 300, 0.04, 100000);
  clear(b);
  double first = solve(a, b, NULL);
  int32_t before[JOBS_MAX];
  memcpy(before, b->taken, sizeof before);
  struct assignment_count count;
  CHECK_NEAR(solve(a, b, &count), first, 0);
  assert_memory_equal(before, b->taken, sizeof before);
  assert_true(count.paths + count.bids <= 300 / 20);      // rounding may loosen a few pairs
  assignment_destroy(a);
  free(b);
}

// The same problem as somebody keeps it who has whole units, rows in order, robots that are known by other numbers, and a part of the costs that is each robot's own.
struct kept { struct bench *b; struct assignment_edge edge[PAIRS_MAX]; double base[3 * ROBOTS_MAX], price[3 * ROBOTS_MAX]; int32_t there[ROBOTS_MAX], taken[JOBS_MAX]; };

static int32_t number_of(int32_t robot) { return 3 * robot + 1; }

static struct assignment_edge *row_of(void *context, int32_t job, int32_t *count, int32_t *had) {
  struct kept *k = context;
  *count = k->b->first[job + 1] - k->b->first[job];
  *had = k->taken[job];
  return &k->edge[k->b->first[job]];
}

static void keep_rows(struct kept *k, struct bench *b, int jobs, double unit) {
  k->b = b;
  for (int j = 0; j < jobs; j++)
    for (int32_t e = b->first[j]; e < b->first[j + 1]; e++) {
      int32_t number = number_of(b->robot[e]), i = e;
      struct assignment_edge x = {assignment_whole(b->cost[e] - k->base[number], 1 / unit), number, 0};
      for (; i > b->first[j] && assignment_before(x, k->edge[i - 1]); i--) k->edge[i] = k->edge[i - 1];
      k->edge[i] = x;
    }
}

// rows that are asked for and rows that lie there: the same answer and prices, also where the costs need another unit
static void test_rows(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b);
  struct kept *k = calloc(1, sizeof *k);
  struct assignment *a = assignment_create(JOBS_MAX, 3 * ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "rows", 0);
  for (int32_t r = 0; r < 220; r++) {
    k->there[r] = number_of(r);
    k->base[number_of(r)] = dice(&s, 8) / 8.0;
  }
  for (int n = 0; n < 40; n++) {
    draw(b, &s, 200, 220, 0.04, n % 2 ? 300 : 90000);
    for (int32_t e = 0; e < b->first[200]; e++) b->cost[e] += 1 + e / 1024.0;      // no two alike
    clear(b);
    for (int j = 0; j < 200; j++) k->taken[j] = ASSIGNMENT_NONE;
    memset(k->price, 0, sizeof k->price);
    b->p.slack = n % 3 ? 0.1 : 0;
    for (int call = 0; call < 3; call++) {
      b->cost[dice(&s, (uint32_t)b->first[200])] = 1 + dice(&s, 200) + 1 / 2048.0;
      double most = 0;
      for (int32_t e = 0; e < b->first[200]; e++) most = b->cost[e] > most ? b->cost[e] : most;
      double unit = assignment_unit(most);
      keep_rows(k, b, 200, unit);
      assignment_solve(a, &b->p, b->taken, b->price, NULL);
      struct assignment_problem p = {.jobs = 200, .robots = 3 * 220, .skip = b->skip, .slack = b->p.slack, .row = row_of, .context = k, .unit = unit, .base = k->base, .there = k->there, .theres = 220};
      assignment_solve(a, &p, k->taken, k->price, NULL);
      for (int j = 0; j < 200; j++) CHECK(k->taken[j], ==, b->taken[j] == ASSIGNMENT_NONE ? ASSIGNMENT_NONE : number_of(b->taken[j]));
      for (int r = 0; r < 220; r++) CHECK_NEAR(k->price[number_of(r)], b->price[r], 0);
    }
  }
  assignment_destroy(a);
  free(b);
  free(k);
}

// who is not there gets nobody, keeps the price, and the rest is what it is without
static void test_there(void **state) {
  (void)state;
  struct bench *b = calloc(1, sizeof *b), *c = calloc(1, sizeof *c);
  struct assignment *a = assignment_create(JOBS_MAX, ROBOTS_MAX, PAIRS_MAX, true);
  struct stream s = stream_make(7, 1, "assignment", "there", 0);
  for (int n = 0; n < 40; n++) {
    draw(b, &s, 100, 120, 0.06, 300);
    clear(b);
    int32_t there[ROBOTS_MAX], theres = 0;
    for (int32_t r = 0; r < 120; r++)
      if (dice(&s, 4)) there[theres++] = r;
      else b->price[r] = -7;
    *c = *b;
    b->p.there = there;
    b->p.theres = theres;
    assignment_solve(a, &b->p, b->taken, b->price, NULL);
    // without them
    int32_t edges = 0, first[JOBS_MAX + 1];
    bool here[ROBOTS_MAX] = {false};
    for (int32_t k = 0; k < theres; k++) here[there[k]] = true;
    for (int j = 0; j < 100; j++) {
      first[j] = edges;
      for (int32_t e = c->first[j]; e < c->first[j + 1]; e++) {
        if (!here[c->robot[e]]) continue;
        c->robot[edges] = c->robot[e];
        c->cost[edges++] = c->cost[e];
      }
    }
    first[100] = edges;
    memcpy(c->first, first, sizeof(int32_t) * 101);
    for (int32_t r = 0; r < 120; r++)
      if (!here[r]) {
        CHECK_NEAR(b->price[r], -7, 0);
        c->price[r] = 0;
      }
    c->p.first = c->first;
    c->p.robot = c->robot;
    c->p.cost = c->cost;
    c->p.skip = c->skip;
    assignment_solve(a, &c->p, c->taken, c->price, NULL);
    for (int j = 0; j < 100; j++) CHECK(b->taken[j], ==, c->taken[j]);
  }
  assignment_destroy(a);
  free(b);
  free(c);
}

int test_assignment(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_brute_force),
    cmocka_unit_test(test_warm),
    cmocka_unit_test(test_slack),
    cmocka_unit_test(test_still),
    cmocka_unit_test(test_rows),
    cmocka_unit_test(test_there),
  };
  return cmocka_run_group_tests_name("assignment", tests, NULL, NULL);
}
