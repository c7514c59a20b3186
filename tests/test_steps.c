// Work in steps by typed fleets and people, moments worked out by hand. [0-5] is an interval in seconds.
#include <math.h>

#include "engine/measure/result.h"
#include "engine/sim/work.h"
#include "engine/sim/work_go.h"
#include "tests/lines.h"

#define RAW "raw: {kind: source, makes: part}\n"
#define OUT "out: {kind: sink}\n"
#define BENCH(steps, more) RAW "bench: {kind: machine, steps: [" steps "]" more "}\n" OUT
#define HANDS "insert: {time: 5 s}, fasten: {time: 3 s}, inspect: {time: 4 s}"

static const struct step_sums *step_of(const struct line *r, const char *station, int k) {
  int i = layout_station(&r->layout, station);
  return &r->now.step[r->layout.stations[i].first_step + k];
}

// Two who carry one thing each bear half of it: also in what the scheduler expects of it.
static void two_bear_a_half_each(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: part, at: [1, 3]}\nbench: {kind: machine, at: [4, 3], steps: [{do: carry, part: long, robots: 2}], operator: {count: 2}}\nout: {kind: sink, at: [8, 3]}", NULL, "floor: {size: [9, 6]}\nparts: {part: {}, long: {mass: 24 kg}}\nrobots: {crew: {model: optimus-gen2, count: 2}}");
  int s = layout_station(&r.layout, "bench");
  const struct step *x = &r.layout.stations[s].steps[0];
  struct go whole = work_go_mean(r.twin, 0, s, x, 24), less = work_go_mean(r.twin, 0, s, x, 12);
  assert_true(less.time < whole.time || less.fails < whole.fails || less.power < whole.power);
  double tries = whole.fails > 0 ? (1 - pow(whole.fails, x->tries)) / (1 - whole.fails) : 1;
  CHECK_NEAR(work_mean(r.twin, s), whole.time * tries, 1e-9);
  line_close(&r);
}

// ---- one after the other ------------------------------------------------------------------------------

// insert [0-5], four screws of 3 s [5-17], inspect [17-21]
static void steps_follow_each_other(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert}, {do: fasten, count: 4}, {do: inspect}", ""), NULL, "robots: {crew: {skills: {" HANDS "}}}");
  line_made_at(&r, "bench", 1, 21);
  line_made_at(&r, "bench", 2, 42);
  line_was(&r, "bench", STATION_WORKING, 42);
  line_robots_were(&r, "crew", ROBOT_WORKING, 42);
  CHECK(step_of(&r, "bench", 0)->done, ==, 2);
  CHECK(step_of(&r, "bench", 1)->done, ==, 8);
  CHECK(step_of(&r, "bench", 1)->time, ==, 24 * NS_SECOND);
  CHECK(step_of(&r, "bench", 2)->done, ==, 2);
  line_close(&r);
}

// `handling` is a pick or a place, the other skills have times: 1 + 1 + 3
static void typed_hands_handle(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: pick}, {do: place}, {do: fasten}", ""), NULL, "robots: {crew: {handling: 1 s, skills: {pick: {}, place: {}, fasten: {time: 3 s}}}}");
  line_made_at(&r, "bench", 1, 5);
  line_made_at(&r, "bench", 2, 10);
  line_close(&r);
}

// without `skills` a typed fleet picks and places
static void typed_hands_without_a_list(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: pick, count: 2}, {do: place, count: 2}", ""), NULL, "people: {staff: {handling: 1500 ms}}");
  line_made_at(&r, "bench", 1, 6);
  line_close(&r);
}

// only staff can fasten, crew could not: 3 s each
static void who_has_the_skill_comes(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: fasten}", ""), NULL, "robots: {crew: {count: 5, skills: [press]}}\npeople: {staff: {skills: {fasten: {time: 3 s}}}}");
  line_made_at(&r, "bench", 4, 12);
  line_robots_were(&r, "crew", ROBOT_IDLE, 60);
  line_robots_were(&r, "staff", ROBOT_WORKING, 12);
  line_close(&r);
}

// a skill of the layout's own, and one asked for by the operator of a machine with a time
static void skills_have_names(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "weld: {kind: machine, steps: [{do: press, skill: spot-weld}]}\ncut: {kind: machine, time: 2 s, operator: {skill: laser}}\n" OUT, NULL,
            "robots: {crew: {skills: [press]}, welder: {skills: {spot-weld: {time: 6 s}}}}\npeople: {staff: {skills: laser}}");
  line_made_at(&r, "weld", 1, 6);
  line_made_at(&r, "cut", 1, 8);
  line_robots_were(&r, "crew", ROBOT_IDLE, 8);
  line_robots_were(&r, "welder", ROBOT_WORKING, 8);
  line_robots_were(&r, "staff", ROBOT_WORKING, 2);
  line_close(&r);
}

// ---- together ------------------------------------------------------------------------------------------

// two lift [0-2], one of them goes on alone [2-8]; the other works at b meanwhile: [2-8]. Both are free at 8
static void two_are_there_for_their_step(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a}\nrb: {kind: source, makes: b, limit: 1}\na: {kind: machine, steps: [{do: place, robots: 2}, {do: fasten, count: 2}]}\n"
            "b: {kind: machine, steps: [{do: fasten, count: 2}]}\n" OUT, "ra -> a -> out\nrb -> b -> out",
            "robots: {crew: {count: 2, handling: 2 s, skills: {place: {}, fasten: {time: 3 s}}}}");
  line_made_at(&r, "a", 1, 8);
  line_made_at(&r, "b", 1, 8);
  line_was(&r, "b", STATION_WAITING_ROBOT, 2);
  line_made_at(&r, "a", 2, 16);
  line_robots_were(&r, "crew", ROBOT_WORKING, (2 * 2 + 6) + 6 + (2 * 2 + 6));
  line_close(&r);
}

// a number that the layout gives stays to the end: a [0-8], then b [8-14] has two
static void a_crew_that_is_said_stays(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a, limit: 1}\nrb: {kind: source, makes: b, limit: 1}\na: {kind: machine, robots: 2, steps: [{do: place, robots: 2}, {do: fasten, count: 2}]}\n"
            "b: {kind: machine, steps: [{do: fasten, count: 2}]}\n" OUT, "ra -> a -> out\nrb -> b -> out",
            "robots: {crew: {count: 2, handling: 2 s, skills: {place: {}, fasten: {time: 3 s}}}}");
  line_made_at(&r, "a", 1, 8);
  line_made_at(&r, "b", 1, 14);
  line_close(&r);
}

// two machines that need two at their last step, two robots: they come and go together, nothing locks
static void two_stations_do_not_wait_for_each_other(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a}\nrb: {kind: source, makes: b}\na: {kind: machine, steps: [{do: fasten}, {do: place, robots: 2}]}\n"
            "b: {kind: machine, steps: [{do: fasten}, {do: place, robots: 2}]}\n" OUT, "ra -> a -> out\nrb -> b -> out",
            "robots: {crew: {count: 2, handling: 2 s, skills: {place: {}, fasten: {time: 3 s}}}}");
  line_made_at(&r, "a", 1, 5);
  line_made_at(&r, "b", 1, 10);
  line_made_at(&r, "a", 2, 15);
  line_close(&r);
}

// the slower of the two sets the time of what they do together: 4 s of staff, 2 s of crew
static void the_slower_one_sets_the_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: place, robots: 2}", ", operator: {by: [crew, staff]}"), NULL, "robots: {crew: {handling: 2 s}}\npeople: {staff: {handling: 4 s}}");
  line_made_at(&r, "bench", 1, 4);
  line_made_at(&r, "bench", 2, 8);
  line_close(&r);
}

// ---- failures --------------------------------------------------------------------------------------------

// every try fails: three of 5 s, then the product is scrapped; the fastening never begins
static void what_fails_is_given_up(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert}, {do: fasten}", ""), NULL, "robots: {crew: {skills: {insert: {time: 5 s, fails: 1}, fasten: {time: 3 s}}}}");
  line_to(&r, 14.999999999);
  CHECK(r.now.line.scrapped, ==, 0);
  line_to(&r, 15);
  CHECK(r.now.line.scrapped, ==, 1);
  CHECK(step_of(&r, "bench", 0)->failed, ==, 3);
  CHECK(step_of(&r, "bench", 0)->gave_up, ==, 1);
  CHECK(step_of(&r, "bench", 1)->done, ==, 0);
  line_to(&r, 150);
  CHECK(r.now.line.scrapped, ==, 10);
  CHECK(r.now.line.made, ==, 0);
  line_close(&r);
}

// a try of two, then rework: bench [0-5], mend by time [5-9]
static void rework_takes_what_is_given_up(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: part}\nbench: {kind: machine, steps: [{do: insert, tries: 1}], rework: {share: 0, to: mend}}\nmend: {kind: machine, time: 4 s}\n" OUT,
            "raw -> bench -> out\nmend -> out", "robots: {crew: {skills: {insert: {time: 5 s, fails: 1}}}}");
  line_made_at(&r, "mend", 1, 9);
  line_made_at(&r, NULL, 2, 14);
  CHECK(line_station(&r, "bench")->reworked, ==, 2);
  CHECK(r.now.line.scrapped, ==, 0);
  line_close(&r);
}

// one in four tries fails: of many goes a quarter, within four sigma; each failure costs a whole try
static void failures_come_as_often_as_they_should(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert, tries: 1000}", ""), NULL, "robots: {crew: {skills: {insert: {time: 1 s, fails: 25 %}}}}");
  line_to(&r, 40000);
  const struct step_sums *x = step_of(&r, "bench", 0);
  CHECK(x->done + x->failed, ==, 40000);
  CHECK_NEAR((double)x->failed / 40000, 0.25, 4 * 0.433 / 200);
  CHECK(x->done, ==, line_station(&r, "bench")->made);
  line_close(&r);
}

// ---- practice ----------------------------------------------------------------------------------------------

#define ROOT "learning: 70.71067811865476 %"        // of one half, so the n-th go takes 1 / sqrt(n)

// 8 s over the root of n: 8, 5.657, 4.619, 4
static void practice_shortens(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert}", ""), NULL, "robots: {crew: {skills: {insert: {time: 8 s, " ROOT "}}}}");
  line_made_at(&r, "bench", 1, 8);
  line_made_at(&r, "bench", 2, 8 + 5.656854249);
  line_made_at(&r, "bench", 3, 13.656854249 + 4.618802154);
  line_made_at(&r, "bench", 4, 18.275656403 + 4);
  line_close(&r);
}

// half of the time stays, four goes lie behind: 4 + 4 sqrt(4/4), 4 + 4 sqrt(4/5), 4 + 4 sqrt(4/6)
static void practice_has_a_start_and_a_floor(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert}", ""), NULL, "robots: {crew: {skills: {insert: {time: 8 s, " ROOT ", practice: 4, least: 50 %}}}}");
  line_made_at(&r, "bench", 1, 8);
  line_made_at(&r, "bench", 2, 8 + 7.577708764);
  line_made_at(&r, "bench", 3, 15.577708764 + 7.265986324);
  line_close(&r);
}

// two benches, two robots: each learns by itself 8, 5.657; together the second pair has two goes behind it: 8, 4.619
static void practice_is_shared(void **state) {
  (void)state;
  for (int shared = 0; shared < 2; shared++) {
    char crew[200];
    snprintf(crew, sizeof crew, "robots: {crew: {count: 2, skills: {insert: {time: 8 s, %s, shared: %s}}}}", ROOT, shared ? "true" : "false");
    struct line r;
    line_open(&r, "ra: {kind: source, makes: a}\nrb: {kind: source, makes: b}\na: {kind: machine, steps: [{do: insert}]}\nb: {kind: machine, steps: [{do: insert}]}\n" OUT,
              "ra -> a -> out\nrb -> b -> out", crew);
    line_made_at(&r, "a", 1, 8);
    line_made_at(&r, "a", 2, shared ? 12.618802154 : 13.656854249);
    line_made_at(&r, "b", 2, shared ? 12.618802154 : 13.656854249);
    line_close(&r);
  }
}

// Wright's line: 80 % for every doubling
static void the_power_law(void **state) {
  (void)state;
  double f = 1;
  for (double n = 1; n < 1e6; n *= 2, f *= 0.8) CHECK_NEAR(work_practice(0.8, 0, 1, n), f, 1e-12);
  CHECK_NEAR(work_practice(0.8, 0.3, 100, 100), 1, 1e-15);
  CHECK_NEAR(work_practice(0.8, 0.3, 100, 200), 0.3 + 0.7 * 0.8, 1e-12);
  CHECK_NEAR(work_practice(1, 0, 1, 1e9), 1, 0);
}

// a and b in turn, 2 s to find into the other: a [0-3] b [3-8] a [8-13]
static void switching_takes_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a}\nrb: {kind: source, makes: b}\na: {kind: machine, steps: [{do: fasten}]}\nb: {kind: machine, steps: [{do: fasten}]}\n" OUT,
            "ra -> a -> out\nrb -> b -> out", "robots: {crew: {switching: 2 s, skills: {fasten: {time: 3 s}}}}");
  line_made_at(&r, "a", 1, 3);
  line_made_at(&r, "b", 1, 8);
  line_made_at(&r, "a", 2, 13);
  line_close(&r);
}

// ---- with what stations do besides -----------------------------------------------------------------------

// set-ups of 2 s before each part but the first, done by the crew: [0-3] [5-8] [10-13]
static void steps_after_a_setup(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: fasten}", ", setup: {time: 2 s, every: 1}"), NULL, "robots: {crew: {skills: {fasten: {time: 3 s}}}}");
  line_made_at(&r, "bench", 1, 3);
  line_made_at(&r, "bench", 2, 8);
  line_was(&r, "bench", STATION_SETUP, 2);
  line_made_at(&r, "bench", 3, 13);
  line_close(&r);
}

// three at once, one set of steps
static void steps_of_a_batch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: pick, count: 3}, {do: close}", ", batch: 3"), NULL, "robots: {crew: {handling: 1 s, skills: {pick: {}, close: {time: 4 s}}}}");
  line_made_at(&r, "bench", 3, 7);
  line_made_at(&r, "bench", 6, 14);
  line_close(&r);
}

// stopped at 4 for 6 s in the second go: resumes; [0-3] [3-4, 10-12] [12-15]
static void a_stopped_bench_goes_on(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: fasten, count: 3}", ""), NULL, "robots: {crew: {skills: {fasten: {time: 3 s}}}}\nevents: [{at: 4 s, do: fail, what: bench, for: 6 s}]");
  line_made_at(&r, "bench", 1, 15);
  line_was(&r, "bench", STATION_DOWN, 6);
  line_close(&r);
}

// fails at 4 s of work, down 6 s: begins anew with both, who had become one: [0-2] two, [2-4] one; [10-12] two, then alone to 15
static void a_failed_bench_begins_anew(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: place, robots: 2}, {do: fasten}", ", failures: {up: 4 s, down: 6 s, then: restart}"), NULL, "robots: {crew: {count: 2, handling: 2 s, skills: {place: {}, fasten: {time: 3 s}}}}");
  line_to(&r, 4);
  CHECK(line_station(&r, "bench")->made, ==, 0);
  CHECK(step_of(&r, "bench", 0)->done, ==, 1);
  line_to(&r, 13.9);
  CHECK(step_of(&r, "bench", 0)->done, ==, 2);
  line_to(&r, 14.1);
  line_was(&r, "bench", STATION_DOWN, 6.1);
  line_close(&r);
}

// the shift ends in the second go: [0-3] [3-5, 3605-3606] [3606-3609]
static void steps_keep_shifts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: fasten, count: 3}", ""), NULL,
            "shifts: {day: {start: 06:00, end: 14:00, breaks: [[\"06:01\", 59 min]]}}\nrobots: {crew: {shift: day, skills: {fasten: {time: 25 s}}}}\nrun: {for: 2 h, start: Mon 06:00}");
  line_made_at(&r, "bench", 1, 60 + 59 * 60 + 15);
  line_close(&r);
}

// base, two shafts, both placed early; insert twice, then fasten: the parts are there at once
static void an_assembly_in_steps(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "rt: {kind: source, makes: tray}\nra: {kind: source, makes: a}\nbench: {kind: assembly, base: tray, needs: {a: 2}, take: early, makes: product, steps: [{do: insert, part: a, count: 2}, {do: fasten}]}\n" OUT,
            "rt -> bench\nra -> bench\nbench -> out", "robots: {crew: {skills: {" HANDS "}}}");
  line_made_at(&r, "bench", 1, 13);
  line_made_at(&r, "bench", 2, 26);
  CHECK(r.now.line.made, ==, 2);
  line_close(&r);
}

// an inspection by hand: every faulty one is found, 4 s each
static void an_inspection_in_steps(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: [{a: 1}, {b: 1}]}\ncheck: {kind: inspection, finds: {b: 1}, steps: [{do: inspect}]}\nbad: {kind: sink, counts: scrapped}\n" OUT,
            "raw -> check\n{path: check -> out, when: pass}\n{path: check -> bad, when: fail}", "people: {staff: {skills: {inspect: {time: 4 s}}}}");
  line_made_at(&r, "check", 10, 40);
  CHECK(r.now.line.made, ==, 5);
  CHECK(r.now.line.scrapped, ==, 5);
  line_close(&r);
}

// the result has a row for each step: 5 s and 3 s of each try, one of both failed
static void steps_have_numbers(void **state) {
  (void)state;
  struct line r;
  struct result_index x;
  double row[400];
  line_open(&r, BENCH("{do: insert, tries: 2}, {do: fasten}", ""), NULL, "robots: {crew: {skills: {insert: {time: 5 s, fails: 50 %}, fasten: {time: 3 s}}}}");
  struct sums zero = sums_make(&r.layout, &r.arena);
  line_to(&r, 10000);
  assert_true(result_index_make(&x, &r.layout, &r.arena));
  assert_true(x.count < 400);
  result_fill(&x, &zero, &r.now, false, row);
  CHECK_NEAR(row[result_find(&x, "stations.bench.steps.0.mean_s")], 5, 1e-12);
  CHECK_NEAR(row[result_find(&x, "stations.bench.steps.1.mean_s")], 3, 1e-12);
  CHECK_NEAR(row[result_find(&x, "stations.bench.steps.0.done")], row[result_find(&x, "stations.bench.steps.1.done")], 1);
  CHECK_NEAR(row[result_find(&x, "stations.bench.steps.0.gave_up")], row[result_find(&x, "kpi.scrapped")], 0);
  // of all products a quarter
  double gave = row[result_find(&x, "stations.bench.steps.0.gave_up")], done = row[result_find(&x, "stations.bench.steps.0.done")];
  CHECK_NEAR(gave / (gave + done), 0.25, 0.05);
  line_close(&r);
}

// a model's hands take time, and what is practised is done faster
static void a_model_works_in_steps(void **state) {
  (void)state;
  int64_t made[2];
  for (int k = 0; k < 2; k++) {
    char crew[300];
    snprintf(crew, sizeof crew, "floor: {size: [10, 8]}\nrobots: {crew: {model: optimus-gen2, home: rest%s}}", k ? ", skills: {insert: {pace: 0.5}, fasten: {pace: 0.5}}" : "");
    struct line r;
    line_open(&r, RAW "bench: {kind: machine, at: [3, 4], steps: [{do: insert, clearance: 2 mm}, {do: fasten, count: 2}]}\nrest: {kind: dock, at: [8, 2]}\n" OUT, "raw -> bench -> out", crew);
    line_to(&r, 1000);
    made[k] = line_station(&r, "bench")->made;
    assert_true(made[k] > 20);
    assert_true(line_fleet(&r, "crew")->energy > 0);
    line_close(&r);
  }
  assert_true(made[1] > made[0] * 1.8);
}

// what a scheduler expects: an insertion of 5 s that fails half of the time, twice at most, is 7.5 s; then 2 x 3 s
static void steps_are_expected_to_take(void **state) {
  (void)state;
  struct line r;
  line_open(&r, BENCH("{do: insert, tries: 2}, {do: fasten, count: 2}", ""), NULL, "robots: {crew: {skills: {insert: {time: exponential(5 s), fails: 50 %}, fasten: {time: 3 s}}}}");
  CHECK_NEAR(work_mean(r.twin, layout_station(&r.layout, "bench")), 13.5, 1e-12);
  CHECK_NEAR(work_mean(r.twin, layout_station(&r.layout, "raw")), 0, 0);
  line_to(&r, 27000);
  CHECK_NEAR((double)(line_station(&r, "bench")->made), 27000 / (7.5 + 0.75 * 6), 27000 / 12.0 * 0.04);      // a quarter is given up before
  line_close(&r);
}

// a model's practice stands in its robot.yaml; what the layout says goes before: what is at its first go soon feels less for a close place. What
// its body's limits take for the motion stays
static void a_model_practises(void **state) {
  (void)state;
  double mean[3];
  for (int k = 0; k < 3; k++) {
    char crew[300], work[300];
    snprintf(crew, sizeof crew, "floor: {size: [10, 8]}\nrobots: {crew: {model: optimus-gen2, home: rest%s}}", k == 1 ? ", skills: {insert: {" ROOT ", practice: 1, least: 0}}" : "");
    snprintf(work, sizeof work, RAW "bench: {kind: machine, at: [3, 4], steps: [{do: insert, clearance: %s}]}\nrest: {kind: dock, at: [8, 2]}\n" OUT, k == 2 ? "10 mm" : "0.1 mm");
    struct line r;
    line_open(&r, work, "raw -> bench -> out", crew);
    line_to(&r, 6000);
    const struct step_sums *x = step_of(&r, "bench", 0);
    mean[k] = ns_to_seconds(x->time) / (double)(x->done + x->failed);
    // 97 % of 10,000 goes behind it: a few hundred change nothing to speak of
    if (k == 0) CHECK_NEAR(mean[k] * (double)line_station(&r, "bench")->made, 6000, 6000 * 0.05 + mean[k]);
    line_close(&r);
  }
  assert_true(mean[1] < 0.7 * mean[0]);
  assert_true(mean[1] > mean[2]);
}

int test_steps(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(two_bear_a_half_each),
    cmocka_unit_test(steps_follow_each_other), cmocka_unit_test(typed_hands_handle), cmocka_unit_test(typed_hands_without_a_list),
    cmocka_unit_test(who_has_the_skill_comes), cmocka_unit_test(skills_have_names), cmocka_unit_test(two_are_there_for_their_step),
    cmocka_unit_test(a_crew_that_is_said_stays), cmocka_unit_test(two_stations_do_not_wait_for_each_other), cmocka_unit_test(the_slower_one_sets_the_time),
    cmocka_unit_test(what_fails_is_given_up), cmocka_unit_test(rework_takes_what_is_given_up), cmocka_unit_test(failures_come_as_often_as_they_should),
    cmocka_unit_test(practice_shortens), cmocka_unit_test(practice_has_a_start_and_a_floor), cmocka_unit_test(practice_is_shared), cmocka_unit_test(the_power_law),
    cmocka_unit_test(switching_takes_time), cmocka_unit_test(steps_after_a_setup), cmocka_unit_test(steps_of_a_batch), cmocka_unit_test(a_stopped_bench_goes_on),
    cmocka_unit_test(a_failed_bench_begins_anew), cmocka_unit_test(steps_keep_shifts), cmocka_unit_test(an_assembly_in_steps),
    cmocka_unit_test(an_inspection_in_steps), cmocka_unit_test(steps_have_numbers), cmocka_unit_test(steps_are_expected_to_take), cmocka_unit_test(a_model_works_in_steps), cmocka_unit_test(a_model_practises),
  };
  return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
