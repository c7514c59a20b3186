// Dispatching by hand, and against a slow reading of the rule.
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scheduler/dispatch.h"
#include "tests/check.h"

#define MAX 16

struct scene {
  int32_t  job_place[MAX], robot_place[MAX];
  uint64_t fleets[MAX];
  uint8_t  need[MAX], fleet[MAX];
  int64_t  idle_since[MAX];
  uint32_t number[MAX];
  struct dispatch_jobs   jobs;
  struct dispatch_robots robots;
};

static void scene_bind(struct scene *s, int jobs, int robots) {
  s->jobs = (struct dispatch_jobs){jobs, s->job_place, s->fleets, s->need};
  s->robots = (struct dispatch_robots){robots, s->robot_place, s->fleet, s->idle_since, s->number};
}

// jobs anywhere, robots anywhere on a line of places, one fleet, numbers in order
static void scene_line(struct scene *s, int jobs, const int *job_place, int robots, const int *robot_place) {
  memset(s, 0, sizeof *s);
  for (int i = 0; i < jobs; i++) {
    s->job_place[i] = job_place[i];
    s->fleets[i] = ~UINT64_C(0);
    s->need[i] = 1;
  }
  for (int i = 0; i < robots; i++) {
    s->robot_place[i] = robot_place[i];
    s->number[i] = (uint32_t)i + 1;
  }
  scene_bind(s, jobs, robots);
}

// places lie on a line one second apart; place 99 is an island
static double line_time(int from, int to) {
  if ((from == 99) != (to == 99)) return -1;
  return abs(from - to);
}

static void line_walk(void *context, int place, double *seconds) {
  const struct dispatch_robots *robots = context;
  for (int i = 0; i < robots->n; i++) seconds[i] = line_time(robots->place[i], place);
}

static int run(const struct scene *s, enum dispatch_rule rule, int (*pairs)[2], int max) {
  bool taken[MAX];
  double seconds[MAX];
  struct dispatch_robots robots = s->robots;
  return dispatch(rule, &s->jobs, &s->robots, line_walk, &robots, taken, seconds, pairs, max);
}

static void test_nearest(void **state) {
  (void)state;
  struct scene s;
  int pairs[MAX][2];
  scene_line(&s, 2, (int[]){5, 0}, 3, (int[]){0, 4, 9});
  CHECK(run(&s, DISPATCH_NEAREST, pairs, MAX), ==, 2);
  CHECK(pairs[0][0], ==, 0);
  CHECK(pairs[0][1], ==, 1);
  CHECK(pairs[1][1], ==, 0);

  // a tie goes to the smaller number, wherever it stands in the columns
  scene_line(&s, 1, (int[]){5}, 2, (int[]){4, 6});
  s.number[0] = 8;
  s.number[1] = 3;
  run(&s, DISPATCH_NEAREST, pairs, MAX);
  CHECK(pairs[0][1], ==, 1);
}

static void test_longest_idle(void **state) {
  (void)state;
  struct scene s;
  int pairs[MAX][2];
  scene_line(&s, 1, (int[]){5}, 3, (int[]){5, 0, 0});
  s.idle_since[0] = 30;
  s.idle_since[1] = s.idle_since[2] = 10;
  for (enum dispatch_rule rule = DISPATCH_FIFO; rule <= DISPATCH_IDLE_FIRST; rule++) {
    CHECK(run(&s, rule, pairs, MAX), ==, 1);
    CHECK(pairs[0][1], ==, 1);
  }
  // who cannot get there does not count, however long idle
  s.robot_place[1] = 99;
  CHECK(run(&s, DISPATCH_FIFO, pairs, MAX), ==, 1);
  CHECK(pairs[0][1], ==, 2);
}

static void test_fleets_and_islands(void **state) {
  (void)state;
  struct scene s;
  int pairs[MAX][2];
  scene_line(&s, 2, (int[]){0, 0}, 2, (int[]){0, 9});
  s.fleet[0] = 63;
  s.fleets[0] = 1;                                      // fleet 0 only: the far robot
  s.fleets[1] = UINT64_C(1) << 63;
  CHECK(run(&s, DISPATCH_NEAREST, pairs, MAX), ==, 2);
  CHECK(pairs[0][1], ==, 1);
  CHECK(pairs[1][1], ==, 0);

  // an unreachable job waits, the next is served
  scene_line(&s, 2, (int[]){99, 1}, 1, (int[]){0});
  CHECK(run(&s, DISPATCH_NEAREST, pairs, MAX), ==, 1);
  CHECK(pairs[0][0], ==, 1);
}

static void test_two_at_once(void **state) {
  (void)state;
  struct scene s;
  int pairs[MAX][2];
  scene_line(&s, 2, (int[]){5, 5}, 3, (int[]){5, 9, 4});
  s.need[0] = 2;
  CHECK(run(&s, DISPATCH_NEAREST, pairs, MAX), ==, 3);
  CHECK(pairs[0][1], ==, 0);
  CHECK(pairs[1][1], ==, 2);
  CHECK(pairs[2][0], ==, 1);
  CHECK(pairs[2][1], ==, 1);

  // only one of the two can come: none is sent, and it is free for the next job
  scene_line(&s, 2, (int[]){5, 7}, 2, (int[]){5, 99});
  s.need[0] = 2;
  CHECK(run(&s, DISPATCH_NEAREST, pairs, MAX), ==, 1);
  CHECK(pairs[0][0], ==, 1);
  CHECK(pairs[0][1], ==, 0);

  // no room for two pairs
  scene_line(&s, 2, (int[]){5, 5}, 3, (int[]){5, 9, 4});
  s.need[0] = 2;
  CHECK(run(&s, DISPATCH_NEAREST, pairs, 1), ==, 1);
  CHECK(pairs[0][0], ==, 1);
}

// The rule as it is written: for each job list who may, sort, take the first `need`.
static int slowly(const struct scene *s, enum dispatch_rule rule, int (*pairs)[2]) {
  bool busy[MAX] = {false};
  int count = 0;
  for (int j = 0; j < s->jobs.n; j++) {
    int list[MAX], n = 0;
    for (int i = 0; i < s->robots.n; i++)
      if (!busy[i] && (s->fleets[j] >> s->fleet[i] & 1) && line_time(s->robot_place[i], s->job_place[j]) >= 0) list[n++] = i;
    for (int a = 1; a < n; a++) {                       // insertion sort by (walk or idle since, number)
      for (int b = a; b > 0; b--) {
        int x = list[b - 1], y = list[b];
        double kx = rule == DISPATCH_NEAREST ? abs(s->robot_place[x] - s->job_place[j]) : (double)s->idle_since[x];
        double ky = rule == DISPATCH_NEAREST ? abs(s->robot_place[y] - s->job_place[j]) : (double)s->idle_since[y];
        if (kx < ky || (kx == ky && s->number[x] < s->number[y])) break;
        list[b - 1] = y;
        list[b] = x;
      }
    }
    if (n < s->need[j]) continue;
    for (int k = 0; k < s->need[j]; k++) {
      busy[list[k]] = true;
      pairs[count][0] = j;
      pairs[count++][1] = list[k];
    }
  }
  return count;
}

static void test_against_the_rule(void **state) {
  (void)state;
  struct stream r = stream_make(7, 1, "dispatch", "test", 0);
  for (int k = 0; k < 20000; k++) {
    struct scene s;
    int jobs = (int)(stream_u64(&r) % 7), robots = (int)(stream_u64(&r) % 9), fast[MAX][2], slow[MAX][2];
    memset(&s, 0, sizeof s);
    for (int j = 0; j < jobs; j++) {
      s.job_place[j] = stream_u64(&r) % 10 == 0 ? 99 : (int)(stream_u64(&r) % 6);
      s.fleets[j] = stream_u64(&r) % 8;
      s.need[j] = (uint8_t)(1 + stream_u64(&r) % 3);
    }
    for (int i = 0; i < robots; i++) {
      s.robot_place[i] = stream_u64(&r) % 8 == 0 ? 99 : (int)(stream_u64(&r) % 6);
      s.fleet[i] = (uint8_t)(stream_u64(&r) % 3);
      s.idle_since[i] = (int64_t)(stream_u64(&r) % 4);
      s.number[i] = (uint32_t)(i * 5 % 9);
    }
    scene_bind(&s, jobs, robots);
    enum dispatch_rule rule = (enum dispatch_rule)(k % 3);
    int n = run(&s, rule, fast, MAX), m = slowly(&s, rule, slow);
    CHECK(n, ==, m);
    for (int i = 0; i < n; i++) {
      CHECK(fast[i][0], ==, slow[i][0]);
      CHECK(fast[i][1], ==, slow[i][1]);
    }
  }
}

int test_dispatch(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_nearest),     cmocka_unit_test(test_longest_idle),     cmocka_unit_test(test_fleets_and_islands),
    cmocka_unit_test(test_two_at_once), cmocka_unit_test(test_against_the_rule),
  };
  return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
