// Footprints at body fidelity: in the first minute of layouts that we ship no two bodies lie in each other, step by step, but where slots are so near that they begin so.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/body.h"
#include "engine/sim/state.h"
#include "tests/check.h"

#define LENGTH 60                   // s
#define SWAYS  0.05                 // m      that a pelvis is beside the middle of its footprint as it walks
#define UP     0.02                 // m      that one goes up to its work where it stands, which nobody knows who walks by already

struct apart { double walk, one, stand; };   // s      pairs in each other: both walk, one does, both stand

static struct apart measure(const char *path) {
  const struct layout_override set[] = {{"run.fidelity", "body"}};
  struct twin_options o = twin_defaults();
  struct apart out = {0};
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  double at[16][2];
  bool walks[16];
  faults_init(&f, path, NULL, 0);
  if (layout_read_file(&l, path, set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  int n = 0;
  int32_t body[16];
  for (int32_t i = 0; i < t->robots && n < 16; i++)
    if (body_stepped(t, i)) body[n++] = i;
  ns_t step = NS_SECOND / l.run.body_rate;
  double *told[3] = {&out.stand, &out.one, &out.walk};
  for (ns_t now = step; now <= LENGTH * NS_SECOND; now += step) {
    CHECK(twin_run(t, now), ==, TWIN_RUNS);
    for (int i = 0; i < n; i++) {
      double heading, speed;
      body_position(t, body[i], at[i], &heading, &speed);
      walks[i] = speed > 0.02;
    }
    for (int i = 0; i < n; i++)
      for (int j = 0; j < i; j++) {
        double x = at[i][0] - at[j][0], y = at[i][1] - at[j][1], need = t->fleet[t->robot[body[i]].fleet].radius + t->fleet[t->robot[body[j]].fleet].radius - SWAYS - UP;
        if (x * x + y * y < need * need) *told[walks[i] + walks[j]] += ns_to_seconds(step);
      }
  }
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

static void test_bodies_in_each_other(void **state) {
  (void)state;
  static const char *const path[] = {"layouts/cell-sorting.yaml", "layouts/narrow-aisle.yaml", "layouts/shared-with-people.yaml", "layouts/kitting.yaml", "layouts/gearbox-assembly.yaml"};
  for (size_t k = 0; k < REPEATS(2, sizeof path / sizeof *path); k++) {
    struct apart a = measure(path[k]);
    print_message("%s, %d s: pairs in each other for %.1f s walking, %.1f s one of them, %.1f s standing\n", path[k], LENGTH, a.walk, a.one, a.stand);
    CHECK(a.walk + a.one + a.stand <= 0.2, ==, 1);
  }
}

int test_apart(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_bodies_in_each_other)};
  return cmocka_run_group_tests_name("apart", tests, NULL, NULL);
}
