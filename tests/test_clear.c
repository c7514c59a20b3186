// Bodies that share the floor: in what could only be gone through by giving way nobody is in anybody's footprint at any step, and the work is done.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/body.h"
#include "engine/sim/state.h"
#include "engine/sim/upset.h"
#include "tests/check.h"

#define SWAYS 0.05                  // m    that a pelvis is beside the middle of its footprint as it walks

struct met { double worst; int64_t through, picks, falls; double traffic; };    // m: the least distance beyond two footprints; s

// Looked at in each step, from the first one on.
static struct met run(const char *text, int seconds) {
  struct faults f;
  struct error e = {0};
  struct layout l = {0};
  struct arena a;
  struct twin_options o = twin_defaults();
  struct met out = {.worst = 1e30};
  faults_init(&f, "floor", text, strlen(text));
  if (layout_read_text(&l, "floor", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  ns_t step = NS_SECOND / l.run.body_rate;
  for (ns_t now = step; now <= seconds * NS_SECOND; now += step) {
    if (twin_run(t, now) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
    for (int32_t i = 0; i < t->robots; i++)
      for (int32_t j = 0; j < i; j++) {
        double p[2], q[2], heading, speed;
        if (!body_stepped(t, i) || !body_stepped(t, j) || body_upset(t, i) || body_upset(t, j)) continue;
        body_position(t, i, p, &heading, &speed);
        body_position(t, j, q, &heading, &speed);
        double beyond = hypot(p[0] - q[0], p[1] - q[1]) - 2 * t->fleet[0].radius + SWAYS;
        if (beyond < out.worst) out.worst = beyond;
      }
  }
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(&l, &a);
  twin_measure(t, &s);
  for (int f = 0; f < l.fleet_count; f++) {
    out.through += s.fleet[f].through, out.picks += s.fleet[f].picks, out.falls += s.fleet[f].falls;
    out.traffic += ns_to_seconds(s.fleet[f].cause[ROBOT_TRAFFIC]);
  }
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

static void check(struct met m, int picks) {
  if (!(m.worst > -1e-9)) fail_msg("somebody was %g m in somebody", -m.worst);
  CHECK(m.through, ==, 0);
  CHECK(m.picks, >=, picks);
}

#define HALL(size) "takt: 1\nname: floor\nrun: {fidelity: body, body_rate: 100}\nfloor:\n  size: " size "\n"

// Both ways through a passage for one: somebody waits, and both get through again and again.
static void test_passage(void **state) {
  (void)state;
  struct met m = run(HALL("[16, 8]") "  obstacles: {upper: {area: [[5, 4.45], [11, 4.45], [11, 8], [5, 8]]}, lower: {area: [[5, 0], [11, 0], [11, 3.55], [5, 3.55]]}}\nparts: {p: {mass: 2 kg}}\n"
    "stations:\n  a: {kind: source, makes: p, at: [1, 2], size: [1, 1]}\n  b: {kind: sink, at: [15, 2], size: [1, 1], facing: 180}\n"
    "  c: {kind: source, makes: p, at: [15, 6], size: [1, 1], facing: 180}\n  d: {kind: sink, at: [1, 6], size: [1, 1]}\n"
    "flow: [{path: a -> b, by: east}, {path: c -> d, by: west}]\nrobots: {east: {model: optimus-gen2, count: 1}, west: {model: optimus-gen2, count: 1}}\n", 240);
  check(m, 5);
  CHECK(m.traffic > 0, ==, 1);
}

// Each wants to go where the other one stands: one makes room first.
static void test_swap(void **state) {
  (void)state;
  check(run(HALL("[9, 7]") "parts: {p: {mass: 2 kg}, q: {mass: 2 kg}}\nstations:\n  a: {kind: buffer, at: [1, 2], size: [0.6, 0.6]}\n  b: {kind: buffer, at: [8, 2], size: [0.6, 0.6], facing: 180}\n"
    "  in: {kind: source, makes: p, every: 12 s}\n  on: {kind: source, makes: q, every: 12 s}\n  out: {kind: sink}\n"
    "flow: [in -> a, on -> b, {path: a -> b, part: p, by: robots}, {path: b -> a, part: q, by: robots}, {path: b -> out, part: p}, {path: a -> out, part: q}]\n"
    "robots: {crew: {model: optimus-gen2, count: 2}}\n", 240), 8);
}

// Nobody has a home: who has nothing to do makes room for who comes.
static void test_idle_in_the_way(void **state) {
  (void)state;
  check(run(HALL("[9, 6]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, every: 25 s, at: [1, 3], size: [0.6, 0.6]}\n  b: {kind: sink, at: [8, 3], size: [0.6, 0.6], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 3}}\n", 200), 6);
}

// Six on little room, between stations that take one at a time.
static void test_crowd(void **state) {
  (void)state;
  struct met m = run(HALL("[9, 7]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, copies: 2, step: [0, 3], makes: p, at: [1, 2], size: [0.6, 0.6]}\n"
    "  b: {kind: sink, copies: 2, step: [0, 3], at: [8, 2], size: [0.6, 0.6], facing: 180}\nflow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 6}}\n", 300);
  check(m, 20);
}

// One falls where others walk: they stop short or go around, and nobody falls over it.
static void test_fallen(void **state) {
  (void)state;
  struct met m = run(HALL("[14, 5]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, at: [1, 2.5], size: [0.6, 1.4]}\n  b: {kind: sink, at: [13, 2.5], size: [0.6, 1.4], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 3}}\nevents:\n  - {at: 40 s, do: push, what: crew-1, impulse: 90, direction: 90}\n", 200);
  CHECK(m.falls, >=, 1);
  check(m, 8);
}

int test_clear(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_passage), cmocka_unit_test(test_swap), cmocka_unit_test(test_idle_in_the_way), cmocka_unit_test(test_crowd), cmocka_unit_test(test_fallen)};
  return cmocka_run_group_tests_name("clear", tests, NULL, NULL);
}
