// Slippery floors, ramps and spills: robots that know the floor walk so that it holds them, those that do not slip.
#include <math.h>
#include <string.h>

#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

static const char line[] =
  "takt: 1\nname: floor\nfloor: {size: [22, 7], zones: {%s}}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\n"
  "stations:\n"
  "  from: {kind: source, makes: box, limit: 2, every: 1 s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
  "  to: {kind: sink, at: [20, 2], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [2.5, 5.5], size: [2, 1], facing: 270, slots: 1}\n"
  "flow: [{path: from -> to, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 1, home: rest}}\n%s"
  "run: {fidelity: %s, body_rate: 100}\n";

static struct kinds *kinds;

struct seen { struct twin_bodies bodies; double walking, energy; int64_t falls, made; ns_t second; };

static struct seen run(const char *zones, const char *events, const char *fidelity, double seconds) {
  char text[4096];
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  snprintf(text, sizeof text, line, zones, events, fidelity);
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
  struct sums sums = sums_make(&l, &a);
  struct seen out = {.second = NS_NEVER};
  for (int k = 1; k <= (int)seconds; k++) {
    enum twin_state s = twin_run(t, (ns_t)k * NS_SECOND);
    if (s == TWIN_DEADLOCK || s == TWIN_FAULT) fail_msg("ended: %s", twin_why(t));
    twin_measure(t, &sums);
    if (sums.line.made == 2 && out.second == NS_NEVER) {
      out.second = (ns_t)k * NS_SECOND;
      out.walking = ns_to_seconds(sums.fleet[0].cause[ROBOT_WALKING]);
      out.energy = sums.fleet[0].energy;
    }
  }
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  out.bodies = twin_bodies(t);
  out.falls = sums.fleet[0].falls;
  out.made = sums.line.made;
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

#define WET   "wet: {kind: slippery, area: [[5, 0], [14, 0], [14, 4], [5, 4]], friction: 0.2}"
#define RAMPS "up: {kind: ramp, area: [[5, 0], [9, 0], [9, 7], [5, 7]], towards: 0, slope: 6}, down: {kind: ramp, area: [[12, 0], [16, 0], [16, 7], [12, 7]], towards: 180, slope: 6}"

// who knows that the floor is wet walks more slowly and does not slip; event fidelity says the same
static void test_slippery_zone(void **state) {
  (void)state;
  struct seen dry = run("", "", "body", 110), wet = run(WET, "", "body", 110), event = run(WET, "", "event", 110);
  CHECK(dry.bodies.slips, ==, 0);
  CHECK(wet.bodies.slips, ==, 0);
  CHECK(wet.falls, ==, 0);
  CHECK(wet.made, ==, 2);
  if (!(wet.walking > 1.1 * dry.walking)) fail_msg("wet floors are walked in %g s, dry ones in %g s", wet.walking, dry.walking);
  CHECK_NEAR(event.walking, wet.walking, 0.02 * wet.walking);
}

// a ramp up and one down cost more than the level, at both fidelities alike, and nothing breaks
static void test_ramps(void **state) {
  (void)state;
  struct seen level = run("", "", "body", 110), hill = run(RAMPS, "", "body", 110), event = run(RAMPS, "", "event", 110);
  CHECK(hill.made, ==, 2);
  CHECK(hill.falls, ==, 0);
  CHECK(hill.bodies.stumbles, ==, 0);
  if (!(hill.bodies.worst_residual < 1e-6)) fail_msg("feet and body disagree by %g", hill.bodies.worst_residual);
  if (!(hill.energy > 1.005 * level.energy)) fail_msg("hills cost %g J, the level %g J", hill.energy, level.energy);
  CHECK_NEAR(event.energy, hill.energy, 0.06 * hill.energy);
  CHECK_NEAR(event.walking, hill.walking, 0.02 * hill.walking);
}

// oil that nobody knows of makes the first one slip and fall; known, it is crossed slowly; nothing is lost
static void test_spill(void **state) {
  (void)state;
  static const char oil[] = "events:\n  - {at: 5 s, do: spill, area: [[5, 0], [9, 0], [9, 5], [5, 5]], friction: 0.12}\n";
  struct seen s = run("", oil, "body", 260);
  CHECK(s.bodies.slips, >, 0);
  CHECK(s.falls, >, 0);
  CHECK(s.falls, <, 8);
  struct seen again = run("", oil, "body", 260);
  CHECK(again.falls, ==, s.falls);
  CHECK(again.bodies.slips, ==, s.bodies.slips);
}

static int teardown(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

int test_footing(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_slippery_zone), cmocka_unit_test(test_ramps), cmocka_unit_test(test_spill)};
  return cmocka_run_group_tests_name("footing", tests, NULL, teardown);
}
