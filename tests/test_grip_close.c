// Acting on what was seen: grips hold without error, fail at their thresholds, and succeed as often as the normal says.
#include <math.h>

#include "base/random.h"
#include "robots/grip_close.h"
#include "robots/sight.h"
#include "tests/check.h"

#define MOST 16

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static const struct grip_hand hand = {.opening = 0.11, .thickness = 0.02, .width = 0.02, .length = 0.08, .patch = 0.006, .force_max = 60, .palm = 0.06};
static const struct grip_wish wish = {.tolerance = 0.003, .up = 3, .sideways = 0, .margin = 1.5, .shoulder = {0, 0, 0.4}, .reach = 0.6};
static const struct grip_room open_table = {0};

static int plan(const struct grip_part *part, const struct grip_pose *pose, const struct grip_wish *w, struct grip *g) {
  enum grip_fault why;
  return grip_plan(part, pose, &hand, &open_table, w, g, MOST, &why);
}

static void test_no_error_no_failure(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "close", "parts", 0);
  int grips = 0;
  for (int i = 0; i < 2000; i++) {
    struct grip_part part = {.shape = (enum grip_shape)(4 * stream_unit(&s)), .mass = between(&s, 0.05, 0.8), .mu = between(&s, 0.3, 1), .corners = 3 + (int)(6 * stream_unit(&s))};
    for (int k = 0; k < 3; k++) part.size[k] = between(&s, 0.02, 0.1);
    for (int k = 0; k < part.corners; k++) {
      m_sincos(2 * M_PI_D * k / part.corners, &part.corner[k][1], &part.corner[k][0]);
      part.corner[k][0] *= part.size[0] / 2, part.corner[k][1] *= part.size[0] / 2;
    }
    struct grip_pose pose = {between(&s, -0.1, 0.1), between(&s, -0.1, 0.1), between(&s, 0, 0.2), between(&s, -3, 3)};
    struct grip_wish w = wish;
    w.margin = 1;
    struct grip g[MOST], got;
    int n = plan(&part, &pose, &w, g);
    for (int k = 0; k < n; k++, grips++) {
      // fingers near a corner of a slanted side may come down on the next side: open wide
      double gap = g[k].slant > 1e-9 ? (hand.opening - g[k].width) / 2 : w.tolerance;
      enum grip_outcome o = grip_close(&part, &pose, &hand, &w, &g[k], gap, &got);
      if (g[k].slant < 1e-9) {
        if (o != CLOSE_HELD) fail_msg("case %d, grip %d: %s", i, k, grip_outcome_text(o));
        CHECK_NEAR(got.width, g[k].width, 1e-12);
      } else assert_true(o == CLOSE_HELD || o == CLOSE_STRUCK);
    }
  }
  CHECK(grips, >, 1000);
}

// a box seen beside where it lies: the outcome changes where geometry and friction say
static void test_thresholds(void **state) {
  (void)state;
  const struct grip_part part = {.shape = PART_BOX, .size = {0.06, 0.07, 0.05}, .mass = 0.4, .mu = 0.5};
  const struct grip_pose truth = {0, 0, 0, 0};
  struct grip g[MOST];
  assert_true(plan(&part, &truth, &wish, g) > 0);
  CHECK_NEAR(fabs(g[0].along[1]), 1, 1e-12);                // across the shorter sides, 7 cm apart
  double gap = 0.003, arm = grip_arm_max(&part, &hand, &wish, g[0].force), high = 0.025 - hand.patch;
  CHECK_NEAR(arm, 2.0 / 3 * hand.patch * sqrt(1.5 * 1.5 - 1), 1e-15);
  for (int side = -1; side <= 1; side += 2)
    for (int way = -1; way <= 1; way += 2) {
      double off = 1 + 1e-6 * way;
      struct { struct grip_pose seen; enum grip_outcome beyond; } c[] = {
        {{0, side * gap * off, 0, 0}, CLOSE_STRUCK},
        {{side * arm * off, 0, 0, 0}, CLOSE_SLIPPED},
        {{0, 0, side * high * off, 0}, side > 0 ? CLOSE_MISSED : CLOSE_STRUCK},
      };
      for (int i = 0; i < 3; i++) {
        assert_true(plan(&part, &c[i].seen, &wish, g) > 0);
        CHECK(grip_close(&part, &truth, &hand, &wish, &g[0], gap, NULL), ==, way < 0 ? CLOSE_HELD : c[i].beyond);
      }
    }
  assert_true(plan(&part, &(struct grip_pose){0.0301, 0, 0, 0}, &wish, g) > 0);
  CHECK(grip_close(&part, &truth, &hand, &wish, &g[0], gap, NULL), ==, CLOSE_MISSED);
  // a slippery wedge of a view: the box turned by more than its friction
  assert_true(plan(&part, &(struct grip_pose){0, 0, 0, 0.5}, &wish, g) > 0);
  CHECK(grip_close(&part, &truth, &hand, &wish, &g[0], 0.02, NULL), ==, CLOSE_SQUEEZED);
}

// share held of many looks, each planned on what was seen
static double held_share(const struct grip_part *part, const struct sight_sigmas *sigmas, double gap, int looks, uint32_t which) {
  const struct grip_pose truth = {0, 0, 0, 0};
  struct stream random = stream_make(5, 1, "close", "looks", which);
  struct grip g[MOST];
  int held = 0;
  for (int i = 0; i < looks; i++) {
    struct sighting look = sight_look(sigmas, &random);
    struct grip_pose seen = {look.across, look.along, look.depth, look.yaw};
    if (!look.found || look.wrong || plan(part, &seen, &wish, g) == 0) continue;
    held += grip_close(part, &truth, &hand, &wish, &g[0], gap, NULL) == CLOSE_HELD;
  }
  return (double)held / looks;
}

static void test_success_meets_the_closed_form(void **state) {
  (void)state;
  const struct grip_part part = {.shape = PART_BOX, .size = {0.06, 0.07, 0.05}, .mass = 0.4, .mu = 0.5};
  struct sight s = sight_defaults();
  struct grip g[MOST];
  plan(&part, &(struct grip_pose){0}, &wish, g);
  const int looks = 4000;
  s.yaw = 0, s.depth = 8e-3;                                // errors that the closed form holds one by one
  uint32_t which = 0;
  for (double distance = 0.4; distance < 2.2; distance *= 1.5)
    for (double speed = 0; speed < 0.5; speed += 0.4) {
      struct sight_sigmas sigmas = sight_sigmas(&s, &(struct view){distance, speed, 0.2});
      struct sight_tolerance t = {0.003, grip_arm_max(&part, &hand, &wish, g[0].force), 0.025 - hand.patch, 1};
      double p = sight_success(&sigmas, &t), share = held_share(&part, &sigmas, 0.003, looks, which++);
      CHECK_NEAR(share, p, 5 * sqrt(p * (1 - p) / looks) + 1e-3);
    }
}

// the same looks: 1 mm less beside the part, or a worse eye, and more picks fail
static void test_what_makes_picks_fail(void **state) {
  (void)state;
  struct grip_part part = {.shape = PART_BOX, .size = {0.06, 0.07, 0.05}, .mass = 0.4, .mu = 0.5};
  struct sight s = sight_defaults();
  struct sight_sigmas near = sight_sigmas(&s, &(struct view){0.6, 0, 0}), far = sight_sigmas(&s, &(struct view){1.2, 0, 0});
  double usual = held_share(&part, &near, 0.003, 4000, 0), tight = held_share(&part, &near, 0.002, 4000, 0), away = held_share(&part, &far, 0.003, 4000, 0);
  assert_true(usual > tight + 0.02 && usual > away + 0.1);
}

// What is said to be sure is: no error within it is anything but a hold; and it is most of what holds.
static void test_what_is_sure_holds(void **state) {
  (void)state;
  struct stream random = stream_make(5, 1, "close", "sure", 0);
  int sure_count = 0, held = 0, grips = 0, balls = 0;
  for (int i = 0; i < 80; i++) {
    struct grip_part part = {.shape = i % 4 == 0 ? PART_CYLINDER : i % 4 == 1 ? PART_BOX : i % 4 == 2 ? PART_PRISM : PART_SPHERE, .mass = 0.1 + 0.3 * stream_unit(&random), .mu = 0.3 + 0.4 * stream_unit(&random)};
    for (int k = 0; k < 3; k++) part.size[k] = 0.03 + 0.04 * stream_unit(&random);
    part.corners = 5;
    for (int k = 0; k < 5; k++) m_sincos(2 * M_PI_D * (k + 0.3 * stream_unit(&random)) / 5, &part.corner[k][1], &part.corner[k][0]);
    for (int k = 0; k < 5; k++) part.corner[k][0] *= 0.03, part.corner[k][1] *= 0.03;
    const struct grip_pose pose = {0, 0, 0, stream_unit(&random)};
    struct grip_wish w = wish;
    struct grip g[MOST];
    w.margin = 3;
    if (plan(&part, &pose, &w, g) == 0) continue;
    grips++;
    double gap = 0.002 + 0.004 * stream_unit(&random);
    struct grip_sure sure = grip_surely(&part, &pose, &hand, &w, &g[0], gap, 0.03, 0.008);
    for (int n = 0; n < 400; n++) {
      double e[4], turn;
      for (int k = 0; k < 4; k++) e[k] = 2 * stream_unit(&random) - 1;
      struct grip_pose truth = {0.006 * e[0], 0.006 * e[1], 0.01 * e[2], pose.yaw + (turn = 0.04 * e[3])};
      bool holds = grip_close(&part, &truth, &hand, &w, &g[0], gap, NULL) == CLOSE_HELD;
      bool said = sqrt(truth.x * truth.x + truth.y * truth.y) + sure.radius * fabs(turn) <= sure.moved && fabs(turn) <= sure.turned && truth.floor >= sure.low && truth.floor <= sure.high;
      if (said) assert_true(holds);
      sure_count += said, balls += said && part.shape == PART_SPHERE;
      held += holds;
    }
  }
  assert_true(grips > 40);
  assert_true(sure_count > held / 5);
  assert_true(balls > 100);
}

// Fingertips that stand on the floor: its height does not matter, what is above them counts as if it were beside, and the whole of a thin part's side holds.
static void test_fingertips_that_stand_on_the_floor(void **state) {
  (void)state;
  const struct grip_pose truth = {0, 0, 0, 0};
  for (double full = 0.007; full < 0.024; full += 0.002) {
    struct grip_part part = {.shape = PART_BOX, .size = {0.06, 0.07, full}, .mass = 0.4, .mu = 0.5};
    struct grip_hand standing = hand;
    struct grip g[MOST];
    enum grip_fault why;
    standing.rests = hand.patch;
    standing.patch = fmin(hand.patch, full / 2);
    double above = fmax(0, full / 2 - hand.patch);
    CHECK_NEAR(grip_above(&part, &standing), above, 1e-15);
    int n = grip_plan(&part, &truth, &standing, &open_table, &wish, g, MOST, &why);
    assert_true(n > 0);
    CHECK_NEAR(g[0].height, hand.patch, 0);
    // closed through the centre of mass, the twist is the one of what is above: (F / 2 mu N)^2 + (F above / (2 (2/3) mu a N))^2 = 1 without the margin
    double weight = 0.4 * (9.81 + 3), shear = weight / (2 * 0.5), twist = weight * above / (2 * 2.0 / 3 * 0.5 * standing.patch);
    CHECK_NEAR(g[0].force, 1.5 * sqrt(shear * shear + twist * twist), 1e-9 * g[0].force);
    double all = grip_arm_max(&part, &standing, &wish, g[0].force), arm = sqrt(all * all - above * above), gap = 0.003;
    struct grip_sure sure = grip_surely(&part, &truth, &standing, &wish, &g[0], gap, 0, 0);
    ORDER(sure.moved, <=, arm);
    for (int way = -1; way <= 1; way += 2) {
      struct grip_pose seen = {arm * (1 + 1e-6 * way), 0, 0, 0};
      struct grip moved = g[0];
      for (int i = 0; i < 2; i++) moved.contact[i][0] += seen.x;
      for (double floor = -0.05; floor < 0.06; floor += 0.01)
        CHECK(grip_close(&part, &(struct grip_pose){0, 0, floor, 0}, &standing, &wish, &moved, gap, NULL), ==, way < 0 ? CLOSE_HELD : CLOSE_SLIPPED);
    }
  }
  // their middle must be on it
  for (int way = -1; way <= 1; way += 2) {
    struct grip_part part = {.shape = PART_BOX, .size = {0.06, 0.07, hand.patch + way * 1e-6}, .mass = 0.1, .mu = 0.5};
    struct grip_hand standing = hand;
    struct grip g[MOST];
    enum grip_fault why;
    standing.rests = hand.patch, standing.patch = hand.patch / 2;
    grip_plan(&part, &truth, &standing, &open_table, &wish, g, MOST, &why);
    CHECK(why, ==, way > 0 ? GRIP_OK : GRIP_SHALLOW);
  }
}

int test_grip_close(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_no_error_no_failure),
    cmocka_unit_test(test_thresholds),
    cmocka_unit_test(test_success_meets_the_closed_form),
    cmocka_unit_test(test_what_makes_picks_fail),
    cmocka_unit_test(test_what_is_sure_holds),
    cmocka_unit_test(test_fingertips_that_stand_on_the_floor),
  };
  return cmocka_run_group_tests_name("grip_close", tests, NULL, NULL);
}
