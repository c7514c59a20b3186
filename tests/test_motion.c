// Whole runs at motion fidelity: nobody is ever inside anybody or anything, walks take their time, work goes on, the same bits.
#include <stdlib.h>
#include <string.h>

#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

static void read_line(struct layout *l, const char *text, const char *fidelity) {
  struct faults f;
  const struct layout_override set = {"run.fidelity", fidelity};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

static struct twin *open_twin(const struct layout *l, const struct kinds *kinds) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static struct kinds *load_kinds(const char *text) {
  struct layout l = {0};
  struct error e = {0};
  read_line(&l, text, "motion");
  struct kinds *k = kinds_load(&l, "assets", 1, &e);
  if (!k) fail_msg("%s", e.text);
  layout_finish(&l);
  return k;
}

// Every event checked: footprints, walls, parts, robots.
static int64_t run_checked(struct twin *t, double seconds) {
  while (twin_now(t) < ns_from_seconds(seconds)) {
    if (twin_step(t, ns_from_seconds(seconds)) != TWIN_RUNS) fail_msg("ended at %.3f s: %s", ns_to_seconds(twin_now(t)), twin_why(t));
    const char *broken = twin_validate(t);
    if (broken) fail_msg("%s", broken);
  }
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(twin_layout(t), &a);
  twin_measure(t, &s);
  int64_t made = s.line.made;
  arena_finish(&a);
  return made;
}

// Two streams of robots cross in an open hall.
static const char crossing[] =
  "takt: 1\nname: crossing\nfloor: {size: [14, 14]}\nparts: {p: {}, q: {}}\nstations:\n"
  "  west: {kind: source, makes: p, copies: 4, choose: in-turn, at: [1, 5], step: [0, 1.4], size: [1, 1], facing: 0}\n"
  "  east: {kind: sink, copies: 4, at: [13, 5], step: [0, 1.4], size: [1, 1], facing: 180}\n"
  "  south: {kind: source, makes: q, copies: 4, choose: in-turn, at: [5, 1], step: [1.4, 0], size: [1, 1], facing: 90}\n"
  "  north: {kind: sink, copies: 4, at: [5, 13], step: [1.4, 0], size: [1, 1], facing: 270}\n"
  "flow: [{path: west -> east, by: robots}, {path: south -> north, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 16}}\n";

static void test_crossing(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(crossing);
  read_line(&l, crossing, "motion");
  struct twin *t = open_twin(&l, k);
  int64_t made = run_checked(t, 150);
  CHECK(made, >=, 16);
  uint64_t digest = twin_digest(t);
  twin_destroy(t);
  // in one go, without looking: the same
  t = open_twin(&l, k);
  twin_run(t, ns_from_seconds(150));
  assert_true(digest == twin_digest(t));
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// A room whose door lets one robot through at a time, with work on both sides.
static const char door[] =
  "takt: 1\nname: door\nfloor: {size: [12, 8], walls: [[[6, 0], [6, 8]]], doors: {gap: {at: [6, 4], width: 0.9}}}\nparts: {p: {}, q: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 2.5], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [11, 5.5], size: [1, 1], facing: 180}\n"
  "  c: {kind: source, makes: q, at: [11, 2.5], size: [1, 1], facing: 180}\n"
  "  d: {kind: sink, at: [1, 5.5], size: [1, 1], facing: 0}\n"
  "flow: [{path: a -> b, by: robots}, {path: c -> d, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 6}}\n";

static void test_door(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(door);
  read_line(&l, door, "motion");
  struct twin *t = open_twin(&l, k);
  int64_t made = run_checked(t, 400);
  CHECK(made, >=, 12);
  // nobody is kept from getting on for long
  CHECK(twin_motion(t).worst, <, 60 * NS_SECOND);
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// Alone, a robot takes the time of its footsteps, as at event fidelity.
static const char alone[] =
  "takt: 1\nname: alone\nfloor: {size: [14, 6]}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 3], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 3], size: [1, 1], facing: 180}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n";

static void measure(const char *fidelity, const struct kinds *k, double out[3]) {
  struct layout l = {0};
  struct arena a;
  read_line(&l, alone, fidelity);
  struct twin *t = open_twin(&l, k);
  twin_run(t, ns_from_seconds(1800));
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(&l, &a);
  twin_measure(t, &s);
  out[0] = (double)s.line.made;
  out[1] = ns_to_seconds(s.fleet[0].cause[ROBOT_WALKING]);
  out[2] = s.fleet[0].energy;
  CHECK(s.fleet[0].cause[ROBOT_TRAFFIC], ==, 0);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
}

static void test_alone_as_event(void **state) {
  (void)state;
  struct kinds *k = load_kinds(alone);
  double event[3], motion[3];
  measure("event", k, event);
  measure("motion", k, motion);
  CHECK(event[0], >, 40);
  CHECK_NEAR(motion[0], event[0], 1.01);
  CHECK_NEAR(motion[1] / motion[0], event[1] / event[0], 0.025 * event[1] / event[0]);
  CHECK_NEAR(motion[2] / motion[0], event[2] / event[0], 0.035 * event[2] / event[0]);          // the last 0.13 m to a table are not walked step by step
  kinds_destroy(k);
}

int test_motion(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_crossing), cmocka_unit_test(test_door), cmocka_unit_test(test_alone_as_event),
  };
  return cmocka_run_group_tests_name("motion", tests, NULL, NULL);
}
