// Sweeps by themselves: what is varied, what is kept in the database, what a comparison of two samples says.
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "study/report.h"
#include "study/store.h"
#include "tests/check.h"

// ---- grids ---------------------------------------------------------------------------------------------------

static void values_are_parted_by_commas(void **state) {
  (void)state;
  static const char *const text[] = {"a.b=1..3", "c.time=erlang(2, 5 s), \"x, y\",[1, 2],{p: 1, q: 2}", "d=-2..-1,7"};
  struct grid g;
  struct error e;
  char settings[200];
  CHECK(grid_read(&g, text, 3, &e), ==, STATUS_OK);
  CHECK(g.varies, ==, 3);
  CHECK(g.vary[0].count, ==, 3);
  CHECK(g.vary[1].count, ==, 4);
  CHECK(g.vary[2].count, ==, 3);
  assert_string_equal(g.vary[1].value[0], "erlang(2, 5 s)");
  assert_string_equal(g.vary[1].value[1], "\"x, y\"");
  assert_string_equal(g.vary[1].value[3], "{p: 1, q: 2}");
  assert_string_equal(g.vary[2].value[0], "-2");
  CHECK(g.variants, ==, 36);
  assert_string_equal(grid_settings(&g, 35, settings, sizeof settings), "a.b=3 c.time={p: 1, q: 2} d=7");
  // every variant once, the last path fastest
  for (int k = 0; k < g.variants; k++) {
    int index[3] = {grid_index(&g, k, 0), grid_index(&g, k, 1), grid_index(&g, k, 2)};
    CHECK(grid_variant(&g, index), ==, k);
    CHECK(index[2], ==, k % 3);
  }
  grid_finish(&g);
}

static void what_is_no_grid_says_why(void **state) {
  (void)state;
  static const struct { const char *text[2]; enum status status; const char *says; } cases[] = {
    {{"a"}, STATUS_SYNTAX, "PATH=VALUE"}, {{"=1"}, STATUS_SYNTAX, "PATH=VALUE"}, {{"a="}, STATUS_SYNTAX, "PATH=VALUE"}, {{"a=1,"}, STATUS_SYNTAX, "a value is missing"},
    {{"a=9..2"}, STATUS_LIMIT, "goes down"}, {{"a=0..99999999"}, STATUS_LIMIT, "more than"}, {{"a=1..9999", "b=1..9999"}, STATUS_LIMIT, "variants"}, {{"a=1", "a=2"}, STATUS_SYNTAX, "twice"}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    struct grid g;
    struct error e = {0};
    CHECK(grid_read(&g, cases[k].text, cases[k].text[1] ? 2 : 1, &e), ==, cases[k].status);
    if (!strstr(e.text, cases[k].says)) fail_msg("%s: %s", cases[k].text[0], e.text);
    grid_finish(&g);
  }
}

// ---- comparing -----------------------------------------------------------------------------------------------

static void sample_of(struct sample *s, int runs, const uint32_t *number, const double *value) {
  static const char *const paths[] = {"kpi.made", "stations.m.made"};
  assert_true(sample_init(s, 2, runs));
  for (int k = 0; k < 2; k++) s->path[k] = paths[k];
  for (int r = 0; r < runs; r++) {
    s->number[r] = number[r];
    for (int k = 0; k < 2; k++) s->value[2 * r + k] = value[r] * (k + 1);
  }
}

// The classic of paired samples: hours of sleep gained by two drugs on ten patients (Student, Biometrika 1908): mean difference 1.58, its
// interval 0.70 to 2.46; unpaired (Welch) -0.21 to 3.37
static void students_sleep(void **state) {
  (void)state;
  static const double a[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}, b[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  static const uint32_t same[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, other[] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  struct sample x, y, z;
  struct paired p[2];
  sample_of(&x, 10, same, a);
  sample_of(&y, 10, same, b);
  sample_of(&z, 10, other, b);
  CHECK(sample_compare(&x, &y, p), ==, 2);
  CHECK_NEAR(p[0].change.mean, 1.58, 1e-12);
  CHECK_NEAR(p[0].change.low, 0.7001142, 1e-6);
  CHECK_NEAR(p[0].change.high, 2.4598858, 1e-6);
  CHECK_NEAR(p[1].change.mean, 3.16, 1e-12);
  assert_true(p[0].by_run);
  assert_true(paired_clear(&p[0]));
  CHECK(sample_compare(&x, &z, p), ==, 2);
  assert_false(p[0].by_run);
  assert_false(paired_clear(&p[0]));
  CHECK_NEAR(p[0].change.low, -0.2054832, 1e-6);
  CHECK_NEAR(p[0].change.high, 3.3654832, 1e-6);
  sample_finish(&x);
  sample_finish(&y);
  sample_finish(&z);
}

// runs that only one side has, and numbers that are none, are left out
static void only_what_both_have_is_paired(void **state) {
  (void)state;
  static const uint32_t na[] = {1, 2, 4, 7}, nb[] = {2, 3, 4, 7};
  static const double a[] = {9, 10, 12, NAN}, b[] = {11, 99, 14, 5};
  struct sample x, y;
  struct paired p[2];
  sample_of(&x, 4, na, a);
  sample_of(&y, 4, nb, b);
  sample_compare(&x, &y, p);
  CHECK(p[0].change.n, ==, 2);
  CHECK_NEAR(p[0].change.mean, 1.5, 1e-12);
  sample_finish(&x);
  sample_finish(&y);
}

// ---- the database --------------------------------------------------------------------------------------------

static const char *paths[] = {"kpi.made", "kpi.lead_time_s", "stations.m.made", "stations.m.wait_s"};
static bool total[4];
static const struct result_index index_of = {.count = 4, .path = paths, .total = total, .kpis = 2};

// Welch's interval is in the unit of its numbers: ten times as large numbers have one ten times as wide, at any size that a result file may hold; beyond all numbers it is none.
static void intervals_have_a_unit(void **state) {
  (void)state;
  const struct estimate a = {.mean = 2, .sd = 0.7, .n = 5}, b = {.mean = 3, .sd = 1.1, .n = 9};
  struct estimate one = sample_welch(&a, &b);
  assert_true(one.low < 1 && one.high > 1);
  static const double unit[] = {1e-150, 1e-100, 10, 1e100, 1e150};
  for (size_t k = 0; k < sizeof unit / sizeof *unit; k++) {
    double u = unit[k];
    struct estimate large[2] = {{.mean = 2 * u, .sd = 0.7 * u, .n = 5}, {.mean = 3 * u, .sd = 1.1 * u, .n = 9}}, d = sample_welch(&large[0], &large[1]);
    CHECK_NEAR(d.low / u, one.low, 1e-9);
    CHECK_NEAR(d.high / u, one.high, 1e-9);
  }
  struct estimate beyond = {.mean = 2, .sd = 1e300, .n = 5}, none = sample_welch(&beyond, &b);
  assert_true(isnan(none.low) && isnan(none.high) && none.mean == 1);
}

static void file_name(char path[64]) {
  snprintf(path, 64, "/tmp/takt-study-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
}

static void delete_file(const char *path) {
  char more[80];
  unlink(path);
  static const char *const ends[] = {"-wal", "-shm", "-journal"};
  for (int k = 0; k < 3; k++) {
    snprintf(more, sizeof more, "%s%s", path, ends[k]);
    unlink(more);
  }
}

// numbers come back to the bit, NaN as NaN; a run that is kept again replaces itself
static void what_is_kept_comes_back(void **state) {
  (void)state;
  char path[64];
  struct error e;
  file_name(path);
  struct store *s = store_open(path, true, &e);
  assert_non_null(s);
  struct store_config c = {.digest = "0123456789abcdef", .layout = "x.yaml", .layout_digest = "fedcba9876543210", .settings = "a=1", .fidelity = "event", .seed = 7, .warmup_s = 60, .length_s = 3600};
  CHECK(store_add_config(s, &c, &e), ==, STATUS_OK);
  CHECK(store_add_config(s, &c, &e), ==, STATUS_OK);
  double row[3][4] = {{1.0 / 3, 0.1, 12345678901.25, NAN}, {2, NAN, -0.0, 5e-300}, {1, 1, 1, 1}};
  for (uint32_t k = 0; k < 3; k++) {
    struct store_run r = {.replication = k == 2 ? 1 : k + 1, .seed = 7, .digest = 0xffffffffffffffffu - k, .events = 10, .ended = "time", .why = "", .row = row[k == 2 ? 0 : k]};
    CHECK(store_add_run(s, c.digest, &index_of, &r, &e), ==, STATUS_OK);
  }
  bool done[4];
  CHECK(store_done(s, c.digest, done, 4), ==, 2);
  assert_true(done[0] && done[1] && !done[2]);
  store_close(s);

  s = store_open(path, false, &e);
  assert_non_null(s);
  struct store_config back;
  CHECK(store_configs(s, &back, 1), ==, 1);
  assert_string_equal(back.digest, c.digest);
  assert_string_equal(back.settings, "a=1");
  CHECK(back.seed, ==, 7);
  struct sample x;
  CHECK(store_sample(s, c.digest, 0, &x, &e), ==, STATUS_OK);
  CHECK(x.runs, ==, 2);
  CHECK(x.paths, ==, 4);
  for (int r = 0; r < 2; r++)
    for (int k = 0; k < 4; k++) {
      double got = x.value[r * 4 + sample_find(&x, paths[k])], want = row[r][k];
      if (isnan(want) ? !isnan(got) : got != want) fail_msg("run %d, %s: %a, kept %a", r + 1, paths[k], got, want);
    }
  sample_finish(&x);
  CHECK(store_sample(s, "nothing", 0, &x, &e), ==, STATUS_REF);
  store_close(s);
  delete_file(path);
}

static void a_file_that_is_none(void **state) {
  (void)state;
  char path[64];
  struct error e = {0};
  file_name(path);
  FILE *f = fopen(path, "w");
  fputs("this is no database, and never was one; it is only some text of a length that a header would have had, and more", f);
  fclose(f);
  assert_null(store_open(path, true, &e));
  CHECK(e.status, ==, STATUS_IO);
  unlink(path);
  assert_null(store_open("/tmp/takt-no-such-folder/x.db", true, &e));
  assert_null(store_open("/tmp/takt-no-such-file.db", false, &e));
  // a newer takt's
  sqlite3 *db;
  file_name(path);
  CHECK(sqlite3_open(path, &db), ==, SQLITE_OK);
  CHECK(sqlite3_exec(db, "PRAGMA application_id = 1415670644; PRAGMA user_version = 99; CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close(db);
  assert_null(store_open(path, true, &e));
  assert_non_null(strstr(e.text, "newer takt"));
  delete_file(path);
}

// ---- the report ----------------------------------------------------------------------------------------------

// of three variants the first whose mean meets the goal, not the best one; text of the layout cannot leave its place
static void the_choice_and_the_page(void **state) {
  (void)state;
  static const char *const text[] = {"robots.x.count=1,2,3"};
  static const uint32_t numbers[] = {1, 2, 3};
  static const double made[3][3] = {{9, 10, 11}, {19, 20, 21}, {29, 30, 31}};
  struct grid g;
  struct error e;
  struct goal goal = {.path = "made", .op = COMPARE_MORE_EQUAL, .value = 20};
  struct layout l = {.name = "<script>alert(1)</script>", .goal_count = 1, .goals = &goal};
  struct report_variant v[3];
  char *argv[] = {"sweep", "x.yaml", "--vary", "robots.x.count=1,2,3"}, path[64];
  CHECK(grid_read(&g, text, 1, &e), ==, STATUS_OK);
  for (int k = 0; k < 3; k++) {
    v[k] = (struct report_variant){.variant = k, .settings = "s", .digest = "d"};
    sample_of(&v[k].sample, 3, numbers, made[k]);
    v[k].sample.path[1] = "kpi.throughput_per_h";
  }
  struct report r = {.layout = &l, .path = "x.yaml", .grid = &g, .variants = 3, .variant = v, .replications = 3, .argc = 4, .argv = argv};
  CHECK(report_choice(&r), ==, 1);
  CHECK(report_goals_met(&r, 1), ==, 2);
  goal.value = 100;
  CHECK(report_choice(&r), ==, 2);
  file_name(path);
  CHECK(report_write(&r, path, &e), ==, STATUS_OK);
  FILE *f = fopen(path, "r");
  static char page[200000];
  size_t n = fread(page, 1, sizeof page - 1, f);
  page[n] = 0;
  fclose(f);
  assert_non_null(strstr(page, "no variant holds it"));
  assert_non_null(strstr(page, "&lt;script&gt;"));
  assert_null(strstr(page, "<script"));
  assert_null(strstr(page, "nan"));
  delete_file(path);
  for (int k = 0; k < 3; k++) sample_finish(&v[k].sample);
  grid_finish(&g);
}

int test_study(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_parted_by_commas),
    cmocka_unit_test(what_is_no_grid_says_why),
    cmocka_unit_test(students_sleep),
    cmocka_unit_test(only_what_both_have_is_paired),
    cmocka_unit_test(intervals_have_a_unit),
    cmocka_unit_test(what_is_kept_comes_back),
    cmocka_unit_test(a_file_that_is_none),
    cmocka_unit_test(the_choice_and_the_page),
  };
  return cmocka_run_group_tests_name("study", tests, NULL, NULL);
}
