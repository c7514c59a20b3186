// Emergency stops by their categories, at event and at body fidelity: who stops, how, what it costs, and that everything goes on afterwards.
#include <string.h>

#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

static const char line[] =
  "takt: 1\nname: stops\nfloor: {size: [12, 7], zones: {left: {kind: people, area: [[0, 0], [6, 0], [6, 7], [0, 7]]}}}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\n"
  "stations:\n"
  "  from: {kind: source, makes: box, every: 6 s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
  "  to: {kind: sink, at: [9.5, 2], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}\n"
  "flow: [{path: from -> to, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 2, home: rest, charging: {below: 10 %%, until: 90 %%, idle: false}}}\n"
  "events:\n%s"
  "run: {fidelity: %s, body_rate: 100}\n";

static struct kinds *kinds;

struct seen { double stopped, fallen, energy; int64_t falls, made, broken; };

// What was booked from `from` to `to`, and in the whole.
static struct seen run(const char *events, const char *fidelity, int from, int to, int seconds) {
  char text[4096];
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  snprintf(text, sizeof text, line, events, fidelity);
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(&l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  if (!kinds) kinds = kinds_load(&l, "assets", 2, &e);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums s = sums_make(&l, &a);
  struct seen out = {0};
  double energy[2] = {0, 0};
  for (int k = 1; k <= seconds; k++) {
    enum twin_state state = twin_run(t, (ns_t)k * NS_SECOND);
    if (state != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
    if (twin_validate(t)) fail_msg("%s", twin_validate(t));
    if (k != from && k != to) continue;
    twin_measure(t, &s);
    energy[k == to] = s.fleet[0].energy;
  }
  twin_measure(t, &s);
  ns_t booked = 0;
  for (int c = 0; c < ROBOT_CAUSES; c++) booked += s.fleet[0].cause[c];
  CHECK(booked, ==, 2 * s.now);
  out.stopped = ns_to_seconds(s.fleet[0].cause[ROBOT_STOPPED]);
  out.fallen = ns_to_seconds(s.fleet[0].cause[ROBOT_FALLEN]);
  out.energy = energy[1] - energy[0];
  out.falls = s.fleet[0].falls;
  out.broken = s.fleet[0].stumbles + s.fleet[0].slips + s.fleet[0].twists + s.fleet[0].tips + s.fleet[0].overloads;
  out.made = s.line.made;
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

static const char *const fidelities[] = {"event", "body"};

// both robots are stopped for as long as the order stands, and the line goes on
static void test_hold(void **state) {
  (void)state;
  static const char order[] = "  - {at: 11 s, do: estop, what: floor, category: hold}\n  - {at: 31 s, do: resume, what: floor}\n";
  for (int k = 0; k < 2; k++) {
    struct seen s = run(order, fidelities[k], 1, 2, 90);
    CHECK_NEAR(s.stopped, 40, 1e-9);
    CHECK(s.falls, ==, 0);
    CHECK(s.made, >, 0);
  }
}

// kneeling, the drives are off: less than standing takes, and more than nothing
static void test_kneel(void **state) {
  (void)state;
  struct seen stands = run("  - {at: 11 s, do: estop, what: floor, category: hold}\n  - {at: 41 s, do: resume, what: floor}\n", "body", 25, 40, 90);
  struct seen kneels = run("  - {at: 11 s, do: estop, what: floor, category: kneel}\n  - {at: 41 s, do: resume, what: floor}\n", "body", 25, 40, 90);
  CHECK_NEAR(kneels.stopped, 60, 1e-9);
  CHECK(kneels.falls, ==, 0);
  CHECK(kneels.made, >, 0);
  // two robots, 15 s: electronics of 100 W each; standing takes 129 W
  CHECK_NEAR(kneels.energy, 2 * 15 * 100, 50);
  if (!(stands.energy > 1.1 * kneels.energy)) fail_msg("standing takes %g J, kneeling %g J", stands.energy, kneels.energy);
}

// brakes on: who walks falls, who stands does not; it gets up again when it may
static void test_freeze(void **state) {
  (void)state;
  static const char order[] = "  - {at: 10 s, do: estop, what: floor, category: freeze}\n  - {at: 30 s, do: resume, what: floor}\n";
  for (int k = 0; k < 2; k++) {
    struct seen s = run(order, fidelities[k], 1, 2, 120);
    CHECK(s.falls, ==, 1);
    CHECK(s.made, >, 0);
  }
}

// a zone means who is in it, a robot itself
static void test_who(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct seen zone = run("  - {at: 2 s, do: estop, what: left}\n  - {at: 12 s, do: resume, what: left}\n", fidelities[k], 1, 2, 60);
    struct seen robot = run("  - {at: 2 s, do: estop, what: crew-2, category: hold}\n  - {at: 12 s, do: resume, what: floor}\n", fidelities[k], 1, 2, 60);
    CHECK_NEAR(zone.stopped, 20, 1e-9);
    CHECK_NEAR(robot.stopped, 10, 1e-9);
  }
}

// orders at any time, over and over, in every category: nothing is lost and nobody hangs
static void test_again_and_again(void **state) {
  (void)state;
  static const char *const category[] = {"freeze", "kneel", "hold"};
  for (int k = 0; k < 2; k++) {
    char events[4096];
    size_t n = 0;
    for (int i = 0; i < 12; i++)
      n += (size_t)snprintf(events + n, sizeof events - n, "  - {at: %.2f s, do: estop, what: %s, category: %s}\n  - {at: %.2f s, do: resume, what: %s}\n", 7.3 + 20.17 * i,
                            i % 4 ? "floor" : "crew-1", category[i % 3], 7.3 + 20.17 * i + 3 + i % 5, i % 4 ? "floor" : "crew-1");
    struct seen s = run(events, fidelities[k], 1, 2, 330);
    CHECK(s.made, >, 3);
    CHECK(s.falls, >, 0);
  }
}

// whenever a walk is stopped on a flat floor, and when it goes on after that, no check of a foot or of a drive breaks
static void test_keeps_checks(void **state) {
  (void)state;
  static const double begin[] = {3.6, 5.3, 8.7};
  int64_t made = 0;
  for (int k = 0; k < 3; k++) {
    char events[4096];
    size_t n = 0;
    for (int i = 0; i < 14; i++) {
      double at = begin[k] + (4.63 + 0.37 * k) * i;
      n += (size_t)snprintf(events + n, sizeof events - n, "  - {at: %.2f s, do: estop, what: floor, category: %s}\n  - {at: %.2f s, do: resume, what: floor}\n", at,
                            i % 4 == 3 ? "kneel" : "hold", at + 0.4 + 0.3 * (i % 5));
    }
    struct seen s = run(events, "body", 1, 2, 85);
    CHECK(s.broken, ==, 0);
    CHECK(s.falls, ==, 0);
    made += s.made;
  }
  CHECK(made, >, 3);
}

static int teardown(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

int test_estop(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_hold), cmocka_unit_test(test_kneel), cmocka_unit_test(test_freeze), cmocka_unit_test(test_who), cmocka_unit_test(test_again_and_again), cmocka_unit_test(test_keeps_checks)};
  return cmocka_run_group_tests_name("estop", tests, NULL, teardown);
}
