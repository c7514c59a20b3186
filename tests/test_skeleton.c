// The drawn body: support polygons by their geometry, the ramp, and pictures of any pose.
#include <math.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/random.h"
#include "tests/check.h"
#include "viewer/plate.h"

// two soles, 0.3 m long and 0.1 m wide, one beside the other or a step ahead
static void stand(struct skeleton_pose *p, float ahead, float apart) {
  *p = (struct skeleton_pose){.feet = true, .contact = {true, true}};
  for (int f = 0; f < 2; f++)
    for (int k = 0; k < 6; k++) {
      static const float along[6] = {0, .2f, .3f, .3f, .2f, 0};
      p->sole[f][k][0] = along[k] + (f ? 0 : ahead);
      p->sole[f][k][1] = (f ? -apart : apart) / 2 + (k < 3 ? .05f : -.05f) * (f ? -1.0f : 1.0f);
    }
}

static float area(float q[12][2], int n) {
  float a = 0;
  for (int i = 0; i < n; i++) {
    int k = (i + 1) % n;
    a += (q[i][0] * q[k][1] - q[k][0] * q[i][1]) / 2;
  }
  return a;
}

static void test_support(void **state) {
  (void)state;
  struct skeleton_pose p;
  float q[12][2];
  stand(&p, 0, .2f);
  CHECK(skeleton_support(&p, q), ==, 4);                        // a rectangle 0.3 by 0.3 m, corners on an edge left out
  CHECK_NEAR((double)area(q, 4), 0.09, 1e-6);
  p.contact[1] = false;
  CHECK(skeleton_support(&p, q), ==, 4);
  CHECK_NEAR((double)area(q, 4), 0.03, 1e-6);
  // a step ahead: both soles and the parallelogram between their sides
  stand(&p, .4f, .2f);
  int n = skeleton_support(&p, q);
  CHECK(n, ==, 6);
  CHECK_NEAR((double)area(q, n), 0.7 * 0.3 - 2 * (0.4 * 0.2 / 2), 1e-6);
  // a heel that is up does not carry: from the ball on
  stand(&p, 0, .2f);
  for (int f = 0; f < 2; f++) p.sole[f][0][2] = p.sole[f][5][2] = .03f;
  n = skeleton_support(&p, q);
  CHECK_NEAR((double)area(q, n), 0.1 * 0.3, 1e-6);
  p.contact[0] = p.contact[1] = false;
  CHECK(skeleton_support(&p, q), ==, 0);
}

static void test_support_holds_every_corner(void **state) {
  (void)state;
  struct stream s = stream_make(3, 1, "skeleton", "soles", 0);
  for (int k = 0; k < 500; k++) {
    struct skeleton_pose p = {.feet = true, .contact = {true, k % 3 != 0}};
    for (int f = 0; f < 2; f++)
      for (int i = 0; i < 6; i++)
        for (int a = 0; a < 2; a++) p.sole[f][i][a] = (float)(stream_unit(&s) - .5);
    float q[12][2];
    int n = skeleton_support(&p, q);
    CHECK(n, >=, 3);
    for (int f = 0; f < 2; f++)
      for (int i = 0; p.contact[f] && i < 6; i++)
        for (int e = 0; e < n; e++) {
          const float *a = q[e], *b = q[(e + 1) % n], *c = p.sole[f][i];
          float side = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
          if (side < -1e-6f) fail_msg("case %d: corner %d of foot %d lies %g outside the hull", k, i, f, (double)side);
        }
  }
}

static void test_ramp_gets_brighter(void **state) {
  (void)state;
  CHECK(ramp_viridis(0), ==, 0x440154);
  CHECK(ramp_viridis(1), ==, 0xFDE725);
  CHECK(ramp_viridis(-3), ==, ramp_viridis(0));
  CHECK(ramp_viridis(NAN), ==, ramp_viridis(0));
  double before = -1;
  for (int k = 0; k <= 100; k++) {
    uint32_t c = ramp_viridis((float)k / 100);
    double light = 0.2126 * (c >> 16 & 255) + 0.7152 * (c >> 8 & 255) + 0.0722 * (c & 255);
    if (light < before) fail_msg("the ramp gets darker at %d %%: %g after %g", k, light, before);
    before = light;
  }
}

static uint64_t draw(const struct plate_stride *s) {
  struct error e;
  struct look l = {0};
  struct canvas c;
  if (!look_init(&l, &e)) fail_msg("%s", e.text);
  assert_true(canvas_make(&c, 1600, 1000, 1));
  look_set(&l, theme_get(false), 1);
  plate_stride_draw(&l, &c, s);
  uint64_t d = digest_bytes(DIGEST_START, c.pixels, (size_t)c.w * (size_t)c.h * 4);
  canvas_finish(&c);
  look_finish(&l);
  return d;
}

// A plate is the same picture twice, also of nothing and of points that lie anywhere.
static void test_plates(void **state) {
  (void)state;
  struct stream r = stream_make(4, 1, "skeleton", "plate", 0);
  struct skeleton *shape = calloc(1, sizeof *shape);
  struct skeleton_pose *pose = calloc(PLATE_MOMENTS, sizeof *pose);
  assert_non_null(shape);
  assert_non_null(pose);
  *shape = (struct skeleton){.points = 30, .bones = 29, .head = 3, .head_radius = .1f, .ankle = {5, 9}};
  for (int i = 0; i < 29; i++) {
    shape->point[i] = (struct skeleton_point){.name = "a joint", .side = (uint8_t)(i % 3), .driven = i % 4 != 0};
    shape->bone[i] = (struct skeleton_bone){(uint8_t)i, (uint8_t)(i + 1), (uint8_t)(i % 3), (uint8_t)(i % 3)};
  }
  for (int k = 0; k < PLATE_MOMENTS; k++) {
    pose[k].feet = pose[k].massed = pose[k].pressed = true;
    for (int i = 0; i < 30; i++) {
      for (int a = 0; a < 3; a++) pose[k].point[i][a] = (float)(4 * stream_unit(&r) - 2);
      pose[k].load[i] = (float)(1.5 * stream_unit(&r) - .2);
      pose[k].heat[i] = (float)(200 * stream_unit(&r) - 300);
    }
  }
  struct plate_fact fact = {"speed", "1.40 m/s"};
  struct plate_stride full = {{"a robot", "walks", 1, &fact, "every word of this sentence is there to fill a line and to begin another one after it"},
                              shape, PLATE_MOMENTS, pose, 1.7, 1.4, 0, {{NULL}}, {{NULL}}, NULL, NULL, NULL, {NULL}, 500, 400, pose[1]};
  struct plate_stride empty = {.plate = {"", "", 0, NULL, NULL}, .shape = shape, .height = 1.7, .stride = 1};
  uint64_t a = draw(&full), b = draw(&empty);
  assert_true(a == draw(&full));
  assert_true(b == draw(&empty));
  assert_true(a != b);
  free(pose);
  free(shape);
}

int test_skeleton(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_support),
    cmocka_unit_test(test_support_holds_every_corner),
    cmocka_unit_test(test_ramp_gets_brighter),
    cmocka_unit_test(test_plates),
  };
  return cmocka_run_group_tests_name("skeleton", tests, NULL, NULL);
}
