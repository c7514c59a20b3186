// The layouts we ship: each small line gives the exact value that its comment names, and the two big
// ones what theirs say.
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/layout.h"
#include "engine/measure/result.h"
#include "engine/sim/twin.h"
#include "engine/world/reach.h"
#include "tests/check.h"

#define RUNS 5

// One layout, run several times; a row of results for each.
struct runs {
  struct layout       layout;
  struct faults       faults;
  struct arena        arena;
  struct result_index index;
  double             *row[RUNS];
  int                 runs;
};

static void runs_make(struct runs *r, const char *path, int runs) {
  faults_init(&r->faults, path, NULL, 0);
  assert_true(arena_init(&r->arena, 1 << 28));
  enum status s = layout_read_file(&r->layout, path, NULL, 0, &r->faults);
  if (s == STATUS_OK) s = routes_check(&r->layout, &r->faults);
  if (r->faults.count > 0) faults_print(&r->faults, stderr);
  CHECK(s, ==, STATUS_OK);
  CHECK(r->faults.count, ==, 0);
  assert_true(result_index_make(&r->index, &r->layout, &r->arena));
  r->runs = runs;
  for (int k = 0; k < runs; k++) {
    struct twin_options o = twin_defaults();
    struct error e = {0};
    o.seed = 1;
    o.replication = (uint32_t)k + 1;
    o.assets = "assets";
    struct twin *t = twin_create(&r->layout, &o, &e);
    if (!t) fail_msg("%s: %s", path, e.text);
    struct sums from = sums_make(&r->layout, &r->arena), to = sums_make(&r->layout, &r->arena);
    twin_run(t, r->layout.run.warmup);
    twin_measure(t, &from);
    enum twin_state end = twin_run(t, r->layout.run.warmup + r->layout.run.length);
    twin_measure(t, &to);
    assert_null(twin_validate(t));
    r->row[k] = ARENA_NEW(&r->arena, double, r->index.count);
    assert_non_null(r->row[k]);
    result_fill(&r->index, &from, &to, end == TWIN_PARTS, r->row[k]);
    twin_destroy(t);
  }
}

static void runs_finish(struct runs *r) {
  layout_finish(&r->layout);
  faults_finish(&r->faults);
  arena_finish(&r->arena);
}

static struct estimate runs_value(const struct runs *r, const char *path) {
  double value[RUNS];
  int i = result_find(&r->index, path);
  if (i == NONE) fail_msg("no number %s", path);
  for (int k = 0; k < r->runs; k++) value[k] = r->row[k][i];
  return estimate_make(value, r->runs, 1);
}

// Every `# exact: PATH VALUE` of a file within 0.5 %, or within 8.6 standard errors (99.9 % of Student's t with
// four degrees of freedom) and 3 %.
static int check_exact(const char *path) {
  static struct runs r;
  runs_make(&r, path, RUNS);
  int found = 0;
  for (const char *line = r.layout.text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    char name[128];
    double exact;
    if (sscanf(line, "# exact: %127s %lf", name, &exact) != 2) continue;
    struct estimate e = runs_value(&r, name);
    double error = 8.6 * e.sd / sqrt(RUNS), allowed = fmax(0.005 * exact, fmin(error, 0.03 * exact));
    if (!(fabs(e.mean - exact) <= allowed)) fail_msg("%s: %s = %.6g, exact %.6g, %.3g allowed", path, name, e.mean, exact, allowed);
    found++;
  }
  runs_finish(&r);
  return found;
}

static void test_lines(void **state) {
  (void)state;
  struct dirent **file;
  int n = scandir("layouts/lines", &file, NULL, alphasort), lines = 0;
  assert_true(n > 0);
  for (int i = 0; i < n; i++) {
    char path[512];
    snprintf(path, sizeof path, "layouts/lines/%s", file[i]->d_name);
    if (strstr(path, ".yaml")) {
      if (check_exact(path) == 0) fail_msg("%s names no exact value", path);
      lines++;
    }
    free(file[i]);
  }
  free(file);
  CHECK(lines, >=, 10);
}

// 84 s a cycle, 37 s of it loading, 10.7 m walked: the published figures, within a tenth; nothing is fitted to them
static void test_sheet_metal(void **state) {
  (void)state;
  static struct runs r;
  runs_make(&r, "layouts/sheet-metal-loading.yaml", REPEATS(1, RUNS));
  double frames = runs_value(&r, "kpi.made").mean, hours = 10, sheets = runs_value(&r, "robots.loader.picks").mean;
  CHECK_NEAR(hours * 3600 / frames, 84, 8.4);
  CHECK_NEAR(runs_value(&r, "stations.fixture.starved").mean * hours * 3600 / frames, 37, 3.7);
  CHECK_NEAR(runs_value(&r, "robots.loader.distance_m").mean / (sheets / 3), 10.7, 0.05);
  assert_true(runs_value(&r, "kpi.throughput_per_h").mean >= 39);
  runs_finish(&r);
}

// A robot that stands between belt and table reaches both: it picks and places without a step.
static void test_no_step_beside_a_belt(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: beside a belt\nfloor: {size: [10, 6]}\nparts: {cell: {}}\nstations:\n"
    "  raw: {kind: source, at: [0.6, 3], size: [0.6, 0.6], makes: cell, every: 5 s}\n"
    "  belt: {kind: conveyor, path: [[1, 3], [5, 3]], size: [4, 0.4], speed: 0.5, pitch: 0.1}\n"
    "  table: {kind: sink, at: [3.1, 1.65], facing: 90, size: [0.5, 0.6]}\n"
    "flow:\n  - raw -> belt\n  - {path: belt -> table, by: robots}\n"
    "robots: {hand: {model: optimus-gen2, count: 1, home: table, charging: {idle: false}}}\nrun: {for: 10 min}\n";
  struct layout l;
  struct faults f;
  struct error e = {0};
  faults_init(&f, "text", NULL, 0);
  enum status s = layout_read_text(&l, "text", text, sizeof text - 1, NULL, 0, &f);
  if (f.count) faults_print(&f, stderr);
  CHECK(s, ==, STATUS_OK);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  struct arena a;
  assert_true(arena_init(&a, 1 << 20));
  struct sums sums = sums_make(&l, &a);
  twin_run(t, 600 * NS_SECOND);
  twin_measure(t, &sums);
  CHECK(sums.line.made, >=, 117);
  assert_true(sums.fleet[0].distance < 2);              // it goes to meet the first cell, and never again
  twin_destroy(t);
  arena_finish(&a);
  layout_finish(&l);
  faults_finish(&f);
}

// the goal is met, cells are neither made nor lost, and the infeed's limit holds
static void test_cell_sorting(void **state) {
  (void)state;
  static struct runs r;
  runs_make(&r, "layouts/cell-sorting.yaml", REPEATS(1, 2));
  struct estimate trays = runs_value(&r, "kpi.throughput_per_h");
  assert_true(trays.mean >= 110);
  assert_true(trays.mean <= 3600 / 1.1 * 0.92 / 24);
  CHECK_NEAR(runs_value(&r, "kpi.scrapped").mean / (runs_value(&r, "kpi.made").mean * 24), 0.08 / 0.92, 0.01);
  assert_true(runs_value(&r, "robots.sorters.walking").mean > 0.3);
  runs_finish(&r);
}

// The bench's work is for two, shoulder to shoulder: one stands at its spot already when the other comes, at motion too. It once stopped 5 cm before
// its spot, for ever.
static void test_two_at_one_bench(void **state) {
  (void)state;
  static const struct layout_override set[] = {{"run.fidelity", "motion"}, {"scheduler.policy", "lookahead"}};
  struct layout l;
  struct faults f;
  struct error e = {0};
  faults_init(&f, "layouts/gearbox-assembly.yaml", NULL, 0);
  CHECK(layout_read_file(&l, "layouts/gearbox-assembly.yaml", set, 2, &f), ==, STATUS_OK);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  struct arena a;
  assert_true(arena_init(&a, 1 << 20));
  struct sums sums = sums_make(&l, &a);
  twin_run(t, 1200 * NS_SECOND);
  twin_measure(t, &sums);
  CHECK(sums.line.made, >=, 5);
  twin_destroy(t);
  arena_finish(&a);
  layout_finish(&l);
}

int test_layouts(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_lines), cmocka_unit_test(test_sheet_metal), cmocka_unit_test(test_no_step_beside_a_belt), cmocka_unit_test(test_cell_sorting),
    cmocka_unit_test(test_two_at_one_bench),
  };
  return cmocka_run_group_tests_name("layouts", tests, NULL, NULL);
}
