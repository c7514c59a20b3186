// Jobs that nobody can ever do: named with the reason, and the others go on. And a job is always in one state.
#include <string.h>

#include "engine/sim/explain.h"
#include "tests/lines.h"

static void undone_of(struct line *r, const char *what, const char *why, int count) {
  struct undone u[8];
  int n = twin_undone(r->twin, u, 8);
  CHECK(n, ==, count > 0);
  if (n == 0) return;
  CHECK_HAS(u[0].what, what);
  CHECK_HAS(u[0].why, why);
  CHECK(u[0].count, ==, count);
}

// 30 heavy parts that lie before the light ones; two robots together could carry them.
static void too_heavy(void **state) {
  (void)state;
  static const char *const policies[] = {"nearest", "fifo", "spt", "lookahead"};
  for (int k = 0; k < 8; k++) {
    struct line r;
    char extra[500], flow[200];
    snprintf(extra, sizeof extra, "parts: {engine: {mass: 21 kg}, bolt: {mass: 0.1 kg}}\nfloor: {size: [20, 10]}\nrobots: {crew: {model: optimus-gen2, count: 2}}\nscheduler: {policy: %s}\n", policies[k % 4]);
    snprintf(flow, sizeof flow, "{path: heavy -> out, by: robots, priority: 5%s}\n{path: light -> out, by: robots}", k < 4 ? "" : ", robots: 2");
    line_open(&r,
              "heavy: {kind: buffer, holds: {engine: 30}, at: [3, 3], size: [0.1, 1]}\nlight: {kind: buffer, holds: {bolt: 20}, at: [3, 7]}\nout: {kind: sink, at: [15, 5], size: [0.1, 1]}", flow, extra);
    line_to(&r, 3600);
    CHECK(r.now.line.made, ==, k < 4 ? 20 : 50);
    undone_of(&r, "carry engine from heavy to out", "21 kg for each of 1 is more than crew can carry, 20 kg", k < 4 ? 30 : 0);
    line_close(&r);
  }
}

// The only fleet that may is taken out; a zone is closed for good around what is to be fetched.
static void nobody_left_and_no_way(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "a1: {kind: buffer, holds: {a: 5}, at: [3, 3]}\nb1: {kind: buffer, holds: {b: 9}, at: [3, 7]}\nout: {kind: sink, at: [15, 5]}",
            "{path: a1 -> out, by: few}\n{path: b1 -> out, by: many}",
            "parts: {a: {}, b: {}}\nfloor: {size: [20, 10]}\nrobots: {few: {count: 1}, many: {count: 2}}\nevents: [{at: 20 s, do: remove, what: few}]\n");
  line_to(&r, 600);
  CHECK(r.now.line.made, <, 14);
  CHECK(r.now.line.made, >=, 9);
  undone_of(&r, "carry a from a1 to out", "nobody of few is there, and nobody will be added", 14 - (int)r.now.line.made);
  line_close(&r);
  for (int opened = 0; opened < 2; opened++) {
    line_open(&r, "a1: {kind: buffer, holds: {a: 40}, at: [3, 3]}\nb1: {kind: buffer, holds: {b: 9}, at: [16, 8]}\nout: {kind: sink, at: [15, 5]}",
              "{path: a1 -> out, by: robots, priority: 2}\n{path: b1 -> out, by: robots}",
              opened ? "parts: {a: {}, b: {}}\nfloor: {size: [20, 10], zones: {gap: {kind: people, area: [[8, 0], [9, 0], [9, 10], [8, 10]]}}}\nrobots: {crew: {count: 2, home: b1}}\nevents: [{at: 0 s, do: close, what: gap}, {at: 1 h, do: open, what: gap}]\n"
                     : "parts: {a: {}, b: {}}\nfloor: {size: [20, 10], zones: {gap: {kind: people, area: [[8, 0], [9, 0], [9, 10], [8, 10]]}}}\nrobots: {crew: {count: 2, home: b1}}\nevents: [{at: 0 s, do: close, what: gap}]\n");
    line_to(&r, 600);
    CHECK(r.now.line.made, >=, 9);
    int left = 49 - (int)r.now.line.made;
    undone_of(&r, "carry a from a1 to out", "no way leads there for crew", opened ? 0 : left);
    line_close(&r);
  }
}

// ---- states ------------------------------------------------------------------------------------------------

#define JOBS 4096
struct states { char of[JOBS]; int given[JOBS]; long changes; int wrong; };

// waits -> given -> works -> over, and back to waits from given or works; "given" once for every robot of it
static void tell(void *context, const struct explanation *e) {
  struct states *s = context;
  if (e->kind != EXPLAIN_JOB) return;
  assert_true(e->job < JOBS);
  char *of = &s->of[e->job], to = e->state[0];
  bool right = to == 'w' && e->state[1] == 'a' ? *of != 'w' : to == 'g' ? *of == 'w' || *of == 'g' : to == 'w' ? *of == 'g' || *of == 'r' : *of != 0;
  s->wrong += !right;
  *of = to == 'o' ? 0 : to == 'g' ? 'g' : e->state[1] == 'a' ? 'w' : 'r';
  s->changes++;
}

static void one_state_at_a_time(void **state) {
  (void)state;
  static const char yaml[] =
    "takt: 1\nparts: {a: {}, b: {}}\nfloor: {size: [30, 12]}\nstations:\n  src: {kind: source, makes: {a: 0.5, b: 0.5}, every: exponential(4 s), at: [2, 5]}\n"
    "  m: {kind: machine, time: exponential(5 s), at: [15, 5], operator: {by: crew}, failures: {up: exponential(60 s), down: 10 s, by: crew}}\n  out: {kind: sink, at: [25, 5]}\n"
    "  bay: {kind: repair, slots: 1, time: 10 s, at: [15, 10]}\n"
    "flow:\n  - {path: src -> m, by: crew}\n  - {path: m -> out, by: crew, robots: 2}\n"
    "robots: {crew: {count: 5, speed: 1, failures: {up: exponential(100 s), down: 20 s}}}\nrun: {for: 2 h}\n";
  static const char *const policies[] = {"nearest", "atc", "lookahead"};
  for (int k = 0; k < 3; k++) {
    static struct states s;
    memset(&s, 0, sizeof s);
    struct layout l;
    struct faults f;
    struct error e;
    struct layout_override set = {"scheduler.policy", policies[k]};
    faults_init(&f, "states.yaml", yaml, sizeof yaml - 1);
    CHECK(layout_read_text(&l, "states.yaml", yaml, sizeof yaml - 1, &set, 1, &f), ==, STATUS_OK);
    faults_finish(&f);
    struct explain x = {.from = 0, .until = 60 * NS_SECOND, .tell = tell, .context = &s};
    struct twin_options o = twin_defaults();
    struct twin *plain = twin_create(&l, &o, &e);
    o.explain = &x;
    struct twin *told = twin_create(&l, &o, &e);
    assert_non_null(plain);
    assert_non_null(told);
    twin_run(plain, 7200 * NS_SECOND);
    twin_run(told, 7200 * NS_SECOND);
    CHECK(twin_digest(plain) == twin_digest(told), ==, 1);
    CHECK(s.wrong, ==, 0);
    CHECK(s.changes, >, 1000);
    twin_destroy(plain);
    twin_destroy(told);
    layout_finish(&l);
  }
}

int test_able(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(too_heavy), cmocka_unit_test(nobody_left_and_no_way), cmocka_unit_test(one_state_at_a_time)};
  return cmocka_run_group_tests_name("able", tests, NULL, NULL);
}
