// Sameness: one layout, one seed, one digest; and chance that belongs to its station alone.
#include "tests/lines.h"

// every kind of chance at once: failures, scrap, rework, shares, robots with batteries, shifts
#define STATIONS                                                                                                    \
  "src: {kind: source, makes: {a: 0.7, b: 0.3}, every: exponential(2 s)}\nq: {kind: buffer}\n"                      \
  "m1: {kind: machine, time: \"gamma(2, 1.5 s)\", servers: 2, scrap: 0.02, failures: {up: exponential(200 s), down: \"lognormal(20 s, 10 s)\"}}\n" \
  "sort: {kind: sorter, time: 200 ms}\nqa: {kind: buffer, capacity: 5}\nqb: {kind: buffer, capacity: 5}\n"           \
  "m2: {kind: machine, time: \"erlang(3, 2 s)\", rework: {share: 0.05, to: q}, shift: day}\n"                        \
  "m3: {kind: machine, time: \"triangular(1 s, 2 s, 6 s)\", operator: {by: crew}}\nout: {kind: sink}\n"
#define FLOW                                                                                                        \
  "src -> q -> m1 -> sort\n{path: sort -> qa, share: 0.6}\n{path: sort -> qb, share: 0.4}\n{path: qa -> m2, by: crew}\n" \
  "qb -> m3 -> out\n{path: m2 -> out, by: robots}"
#define EXTRA                                                                                                       \
  "shifts: {day: {start: 06:00, end: 14:00, breaks: [[09:00, 15 min]]}}\n"                                          \
  "robots: {crew: {count: 3, handling: exponential(1 s), runs: 30 min, charges: 10 min}}"

static uint64_t digest_of(const char *stations, const char *flow, const char *extra, uint64_t seed, uint32_t replication, double seconds) {
  struct line r;
  line_open_seed(&r, stations, flow, extra, seed, replication);
  line_to(&r, seconds);
  uint64_t digest = twin_digest(r.twin);
  assert_true(twin_events(r.twin) > 1000);
  line_close(&r);
  return digest;
}

static void twenty_runs_one_digest(void **state) {
  (void)state;
  uint64_t first = digest_of(STATIONS, FLOW, EXTRA, 7, 1, 20000);
  for (int i = 1; i < 20; i++) assert_int_equal(digest_of(STATIONS, FLOW, EXTRA, 7, 1, 20000), first);
}

static void seeds_and_replications_differ(void **state) {
  (void)state;
  uint64_t digest[6];
  for (int i = 0; i < 3; i++) digest[i] = digest_of(STATIONS, FLOW, EXTRA, 7 + (uint64_t)i, 1, 5000);
  for (int i = 3; i < 6; i++) digest[i] = digest_of(STATIONS, FLOW, EXTRA, 7, (uint32_t)i, 5000);
  for (int i = 0; i < 6; i++)
    for (int k = 0; k < i; k++) assert_int_not_equal(digest[i], digest[k]);
}

// a change of any time shows
static void small_changes_show(void **state) {
  (void)state;
  uint64_t plain = digest_of("src: {kind: source, makes: part, every: 2 s}\nm: {kind: machine, time: 1 s}\nout: {kind: sink}", NULL, NULL, 1, 1, 4000);
  uint64_t later = digest_of("src: {kind: source, makes: part, every: 2 s}\nm: {kind: machine, time: 1001 ms}\nout: {kind: sink}", NULL, NULL, 1, 1, 4000);
  assert_int_not_equal(plain, later);
}

// the same sums of every station of the first layout, whatever stands beside it
static void same_sums(const struct line *a, const struct line *b) {
  for (int i = 0; i < a->layout.station_count; i++) {
    const char *name = a->layout.stations[i].name;
    const struct station_sums *x = &a->now.station[i], *y = line_station(b, name);
    for (int c = 0; c < STATION_CAUSES; c++)
      if (x->cause[c] != y->cause[c]) fail_msg("%s: %s %lld ns alone, %lld ns beside others", name, station_cause_name(c), (long long)x->cause[c], (long long)y->cause[c]);
    CHECK(x->made, ==, y->made);
    CHECK(x->scrapped, ==, y->scrapped);
    CHECK(x->left, ==, y->left);
    CHECK_NEAR(x->wait, y->wait, 0);
    CHECK_NEAR(x->area, y->area, 0);
  }
}

// a station and a source that nothing joins to the line change no draw of it
static void an_added_station_disturbs_no_one(void **state) {
  (void)state;
  struct line alone, beside;
  const char *other = "extra: {kind: source, makes: c, every: exponential(3 s)}\nmore: {kind: machine, time: exponential(2 s), scrap: 0.1, failures: {up: exponential(9 s), down: exponential(3 s)}}\nend: {kind: sink}\n";
  char stations[4096], flow[1024];
  line_open_seed(&alone, STATIONS, FLOW, EXTRA, 3, 1);
  // before and behind the others in the file
  for (int first = 0; first < 2; first++) {
    snprintf(stations, sizeof stations, "%s%s", first ? other : STATIONS, first ? STATIONS : other);
    snprintf(flow, sizeof flow, "%s\n%s", first ? "extra -> more -> end" : FLOW, first ? FLOW : "extra -> more -> end");
    line_open_seed(&beside, stations, flow, EXTRA, 3, 1);
    for (int step = 1; step <= 4; step++) {
      if (!first) line_to(&alone, 2500.0 * step);
      line_to(&beside, 2500.0 * step);
      if (!first || step == 4) same_sums(&alone, &beside);
    }
    assert_true(line_station(&beside, "more")->made > 100);
    line_close(&beside);
  }
  line_close(&alone);
}

// common random numbers: a machine that is half as fast again draws the same chances, so the work of the
// same 5,000 parts is half as long again, to a nanosecond of rounding a part
static void variants_see_the_same_chances(void **state) {
  (void)state;
  struct line a, b;
  line_open_seed(&a, "src: {kind: source, makes: part, every: exponential(2 s), limit: 5000}\nq: {kind: buffer}\nm: {kind: machine, time: exponential(1 s)}\nout: {kind: sink}", NULL, NULL, 5, 1);
  line_open_seed(&b, "src: {kind: source, makes: part, every: exponential(2 s), limit: 5000}\nq: {kind: buffer}\nm: {kind: machine, time: exponential(1.5 s)}\nout: {kind: sink}", NULL, NULL, 5, 1);
  line_to(&a, 1e6);
  line_to(&b, 1e6);
  CHECK(a.state, ==, TWIN_PARTS);
  CHECK(b.now.line.made, ==, 5000);
  CHECK_NEAR(line_cause(&b, "m", STATION_WORKING), 1.5 * line_cause(&a, "m", STATION_WORKING), 5000e-9);
  CHECK(a.now.line.last_sink, <, b.now.line.last_sink);
  line_close(&a);
  line_close(&b);
}

int test_digest(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(twenty_runs_one_digest),
    cmocka_unit_test(seeds_and_replications_differ),
    cmocka_unit_test(small_changes_show),
    cmocka_unit_test(an_added_station_disturbs_no_one),
    cmocka_unit_test(variants_see_the_same_chances),
  };
  return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
