// Good layouts: the sample of the language page and files that use every key.
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/maths.h"
#include "base/tree.h"
#include "engine/layout/keys.h"
#include "engine/layout/layout.h"
#include "engine/layout/plan.h"
#include "engine/layout/schema.h"
#include "engine/layout/shape.h"
#include "tests/check.h"

#define FOLDER "tests/layouts/good/"

static const char *const files[] = {"sample", "stations", "floor", "fleets", "times", "events", "parts", "steps"};
#define FILES ((int)(sizeof files / sizeof files[0]))

static void read_good(struct layout *l, const char *name) {
  char path[200];
  struct faults f;
  snprintf(path, sizeof path, FOLDER "%s.yaml", name);
  faults_init(&f, path, NULL, 0);
  if (layout_read_file(l, path, NULL, 0, &f) == STATUS_OK) layout_check_flows(l, &f);
  faults_print(&f, stderr);
  CHECK(f.count, ==, 0);
  faults_finish(&f);
}

static void all_are_without_faults(void **state) {
  (void)state;
  for (int i = 0; i < FILES; i++) {
    struct layout l;
    read_good(&l, files[i]);
    CHECK(l.digest, !=, 0);
    layout_finish(&l);
  }
}

static void sample_has_its_values(void **state) {
  (void)state;
  struct layout l;
  read_good(&l, "sample");
  assert_string_equal(l.name, "Battery cell sorting");
  assert_true(l.has_floor);
  CHECK_NEAR(l.size[0], 24, 0);
  CHECK(l.part_count, ==, 4);
  CHECK(l.zone_count, ==, 1);
  CHECK_NEAR(l.zones[0].speed, 0.8, 0);
  CHECK_NEAR(l.parts[0].mass, 0.355, 0);
  CHECK_NEAR(l.parts[0].size[0], 0.046, 0);
  CHECK_NEAR(l.parts[0].size[1], 0.046, 0);
  CHECK_NEAR(l.parts[0].size[2], 0.080, 0);
  CHECK(l.parts[1].shape, ==, SHAPE_CYLINDER);          // like: cell
  assert_string_equal(l.parts[1].colour, "red");

  // eight copies are rows of their own, and groups of their own after the declared ones
  CHECK(l.station_count, ==, 7 + 8);
  int first = layout_station(&l, "tray-in-1"), last = layout_station(&l, "tray-in-8"), all = layout_group(&l, "tray-in");
  CHECK(last - first, ==, 7);
  CHECK(l.groups[all].first, ==, first);
  CHECK(l.groups[all].count, ==, 8);
  CHECK(l.groups[layout_group(&l, "tray-in-3")].first, ==, first + 2);
  CHECK(l.stations[first + 2].group, ==, all);
  CHECK_NEAR(l.stations[last].at[0], 4 + 7 * 2, 1e-12);
  CHECK_NEAR(l.stations[last].at[1], 7.6, 0);
  assert_true(l.stations[first].early);
  CHECK(l.stations[first].base, ==, layout_part(&l, "tray"));
  CHECK(l.stations[first].needs[0].count, ==, 24);
  CHECK(l.stations[first].grid[0], ==, 6);
  CHECK_NEAR(l.stations[first].pitch[1], 0.07, 0);

  const struct station *infeed = &l.stations[0], *belt = &l.stations[1];
  CHECK(infeed->makes.count, ==, 2);
  CHECK_NEAR(infeed->makes.mix[1].share, 0.08, 0);
  assert_true(infeed->every.given);
  CHECK_NEAR(distribution_mean(infeed->every.by_part[3]), 1.1, 0);
  CHECK_NEAR(belt->length, 20, 0);
  CHECK_NEAR(belt->at[0], 11, 0);
  CHECK(l.flow_count, ==, 5);
  CHECK(l.flows[1].by, ==, CARRIER_ROBOTS);
  CHECK(l.flows[4].part, ==, layout_part(&l, "cell-ng"));
  CHECK(l.fleets[0].count, ==, 8);
  CHECK_NEAR(l.fleets[0].charge_below, 0.25, 0);
  CHECK(l.happenings[0].at, ==, 7200 * NS_SECOND);
  CHECK(l.happenings[0].length, ==, 600 * NS_SECOND);
  CHECK(l.goals[0].op, ==, COMPARE_MORE_EQUAL);
  CHECK(l.run.length, ==, 8 * 3600 * NS_SECOND);
  CHECK(l.run.warmup, ==, 1800 * NS_SECOND);
  layout_finish(&l);
}

static void stations_have_their_values(void **state) {
  (void)state;
  struct layout l;
  read_good(&l, "stations");
  assert_false(l.has_floor);
  const struct station *saw = &l.stations[layout_station(&l, "saw-2")];
  CHECK(saw->servers, ==, 2);
  CHECK(saw->batch, ==, 1);
  CHECK(l.stations[layout_station(&l, "wash")].batch, ==, 4);
  CHECK_NEAR(saw->ideal, 18, 0);
  assert_true(saw->failures.calendar);
  CHECK(saw->failures.then, ==, FAILURE_RESTART);
  CHECK_NEAR(saw->scrap, 0.01, 0);
  CHECK(saw->rework_to, ==, layout_group(&l, "wait"));
  assert_true(saw->before_service);
  CHECK(saw->setup_when, ==, SETUP_PART_CHANGES);
  assert_null(saw->time.by_part[layout_part(&l, "pair")]);
  CHECK_NEAR(saw->time.by_part[layout_part(&l, "cap")]->a, 10, 0);
  CHECK(l.stations[layout_station(&l, "sort")].setup_every, ==, 50);
  CHECK(l.stations[layout_station(&l, "shelf")].capacity, ==, 3 * 5 * 2);
  CHECK(l.stations[layout_station(&l, "box")].capacity, ==, 16);
  CHECK(l.stations[layout_station(&l, "bars")].arrivals, ==, 2);
  assert_true(l.stations[layout_station(&l, "bars")].lose);
  CHECK(l.stations[layout_station(&l, "caps")].limit, ==, INT64_MAX);
  CHECK(l.stations[layout_station(&l, "caps")].makes.kind, ==, MAKES_SEQUENCE);
  const struct station *test = &l.stations[layout_station(&l, "test")];
  CHECK_NEAR(test->finds[layout_part(&l, "pair")], 0.02, 0);
  CHECK_NEAR(test->finds[layout_part(&l, "rod")], -1, 0);
  assert_true(l.run.warmup_auto);
  CHECK(l.run.start, ==, (24 + 6) * 3600 * NS_SECOND + 1800 * NS_SECOND);
  layout_finish(&l);
}

static void floor_has_its_values(void **state) {
  (void)state;
  struct layout l;
  read_good(&l, "floor");
  CHECK_NEAR(l.size[1], 20, 0);
  CHECK(l.wall_count, ==, 2);
  CHECK_NEAR(l.zones[0].speed, 1, 1e-15);
  CHECK_NEAR(l.zones[1].towards, M_PI_D, 1e-15);
  CHECK(l.zones[3].only[0], ==, layout_fleet(&l, "crew"));
  const struct station *fourth = &l.stations[layout_station(&l, "store-4")];
  CHECK_NEAR(fourth->at[0], 15, 0);                     // 2 x 2 copies: along x first
  CHECK_NEAR(fourth->at[1], 11, 0);
  CHECK_NEAR(l.stations[layout_station(&l, "store-2")].at[1], 8, 0);
  CHECK_NEAR(l.stations[layout_station(&l, "lift")].length, 8, 0);
  CHECK_NEAR(l.stations[layout_station(&l, "lift")].size[1], 0.8, 0);
  CHECK_NEAR(l.stations[layout_station(&l, "rest")].size[0], 3 * 0.6, 1e-12);   // docks grow by slots
  assert_true(l.stations[layout_station(&l, "swaps")].swaps);
  CHECK(l.fleets[0].home, ==, layout_group(&l, "rest"));
  assert_true(l.fleets[1].people);

  // areas come out counter-clockwise, whichever way they were written
  for (int z = 0; z < l.zone_count; z++) {
    double area = 0;
    const struct polygon *p = &l.zones[z].area;
    for (int i = 0; i < p->count; i++) {
      const double *a = p->point[i], *b = p->point[(i + 1) % p->count];
      area += a[0] * b[1] - b[0] * a[1];
    }
    assert_true(area > 0);
  }
  layout_finish(&l);
}

static void events_are_in_order(void **state) {
  (void)state;
  struct layout l;
  read_good(&l, "events");
  CHECK(l.happening_count, ==, 13);
  for (int i = 1; i < l.happening_count; i++) CHECK(l.happenings[i].at, >=, l.happenings[i - 1].at);
  CHECK(l.happenings[0].kind, ==, HAPPENING_RATE);
  CHECK(l.happenings[1].station, ==, layout_group(&l, "cut-1"));        // of equal times the first in the file
  CHECK(l.happenings[2].station, ==, layout_group(&l, "cut"));
  CHECK(l.fleets[0].count, ==, 2);
  CHECK(l.fleets[0].count_max, ==, 5);
  assert_string_equal(l.happenings[10].value, "12 s");
  layout_finish(&l);
}

static void times_have_their_means(void **state) {
  (void)state;
  static const double means[] = {1.5, 30, 1.5, 7.0 / 3, 10 + 2 * 1.4867195e-6 / (1 - 2.867e-7), 10, 10, 10, 10 * 0.9027452929509336, 0.3 * 5 + 0.7 * 20, 10 / 0.85, (1.5 + 2 + 0.04 + 3) / 4};
  struct layout l;
  read_good(&l, "times");
  for (int i = 0; i < 12; i++) {
    char name[16];
    snprintf(name, sizeof name, "m%02d", i + 1);
    const struct station *s = &l.stations[layout_station(&l, name)];
    CHECK_NEAR(distribution_mean(s->time.by_part[0]), means[i], 1e-9);
    CHECK_NEAR(s->ideal, means[i], 1e-9);
  }
  const struct station *s = &l.stations[layout_station(&l, "m13")];
  CHECK(s->time.by_part[0]->n, ==, 4);
  CHECK_NEAR(s->ideal, (1 + 12) / 2.0, 1e-12);          // of the parts that are named
  layout_finish(&l);
}

// Every key of the table stands in one of the good layouts, or is one that is not built yet.
static bool is_used(const struct node *n, const char *key) {
  if (n->key && strcmp(n->key, key) == 0) return true;
  for (const struct node *item = n->first; item; item = item->next)
    if (is_used(item, key)) return true;
  return false;
}

static void good_layouts_use_every_key(void **state) {
  (void)state;
  static const char *const unbuilt[] = {"orders", "friction", "slope", "revision", "category", "rollback", 
                                        "product", "quantity", "release", "due", "id"};
  struct tree tree[FILES];
  char *text[FILES];
  for (int i = 0; i < FILES; i++) {
    char path[200];
    size_t size;
    struct error e;
    struct faults f;
    snprintf(path, sizeof path, FOLDER "%s.yaml", files[i]);
    text[i] = file_read(path, 1 << 20, &size, &e);
    assert_non_null(text[i]);
    faults_init(&f, path, text[i], size);
    CHECK(tree_read_yaml(&tree[i], text[i], size, &f), ==, STATUS_OK);
    faults_finish(&f);
  }
  int count;
  const struct key *k = keys_all(&count);
  for (int i = 0; i < count; i++) {
    bool used = false;
    for (int j = 0; j < FILES; j++) used = used || is_used(tree[j].root, k[i].name);
    for (size_t j = 0; j < sizeof unbuilt / sizeof unbuilt[0]; j++) used = used || strcmp(unbuilt[j], k[i].name) == 0;
    if (!used) fail_msg("no good layout uses the key %s", k[i].name);
  }
  for (int i = 0; i < FILES; i++) {
    tree_finish(&tree[i]);
    free(text[i]);
  }
}

static void the_page_names_every_key(void **state) {
  (void)state;
  size_t size;
  struct error e;
  char *page = file_read("docs/layout.md", 1 << 20, &size, &e);
  assert_non_null(page);
  int count;
  const struct key *k = keys_all(&count);
  for (int i = 0; i < count; i++) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "`%s", k[i].name);
    if (!strstr(page, quoted)) fail_msg("docs/layout.md does not name %s", k[i].name);
  }
  free(page);
}

static void plan_and_schema_are_json(void **state) {
  (void)state;
  for (int i = -1; i < FILES; i++) {
    struct json j;
    struct faults f;
    struct tree t;
    json_init(&j, true);
    if (i < 0) {
      schema_write(&j);
    } else {
      struct layout l;
      read_good(&l, files[i]);
      layout_plan_write(&l, &j, NULL, NULL);
      faults_init(&f, "plan", j.text, j.size);
      CHECK(tree_read_json(&t, j.text, j.size, &f), ==, STATUS_OK);
      const struct node *stations = node_get(t.root, "stations");
      CHECK(stations->count, ==, l.station_count);
      for (int s = 0; s < l.station_count; s++) assert_string_equal(node_get(node_at(stations, s), "name")->text, l.stations[s].name);
      tree_finish(&t);
      faults_finish(&f);
      layout_finish(&l);
    }
    faults_init(&f, "json", j.text, j.size);
    CHECK(tree_read_json(&t, j.text, j.size, &f), ==, STATUS_OK);
    tree_finish(&t);
    faults_finish(&f);
    json_finish(&j);
  }
}

// python3-jsonschema holds the schema against the draft and every good layout against the schema.
static void schema_holds_for_the_layouts(void **state) {
  (void)state;
  if (system("python3 -c 'import jsonschema, yaml' 2>/dev/null") != 0) {
    print_message("python3-jsonschema or python3-yaml is not installed: skipped\n");
    skip();
  }
  struct json j;
  json_init(&j, false);
  schema_write(&j);
  char path[] = "/tmp/takt-schema-XXXXXX", command[300];
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *file = fdopen(fd, "w");
  assert_non_null(file);
  fwrite(j.text, 1, j.size, file);
  fclose(file);
  json_finish(&j);
  snprintf(command, sizeof command, "python3 tests/layouts/check_schema.py %s " FOLDER "*.yaml layouts/*.yaml layouts/lines/*.yaml", path);
  int code = system(command);
  remove(path);
  CHECK(code, ==, 0);
}

int test_layout_examples(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_are_without_faults),
    cmocka_unit_test(sample_has_its_values),
    cmocka_unit_test(stations_have_their_values),
    cmocka_unit_test(floor_has_its_values),
    cmocka_unit_test(events_are_in_order),
    cmocka_unit_test(times_have_their_means),
    cmocka_unit_test(good_layouts_use_every_key),
    cmocka_unit_test(the_page_names_every_key),
    cmocka_unit_test(plan_and_schema_are_json),
    cmocka_unit_test(schema_holds_for_the_layouts),
  };
  return cmocka_run_group_tests_name("layout_examples", tests, NULL, NULL);
}
