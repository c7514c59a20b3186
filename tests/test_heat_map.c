// Heat maps: sums against what was put in.
#include "tests/check.h"
#include "viewer/heat.h"

static void test_sums(void **state) {
  (void)state;
  struct heat h = {.last = -1};
  float at[2][2] = {{2.5f, 3.5f}, {7.2f, 0.4f}}, speed[2] = {0, 1.2f};
  uint8_t cause[2] = {6, 1};        // in traffic, walking
  struct picture p = {.robots = {.n = 2, .pos = at, .speed = speed, .cause = cause}};
  for (int k = 0; k <= 100; k++) {
    p.now = (int64_t)k * 100000000;
    heat_add(&h, &p);
  }
  size_t first = 3 * (size_t)h.nx + 2, second = 7;
  CHECK_NEAR(h.seconds, 10, 1e-9);
  CHECK_NEAR((double)h.stay[first], 10, 1e-4);
  CHECK_NEAR((double)h.wait[first], 10, 1e-4);
  CHECK_NEAR((double)h.walk[first], 0, 1e-9);
  CHECK_NEAR((double)h.stay[second], 10, 1e-4);
  CHECK_NEAR((double)h.wait[second], 0, 1e-9);
  CHECK_NEAR((double)h.way[second], 12, 1e-4);
  // a gap was not watched; an older picture begins anew
  p.now = 60000000000;
  heat_add(&h, &p);
  CHECK_NEAR(h.seconds, 10, 1e-9);
  p.now = 1000000000;
  heat_add(&h, &p);
  CHECK_NEAR(h.seconds, 0, 1e-9);
  heat_finish(&h);
  for (int k = 0; k < HEAT_KINDS; k++) assert_int_equal(heat_kind_of(heat_word((enum heat_kind)k)), k);
  assert_int_equal(heat_kind_of("lava"), HEAT_KINDS);
}

int test_heat_map(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};
  return cmocka_run_group_tests_name("heat_map", tests, NULL, NULL);
}
