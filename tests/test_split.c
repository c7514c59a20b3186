// Rows over threads: each row exactly once, the same parts always, what was written is seen.
#include <stdlib.h>
#include <string.h>

#include "base/split.h"
#include "tests/check.h"

struct rows { int n, block; int *count; unsigned long long *sum; };

static void add(void *context, int from, int to) {
  struct rows *r = context;
  if (from % r->block) fail_msg("a part begins at %d, which is no multiple of %d", from, r->block);
  for (int i = from; i < to; i++) {
    r->count[i]++;
    r->sum[i] = 3 * r->sum[i] + (unsigned)i;
  }
}

static void test_each_row_once(void **state) {
  (void)state;
  enum { ROUNDS = 300 };
  unsigned long long *first = NULL;
  for (int threads = 1; threads <= 4; threads++) {
    struct rows r = {.n = 1003, .block = 8};
    r.count = calloc((size_t)r.n, sizeof *r.count);
    r.sum = calloc((size_t)r.n, sizeof *r.sum);
    struct split *s = split_create(threads);
    assert_non_null(s);
    CHECK(split_threads(s), ==, threads);
    for (int k = 0; k < ROUNDS; k++) {
      split_run(s, r.n, r.block, add, &r);
      for (int i = 0; i < r.n; i++)
        if (r.count[i] != k + 1) fail_msg("%d threads, call %d: row %d was done %d times", threads, k, i, r.count[i]);
    }
    split_destroy(s);
    if (!first) first = r.sum;
    else {
      assert_memory_equal(first, r.sum, sizeof *first * (size_t)r.n);
      free(r.sum);
    }
    free(r.count);
  }
  free(first);
}

static void test_few_rows(void **state) {
  (void)state;
  struct split *s = split_create(4);
  for (int n = 0; n < 40; n++) {
    int count[40] = {0};
    unsigned long long sum[40] = {0};
    struct rows r = {n, 8, count, sum};
    split_run(s, n, 8, add, &r);
    for (int i = 0; i < 40; i++) CHECK(count[i], ==, i < n);
  }
  split_destroy(s);
  split_destroy(NULL);
}

static void count_one(void *context, int from, int to) { *(int *)context += to - from; }

// Beside a task that was begun others are split, in more parts than there are threads; when it is ended it has been done once.
static void test_a_task_beside(void **state) {
  (void)state;
  for (int threads = 1; threads <= 4; threads++) {
    struct split *s = split_create(threads);
    int count[40] = {0}, tasks = 0;
    unsigned long long sum[40] = {0};
    struct rows r = {40, 1, count, sum};
    for (int k = 0; k < 300; k++) {
      split_begin(s, count_one, &tasks);
      if (k % 2) {
        split_start(s, 4 * threads, r.n, r.block, add, &r);
        if (k % 3 == 0) split_end(s);
        split_finish(s);
      } else split_run_parts(s, 4 * threads, r.n, r.block, add, &r);
      split_end(s);
      CHECK(tasks, ==, k + 1);
      for (int i = 0; i < r.n; i++) CHECK(count[i], ==, k + 1);
    }
    split_end(s);                   // nothing was begun
    split_finish(s);
    split_start(s, 4, r.n, r.block, add, &r);           // and is done before it is destroyed
    split_destroy(s);
    for (int i = 0; i < r.n; i++) CHECK(count[i], ==, 301);
  }
}

int test_split(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_row_once), cmocka_unit_test(test_a_task_beside), cmocka_unit_test(test_few_rows)};
  return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
