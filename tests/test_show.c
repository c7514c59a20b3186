// The picture of a run: what stands where it counts.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/decisions.h"
#include "engine/sim/body.h"
#include "engine/sim/explain.h"
#include "engine/sim/twin.h"
#include "engine/world/scene.h"
#include "tests/check.h"

static const char hall[] =
  "takt: 1\nname: x\nfloor: {size: [14, 6]}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, every: 25 s, at: [1, 4.5], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 1.5], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [5, 1.2], size: [3, 0.6], slots: 4}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest}}\n";

// A wall with one door that lets one through at a time, work on both sides of it.
static const char door[] =
  "takt: 1\nname: x\nfloor: {size: [14, 6], walls: [[[7, 0], [7, 2.5]], [[7, 3.4], [7, 6]]]}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 4.5], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 1.5], size: [1, 1], facing: 180}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 4}}\n";

struct watched { struct layout layout; struct twin *twin; struct arena arena; struct scene scene; };

static void open_told(struct watched *w, const char *text, const char *fidelity, const char *policy, const struct explain *x) {
  const struct layout_override set[] = {{"run.fidelity", fidelity}, {"scheduler.policy", policy}};
  struct twin_options o = twin_defaults();
  struct faults f;
  struct error e = {0};
  memset(w, 0, sizeof *w);
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(&w->layout, "line", text, strlen(text), set, policy ? 2 : 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  o.explain = x;
  w->twin = twin_create(&w->layout, &o, &e);
  if (!w->twin) fail_msg("%s", e.text);
  assert_true(arena_init(&w->arena, (size_t)1 << 26) && scene_make(&w->scene, &w->layout, &w->arena));
}

static void open_hall(struct watched *w, const char *text, const char *fidelity) { open_told(w, text, fidelity, NULL, NULL); }

static void close_hall(struct watched *w) {
  arena_finish(&w->arena);
  twin_destroy(w->twin);
  layout_finish(&w->layout);
}

// A dock counts those who stand in it: all that are idle, and nobody else.
static void test_dock_counts(void **state) {
  (void)state;
  static const char *const fidelity[] = {"event", "motion"};
  for (int k = 0; k < 2; k++) {
    struct watched w;
    int all = 0, some = 0;
    open_hall(&w, hall, fidelity[k]);
    for (int n = 0; n < 600; n++) {
      int idle = 0;
      twin_run(w.twin, n * (NS_SECOND / 5));
      twin_scene(w.twin, &w.scene);
      for (int i = 0; i < w.scene.robots.n; i++) idle += w.scene.robots.cause[i] == ROBOT_IDLE && w.scene.robots.pose[i] == POSE_STAND;
      CHECK(w.scene.stations.count[2], ==, idle);
      all += idle == 4;
      some += idle < 4;
    }
    CHECK(all, >, 0);
    CHECK(some, >, 0);
    close_hall(&w);
  }
}

static double left_of(const struct scene_robots *r, int i) {
  const float *a = r->pos[i];
  double left = 0;
  for (int k = 0; k < r->legs[i]; k++) {
    left += hypot((double)(r->way[i][k][0] - a[0]), (double)(r->way[i][k][1] - a[1]));
    a = r->way[i][k];
  }
  return left;
}

// The way of who walks is as long as it takes it at its speed, ends where it comes to stand, and nobody else has one.
static void test_ways_end(void **state) {
  (void)state;
  struct watched w;
  float end[4][2] = {{0}};
  double left[4] = {0};
  int walks = 0, arrived = 0;
  open_hall(&w, door, "event");
  for (int n = 0; n < 1800; n++) {
    twin_run(w.twin, n * (NS_SECOND / 10));
    twin_scene(w.twin, &w.scene);
    const struct scene_robots *r = &w.scene.robots;
    for (int i = 0; i < r->n; i++) {
      if (r->legs[i] == 0) {
        CHECK(r->speed[i] > 0, ==, 0);
        arrived += left[i] > 0;
        if (left[i] > 0) CHECK_NEAR(hypot((double)(r->pos[i][0] - end[i][0]), (double)(r->pos[i][1] - end[i][1])), 0, 0.02);
        left[i] = 0;
        continue;
      }
      double now = left_of(r, i);
      const float *last = r->way[i][r->legs[i] - 1];
      if (left[i] > 0 && last[0] == end[i][0] && last[1] == end[i][1]) {
        CHECK_NEAR(left[i] - now, (double)r->speed[i] * 0.1, 0.002);
        walks++;
      }
      left[i] = now;
      memcpy(end[i], last, sizeof end[i]);
    }
  }
  CHECK(walks, >, 500);
  CHECK(arrived, >, 10);
  close_hall(&w);
}

// At a door for one, somebody waits for another one who is there, and what is kept free lies on the way of who keeps it.
static void test_waits_have_a_cause(void **state) {
  (void)state;
  struct watched w;
  int waits = 0, keeps = 0;
  open_hall(&w, door, "motion");
  for (int n = 0; n < 1800; n++) {
    twin_run(w.twin, n * (NS_SECOND / 10));
    twin_scene(w.twin, &w.scene);
    const struct scene_robots *r = &w.scene.robots;
    for (int i = 0; i < r->n; i++) {
      if (r->waits[i] >= 0) {
        waits++;
        CHECK(r->waits[i], >=, 1);
        CHECK(r->waits[i], <=, 4);
        CHECK(r->waits[i], !=, (int32_t)r->id[i]);
      }
      if (r->kept[i][0] < 0) continue;
      keeps++;
      CHECK(r->legs[i], >, 0);
      CHECK(r->kept[i][0] > r->kept[i][1], ==, 1);
      CHECK(r->kept[i][1] >= 0 && (double)r->kept[i][1] < left_of(r, i) + 1, ==, 1);
    }
  }
  CHECK(waits, >, 20);
  CHECK(keeps, >, 20);
  close_hall(&w);
}

// Who walks with a part holds it by a grip that is known, as wide as the part is where fingers hold it; who walks without holds nothing.
static void test_hands_hold(void **state) {
  (void)state;
  struct watched w;
  struct body_view v;
  int holds = 0, empty = 0;
  open_hall(&w, hall, "body");
  for (int n = 0; n < 500; n++) {
    twin_run(w.twin, n * (NS_SECOND / 10));
    twin_scene(w.twin, &w.scene);
    for (int i = 0; i < w.scene.robots.n; i++) {
      body_look(w.twin, i, &v);
      if (!v.walks) continue;
      CHECK(v.holds, ==, w.scene.robots.held[i] >= 0);
      holds += v.holds;
      empty += !v.holds;
      if (!v.holds) continue;
      const double *size = w.layout.parts[0].size;
      if (v.grip.both) CHECK(v.grip.force > 0, ==, 1);
      else {
        double least = size[0] < size[1] ? size[0] : size[1], most = size[0] > size[1] ? size[0] : size[1];
        CHECK(v.grip.width >= least - 1e-9 && v.grip.width <= most * 1.4143, ==, 1);
        CHECK(v.grip.force > 0 && v.grip.mu > 0 && v.grip.quality > 0, ==, 1);
      }
    }
  }
  CHECK(holds, >, 20);
  CHECK(empty, >, 20);
  close_hall(&w);
}

struct heard { int given, right; };

static bool wants_first(void *context, uint32_t robot) {
  (void)context;
  return robot <= 2;
}

static void hear(void *context, const struct explanation *x) {
  struct heard *h = context;
  char name[16];
  int wins = 0;
  CHECK(x->kind, ==, EXPLAIN_GIVEN);
  CHECK(x->robot, <=, 2);
  snprintf(name, sizeof name, "R%u", x->robot);
  for (int k = 0; k < x->count; k++) {
    wins += x->candidate[k].wins;
    h->right += x->candidate[k].wins && strcmp(x->candidate[k].robot, name) == 0;
  }
  CHECK(wins, ==, 1);
  h->given++;
}

// Only what was asked for is told, each with one who wins; and being told changes nothing.
static void test_decisions_of_some(void **state) {
  (void)state;
  static const char *const policy[] = {"nearest", "lookahead"};
  for (int k = 0; k < 2; k++) {
    uint64_t digest[2];
    for (int told = 0; told < 2; told++) {
      struct watched w;
      struct heard h = {0};
      struct explain x = {.until = NS_NEVER, .wants = wants_first, .tell = hear, .context = &h};
      open_told(&w, door, "event", policy[k], told ? &x : NULL);
      twin_run(w.twin, 240 * NS_SECOND);
      digest[told] = twin_digest(w.twin);
      if (told) CHECK(h.given, >=, 5);
      CHECK(h.right, ==, h.given);
      close_hall(&w);
    }
    CHECK(digest[0] == digest[1], ==, 1);
  }
}

struct log { int given, waits, changes; };

static void note(void *context, const struct explanation *x) {
  struct log *l = context;
  l->given += x->kind == EXPLAIN_GIVEN;
  l->waits += x->kind == EXPLAIN_WAITS;
  l->changes += x->kind == EXPLAIN_JOB;
}

// Two who ask are each told what they are told alone: one of some robots all the time, one of everything for a while.
static void test_several_ask(void **state) {
  (void)state;
  struct log alone[2] = {0}, together[2] = {0};
  for (int pass = 0; pass < 3; pass++) {
    struct watched w;
    struct log *to = pass == 2 ? together : alone;
    struct explain all = {.from = 60 * NS_SECOND, .until = 120 * NS_SECOND, .tell = note, .context = &to[1]};
    struct explain some = {.until = NS_NEVER, .wants = wants_first, .tell = note, .context = &to[0], .next = pass == 2 ? &all : NULL};
    open_told(&w, door, "event", "nearest", pass == 1 ? &all : &some);
    twin_run(w.twin, 240 * NS_SECOND);
    close_hall(&w);
  }
  CHECK(alone[0].given, >, 0);
  CHECK(alone[0].changes, ==, 0);
  CHECK(alone[1].given, >, 0);
  CHECK(alone[1].changes, >, 0);
  assert_memory_equal(alone, together, sizeof alone);
}

// The newest eight are kept, and who is looked at again is new.
static void test_looks(void **state) {
  (void)state;
  struct looks l = {0};
  for (uint32_t k = 1; k <= LOOKS_MAX; k++) looks_add(&l, k);
  looks_add(&l, 1);
  looks_add(&l, 0);
  looks_add(&l, 99);
  CHECK(l.robot[0], ==, 99);
  CHECK(l.robot[1], ==, 1);
  CHECK(looks_has(&l, 1), ==, true);
  CHECK(looks_has(&l, 2), ==, false);
  CHECK(looks_has(&l, 3), ==, true);
  CHECK(looks_has(&l, 0), ==, false);
}

int test_show(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_dock_counts), cmocka_unit_test(test_ways_end), cmocka_unit_test(test_waits_have_a_cause), cmocka_unit_test(test_decisions_of_some),
                                     cmocka_unit_test(test_hands_hold), cmocka_unit_test(test_several_ask), cmocka_unit_test(test_looks)};
  return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
