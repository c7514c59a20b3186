// Places where somebody must stand, found or missed before the run.
#include <string.h>

#include "engine/world/reach.h"
#include "tests/check.h"

struct line {
  struct layout        layout;
  struct station       station[4];
  struct station_group group[4];
  struct flow          flow[3];
  struct fleet         fleet[2];
  struct wall          wall[1];
  struct zone          zone[1];
  double               path[2][2], bar[2][2], area[4][2];
  int                  only[1];
};

// A belt along y = 9, a press at [4, 7.6] that looks right, a dock; robots carry from belt to press.
static void line_make(struct line *w) {
  memset(w, 0, sizeof *w);
  w->path[0][0] = 1;
  w->path[1][0] = 21;
  w->path[0][1] = w->path[1][1] = 9;
  w->station[0] = (struct station){.name = "belt", .kind = STATION_CONVEYOR, .placed = true, .path_count = 2, .path = w->path, .size = {20, 0.5}, .mark = {.line = 1}};
  w->station[1] = (struct station){.name = "press", .kind = STATION_MACHINE, .placed = true, .at = {4, 7.6}, .size = {0.7, 0.7}, .mark = {.line = 2}, .failures = {.by = NONE}};
  w->station[2] = (struct station){.name = "rest", .kind = STATION_DOCK, .placed = true, .at = {6, 1.5}, .size = {4, 2}, .mark = {.line = 3}};
  for (int i = 0; i < 3; i++) {
    w->station[i].group = i;
    w->group[i] = (struct station_group){.name = w->station[i].name, .first = i, .count = 1};
  }
  w->flow[0] = (struct flow){.from = 0, .to = 1, .by = CARRIER_ROBOTS, .part = NONE};
  w->fleet[0] = (struct fleet){.name = "crew", .count = 2, .home = 2};
  w->layout = (struct layout){.file = "line", .has_floor = true, .size = {24, 14}, .station_count = 3, .stations = w->station, .group_count = 3,
    .groups = w->group, .flow_count = 1, .flows = w->flow, .fleet_count = 1, .fleets = w->fleet, .walls = w->wall, .zones = w->zone};
}

static void expect(struct line *w, int errors, unsigned at_line, const char *text) {
  struct faults f;
  faults_init(&f, "line", NULL, 0);
  enum status s = routes_check(&w->layout, &f);
  if (f.errors != errors) faults_print(&f, stderr);
  CHECK(f.errors, ==, errors);
  CHECK(s, ==, errors ? STATUS_UNREACHABLE : STATUS_OK);
  if (errors) {
    CHECK(f.fault[0].mark.line, ==, at_line);
    CHECK_HAS(f.fault[0].text, text);
  }
  faults_finish(&f);
}

static void test_good_line(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  expect(&w, 0, 0, NULL);
}

static void test_stand_in_the_belt(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  w.station[1].at[1] = 8.9;
  expect(&w, 1, 2, "stations.press: the place where robots stand [4.80, 8.90] is inside belt, or closer than 0.30 m to it");
}

static void test_stand_in_the_rim(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  w.station[1].at[0] = 23.3;
  expect(&w, 1, 2, "outside the hall");
  w.station[1].at[0] = 23.0;
  expect(&w, 1, 2, "closer than 0.30 m to the rim of the hall");
}

static void test_behind_a_wall(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  // the wall leaves the belt's upper side reachable to nobody, the lower side and the press on the far side
  memcpy(w.bar, (double[2][2]){{0, 4}, {24, 4}}, sizeof w.bar);
  w.wall[0].line = (struct polygon){2, w.bar};
  w.layout.wall_count = 1;
  expect(&w, 2, 1, "stations.belt: no walk leads to the place where robots stand");
}

static void test_no_way_back(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  // a one-way zone across the hall: the dock is below, the work above, and nobody comes down again
  memcpy(w.area, (double[4][2]){{0, 4}, {24, 4}, {24, 5}, {0, 5}}, sizeof w.area);
  w.zone[0] = (struct zone){.name = "up", .kind = ZONE_ONE_WAY, .towards = 1.5707963267948966, .area = {4, w.area}};
  w.layout.zone_count = 1;
  expect(&w, 2, 1, "stations.belt: no walk leads to the place where robots stand");
  w.zone[0].kind = ZONE_SLOW;
  w.zone[0].speed = 0.5;
  expect(&w, 0, 0, NULL);
}

static void test_belt_from_either_side(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  // half of the lower side is fenced off: another place beside the belt does
  memcpy(w.area, (double[4][2]){{8, 5}, {24, 5}, {24, 8.9}, {8, 8.9}}, sizeof w.area);
  w.zone[0] = (struct zone){.name = "cage", .kind = ZONE_NO_GO, .area = {4, w.area}};
  w.layout.zone_count = 1;
  expect(&w, 0, 0, NULL);
}

static void test_another_fleet_can(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  w.only[0] = 1;
  memcpy(w.area, (double[4][2]){{0, 6}, {24, 6}, {24, 14}, {0, 14}}, sizeof w.area);
  w.zone[0] = (struct zone){.name = "cell", .kind = ZONE_PEOPLE, .area = {4, w.area}, .only_count = 1, .only = w.only};
  w.layout.zone_count = 1;
  w.fleet[1] = (struct fleet){.name = "inner", .count = 1, .home = NONE};
  expect(&w, 2, 1, "stations.belt: the place where robots stand");
  w.layout.fleet_count = 2;
  expect(&w, 0, 0, NULL);
}

static void test_operators_and_logical_lines(void **state) {
  (void)state;
  struct line w;
  line_make(&w);
  w.layout.flow_count = 0;
  w.station[1].at[1] = 8.9;
  expect(&w, 0, 0, NULL);                               // nobody has to go there
  w.station[1].operators.count = 1;
  expect(&w, 1, 2, "stations.press");
  w.layout.has_floor = false;
  expect(&w, 0, 0, NULL);
}

int test_reach(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good_line),             cmocka_unit_test(test_stand_in_the_belt),
    cmocka_unit_test(test_stand_in_the_rim),      cmocka_unit_test(test_behind_a_wall),         cmocka_unit_test(test_no_way_back),
   
    cmocka_unit_test(test_belt_from_either_side), cmocka_unit_test(test_another_fleet_can),
    cmocka_unit_test(test_operators_and_logical_lines),
  };
  return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
