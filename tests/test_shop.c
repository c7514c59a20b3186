// The optimiser of job shops: bounds and searches against brute force, the graph against itself computed anew,
// published optima, sameness, and the reader against what files can do to it.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scheduler/shop_bound.h"
#include "scheduler/shop_build.h"
#include "scheduler/shop_read.h"
#include "scheduler/shop_search.h"
#include "scheduler/tabu.h"
#include "tests/check.h"
#include "tests/shops.h"

static int32_t search(const struct shop *s, uint64_t seed, int64_t iterations, int threads, struct shop_plan *plan, struct shop_found *found) {
  struct shop_search how = shop_search_defaults();
  how.seed = seed;
  how.iterations = iterations;
  how.threads = threads;
  how.bound_work = 5000000;
  CHECK(shop_optimise(s, &how, plan, found), ==, STATUS_OK);
  const char *fault = shop_plan_fault(s, plan);
  if (fault) fail_msg("seed %d: %s", (int)seed, fault);
  return plan->makespan;
}

// 1,000 small shops, half of them flexible, with operations of no time and jobs that come back to a machine
static void test_brute_force(void **state) {
  (void)state;
  struct stream draws = stream_make(1, 0, "shops", "brute", 0);
  int proved = 0, met = 0;
  for (int i = 0; i < 1000; i++) {
    struct shop s;
    shop_draw(&s, 3, 3, 3, i % 2 ? 2 : 1, i % 5 ? 20 : 3, &draws);
    int32_t optimum = shop_brute_force(&s), bound = shop_bound(&s);
    if (bound > optimum) fail_msg("shop %d: bound %d above the optimum %d", i, bound, optimum);
    struct shop_plan p;
    struct shop_found found;
    assert_true(shop_plan_make(&p, &s));
    int32_t makespan = search(&s, 1, 600, 1, &p, &found);
    if (makespan < optimum || found.bound > optimum) fail_msg("shop %d: makespan %d, bound %d, optimum %d", i, makespan, found.bound, optimum);
    met += makespan == optimum;
    proved += makespan == found.bound;
    shop_plan_finish(&p);
    shop_finish(&s);
  }
  // heuristic, but not on instances of nine operations
  CHECK(met, >=, 998);
  CHECK(proved, >=, 850);
}

// after every move the graph equals the one computed anew, and a move to another machine brings what it was to bring
static void test_graph(void **state) {
  (void)state;
  struct stream draws = stream_make(2, 0, "shops", "graph", 0);
  int to_another = 0;
  for (int i = 0; i < 40; i++) {
    struct shop s;
    struct shop_plan p;
    struct tabu t;
    struct dice dice = dice_make(stream_u64(&draws));
    shop_draw(&s, 8, 7, 5, i % 2 ? 3 : 1, i % 3 ? 30 : 2, &draws);
    assert_true(shop_plan_make(&p, &s));
    assert_true(tabu_make(&t, &s, (uint64_t)i));
    assert_true(shop_build(&p, &s, 0.5, 0, &dice));
    assert_null(shop_plan_fault(&s, &p));
    tabu_start(&t, &p);
    for (int k = 0; k < 300; k++) {
      tabu_run(&t, 1, INT64_MAX);
      if (!shop_graph_valid(&t.graph)) fail_msg("shop %d: the graph is wrong after %d moves", i, k + 1);
      if (t.promised < 0) continue;
      CHECK(t.graph.makespan, ==, t.promised);
      to_another++;
    }
    assert_null(shop_plan_fault(&s, &t.best));
    tabu_finish(&t);
    shop_plan_finish(&p);
    shop_finish(&s);
  }
  CHECK(to_another, >=, 3000);
}

// a plan between two others keeps every order that they share, and the distances add up
static void test_relink(void **state) {
  (void)state;
  struct stream draws = stream_make(3, 0, "shops", "relink", 0);
  for (int i = 0; i < 30; i++) {
    struct shop s;
    struct shop_plan a, b, c;
    struct dice dice = dice_make(stream_u64(&draws));
    shop_draw(&s, 9, 8, 5, 1, 40, &draws);
    assert_true(shop_plan_make(&a, &s) && shop_plan_make(&b, &s) && shop_plan_make(&c, &s));
    assert_true(shop_build(&a, &s, 0.8, 1, &dice) && shop_build(&b, &s, 0.8, 1, &dice));
    assert_true(shop_relink(&c, &s, &a, &b, 128, i % 2 ? 0 : 100, &dice));
    assert_null(shop_plan_fault(&s, &c));
    CHECK(shop_plan_distance(&a, &c, &s) + shop_plan_distance(&c, &b, &s), ==, shop_plan_distance(&a, &b, &s));
    CHECK(shop_plan_distance(&a, &a, &s), ==, 0);
    shop_plan_finish(&a);
    shop_plan_finish(&b);
    shop_plan_finish(&c);
    shop_finish(&s);
  }
}

// Jackson's preemptive bound by hand: B is released at 2 with the longest tail and breaks A up
static void test_one_machine(void **state) {
  (void)state;
  int32_t head[] = {0, 2}, time[] = {5, 3}, tail[] = {1, 9}, scratch[6];
  CHECK(one_machine_bound(2, head, time, tail, scratch), ==, 14);
  int32_t head2[] = {0, 0, 0}, time2[] = {2, 3, 4}, tail2[] = {7, 7, 7}, scratch2[9];
  CHECK(one_machine_bound(3, head2, time2, tail2, scratch2), ==, 16);
}

// Taillard's instances from his generator; optima of his own list, since proved (ta01 1231, ta11 1357, ta31 1764)
static void test_taillard(void **state) {
  (void)state;
  static const struct { int jobs, machines; int32_t time_seed, machine_seed, optimum; int64_t iterations; double gap; } cases[] = {
    {15,  15, 840612802, 398197754,  1231, 150000, 0.03},
    {20,  15, 533484900, 317419073,  1357, 100000, 0.06},
    {30, 15, 98640593,  1981283465, 1764, 60000,  0.06},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct shop s;
    struct shop_plan p;
    struct shop_found found;
    shop_taillard(&s, cases[i].jobs, cases[i].machines, cases[i].time_seed, cases[i].machine_seed);
    assert_true(shop_plan_make(&p, &s));
    int32_t makespan = search(&s, 1, cases[i].iterations, 2, &p, &found);
    CHECK(makespan, >=, cases[i].optimum);
    CHECK(found.bound, <=, cases[i].optimum);
    if (makespan > cases[i].optimum * (1 + cases[i].gap)) fail_msg("%d jobs: makespan %d, optimum %d", cases[i].jobs, makespan, cases[i].optimum);
    shop_plan_finish(&p);
    shop_finish(&s);
  }
}

// same seed and iterations: same plan, on one thread or two, whatever the pieces
static void test_sameness(void **state) {
  (void)state;
  struct stream draws = stream_make(4, 0, "shops", "same", 0);
  for (int i = 0; i < 4; i++) {
    struct shop s;
    struct shop_plan a, b;
    struct shop_found fa, fb;
    if (i == 0) shop_taillard(&s, 15, 15, 840612802, 398197754);
    else shop_draw(&s, 12, 10, 6, i, 50, &draws);
    assert_true(shop_plan_make(&a, &s) && shop_plan_make(&b, &s));
    search(&s, 9, 60000, 1, &a, &fa);
    search(&s, 9, 60000, 2, &b, &fb);
    CHECK(a.makespan, ==, b.makespan);
    CHECK(fa.bound, ==, fb.bound);
    assert_memory_equal(a.order, b.order, (size_t)s.ops * sizeof *a.order);
    assert_memory_equal(a.machine, b.machine, (size_t)s.nodes * sizeof *a.machine);
    shop_plan_finish(&a);
    shop_plan_finish(&b);
    shop_finish(&s);
  }
}

// nothing depends on the names of jobs and machines but chance
static void test_renamed(void **state) {
  (void)state;
  struct stream draws = stream_make(5, 0, "shops", "rename", 0);
  double plain = 0, renamed = 0;
  for (int i = 0; i < 8; i++) {
    struct shop s, r;
    struct shop_plan p;
    struct shop_found found, again;
    shop_draw(&s, 12, 12, 8, i % 2 ? 2 : 1, 99, &draws);
    shop_rename(&r, &s, &draws);
    assert_true(shop_plan_make(&p, &s));
    plain += (double)search(&s, 1, 20000, 2, &p, &found) / found.bound - 1;
    renamed += (double)search(&r, 1, 20000, 2, &p, &again) / again.bound - 1;
    CHECK(found.bound, ==, again.bound);
    shop_plan_finish(&p);
    shop_finish(&s);
    shop_finish(&r);
  }
  CHECK_NEAR(plain / 8, renamed / 8, 0.01);
}

static bool stop_at_once(void *context) {
  (void)context;
  return true;
}

// stopped before it began: still a feasible plan
static void test_stopped(void **state) {
  (void)state;
  struct shop s;
  struct shop_plan p;
  struct shop_found found;
  shop_taillard(&s, 20, 20, 12345, 54321);
  assert_true(shop_plan_make(&p, &s));
  struct shop_search how = shop_search_defaults();
  how.stop = stop_at_once;
  CHECK(shop_optimise(&s, &how, &p, &found), ==, STATUS_OK);
  assert_null(shop_plan_fault(&s, &p));
  assert_true(found.stopped);
  shop_plan_finish(&p);
  shop_finish(&s);
}

// ---- the reader --------------------------------------------------------------------------------------

static void test_read(void **state) {
  (void)state;
  struct shop s;
  struct error e;
  const char *jsp = "# a comment\n\n2 2\n0 3 1 2\r\n 1 4.0 0 1 0 2\n";
  CHECK(shop_read(&s, "x.jsp", jsp, strlen(jsp), &e), ==, STATUS_OK);
  CHECK(s.jobs, ==, 2);
  CHECK(s.ops, ==, 5);
  CHECK(s.alt_time[s.alt[s.first[1]]], ==, 4);
  assert_false(s.flexible);
  shop_finish(&s);
  const char *fjs = "1 3 1.5\n2 1 2 9 2 0 4 1 6";
  CHECK(shop_read(&s, "x.fjs", fjs, strlen(fjs), &e), ==, STATUS_OK);
  assert_true(s.flexible);
  CHECK(s.alt[s.first[0] + 2] - s.alt[s.first[0] + 1], ==, 2);
  CHECK(shop_time_min(&s, s.first[0] + 1), ==, 4);
  shop_finish(&s);
}

static void test_read_faults(void **state) {
  (void)state;
  static const struct { const char *file, *text, *why; int line, column; enum status status; } bad[] = {
    {"a.jsp", "", "no line of jobs", 0, 0, STATUS_SYNTAX},
    {"a.jsp", "# only\n", "no line of jobs", 0, 0, STATUS_SYNTAX},
    {"a.jsp", "2\n", "the number of machines", 1, 2, STATUS_SYNTAX},
    {"a.jsp", "2 x\n", "whole number, not 'x'", 1, 3, STATUS_TYPE},
    {"a.jsp", "2 2\n0 1 1 1\n", "ends after 1 of 2 jobs", 2, 0, STATUS_SYNTAX},
    {"a.jsp", "1 2\n0 1 1\n", "the time of job 0 operation 1", 2, 6, STATUS_SYNTAX},
    {"a.jsp", "1 2\n0 -4 1 1\n", "the time of job 0 operation 0 is -4", 2, 3, STATUS_RANGE},
    {"a.jsp", "1 2\n0 4 2 1\n", "machines count from 0", 2, 5, STATUS_RANGE},
    {"a.jsp", "1 2\n0 4.5 1 1\n", "whole number, not '4.5'", 2, 3, STATUS_TYPE},
    {"a.jsp", "1 2\n0 4 1 1\n7\n", "goes on after its 1 jobs", 3, 1, STATUS_SYNTAX},
    {"a.jsp", "999999999 2\n", "the number of jobs", 1, 1, STATUS_RANGE},
    {"a.jsp", "150000 2\n0 1\n", "ends after 1 of 150000 jobs", 2, 0, STATUS_SYNTAX},
    {"a.jsp", "1 2\n0 99999999999999999999 1 1\n", "the time of", 2, 3, STATUS_RANGE},
    {"a.jsp", "2 1\n0 900000000\n0 900000000\n", "larger unit", 3, 12, STATUS_LIMIT},
    {"a.jsp", "0 2\n", "the number of jobs", 1, 1, STATUS_RANGE},
    {"a.fjs", "1 2\n1 0\n", "job 0 operation 0 has no machine", 2, 2, STATUS_RANGE},
    {"a.fjs", "1 2\n1 2 0 4 0 5\n", "names machine 0 twice", 2, 8, STATUS_CONFLICT},
    {"a.fjs", "1 2\n2 1 0 4\n", "the number of alternatives of job 0 operation 1", 2, 8, STATUS_SYNTAX},
    {"a.fjs", "1 2\n1 1 0 4 1\n", "its line goes on", 2, 9, STATUS_SYNTAX},
    {"a.fjs", "1 2 x\n1 1 0 4\n", "but it goes on", 1, 5, STATUS_SYNTAX},
    {"a.fjs", "1 2 1.5 7\n1 1 0 4\n", "but it goes on", 1, 9, STATUS_SYNTAX},
    {"a.fjs", "1 2\n0\n", "the number of operations of job 0", 2, 1, STATUS_RANGE},
    {"a.fjs", "1 2\n1 1000000000\n", "the number of alternatives of job 0", 2, 3, STATUS_RANGE},
    {"a.fjs", "1 2\n1000000000 1 0 4\n", "the number of operations of job 0", 2, 1, STATUS_RANGE},
    {"a.jsp", "1 1000000000\n0 4\n", "the number of machines", 1, 3, STATUS_RANGE},
    {"a.jsp", "1 2\r\n0\t4\t-1\t1\r\n", "the machine of job 0 operation 1 is -1", 2, 5, STATUS_RANGE},
    {"a.jsp", "1 2\n0 4 1 \x1B[2J\n", "whole number, not '?[2J'", 2, 7, STATUS_TYPE},
    {"a.jsp", "1 2\n0 \xFF\xFE 1 1\n", "whole number", 2, 3, STATUS_TYPE},
    {"a.jsp", "\xEF\xBB\xBF" "1 2\n0 4 1 x\n", "whole number, not 'x'", 2, 7, STATUS_TYPE},
    {"a.jsp", "1 2\n0 4 1 @ 1\n", "a byte of 0", 2, 7, STATUS_SYNTAX},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct shop s;
    struct error e = {0};
    // @ stands for a byte of 0
    char text[100];
    size_t size = strlen(bad[i].text);
    for (size_t k = 0; k <= size; k++) text[k] = bad[i].text[k] == '@' ? 0 : bad[i].text[k];
    enum status got = shop_read(&s, bad[i].file, text, size, &e);
    if (got != bad[i].status) fail_msg("'%s': status %d, wanted %d: %s", bad[i].text, got, bad[i].status, e.text);
    CHECK_HAS(e.text, bad[i].why);
    if (e.line != bad[i].line || e.column != bad[i].column) fail_msg("'%s' at %d:%d, wanted %d:%d", bad[i].text, e.line, e.column, bad[i].line, bad[i].column);
    CHECK(status_exit_code(got), ==, 3);
  }
}

// Very many jobs for two machines, one job of very many operations, machines that nobody uses: over in the time of a few passes, not in the square of their
// number. On these the first plan is optimal.
static void test_lopsided(void **state) {
  (void)state;
  enum { MANY = 40000 };
  static int32_t ops[MANY], alts[2 * MANY], machine[4 * MANY], time[4 * MANY];
  for (int k = 0; k < 3; k++) {
    struct shop s;
    bool flexible = k == 2;
    for (int32_t i = 0; i < MANY; i++) {
      ops[i] = k == 1 ? MANY : 1;
      alts[i] = flexible ? 2 : 1;
      for (int32_t a = 0; a < alts[i]; a++) machine[i * alts[i] + a] = flexible ? 1000 * (i % 100) + a : i % 2;
      for (int32_t a = 0; a < alts[i]; a++) time[i * alts[i] + a] = 7;
    }
    assert_true(shop_make(&s, k == 1 ? 1 : MANY, flexible ? SHOP_OPS_MAX : 2, ops, alts, machine, time));
    struct shop_search how = shop_search_defaults();
    struct shop_plan p;
    struct shop_found found;
    how.iterations = 1;
    assert_true(shop_plan_make(&p, &s));
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    CHECK(shop_optimise(&s, &how, &p, &found), ==, STATUS_OK);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    CHECK(found.bound, ==, p.makespan);
    CHECK(p.makespan, ==, k == 1 ? MANY * 7 : flexible ? MANY / 200 * 7 : MANY / 2 * 7);
    // two seconds or less; the squares would be minutes
    CHECK(to.tv_sec - from.tv_sec, <, 60);
    shop_plan_finish(&p);
    shop_finish(&s);
  }
}

int test_shop(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_brute_force), cmocka_unit_test(test_graph),    cmocka_unit_test(test_relink), cmocka_unit_test(test_one_machine),
    cmocka_unit_test(test_taillard),    cmocka_unit_test(test_sameness), cmocka_unit_test(test_renamed), cmocka_unit_test(test_stopped), cmocka_unit_test(test_lopsided),
    cmocka_unit_test(test_read),        cmocka_unit_test(test_read_faults),
  };
  return cmocka_run_group_tests_name("shop", tests, NULL, NULL);
}
