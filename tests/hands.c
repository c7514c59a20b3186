#include "tests/hands.h"

struct kind       kind;
struct reacher    reacher;
struct reach_pose standing;
double            foot[2];

const struct grip_part cube = {.shape = PART_BOX, .size = {0.06, 0.06, 0.06}, .mass = 0.3, .mu = 0.5};

int hands_load(void **state) {
  (void)state;
  struct error e = {0};
  CHECK(kind_load_body(&kind, "assets/robots/optimus-gen2", &e), ==, STATUS_OK);
  CHECK(reacher_make(&reacher, &kind.humanoid, &kind.spec, &e), ==, STATUS_OK);
  CHECK(reach_standing(&reacher, 0, &standing, foot, &e), ==, STATUS_OK);
  return 0;
}

int hands_unload(void **state) {
  (void)state;
  kind_finish(&kind);
  return 0;
}

struct handling_wish pick_wish(const struct grip_part *part, double height) {
  struct handling_wish w = handling_wish_defaults();
  w.part = part;
  w.from = &standing;
  w.foot[0] = foot[0], w.foot[1] = foot[1];
  w.pick.at = v3(0.45, -0.25, height);
  w.place.at = v3(0.45, 0.05, height);
  return w;
}
