// Robots that are pushed while a line runs at body fidelity: who falls, what becomes of the parts, the books, and the same bits everywhere.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/body_state.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "robots/balance.h"
#include "tests/check.h"
#include "tests/pushed.h"

static void read_line(struct layout *l, const char *text) {
  struct faults f;
  *l = (struct layout){0};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

static struct kinds *kinds;

static struct twin *twin_of(const struct layout *l, int threads, uint64_t seed) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = threads;
  o.assets = "assets";
  o.kinds = kinds;
  o.seed = seed;
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static struct sums measured(struct twin *t, const struct layout *l, struct arena *a) {
  struct sums s = sums_make(l, a);
  twin_measure(t, &s);
  return s;
}

// Robots that stand in a dock, one pushed to just below and one to just above what the closed form says, each way.
static void test_thresholds(void **state) {
  (void)state;
  static const struct { double degrees, low, high; } way[] = {{0, 0.95, 1.05}, {180, 0.95, 1.05}, {30, 0.95, 1.05}, {90, 0.95, 1.05}, {120, 0.95, 1.05}};
  enum { ROBOTS = 2 * sizeof way / sizeof *way };
  struct kind kind;
  struct error e = {0};
  if (kind_load(&kind, "assets/robots/optimus-gen2", 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  struct balance_params p = balance_params_of(&kind.humanoid, &kind.model, &kind.library.standing);
  char text[4096];
  int n = snprintf(text, sizeof text,
    "takt: 1\nname: dock\nfloor: {size: [30, 8]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 100 s, at: [1.5, 2]}\n  to: {kind: sink, at: [28, 2]}\n"
    "  rest: {kind: dock, at: [15, 5], size: [24, 2], facing: 270, slots: %d}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: %d, home: rest}}\nevents:\n", ROBOTS, ROBOTS);
  for (int k = 0; k < ROBOTS; k++) {
    double degrees = way[k / 2].degrees, closed = balance_impulse_max(&p, degrees * M_PI_D / 180, BALANCE_STEPS_MAX);
    n += snprintf(text + n, sizeof text - (size_t)n, "  - {at: 1 s, do: push, what: crew-%d, impulse: %.6g, direction: %g}\n", k + 1, closed * (k % 2 ? way[k / 2].high : way[k / 2].low), degrees - 90);
  }
  snprintf(text + n, sizeof text - (size_t)n, "run: {fidelity: body}\n");
  struct layout l;
  read_line(&l, text);
  struct twin *t = twin_of(&l, 1, 1);
  twin_run(t, 4 * NS_SECOND);
  int fell[ROBOTS + 1] = {0};
  struct note note[64];
  for (int k = twin_notes(t, note, 64) - 1; k >= 0; k--) {
    int robot;
    if (sscanf(note[k].text, "R%d fell", &robot) == 1 && strstr(note[k].text, "fell")) fell[robot]++;
  }
  for (int k = 0; k < ROBOTS; k++)
    if (fell[k + 1] != k % 2) fail_msg("robot %d, pushed towards %g degrees %s what it should stand, %s", k + 1, way[k / 2].degrees, k % 2 ? "above" : "below", fell[k + 1] ? "fell" : "stood");
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  if (!(twin_bodies(t).worst_residual < 1e-6)) fail_msg("feet and body disagree by %g", twin_bodies(t).worst_residual);
  twin_destroy(t);
  layout_finish(&l);
  kind_finish(&kind);
}

#define RUN "fidelity: body, body_rate: 50"

// 300 falls: parts are made, carried, dropped, taken up again or scrapped, and none is lost; every second has one cause.
static void test_falls_keep_parts(void **state) {
  (void)state;
  struct pushed all = {0};
  char *text = malloc(1 << 16);
  for (uint64_t seed = 1; seed <= 16 && all.falls < 300; seed++) {
    pushed_case(text, 1 << 16, seed, false, RUN);
    struct layout l;
    read_line(&l, text);
    struct twin *t = twin_of(&l, 1, seed);
    for (int k = 1; k <= 280; k += 7) {
      enum twin_state s = twin_run(t, (ns_t)k * NS_SECOND);
      if (s != TWIN_RUNS) fail_msg("seed %d ended: %s", (int)seed, twin_why(t));
      const char *broken = twin_validate(t);
      if (broken) fail_msg("seed %d: %s", (int)seed, broken);
    }
    struct arena a;
    assert_true(arena_init(&a, (size_t)1 << 22));
    struct sums s = measured(t, &l, &a);
    pushed_add(&all, &s);
    if (!(twin_bodies(t).worst_residual < 1e-6)) fail_msg("seed %d: feet and body disagree by %g", (int)seed, twin_bodies(t).worst_residual);
    arena_finish(&a);
    twin_destroy(t);
    layout_finish(&l);
  }
  free(text);
  pushed_enough(&all);
}

// A joint whose damage reaches its threshold breaks the robot, which is mended with a new joint; a hot one walks more slowly; small bumps in
// mid-walk are walked on through.
static void test_wear_heat_bumps(void **state) {
  (void)state;
  char text[4096];
  struct layout l;
  pushed_line(text, sizeof text, "", "", "  - {at: 9 s, do: push, what: crew-1, impulse: 1.5}\n", RUN);
  read_line(&l, text);
  struct twin *t = twin_of(&l, 1, 3);
  twin_run(t, 5 * NS_SECOND);
  struct body_rows *k = t->body->rows[0];
  size_t knee = (size_t)k->kind.humanoid.leg[LEFT].joint[3] * (size_t)k->stride + 2;
  double threshold = k->threshold[knee];
  assert_true(threshold > 0);
  k->damage[knee] = threshold;
  k->winding[(size_t)k->kind.humanoid.leg[LEFT].joint[3] * (size_t)k->stride + 1] = k->kind.spec.actuator[k->kind.humanoid.leg[LEFT].joint[3]].winding_limit - 5;
  twin_run(t, 8 * NS_SECOND);
  assert_true(t->robot[k->robot[2]].act == ACT_BROKEN);
  assert_true(k->threshold[knee] != threshold);
  if (!(k->damage[knee] < threshold / 2)) fail_msg("the new joint is worn");
  assert_true(t->robot[k->robot[1]].hot);
  twin_run(t, 10 * NS_SECOND);
  assert_null(k->upset[0].make);
  twin_run(t, 60 * NS_SECOND);
  assert_true(t->robot[k->robot[2]].act != ACT_BROKEN);
  assert_false(t->robot[k->robot[1]].hot);
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  twin_destroy(t);
  layout_finish(&l);
}

// A push in mid-walk that a moved footstep answers costs no second: afterwards everybody is where they are without it.
static void test_walks_on(void **state) {
  (void)state;
  char text[4096];
  struct twin *t[2];
  struct layout l[2];
  int went = 0;
  for (int k = 0; k < 2; k++) {
    pushed_line(text, sizeof text, "", "", k ? "  - {at: 7.3 s, do: push, what: crew-1, impulse: 6, direction: 100}\n  - {at: 9 s, do: push, what: crew-2, impulse: 6, direction: 280}\n" : "", RUN);
    if (!k) memcpy(strstr(text, "events:\n"), "#events", 7);   // no events: a remark
    read_line(&l[k], text);
    t[k] = twin_of(&l[k], 1, 3);
    twin_run(t[k], 60 * NS_SECOND);
  }
  struct note note[64];
  for (int k = twin_notes(t[1], note, 64) - 1; k >= 0; k--) went += strstr(note[k].text, "walks on") != NULL;
  CHECK(went, >, 0);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums plain = measured(t[0], &l[0], &a), pushed = measured(t[1], &l[1], &a);
  CHECK(pushed.fleet[0].pushes, ==, 2);
  CHECK(pushed.fleet[0].captures, >, 0);
  CHECK(pushed.fleet[0].falls, ==, 0);
  CHECK(pushed.line.made, ==, plain.line.made);
  const struct body_rows *x = t[0]->body->rows[0], *y = t[1]->body->rows[0];
  for (int r = 0; r < x->n; r++) CHECK_NEAR(v3_norm(v3_sub(x->sample[r].base.position, y->sample[r].base.position)), 0, 1e-9);
  arena_finish(&a);
  for (int k = 0; k < 2; k++) {
    if (twin_validate(t[k])) fail_msg("%s", twin_validate(t[k]));
    if (!(twin_bodies(t[k]).worst_residual < 1e-6)) fail_msg("feet and body disagree by %g", twin_bodies(t[k]).worst_residual);
    twin_destroy(t[k]);
    layout_finish(&l[k]);
  }
}

// A part that somebody dropped in its fall lies on the floor until it is picked up there: nobody has to be called, whether it is large, flat, or small and heavy.
static void test_dropped_is_picked_up(void **state) {
  (void)state;
  static const struct { const char *size, *mass; } part[] = {{"0.3, 0.2, 0.15", "2 kg"}, {"0.08, 0.06, 0.01", "0.2 kg"}, {"0.08, 0.06, 0.02", "0.3 kg"}, {"0.06, 0.06, 0.06", "2 kg"}};
  for (int i = 0; i < 4; i++) {
    char text[2048];
    snprintf(text, sizeof text,
             "takt: 1\nname: dropped\nfloor: {size: [12, 7], friction: 0.8}\nparts: {box: {shape: box, size: [%s], mass: %s}}\nstations:\n"
             "  from: {kind: source, makes: box, every: 12 s, at: [1.5, 2], size: [1, 1], facing: 0}\n  to: {kind: sink, at: [9.5, 2], size: [1, 1], facing: 180}\n"
             "  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}\n"
             "events: [{at: 24 s, do: push, what: crew-1, impulse: 120, direction: 90}, {at: 40 s, do: push, what: crew-1, impulse: 120, direction: 90},"
             " {at: 33 s, do: push, what: crew-2, impulse: 120, direction: 90}]\nrun: {fidelity: body, body_rate: 100}\n", part[i].size, part[i].mass);
    struct layout l;
    struct arena a;
    assert_true(arena_init(&a, (size_t)1 << 22));
    read_line(&l, text);
    struct twin *t = twin_of(&l, 1, 1);
    // who is pushed over asks for more than it has while it falls; nobody does in the squat
    twin_run(t, 41 * NS_SECOND);
    long before = measured(t, &l, &a).fleet[0].overloads;
    twin_run(t, 150 * NS_SECOND);
    struct sums s = measured(t, &l, &a);
    CHECK(s.fleet[0].drops, >, 0);
    CHECK(s.line.interventions, ==, 0);
    CHECK(s.line.made, >, 3);
    CHECK(s.fleet[0].overloads, ==, before);
    CHECK(twin_bodies(t).tips, <=, s.fleet[0].falls);
    if (twin_validate(t)) fail_msg("%s", twin_validate(t));
    arena_finish(&a);
    twin_destroy(t);
    layout_finish(&l);
  }
}

// Arms too weak to push it up: each time it falls it says so, lies for a minute with its drives off, is lifted and goes on.
static void test_who_cannot_get_up_is_lifted(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: dock\nfloor: {size: [30, 8]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 1000 s, at: [1.5, 2]}\n  to: {kind: sink, at: [28, 2]}\n"
    "  rest: {kind: dock, at: [15, 5], size: [4, 2], facing: 270, slots: 2}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1, home: rest}}\n"
    "events:\n  - {at: 1 s, do: push, what: crew-1, impulse: 60, direction: 40}\n  - {at: 100 s, do: push, what: crew-1, impulse: 60, direction: 200}\nrun: {fidelity: body, body_rate: 50}\n";
  struct layout l;
  char copy[sizeof text];
  memcpy(copy, text, sizeof text);
  read_line(&l, copy);
  struct twin *t = twin_of(&l, 1, 3);
  twin_run(t, NS_SECOND / 2);
  struct body_rows *k = t->body->rows[0];
  struct actuator *drives = (struct actuator *)(uintptr_t)k->kind.spec.actuator, kept[ROBOT_JOINTS_MAX];
  memcpy(kept, drives, sizeof *drives * (size_t)k->kind.model.joint_count);
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < k->kind.humanoid.arm[s].count; i++) drives[k->kind.humanoid.arm[s].joint[i]].torque_peak *= 0.2;
  for (int fall = 1; fall <= 2; fall++) {
    ns_t said = 0, fell = fall == 1 ? NS_SECOND : 100 * NS_SECOND;
    twin_run(t, fell + 6 * NS_SECOND);
    struct note note[64];
    int told = 0;
    for (int n = twin_notes(t, note, 64) - 1; n >= 0; n--) {
      if (!strstr(note[n].text, "R1 lies until somebody lifts it: ")) continue;
      said = note[n].at;
      told++;
      CHECK_HAS(note[n].text, "does not get up by itself: push up, ");
    }
    CHECK(told, ==, 1);
    CHECK(said > fell + NS_SECOND, ==, 1);
    for (ns_t at = fell + 6 * NS_SECOND; at < said + 59 * NS_SECOND; at += NS_SECOND) {
      twin_run(t, at);
      if (twin_validate(t)) fail_msg("%s", twin_validate(t));
      CHECK(t->robot[0].act, ==, ACT_FALLEN);
      // on its side it leans on an arm
      if (!(k->sample[0].base.position.z < 0.5)) fail_msg("it lies %g m high", k->sample[0].base.position.z);
      CHECK_NEAR(k->electrical[0], 0, 1e-9);
    }
    twin_run(t, said + 85 * NS_SECOND);
    if (twin_validate(t)) fail_msg("%s", twin_validate(t));
    CHECK(t->robot[0].act == ACT_FALLEN, ==, 0);
    if (!(k->sample[0].base.position.z > 0.7)) fail_msg("its pelvis is at %g m", k->sample[0].base.position.z);
    CHECK(k->upset[0].helpless, ==, 0);
  }
  memcpy(drives, kept, sizeof *drives * (size_t)k->kind.model.joint_count);
  twin_destroy(t);
  layout_finish(&l);
}

static uint64_t digest_of(const struct layout *l, int threads, const char *lanes) {
  if (lanes) setenv("TAKT_LANES", lanes, 1);
  else unsetenv("TAKT_LANES");
  struct twin *t = twin_of(l, threads, 5);
  twin_run(t, 60 * NS_SECOND);
  uint64_t d = twin_digest(t);
  twin_destroy(t);
  unsetenv("TAKT_LANES");
  return d;
}

// Pushed robots are the same bits on any number of threads and lanes.
static void test_same_bits(void **state) {
  (void)state;
  char text[16384], events[8192];
  struct layout l;
  pushed_events(events, sizeof events, 77, 20, 4, 50, false);
  pushed_line(text, sizeof text, "", "", events, RUN);
  read_line(&l, text);
  uint64_t first = digest_of(&l, 1, NULL);
  CHECK(digest_of(&l, 2, NULL), ==, first);
  CHECK(digest_of(&l, 1, "1"), ==, first);
  CHECK(digest_of(&l, 2, "4"), ==, first);
  layout_finish(&l);
}

static int setup(void **state) {
  (void)state;
  struct layout l;
  struct error e = {0};
  char text[4096];
  pushed_line(text, sizeof text, "", "", "  - {at: 1 s, do: push, what: crew-1, impulse: 5}\n", RUN);
  read_line(&l, text);
  kinds = kinds_load(&l, "assets", 2, &e);
  if (!kinds) fail_msg("%s", e.text);
  layout_finish(&l);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

int test_upset(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_thresholds), cmocka_unit_test(test_falls_keep_parts), cmocka_unit_test(test_same_bits), cmocka_unit_test(test_walks_on), cmocka_unit_test(test_dropped_is_picked_up), cmocka_unit_test(test_who_cannot_get_up_is_lifted), cmocka_unit_test(test_wear_heat_bumps)};
  return cmocka_run_group_tests_name("upset", tests, setup, teardown);
}
