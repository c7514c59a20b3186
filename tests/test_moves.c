// How parts move, rule by rule: tiny layouts without chance, every moment worked out by hand in
// the comment and met to the nanosecond. [0-5] is an interval in seconds.
#include <string.h>

#include "tests/lines.h"

#define RAW "raw: {kind: source, makes: part}\n"
#define OUT "out: {kind: sink}\n"

// ---- rule 2: places, blocking, who goes first ------------------------------------------------------

// s1 [0-2] to s2; s1 [2-4], blocked [4-7]; s2 [2-7]; s1 [7-9], blocked [9-12]; s2 [7-12]
static void blocking_after_service(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s}\ns2: {kind: machine, time: 5 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "s1", 2, 4);
  line_made_at(&r, "s2", 1, 7);
  line_made_at(&r, "s2", 2, 12);
  line_was(&r, "s1", STATION_WORKING, 6);
  line_was(&r, "s1", STATION_BLOCKED, 6);
  line_was(&r, "s2", STATION_STARVED, 2);
  line_was(&r, "s2", STATION_WORKING, 10);
  line_close(&r);
}

// s1 starts only when s2 is free: s1 [0-2], s2 [2-7], s1 [7-9], s2 [9-14]; s1 holds its part meanwhile
static void blocking_before_service(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s, blocking: before-service}\ns2: {kind: machine, time: 5 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "s1", 1, 2);
  line_made_at(&r, "s2", 1, 7);
  line_made_at(&r, "s1", 2, 9);
  line_made_at(&r, "s2", 2, 14);
  line_was(&r, "s1", STATION_WORKING, 4);
  line_was(&r, "s1", STATION_BLOCKED, 10);
  line_was(&r, "s2", STATION_STARVED, 4);
  line_close(&r);
}

// a buffer of 1 between: s1 may start when the buffer has room. s1 [0-2], part to s2 [2-7];
// s1 [2-4], part to the buffer; s1 waits for room until 7, [7-9]; s2 [7-12]
static void blocking_before_service_buffer(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s, blocking: before-service}\nb: {kind: buffer, capacity: 1}\ns2: {kind: machine, time: 5 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "s1", 2, 4);
  line_made_at(&r, "s2", 1, 7);
  line_made_at(&r, "s1", 3, 9);
  line_was(&r, "s1", STATION_BLOCKED, 3);
  line_made_at(&r, "s2", 2, 12);
  line_close(&r);
}

// s1 3 s, buffer 2, s2 10 s: s2 [3-13]; the buffer fills at 6 and 9; s1 done at 12, blocked [12-13]
static void buffer_holds_its_capacity(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 3 s}\nb: {kind: buffer, capacity: 2}\ns2: {kind: machine, time: 10 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "s1", 4, 12);
  line_made_at(&r, "s2", 1, 13);
  line_was(&r, "s1", STATION_BLOCKED, 1);
  // one part in the buffer during [6-9], two during [9-13]: 3 + 8
  CHECK_NEAR(line_station(&r, "b")->area, 11, 1e-9);
  // at 13 two have left it: the first waited 0 s [3-3], the second 7 s [6-13]
  CHECK(line_station(&r, "b")->left, ==, 2);
  CHECK_NEAR(line_station(&r, "b")->wait, 7, 1e-9);
  line_close(&r);
}

// a b c d come at 0, 0.1, 0.2, 0.3 and need 1, 2, 4, 8 s: the moments tell the order
#define FOUR "src: {kind: source, makes: [{a: 1}, {b: 1}, {c: 1}, {d: 1}], limit: 4, every: 100 ms, first: 0 s}\n"
#define TIMES "m: {kind: machine, time: {a: 1 s, b: 2 s, c: 4 s, d: 8 s}}\n"
#define RANKED "parts: {a: {}, b: {}, c: {priority: 5}, d: {priority: 5}}\n"

// a [0-1] b [1-3] c [3-7] d [7-15]
static void buffer_first_in_first_out(void **state) {
  (void)state;
  struct line r;
  line_open(&r, FOUR "q: {kind: buffer, capacity: 9}\n" TIMES OUT, NULL, RANKED);
  line_made_at(&r, "m", 1, 1);
  line_made_at(&r, "m", 2, 3);
  line_made_at(&r, "m", 3, 7);
  line_made_at(&r, "m", 4, 15);
  line_close(&r);
}

// a [0-1] d [1-9] c [9-13] b [13-15]
static void buffer_last_in_first_out(void **state) {
  (void)state;
  struct line r;
  line_open(&r, FOUR "q: {kind: buffer, capacity: 9, order: lifo}\n" TIMES OUT, NULL, RANKED);
  line_made_at(&r, "m", 1, 1);
  line_made_at(&r, "m", 2, 9);
  line_made_at(&r, "m", 3, 13);
  line_made_at(&r, "m", 4, 15);
  line_close(&r);
}

// c and d before b, among them the first to come: a [0-1] c [1-5] d [5-13] b [13-15]
static void buffer_by_priority(void **state) {
  (void)state;
  struct line r;
  line_open(&r, FOUR "q: {kind: buffer, capacity: 9, order: priority}\n" TIMES OUT, NULL, RANKED);
  line_made_at(&r, "m", 1, 1);
  line_made_at(&r, "m", 2, 5);
  line_made_at(&r, "m", 3, 13);
  line_made_at(&r, "m", 4, 15);
  line_close(&r);
}

// m is busy with c [0-10]; b comes to q2 at 1, a to q1 at 2. a has the larger priority: a [10-11], b [11-15]
static void larger_priority_goes_first(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s0: {kind: source, makes: c, limit: 1}\ns1: {kind: source, makes: a, limit: 1, first: 2 s, every: 1 s}\n"
            "s2: {kind: source, makes: b, limit: 1, first: 1 s, every: 1 s}\nq1: {kind: buffer, capacity: 9}\nq2: {kind: buffer, capacity: 9}\n"
            "m: {kind: machine, time: {a: 1 s, b: 4 s, c: 10 s}}\n" OUT,
            "s0 -> m -> out\ns1 -> q1\ns2 -> q2\n{path: q2 -> m, priority: 1}\n{path: q1 -> m, priority: 2}", NULL);
  line_made_at(&r, "m", 2, 11);
  line_made_at(&r, "m", 3, 15);
  line_close(&r);
}

// the same with equal priorities: b has waited longer. b [10-14], a [14-15]
static void longest_wait_goes_first(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s0: {kind: source, makes: c, limit: 1}\ns1: {kind: source, makes: a, limit: 1, first: 2 s, every: 1 s}\n"
            "s2: {kind: source, makes: b, limit: 1, first: 1 s, every: 1 s}\nq1: {kind: buffer, capacity: 9}\nq2: {kind: buffer, capacity: 9}\n"
            "m: {kind: machine, time: {a: 1 s, b: 4 s, c: 10 s}}\n" OUT,
            "s0 -> m -> out\ns1 -> q1\ns2 -> q2\nq1 -> m\nq2 -> m", NULL);
  line_made_at(&r, "m", 2, 14);
  line_made_at(&r, "m", 3, 15);
  line_close(&r);
}

// both come at 1: the flow that stands first in the file. a [10-11], b [11-15]
static void file_order_breaks_ties(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s0: {kind: source, makes: c, limit: 1}\ns1: {kind: source, makes: a, limit: 1, first: 1 s, every: 1 s}\n"
            "s2: {kind: source, makes: b, limit: 1, first: 1 s, every: 1 s}\nq1: {kind: buffer, capacity: 9}\nq2: {kind: buffer, capacity: 9}\n"
            "m: {kind: machine, time: {a: 1 s, b: 4 s, c: 10 s}}\n" OUT,
            "s0 -> m -> out\ns1 -> q1\ns2 -> q2\nq1 -> m\nq2 -> m", NULL);
  line_made_at(&r, "m", 2, 11);
  line_made_at(&r, "m", 3, 15);
  line_close(&r);
}

// f1 done at 3 takes m [3-13]; f2 done at 4 waits since 4, f1 again done at 6 since 6: f2's part [13-14], f1's [14-24]
static void blocked_servers_wait_in_turn(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "r1: {kind: source, makes: a}\nr2: {kind: source, makes: b}\nf1: {kind: machine, time: 3 s}\nf2: {kind: machine, time: 4 s}\n"
            "m: {kind: machine, time: {a: 10 s, b: 1 s}}\n" OUT,
            "r1 -> f1 -> m -> out\nr2 -> f2 -> m", NULL);
  line_made_at(&r, "m", 1, 13);
  line_made_at(&r, "m", 2, 14);
  line_was(&r, "f2", STATION_BLOCKED, 9);
  line_was(&r, "f1", STATION_BLOCKED, 8);
  line_made_at(&r, "m", 3, 24);
  line_close(&r);
}

// a full chain moves as one when its end moves: s1 and s2 blocked by s3 (7 s) all move at 9
static void a_move_moves_the_next(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 1 s}\ns2: {kind: machine, time: 1 s}\ns3: {kind: machine, time: 7 s}\n" OUT, NULL, NULL);
  // s3 [2-9]; s2 done at 3, blocked; s1 done at 3, blocked; at 9 s2's goes to s3, s1's to s2, a new one to s1
  line_to(&r, 9);
  line_was(&r, "s1", STATION_BLOCKED, 6);
  line_was(&r, "s2", STATION_BLOCKED, 6);
  line_made_at(&r, "s1", 4, 10);
  line_made_at(&r, "s3", 2, 16);
  line_was(&r, "s1", STATION_BLOCKED, 12);
  line_close(&r);
}

// ---- rule 1: a direct flow with time -----------------------------------------------------------------

// m1 [0-2], on its way [2-5], m2 [5-10]; m1 [2-4], its place at m2 is kept by the first until 10: blocked [4-10];
// m1 is free at once when the part sets out at 10: [10-12]; m2 [13-18]
static void direct_flow_takes_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m1: {kind: machine, time: 2 s}\nm2: {kind: machine, time: 5 s}\n" OUT, "raw -> m1\n{path: m1 -> m2, time: 3 s}\nm2 -> out", NULL);
  line_made_at(&r, "m1", 2, 4);
  line_made_at(&r, "m2", 1, 10);
  line_was(&r, "m1", STATION_BLOCKED, 6);
  line_was(&r, "m2", STATION_STARVED, 5);
  line_made_at(&r, "m1", 3, 12);
  line_made_at(&r, "m2", 2, 18);
  line_close(&r);
}

// ---- rule 3: several flows ---------------------------------------------------------------------------

#define THREE "m1: {kind: machine, time: 500 ms}\nm2: {kind: machine, time: 500 ms}\nm3: {kind: machine, time: 500 ms}\n" OUT
#define SPLIT "src -> m1 -> out\nsrc -> m2 -> out\nsrc -> m3 -> out"

// m1 is always free again when the next one comes
static void choose_first(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 1 s}\n" THREE, SPLIT, NULL);
  line_to(&r, 6.6);
  CHECK(line_station(&r, "m1")->made, ==, 6);
  CHECK(line_station(&r, "m2")->made, ==, 0);
  CHECK(line_station(&r, "m3")->made, ==, 0);
  line_close(&r);
}

// 1 to m1, 2 to m2, 3 to m3, 4 to m1 ...
static void choose_in_turn(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 1 s, choose: in-turn}\n" THREE, SPLIT, NULL);
  line_made_at(&r, "m1", 1, 1.5);
  line_made_at(&r, "m2", 1, 2.5);
  line_made_at(&r, "m3", 1, 3.5);
  line_made_at(&r, "m1", 2, 4.5);
  line_made_at(&r, "m2", 2, 5.5);
  CHECK(line_station(&r, "m1")->made, ==, 2);
  CHECK(line_station(&r, "m3")->made, ==, 1);
  line_close(&r);
}

// both empty at 1: b1, through to m1 [1-21]. Both empty at 2: b1, where it stays. From 3 on b2 is the emptier, its
// parts leave after 0.5 s: 3, 4 ... 9 make seven by 9.5
static void choose_emptiest(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "src: {kind: source, makes: part, every: 1 s, choose: emptiest}\nb1: {kind: buffer, capacity: 9}\nb2: {kind: buffer, capacity: 9}\n"
            "m1: {kind: machine, time: 20 s}\nm2: {kind: machine, time: 500 ms}\n" OUT,
            "src -> b1 -> m1 -> out\nsrc -> b2 -> m2 -> out", NULL);
  line_to(&r, 9.5);
  CHECK(line_station(&r, "m2")->made, ==, 7);
  CHECK_NEAR(line_station(&r, "b1")->area, 7.5, 1e-9);       // one part since 2
  line_close(&r);
}

// none has room: the first that gets room. m1 [0-5] and m2 [0-3] are taken; the third goes to m2 at 3 [3-6], the fourth to m1 at 5
static void first_that_gets_room(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m1: {kind: machine, time: 5 s}\nm2: {kind: machine, time: 3 s}\n" OUT, "raw -> m1 -> out\nraw -> m2 -> out", NULL);
  line_made_at(&r, "m2", 1, 3);
  line_made_at(&r, "m1", 1, 5);
  line_made_at(&r, "m2", 2, 6);
  line_made_at(&r, "m1", 2, 10);
  line_was(&r, "m1", STATION_WORKING, 10);
  line_close(&r);
}

// the way is drawn once: sooner or later two are drawn for m2, which never ends, and m1 starves
static void share_is_kept(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s: {kind: sorter, time: 1 s}\nm1: {kind: machine, time: 1 s}\nm2: {kind: machine, time: 10 h}\n" OUT,
            "raw -> s\n{path: s -> m1, share: 0.5}\n{path: s -> m2, share: 0.5}\nm1 -> out\nm2 -> out", NULL);
  line_to(&r, 1000);
  CHECK(line_station(&r, "m2")->made, ==, 0);
  CHECK(line_station(&r, "m1")->made, <, 60);
  assert_true(line_cause(&r, "s", STATION_BLOCKED) > 900);
  assert_true(line_cause(&r, "m1", STATION_STARVED) > 900);
  line_close(&r);
}

// shares 0 and 1 leave nothing to chance
static void share_of_one(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s: {kind: sorter, time: 1 s}\nm1: {kind: machine, time: 500 ms}\nm2: {kind: machine, time: 500 ms}\n" OUT,
            "raw -> s\n{path: s -> m1, share: 0}\n{path: s -> m2, share: 1}\nm1 -> out\nm2 -> out", NULL);
  line_to(&r, 100.5);
  CHECK(line_station(&r, "m1")->made, ==, 0);
  CHECK(line_station(&r, "m2")->made, ==, 100);
  line_close(&r);
}

// a part flows only where its name leads
static void flow_by_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}], every: 1 s}\nma: {kind: machine, time: 500 ms}\nmb: {kind: machine, time: 500 ms}\n" OUT,
            "{path: src -> ma, part: a}\n{path: src -> mb, part: b}\nma -> out\nmb -> out", NULL);
  line_to(&r, 9.9);      // a a b a a b a a b
  CHECK(line_station(&r, "ma")->made, ==, 6);
  CHECK(line_station(&r, "mb")->made, ==, 3);
  line_close(&r);
}

// copies: NAME means any of them; two copies of 4 s make one every 2 s from 4 on
static void copies_share_a_flow(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, copies: 2, time: 4 s}\n" OUT, NULL, NULL);
  line_made_at(&r, NULL, 2, 4);
  CHECK(line_station(&r, "m-1")->made, ==, 1);
  CHECK(line_station(&r, "m-2")->made, ==, 1);
  line_made_at(&r, NULL, 4, 8);
  line_close(&r);
}

// ---- rule 5: limits on the work in process -----------------------------------------------------------

// one part at a time from s1 to s2: s1 [0-2] s2 [2-5] s1 [5-7] s2 [7-10]
static void one_part_at_a_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s}\ns2: {kind: machine, time: 3 s}\n" OUT, NULL, "flow_limits: [{wip: 1, from: s1, to: s2}]");
  line_made_at(&r, "s2", 1, 5);
  line_made_at(&r, "s1", 2, 7);
  line_made_at(&r, "s2", 2, 10);
  line_was(&r, "s1", STATION_STARVED, 6);
  line_close(&r);
}

// two parts: s1 [0-2] [2-4], none enters until one has left s2 at 5 although s1 is free: s1 [5-7]
static void two_parts_at_a_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s}\nb: {kind: buffer, capacity: 9}\ns2: {kind: machine, time: 3 s}\n" OUT, NULL,
            "flow_limits: [{wip: 2, from: s1, to: s2}]");
  line_made_at(&r, "s1", 2, 4);
  line_made_at(&r, "s2", 1, 5);
  line_made_at(&r, "s1", 3, 7);
  line_made_at(&r, "s2", 2, 8);
  line_was(&r, "s1", STATION_STARVED, 2);        // [4-5] and [7-8]
  line_made_at(&r, "s1", 4, 10);
  line_close(&r);
}

// the part is counted until it has left `to`, blocked time included: s2 is blocked by s3 [5-12] until 12
static void a_limit_counts_blocked_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s}\ns2: {kind: machine, time: 3 s}\ns3: {kind: machine, time: 7 s}\n" OUT, NULL,
            "flow_limits: [{wip: 1, from: s1, to: s2}]");
  // s1 [0-2] s2 [2-5] s3 [5-12]; s1 [5-7] s2 [7-10] blocked [10-12]; only then s1 [12-14]
  line_made_at(&r, "s2", 2, 10);
  line_made_at(&r, "s1", 3, 14);
  line_was(&r, "s2", STATION_BLOCKED, 2);
  line_close(&r);
}

// those that wait before the limit enter in the order of rule 2: both b's of the flow with priority first.
// b [0-1] [1-4], b [4-5] [5-8], a [8-10] [10-13]
static void they_wait_before_a_limit_in_order(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "r1: {kind: source, makes: a}\nr2: {kind: source, makes: b, limit: 2}\nm1: {kind: machine, time: {a: 2 s, b: 1 s}}\nm2: {kind: machine, time: 3 s}\n" OUT,
            "r1 -> m1\n{path: r2 -> m1, priority: 1}\nm1 -> m2 -> out", "flow_limits: [{wip: 1, from: m1, to: m2}]");
  line_made_at(&r, "m2", 1, 4);
  line_made_at(&r, "m2", 2, 8);
  line_made_at(&r, "m1", 3, 10);
  line_made_at(&r, "m2", 3, 13);
  line_close(&r);
}

// ---- rule 6: one instant -----------------------------------------------------------------------------

// the failure at 5 comes before the end of the work at 5: done when mended at 8
static void failures_before_ends(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, failures: {up: 5 s, down: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 8);
  line_was(&r, "m", STATION_WORKING, 5);
  line_was(&r, "m", STATION_DOWN, 3);
  line_close(&r);
}

// an event of the layout comes before the end of the work at the same instant: done at 7
static void events_before_ends(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s}\n" OUT, NULL, "events: [{at: 5 s, do: fail, what: m, for: 2 s}]");
  line_made_at(&r, "m", 1, 7);
  line_made_at(&r, "m", 2, 12);
  line_was(&r, "m", STATION_DOWN, 2);
  line_close(&r);
}

// the end of a shift comes before the end of the work: done when the next shift begins, at 24 h
static void shifts_before_ends(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 20 min, shift: day}\n" OUT, NULL, "shifts: {day: {start: 06:00, end: 07:00}}");
  line_made_at(&r, "m", 2, 2400);
  line_made_at(&r, "m", 3, 86400);
  line_was(&r, "m", STATION_OFF_SHIFT, 23 * 3600);
  line_close(&r);
}

// a part that goes round without time: the run stops and names a station of the circle
static void a_million_events_at_once(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, limit: 1, first: 2 s, every: 1 s}\nq: {kind: buffer, capacity: 9}\nm1: {kind: machine, time: 0 s}\nm2: {kind: machine, time: 0 s, rework: {share: 1, to: q}}\n" OUT, NULL, NULL);
  line_to(&r, 10);
  CHECK(r.state, ==, TWIN_FAULT);
  CHECK_HAS(twin_why(r.twin), "m2");
  CHECK(twin_now(r.twin), ==, 2 * NS_SECOND);
  line_close(&r);
}

// ---- how runs end ------------------------------------------------------------------------------------

// three parts of 4 s, then nothing is left
static void ends_without_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, limit: 3}\nm: {kind: machine, time: 4 s}\n" OUT, NULL, NULL);
  line_to(&r, 11.9);
  CHECK(r.state, ==, TWIN_RUNS);
  line_to(&r, 100);
  CHECK(r.state, ==, TWIN_PARTS);
  CHECK(r.now.line.last_sink, ==, 12 * NS_SECOND);
  CHECK(r.now.line.made, ==, 3);
  CHECK_NEAR(r.now.line.lead, 12, 1e-9);
  CHECK_NEAR(r.now.line.wip_area, 12, 1e-9);
  line_close(&r);
}

// m2 sends its part back to m1, which is full and waits for m2: a circle that cannot move, at 2
static void deadlock_is_named(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m1: {kind: machine, time: 1 s}\nm2: {kind: machine, time: 1 s, rework: {share: 1, to: m1}}\n" OUT, NULL, NULL);
  line_to(&r, 1.999);
  CHECK(r.state, ==, TWIN_RUNS);
  line_to(&r, 100);
  CHECK(r.state, ==, TWIN_DEADLOCK);
  CHECK_HAS(twin_why(r.twin), "m1");
  CHECK_HAS(twin_why(r.twin), "m2");
  line_close(&r);
}

// qa is full and in holds another a at 3, but the set lacks a b, which only comes behind it: a circle through a set
static void a_set_waits_behind_its_own_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "src: {kind: source, makes: [{a: 10}, {b: 1}]}\nin: {kind: sorter, time: 1 s}\nqa: {kind: buffer, capacity: 2}\nqb: {kind: buffer, capacity: 2}\n"
            "asm: {kind: assembly, needs: {a: 1, b: 1}, makes: product, time: 1 s}\n" OUT,
            "src -> in\n{path: in -> qa, part: a}\n{path: in -> qb, part: b}\nqa -> asm -> out\nqb -> asm", NULL);
  line_to(&r, 100);
  CHECK(r.state, ==, TWIN_DEADLOCK);
  CHECK_HAS(twin_why(r.twin), "asm");
  CHECK_HAS(twin_why(r.twin), "in");
  line_close(&r);
}

// parts that wait for more than will ever come are not a circle, but they cannot move either
static void an_incomplete_set_never_moves(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a, limit: 3}\nrb: {kind: source, makes: b, limit: 1}\nqa: {kind: buffer, capacity: 5}\nqb: {kind: buffer, capacity: 5}\n"
                "asm: {kind: assembly, needs: {a: 1, b: 1}, makes: product, time: 2 s}\n" OUT,
            "ra -> qa -> asm -> out\nrb -> qb -> asm", NULL);
  line_made_at(&r, NULL, 1, 2);
  line_to(&r, 100);
  CHECK(r.now.line.made, ==, 1);
  assert_true(r.state == TWIN_PARTS || r.state == TWIN_DEADLOCK);
  line_close(&r);
}

// a run may be cut anywhere: the state at 20 is the same in one go and nanosecond by nanosecond around the events
static void cuts_change_nothing(void **state) {
  (void)state;
  struct line whole, cut;
  const char *stations = RAW "s1: {kind: machine, time: exponential(2 s)}\nb: {kind: buffer, capacity: 2}\ns2: {kind: machine, time: exponential(2 s)}\n" OUT;
  line_open(&whole, stations, NULL, NULL);
  line_open(&cut, stations, NULL, NULL);
  line_to(&whole, 200);
  for (double t = 0.37; t < 200; t += 0.37) line_to(&cut, t);
  line_to(&cut, 200);
  CHECK(twin_events(whole.twin), ==, twin_events(cut.twin));
  assert_int_equal(twin_digest(whole.twin), twin_digest(cut.twin));
  CHECK(whole.now.line.made, ==, cut.now.line.made);
  CHECK_NEAR(whole.now.line.wip_area, cut.now.line.wip_area, 1e-9);
  line_close(&whole);
  line_close(&cut);
}

// sums only grow; a window is a difference: made in [100-200] of a 7 s machine: 14 by 100 s (98), 28 by 200 s (196)
static void windows_are_differences(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 7 s}\n" OUT, NULL, NULL);
  line_to(&r, 100);
  int64_t made = r.now.line.made;
  ns_t working = line_station(&r, "m")->cause[STATION_WORKING];
  CHECK(made, ==, 14);
  line_to(&r, 200);
  CHECK(r.now.line.made - made, ==, 14);
  CHECK(line_station(&r, "m")->cause[STATION_WORKING] - working, ==, 100 * NS_SECOND);
  line_close(&r);
}

int test_moves(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(blocking_after_service),
    cmocka_unit_test(blocking_before_service),
    cmocka_unit_test(blocking_before_service_buffer),
    cmocka_unit_test(buffer_holds_its_capacity),
    cmocka_unit_test(buffer_first_in_first_out),
    cmocka_unit_test(buffer_last_in_first_out),
    cmocka_unit_test(buffer_by_priority),
    cmocka_unit_test(larger_priority_goes_first),
    cmocka_unit_test(longest_wait_goes_first),
    cmocka_unit_test(file_order_breaks_ties),
    cmocka_unit_test(blocked_servers_wait_in_turn),
    cmocka_unit_test(a_move_moves_the_next),
    cmocka_unit_test(direct_flow_takes_time),
    cmocka_unit_test(choose_first),
    cmocka_unit_test(choose_in_turn),
    cmocka_unit_test(choose_emptiest),
    cmocka_unit_test(first_that_gets_room),
    cmocka_unit_test(share_is_kept),
    cmocka_unit_test(share_of_one),
    cmocka_unit_test(flow_by_part),
    cmocka_unit_test(copies_share_a_flow),
    cmocka_unit_test(one_part_at_a_time),
    cmocka_unit_test(two_parts_at_a_time),
    cmocka_unit_test(a_limit_counts_blocked_parts),
    cmocka_unit_test(they_wait_before_a_limit_in_order),
    cmocka_unit_test(failures_before_ends),
    cmocka_unit_test(events_before_ends),
    cmocka_unit_test(shifts_before_ends),
    cmocka_unit_test(a_million_events_at_once),
    cmocka_unit_test(ends_without_parts),
    cmocka_unit_test(deadlock_is_named),
    cmocka_unit_test(a_set_waits_behind_its_own_parts),
    cmocka_unit_test(an_incomplete_set_never_moves),
    cmocka_unit_test(cuts_change_nothing),
    cmocka_unit_test(windows_are_differences),
  };
  return cmocka_run_group_tests_name("moves", tests, NULL, NULL);
}
