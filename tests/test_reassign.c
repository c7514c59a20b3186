// Robots on their way are given other jobs: pairs worked out, one who comes nearer, one who is wanted more; every job is done once.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "engine/layout/layout.h"
#include "engine/sim/explain.h"
#include "engine/sim/twin.h"
#include "scheduler/exchange.h"
#include "tests/check.h"

// ---- pairs -------------------------------------------------------------------------------------------------

#define MOST 12
static double table[MOST][MOST], limit[MOST];

static double time_of(void *context, int32_t r, int32_t k) {
  (void)context;
  return table[r][k];
}

static double gain(const double *left, int32_t walkers, int32_t a, int32_t b) {
  if (table[b][a] < 0 || table[b][a] > limit[a]) return -1;
  if (b >= walkers) return left[a] - table[b][a];
  if (table[a][b] < 0 || table[a][b] > limit[b]) return -1;
  return left[a] + left[b] - table[b][a] - table[a][b];
}

// Each found exchange brings the margin, nobody is in two, and no fresh row that is left has one more with others that are left.
static void exchanges_are_all_there(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "exchange", "test", 0);
  int found_some = 0;
  for (int n = 0; n < 3000; n++) {
    int32_t walkers = (int32_t)(stream_u64(&s) % 8), robots = walkers + (int32_t)(stream_u64(&s) % 4);
    double left[MOST];
    bool fresh[MOST], used[MOST], mine[MOST] = {false};
    for (int32_t k = 0; k < robots; k++) {
      fresh[k] = stream_unit(&s) < 0.5;
      limit[k] = stream_unit(&s) < 0.3 ? 20 * stream_unit(&s) : INFINITY;
      for (int32_t i = 0; i < walkers; i++) table[k][i] = stream_unit(&s) < 0.1 ? -1 : 30 * stream_unit(&s);
    }
    for (int32_t k = 0; k < walkers; k++) left[k] = 30 * stream_unit(&s);
    struct exchange_problem p = {walkers, robots, left, limit, fresh, time_of, NULL, 5};
    struct exchange out[MOST];
    int32_t count = exchange_find(&p, used, out, MOST);
    found_some += count;
    for (int32_t k = 0; k < count; k++) {
      CHECK(out[k].a, <, walkers);
      assert_false(mine[out[k].a] || mine[out[k].b]);
      assert_true(fresh[out[k].a] || fresh[out[k].b]);
      mine[out[k].a] = mine[out[k].b] = true;
      CHECK_NEAR(out[k].gain, gain(left, walkers, out[k].a, out[k].b), 1e-12);
      assert_true(out[k].gain >= 5);
    }
    for (int32_t a = 0; a < walkers; a++)
      for (int32_t b = 0; b < robots; b++)
        if (a != b && !mine[a] && !mine[b] && (fresh[a] || fresh[b])) assert_true(gain(left, walkers, a, b) < 5);
  }
  CHECK(found_some, >, 1000);
}

// ---- in a line ----------------------------------------------------------------------------------------------

// Changes of the jobs of one source, "w" waits, "gN" given to RN, "r" works, "o" over.
struct story { const char *what; uint32_t job; char text[200]; };

static void tell(void *context, const struct explanation *e) {
  struct story *s = context;
  if (e->kind != EXPLAIN_JOB) return;
  if (strcmp(e->state, "waits") == 0 && s->job == 0 && strstr(e->what, s->what)) s->job = e->job;
  if (e->job != s->job) return;
  size_t n = strlen(s->text);
  const char *word = strcmp(e->state, "waits") == 0 ? "waits" : e->state;
  snprintf(s->text + n, sizeof s->text - n, e->robot ? "%s to R%u, " : "%s, ", word, e->robot);
  if (strcmp(e->state, "over") == 0) s->job = UINT32_MAX;
}

static double done_at(const char *yaml, const char *policy, struct story *s, ns_t length) {
  struct layout l;
  struct faults f;
  struct error e;
  struct layout_override set = {"scheduler.policy", policy};
  faults_init(&f, "story.yaml", yaml, strlen(yaml));
  enum status st = layout_read_text(&l, "story.yaml", yaml, strlen(yaml), &set, 1, &f);
  if (st != STATUS_OK) faults_print(&f, stderr);
  CHECK(st, ==, STATUS_OK);
  faults_finish(&f);
  struct explain x = {.from = 0, .until = 0, .tell = tell, .context = s};
  struct twin_options o = twin_defaults();
  o.explain = &x;
  struct twin *t = twin_create(&l, &o, &e);
  assert_non_null(t);
  struct arena a;
  assert_true(arena_init(&a, 1 << 20));
  struct sums sums = sums_make(&l, &a);
  twin_run(t, length);
  assert_null(twin_validate(t));
  twin_measure(t, &sums);
  CHECK(sums.line.made, ==, 2);
  double last = ns_to_seconds(sums.line.last_sink);
  twin_destroy(t);
  arena_finish(&a);
  layout_finish(&l);
  return last;
}

#define TWO "takt: 1\nparts: {a: {}, b: {}}\nfloor: {size: [100, 10]}\nstations:\n  west: {kind: dock, at: [5, 5]}\n  mid: {kind: dock, at: [68, 5]}\n"

// R1 sets out from x = 5 for a part at x = 92 at 5 s. R2 puts something down at x = 80 at about 55 s: it is nearer, goes instead, and R1 turns round.
static void who_comes_nearer_takes_over(void **state) {
  (void)state;
  static const char yaml[] = TWO
    "  sa: {kind: source, makes: a, limit: 1, at: [70, 5]}\n  sb: {kind: source, makes: b, limit: 1, every: 5 s, at: [92, 5]}\n  out: {kind: sink, at: [80, 5]}\n"
    "flow:\n  - {path: sa -> out, by: robots}\n  - {path: sb -> out, by: robots}\nrobots:\n  one: {speed: 1, handling: 20 s, home: west}\n  two: {speed: 1, handling: 20 s, home: mid}\nrun: {for: 10 min}\n";
  struct story s = {.what = "carry b"}, plain = {.what = "carry b"};
  double ahead = done_at(yaml, "lookahead", &s, 600 * NS_SECOND), nearest = done_at(yaml, "nearest", &plain, 600 * NS_SECOND);
  assert_string_equal(s.text, "waits, given to R1, waits, given to R2, works, over, ");
  assert_string_equal(plain.text, "waits, given to R1, works, over, ");
  assert_true(ahead < nearest - 15);
}

// R1 walks to an ordinary job; one of priority 5 comes: it goes there first, and back.
static void who_is_wanted_more_turns(void **state) {
  (void)state;
  static const char yaml[] = TWO
    "  sa: {kind: source, makes: a, limit: 1, at: [92, 5]}\n  sb: {kind: source, makes: b, limit: 1, every: 40 s, at: [20, 5]}\n  out: {kind: sink, at: [80, 5]}\n"
    "flow:\n  - {path: sa -> out, by: robots}\n  - {path: sb -> out, by: robots, priority: 5}\nrobots:\n  one: {speed: 1, handling: 2 s, home: west}\nrun: {for: 10 min}\n";
  struct story first = {.what = "carry a"}, second = {.what = "carry b"};
  done_at(yaml, "lookahead", &first, 600 * NS_SECOND);
  done_at(yaml, "lookahead", &second, 600 * NS_SECOND);
  assert_string_equal(first.text, "waits, given to R1, waits, given to R1, works, over, ");
  assert_string_equal(second.text, "waits, given to R1, works, over, ");
}

// Both are fetched from one place, that serves one at a time: whoever turns to the other job takes nothing from it.
static void who_is_wanted_more_turns_at_one_place(void **state) {
  (void)state;
  static const char yaml[] = TWO
    "  sa: {kind: source, makes: a, limit: 1}\n  sb: {kind: source, makes: b, limit: 1, every: 8 s}\n  q: {kind: buffer, at: [20, 5], size: [0.5, 0.5]}\n  out: {kind: sink, at: [28, 5]}\n"
    "flow:\n  - sa -> q\n  - sb -> q\n  - {path: q -> out, part: a, by: robots}\n  - {path: q -> out, part: b, by: robots, priority: 5}\nrobots:\n  one: {speed: 1, handling: 2 s, home: west}\nrun: {for: 10 min}\n";
  struct story first = {.what = "carry a"}, second = {.what = "carry b"};
  done_at(yaml, "lookahead", &first, 600 * NS_SECOND);
  done_at(yaml, "lookahead", &second, 600 * NS_SECOND);
  assert_string_equal(first.text, "waits, given to R1, waits, given to R1, works, over, ");
  assert_string_equal(second.text, "waits, given to R1, works, over, ");
}

int test_reassign(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(exchanges_are_all_there), cmocka_unit_test(who_comes_nearer_takes_over), cmocka_unit_test(who_is_wanted_more_turns), cmocka_unit_test(who_is_wanted_more_turns_at_one_place)};
  return cmocka_run_group_tests_name("reassign", tests, NULL, NULL);
}
