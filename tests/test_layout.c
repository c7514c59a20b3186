// Reading of layouts: all faults, overrides, the digest, single happenings, hostile texts.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tree.h"
#include "engine/layout/layout.h"
#include "engine/layout/shape.h"
#include "tests/check.h"

#define SAMPLE "tests/layouts/good/sample.yaml"
#define LINE "takt: 1\nparts: {a: {}, b: {}}\nstations:\n  raw: {kind: source, makes: a}\n  m: {kind: machine, time: 3 s}\n  out: {kind: sink}\nflow: [raw -> m -> out]\n"

static enum status read_line(struct layout *l, const char *text, struct faults *f) {
  faults_init(f, "line.yaml", NULL, 0);
  return layout_read_text(l, "line.yaml", text, strlen(text), NULL, 0, f);
}

static uint64_t digest_of(const char *text) {
  struct layout l;
  struct faults f;
  CHECK(read_line(&l, text, &f), ==, STATUS_OK);
  faults_print(&f, stderr);
  uint64_t d = l.digest;
  faults_finish(&f);
  layout_finish(&l);
  return d;
}

static char *read_sample(size_t *size) {
  struct error e;
  char *text = file_read(SAMPLE, 1 << 20, size, &e);
  assert_non_null(text);            // run from the root of the project
  return text;
}

// ---- faults --------------------------------------------------------------------------------------

static void every_fault_is_told(void **state) {
  (void)state;
  struct layout l;
  struct faults f;
  enum status s = read_line(&l,
    "takt: 1\n"
    "parts: {a: {mass: -1}, b: {like: c1}}\n"
    "stations:\n"
    "  raw: {kind: source, makes: a, evry: 3 s}\n"
    "  m: {kind: machine, time: -3 s, servers: 0}\n"
    "  out: {kind: snk}\n"
    "flow: [raw -> m, {path: m -> owt}]\n"
    "robots: {crew: {count: 1e9}}\n"
    "run: {for: soon, seed: x}\n", &f);
  static const struct { unsigned line, column; enum status status; const char *text; } want[] = {
    {2, 19, STATUS_RANGE, "parts.a.mass: -1 is below 0 kg"},
    {2, 34, STATUS_REF, "parts.b.like: there is no part c1"},
    {4, 33, STATUS_KEY, "stations.raw.evry: there is no such key; did you mean every?"},
    {5, 28, STATUS_RANGE, "stations.m.time: -3 s is below 0 s"},
    {5, 43, STATUS_RANGE, "stations.m.servers: 0 is below 1"},
    {6, 15, STATUS_RANGE, "stations.out.kind: snk is not source, sink"},
    {7, 25, STATUS_REF, "flow.1.path: there is no station owt; did you mean out?"},
    {8, 24, STATUS_RANGE, "robots.crew.count: 1e9 is above 100000"},
    {9, 12, STATUS_TYPE, "run.for: soon is not a number"},
    {9, 24, STATUS_TYPE, "run.seed: x is not a number"},
  };
  int count = sizeof want / sizeof want[0];
  CHECK(s, ==, STATUS_RANGE);
  if (f.count != count) faults_print(&f, stderr);
  CHECK(f.count, ==, count);
  for (int i = 0; i < count; i++) {
    CHECK(f.fault[i].mark.line, ==, want[i].line);
    CHECK(f.fault[i].mark.column, ==, want[i].column);
    CHECK(f.fault[i].status, ==, want[i].status);
    CHECK_HAS(f.fault[i].text, want[i].text);
  }
  faults_finish(&f);
  layout_finish(&l);
}

// ---- overrides -----------------------------------------------------------------------------------

// Only the bytes of the changed value differ, comments and all.
static void an_override_changes_its_value_alone(void **state) {
  (void)state;
  static const struct { const char *path, *value, *before, *after; } cases[] = {
    {"robots.sorters.count", "12", "count: 8, home", "count: 12, home"},
    {"stations.belt.speed", "0.3", "speed: 0.25, pitch", "speed: 0.3, pitch"},
    {"stations.infeed.every", "erlang(2, 1 s)", "every: exponential(1.1 s)}", "every: \"erlang(2, 1 s)\"}"},
    {"flow.4.part", "cell", "part: cell-ng}    ", "part: cell}    "},
    {"run.for", "4 h", "{for: 8 h, warmup", "{for: 4 h, warmup"},
    {"floor.size.0", "30 m", "size: [24, 14]", "size: [30 m, 14]"},
    {"name", "Other: line", "name: Battery cell sorting", "name: \"Other: line\""},
  };
  size_t size;
  char *text = read_sample(&size);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct layout l;
    struct faults f;
    struct layout_override set = {cases[i].path, cases[i].value};
    faults_init(&f, SAMPLE, NULL, 0);
    enum status s = layout_read_text(&l, SAMPLE, text, size, &set, 1, &f);
    faults_print(&f, stderr);
    CHECK(s, ==, STATUS_OK);
    const char *at = strstr(text, cases[i].before);
    assert_non_null(at);
    size_t head = (size_t)(at - text), old = strlen(cases[i].before), new = strlen(cases[i].after);
    CHECK(l.text_size, ==, size - old + new);
    assert_memory_equal(l.text, text, head);
    assert_memory_equal(l.text + head, cases[i].after, new);
    assert_memory_equal(l.text + head + new, text + head + old, size - head - old);
    assert_ptr_equal(f.source, l.text);
    faults_finish(&f);
    layout_finish(&l);
  }
  free(text);
}

static void overrides_come_one_after_the_other(void **state) {
  (void)state;
  const struct layout_override set[] = {{"run.for", "2 h"}, {"run.seed", "9"}, {"scheduler.policy", "fifo"}, {"stations.m.servers", "3"}, {"stations.m.servers", "4"}};
  struct layout l;
  struct faults f;
  faults_init(&f, "line.yaml", NULL, 0);
  CHECK(layout_read_text(&l, "line.yaml", LINE, strlen(LINE), set, 5, &f), ==, STATUS_OK);
  CHECK(l.run.length, ==, 7200 * NS_SECOND);            // the text had no `run` at all
  CHECK(l.run.seed, ==, 9);
  CHECK(l.policy, ==, POLICY_FIFO);
  CHECK(l.stations[1].servers, ==, 4);
  faults_finish(&f);
  layout_finish(&l);
}

static void wrong_overrides_name_their_path(void **state) {
  (void)state;
  static const struct { const char *path, *value, *text; } cases[] = {
    {"stations.mm.time", "3 s", "--set stations.mm.time: there is no such value; did you mean stations.m.time?"},
    {"stations.m.tiem", "3 s", "--set stations.m.tiem: there is no such value; did you mean stations.m.time?"},
    {"stations.m.time", "-3 s", "--set stations.m.time: -3 s is below 0 s"},
    {"flow.7.by", "robots", "--set flow.7.by: flow has 1 items, counted from 0"},
    {"flow.0.by", "robots", "--set flow.0.by: flow.0 is a plain value and holds no by"},
    {"runn.for", "3 h", "--set runn.for: there is no such value; did you mean run.for?"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct layout l;
    struct faults f;
    struct layout_override set = {cases[i].path, cases[i].value};
    faults_init(&f, "line.yaml", NULL, 0);
    assert_int_not_equal(layout_read_text(&l, "line.yaml", LINE, strlen(LINE), &set, 1, &f), STATUS_OK);
    CHECK(f.count, ==, 1);
    assert_string_equal(f.fault[0].text, cases[i].text);
    faults_finish(&f);
    layout_finish(&l);
  }
}

// ---- digest --------------------------------------------------------------------------------------

static void digest_is_of_the_values(void **state) {
  (void)state;
  const char *same = "# a comment\ntakt: 1\nstations:\n  raw: {makes: {a: 1}, kind: source}\n  m:\n    time: 3000 ms   # unit\n    servers: 1\n    kind: machine\n  out: {kind: sink, counts: good}\n"
                     "parts: {a: {mass: 100 g}, b: {shape: box}}\nflow: [{path: raw -> m -> out, by: direct}]\nrun: {for: 480 min}\n";
  uint64_t d = digest_of(LINE);
  CHECK(digest_of(same), ==, d);
  static const char *const others[][2] = {
    {"3 s", "3.000000001 s"}, {"{a: {}, b: {}}", "{b: {}, a: {}}"}, {"kind: sink", "kind: sink, counts: scrapped"},
    {"makes: a", "makes: b"}, {"makes: a", "makes: a, limit: 5"}, {"a: {}", "a: {mass: 0.2}"}, {"raw -> m -> out", "{path: raw -> m -> out, priority: 1}"},
    {"time: 3 s", "time: 3 s, servers: 2"}, {"time: 3 s", "time: {a: 3 s}"}, {"time: 3 s", "time: exponential(3 s)"}, {"takt: 1", "takt: 1\nrun: {seed: 2}"},
    {"time: 3 s", "time: 3 s, setup: {time: 1 s, every: 2}"}, {"time: 3 s", "time: 3 s, failures: {up: 1 h, down: 1 min}"}};
  uint64_t seen[20];
  int count = sizeof others / sizeof others[0];
  for (int i = 0; i < count; i++) {
    char text[600];
    const char *at = strstr(LINE, others[i][0]);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - LINE), LINE, others[i][1], at + strlen(others[i][0]));
    seen[i] = digest_of(text);
    CHECK(seen[i], !=, d);
    for (int k = 0; k < i; k++) CHECK(seen[i], !=, seen[k]);
  }
}

static void json_says_the_same(void **state) {
  (void)state;
  const char *text = "{\"takt\": 1, \"parts\": {\"a\": {}, \"b\": {}}, \"stations\": {\"raw\": {\"kind\": \"source\", \"makes\": \"a\"},\n"
                     " \"m\": {\"kind\": \"machine\", \"time\": 3}, \"out\": {\"kind\": \"sink\"}}, \"flow\": [\"raw -> m -> out\"]}\n";
  struct layout l;
  struct faults f;
  faults_init(&f, "line.json", NULL, 0);
  CHECK(layout_read_text(&l, "line.json", text, strlen(text), NULL, 0, &f), ==, STATUS_OK);
  CHECK(l.digest, ==, digest_of(LINE));
  faults_finish(&f);
  layout_finish(&l);
}

// ---- happenings ----------------------------------------------------------------------------------

static enum status read_command(const struct layout *l, const char *text, struct happening *h, char *message, size_t size) {
  struct tree t;
  struct arena a;
  struct faults f;
  faults_init(&f, "command", text, strlen(text));
  assert_true(arena_init(&a, 1 << 22));
  CHECK(tree_read_yaml(&t, text, strlen(text), &f), ==, STATUS_OK);
  enum status s = layout_read_happening(l, t.root, &a, h, &f);
  snprintf(message, size, "%s", f.count > 0 ? f.fault[0].text : "");
  tree_finish(&t);
  faults_finish(&f);
  arena_finish(&a);
  return s;
}

static void commands_are_happenings(void **state) {
  (void)state;
  struct layout l;
  struct faults f;
  struct happening h;
  char why[300];
  faults_init(&f, SAMPLE, NULL, 0);
  CHECK(layout_read_file(&l, SAMPLE, NULL, 0, &f), ==, STATUS_OK);
  CHECK(read_command(&l, "{at: 0 s, do: fail, what: belt, for: 10 min}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(h.kind, ==, HAPPENING_FAIL);
  CHECK(h.station, ==, layout_group(&l, "belt"));
  CHECK(h.length, ==, 600 * NS_SECOND);
  CHECK(read_command(&l, "{at: 0 s, do: fail, what: tray-in-3}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(l.groups[h.station].count, ==, 1);
  CHECK(read_command(&l, "{do: add, what: sorters, count: 2, at: 1}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(h.count, ==, 2);
  CHECK(read_command(&l, "{at: 0, do: close, what: aisle}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(h.zone, ==, 0);
  CHECK(read_command(&l, "{at: 0, do: rate, what: infeed, every: {cell: 1 s, cell-ng: 2 s}}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(read_command(&l, "{at: 0, do: set, path: stations.belt.speed, value: 0.5}", &h, why, sizeof why), ==, STATUS_OK);

  CHECK(read_command(&l, "{do: mend, what: belt}", &h, why, sizeof why), ==, STATUS_OK);       // a command needs no time

  CHECK(read_command(&l, "{at: 0, do: set, path: stations.tray-in.servers, value: 2}", &h, why, sizeof why), ==, STATUS_CONFLICT);
  CHECK_HAS(why, "cannot change while the line runs");
  CHECK(read_command(&l, "{at: 0, do: fail, what: blet}", &h, why, sizeof why), ==, STATUS_REF);
  CHECK_HAS(why, "there is no station blet");
  CHECK(read_command(&l, "{at: 0, do: set, path: stations.belt.speed, value: -0.5}", &h, why, sizeof why), ==, STATUS_RANGE);
  CHECK_HAS(why, "stations.belt.speed: -0.5 is below 0 m/s");
  CHECK(read_command(&l, "{at: 0, do: estop, what: floor, category: kneel}", &h, why, sizeof why), ==, STATUS_OK);
  CHECK(h.category, ==, STOPS_KNEEL);
  CHECK(read_command(&l, "{do: update, what: sorters, revision: feb-2024, every: 1 h, rollback: \"robots.sorters.revisions.b.picks < 3\"}", &h, why, sizeof why), ==, STATUS_REF);
  CHECK_HAS(why, "no update brings b to sorters");
  CHECK(read_command(&l, "{do: update, what: sorters, revision: model}", &h, why, sizeof why), ==, STATUS_TYPE);
  CHECK_HAS(why, "model is how the result calls the model as it is");
  CHECK(read_command(&l, "[1]", &h, why, sizeof why), ==, STATUS_TYPE);
  faults_finish(&f);
  layout_finish(&l);
}

// ---- hostile texts -------------------------------------------------------------------------------

struct text { char *at; size_t size, capacity; };

static void put(struct text *t, const char *piece, int times) {
  size_t n = strlen(piece);
  for (int i = 0; i < times; i++) {
    if (t->size + n + 1 > t->capacity) {
      t->capacity = 2 * (t->size + n + 1024);
      t->at = realloc(t->at, t->capacity);
      assert_non_null(t->at);
    }
    memcpy(t->at + t->size, piece, n);
    t->size += n;
    t->at[t->size] = 0;
  }
}

static void put_numbered(struct text *t, const char *format, int count) {
  char piece[200];
  for (int i = 0; i < count; i++) {
    snprintf(piece, sizeof piece, format, i);
    put(t, piece, 1);
  }
}

// Refused (or read) within `seconds` of processor time; returns the status.
static enum status timed(struct text *t, double seconds, const char *what) {
  struct layout l;
  struct faults f;
  faults_init(&f, "bomb.yaml", NULL, 0);
  clock_t begin = clock();
  enum status s = layout_read_text(&l, "bomb.yaml", t->at, t->size, NULL, 0, &f);
  if (s == STATUS_OK) layout_check_flows(&l, &f);
  double took = (double)(clock() - begin) / CLOCKS_PER_SEC;
  if (took > seconds) fail_msg("%s: %zu bytes took %.3f s, more than %.3f s", what, t->size, took, seconds);
  faults_finish(&f);
  layout_finish(&l);
  free(t->at);
  *t = (struct text){0};
  return s;
}

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 10.0
#else
#define SLOW 1.0
#endif

static void bombs_are_refused_at_once(void **state) {
  (void)state;
  struct text t = {0};
  put(&t, "takt: 1\nparts: {p: {}}\nrobots: {r: {count: 10000000000000000000000}}\nstations: {s: {kind: sink, copies: 1e300}}\n", 1);
  CHECK(timed(&t, 0.1 * SLOW, "huge numbers"), ==, STATUS_RANGE);
  put(&t, "[", 100000);
  assert_int_not_equal(timed(&t, 0.1 * SLOW, "depth"), STATUS_OK);
  put(&t, "takt: 1\nparts: {p: {}}\nstations:\n", 1);
  put_numbered(&t, "  s%d: {kind: buffer, copies: 10000}\n", 20000);
  CHECK(timed(&t, 0.3 * SLOW, "copies"), ==, STATUS_LIMIT);
  put(&t, "takt: 1\nparts: {p: {}}\nstations:\n", 1);
  put_numbered(&t, "  s%d: {kind: buffer}\n", 30000);
  CHECK(timed(&t, 0.3 * SLOW, "stations"), ==, STATUS_LIMIT);
  put(&t, "takt: 1\nparts: {p: {}}\nstations: {s: {kind: sink}}\nflow:\n", 1);
  put(&t, "  - s -> s -> s -> s\n", 100000);
  assert_int_not_equal(timed(&t, 0.3 * SLOW, "flows"), STATUS_OK);
  put(&t, "takt: 1\nparts: {p: {}}\nstations: {s: {kind: sink", 1);
  put_numbered(&t, ", capacitie%d: 3", 30000);
  put(&t, "}}\n", 1);
  assert_int_not_equal(timed(&t, 0.3 * SLOW, "unknown keys"), STATUS_OK);
  put(&t, "takt: 1\nparts: {p: {}}\nstations: {s: {kind: machine, time: exponential(", 1);
  put(&t, "9", 3000000);
  put(&t, ")}}\n", 1);
  assert_int_not_equal(timed(&t, 0.3 * SLOW, "a long number"), STATUS_OK);
  put(&t, LINE "events:\n", 1);
  put(&t, "  - {at: 1 s, do: set, path: stations.m.time, value: 4 s}\n", 10000);
  CHECK(timed(&t, 0.5 * SLOW, "sets"), ==, STATUS_LIMIT);
  put(&t, "x", 5 << 20);
  CHECK(timed(&t, 0.1 * SLOW, "size"), ==, STATUS_LIMIT);
}

static void large_layouts_are_read_quickly(void **state) {
  (void)state;
  struct text t = {0};
  put(&t, "takt: 1\nparts:\n", 1);
  put_numbered(&t, "  p%d: {}\n", 1000);
  put(&t, "stations:\n", 1);
  put_numbered(&t, "  s%d: {kind: machine, time: 3 s}\n", 5000);
  put(&t, "  raw: {kind: source, makes: p1}\n  out: {kind: sink}\nflow:\n  - raw -> s0\n  - s4999 -> out\n", 1);
  char piece[100];
  for (int i = 4999; i > 0; i--) {
    snprintf(piece, sizeof piece, "  - s%d -> s%d\n", i - 1, i);
    put(&t, piece, 1);
  }
  CHECK(timed(&t, 1.0 * SLOW, "5000 machines and 1000 parts"), ==, STATUS_OK);

  put(&t, "takt: 1\nparts: {p: {}}\nstations:\n  raw: {kind: source, makes: p}\n  a: {kind: machine, time: 3 s, copies: 9000}\n  b: {kind: machine, time: 3 s, copies: 9000}\n  out: {kind: sink}\nflow: [raw -> a -> b -> out]\n", 1);
  CHECK(timed(&t, 1.0 * SLOW, "18000 copies"), ==, STATUS_OK);
}

int test_layout(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_fault_is_told),
    cmocka_unit_test(an_override_changes_its_value_alone),
    cmocka_unit_test(overrides_come_one_after_the_other),
    cmocka_unit_test(wrong_overrides_name_their_path),
    cmocka_unit_test(digest_is_of_the_values),
    cmocka_unit_test(json_says_the_same),
    cmocka_unit_test(commands_are_happenings),
    cmocka_unit_test(bombs_are_refused_at_once),
    cmocka_unit_test(large_layouts_are_read_quickly),
  };
  return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
