// Places as bays at event fidelity: one picks or places at each spot, others wait in line.
#include "tests/lines.h"

static const char hall[] = "floor: {size: [70, 6]}\nrobots: {crew: {count: 8, handling: 30 s, speed: 1.0, home: rest}}\n";
static const char stations[] =
  "made: {kind: source, makes: part, at: [1, 5], size: [1, 0.6], facing: 270}\n"
  "a: {kind: buffer, capacity: 50, at: [1, 3], size: [1, 0.6], facing: 0}\n"
  "b: {kind: sink, at: [68, 3], size: [1, 0.6], facing: 180}\n"
  "rest: {kind: dock, slots: 8, at: [34, 5], size: [8, 1], facing: 270}";

// One spot, many robots: the next one sets off from its place in the line when the one before is done, so they follow each other every
// 30 s of handling and 1.4 m of walking.
static void test_one_spot(void **state) {
  (void)state;
  struct line r;
  line_open(&r, stations, "made -> a\n{path: a -> b, by: robots}", hall);
  line_to(&r, 3600);
  int64_t before = r.now.line.made;
  line_to(&r, 3600 + 3114);
  CHECK_NEAR((double)(r.now.line.made - before), 3114 / (30 + 1.4), 1);
  CHECK(line_robot(&r, "crew", ROBOT_TRAFFIC), >, 0);
  line_close(&r);
}

// A face as wide as three of them takes three at once: then the robots are what is scarce, and nobody waits.
static void test_three_spots(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
    "made: {kind: source, makes: part, at: [1, 5.5], size: [1, 0.6], facing: 270}\n"
    "a: {kind: buffer, capacity: 50, at: [1, 3], size: [1, 3], facing: 0}\n"
    "b: {kind: sink, at: [68, 3], size: [1, 3], facing: 180}\n"
    "rest: {kind: dock, slots: 8, at: [34, 5], size: [8, 1], facing: 270}", "made -> a\n{path: a -> b, by: robots}", "floor: {size: [70, 6]}\nrobots: {crew: {count: 2, handling: 30 s, speed: 1.0, home: rest}}\n");
  line_to(&r, 3600);
  CHECK_NEAR(line_robot(&r, "crew", ROBOT_TRAFFIC), 0, 0);
  line_close(&r);
}

int test_bays(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_spot), cmocka_unit_test(test_three_spots)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
