// Whole runs at body fidelity: the same bits on any number of threads and lanes, nothing lost, everybody walks on its feet.
#include <stdlib.h>
#include <string.h>

#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "robots/dynamics.h"
#include "tests/check.h"

#define SECONDS 40
#define CALLS   240

static const char line[] =
  "takt: 1\nname: bodies\nfloor: {size: [9, 7]}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\n"
  "stations:\n"
  "  from: {kind: source, makes: box, every: 6 s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
  "  to: {kind: sink, at: [6.5, 2], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}\n"
  "flow: [{path: from -> to, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 2, home: rest}}\n"
  "run: {fidelity: body, body_rate: 200}\n";

static void read_line(struct layout *l, const char *text) {
  struct faults f;
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

struct seen { uint64_t digest; struct twin_bodies bodies; int64_t made; double distance, energy, walking, at[2][2]; };

static struct seen run_with(const struct layout *l, int threads, const char *lanes, const struct kinds *kinds) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = threads;
  o.assets = "assets";
  o.kinds = kinds;
  if (lanes) setenv("TAKT_LANES", lanes, 1);
  else unsetenv("TAKT_LANES");
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  enum twin_state state = twin_run(t, SECONDS * NS_SECOND);
  if (state != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
  const char *broken = twin_validate(t);
  if (broken) fail_msg("%s", broken);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums sums = sums_make(l, &a);
  struct scene s;
  assert_true(scene_make(&s, l, &a));
  twin_measure(t, &sums);
  twin_scene(t, &s);
  struct seen out = {.digest = twin_digest(t), .bodies = twin_bodies(t), .made = sums.line.made, .distance = sums.fleet[0].distance, .energy = sums.fleet[0].energy};
  out.walking = ns_to_seconds(sums.fleet[0].cause[ROBOT_WALKING]);
  for (int i = 0; i < 2; i++) {
    out.at[i][0] = (double)s.robots.pos[i][0];
    out.at[i][1] = (double)s.robots.pos[i][1];
  }
  // every second of every robot has one cause
  ns_t booked = 0;
  for (int c = 0; c < ROBOT_CAUSES; c++) booked += sums.fleet[0].cause[c];
  CHECK(booked, ==, 2 * SECONDS * NS_SECOND);
  arena_finish(&a);
  twin_destroy(t);
  unsetenv("TAKT_LANES");
  return out;
}

static struct seen run(const struct layout *l, int threads, const char *lanes) { return run_with(l, threads, lanes, NULL); }

static void test_same_bits(void **state) {
  (void)state;
  struct layout l = {0};
  read_line(&l, line);
  struct seen first = run(&l, 1, NULL);
  assert_true(first.digest == run(&l, 1, NULL).digest);
  assert_true(first.digest == run(&l, 2, NULL).digest);
  assert_true(first.digest == run(&l, 1, "1").digest);
  assert_true(first.digest == run(&l, 2, "4").digest);
  layout_finish(&l);

  // feet and body agree; both are stepped 200 times a second from 0 on; they stand inside the hall, in different places
  if (!(first.bodies.worst_residual < 1e-6)) fail_msg("feet and body disagree by %g N + N m", first.bodies.worst_residual);
  CHECK(first.bodies.robot_steps, ==, 2 * (200 * SECONDS + 1));
  CHECK(first.bodies.stumbles, ==, 0);
  CHECK(first.made, >=, 1);
  for (int i = 0; i < 2; i++)
    if (!(first.at[i][0] > 0 && first.at[i][0] < 9 && first.at[i][1] > 0 && first.at[i][1] < 7)) fail_msg("robot %d is at %g, %g", i, first.at[i][0], first.at[i][1]);
  double dx = first.at[0][0] - first.at[1][0], dy = first.at[0][1] - first.at[1][1];
  if (!(dx * dx + dy * dy > 0.01)) fail_msg("both robots stand at %g, %g", first.at[0][0], first.at[0][1]);
  // two robots with electronics of 100 W and drives on, and hardly twice what walking briskly takes
  double mean = first.energy / (2 * SECONDS);
  if (!(mean > 100 && mean < 1000)) fail_msg("a robot draws %g W", mean);
}

// Another rate is another run of the same line.
static void test_rates(void **state) {
  (void)state;
  char text[sizeof line + 8];
  memcpy(text, line, sizeof line);
  memcpy(strstr(text, "body_rate: 200"), "body_rate:  50", 14);
  struct layout l = {0}, fine = {0};
  read_line(&l, text);
  read_line(&fine, line);
  struct seen coarse = run(&l, 1, NULL), every = run(&fine, 1, NULL);
  CHECK(coarse.bodies.robot_steps, ==, 2 * (50 * SECONDS + 1));
  CHECK_NEAR(coarse.distance, every.distance, 0.05 * every.distance);
  CHECK_NEAR(coarse.energy, every.energy, 0.03 * every.energy);
  layout_finish(&l);
  layout_finish(&fine);
}

// The same line at event fidelity, nothing stepped: as many boxes, walking and energy alike.
static void test_event_agrees(void **state) {
  (void)state;
  char text[sizeof line + 64];
  snprintf(text, sizeof text, "%.*s{fidelity: event}\n", (int)(strstr(line, "{fidelity") - line), line);
  struct layout l = {0}, full = {0};
  read_line(&l, text);
  read_line(&full, line);
  struct seen quick = run(&l, 1, NULL), slow = run(&full, 1, NULL);
  CHECK(quick.bodies.robot_steps, ==, 0);
  CHECK(quick.made, ==, slow.made);
  CHECK_NEAR(quick.distance, slow.distance, 1e-6);
  // a walk that is cut off by the end has its mean power there, not its own
  CHECK_NEAR(quick.energy, slow.energy, 0.1 * slow.energy);
  CHECK_NEAR(quick.walking, slow.walking, 0.02 * slow.walking);

  // a body that others loaded already, on more threads, changes no bit
  struct error e = {0};
  struct kinds *kinds = kinds_load(&l, "assets", 2, &e);
  if (!kinds) fail_msg("%s", e.text);
  CHECK(kinds_count(kinds), ==, 1);
  struct seen again = run_with(&l, 1, NULL, kinds);
  CHECK(again.digest, ==, quick.digest);
  kinds_destroy(kinds);
  layout_finish(&l);
  layout_finish(&full);
}

// Windings warm up: at both fidelities the same line draws more an hour later, and as much more. One robot, so that nobody waits for anybody.
static void test_warm_as_event(void **state) {
  (void)state;
  struct arena a;
  double first[2], later[2];
  for (int k = 0; k < 2; k++) {
    struct layout l = {0};
    struct error e = {0};
    struct twin_options o = twin_defaults();
    char text[2048];
    o.assets = "assets";
    snprintf(text, sizeof text, "%s", line);
    memcpy(strstr(text, "count: 2"), "count: 1", 8);
    strcpy(strstr(text, "run: {"), k ? "run: {fidelity: body, body_rate: 50}\n" : "run: {fidelity: event}\n");
    read_line(&l, text);
    assert_true(arena_init(&a, (size_t)1 << 24));
    struct sums sums[4];
    struct twin *t = twin_create(&l, &o, &e);
    if (!t) fail_msg("%s", e.text);
    static const int at[4] = {60, 360, 1800, 2400};
    for (int n = 0; n < 4; n++) {
      if (twin_run(t, at[n] * NS_SECOND) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
      sums[n] = sums_make(&l, &a);
      twin_measure(t, &sums[n]);
    }
    first[k] = (sums[1].fleet[0].energy - sums[0].fleet[0].energy) / 300, later[k] = (sums[3].fleet[0].energy - sums[2].fleet[0].energy) / 600;
    twin_destroy(t);
    layout_finish(&l);
    arena_finish(&a);
  }
  for (int k = 0; k < 2; k++) ORDER(later[k], >, 1.01 * first[k]);
  CHECK_NEAR(later[0], later[1], 0.006 * later[1]);
}

// A floor where nothing is carried: robots with bodies that stand nowhere and never walk.
static void test_nothing_to_do(void **state) {
  (void)state;
  for (int body = 0; body < 2; body++) {
    char text[512];
    struct layout l = {0};
    snprintf(text, sizeof text,
             "takt: 1\nname: idle\nfloor: {size: [9, 5]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 5 s, at: [2, 2]}\n"
             "  to: {kind: sink, at: [6, 2]}\nflow: [from -> to]\nrobots: {crew: {model: optimus-gen2, count: 2}}\nrun: {fidelity: %s}\n", body ? "body" : "event");
    read_line(&l, text);
    struct seen s = run(&l, 1, NULL);
    CHECK(s.made, >, 0);
    CHECK_NEAR(s.distance, 0, 0);
    layout_finish(&l);
  }
}

// A fleet without a body says so.
static void test_refused(void **state) {
  (void)state;
  char text[sizeof line + 64];
  memcpy(text, line, sizeof line);
  char *at = strstr(text, "model: optimus-gen2");
  memcpy(at, "speed: 1.2 m/s     ", 19);
  struct layout l = {0};
  read_line(&l, text);
  struct error e = {0};
  struct twin_options o = twin_defaults();
  struct twin *t = twin_create(&l, &o, &e);
  assert_null(t);
  CHECK_HAS(e.text, "at body fidelity a fleet of robots needs a model");
  layout_finish(&l);
}

// Called back on its way home a robot turns off at the same footstep at event and body: as many picks and metres, energies within 2 %.
static void test_called_back(void **state) {
  (void)state;
  struct sums_seen { int64_t picks; double distance, energy; ns_t walking; } seen[2];
  for (int k = 0; k < 2; k++) {
    const struct layout_override set[] = {{"run.fidelity", k ? "body" : "event"}, {"robots.carriers.count", "1"}};
    struct twin_options o = twin_defaults();
    struct layout l = {0};
    struct faults f;
    struct error e = {0};
    struct arena a;
    faults_init(&f, "layouts/order-shop.yaml", NULL, 0);
    if (layout_read_file(&l, "layouts/order-shop.yaml", set, 2, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
    faults_finish(&f);
    o.assets = "assets";
    struct twin *t = twin_create(&l, &o, &e);
    if (!t) fail_msg("%s", e.text);
    CHECK(twin_run(t, CALLS * NS_SECOND), ==, TWIN_RUNS);
    int32_t crew = 0;
    while (strcmp(l.fleets[crew].name, "carriers") != 0) crew++;
    assert_true(arena_init(&a, (size_t)1 << 24));
    struct sums sums = sums_make(&l, &a);
    twin_measure(t, &sums);
    seen[k] = (struct sums_seen){sums.fleet[crew].picks, sums.fleet[crew].distance, sums.fleet[crew].energy, sums.fleet[crew].cause[ROBOT_WALKING]};
    arena_finish(&a);
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(seen[0].picks, >, 8);
  CHECK(seen[0].picks, ==, seen[1].picks);
  CHECK_NEAR(seen[0].distance, seen[1].distance, 0.005 * seen[1].distance);
  CHECK_NEAR(seen[0].energy, seen[1].energy, 0.02 * seen[1].energy);
  CHECK_NEAR(ns_to_seconds(seen[0].walking), ns_to_seconds(seen[1].walking), 0.005 * ns_to_seconds(seen[1].walking));
}

int test_body(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bits), cmocka_unit_test(test_rates), cmocka_unit_test(test_event_agrees), cmocka_unit_test(test_warm_as_event), cmocka_unit_test(test_nothing_to_do),
    cmocka_unit_test(test_refused), cmocka_unit_test(test_called_back)};
  return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
