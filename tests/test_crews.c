// Robots and people of typed fleets: carrying, tending, batteries, shifts, mending. No chance, moments
// worked out by hand. [0-5] is an interval in seconds.
#include "tests/lines.h"

#define RAW "raw: {kind: source, makes: part}\n"
#define OUT "out: {kind: sink}\n"

// ---- carrying ----------------------------------------------------------------------------------------

// a pick and a place of 2 s each, nothing between: 4, 8, 12
static void a_job_is_a_pick_and_a_place(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots}", "robots: {crew: {count: 1, handling: 2 s}}");
  line_made_at(&r, NULL, 1, 4);
  line_made_at(&r, NULL, 2, 8);
  line_made_at(&r, NULL, 3, 12);
  line_robots_were(&r, "crew", ROBOT_WORKING, 12);
  CHECK(line_fleet(&r, "crew")->picks, ==, 3);
  line_close(&r);
}

// `time` is added to every job: 2 + 3 + 2
static void time_is_added_to_a_job(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots, time: 3 s}", "robots: {crew: {count: 1, handling: 2 s}}");
  line_made_at(&r, NULL, 1, 7);
  line_made_at(&r, NULL, 2, 14);
  line_close(&r);
}

// m1 [0-2], grasped at 3, m2 [4-9]; m1 [3-5], m2 is full: blocked [5-9]; then a job, grasped at 10, m2 [11-16]
static void the_room_is_kept_from_the_call(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m1: {kind: machine, time: 2 s}\nm2: {kind: machine, time: 5 s}\n" OUT, "raw -> m1\n{path: m1 -> m2, by: robots}\nm2 -> out",
            "robots: {crew: {count: 1, handling: 1 s}}");
  line_made_at(&r, "m1", 2, 5);
  line_made_at(&r, "m2", 1, 9);
  line_was(&r, "m1", STATION_BLOCKED, 4);
  line_to(&r, 10);
  line_was(&r, "m1", STATION_WAITING_ROBOT, 2);
  line_made_at(&r, "m1", 3, 12);
  line_made_at(&r, "m2", 2, 16);
  line_robots_were(&r, "crew", ROBOT_WORKING, 4);
  line_close(&r);
}

#define THREE_CALLS                                                                                                \
  "sa: {kind: source, makes: a, limit: 1, first: 1 s, every: 1 s}\nsb: {kind: source, makes: b, limit: 1, first: 2 s, every: 1 s}\n" \
  "sc: {kind: source, makes: c, limit: 1, first: 3 s, every: 1 s}\nma: {kind: machine, time: 0 s}\nmb: {kind: machine, time: 0 s}\n" \
  "mc: {kind: machine, time: 0 s}\n" OUT

// one robot, jobs of 10 s: a [1-11], b, called at 2 [11-21], c, called at 3 [21-31]
static void the_oldest_job_goes_first(void **state) {
  (void)state;
  struct line r;
  line_open(&r, THREE_CALLS, "{path: sc -> mc, by: robots}\n{path: sb -> mb, by: robots}\n{path: sa -> ma, by: robots}\nma -> out\nmb -> out\nmc -> out",
            "robots: {crew: {count: 1, handling: 5 s}}");
  line_made_at(&r, "ma", 1, 11);
  line_made_at(&r, "mb", 1, 21);
  line_made_at(&r, "mc", 1, 31);
  line_close(&r);
}

// the same with a priority for c's flow: a [1-11] c [11-21] b [21-31]
static void priority_goes_before_age(void **state) {
  (void)state;
  struct line r;
  line_open(&r, THREE_CALLS, "{path: sb -> mb, by: robots}\n{path: sa -> ma, by: robots}\n{path: sc -> mc, by: robots, priority: 1}\nma -> out\nmb -> out\nmc -> out",
            "robots: {crew: {count: 1, handling: 5 s}}");
  line_made_at(&r, "ma", 1, 11);
  line_made_at(&r, "mc", 1, 21);
  line_made_at(&r, "mb", 1, 31);
  line_close(&r);
}

// two are there from the first to the last moment: two robots make one job in 4 s
static void two_robots_for_one_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots, robots: 2}", "robots: {crew: {count: 2, handling: 2 s}}");
  line_made_at(&r, NULL, 1, 4);
  line_made_at(&r, NULL, 2, 8);
  CHECK(r.now.line.made, ==, 2);
  line_close(&r);
}

// two jobs at once for two robots
static void two_robots_for_two_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "r1: {kind: source, makes: part}\nr2: {kind: source, makes: part}\n" OUT, "{path: r1 -> out, by: robots}\n{path: r2 -> out, by: crew}",
            "robots: {crew: {count: 2, handling: 2 s}}");
  line_made_at(&r, NULL, 2, 4);
  line_made_at(&r, NULL, 4, 8);
  line_close(&r);
}

// only the fleet that the flow names: people are slower, 6 s
static void the_fleet_that_is_named(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "r1: {kind: source, makes: a}\nr2: {kind: source, makes: b}\nma: {kind: machine, time: 0 s}\nmb: {kind: machine, time: 0 s}\n" OUT,
            "{path: r1 -> ma, by: people}\n{path: r2 -> mb, by: robots}\nma -> out\nmb -> out",
            "robots: {crew: {count: 1, handling: 2 s}}\npeople: {staff: {count: 1, handling: 3 s}}");
  line_made_at(&r, "mb", 1, 4);
  line_made_at(&r, "ma", 1, 6);
  line_made_at(&r, "mb", 3, 12);
  line_made_at(&r, "ma", 2, 12);
  line_close(&r);
}

// ---- walking -----------------------------------------------------------------------------------------

#define PLACES "src: {kind: source, makes: part, at: [3, 8], size: [1, 1], facing: 270}\nout: {kind: sink, at: [13, 8], size: [1, 1], facing: 270}\n"

// 10 m at 1 m/s between two like stations that face the same way: pick [0-2], walk [2-12], place [12-14];
// back [14-24], pick [24-26], walk [26-36], place [36-38]
static void walks_take_their_way(void **state) {
  (void)state;
  struct line r;
  line_open(&r, PLACES, "{path: src -> out, by: robots}", "floor: {size: [20, 10]}\nrobots: {crew: {count: 1, speed: 1, handling: 2 s, home: src}}");
  line_made_at(&r, NULL, 1, 14);
  line_to(&r, 37);
  CHECK_NEAR(line_fleet(&r, "crew")->distance, 30, 1e-9);
  line_made_at(&r, NULL, 2, 38);
  line_robots_were(&r, "crew", ROBOT_WALKING, 30);
  line_robots_were(&r, "crew", ROBOT_WORKING, 8);
  line_close(&r);
}

// speed 0: walking takes no time: 4, 8
static void speed_zero_takes_no_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, PLACES, "{path: src -> out, by: robots}", "floor: {size: [20, 10]}\nrobots: {crew: {count: 1, speed: 0, handling: 2 s, home: src}}");
  line_made_at(&r, NULL, 1, 4);
  line_made_at(&r, NULL, 2, 8);
  line_close(&r);
}

// the zone from x = 5 to 9 is passed at 0.5 m/s: 6 m at 1 and 4 m at 0.5 are 14 s; pick [0-2], place [16-18]
static void slow_zones_slow(void **state) {
  (void)state;
  struct line r;
  line_open(&r, PLACES, "{path: src -> out, by: robots}",
            "floor: {size: [20, 10], zones: {aisle: {kind: slow, speed: 0.5, area: [[5, 0], [9, 0], [9, 10], [5, 10]]}}}\n"
            "robots: {crew: {count: 1, speed: 1, handling: 2 s, home: src}}");
  line_made_at(&r, NULL, 1, 18);
  line_close(&r);
}

// ---- operators ---------------------------------------------------------------------------------------

#define TWO_MACHINES(keys) "r1: {kind: source, makes: part}\nr2: {kind: source, makes: part}\nm1: {kind: machine, " keys "}\nm2: {kind: machine, " keys "}\n" OUT
#define TWO_FLOWS "r1 -> m1 -> out\nr2 -> m2 -> out"

// both could begin at 0: m1 [0-4]; m2 has waited longer at 4: [4-8]; m1 [8-12]
static void operator_for_all_of_it(void **state) {
  (void)state;
  struct line r;
  line_open(&r, TWO_MACHINES("time: 4 s, operator: {by: crew}"), TWO_FLOWS, "robots: {crew: {count: 1}}");
  line_made_at(&r, "m1", 1, 4);
  line_made_at(&r, "m2", 1, 8);
  line_was(&r, "m2", STATION_WAITING_ROBOT, 4);
  line_was(&r, "m1", STATION_WAITING_ROBOT, 4);
  line_made_at(&r, "m1", 2, 12);
  line_robots_were(&r, "crew", ROBOT_WORKING, 12);
  line_close(&r);
}

// both done at 4: m1 set up [4-7], m2 waits [4-7], set up [7-10]; m1 [7-11], m2 [10-14]; m1 set up [11-14], m2 [14-17]
static void operator_during_setup(void **state) {
  (void)state;
  struct line r;
  line_open(&r, TWO_MACHINES("time: 4 s, setup: {time: 3 s, every: 1}, operator: {by: crew, during: setup}"), TWO_FLOWS, "robots: {crew: {count: 1}}");
  line_made_at(&r, "m1", 1, 4);
  line_made_at(&r, "m1", 2, 11);
  line_made_at(&r, "m2", 2, 14);
  line_was(&r, "m2", STATION_WAITING_ROBOT, 3);
  line_was(&r, "m2", STATION_SETUP, 3);
  line_made_at(&r, "m1", 3, 18);
  line_was(&r, "m1", STATION_WAITING_ROBOT, 0);
  line_robots_were(&r, "crew", ROBOT_WORKING, 12);
  line_close(&r);
}

// the set-up needs nobody: m1 [0-4], set up [4-7], waits [7-8], [8-12]; m2 waits [0-4], [4-8], set up [8-11], waits [11-12], [12-16]
static void operator_during_process(void **state) {
  (void)state;
  struct line r;
  line_open(&r, TWO_MACHINES("time: 4 s, setup: {time: 3 s, every: 1}, operator: {by: crew, during: process}"), TWO_FLOWS, "robots: {crew: {count: 1}}");
  line_made_at(&r, "m1", 1, 4);
  line_made_at(&r, "m2", 1, 8);
  line_was(&r, "m1", STATION_WAITING_ROBOT, 1);
  line_made_at(&r, "m1", 2, 12);
  line_made_at(&r, "m2", 2, 16);
  line_was(&r, "m2", STATION_WAITING_ROBOT, 5);
  line_close(&r);
}

// two operators a machine, three in all: one machine at a time
static void operators_come_together(void **state) {
  (void)state;
  struct line r;
  line_open(&r, TWO_MACHINES("time: 4 s, operator: {count: 2, by: crew}"), TWO_FLOWS, "robots: {crew: {count: 3}}");
  line_made_at(&r, "m1", 1, 4);
  line_made_at(&r, "m2", 1, 8);
  line_made_at(&r, "m1", 2, 12);
  line_was(&r, "m2", STATION_WAITING_ROBOT, 8);
  line_close(&r);
}

// the operator comes to work at 06:00, a minute after time 0
static void operators_keep_their_shift(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 4 s, operator: {by: crew}}\n" OUT, NULL,
            "shifts: {day: {start: 06:00, end: 14:00}}\nrobots: {crew: {count: 1, shift: day}}\nrun: {for: 1 h, start: Mon 05:59}");
  line_made_at(&r, "m", 1, 64);
  line_was(&r, "m", STATION_WAITING_ROBOT, 60);
  line_robots_were(&r, "crew", ROBOT_OFF_SHIFT, 60);
  line_close(&r);
}

// ---- batteries ---------------------------------------------------------------------------------------

// jobs of 3 s; a charge lasts 100 s. At 78 s 22 % are left, one more job; at 81 s 19 %: charges from 19 to 95 % of 50 s = 38 s,
// until 119; the next job ends at 122
static void typed_batteries(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots}",
            "robots: {crew: {count: 1, handling: 1500 ms, runs: 100 s, charges: 50 s, charging: {below: 20 %, until: 95 %, idle: false}}}");
  line_made_at(&r, NULL, 27, 81);
  line_to(&r, 121.999);
  CHECK(r.now.line.made, ==, 27);
  line_to(&r, 122.001);
  CHECK(r.now.line.made, ==, 28);
  line_robots_were(&r, "crew", ROBOT_CHARGING, 38);
  line_close(&r);
}

// two robots relieve each other: the machine never waits
static void relief_at_a_post(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, operator: {by: crew}}\n" OUT, NULL, "robots: {crew: {count: 2, runs: 100 s, charges: 50 s, relief: true}}");
  line_to(&r, 1000);
  CHECK(r.now.line.made, ==, 200);
  line_was(&r, "m", STATION_WAITING_ROBOT, 0);
  assert_true(line_robot(&r, "crew", ROBOT_CHARGING) > 0);
  line_close(&r);
}

// the post is 10 m from the chargers. With relief the next robot takes over where the first stands: after the first
// walk the machine never waits; without, it waits for a walk whenever the battery is low
static void relief_over_a_distance(void **state) {
  (void)state;
  double waited[2];
  for (int relief = 0; relief < 2; relief++) {
    char fleet[400];
    snprintf(fleet, sizeof fleet, "floor: {size: [20, 10]}\nrobots: {crew: {count: 3, speed: 1, home: charge, runs: 200 s, charges: 60 s, relief: %s}}", relief ? "true" : "false");
    struct line r;
    line_open(&r,
              "src: {kind: source, makes: part}\nm: {kind: machine, time: 5 s, operator: {by: crew}, at: [14, 8], size: [1, 1], facing: 270}\n"
              "charge: {kind: charger, at: [4, 8], size: [1, 1], facing: 270, slots: 3, power: 1 kW}\nout: {kind: sink}\n",
              "src -> m -> out", fleet);
    line_to(&r, 3000);
    waited[relief] = line_cause(&r, "m", STATION_WAITING_ROBOT);
    assert_true(line_robot(&r, "crew", ROBOT_CHARGING) > 100);
    line_close(&r);
  }
  assert_true(waited[1] <= 12);
  assert_true(waited[0] > waited[1] + 50);
}

// one slot for two robots of a floor: they never charge at once, so charging is at most the time that has passed
static void chargers_have_slots(void **state) {
  (void)state;
  struct line r;
  line_open(&r, PLACES "charge: {kind: charger, at: [8, 2], slots: 1, power: 1 kW}\n", "{path: src -> out, by: robots}",
            "floor: {size: [20, 10]}\nrobots: {crew: {count: 2, speed: 1, handling: 2 s, home: src, runs: 60 s, charges: 120 s, charging: {below: 50 %, until: 100 %, idle: false}}}");
  line_to(&r, 3000);
  double charging = line_robot(&r, "crew", ROBOT_CHARGING);
  assert_true(charging > 1000);
  assert_true(charging <= 3000);
  assert_true(line_robot(&r, "crew", ROBOT_WAITING_CHARGER) > 0);
  line_close(&r);
}

// jobs of 3 s, a charge lasts 100 s. At 81 s 19 %: a fresh pack takes 10 s, the next job [91-94]
static void batteries_are_swapped(void **state) {
  (void)state;
  struct line r;
  line_open(&r, PLACES "swap: {kind: charger, at: [8, 2], slots: 1, swap: 10 s, packs: 4}\n", "{path: src -> out, by: robots}",
            "floor: {size: [20, 10]}\nrobots: {crew: {count: 1, speed: 0, handling: 1500 ms, home: src, runs: 100 s, charges: 50 s, charging: {below: 20 %, until: 95 %, idle: false}}}");
  line_made_at(&r, NULL, 27, 81);
  line_to(&r, 93.999);
  CHECK(r.now.line.made, ==, 27);
  line_to(&r, 94.001);
  CHECK(r.now.line.made, ==, 28);
  line_robots_were(&r, "crew", ROBOT_CHARGING, 10);
  line_close(&r);
}

// every job has a fall of 10 s: 4 + 10
static void falls_take_their_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots}", "robots: {crew: {count: 1, handling: 2 s, falls: {share: 1, for: 10 s}}}");
  line_made_at(&r, NULL, 1, 14);
  line_to(&r, 27);
  CHECK(line_fleet(&r, "crew")->falls, ==, 2);
  line_made_at(&r, NULL, 2, 28);
  line_robots_were(&r, "crew", ROBOT_FALLEN, 20);
  line_close(&r);
}

// ---- more and fewer, mending -------------------------------------------------------------------------

// jobs of 4 s, two sources: one robot makes 4, 8; from 8 two: 12 12, 16 16
static void robots_are_added(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "r1: {kind: source, makes: part}\nr2: {kind: source, makes: part}\n" OUT, "{path: r1 -> out, by: robots}\n{path: r2 -> out, by: robots}",
            "robots: {crew: {count: 1, handling: 2 s}}\nevents: [{at: 8 s, do: add, what: crew, count: 1}]");
  line_made_at(&r, NULL, 2, 8);
  line_made_at(&r, NULL, 4, 12);
  line_made_at(&r, NULL, 6, 16);
  CHECK(line_fleet(&r, "crew")->present, ==, 24 * NS_SECOND);
  line_close(&r);
}

// two robots make two in 4 s; from 8 one: 12, 16
static void robots_are_removed(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "r1: {kind: source, makes: part}\nr2: {kind: source, makes: part}\n" OUT, "{path: r1 -> out, by: robots}\n{path: r2 -> out, by: robots}",
            "robots: {crew: {count: 2, handling: 2 s}}\nevents: [{at: 6 s, do: remove, what: crew, count: 1}]");
  line_made_at(&r, NULL, 4, 8);
  line_made_at(&r, NULL, 5, 12);
  line_made_at(&r, NULL, 6, 16);
  line_close(&r);
}

// both fail at 5; one mender: m1 down [5-8], m2 waits for him until 8 and is down until 11
static void people_mend(void **state) {
  (void)state;
  struct line r;
  line_open(&r, TWO_MACHINES("time: 6 s, failures: {up: 5 s, down: 3 s, by: menders}"), TWO_FLOWS, "people: {menders: {count: 1}}");
  line_made_at(&r, "m1", 1, 9);
  line_made_at(&r, "m2", 1, 12);
  line_was(&r, "m2", STATION_DOWN, 6);
  CHECK(r.now.line.interventions, ==, 2);
  line_close(&r);
}

// fails at 15, 50, 85 ... 295, 20 s each; the mender's shift ends at 300, the repair that he has begun runs on to 315;
// fails at 330 and waits for him until the next day
static void a_repair_outlasts_the_shift(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 4 s, failures: {up: 15 s, down: 20 s, by: menders}}\n" OUT, NULL,
            "people: {menders: {count: 1, shift: day}}\nshifts: {day: {start: 06:00, end: 06:05}}");
  line_to(&r, 330);
  line_was(&r, "m", STATION_DOWN, 9 * 20);
  line_to(&r, 86430);
  line_was(&r, "m", STATION_DOWN, 9 * 20 + 86420 - 330);
  CHECK(r.now.line.interventions, ==, 10);
  line_close(&r);
}

int test_crews(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_job_is_a_pick_and_a_place),
    cmocka_unit_test(time_is_added_to_a_job),
    cmocka_unit_test(the_room_is_kept_from_the_call),
    cmocka_unit_test(the_oldest_job_goes_first),
    cmocka_unit_test(priority_goes_before_age),
    cmocka_unit_test(two_robots_for_one_part),
    cmocka_unit_test(two_robots_for_two_parts),
    cmocka_unit_test(the_fleet_that_is_named),
    cmocka_unit_test(walks_take_their_way),
    cmocka_unit_test(speed_zero_takes_no_time),
    cmocka_unit_test(slow_zones_slow),
    cmocka_unit_test(operator_for_all_of_it),
    cmocka_unit_test(operator_during_setup),
    cmocka_unit_test(operator_during_process),
    cmocka_unit_test(operators_come_together),
    cmocka_unit_test(operators_keep_their_shift),
    cmocka_unit_test(typed_batteries),
    cmocka_unit_test(relief_at_a_post),
    cmocka_unit_test(relief_over_a_distance),
    cmocka_unit_test(chargers_have_slots),
    cmocka_unit_test(batteries_are_swapped),
    cmocka_unit_test(falls_take_their_time),
    cmocka_unit_test(robots_are_added),
    cmocka_unit_test(robots_are_removed),
    cmocka_unit_test(people_mend),
    cmocka_unit_test(a_repair_outlasts_the_shift),
  };
  return cmocka_run_group_tests_name("crews", tests, NULL, NULL);
}
