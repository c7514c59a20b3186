// Times of a plan with shared people and hours: worked out by hand, and drawn ones that keep every rule.
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "scheduler/timetable.h"
#include "tests/check.h"

#define NONE TIMETABLE_NONE

// On for `on` s of every `every` s.
struct hours { double on, every; };

static bool works(void *context, int32_t k, double at, double *until) {
  const struct hours *h = &((const struct hours *)context)[k];
  double since = at - floor(at / h->every) * h->every;
  *until = at - since + (since < h->on ? h->on : h->every);
  return since < h->on;
}

// Two jobs on a machine of their own each, one operator for both, who comes in 1 s: 1 .. 11, 12 .. 22. Two operators: both at 1.
static void one_for_two(void **state) {
  (void)state;
  for (int32_t heads = 1; heads <= 2; heads++) {
    struct timetable_op op[2] = {{0, 0, 0, 1, NONE, 10, 1, 0}, {1, 1, 0, 1, NONE, 10, 1, 1}};
    struct timetable t = {2, 2, 1, op, &heads, works, NULL};
    double begin[2], end[2];
    assert_true(timetable_make(&t, begin, end));
    CHECK_NEAR(begin[0], 1, 0);
    CHECK_NEAR(end[0], 11, 0);
    CHECK_NEAR(begin[1], heads == 1 ? 12 : 1, 0);
  }
}

// 25 s of work in hours of 10 s on, 10 s off, ready at 7: 7 .. 10, 20 .. 30, 40 .. 50, 60 .. 62.
static void work_stops_and_goes_on(void **state) {
  (void)state;
  struct hours h = {10, 20};
  struct timetable_op op[3] = {{0, NONE, NONE, 0, NONE, 7, 0, 0}, {0, 0, NONE, 0, 0, 25, 0, 0}, {0, NONE, NONE, 0, NONE, 5, 0, 0}};
  struct timetable t = {3, 1, 0, op, NULL, works, &h};
  double begin[3], end[3];
  assert_true(timetable_make(&t, begin, end));
  CHECK_NEAR(begin[1], 7, 0);
  CHECK_NEAR(end[1], 62, 1e-9);
  CHECK_NEAR(end[2], 67, 1e-9);
}

// The order of a machine against the order of a job: no times.
static void a_circle_is_refused(void **state) {
  (void)state;
  struct timetable_op op[2] = {{0, 0, NONE, 0, NONE, 1, 0, 2}, {0, 0, NONE, 0, NONE, 1, 0, 1}};
  struct timetable t = {2, 1, 0, op, NULL, works, NULL};
  double begin[2], end[2];
  assert_false(timetable_make(&t, begin, end));
}

// Drawn: jobs in their order, machines in theirs and one at a time, never more heads at work than there are, only in their hours, and nobody waits for nothing:
// each begins when what it waited for ends (plus the walk), when its hours begin, or at the start.
static void drawn(void **state) {
  (void)state;
  enum { MOST = 60 };
  struct stream s = stream_make(6, 1, "timetable", "drawn", 0);
  struct hours h[2] = {{50, 80}, {1e9, 2e9}};
  for (int n = 0; n < 300; n++) {
    struct timetable_op op[MOST];
    int32_t ops = 0, machines = 1 + (int32_t)(stream_u64(&s) % 4), size[2] = {1 + (int32_t)(stream_u64(&s) % 3), 2};
    for (int32_t j = 0; j < 8; j++)
      for (int32_t k = (int32_t)(stream_u64(&s) % 6); k >= 0 && ops < MOST; k--) {
        int32_t pool = (int32_t)(stream_u64(&s) % 3) - 1;
        op[ops] = (struct timetable_op){j, stream_u64(&s) % 4 ? (int32_t)(stream_u64(&s) % (uint32_t)machines) : NONE, pool, pool == NONE ? 0 : 1 + (int32_t)(stream_u64(&s) % (uint32_t)size[pool]),
                                        (int32_t)(stream_u64(&s) % 3) - 1, 1 + floor(20 * stream_unit(&s)), floor(4 * stream_unit(&s)), ops};
        ops++;
      }
    struct timetable t = {ops, machines, 2, op, size, works, h};
    double begin[MOST], end[MOST];
    assert_true(timetable_make(&t, begin, end));
    for (int32_t o = 0; o < ops; o++) {
      double until;
      assert_true(end[o] >= begin[o] + op[o].time);
      if (o > 0 && op[o - 1].job == op[o].job) assert_true(begin[o] >= end[o - 1]);
      if (op[o].hours != NONE) assert_true(works(h, op[o].hours, begin[o], &until));
      else CHECK_NEAR(end[o], begin[o] + op[o].time, 1e-9);
      int32_t at_work = 0;
      bool    cause = begin[o] <= 0 || (op[o].pool != NONE && begin[o] <= op[o].approach) || (op[o].hours == 0 && fmod(begin[o], h[0].every) <= 0);
      for (int32_t k = 0; k < ops; k++) {
        if (k != o && op[k].machine == op[o].machine && op[o].machine != NONE) assert_true(k < o ? begin[o] >= end[k] : end[o] <= begin[k]);
        if (op[k].pool == op[o].pool && op[o].pool != NONE && begin[k] <= begin[o] && end[k] > begin[o]) at_work += op[k].heads;
        // what it waited for: the one before it in its job or on its machine, or a head that had to come
        if (k == o - 1 && op[k].job == op[o].job) cause = cause || fabs(end[k] - begin[o]) < 1e-9;
        if (k < o && op[k].machine == op[o].machine && op[o].machine != NONE) cause = cause || fabs(end[k] - begin[o]) < 1e-9;
        if (op[k].pool == op[o].pool && op[o].pool != NONE) cause = cause || fabs(end[k] + op[o].approach - begin[o]) < 1e-9;
      }
      if (op[o].pool != NONE) assert_true(at_work <= size[op[o].pool]);
      assert_true(cause);
    }
  }
}

int test_timetable(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(one_for_two), cmocka_unit_test(work_stops_and_goes_on), cmocka_unit_test(a_circle_is_refused), cmocka_unit_test(drawn)};
  return cmocka_run_group_tests_name("timetable", tests, NULL, NULL);
}
