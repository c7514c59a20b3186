// Where rules meet: combinations that single rules do not show. No chance unless said, moments worked
// out by hand.
#include "tests/lines.h"

#define PARTS "parts: {a: {}, b: {}, c: {}, z: {}}\n"

// a comes to the end of a belt of 10 s at 20, 30, ...; b is there 10 s earlier: sets at 20, 30, ..., products at 25, 35, ...
static void a_set_waits_for_the_end_of_a_belt(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s: {kind: source, makes: a, every: 10 s}\ns2: {kind: source, makes: b, every: 10 s}\nq: {kind: buffer}\n"
            "b: {kind: conveyor, length: 1, speed: 0.1, pitch: 0.1}\nas: {kind: assembly, needs: {b: 1, a: 1}, makes: c, time: 5 s}\nk: {kind: sink}\n",
            "s -> b -> as -> k\ns2 -> q -> as", PARTS);
  line_made_at(&r, "as", 1, 25);
  line_made_at(&r, "as", 2, 35);
  line_close(&r);
}

// a set that is on its way for 60 s: the server waits for it and is not filled twice. Pairs are there at 20, 40, ...
// the first arrives at 80 and is done at 130; the next pair sets out at 130, when the server is free again
static void a_set_on_its_way_is_not_asked_for_twice(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a, every: 10 s}\nq: {kind: buffer}\nas: {kind: assembly, needs: {a: 2}, makes: c, time: 50 s}\nk: {kind: sink}\n",
            "s -> q\n{path: q -> as, time: 60 s}\nas -> k", PARTS);
  line_made_at(&r, "as", 1, 130);
  line_made_at(&r, "as", 2, 240);
  line_close(&r);
}

// b is more urgent in the buffer, but the set has its b: a comes at 10 all the same
static void an_urgent_part_does_not_starve_a_set(void **state) {
  (void)state;
  static const char *const take[] = {"early", "together"};
  for (int i = 0; i < 2; i++) {
    char stations[400];
    snprintf(stations, sizeof stations,
             "sa: {kind: source, makes: a, every: 10 s}\nsb: {kind: source, makes: b, every: 4 s, first: 1 s}\nq: {kind: buffer, order: priority}\n"
             "as: {kind: assembly, needs: {b: 1, a: 1}, makes: c, time: 5 s, take: %s}\nk: {kind: sink}\n", take[i]);
    struct line r;
    line_open(&r, stations, "sa -> q\nsb -> q\nq -> as -> k", "parts: {a: {}, b: {priority: 1}, c: {}}\n");
    line_made_at(&r, "as", 1, 15);
    line_made_at(&r, "as", 2, 25);
    line_close(&r);
  }
}

// three parts go in, room is asked for one product: 3 + 10, then every 10 s
static void a_set_asks_for_one_place_before_service(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s: {kind: source, makes: a, every: 1 s}\nb: {kind: buffer}\nas: {kind: assembly, needs: {a: 3}, makes: c, time: 10 s, blocking: before-service}\n"
            "q: {kind: buffer, capacity: 4}\nw: {kind: machine, time: 1 s}\nk: {kind: sink}\n",
            "s -> b -> as -> q -> w -> k", PARTS);
  line_made_at(&r, "as", 1, 13);
  line_to(&r, 1000);
  CHECK(line_station(&r, "as")->made, ==, 99);
  line_close(&r);
}

// z is worked on from 1 to 15; a came at 5, b at 6: the newest goes first, whatever its kind
static void lifo_holds_across_kinds(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "z: {kind: source, makes: z, limit: 1, first: 1 s}\nsa: {kind: source, makes: a, limit: 1, first: 5 s}\nsb: {kind: source, makes: b, limit: 1, first: 6 s}\n"
            "q: {kind: buffer, order: lifo}\nm: {kind: machine, time: {z: 14 s, a: 100 s, b: 50 s}}\nk: {kind: sink}\n",
            "z -> q\nsa -> q\nsb -> q\n{path: q -> m, part: a}\n{path: q -> m, part: b}\n{path: q -> m, part: z}\nm -> k", PARTS);
  line_made_at(&r, "m", 2, 65);
  line_made_at(&r, "m", 3, 165);
  line_close(&r);
}

// the same when the machine would have to be set up for the newest: by lookahead too a buffer's order holds
static void lifo_holds_across_setups(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "z: {kind: source, makes: z, limit: 1, first: 1 s}\nsa: {kind: source, makes: a, limit: 1, first: 5 s}\nsb: {kind: source, makes: b, limit: 1, first: 6 s}\n"
            "q: {kind: buffer, order: lifo}\nm: {kind: machine, time: {z: 14 s, a: 100 s, b: 50 s}, setup: {time: {z: 0 s, a: 20 s, b: 7 s}, when: part-changes}}\nk: {kind: sink}\n",
            "z -> q\nsa -> q\nsb -> q\n{path: q -> m, part: a}\n{path: q -> m, part: b}\n{path: q -> m, part: z}\nm -> k", PARTS "scheduler: {policy: lookahead}\n");
  line_made_at(&r, "m", 2, 72);
  line_close(&r);
}

// m works until 15; a is ready at 5, b comes to the end of its belt at 12: a has waited longer
static void a_part_waits_from_the_end_of_its_belt(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "z: {kind: source, makes: z, limit: 1, first: 1 s}\nsa: {kind: source, makes: a, limit: 1, first: 5 s}\nsb: {kind: source, makes: b, limit: 1, first: 2 s}\n"
            "belt: {kind: conveyor, length: 1, speed: 0.1, pitch: 0.1}\nm: {kind: machine, time: {z: 14 s, a: 100 s, b: 50 s}}\nk: {kind: sink}\n",
            "z -> m\nsa -> m\nsb -> belt -> m\nm -> k", PARTS);
  line_made_at(&r, "m", 2, 115);
  line_made_at(&r, "m", 3, 165);
  line_close(&r);
}

// the part is what it was made into when it goes to rework: fix gets c, and nothing of a leaves
static void rework_takes_what_was_made(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s: {kind: source, makes: a, every: 20 s}\nm: {kind: machine, makes: c, time: 5 s, rework: {share: 1, to: fix}}\nfix: {kind: machine, time: 3 s}\n"
            "kc: {kind: sink}\nkx: {kind: sink}\n",
            "s -> m\nm -> kc\n{path: fix -> kc, part: c}\n{path: fix -> kx, part: a}", PARTS);
  line_to(&r, 1000);
  CHECK(line_station(&r, "kx")->made, ==, 0);
  CHECK(line_station(&r, "kc")->made, ==, 49);          // the first at 28, then every 20 s
  line_close(&r);
}

// the pick of 200 s begins at 500; one of the two goes off at 600 for the day: the other waits for him
static void a_partner_off_shift_stops_both(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a, limit: 1, first: 500 s}\nk: {kind: sink}\n", "{path: s -> k, by: robots, robots: 2}",
            PARTS "shifts: {one: {start: 06:00, end: 06:10}, two: {start: 06:00, end: 08:00}}\n"
                  "robots: {ra: {count: 1, handling: 200 s, speed: 0, shift: two}, rb: {count: 1, handling: 200 s, speed: 0, shift: one}}\n");
  line_to(&r, 7200);
  CHECK(line_station(&r, "k")->made, ==, 0);
  line_robots_were(&r, "ra", ROBOT_WORKING, 100);
  line_robots_were(&r, "ra", ROBOT_WAITING_PARTNER, 6600);
  line_close(&r);
}

// one of two robots tends m for hours; jobs for two wait in front, jobs for one are done all the same: the first at 50 + 10
static void jobs_for_two_do_not_hold_up_jobs_for_one(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s: {kind: source, makes: a, batch: 40, every: 10 s, limit: 40}\ns2: {kind: source, makes: b, every: 50 s}\nsm: {kind: source, makes: b}\n"
            "m: {kind: machine, time: 10 h, operator: {count: 1, by: r}}\nk: {kind: sink}\nk2: {kind: sink}\n",
            "{path: s -> k, by: robots, robots: 2}\n{path: s2 -> k2, by: robots}\nsm -> m\nm -> k", PARTS "robots: {r: {count: 2, handling: 5 s, speed: 0}}\n");
  line_made_at(&r, "k2", 1, 60);
  line_made_at(&r, "k2", 2, 115);                       // the next `every` begins when the part has left: 55 + 50, and 10
  CHECK(line_station(&r, "k")->made, ==, 0);
  line_close(&r);
}

// stopped at 10 for 100 s, at 20 for 5 s more: until 110; stopped at 150 until mended at 190, whatever is said at 160
static void a_shorter_stop_does_not_cut_a_longer_one(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a}\nm: {kind: machine, time: 1 s}\nk: {kind: sink}\n", NULL,
            PARTS "events: [{at: 10 s, do: fail, what: m, for: 100 s}, {at: 20 s, do: fail, what: m, for: 5 s},\n"
                  "  {at: 150 s, do: fail, what: m}, {at: 160 s, do: fail, what: m, for: 5 s}, {at: 190 s, do: mend, what: m}]\n");
  line_to(&r, 145);
  CHECK_NEAR(line_cause(&r, "m", STATION_DOWN), 100, 1e-9);
  line_to(&r, 300);
  CHECK_NEAR(line_cause(&r, "m", STATION_DOWN), 140, 1e-9);
  line_close(&r);
}

// ---- stuck without a circle of places ----------------------------------------------------------------------

static void stuck_at(struct line *r, double seconds, const char *why) {
  line_to(r, 1000);
  CHECK(r->state, ==, TWIN_DEADLOCK);
  CHECK_NEAR(ns_to_seconds(twin_now(r->twin)), seconds, 1e-9);
  assert_string_equal(twin_why(r->twin), why);
  line_close(r);
}

// a set of two behind a flow limit of one: the first a is at q at 3, the second may not follow it
static void a_flow_limit_keeps_a_set_apart(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a, every: 1 s}\nm: {kind: machine, time: 2 s}\nq: {kind: buffer}\nas: {kind: assembly, needs: {a: 2}, makes: c, time: 1 s}\nk: {kind: sink}\n",
            NULL, PARTS "flow_limits: [{wip: 1, from: m, to: as}]\n");
  stuck_at(&r, 3, "q waits for as, which waits for s, which may not go on to m: the flow limit of 1 is full; q");
}

// the same with a batch of two: one a is in m at 1, the next one waits from 2 on
static void a_flow_limit_keeps_a_batch_apart(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a, every: 1 s}\nm: {kind: machine, batch: 2, time: 2 s}\nk: {kind: sink}\n", NULL,
            PARTS "flow_limits: [{wip: 1, from: m, to: m}]\n");
  stuck_at(&r, 2, "m waits for s, which may not go on to m: the flow limit of 1 is full; m");
}

// the first part comes to the end at 2 + 2.5 and stops the belt when the second is only 0.5 m on it: the one robot that
// could take it off holds the third part, reaches over with it from 5 to 6, and there is no gap
static void a_robot_stands_at_the_belt_it_should_empty(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a}\nb: {kind: conveyor, length: 2.5, speed: 1, pitch: 1, accumulating: false}\nm: {kind: machine, time: 1 s}\nk: {kind: sink}\n",
            "{path: s -> b, by: crew, priority: 1}\n{path: b -> m, by: crew}\nm -> k", PARTS "robots: {crew: {count: 1, handling: 1 s}}\n");
  stuck_at(&r, 6, "b waits for somebody of crew to carry its part, who waits at b");
}

// m fails after 5 s of work; its operator keeps the post, and is the only one who could mend it
static void an_operator_alone_does_not_mend(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a}\nm: {kind: machine, time: 2 s, operator: {by: crew}, failures: {up: 5 s, down: 1 s, by: crew}}\nk: {kind: sink}\n", NULL,
            PARTS "people: {crew: {count: 1}}\n");
  stuck_at(&r, 5, "m waits for somebody of crew to mend it; who is there keeps the post");
}

// a batch of two needs two places ahead before it begins, and w has one; the third a waits from 3 on
static void a_batch_asks_for_more_room_than_there_is(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "s: {kind: source, makes: a, every: 1 s}\nm: {kind: machine, batch: 2, time: 2 s, blocking: before-service}\nw: {kind: machine, time: 1 s}\nk: {kind: sink}\n", NULL, PARTS);
  stuck_at(&r, 3, "m waits for w, which keeps room for m");
}

// two of three a are left over when the b are used up: nothing is stuck, and the end says what is lacking
static void what_is_left_over_is_no_deadlock(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "sa: {kind: source, makes: a, limit: 3}\nsb: {kind: source, makes: b, limit: 1}\nq: {kind: buffer}\nas: {kind: assembly, needs: {a: 1, b: 1}, makes: c, time: 2 s}\nk: {kind: sink}\n",
            "sa -> q -> as -> k\nsb -> as", PARTS);
  line_to(&r, 1000);
  CHECK(r.state, ==, TWIN_PARTS);
  assert_string_equal(twin_why(r.twin), "nothing is left to do: 2 parts are still in the line; as lacks b, and no more will come");
  line_close(&r);
}

int test_corners(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_set_waits_for_the_end_of_a_belt), cmocka_unit_test(a_set_on_its_way_is_not_asked_for_twice),
    cmocka_unit_test(an_urgent_part_does_not_starve_a_set), cmocka_unit_test(a_set_asks_for_one_place_before_service),
    cmocka_unit_test(lifo_holds_across_kinds), cmocka_unit_test(lifo_holds_across_setups), cmocka_unit_test(a_part_waits_from_the_end_of_its_belt),
    cmocka_unit_test(rework_takes_what_was_made), cmocka_unit_test(a_partner_off_shift_stops_both),
    cmocka_unit_test(jobs_for_two_do_not_hold_up_jobs_for_one),
    cmocka_unit_test(a_shorter_stop_does_not_cut_a_longer_one),
    cmocka_unit_test(a_flow_limit_keeps_a_set_apart), cmocka_unit_test(a_flow_limit_keeps_a_batch_apart),
    cmocka_unit_test(a_robot_stands_at_the_belt_it_should_empty), cmocka_unit_test(an_operator_alone_does_not_mend),
    cmocka_unit_test(a_batch_asks_for_more_room_than_there_is), cmocka_unit_test(what_is_left_over_is_no_deadlock),
  };
  return cmocka_run_group_tests_name("corners", tests, NULL, NULL);
}
