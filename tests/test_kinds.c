// Each kind of station, key by key, without chance: moments worked out by hand. [0-5] is an interval in seconds.
#include "tests/lines.h"

#define RAW "raw: {kind: source, makes: part}\n"
#define OUT "out: {kind: sink}\n"

// ---- sources -----------------------------------------------------------------------------------------

// a at 4, m [4-9]; b at 8 waits until 9, m [9-10]; the next every begins at 9: a at 13, m [13-18]
static void source_waits(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 1}, {b: 1}], every: 4 s}\nm: {kind: machine, time: {a: 5 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 9);
  line_made_at(&r, "m", 2, 10);
  line_made_at(&r, "m", 3, 18);
  line_close(&r);
}

// comes at 2, m [2-7]; 4 and 6 are turned away; 8, m [8-13]; 10 and 12 turned away; 14, m [14-19]
static void source_loses(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 2 s, when_full: lose}\nm: {kind: machine, time: 5 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 7);
  CHECK(r.now.line.lost, ==, 2);
  line_made_at(&r, "m", 2, 13);
  CHECK(r.now.line.lost, ==, 4);
  line_made_at(&r, "m", 3, 19);
  line_close(&r);
}

// no first: after one every; first: 7 s; none and no every: at 0
static void source_first(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "s1: {kind: source, makes: part, every: 3 s}\ns2: {kind: source, makes: part, every: 3 s, first: 7 s}\ns3: {kind: source, makes: part, every: 3 s, first: 0 s}\n"
            "m1: {kind: machine, time: 1 s}\nm2: {kind: machine, time: 1 s}\nm3: {kind: machine, time: 1 s}\n" OUT,
            "s1 -> m1 -> out\ns2 -> m2 -> out\ns3 -> m3 -> out", NULL);
  line_made_at(&r, "m3", 1, 1);
  line_made_at(&r, "m1", 1, 4);
  line_made_at(&r, "m1", 2, 7);
  line_made_at(&r, "m2", 1, 8);
  line_made_at(&r, "m2", 2, 11);
  line_close(&r);
}

// three at 10 and three at 20, one second each: 11 12 13, 21 22 23
static void source_batch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 10 s, batch: 3}\nq: {kind: buffer}\nm: {kind: machine, time: 1 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 11);
  line_made_at(&r, "m", 3, 13);
  line_made_at(&r, "m", 4, 21);
  line_made_at(&r, "m", 6, 23);
  CHECK_NEAR(line_station(&r, "q")->wait, 6, 1e-9);          // 0 + 1 + 2, twice
  line_close(&r);
}

// the limit is a total: 4 parts in batches of 3 are 3 and 1
static void source_limit(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 10 s, batch: 3, limit: 4}\nq: {kind: buffer}\nm: {kind: machine, time: 1 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 4, 21);
  line_to(&r, 1000);
  CHECK(r.now.line.made, ==, 4);
  CHECK(r.state, ==, TWIN_PARTS);
  line_close(&r);
}

// three come at once: one through the buffer to the machine, one into the buffer, one is turned away; then all three
static void source_loses_of_a_batch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 10 s, batch: 3, when_full: lose}\nq: {kind: buffer, capacity: 1}\nm: {kind: machine, time: 100 s}\n" OUT, NULL, NULL);
  line_to(&r, 10);
  CHECK(r.now.line.lost, ==, 1);
  line_to(&r, 20);
  CHECK(r.now.line.lost, ==, 4);
  line_was(&r, "m", STATION_WORKING, 10);
  line_close(&r);
}

// two at 4: m [4-7] [7-10]; the next every begins when the last has left, at 7: two at 11
static void source_waits_for_a_batch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 4 s, batch: 2}\nm: {kind: machine, time: 3 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 7);
  line_made_at(&r, "m", 2, 10);
  line_made_at(&r, "m", 3, 14);
  line_close(&r);
}

// a time may be a map by part: a 1 s after the one before, b 3 s: a at 1, b at 4, a at 5
static void times_by_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 1}, {b: 1}], every: {a: 1 s, b: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, NULL, 1, 1);
  line_made_at(&r, NULL, 2, 4);
  line_made_at(&r, NULL, 3, 5);
  line_close(&r);
}

// b sets out at 1 and takes 5 s, a at 2 and takes 1 s: a is there first
static void flow_times_by_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{b: 1}, {a: 1}], every: 1 s, limit: 2}\n" OUT, "{path: src -> out, time: {a: 1 s, b: 5 s}}", NULL);
  line_made_at(&r, NULL, 1, 3);
  line_made_at(&r, NULL, 2, 6);
  line_close(&r);
}

// a a b and again, 2 s for an a, 1 s for a b: 2 4 5 7 9 10
static void source_sequence(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}]}\nm: {kind: machine, time: {a: 2 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 4);
  line_made_at(&r, "m", 3, 5);
  line_made_at(&r, "m", 5, 9);
  line_made_at(&r, "m", 6, 10);
  line_close(&r);
}

// parts that lie in a buffer at the start are worked on first: [0-3] [3-6], then those of the source
static void buffer_begins_with_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: a, every: 4 s, first: 5 s}\nq: {kind: buffer, capacity: 4, holds: {b: 2}}\nm: {kind: machine, time: {a: 1 s, b: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 6);
  CHECK_NEAR(r.now.line.lead, 9, 1e-9);                      // they left their source at 0: 3 + 6
  line_made_at(&r, "m", 3, 7);
  line_close(&r);
}

// what lies there at the start lies there before anything moves: a [0-2] [2-4], b [4-5] [5-6]
static void buffers_in_a_row_begin_full(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "q1: {kind: buffer, capacity: 2, holds: {b: 2}}\nq2: {kind: buffer, capacity: 2, holds: {a: 2}}\nm: {kind: machine, time: {a: 2 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 2);
  line_made_at(&r, "m", 2, 4);
  line_made_at(&r, "m", 3, 5);
  line_made_at(&r, "m", 4, 6);
  line_close(&r);
}

// a rack of two levels of 1 x 1 places holds two: the third part waits in the source
static void rack_capacity_is_levels_by_slots(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: part, every: 1 s}\nrack: {kind: rack, levels: [0.5, 1.0], slots: [1, 1]}\nm: {kind: machine, time: 10 s}\n" OUT, NULL, NULL);
  // m [1-11]; in the rack at 2 and 3; the next comes at 4 and waits until 11
  line_to(&r, 11);
  CHECK_NEAR(line_station(&r, "rack")->area, 9 + 8, 1e-9);
  line_close(&r);
}

// ---- machines ----------------------------------------------------------------------------------------

// two servers of 4 s: parts at 1 and 2 start at once, the third waits from 3 to 5
static void machine_servers(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 1 s, limit: 3}\nm: {kind: machine, time: 4 s, servers: 2}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 5);
  line_made_at(&r, "m", 2, 6);
  line_made_at(&r, "m", 3, 9);
  line_was(&r, "m", STATION_WORKING, 12);
  line_was(&r, "m", STATION_STARVED, 6);                     // 1 + 2 at the start, 3 at the end: 18 in all
  line_close(&r);
}

// three are there at 3: [3-8]; the fourth waits from 4 to 8, the others come at 9 and 10: [10-15]
static void machine_batch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 1 s}\nm: {kind: machine, time: 5 s, batch: 3}\n" OUT, NULL, NULL);
  line_to(&r, 7.999);
  CHECK(r.now.line.made, ==, 0);
  line_to(&r, 8);
  CHECK(r.now.line.made, ==, 3);
  line_to(&r, 15);
  CHECK(r.now.line.made, ==, 6);
  line_was(&r, "m", STATION_WORKING, 10);
  line_was(&r, "m", STATION_STARVED, 5);
  line_close(&r);
}

// the batch takes as long as the longest of its parts
static void machine_batch_takes_the_longest(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 1}, {b: 1}]}\nm: {kind: machine, time: {a: 2 s, b: 6 s}, batch: 2}\n" OUT, NULL, NULL);
  line_to(&r, 5.999);
  CHECK(r.now.line.made, ==, 0);
  line_to(&r, 6);
  CHECK(r.now.line.made, ==, 2);
  line_close(&r);
}

// they leave one by one: furnace [0-2], then a machine of 3 s takes them at 2, 5; the next batch begins at 5, when the last has left
static void machine_batch_leaves_one_by_one(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "f: {kind: machine, time: 2 s, batch: 2}\nm: {kind: machine, time: 3 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 5);
  line_was(&r, "f", STATION_BLOCKED, 3);
  line_made_at(&r, "f", 3, 7);
  line_made_at(&r, "m", 2, 8);
  line_close(&r);
}

// a [0-3] [3-6], set-up [6-16], b [16-19], set-up [19-29], a [29-32]
static void setup_when_parts_change(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}]}\nm: {kind: machine, time: 3 s, setup: {time: 10 s, when: part-changes}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 6);
  line_made_at(&r, "m", 3, 19);
  line_made_at(&r, "m", 4, 32);
  line_was(&r, "m", STATION_SETUP, 20);
  line_close(&r);
}

// [0-3] [3-6], set-up [6-16], [16-19] [19-22], set-up [22-32], [32-35]
static void setup_every_so_many(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 3 s, setup: {time: 10 s, every: 2}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 6);
  line_made_at(&r, "m", 3, 19);
  line_made_at(&r, "m", 4, 22);
  line_made_at(&r, "m", 5, 35);
  line_was(&r, "m", STATION_SETUP, 20);
  line_close(&r);
}

// the set-up is that of the part to come: b [0-3], for a 2 s [3-5], a [5-8], for b 4 s [8-12], b [12-15]
static void setup_times_by_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{b: 1}, {a: 1}]}\nm: {kind: machine, time: 3 s, setup: {time: {a: 2 s, b: 4 s}, when: part-changes}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 8);
  line_made_at(&r, "m", 3, 15);
  line_close(&r);
}

// all are scrapped: they leave at once and never block, the sink gets none
static void scrap_leaves_at_once(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 2 s, scrap: 1}\nslow: {kind: machine, time: 1 h}\n" OUT, NULL, NULL);
  line_to(&r, 100);
  CHECK(r.now.line.made, ==, 0);
  CHECK(r.now.line.scrapped, ==, 50);
  CHECK(line_station(&r, "m")->scrapped, ==, 50);
  line_was(&r, "m", STATION_WORKING, 100);
  line_was(&r, "slow", STATION_STARVED, 100);
  line_close(&r);
}

// all are sent back: m [0-2], mend [2-5]; m [2-4], its part waits for mend until 5, blocked [4-5]
static void rework_goes_where_it_says(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 2 s, rework: {share: 1, to: mend}}\nout: {kind: sink}\nmend: {kind: machine, time: 3 s}\n", "raw -> m -> out\nmend -> out", NULL);
  line_made_at(&r, "mend", 1, 5);
  CHECK(line_station(&r, "m")->reworked, >=, 1);
  line_was(&r, "m", STATION_BLOCKED, 1);
  line_made_at(&r, "mend", 2, 8);
  CHECK(r.now.line.made, ==, 2);
  line_close(&r);
}

// what comes out is what `makes` says
static void machine_makes_another_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: a}\nm: {kind: machine, time: 1 s, makes: b}\nn: {kind: machine, time: {b: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "n", 1, 4);
  line_close(&r);
}

// ---- failures ----------------------------------------------------------------------------------------

// [0-5] done; [5-7] fails, [7-10] down, [10-13] done; 7 s of work after 10: [13-17] fails, [17-20] down, [20-21] done
static void failures_resume(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, failures: {up: 7 s, down: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 5);
  line_made_at(&r, "m", 2, 13);
  line_made_at(&r, "m", 3, 21);
  line_was(&r, "m", STATION_DOWN, 6);
  line_was(&r, "m", STATION_WORKING, 15);
  line_close(&r);
}

// the clock stands while the machine starves: [0-5], starved [5-20], [20-22] fails at 7 s of work, [22-25] down, [25-28]
static void failures_count_working_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 20 s, first: 0 s}\nm: {kind: machine, time: 5 s, failures: {up: 7 s, down: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 28);
  line_was(&r, "m", STATION_DOWN, 3);
  line_was(&r, "m", STATION_STARVED, 15);
  line_close(&r);
}

// nor does it run during set-up: [0-3], set-up [3-13], [13-16], set-up [16-26], [26-27] fails at 7 s of work, down [27-30], [30-32]
static void failures_rest_during_setup(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 3 s, setup: {time: 10 s, every: 1}, failures: {up: 7 s, down: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 16);
  line_made_at(&r, "m", 3, 32);
  line_was(&r, "m", STATION_DOWN, 3);
  line_was(&r, "m", STATION_SETUP, 20);
  line_close(&r);
}

// the calendar runs on: fails at 7, 17, 27: [0-7] down [7-10] [10-11] done; idle, down [17-20]; mended before the part
// of 20 comes: [20-27] down [27-30] [30-31] done
static void failures_by_the_calendar(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 20 s, first: 0 s}\nm: {kind: machine, time: 8 s, failures: {up: 7 s, down: 3 s, clock: calendar}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 11);
  line_made_at(&r, "m", 2, 31);
  line_was(&r, "m", STATION_DOWN, 9);
  line_was(&r, "m", STATION_WORKING, 16);
  line_was(&r, "m", STATION_STARVED, 6);
  line_close(&r);
}

// [0-5]; [5-7] lost, down [7-10], again from the start [10-15]; [15-17] lost, down [17-20], [20-25]
static void failures_restart(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, failures: {up: 7 s, down: 3 s, then: restart}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 5);
  line_made_at(&r, "m", 2, 15);
  line_made_at(&r, "m", 3, 25);
  line_was(&r, "m", STATION_WORKING, 19);
  line_close(&r);
}

// [0-5]; [5-7] scrapped; down [7-10]; a new part [10-15]
static void failures_scrap(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, failures: {up: 7 s, down: 3 s, then: scrap}}\n" OUT, NULL, NULL);
  line_made_at(&r, NULL, 1, 5);
  line_to(&r, 10);
  CHECK(r.now.line.scrapped, ==, 1);
  line_made_at(&r, NULL, 2, 15);
  CHECK(r.now.line.scrapped, ==, 1);
  line_close(&r);
}

// s1 [0-2] [2-4], blocked [4-6], fails at 6 while blocked; its finished part leaves for s2 at 7 all the same:
// s2 [2-7] [7-12]; s1 mended at 10, [10-12]
static void a_finished_part_leaves_a_server_that_is_down(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s1: {kind: machine, time: 2 s, failures: {up: 6 s, down: 4 s, clock: calendar}}\ns2: {kind: machine, time: 5 s}\n" OUT, NULL, NULL);
  line_made_at(&r, "s2", 1, 7);
  line_made_at(&r, "s1", 3, 12);
  line_made_at(&r, "s2", 2, 12);
  line_was(&r, "s1", STATION_DOWN, 4);
  line_was(&r, "s1", STATION_BLOCKED, 2);
  line_close(&r);
}

// each server has its own clock: two servers, two failures at once
static void failures_of_each_server(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s, servers: 2, failures: {up: 7 s, down: 3 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 5);
  line_made_at(&r, "m", 4, 13);
  line_was(&r, "m", STATION_DOWN, 6);
  line_close(&r);
}

// ---- shifts ------------------------------------------------------------------------------------------

// 25 min each from 06:00, break 06:30 - 06:40, end 07:30: [0-25] [25-30 40-60] [60-85] [85-90, next day 0-20]
static void shifts_stop_and_resume_work(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 25 min, shift: day}\n" OUT, NULL, "shifts: {day: {start: 06:00, end: 07:30, breaks: [[06:30, 10 min]]}}");
  line_made_at(&r, "m", 1, 25 * 60);
  line_made_at(&r, "m", 2, 60 * 60);
  line_made_at(&r, "m", 3, 85 * 60);
  line_made_at(&r, "m", 4, 86400 + 20 * 60);
  line_was(&r, "m", STATION_OFF_SHIFT, 10 * 60 + 22.5 * 3600);
  line_close(&r);
}

// a source keeps its shift too: every 25 min from 06:00, off from 07:00: 25, 50, then 15 min of the next every on the next day
static void sources_keep_their_shift(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 25 min, shift: day}\n" OUT, NULL, "shifts: {day: {start: 06:00, end: 07:00}}");
  line_made_at(&r, NULL, 1, 25 * 60);
  line_made_at(&r, NULL, 2, 50 * 60);
  line_made_at(&r, NULL, 3, 86400 + 15 * 60);
  line_close(&r);
}

// a belt off shift stands still: [0-60 min of 20 s] a part at 3590 s has 10 s left the next day
static void belts_keep_their_shift(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 1 h, first: 3590 s, limit: 1}\nbelt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1, shift: day}\n" OUT, NULL,
            "shifts: {day: {start: 06:00, end: 07:00}}");
  line_made_at(&r, NULL, 1, 86400 + 10);
  line_close(&r);
}

// the work of a Friday goes on on Monday
static void shifts_skip_days(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 45 min, shift: day}\n" OUT, NULL,
            "shifts: {day: {start: 06:00, end: 07:00, days: Mon-Fri}}\nrun: {for: 1 d, start: Fri 06:00}");
  line_made_at(&r, "m", 1, 45 * 60);
  line_made_at(&r, "m", 2, 3 * 86400 + 30 * 60);
  line_close(&r);
}

// an end before the start is the next day: 22:00 to 02:00
static void shifts_over_midnight(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 3 h, shift: night}\n" OUT, NULL, "shifts: {night: {start: 22:00, end: 02:00}}\nrun: {for: 1 d, start: Mon 20:00}");
  line_made_at(&r, "m", 1, 5 * 3600);
  line_made_at(&r, "m", 2, 86400 + 4 * 3600);        // [5-6] h, then 22:00 to 24:00 on Tuesday
  line_was(&r, "m", STATION_OFF_SHIFT, (2 + 20) * 3600);
  line_close(&r);
}

// down goes on off shift: fails after 50 min of work at 06:50, down 20 min, to 07:10 of which 10 min are off shift;
// the next day [0-10] completes the part of 30 min begun at 06:30
static void repairs_run_off_shift(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 30 min, shift: day, failures: {up: 50 min, down: 20 min}}\n" OUT, NULL, "shifts: {day: {start: 06:00, end: 07:00}}");
  line_made_at(&r, "m", 1, 30 * 60);
  line_made_at(&r, "m", 2, 86400 + 10 * 60);
  line_was(&r, "m", STATION_WORKING, 60 * 60);
  line_close(&r);
}

// ---- assembly ----------------------------------------------------------------------------------------

// a every second, b at 5: two a and the b are taken at 5, [5-8]; of five a three are left
static void assembly_takes_together(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "ra: {kind: source, makes: a, every: 1 s}\nrb: {kind: source, makes: b, every: 5 s}\nqa: {kind: buffer}\nqb: {kind: buffer}\n"
            "asm: {kind: assembly, needs: {a: 2, b: 1}, makes: product, time: 3 s}\n" OUT,
            "ra -> qa -> asm -> out\nrb -> qb -> asm", NULL);
  line_to(&r, 4.5);
  CHECK_NEAR(line_station(&r, "qa")->area, 1 * 1 + 2 + 3 + 4 * 0.5, 1e-9);
  line_made_at(&r, "asm", 1, 8);
  line_was(&r, "asm", STATION_STARVED, 5);
  CHECK(line_station(&r, "qa")->left, ==, 2);
  // the product is as old as its oldest part: the a of 1
  CHECK_NEAR(r.now.line.lead, 7, 1e-9);
  line_made_at(&r, "asm", 2, 13);
  line_close(&r);
}

// early: straight from the sources. a at 1 and 2 go in as they come, b at 5: [5-8]; a at 3 waits until 8
static void assembly_takes_early(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "ra: {kind: source, makes: a, every: 1 s}\nrb: {kind: source, makes: b, every: 5 s}\n"
            "asm: {kind: assembly, needs: {a: 2, b: 1}, makes: product, take: early, time: 3 s}\n" OUT,
            "ra -> asm -> out\nrb -> asm", NULL);
  line_made_at(&r, "asm", 1, 8);
  // at 8 the waiting a goes in, the next begins then: 9; b at 10: [10-13]
  line_made_at(&r, "asm", 2, 13);
  line_close(&r);
}

// the next set begins when the last product has left: product 1 [2-3], blocked until the machine is free at 10
static void assembly_early_is_blocked(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "ra: {kind: source, makes: a, every: 1 s}\nasm: {kind: assembly, needs: {a: 2}, makes: product, take: early, time: 1 s}\n"
            "m: {kind: machine, time: 7 s}\n" OUT, NULL, NULL);
  // 1: a at 1, 2: [2-3], m [3-10]. a waits at 3? it comes at 3 and goes in at 3; 4: [4-5], blocked [5-10]
  line_made_at(&r, "asm", 2, 5);
  line_made_at(&r, "m", 1, 10);
  line_was(&r, "asm", STATION_BLOCKED, 5);
  // a has waited since 5, in at 10; the next at 11: [11-12]
  line_made_at(&r, "asm", 3, 12);
  line_close(&r);
}

// one product a server: a 1 2 [2-7], a 3 4 [4-9]; a 5 waits until 7, the next comes at 8: [8-13]
static void assembly_early_with_two_servers(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a, every: 1 s}\nasm: {kind: assembly, needs: {a: 2}, makes: product, take: early, time: 5 s, servers: 2}\n" OUT, NULL, NULL);
  line_made_at(&r, "asm", 1, 7);
  line_made_at(&r, "asm", 2, 9);
  line_made_at(&r, "asm", 3, 13);
  line_close(&r);
}

// nothing goes in before the tray, which comes at 4: a since 1 goes in at 4, the next at 5: [5-7]
static void assembly_begins_with_its_base(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "trays: {kind: source, makes: tray, every: 10 s, first: 4 s}\nra: {kind: source, makes: a, every: 1 s}\n"
            "asm: {kind: assembly, base: tray, needs: {a: 2}, makes: product, take: early, pattern: {grid: [2, 1], pitch: [0.1, 0.1]}, time: 2 s}\n" OUT,
            "trays -> asm -> out\nra -> asm", NULL);
  line_made_at(&r, "asm", 1, 7);
  // the product's oldest part is the a of 1: it waited in its source until 4, and age counts from there
  CHECK_NEAR(r.now.line.lead, 3, 1e-9);
  // the next tray comes at 14, a since 6 goes in, the next at 15: [15-17]
  line_made_at(&r, "asm", 2, 17);
  line_close(&r);
}

// a full set of each part, no more: b's do not take the places of a's
static void assembly_early_keeps_room_for_each_part(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "src: {kind: source, makes: [{b: 3}, {a: 1}], every: 1 s}\nqa: {kind: buffer, capacity: 9}\nqb: {kind: buffer, capacity: 9}\n"
            "asm: {kind: assembly, needs: {a: 1, b: 1}, makes: product, take: early, time: 2 s}\n" OUT,
            "{path: src -> qa, part: a}\n{path: src -> qb, part: b}\nqa -> asm -> out\nqb -> asm", NULL);
  // b 1 in, b 2 and b 3 wait, a 4: [4-6]; at 6 a b goes in, the a of 8: [8-10]
  line_made_at(&r, "asm", 1, 6);
  line_made_at(&r, "asm", 2, 10);
  line_close(&r);
}

// without a time an assembly takes none
static void assembly_without_time(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "ra: {kind: source, makes: a, every: 3 s}\nq: {kind: buffer}\nasm: {kind: assembly, needs: {a: 2}, makes: product}\n" OUT, NULL, NULL);
  line_made_at(&r, "asm", 1, 6);
  line_made_at(&r, "asm", 2, 12);
  line_close(&r);
}

// [0-2] three parts; a machine of 1.5 s takes them at 2, 3.5 and 5, when the next one goes in: [5-7]
static void disassembly_is_blocked_by_its_parts(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "d: {kind: disassembly, time: 2 s, into: {a: 2, b: 1}}\nm: {kind: machine, time: 1500 ms}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 3.5);
  line_made_at(&r, "m", 2, 5);
  line_was(&r, "d", STATION_BLOCKED, 3);
  line_made_at(&r, "m", 3, 6.5);
  line_made_at(&r, "m", 4, 8.5);
  line_close(&r);
}

// ---- sorter, inspection ------------------------------------------------------------------------------

// a a b: a at 1 to ma [1-11]; a at 2 blocked until 11 although mb is free; b [11-12], mb [12-13]
static void sorter_is_blocked_by_a_full_way(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}]}\nsort: {kind: sorter, time: 1 s}\nma: {kind: machine, time: 10 s}\nmb: {kind: machine, time: 1 s}\n" OUT,
            "src -> sort\n{path: sort -> ma, part: a}\n{path: sort -> mb, part: b}\nma -> out\nmb -> out", NULL);
  line_made_at(&r, "ma", 1, 11);
  line_was(&r, "sort", STATION_BLOCKED, 9);
  CHECK(line_station(&r, "mb")->made, ==, 0);
  line_made_at(&r, "mb", 1, 13);
  line_close(&r);
}

// everything faulty is found, nothing good is taken for faulty
static void inspection_finds_all(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}]}\nlook: {kind: inspection, time: 1 s, finds: {b: 1}, false_alarm: 0}\n" OUT "bin: {kind: sink, counts: scrapped}\n",
            "src -> look\n{path: look -> out, when: pass}\n{path: look -> bin, when: fail}", NULL);
  line_to(&r, 6);
  CHECK(r.now.line.made, ==, 4);
  CHECK(r.now.line.scrapped, ==, 2);
  line_close(&r);
}

// nothing faulty is found, everything good is taken for faulty
static void inspection_finds_the_wrong_ones(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: [{a: 2}, {b: 1}]}\nlook: {kind: inspection, time: 1 s, finds: {b: 0}, false_alarm: 1}\n" OUT "bin: {kind: sink, counts: scrapped}\n",
            "src -> look\n{path: look -> out, when: pass}\n{path: look -> bin, when: fail}", NULL);
  line_to(&r, 6);
  CHECK(r.now.line.made, ==, 2);
  CHECK(r.now.line.scrapped, ==, 4);
  line_close(&r);
}

// ---- conveyors ---------------------------------------------------------------------------------------

// 10 m at 0.5 m/s are 20 s; fronts 1 m apart are 2 s: 20, 22, 24
static void conveyor_transit_and_pitch(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "belt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1}\n" OUT, NULL, NULL);
  line_made_at(&r, NULL, 1, 20);
  line_made_at(&r, NULL, 2, 22);
  line_made_at(&r, NULL, 3, 24);
  CHECK_NEAR(r.now.line.lead, 60, 1e-9);
  line_close(&r);
}

// the room is kept for a part on its way: on the belt at 1; the next sets out when that is a pitch away, at 3, and is on
// it at 4; one every 3 s, 6 s on the belt
static void conveyor_keeps_room_for_parts_on_their_way(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "q: {kind: buffer, capacity: 5}\nbelt: {kind: conveyor, length: 3 m, speed: 0.5, pitch: 1}\n" OUT, "raw -> q\n{path: q -> belt, time: 1 s}\nbelt -> out", NULL);
  line_made_at(&r, NULL, 1, 7);
  line_made_at(&r, NULL, 2, 10);
  line_made_at(&r, NULL, 3, 13);
  line_close(&r);
}

// two servers that block before service: the first keeps the room at the belt [0-2], on it at 2; the second may begin when that
// is a pitch away: [4-6], on it at 6; 6 s on the belt
static void conveyor_keeps_room_before_service(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "s: {kind: machine, time: 2 s, servers: 2, blocking: before-service}\nbelt: {kind: conveyor, length: 3 m, speed: 0.5, pitch: 1}\n" OUT, NULL, NULL);
  line_made_at(&r, NULL, 1, 8);
  line_made_at(&r, NULL, 2, 12);
  line_made_at(&r, NULL, 3, 16);
  line_close(&r);
}

// the length of a path is that of its line: 3 m and 4 m round a corner at 1 m/s
static void conveyor_path(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, limit: 1}\nbelt: {kind: conveyor, path: [[1, 1], [4, 1], [4, 5]], speed: 1, pitch: 1}\n" OUT, NULL, "floor: {size: [10, 10]}");
  line_made_at(&r, NULL, 1, 7);
  line_close(&r);
}

// a at the end at 20, m [20-27]; b at the end at 22, m [27-28]; c stands 1 m behind from 22, moves at 27, m [29-30];
// d moves at the same time: at the end at 31, m [31-38] (a again)
static void conveyor_closes_up(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: [{a: 1}, {b: 3}]}\nbelt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1}\nm: {kind: machine, time: {a: 7 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 27);
  line_made_at(&r, "m", 2, 28);
  line_made_at(&r, "m", 3, 30);
  line_made_at(&r, "m", 4, 32);
  line_close(&r);
}

// parts every 4 s from 0 on. a: m [20-27]. b at the end at 24 stops the belt [24-27], m [27-28]; c, 2 m behind, at the end at 31
// m [31-32]; d 4 s later
static void conveyor_that_stops(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "raw: {kind: source, makes: [{a: 1}, {b: 5}], every: 4 s, first: 0 s}\nbelt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1, accumulating: false}\n"
            "m: {kind: machine, time: {a: 7 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 1, 27);
  line_made_at(&r, "m", 2, 28);
  line_made_at(&r, "m", 3, 32);
  line_made_at(&r, "m", 4, 36);
  line_close(&r);
}

// the same, closing up: b waits at the end [24-27]; c stands 1 m behind it [26-27], at the end at 29, m [29-30]; d, never held up, at 32
static void conveyor_that_does_not_stop(void **state) {
  (void)state;
  struct line r;
  line_open(&r,
            "raw: {kind: source, makes: [{a: 1}, {b: 5}], every: 4 s, first: 0 s}\nbelt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1}\n"
            "m: {kind: machine, time: {a: 7 s, b: 1 s}}\n" OUT, NULL, NULL);
  line_made_at(&r, "m", 2, 28);
  line_made_at(&r, "m", 3, 30);
  line_made_at(&r, "m", 4, 33);
  line_close(&r);
}

// a belt that fails stands still: 10 s of 5 on make 30 of 20
static void conveyor_fails(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, limit: 1}\nbelt: {kind: conveyor, length: 10 m, speed: 0.5, pitch: 1}\n" OUT, NULL, "events: [{at: 5 s, do: fail, what: belt, for: 10 s}]");
  line_made_at(&r, NULL, 1, 30);
  line_close(&r);
}

// ---- events ------------------------------------------------------------------------------------------

// fails at 3 until mended at 9: [0-3 9-11]
static void events_fail_and_mend(void **state) {
  (void)state;
  struct line r;
  line_open(&r, RAW "m: {kind: machine, time: 5 s}\n" OUT, NULL, "events: [{at: 3 s, do: fail, what: m}, {at: 9 s, do: mend, what: m}]");
  line_made_at(&r, "m", 1, 11);
  line_was(&r, "m", STATION_DOWN, 6);
  line_close(&r);
}

// every 5 s until 12, then every second: 5, 10, the one of 15 was already set, 16, 17 ...
static void events_change_a_rate(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: part, every: 5 s}\n" OUT, NULL, "events: [{at: 12 s, do: rate, what: src, every: 1 s}]");
  line_made_at(&r, NULL, 2, 10);
  line_to(&r, 100);
  // from 13 at the earliest to 16 at the latest one a second: 2 + 85 to 88
  CHECK(r.now.line.made, >=, 2 + 85);
  CHECK(r.now.line.made, <=, 2 + 89);
  line_close(&r);
}

int test_kinds(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(source_waits),
    cmocka_unit_test(source_loses),
    cmocka_unit_test(source_first),
    cmocka_unit_test(source_batch),
    cmocka_unit_test(source_limit),
    cmocka_unit_test(source_loses_of_a_batch),
    cmocka_unit_test(source_waits_for_a_batch),
    cmocka_unit_test(times_by_part),
    cmocka_unit_test(flow_times_by_part),
    cmocka_unit_test(source_sequence),
    cmocka_unit_test(buffer_begins_with_parts),
    cmocka_unit_test(buffers_in_a_row_begin_full),
    cmocka_unit_test(rack_capacity_is_levels_by_slots),
    cmocka_unit_test(machine_servers),
    cmocka_unit_test(machine_batch),
    cmocka_unit_test(machine_batch_takes_the_longest),
    cmocka_unit_test(machine_batch_leaves_one_by_one),
    cmocka_unit_test(setup_when_parts_change),
    cmocka_unit_test(setup_every_so_many),
    cmocka_unit_test(setup_times_by_part),
    cmocka_unit_test(scrap_leaves_at_once),
    cmocka_unit_test(rework_goes_where_it_says),
    cmocka_unit_test(machine_makes_another_part),
    cmocka_unit_test(failures_resume),
    cmocka_unit_test(failures_count_working_time),
    cmocka_unit_test(failures_rest_during_setup),
    cmocka_unit_test(failures_by_the_calendar),
    cmocka_unit_test(failures_restart),
    cmocka_unit_test(failures_scrap),
    cmocka_unit_test(a_finished_part_leaves_a_server_that_is_down),
    cmocka_unit_test(failures_of_each_server),
    cmocka_unit_test(shifts_stop_and_resume_work),
    cmocka_unit_test(sources_keep_their_shift),
    cmocka_unit_test(belts_keep_their_shift),
    cmocka_unit_test(shifts_skip_days),
    cmocka_unit_test(shifts_over_midnight),
    cmocka_unit_test(repairs_run_off_shift),
    cmocka_unit_test(assembly_takes_together),
    cmocka_unit_test(assembly_takes_early),
    cmocka_unit_test(assembly_early_is_blocked),
    cmocka_unit_test(assembly_early_with_two_servers),
    cmocka_unit_test(assembly_begins_with_its_base),
    cmocka_unit_test(assembly_early_keeps_room_for_each_part),
    cmocka_unit_test(assembly_without_time),
    cmocka_unit_test(disassembly_is_blocked_by_its_parts),
    cmocka_unit_test(sorter_is_blocked_by_a_full_way),
    cmocka_unit_test(inspection_finds_all),
    cmocka_unit_test(inspection_finds_the_wrong_ones),
    cmocka_unit_test(conveyor_transit_and_pitch),
    cmocka_unit_test(conveyor_keeps_room_for_parts_on_their_way),
    cmocka_unit_test(conveyor_keeps_room_before_service),
    cmocka_unit_test(conveyor_path),
    cmocka_unit_test(conveyor_closes_up),
    cmocka_unit_test(conveyor_that_stops),
    cmocka_unit_test(conveyor_that_does_not_stop),
    cmocka_unit_test(conveyor_fails),
    cmocka_unit_test(events_fail_and_mend),
    cmocka_unit_test(events_change_a_rate),
  };
  return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
