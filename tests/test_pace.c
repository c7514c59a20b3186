// A fleet's pace: robots jog where model, way, load, floor and zones allow it, and every fidelity knows.
#include <math.h>
#include <string.h>

#include "engine/sim/body.h"
#include "engine/sim/state.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

#define PACE "pace: 2.4 m/s"

static const char line[] =
  "takt: 1\nname: pace\nfloor: {size: [%d, 7], zones: {%s}}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\n"
  "stations:\n"
  "  from: {kind: source, makes: box, limit: 2, every: 1 s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
  "  to: {kind: sink, at: [%d, 2], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [2.5, 5.5], size: [2, 1], facing: 270, slots: 1}\n"
  "flow: [{path: from -> to, by: robots}]\n"
  "robots: {crew: {model: %s, count: 1, home: rest, %s}}\n"
  "%srun: {fidelity: %s, body_rate: 100}\n";

static struct kinds *kinds;

static const char *events = "";

static struct layout layout_of(int length, const char *zones, const char *model, const char *pace, const char *fidelity) {
  static char text[4096];
  struct layout l = {0};
  struct faults f;
  snprintf(text, sizeof text, line, length, zones, length - 2, model, pace, events, fidelity);
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(&l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  return l;
}

struct seen { struct twin_bodies bodies; double walking, energy; };

// Until both boxes are there.
static struct seen run(int length, const char *zones, const char *pace, const char *fidelity) {
  struct layout l = layout_of(length, zones, "optimus-v3", pace, fidelity);
  struct error e = {0};
  if (!kinds) {
    struct layout all = layout_of(length, zones, "optimus-v3", PACE, "motion");        // which asks for all that there is
    kinds = kinds_load(&all, "assets", 2, &e);
    layout_finish(&all);
  }
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums sums = sums_make(&l, &a);
  for (int k = 1; k <= 150 && sums.line.made < 2; k++) {
    enum twin_state s = twin_run(t, (ns_t)k * NS_SECOND);
    if (s == TWIN_DEADLOCK || s == TWIN_FAULT) fail_msg("ended: %s", twin_why(t));
    twin_measure(t, &sums);
  }
  CHECK(sums.line.made, ==, 2);
  CHECK(sums.fleet[0].falls, ==, 0);
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  struct seen out = {twin_bodies(t), ns_to_seconds(sums.fleet[0].cause[ROBOT_WALKING]), sums.fleet[0].energy};
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

// The way back is jogged at every fidelity; at body as long as at event, nothing broken.
static void test_jogs(void **state) {
  (void)state;
  struct seen walks = run(22, "", "cost: 1", "event"), jogs = run(22, "", PACE, "event");
  CHECK(walks.walking - jogs.walking, >, 2);                            // 17 m at 2.4 instead of 1.4 m/s, but for the beginning and the end
  CHECK(walks.walking - jogs.walking, <, 17 / 1.4 - 17 / 2.4);
  CHECK(jogs.energy, >, walks.energy * 0.95);
  struct seen body = run(22, "", PACE, "body");
  CHECK_NEAR(body.walking, jogs.walking, 0.05);
  CHECK_NEAR(body.energy, jogs.energy, 0.03 * jogs.energy);             // hands and standing too
  const struct twin_bodies *b = &body.bodies;
  CHECK(b->slips + b->stumbles + b->tips + b->twists + b->overloads, ==, 0);
  struct seen motion = run(22, "", PACE, "motion"), before = run(22, "", "cost: 1", "motion");
  CHECK(before.walking - motion.walking, >, 0.9);                       // its ways have more bends
}

// Stopped in mid-jog it slows down over some steps and stands, goes on when it may, and brings what it was to bring.
static void test_stopped(void **state) {
  (void)state;
  static const char *const category[] = {"kneel", "hold"};
  int jogged = 0;
  for (int i = 0; i < 2; i++) {
    char text[256];
    double at = 37.2 + 3.74 * i, where[2], heading, speed, before = 0;
    snprintf(text, sizeof text, "events:\n  - {at: %.2f s, do: estop, what: floor, category: %s}\n  - {at: %.2f s, do: resume, what: floor}\n", at, category[i], i ? at + 1 : 46);
    events = text;
    struct layout l = layout_of(32, "", "optimus-v3", PACE, "body");
    events = "";
    struct error e = {0};
    struct twin_options o = twin_defaults();
    o.assets = "assets";
    o.kinds = kinds;
    struct twin *t = twin_create(&l, &o, &e);
    if (!t) fail_msg("%s", e.text);
    struct arena a;
    assert_true(arena_init(&a, (size_t)1 << 22));
    struct sums sums = sums_make(&l, &a);
    twin_run(t, ns_from_seconds(at - 0.01));
    body_position(t, 0, where, &heading, &before);
    jogged += before > 1.5;
    twin_run(t, ns_from_seconds(at + 6));
    body_position(t, 0, where, &heading, &speed);
    if (!i) CHECK(speed < 0.01, ==, 1);
    for (int k = 1; k <= 150 && sums.line.made < 2; k++) {
      twin_run(t, (ns_t)(46 + k) * NS_SECOND);
      twin_measure(t, &sums);
    }
    CHECK(sums.line.made, ==, 2);
    CHECK(sums.fleet[0].falls, ==, 0);
    if (twin_validate(t)) fail_msg("%s", twin_validate(t));
    arena_finish(&a);
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(jogged, >=, 1);
}

// Short ways, floors that do not hold it, zones in which nobody goes so fast.
static void test_walks(void **state) {
  (void)state;
  static const char *const zones[] = {"", "wet: {kind: slippery, area: [[8, 0], [9, 0], [9, 7], [8, 7]], friction: 0.42}",
                                      "care: {kind: slow, area: [[8, 0], [9, 0], [9, 7], [8, 7]], speed: 2}"};
  for (int i = 0; i < 3; i++) {
    struct seen a = run(i ? 22 : 11, zones[i], "cost: 1", "event"), b = run(i ? 22 : 11, zones[i], PACE, "event");
    CHECK_NEAR(a.walking, b.walking, 0);
    CHECK_NEAR(a.energy, b.energy, 0);
  }
}

// Below the model's walk it is a speed that everything is walked at.
static void test_slower(void **state) {
  (void)state;
  struct seen a = run(22, "", "cost: 1", "event"), b = run(22, "", "pace: 0.7 m/s", "event");
  CHECK(b.walking, >, 1.5 * a.walking);
}

static void refuse(const char *model, const char *pace, const char *why) {
  struct layout l = layout_of(22, "", model, pace, "event");
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds_cover(kinds, &l, "assets") ? kinds : NULL;
  struct twin *t = twin_create(&l, &o, &e);
  if (t) fail_msg("%s %s is taken", model, pace);
  CHECK_HAS(e.text, why);
  CHECK(e.line, >, 0);
  layout_finish(&l);
}

static void test_refused(void **state) {
  (void)state;
  refuse("optimus-v3", "pace: 1.6 m/s", "jogs from");
  refuse("optimus-v3", "pace: 3 m/s", "at most");
  refuse("optimus-gen2", "pace: 2.4 m/s", "does not run");
}

static int drop(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

int test_pace(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_jogs), cmocka_unit_test(test_stopped), cmocka_unit_test(test_walks), cmocka_unit_test(test_slower), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests_name("pace", tests, NULL, drop);
}
