// Robots that break, fall and give up, and who helps them. Moments worked out by hand; [0-5] is an interval in seconds.
// The last cases are figures that programmes with humanoids publish, as closed forms.
#include <math.h>

#include "engine/measure/result.h"
#include "tests/lines.h"

#define RAW  "raw: {kind: source, makes: part}\n"
#define ONE  "raw: {kind: source, makes: part, limit: 1}\n"
#define FIVE "raw: {kind: buffer, capacity: 5, holds: {part: 5}}\n"
#define OUT  "out: {kind: sink}\n"
#define CREW(more) "robots: {crew: {count: 1, handling: 2 s, " more "}}"

// ---- breaking ------------------------------------------------------------------------------------------------

// job [0-4]; a pick [4-5] is cut by the failure at 5 s of work and begun again after the repair [5-15]: [15-19]; the next one [19-20]
static void before_the_grasp_the_job_goes_back(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots}", CREW("failures: {up: 5 s, down: 10 s}"));
  line_made_at(&r, NULL, 1, 4);
  line_made_at(&r, NULL, 2, 19);
  line_made_at(&r, NULL, 3, 34);
  line_robots_were(&r, "crew", ROBOT_REPAIR, 20);
  line_robots_were(&r, "crew", ROBOT_WORKING, 14);
  CHECK(line_fleet(&r, "crew")->breakdowns, ==, 2);
  CHECK(r.now.line.interventions, ==, 0);
  line_close(&r);
}

// pick [0-2], place [2-9], broken [9-19] with the part in its hands, place again [19-27]
static void a_part_in_the_hands_waits_with_its_robot(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots, time: 6 s}", CREW("failures: {up: 9 s, down: 10 s}"));
  line_made_at(&r, NULL, 1, 27);
  CHECK(line_fleet(&r, "crew")->picks, ==, 1);
  line_close(&r);
}

#define WITH_SPARE(then) "robots: {crew: {count: 1, handling: 2 s, failures: {up: 5 s, down: 10 s, then: " then "}}, spare: {count: 1, handling: 2 s}}"

// crew picks [0-2], places [2-5] and breaks; the part lies there, spare picks it [5-7] and places it [7-15]
static void a_part_laid_down_is_fetched_by_another(void **state) {
  (void)state;
  struct line r;
  line_open(&r, ONE OUT, "{path: raw -> out, by: robots, time: 6 s}", WITH_SPARE("restart"));
  line_made_at(&r, NULL, 1, 15);
  CHECK(line_fleet(&r, "crew")->picks, ==, 1);
  CHECK(line_fleet(&r, "spare")->picks, ==, 1);
  CHECK_NEAR((double)r.now.line.lead, 13, 1e-9);        // since it left its source at 2 s
  line_close(&r);
}

static void a_part_is_scrapped_with_the_job(void **state) {
  (void)state;
  struct line r;
  line_open(&r, ONE OUT, "{path: raw -> out, by: robots, time: 6 s}", WITH_SPARE("scrap"));
  line_to(&r, 60);
  CHECK(r.now.line.made, ==, 0);
  CHECK(r.now.line.scrapped, ==, 1);
  CHECK(r.state, ==, TWIN_PARTS);
  line_close(&r);
}

// two carry; crew breaks at 5: both let go. It is whole at 15 and they pick [15-17] and place [17-20], it breaks, and so on: of each 15 s
// five are work, and a part needs ten in one go.  With time: 0 s one part needs four.
static void who_carries_together_lays_down(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots, robots: 2, time: 6 s}", WITH_SPARE("resume"));
  line_to(&r, 100);
  CHECK(r.now.line.made, ==, 0);
  CHECK(line_fleet(&r, "crew")->picks, ==, 7);
  CHECK(line_fleet(&r, "spare")->picks, ==, 7);
  line_robots_were(&r, "spare", ROBOT_WAITING_PARTNER, 0);
  line_close(&r);
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots, robots: 2}", WITH_SPARE("resume"));
  line_made_at(&r, NULL, 1, 4);
  line_made_at(&r, NULL, 2, 19);
  line_close(&r);
}

// an operator breaks 5 s into 8 s of work: m stands [5-15] and goes on [15-18]; 3 more seconds until the next failure at 20
static void a_post_stands_still(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 8 s, operator: {}}\n" OUT, NULL, CREW("failures: {up: 5 s, down: 10 s}"));
  line_made_at(&r, "m", 1, 18);
  line_was(&r, "m", STATION_WAITING_ROBOT, 10);
  line_close(&r);
}

// ---- who mends -------------------------------------------------------------------------------------------------

#define TWO(more) "robots: {crew: {count: 2, failures: {up: 5 s, down: 10 s, clock: calendar}}}\n" more
#define IDLE "{path: raw -> out, by: people}"
#define NOBODY "raw: {kind: source, makes: part, first: 1 h, every: 1 h}\n"

// both break at 5; the slot has the first one [5-17], the second [17-29]
static void a_slot_has_a_line(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY "bay: {kind: repair, time: 12 s}\n" OUT, IDLE, TWO("people: {carriers: {}}"));
  line_to(&r, 17);
  line_robots_were(&r, "crew", ROBOT_REPAIR, 24);
  line_to(&r, 22);                  // the first one is whole [17-22]
  line_robots_were(&r, "crew", ROBOT_REPAIR, 29);
  line_to(&r, 29);                  // and stands in line from 22 on
  line_robots_were(&r, "crew", ROBOT_REPAIR, 43);
  CHECK(r.now.line.interventions, ==, 0);
  line_close(&r);
}

// one technician: the first [5-15], the second waits, [15-25]; of each mended one the next failure comes 5 s later
static void technicians_have_a_line(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY OUT, IDLE, TWO("people: {carriers: {}, fix: {skills: repair, speed: 0}}"));
  line_to(&r, 24);
  line_robots_were(&r, "crew", ROBOT_REPAIR, 10 + 19 + 4);
  line_robots_were(&r, "fix", ROBOT_WORKING, 19);
  CHECK(r.now.line.interventions, ==, 2);
  CHECK(line_fleet(&r, "crew")->breakdowns, ==, 3);
  CHECK(line_fleet(&r, "crew")->helps, ==, 2);
  CHECK_NEAR(line_fleet(&r, "crew")->help_wait, 10, 1e-12);
  line_close(&r);
}

// Who mends is not relieved, also where its fleet relieves those at posts: from 41 s on its charge is below the least, and it goes on to the end.
static void who_mends_is_not_relieved(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY OUT, IDLE, "robots: {crew: {failures: {up: 5 s, down: 10 min, clock: calendar, by: fix}}, fix: {speed: 0, skills: repair, relief: true, runs: 1 h, charges: 1 h, battery: 21 %}}\npeople: {carriers: {}}");
  line_to(&r, 700);
  line_robots_were(&r, "fix", ROBOT_WORKING, 600);
  CHECK(line_fleet(&r, "crew")->helps, ==, 1);
  line_close(&r);
}

// `by` names who mends, whatever skills others have
static void by_names_who_mends(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY OUT, IDLE, "robots: {crew: {failures: {up: 5 s, down: 10 s, clock: calendar, by: carriers}}}\npeople: {carriers: {}, fix: {skills: [repair]}}");
  line_to(&r, 15);
  line_robots_were(&r, "carriers", ROBOT_WORKING, 10);
  line_robots_were(&r, "fix", ROBOT_IDLE, 15);
  line_close(&r);
}

// one man fleet: he who mends is out of the hall from 3 s on
static void nobody_left_to_mend_is_said(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: crew}", CREW("failures: {up: 5 s, down: 10 s}") "\npeople: {fix: {skills: repair}}\nevents: [{at: 3 s, do: remove, what: fix}]");
  line_to(&r, 60);
  CHECK(r.state, ==, TWIN_PARTS);
  line_close(&r);
  line_open(&r, ONE "q: {kind: buffer, capacity: 1}\n" OUT, "raw -> q\n{path: q -> out, by: crew}",
            CREW("failures: {up: 1 s, down: 10 s}") "\npeople: {fix: {skills: repair}}\nevents: [{at: 0 s, do: remove, what: fix}]");
  line_to(&r, 60);
  CHECK(r.state, ==, TWIN_DEADLOCK);
  assert_string_equal(twin_why(r.twin), "q waits for somebody of crew to carry its part, who is broken, and nobody mends");
  line_close(&r);
}

// the slot and a technician together: [5-11] and [11-17]
static void a_slot_needs_its_technician(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY "bay: {kind: repair, slots: 2, time: 6 s}\n" OUT, IDLE, TWO("people: {carriers: {}, fix: {skills: repair, speed: 0}}"));
  line_to(&r, 16);
  line_robots_were(&r, "crew", ROBOT_REPAIR, 6 + 11);
  CHECK(r.now.line.interventions, ==, 2);
  line_close(&r);
}

// it walks to its slot, and home from there
static void a_broken_robot_walks_to_its_slot(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: part, at: [2, 6], first: 1 h, every: 1 h}\nrest: {kind: dock, at: [2, 2]}\nbay: {kind: repair, at: [14, 2], time: 12 s}\nout: {kind: sink, at: [8, 6]}",
            "{path: raw -> out, by: robots}", "floor: {size: [16, 9]}\nrobots: {crew: {speed: 1, home: rest, failures: {up: 100 s, down: 10 s, clock: calendar}}}");
  line_to(&r, 100);
  double walk = line_fleet(&r, "crew")->distance;
  assert_true(walk > 12);
  line_to(&r, 160);
  CHECK_NEAR(line_fleet(&r, "crew")->distance, 2 * walk, 1e-9);
  line_robots_were(&r, "crew", ROBOT_REPAIR, walk + 12);
  line_robots_were(&r, "crew", ROBOT_WALKING, walk);
  line_close(&r);
}

// one fleet's robot breaks in mid-walk with a part. Whatever becomes of it, the part gets there, once.
static void a_break_on_the_way_loses_nothing(void **state) {
  (void)state;
  static const char *const thens[] = {"resume", "restart"}, *const bays[] = {"", "bay: {kind: repair, at: [8, 1], time: 12 s}\n"};
  for (int up = 5; up < 40; up += 3)
    for (int k = 0; k < 4; k++) {
      struct line r;
      char stations[400], extra[400];
      snprintf(stations, sizeof stations, "raw: {kind: source, makes: part, at: [2, 5], limit: 1}\n%sout: {kind: sink, at: [18, 5]}", bays[k / 2]);
      snprintf(extra, sizeof extra, "floor: {size: [20, 9]}\nrobots: {crew: {count: 2, speed: 1, handling: 1 s, failures: {up: %d s, down: 10 s, then: %s}}}", up, thens[k % 2]);
      line_open(&r, stations, "{path: raw -> out, by: robots}", extra);
      line_to(&r, 300);
      // the walk with the part takes 14 s: a robot that lasts longer brings it there in the end
      if (up > 17) CHECK(r.now.line.made, ==, 1);
      else CHECK(r.now.line.made + (r.state == TWIN_RUNS), ==, 1);
      line_close(&r);
    }
}

// ---- falls and remote answers ------------------------------------------------------------------------------------

// each job begins with a fall of 20 s; who lifts is there at once: the same times, and each help is counted
static void who_lifts_is_counted(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW OUT, "{path: raw -> out, by: robots}", CREW("falls: {share: 1, for: 20 s}") "\npeople: {lift: {skills: rescue, speed: 0}}");
  line_made_at(&r, NULL, 2, 48);
  line_to(&r, 70);
  line_robots_were(&r, "crew", ROBOT_FALLEN, 60);
  line_robots_were(&r, "lift", ROBOT_WORKING, 60);
  CHECK(r.now.line.interventions, ==, 3);
  line_close(&r);
}

// two robots fall at 0, one lifter: [0-20], [20-40]
static void the_fallen_wait_for_who_lifts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, FIVE OUT, "{path: raw -> out, by: robots}", "robots: {crew: {count: 2, handling: 2 s, falls: {share: 1, for: 20 s}}}\npeople: {lift: {skills: rescue, speed: 0}}");
  line_made_at(&r, NULL, 1, 24);
  line_made_at(&r, NULL, 2, 44);
  line_close(&r);
}

// both ask at 0, one answers for 10 s each, without walking: jobs end at 14 and 24
static void who_gives_up_asks_a_remote_helper(void **state) {
  (void)state;
  struct line r;
  line_open(&r, FIVE OUT, "{path: raw -> out, by: robots}", "robots: {crew: {count: 2, handling: 2 s, gives_up: {share: 1, for: 10 s}}}\npeople: {desk: {skills: remote}}");
  line_made_at(&r, NULL, 1, 14);
  line_made_at(&r, NULL, 2, 24);
  CHECK(line_fleet(&r, "crew")->gave_up, ==, 4);        // each has begun its next job and asks again
  CHECK(r.now.line.interventions, ==, 3);
  line_close(&r);
}

// ---- published figures ---------------------------------------------------------------------------------------------

// 2 % of jobs with a fall of 300 s add 6 s to a cycle of 84 s (a car maker's loading cell; the share is an assumption)
static void falls_add_their_mean_to_a_cycle(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct line r;
    line_open(&r, RAW OUT, "{path: raw -> out, by: robots}",
              k ? "robots: {crew: {handling: 42 s, falls: {share: 2 %, for: 300 s}}}\npeople: {lift: {skills: rescue, speed: 0}}" : "robots: {crew: {handling: 42 s, falls: {share: 2 %, for: 300 s}}}");
    line_to(&r, 9e6);
    double cycle = 9e6 / (double)r.now.line.made, falls = (double)line_fleet(&r, "crew")->falls;
    CHECK_NEAR(cycle, 84 + 0.02 * 300, 0.9);                                        // 1 %; the standard error is 0.13 s
    CHECK_NEAR(cycle, 84 + 300 * falls / (double)r.now.line.made, 0.01);
    CHECK(r.now.line.interventions, ==, k ? (int64_t)falls : 0);
    line_close(&r);
  }
}

#define TENDED "raw: {kind: source, makes: part%s}\nm: {kind: machine, time: 10 s, operator: {}%s}\n%sout: {kind: sink%s}\n"

// A robot that works `runs` and charges `charges` staffs runs / (runs + charges) of a post, so a post needs the inverse of that:
// 4 h and 1 h: 1.25 robots; 90 min and 50 min: 0.64 of a post; 2 h and a swap of 3 min: 0.976.
static void batteries_staff_their_share_of_a_post(void **state) {
  (void)state;
  static const struct { const char *battery; bool swap; double share; } cases[] = {
    {"runs: 4 h, charges: 1 h", false, 0.8}, {"runs: 90 min, charges: 50 min", false, 0.6428571429}, {"runs: 2 h, charges: 90 min", true, 0.9756097561}};
  for (int k = 0; k < 3; k++) {
    struct line r;
    char stations[600], extra[400];
    bool hall = cases[k].swap;
    snprintf(stations, sizeof stations, TENDED, hall ? ", at: [2, 2]" : "", hall ? ", at: [6, 2]" : "", hall ? "dock: {kind: charger, at: [6, 6], swap: 3 min, packs: 3}\n" : "", hall ? ", at: [10, 2]" : "");
    snprintf(extra, sizeof extra, "%srobots: {crew: {%s, speed: 0, charging: {below: 0, until: 100 %%, idle: false}}}", hall ? "floor: {size: [12, 8]}\n" : "", cases[k].battery);
    line_open(&r, stations, "raw -> m -> out", extra);
    line_to(&r, 1000 * 3600);
    double share = line_robot(&r, "crew", ROBOT_WORKING) / 3.6e6;
    CHECK_NEAR(share, cases[k].share, 0.01 * cases[k].share);
    if (k == 0) CHECK_NEAR(1 / share, 1.25, 0.0125);
    line_close(&r);
  }
}

// up exponential 100 min, down 25 min: availability 0.8 (renewal reward), whoever mends at once
static void availability_is_up_over_up_and_down(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 10 s, operator: {}}\n" OUT, NULL, "robots: {crew: {failures: {up: exponential(100 min), down: exponential(25 min)}}}\npeople: {fix: {skills: repair, speed: 0}}");
  line_to(&r, 4e7);
  double down = line_robot(&r, "crew", ROBOT_REPAIR) / 4e7;
  CHECK_NEAR(1 - down, 0.8, 0.008);
  line_close(&r);
}

// ---- spares --------------------------------------------------------------------------------------------------

// One of two posts' robots breaks at 5 s, for 10 s: the spare has its post at once; at 15 s the one that is mended, which has nothing to do, goes.
static void a_spare_comes_at_once(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 1 s, operator: {}}\n" OUT, NULL, "robots: {crew: {speed: 0, count: 1, spares: 1, failures: {up: 5 s, down: 10 s}}}");
  line_to(&r, 4.5);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].present), 4.5, 1e-9);
  line_to(&r, 9.5);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].present), 9.5 + 4.5, 1e-9);
  CHECK(r.now.line.made, ==, 9);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].outside), 5, 1e-9);
  // the spare breaks at 10 s, and both lie until the first is whole at 15 s; that one breaks at 20 s, when the other is whole
  line_to(&r, 14.5);
  CHECK(r.now.line.made, ==, 9);
  line_to(&r, 19.5);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].present), 19.5 + 14.5, 1e-9);
  CHECK(r.now.line.made, ==, 14);
  line_close(&r);
}

// Up exponential 10 min of work, down 10 min by itself, one post: with n spares it is empty in the last state of the birth-death chain (p of k broken is
// in proportion to 1 / k!, Feller 1968, section XVII.7), so 1/2, 1/5, 1/16.
static void spares_fill_a_post(void **state) {
  (void)state;
  static const double empty[] = {0.5, 0.2, 1 / 16.0};
  for (int n = 0; n < 3; n++) {
    struct line r;
    char extra[200];
    snprintf(extra, sizeof extra, "robots: {crew: {speed: 0, spares: %d, failures: {up: exponential(10 min), down: exponential(10 min)}}}", n);
    line_open(&r, RAW "m: {kind: machine, time: 10 s, operator: {}}\n" OUT, NULL, extra);
    line_to(&r, 4e7);
    double worked = (double)r.now.line.made * 10 / 4e7;
    CHECK_NEAR(1 - worked, empty[n], 0.02 * (1 - empty[n]));
    line_close(&r);
  }
}

// What is taken out while it is broken is no longer waited for, and its spare goes.
static void a_broken_one_is_taken_out(void **state) {
  (void)state;
  struct line r;
  line_open(&r, NOBODY OUT, "{path: raw -> out, by: crew}", "robots: {crew: {count: 2, spares: 1, failures: {up: 5 s, down: 10 s, clock: calendar}}}\nevents: [{at: 7 s, do: remove, what: crew, count: 3}]");
  line_to(&r, 6);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].present), 2 * 6 + 1, 1e-9);
  line_to(&r, 60);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].present), 2 * 7 + 2, 1e-9);
  CHECK_NEAR(ns_to_seconds(r.now.fleet[0].outside), 60 - 2, 1e-9);
  line_close(&r);
}

// ---- money -----------------------------------------------------------------------------------------------------

// Two robots of 20,000 over 20,000 h: 1 an hour each; one person at 30 an hour, half of the time on shift; 60 parts an hour
static void what_a_good_part_costs(void **state) {
  (void)state;
  struct line r;
  struct result_index x;
  line_open(&r, "raw: {kind: source, makes: part, every: 1 min}\n" OUT, "{path: raw -> out, by: robots}",
            "shifts: {half: {start: 06:00, end: 07:00}}\ncost: {life: 20000 h}\nrobots: {crew: {count: 2, cost: 20000}}\npeople: {boss: {cost: 30, shift: half}}");
  struct sums from = sums_make(&r.layout, &r.arena);
  line_to(&r, 7200);
  assert_true(result_index_make(&x, &r.layout, &r.arena));
  double *row = ARENA_NEW(&r.arena, double, x.count);
  result_fill(&x, &from, &r.now, false, row);
  CHECK_NEAR(row[result_find(&x, "robots.crew.cost")], 4, 1e-9);
  CHECK_NEAR(row[result_find(&x, "robots.boss.cost")], 30, 1e-9);
  CHECK_NEAR(row[result_find(&x, "cost_per_good")], 34.0 / 120, 1e-9);
  CHECK_NEAR(row[result_find(&x, "robots.crew.availability")], 1, 1e-12);
  assert_true(isnan(row[result_find(&x, "mtbi_s")]));
  line_close(&r);
}

int test_broken(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(before_the_grasp_the_job_goes_back),
    cmocka_unit_test(a_part_in_the_hands_waits_with_its_robot),
    cmocka_unit_test(a_part_laid_down_is_fetched_by_another),
    cmocka_unit_test(a_part_is_scrapped_with_the_job),
    cmocka_unit_test(who_carries_together_lays_down),
    cmocka_unit_test(a_post_stands_still),
    cmocka_unit_test(a_slot_has_a_line),
    cmocka_unit_test(technicians_have_a_line),
    cmocka_unit_test(who_mends_is_not_relieved),
    cmocka_unit_test(by_names_who_mends),
    cmocka_unit_test(nobody_left_to_mend_is_said),
    cmocka_unit_test(a_slot_needs_its_technician),
    cmocka_unit_test(a_broken_robot_walks_to_its_slot),
    cmocka_unit_test(a_break_on_the_way_loses_nothing),
    cmocka_unit_test(who_lifts_is_counted),
    cmocka_unit_test(the_fallen_wait_for_who_lifts),
    cmocka_unit_test(who_gives_up_asks_a_remote_helper),
    cmocka_unit_test(falls_add_their_mean_to_a_cycle),
    cmocka_unit_test(batteries_staff_their_share_of_a_post),
    cmocka_unit_test(availability_is_up_over_up_and_down),
    cmocka_unit_test(a_spare_comes_at_once),
    cmocka_unit_test(spares_fill_a_post),
    cmocka_unit_test(a_broken_one_is_taken_out),
    cmocka_unit_test(what_a_good_part_costs),
  };
  return cmocka_run_group_tests_name("broken", tests, NULL, NULL);
}
