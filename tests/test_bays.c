// Places as bays at event fidelity: one picks or places at each spot, others wait in line.
#include <stdio.h>

#include "engine/sim/bays.h"
#include "engine/sim/robot.h"
#include "tests/lines.h"

static const char hall[] = "floor: {size: [70, 6]}\nrobots: {crew: {count: 8, handling: 30 s, speed: 1.0, home: rest}}\n";
static const char stations[] =
  "made: {kind: source, makes: part, at: [1, 5], size: [1, 0.6], facing: 270}\n"
  "a: {kind: buffer, capacity: 50, at: [1, 3], size: [1, 0.6], facing: 0}\n"
  "b: {kind: sink, at: [68, 3], size: [1, 0.6], facing: 180}\n"
  "rest: {kind: dock, slots: 8, at: [34, 5], size: [8, 1], facing: 270}";

// One spot, many robots: the next one sets off from its place in the line when the one before is done, so they follow each other every
// 30 s of handling, and 1.4 m of walking where one had to wait. Who is sent so that it comes when the spot gets free waits for hardly anybody.
static void test_one_spot(void **state) {
  (void)state;
  struct line r;
  line_open(&r, stations, "made -> a\n{path: a -> b, by: robots}", hall);
  line_to(&r, 3600);
  int64_t before = r.now.line.made;
  line_to(&r, 3600 + 3114);
  // who comes just when the spot gets free need not walk up to it
  double made = (double)(r.now.line.made - before);
  CHECK(made >= 3114 / (30 + 1.4) - 1, ==, 1);
  CHECK(made <= 3114 / 30.0 + 1, ==, 1);
  double waits = line_robot(&r, "crew", ROBOT_TRAFFIC);
  CHECK(waits > 0 && waits < 2, ==, 1);
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
    "rest: {kind: dock, slots: 8, at: [34, 5], size: [8, 1], facing: 270}", "made -> a\n{path: a -> b, by: robots}", "floor: {size: [70, 6]}\nrobots: {crew: {count: 3, handling: 30 s, speed: 1.0, home: rest}}\n");
  line_to(&r, 3600);
  CHECK_NEAR(line_robot(&r, "crew", ROBOT_TRAFFIC), 0, 0);
  line_close(&r);
}

// One of eight is stopped for an hour, each in turn. Who stands at a spot blocks it, and there are two; who stands in line leaves it, and the others follow
// each other as before. Afterwards it asks again.
static void test_stopped_in_line(void **state) {
  (void)state;
  int blocked = 0;
  for (int k = 1; k <= 8; k++) {
    struct line r;
    char extra[400];
    snprintf(extra, sizeof extra, "%sevents: [{at: 3600 s, do: estop, what: crew-%d}, {at: 7200 s, do: resume, what: crew-%d}]\n", hall, k, k);
    line_open(&r, stations, "made -> a\n{path: a -> b, by: robots}", extra);
    line_to(&r, 3700);
    int64_t before = r.now.line.made;
    line_to(&r, 3700 + 3140);
    int64_t made = r.now.line.made - before;
    if (made < 5) blocked++;
    else CHECK_NEAR((double)made, 3140 / (30 + 1.4), 2);
    line_to(&r, 7600);
    before = r.now.line.made;
    line_to(&r, 7600 + 3140);
    CHECK_NEAR((double)(r.now.line.made - before), 3140 / (30 + 1.4), 2);
    line_close(&r);
  }
  CHECK(blocked, <=, 2);
}

// Robots that break with a part in their hands, some of them in line: mended, they ask for a spot like everybody (the twin's own check).
static void test_break_in_line(void **state) {
  (void)state;
  struct line r;
  line_open(&r, stations, "made -> a\n{path: a -> b, by: robots}",
            "floor: {size: [70, 6]}\nrobots: {crew: {count: 8, handling: 30 s, speed: 1.0, home: rest, failures: {up: exponential(400 s), down: 60 s, clock: calendar, then: resume}}}\n");
  for (int k = 1; k <= 240; k++) line_to(&r, 60 * k);
  CHECK(line_fleet(&r, "crew")->breakdowns, >, 100);
  CHECK(r.now.line.made, >, 200);
  line_close(&r);
}

#define PUSHED(t) "{at: " #t " s, do: push, what: crew-1, impulse: 120}, {at: " #t " s, do: push, what: crew-2, impulse: 120}, {at: " #t " s, do: push, what: crew-3, impulse: 120}, {at: " #t " s, do: push, what: crew-4, impulse: 120}, "

// A robot that is pushed over in line lies there, gets up, and comes again; nobody waits for it.
static void test_fall_in_line(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
    "made: {kind: source, makes: part, every: 2 s, limit: 60, at: [1, 5], size: [1, 0.6], facing: 270}\n"
    "a: {kind: buffer, capacity: 50, at: [1, 3], size: [1, 0.6], facing: 0}\n"
    "b: {kind: sink, at: [8, 3], size: [1, 0.6], facing: 180}\n"
    "rest: {kind: dock, slots: 4, at: [4.5, 5], size: [4, 1], facing: 270}", "made -> a\n{path: a -> b, by: robots, time: 20 s}",
    "floor: {size: [9, 6]}\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest}}\nrun: {fidelity: body, body_rate: 50}\nevents: ["
    PUSHED(60) "{at: 1 s, do: push, what: crew-1, impulse: 1}]\n");
  for (int k = 1; k <= 90; k++) line_to(&r, 2 * k);
  CHECK(line_fleet(&r, "crew")->falls, >=, 3);
  int64_t made = r.now.line.made;
  line_to(&r, 280);
  CHECK(r.now.line.made, >=, made + 3);
  line_close(&r);
}

// A walk is solved to the spot, so who had to wait on it stands while the time of its last steps passes: no step is paid for twice.
static void test_last_steps_are_paid_for_once(void **state) {
  (void)state;
  struct twin_options o = twin_defaults();
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  int64_t seen = 0;
  faults_init(&f, "layouts/cell-sorting.yaml", NULL, 0);
  if (layout_read_file(&l, "layouts/cell-sorting.yaml", NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  for (ns_t now = NS_SECOND / 2; now <= 300 * NS_SECOND; now += NS_SECOND / 2) {
    CHECK(twin_run(t, now), ==, TWIN_RUNS);
    for (int32_t i = 0; i < t->robots; i++) {
      const struct robot *b = &t->robot[i];
      if (b->act != ACT_CARRY || bays_waits(t, i) || !bays_walks_up(t, i)) continue;
      CHECK(b->cause, ==, ROBOT_WALKING);
      double stands = make_of(t, b)->rate_idle;
      CHECK(b->drain >= stands && b->drain < 1.1 * stands, ==, 1);            // with a part in its hands
      seen++;
    }
  }
  CHECK(seen, >, 50);
  twin_destroy(t);
  layout_finish(&l);
}

int test_bays(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_spot), cmocka_unit_test(test_three_spots), cmocka_unit_test(test_stopped_in_line), cmocka_unit_test(test_break_in_line),
                                     cmocka_unit_test(test_fall_in_line), cmocka_unit_test(test_last_steps_are_paid_for_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
