// Choosing a grip: closed forms of quality and force, every limit by its threshold, motion of the whole scene, random scenes.
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "robots/grasp.h"
#include "robots/grip.h"
#include "tests/check.h"

#define MOST 32

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static const struct grip_hand hand = {.opening = 0.11, .thickness = 0.02, .width = 0.02, .length = 0.08, .patch = 0.006, .force_max = 60, .palm = 0.06};
static const struct grip_wish wish = {.tolerance = 0.003, .up = 3, .sideways = 0, .margin = 1.5, .shoulder = {0, 0, 0.4}, .reach = 0.6};
static const struct grip_room open_table = {0};

static struct grip_part box(double x, double y, double z, double mass, double mu) {
  return (struct grip_part){.shape = PART_BOX, .size = {x, y, z}, .mass = mass, .mu = mu};
}

// count and the first fault of one plan, with the hand and wish above
static enum grip_fault fault_of(const struct grip_part *part, const struct grip_pose *pose, const struct grip_hand *h, const struct grip_room *room, const struct grip_wish *w) {
  struct grip g[MOST];
  enum grip_fault why;
  int n = grip_plan(part, pose, h, room, w, g, MOST, &why);
  CHECK(n > 0, ==, why == GRIP_OK);
  return why;
}

static void test_box_is_taken_across(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "grip", "box", 0);
  for (int i = 0; i < 200; i++) {
    double mass = between(&s, 0.1, 1), mu = between(&s, 0.3, 1), a = between(&s, 0.03, 0.05), b = between(&s, 0.06, 0.09);
    struct grip_part part = box(a, b, 0.05, mass, mu);
    struct grip_pose pose = {between(&s, -0.2, 0.2), between(&s, -0.2, 0.2), 0, between(&s, -3, 3)};
    struct grip g[MOST];
    enum grip_fault why;
    CHECK(grip_plan(&part, &pose, &hand, &open_table, &wish, g, MOST, &why), >, 2);
    // the longer side gives the fingers the longer arm; through the centre of mass friction alone carries
    double radius = sqrt(a * a + b * b) / 2, arm = b / 2 / radius;
    CHECK_NEAR(g[0].width, b, 1e-12);
    CHECK_NEAR(g[0].quality, 1 / sqrt(1 + 1 / (mu * mu) + 1 / (arm * mu * arm * mu)), 1e-9);
    CHECK_NEAR(g[0].force, 1.5 * mass * (9.81 + 3) / (2 * mu), 1e-9);
    CHECK_NEAR(g[0].height, 0.025, 1e-15);
    // a hand that cannot span it takes the other sides
    struct grip_hand small = hand;
    small.opening = a + 0.01;
    CHECK(grip_plan(&part, &pose, &small, &open_table, &wish, g, MOST, &why), >, 0);
    CHECK_NEAR(g[0].width, a, 1e-12);
  }
}

static void test_every_limit_by_its_threshold(void **state) {
  (void)state;
  const struct grip_pose pose = {0, 0, 0, 0.4};
  struct grip_part part = {.shape = PART_SPHERE, .size = {0.06}, .mass = 0.3, .mu = 0.5};
  double needed = 1.5 * 0.3 * (9.81 + 3) / (2 * 0.5);
  for (int side = -1; side <= 1; side += 2) {
    double off = side * 1e-6;
    struct grip_hand h = hand;
    struct grip_wish w = wish;
    struct grip_part p = part;
    h.opening = 0.06 + 2 * 0.003 - off;
    CHECK(fault_of(&part, &pose, &h, &open_table, &wish), ==, side < 0 ? GRIP_OK : GRIP_WIDE);
    h = hand, h.force_max = needed - off;
    CHECK(fault_of(&part, &pose, &h, &open_table, &wish), ==, side < 0 ? GRIP_OK : GRIP_HEAVY);
    p.force_max = needed - off;
    CHECK(fault_of(&p, &pose, &hand, &open_table, &wish), ==, side < 0 ? GRIP_OK : GRIP_FRAGILE);
    h = hand, h.length = 0.03 - off;
    CHECK(fault_of(&part, &pose, &h, &open_table, &wish), ==, side < 0 ? GRIP_OK : GRIP_DEEP);
    h = hand, h.patch = 0.03 + off;
    CHECK(fault_of(&part, &pose, &h, &open_table, &wish), ==, side < 0 ? GRIP_OK : GRIP_SHALLOW);
    w.shoulder = v3(0, 0, 0.03 + 0.08 + 0.06 + 0.6 + off);
    CHECK(fault_of(&part, &pose, &hand, &open_table, &w), ==, side < 0 ? GRIP_OK : GRIP_FAR);
    // a ring of neighbours: circles all around at the distance that a finger needs
    double reach = 0.03 + 0.02 + 2 * 0.003, across = 0.01 + 0.003, corner = sqrt(reach * reach + across * across);
    struct outline pocket = outline_circle(0, 0, corner - off);
    CHECK(fault_of(&part, &pose, &hand, &(struct grip_room){.pocket = &pocket}, &wish), ==, side < 0 ? GRIP_OK : GRIP_CROWDED);
  }
  // an equilateral triangle: two sides lie at 30 deg to the closing line
  struct grip_part triangle = {.shape = PART_PRISM, .size = {0, 0, 0.05}, .mass = 0.05, .corners = 3};
  for (int i = 0; i < 3; i++) m_sincos(2 * M_PI_D * i / 3, &triangle.corner[i][1], &triangle.corner[i][0]), triangle.corner[i][0] *= 0.04, triangle.corner[i][1] *= 0.04;
  assert_true(outline_is_convex((const double (*)[2])triangle.corner, 3));
  triangle.mu = tan(M_PI_D / 6) * 0.999;
  CHECK(fault_of(&triangle, &pose, &hand, &open_table, &wish), ==, GRIP_SLIPPERY);
  triangle.mu = 0.8;
  struct grip g[MOST];
  enum grip_fault why;
  CHECK(grip_plan(&triangle, &pose, &hand, &open_table, &wish, g, MOST, &why), >, 0);
  CHECK_NEAR(g[0].slant, M_PI_D / 6, 1e-12);
}

// of two ways to take a long box, the neighbour beside it leaves one
static void test_neighbour_turns_the_grip(void **state) {
  (void)state;
  struct grip_part part = box(0.09, 0.04, 0.05, 0.2, 0.6);
  struct grip_pose pose = {0, 0, 0, 0};
  struct grip g[MOST];
  enum grip_fault why;
  CHECK(grip_plan(&part, &pose, &hand, &open_table, &wish, g, MOST, &why), >, 0);
  CHECK_NEAR(fabs(g[0].along[0]), 1, 1e-12);
  struct outline neighbour[2] = {outline_rectangle(0.045 + 0.02 + 0.06, 0, 0, 0.12, 0.12), outline_rectangle(0, 0.02 + 0.02 + 0.06, 0, 0.08, 0.12)};
  CHECK(grip_plan(&part, &pose, &hand, &(struct grip_room){.neighbour = neighbour, .neighbours = 1}, &wish, g, MOST, &why), >, 0);
  CHECK_NEAR(fabs(g[0].along[1]), 1, 1e-12);
  CHECK(fault_of(&part, &pose, &hand, &(struct grip_room){.neighbour = neighbour, .neighbours = 2}, &wish), ==, GRIP_CROWDED);
}

static struct grip_part random_part(struct stream *s) {
  struct grip_part p = {.shape = (enum grip_shape)(4 * stream_unit(s)), .mass = between(s, 0.05, 1), .mu = between(s, 0.2, 1)};
  for (int k = 0; k < 3; k++) p.size[k] = between(s, 0.02, 0.12);
  p.corners = 3 + (int)(8 * stream_unit(s));
  double r = between(s, 0.02, 0.06);
  for (int i = 0; i < p.corners; i++) {
    double sine, cosine;
    m_sincos(2 * M_PI_D * (i + between(s, -0.2, 0.2)) / p.corners, &sine, &cosine);
    p.corner[i][0] = r * cosine, p.corner[i][1] = r * sine;
  }
  return p;
}

// all that is promised of each grip; and the same grips when the scene is turned and moved
static void test_random_scenes(void **state) {
  (void)state;
  struct stream s = stream_make(2, 1, "grip", "scenes", 0);
  int found = 0, faults[GRIP_FAULT_COUNT] = {0};
  for (int i = 0; i < 3000; i++) {
    struct grip_part part = random_part(&s);
    struct grip_pose pose = {0, 0, between(&s, -0.1, 0.1), between(&s, -3, 3)}, moved = pose;
    struct outline near[2], near_moved[2];
    double turn = between(&s, -3, 3), sine, cosine, x = between(&s, -1, 1), y = between(&s, -1, 1);
    m_sincos(turn, &sine, &cosine);
    for (int k = 0; k < 2; k++) {
      double a = between(&s, 0, 6), d = between(&s, 0.05, 0.1), px = d * m_cos(a), py = d * m_sin(a), yaw = between(&s, 0, 3);
      near[k] = k ? outline_circle(px, py, 0.03) : outline_rectangle(px, py, yaw, 0.06, 0.04);
      near_moved[k] = k ? outline_circle(x + cosine * px - sine * py, y + sine * px + cosine * py, 0.03)
                        : outline_rectangle(x + cosine * px - sine * py, y + sine * px + cosine * py, yaw + turn, 0.06, 0.04);
    }
    struct grip_wish w = wish, w_moved = wish;
    w.shoulder = v3(0.3, 0, 0.4), w_moved.shoulder = v3(x + cosine * 0.3, y + sine * 0.3, 0.4);
    moved.x = x, moved.y = y, moved.yaw += turn;
    struct grip g[MOST], h[MOST];
    enum grip_fault why, why_moved;
    int n = grip_plan(&part, &pose, &hand, &(struct grip_room){.neighbour = near, .neighbours = 2}, &w, g, MOST, &why);
    int m = grip_plan(&part, &moved, &hand, &(struct grip_room){.neighbour = near_moved, .neighbours = 2}, &w_moved, h, MOST, &why_moved);
    faults[why]++;
    if (part.shape == PART_BOX || part.shape == PART_PRISM) {
      CHECK(n, ==, m);
      CHECK(why, ==, why_moved);
      if (n > 0) CHECK_NEAR(g[0].quality, h[0].quality, 1e-8);
      if (n > 0) CHECK_NEAR(g[0].force, h[0].force, 1e-6 * g[0].force);
    }
    found += n > 0;
    for (int k = 0; k < n; k++) {
      assert_true(g[k].width + 2 * w.tolerance <= hand.opening && g[k].force <= hand.force_max && g[k].quality > 0);
      if (k > 0) assert_true(g[k].quality <= g[k - 1].quality + 1e-9 * MOST);
      // the contacts lie on the outline: none is inside or outside by more than rounding
      struct outline o = grip_outline(&part, &pose);
      for (int c = 0; c < 2; c++) {
        struct outline dot = outline_rectangle(g[k].contact[c][0], g[k].contact[c][1], 0, 1e-7, 1e-7);
        assert_true(outlines_overlap(&o, &dot) && !outline_holds(&o, &dot));
      }
    }
  }
  CHECK(found, >, 500);
  CHECK(faults[GRIP_WIDE], >, 10);
  CHECK(faults[GRIP_CROWDED], >, 10);
  CHECK(faults[GRIP_SLIPPERY], >, 10);
}

// overlap against points of a fine grid
static void test_overlap_by_points(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "grip", "outlines", 0);
  int overlap = 0, shapes = 0;
  for (int i = 0; i < 400; i++) {
    struct outline o[2];
    for (int k = 0; k < 2; k++) {
      struct grip_part p = random_part(&s);
      struct grip_pose pose = {between(&s, -0.06, 0.06), between(&s, -0.06, 0.06), 0, between(&s, -3, 3)};
      o[k] = grip_outline(&p, &pose);
      shapes |= 1 << (o[k].corners > 0 ? 1 : 0);
    }
    int common = 0;
    for (int a = 0; a < 100; a++)
      for (int b = 0; b < 100; b++) {
        struct outline dot = outline_rectangle(-0.15 + 0.003 * a, -0.15 + 0.003 * b, 0, 1e-9, 1e-9);
        common += outline_holds(&o[0], &dot) && outline_holds(&o[1], &dot);
      }
    bool meet = outlines_overlap(&o[0], &o[1]);
    CHECK(meet, ==, outlines_overlap(&o[1], &o[0]));
    if (common > 0) assert_true(meet);
    if (common == 0 && meet) overlap++;                     // a sliver between the points of the grid
  }
  CHECK(shapes, ==, 3);
  CHECK(overlap, <, 20);
}

int test_grip(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_box_is_taken_across),
    cmocka_unit_test(test_every_limit_by_its_threshold),
    cmocka_unit_test(test_neighbour_turns_the_grip),
    cmocka_unit_test(test_random_scenes),
    cmocka_unit_test(test_overlap_by_points),
  };
  return cmocka_run_group_tests_name("grip", tests, NULL, NULL);
}
