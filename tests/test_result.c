#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

#include "base/tree.h"
#include "engine/measure/result.h"

#define S NS_SECOND

// raw -> s1 -> s2 (two copies) -> out, one fleet; everything that the measures read
struct line {
  struct layout        l;
  struct station       st[5];
  struct station_group g[4];
  struct flow          fl[3];
  struct fleet         fleet;
  struct goal          goal[2];
  struct arena         arena;
  struct result_index  index;
  struct sums          a, b;
};

static void line_init(struct line *t) {
  memset(t, 0, sizeof *t);
  static const struct { const char *name; enum station_kind kind; double ideal; int group; } st[5] = {
    {"raw", STATION_SOURCE, 0, 0}, {"s1", STATION_MACHINE, 10, 1}, {"s2-1", STATION_MACHINE, 30, 2}, {"s2-2", STATION_MACHINE, 30, 2}, {"out", STATION_SINK, 0, 3}};
  static const struct station_group g[4] = {{"raw", 0, 1, {0}}, {"s1", 1, 1, {0}}, {"s2", 2, 2, {0}}, {"out", 4, 1, {0}}};
  for (int i = 0; i < 5; i++) t->st[i] = (struct station){.name = st[i].name, .kind = st[i].kind, .ideal = st[i].ideal, .group = st[i].group, .servers = 1};
  memcpy(t->g, g, sizeof g);
  for (int i = 0; i < 3; i++) t->fl[i] = (struct flow){.from = i, .to = i + 1, .part = NONE};
  t->fleet = (struct fleet){.name = "crew", .count = 2};
  t->goal[0] = (struct goal){.path = "made", .op = COMPARE_MORE_EQUAL, .value = 60};
  t->goal[1] = (struct goal){.path = "stations.s1.blocked", .op = COMPARE_LESS, .value = 0.1};
  t->l = (struct layout){.name = "test", .file = "test.yaml", .station_count = 5, .stations = t->st, .group_count = 4, .groups = t->g, .flow_count = 3, .flows = t->fl,
                         .fleet_count = 1, .fleets = &t->fleet, .goal_count = 2, .goals = t->goal};
  assert_true(arena_init(&t->arena, 1 << 20));
  assert_true(result_index_make(&t->index, &t->l, &t->arena));
  t->a = sums_make(&t->l, &t->arena);
  t->b = sums_make(&t->l, &t->arena);
}

// a window of 1000 s after 500 s
static void line_fill(struct line *t) {
  t->a.now = 500 * S;
  t->b.now = 1500 * S;
  t->a.line.made = 10; t->b.line.made = 70;
  t->b.line.scrapped = 5;
  t->a.line.lead = 100; t->a.line.lead_count = 10;
  t->b.line.lead = 3100; t->b.line.lead_count = 70;
  t->a.line.wip_area = 50; t->b.line.wip_area = 4050;
  t->b.line.last_sink = 1490 * S;
  struct station_sums *s1 = &t->b.station[1], *s2 = &t->b.station[2], *s3 = &t->b.station[3];
  s1->cause[STATION_WORKING] = 700 * S; s1->cause[STATION_BLOCKED] = 200 * S; s1->cause[STATION_OFF_SHIFT] = 100 * S;
  s1->made = 65; s1->scrapped = 5; s1->reworked = 2; s1->left = 60; s1->wait = 900; s1->area = 1800;
  for (struct station_sums *s = s2; s <= s3; s++) { s->cause[STATION_WORKING] = 960 * S; s->cause[STATION_STARVED] = 40 * S; }
  s2->made = 32; s3->made = 28;
  t->b.fleet[0].cause[ROBOT_WALKING] = 500 * S; t->b.fleet[0].cause[ROBOT_IDLE] = 1500 * S; t->b.fleet[0].present = 2000 * S;
  t->b.fleet[0].energy = 7.2e6; t->b.fleet[0].distance = 640; t->b.fleet[0].picks = 120;
}

static double at(const struct line *t, const double *row, const char *path) {
  int i = result_find(&t->index, path);
  CHECK(i, !=, NONE);
  return row[i];
}

static void test_definitions(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  line_fill(&t);
  double *row = calloc((size_t)t.index.count, sizeof *row);
  result_fill(&t.index, &t.a, &t.b, false, row);
  CHECK_NEAR(at(&t, row, "kpi.throughput_per_h"), 216, 1e-9);
  CHECK_NEAR(at(&t, row, "made"), 60, 0);
  CHECK_NEAR(at(&t, row, "kpi.scrapped"), 5, 0);
  CHECK_NEAR(at(&t, row, "lead_time_s"), 50, 1e-12);
  CHECK_NEAR(at(&t, row, "wip"), 4, 1e-12);
  CHECK_NEAR(at(&t, row, "energy_kwh"), 2, 1e-12);
  assert_true(isnan(at(&t, row, "makespan_s")));
  CHECK_NEAR(at(&t, row, "stations.s1.working"), 0.7, 1e-12);
  CHECK_NEAR(at(&t, row, "stations.s1.wait_s"), 15, 1e-12);
  CHECK_NEAR(at(&t, row, "stations.s1.queue"), 1.8, 1e-12);
  // availability 700/900, effectiveness 10*65/700, quality 58/65
  CHECK_NEAR(at(&t, row, "stations.s1.oee"), 700.0 / 900 * (650.0 / 700) * (58.0 / 65), 1e-12);
  // the constraint: s2-1 with 30 x 32 planned seconds
  CHECK_NEAR(at(&t, row, "kpi.oee"), 30 * 32 / 1000.0, 1e-12);
  CHECK_NEAR(at(&t, row, "robots.crew.walking"), 0.25, 1e-12);
  CHECK_NEAR(at(&t, row, "robots.crew.distance_m"), 640, 0);
  assert_true(isnan(at(&t, row, "stations.raw.working")));
  assert_true(isnan(at(&t, row, "stations.raw.oee")));
  CHECK(result_find(&t.index, "stations.none.made"), ==, NONE);
  result_fill(&t.index, &t.a, &t.b, true, row);
  CHECK_NEAR(at(&t, row, "makespan_s"), 1490, 1e-9);
  free(row);
  arena_finish(&t.arena);
}

// shares of any books sum to 1
static void test_shares_sum_to_one(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  t.b.now = 77 * S + 13;
  for (int i = 0; i < 5; i++)
    for (int c = 0; c < STATION_CAUSES; c++) t.b.station[i].cause[c] = (ns_t)(1 + i) * 1234567891 * (c + 1);
  double *row = calloc((size_t)t.index.count, sizeof *row);
  result_fill(&t.index, &t.a, &t.b, false, row);
  for (int i = 0; i < 5; i++) {
    double sum = 0;
    for (int c = 0; c < STATION_CAUSES; c++) sum += row[result_station(&t.index, i, STATION_SHARES + c)];
    CHECK_NEAR(sum, 1, 1e-14);
  }
  free(row);
  arena_finish(&t.arena);
}

// counts are of the whole window, their interval scaled from the slices
static void test_batch_means(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  int n = t.index.count;
  double *row = calloc((size_t)n, sizeof *row), *slices = calloc((size_t)n * 4, sizeof *slices);
  struct estimate *e = calloc((size_t)n, sizeof *e);
  int made = result_find(&t.index, "made"), wip = result_find(&t.index, "wip");
  static const double v[4] = {2, 4, 4, 6};
  for (int k = 0; k < 4; k++) slices[k * n + made] = slices[k * n + wip] = v[k];
  row[made] = 16;
  row[wip] = 4;
  result_batch_means(&t.index, row, slices, 4, 4, e);
  double half = 3.182446 * sqrt(8.0 / 3 / 4);
  CHECK_NEAR(e[made].mean, 16, 0);
  CHECK_NEAR(e[made].high - 16, 4 * half, 1e-5);
  CHECK_NEAR(4 - e[wip].low, half, 1e-5);
  assert_true(isnan(e[wip].sd));
  CHECK(e[wip].n, ==, 1);
  free(row); free(slices); free(e);
  arena_finish(&t.arena);
}

static struct outcome outcome_of(struct line *t, double **rows, int n, struct estimate *e) {
  struct outcome o = {.index = &t->index, .layout_path = "test.yaml", .seed = 1, .fidelity = "event", .replications = n, .rows = n, .row = rows,
                      .simulated_s = 1000.0 * n, .ended = "time", .complete = true, .digest = 0xABC};
  outcome_estimate(&o, e);
  o.estimate = e;
  return o;
}

static void test_goals_and_bottleneck(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  line_fill(&t);
  double *row = calloc((size_t)t.index.count, sizeof *row), value;
  struct estimate *e = calloc((size_t)t.index.count, sizeof *e);
  result_fill(&t.index, &t.a, &t.b, false, row);
  struct outcome o = outcome_of(&t, &row, 1, e);
  assert_true(goal_met(&t.goal[0], &o, &value));
  CHECK_NEAR(value, 60, 0);
  assert_false(goal_met(&t.goal[1], &o, &value));
  CHECK_NEAR(value, 0.2, 1e-12);
  struct goal none = {.path = "nothing", .op = COMPARE_LESS, .value = 1};
  assert_false(goal_met(&none, &o, &value));

  struct bottleneck b[3];
  CHECK(bottleneck_find(&o, b), >=, 1);
  assert_string_equal(b[0].name, "s2");
  assert_string_equal(b[0].why, "working 96 %, starved 4 %, s1 before it is blocked 20 %");
  free(row); free(e);
  arena_finish(&t.arena);
}

// the document parses, nests, and its numbers read back
static void test_json(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  line_fill(&t);
  double *row = calloc((size_t)t.index.count, sizeof *row), *rows[2] = {row, row};
  struct estimate *e = calloc((size_t)t.index.count, sizeof *e);
  result_fill(&t.index, &t.a, &t.b, false, row);
  struct outcome o = outcome_of(&t, rows, 2, e);
  struct json j;
  json_init(&j, true);
  outcome_json(&o, &j);
  struct faults f;
  struct tree tree;
  faults_init(&f, "json", j.text, j.size);
  CHECK(tree_read_json(&tree, j.text, j.size, &f), ==, STATUS_OK);
  assert_string_equal(tree_find(&tree, "digest")->text, "0000000000000abc");
  CHECK_NEAR(strtod(tree_find(&tree, "kpi.throughput_per_h.mean")->text, NULL), 216, 1e-9);
  assert_string_equal(tree_find(&tree, "kpi.throughput_per_h.n")->text, "2");
  CHECK_NEAR(strtod(tree_find(&tree, "stations.s1.oee.mean")->text, NULL), row[result_find(&t.index, "stations.s1.oee")], 0);
  assert_string_equal(tree_find(&tree, "robots.crew.count")->text, "2");
  assert_string_equal(tree_find(&tree, "kpi.makespan_s.mean")->text, "null");
  assert_string_equal(tree_find(&tree, "goals.0.met")->text, "true");
  assert_string_equal(tree_find(&tree, "bottleneck.0.name")->text, "s2");
  tree_finish(&tree);
  faults_finish(&f);
  json_finish(&j);
  free(row); free(e);
  arena_finish(&t.arena);
}

// no line of the table is wider than 100 columns
static void test_table_fits(void **state) {
  (void)state;
  struct line t;
  line_init(&t);
  line_fill(&t);
  t.g[2].name = "a-station-with-a-very-long-name-indeed";
  for (int c = 0; c < STATION_CAUSES; c++) t.b.station[1].cause[c] += (c + 1) * S;
  for (int c = 0; c < ROBOT_CAUSES; c++) t.b.fleet[0].cause[c] += S, t.b.fleet[0].present += S;
  t.b.station[1].wait = 1e9;
  double *row = calloc((size_t)t.index.count, sizeof *row);
  struct estimate *e = calloc((size_t)t.index.count, sizeof *e);
  result_fill(&t.index, &t.a, &t.b, false, row);
  struct outcome o = outcome_of(&t, &row, 1, e);
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  outcome_print(&o, false, out);
  fclose(out);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
    if (strlen(line) > 100) fail_msg("%zu columns: %s", strlen(line), line);
  free(text); free(row); free(e);
  arena_finish(&t.arena);
}

int test_result(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_definitions), cmocka_unit_test(test_shares_sum_to_one), cmocka_unit_test(test_batch_means),
    cmocka_unit_test(test_goals_and_bottleneck), cmocka_unit_test(test_json), cmocka_unit_test(test_table_fits)};
  return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
