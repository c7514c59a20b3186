// What policies are told of heat, wear, practice, other work and set-ups: right, and turning decisions of lookahead in a running line.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/layout.h"
#include "engine/sim/twin.h"
#include "engine/sim/work_go.h"
#include "engine/world/kinds.h"
#include "scheduler/lookahead.h"
#include "tests/check.h"

// What was seen in every call, and the answer of lookahead.
static void (*look)(const struct policy_view *v);
static void *inner;
static const struct kinds *bodies;  // loaded once

static int32_t decide(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  (void)self;
  if (look) look(v);
  return lookahead_policy.decide(inner, v, pair, pairs_max);
}

static const struct policy watching = {.version = POLICY_VERSION, .name = "watching", .horizon = 10, .decide = decide};

static void run(const char *text, double seconds, void (*each)(const struct policy_view *)) {
  struct layout l;
  struct faults f;
  struct error e = {0};
  faults_init(&f, "prices.yaml", text, strlen(text));
  enum status s = layout_read_text(&l, "prices.yaml", text, strlen(text), NULL, 0, &f);
  if (s != STATUS_OK) faults_print(&f, stderr);
  CHECK(s, ==, STATUS_OK);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.policy = &watching;
  struct kinds *own = strstr(text, "model:") && !bodies ? kinds_load(&l, NULL, 1, &e) : NULL;
  if (own) bodies = own;
  o.kinds = bodies;
  look = each;
  inner = lookahead_policy.create(4096, 64);
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) print_error("%s\n", e.text);
  assert_non_null(t);
  twin_run(t, ns_from_seconds(seconds));
  if (twin_validate(t)) print_error("%s\n", twin_validate(t));
  assert_null(twin_validate(t));
  twin_destroy(t);
  lookahead_policy.destroy(inner);
  layout_finish(&l);
}

#define HEAD "takt: 1\nfloor: {size: [60, 10]}\n"

// ---- heat -------------------------------------------------------------------------------------------

static double warmest, before, cold;
static int    rising, calls;

static void see_heat(const struct policy_view *v) {
  for (int32_t r = 0; r < v->robots.n; r++) {
    double h = v->robots.heat[r];
    assert_true(h >= 0 && h < 1);
    if (v->robots.number[r] == 1) {
      rising += h > before;
      calls++;
      before = h;
      warmest = h > warmest ? h : warmest;
    } else if (v->now > 60) {
      cold = h;
    }
  }
}

// One walks without end, the other stands: the first gets warm, most of the time, the other stays as the hall is. At every fidelity.
static void heat_is_seen(void **state) {
  (void)state;
  static const char *const fidelity[] = {"event", "motion", "body"};
  static const double until[] = {400, 1200};                                   // s    the winding is warm long before its housing
  double got[3];
  for (int n = 0; n < 6; n++) {
    int  k = n % 3;
    char text[1000];
    snprintf(text, sizeof text, HEAD "parts: {a: {mass: 1 kg}}\nstations:\n  src: {kind: source, makes: a, at: [3, 5]}\n  out: {kind: sink, at: [30, 5]}\n  away: {kind: dock, at: [57, 5]}\n"
             "flow:\n  - {path: src -> out, by: walkers}\nrobots:\n  walkers: {model: optimus-gen2}\n  idle: {model: optimus-gen2, home: away}\nrun: {for: 30 min, fidelity: %s}\n", fidelity[k]);
    warmest = before = cold = 0;
    rising = calls = 0;
    run(text, until[n / 3], see_heat);
    got[k] = warmest;
    assert_true(calls > 5);
    assert_true(rising >= calls * 3 / 4);
    assert_true(warmest > 0.02);
    assert_true(warmest < 0.9);
    if (k < 2) continue;
    CHECK_NEAR(got[0], got[1], 0.2 * got[0]);
    CHECK_NEAR(got[0], got[2], 0.12 * got[2]);
  }
  kinds_destroy((struct kinds *)bodies);
  bodies = NULL;
}

// ---- wear -------------------------------------------------------------------------------------------

static double worn, wear_before;
static int    mended;

static void see_wear(const struct policy_view *v) {
  if (v->robots.idle == 0) return;
  double w = v->robots.wear[0];
  mended += w < wear_before;
  wear_before = w;
  worn = w > worn ? w : worn;
}

// A clock of 100 s of work: wear goes from 0 to 1 and begins again after each repair. An exponential clock has no age.
static void wear_is_seen(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    char text[800];
    snprintf(text, sizeof text, "takt: 1\nparts: {a: {}}\nstations:\n  src: {kind: source, makes: a}\n  out: {kind: sink}\nflow:\n  - {path: src -> out, by: crew}\n"
             "robots: {crew: {handling: 2 s, failures: {up: %s, down: 10 s}}}\nrun: {for: 10 min}\n", k ? "exponential(100 s)" : "100 s");
    worn = wear_before = 0;
    mended = 0;
    run(text, 600, see_wear);
    if (k) {
      CHECK_NEAR(worn, 0, 0);
    } else {
      assert_true(worn > 0.9 && worn <= 1);
      CHECK(mended, ==, 5);         // 100 s of work and 10 s of repair in 600 s
    }
  }
}

// ---- practice ---------------------------------------------------------------------------------------

#define BENCHES "takt: 1\nparts: {a: {}}\nstations:\n  src: {kind: source, makes: a, every: 12 s}\n  one: {kind: machine, steps: [{do: fasten}]}\n  out: {kind: sink}\n" \
                "flow:\n  - src -> one -> out\n"

static double  fastest[8];
static int64_t gone;

static void see_practice(const struct policy_view *v) {
  for (int32_t j = 0; j < v->jobs.n; j++) {
    CHECK(v->jobs.skill[j], ==, 1);
    for (int32_t r = 0; r < v->robots.idle; r++) {
      double s = v->service(v->context, r, j);
      assert_true(s > 0);
      fastest[v->robots.number[r]] = s;
    }
  }
  gone += v->jobs.n > 0;
}

// One robot: after n goes work takes A + (1 - A) n^-b of 10 s.
static void practice_is_seen(void **state) {
  (void)state;
  gone = 0;
  run(BENCHES "robots: {crew: {skills: {fasten: {time: 10 s, learning: 80 %, least: 20 %}}}}\nrun: {for: 1 h}\n", 1200, see_practice);
  assert_true(gone > 50);
  CHECK_NEAR(fastest[1], 10 * work_practice(0.8, 0.2, 1, (double)gone), 1e-9);
}

// Four alike: to produce, one that is ahead stays ahead; to teach, all have learnt the same, to one go.
static void teaching_evens_out(void **state) {
  (void)state;
  double spread[2];
  for (int k = 0; k < 2; k++) {
    char text[1000];
    snprintf(text, sizeof text, BENCHES "robots: {crew: {count: 4, skills: {fasten: {time: 10 s, learning: 80 %%, least: 20 %%}}}}\nscheduler: {teach: %d}\nrun: {for: 1 h}\n", k);
    gone = 0;
    memset(fastest, 0, sizeof fastest);
    run(text, 1200, see_practice);
    double low = 1e9, high = 0;
    for (int r = 1; r <= 4; r++) {
      low = fastest[r] < low ? fastest[r] : low;
      high = fastest[r] > high ? fastest[r] : high;
    }
    spread[k] = high - low;
    if (k) CHECK_NEAR(low, 10 * work_practice(0.8, 0.2, 1, 1 + (double)(gone / 4)), 0.3);
    else CHECK_NEAR(low, 10 * work_practice(0.8, 0.2, 1, (double)gone), 0.3);
  }
  assert_true(spread[0] > 5);
  assert_true(spread[1] < 0.3);
}

// ---- other work, set-ups ------------------------------------------------------------------------------

static int others, same, set_ups, plain;

static void see_families(const struct policy_view *v) {
  for (int32_t j = 0; j < v->jobs.n; j++) {
    assert_true(v->jobs.family[j] >= 0);
    for (int32_t r = 0; r < v->robots.idle; r++) {
      CHECK_NEAR(v->robots.switching[r], 7, 0);
      if (v->robots.family[r] >= 0) *(v->robots.family[r] == v->jobs.family[j] ? &same : &others) += 1;
    }
  }
}

static int64_t made_by(const char *text, const char *name) {
  struct layout l;
  struct faults f;
  struct error e;
  struct arena a;
  faults_init(&f, "prices.yaml", text, strlen(text));
  CHECK(layout_read_text(&l, "prices.yaml", text, strlen(text), NULL, 0, &f), ==, STATUS_OK);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s: %s", name, e.text);
  assert_true(arena_init(&a, 1 << 20));
  struct sums sums = sums_make(&l, &a);
  twin_run(t, 3600 * NS_SECOND);
  twin_measure(t, &sums);
  int64_t made = sums.line.made;
  twin_destroy(t);
  arena_finish(&a);
  layout_finish(&l);
  return made;
}

// One robot for two stations: it stays where it is while the other costs 7 s, until the age of the other job is worth that.
static int64_t made_with(const char *policy) {
  char text[1200];
  snprintf(text, sizeof text, "takt: 1\nparts: {a: {}}\nstations:\n  s1: {kind: source, makes: a}\n  s2: {kind: source, makes: a}\n  one: {kind: machine, steps: [{do: fasten}]}\n  two: {kind: machine, steps: [{do: fasten}]}\n"
           "  out: {kind: sink}\nflow:\n  - s1 -> one -> out\n  - s2 -> two -> out\nrobots: {crew: {switching: 7 s, skills: {fasten: {time: exponential(5 s)}}}}\nscheduler: {policy: %s}\nrun: {for: 1 h}\n", policy);
  if (strcmp(policy, "lookahead") == 0) run(text, 600, see_families);
  return made_by(text, policy);
}

static void other_work_is_avoided(void **state) {
  (void)state;
  others = same = 0;
  int64_t by_age = made_with("fifo"), ahead = made_with("lookahead");
  assert_true(others > 0 && same > 0);
  assert_true((double)ahead > 1.3 * (double)by_age);
}

static void see_set_ups(const struct policy_view *v) {
  for (int32_t j = 0; j < v->jobs.n; j++) {
    if (v->jobs.setup[j] > 0) CHECK_NEAR(v->jobs.setup[j], 60, 0);
    *(v->jobs.setup[j] > 0 ? &set_ups : &plain) += 1;
  }
}

// Two kinds for one machine that has room for one part: 60 s of set-up for 4 s of work whenever the kind changes.
static const char *set_up_line(const char *policy) {
  static char text[900];
  snprintf(text, sizeof text, "takt: 1\nparts: {a: {}, b: {}}\nstations:\n  sa: {kind: source, makes: a, every: 5 s}\n  sb: {kind: source, makes: b, every: 5 s}\n  qa: {kind: buffer, capacity: 20}\n  qb: {kind: buffer, capacity: 20}\n"
      "  m: {kind: machine, time: 4 s, setup: {time: 60 s, when: part-changes}}\n  out: {kind: sink}\n"
      "flow:\n  - sa -> qa\n  - sb -> qb\n  - {path: qa -> m, by: crew}\n  - {path: qb -> m, by: crew}\n  - m -> out\nrobots: {crew: {handling: 1 s}}\nscheduler: {policy: %s}\nrun: {for: 1 h}\n", policy);
  return text;
}

static void set_ups_are_seen(void **state) {
  (void)state;
  set_ups = plain = 0;
  run(set_up_line("nearest"), 3600, see_set_ups);
  assert_true(set_ups > 0 && plain > 0);
}

// By age the kinds take turns and every part costs its set-up; by lookahead a kind goes on until the other has waited 10 s longer for each second of it.
static void set_ups_are_saved(void **state) {
  (void)state;
  int64_t turns = made_by(set_up_line("nearest"), "nearest"), ahead = made_by(set_up_line("lookahead"), "lookahead");
  assert_true(turns <= 3600 / 64 + 2);
  assert_true(ahead >= 8 * turns);
}

int test_prices(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(heat_is_seen), cmocka_unit_test(wear_is_seen), cmocka_unit_test(practice_is_seen), cmocka_unit_test(teaching_evens_out),
    cmocka_unit_test(other_work_is_avoided), cmocka_unit_test(set_ups_are_seen), cmocka_unit_test(set_ups_are_saved),
  };
  return cmocka_run_group_tests_name("prices", tests, NULL, NULL);
}
