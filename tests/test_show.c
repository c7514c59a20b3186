// The picture of a run: what stands where it counts.
#include <stdlib.h>
#include <string.h>

#include "engine/sim/twin.h"
#include "engine/world/scene.h"
#include "tests/check.h"

static const char hall[] =
  "takt: 1\nname: x\nfloor: {size: [14, 6]}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, every: 25 s, at: [1, 4.5], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 1.5], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [5, 1.2], size: [3, 0.6], slots: 4}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest}}\n";

struct watched { struct layout layout; struct twin *twin; struct arena arena; struct scene scene; };

static void open_hall(struct watched *w, const char *fidelity) {
  const struct layout_override set = {"run.fidelity", fidelity};
  struct twin_options o = twin_defaults();
  struct faults f;
  struct error e = {0};
  memset(w, 0, sizeof *w);
  faults_init(&f, "line", hall, strlen(hall));
  if (layout_read_text(&w->layout, "line", hall, strlen(hall), &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  w->twin = twin_create(&w->layout, &o, &e);
  if (!w->twin) fail_msg("%s", e.text);
  assert_true(arena_init(&w->arena, (size_t)1 << 26) && scene_make(&w->scene, &w->layout, &w->arena));
}

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
    open_hall(&w, fidelity[k]);
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

int test_show(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_dock_counts)};
  return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
