// Hands in runs: a shelf, a clearance, a friction move cycle times and failures, at event and at body; what nobody can do is said before the run.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/measure/ledger.h"
#include "engine/sim/twin.h"
#include "engine/world/hands_check.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

// One robot between a bin, whose parts cover each other, and a tray; what is asked goes in.
static const char line[] =
  "takt: 1\nname: hands\nfloor: {size: [8, 6]%s}\n"
  "parts: {p: {shape: box, size: [60 mm, 60 mm, 60 mm], mass: 0.5, friction: %g, tolerance: %g}}\nstations:\n"
  "  raw: {kind: source, makes: p}\n  shelf: {kind: bin, at: [1.5, 3], facing: 0, size: [0.6, 1], height: %g, capacity: 4}\n"
  "  out: {kind: sink, at: [4.5, 3], facing: 180, size: [0.6, 0.6]}\n"
  "flow: [raw -> shelf, {path: shelf -> out, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 1, charging: {idle: false}}}\nrun: {for: 2 h, fidelity: %s}\n";

// The same into trays of four, whose places leave the parts so much to every side.
static const char trays[] =
  "takt: 1\nname: trays\nfloor: {size: [8, 6]}\n"
  "parts: {p: {shape: box, size: [60 mm, 60 mm, 60 mm], mass: 0.5}, tray: {size: [0.3, 0.3, 0.05]}, kit: {like: tray}}\nstations:\n"
  "  raw: {kind: source, makes: p}\n  shelf: {kind: bin, at: [1.5, 3], facing: 0, size: [0.6, 1], height: 0.9, capacity: 4}\n  empty: {kind: source, makes: tray}\n"
  "  pack: {kind: assembly, at: [4.5, 3], facing: 180, size: [0.6, 0.6], base: tray, needs: {p: 4}, makes: kit, take: early, pattern: {grid: [2, 2], pitch: [%g, %g]}}\n  out: {kind: sink}\n"
  "flow: [raw -> shelf, {path: shelf -> pack, by: robots}, empty -> pack, pack -> out]\n"
  "robots: {crew: {model: optimus-gen2, count: 1, charging: {idle: false}}}\nrun: {for: 2 h, fidelity: %s}\n";

struct seen { double cycle, misses; uint64_t digest; };   // s a part; tries that failed

static const struct kinds *kinds;

static void read_line(struct layout *l, char *text) {
  struct faults f;
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

// Until so many parts are made.
static struct seen run_text(char *text, int parts) {
  struct layout l = {0};
  struct arena a;
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  read_line(&l, text);
  if (!kinds) kinds = kinds_load(&l, "assets", 1, &e);
  o.kinds = kinds;
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(&l, &a);
  ns_t step = NS_SECOND / 5, now = 0;
  while (s.line.made < parts) {
    CHECK(twin_run(t, now += step), ==, TWIN_RUNS);
    twin_measure(t, &s);
  }
  assert_true(twin_validate(t) == NULL);
  const struct fleet_sums *f = &s.fleet[0];
  CHECK(f->stumbles + f->slips + f->tips + f->overloads, ==, 0);
  struct seen out = {ns_to_seconds(now) / parts, (double)f->misses, twin_digest(t)};
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return out;
}

// On a floor with these zones.
static struct seen run_in(const char *zones, const char *fidelity, int parts, double friction, double tolerance, double height) {
  char text[2048];
  snprintf(text, sizeof text, line, zones, friction, tolerance, height, fidelity);
  return run_text(text, parts);
}

static struct seen run_trays(const char *fidelity, int kits, double clearance) {
  char text[2048];
  double pitch = 0.06 + 2 * clearance;
  snprintf(text, sizeof text, trays, pitch, pitch, fidelity);
  return run_text(text, kits);
}

static struct seen run(const char *fidelity, int parts, double friction, double tolerance, double height) { return run_in("", fidelity, parts, friction, tolerance, height); }

// The bin 0.3 m lower, the clearance 1 mm less, the friction 0.2 less: each moves time. A part that slips more easily is pressed as hard as the hand can,
// and then it slips; from below more is seen wrong; what is close on a table is felt for, which costs time alone.
static void check_what_moves(const char *fidelity, int parts) {
  struct seen table = run(fidelity, parts, 0.5, 2e-3, 0.9), low = run(fidelity, parts, 0.5, 2e-3, 0.6), tight = run(fidelity, parts, 0.5, 1e-3, 0.9), slippery = run(fidelity, parts, 0.3, 2e-3, 0.9);
  ORDER(low.cycle, >, table.cycle);
  ORDER(tight.cycle, >, table.cycle);
  ORDER(slippery.cycle, >, table.cycle);
  ORDER(low.misses, >, table.misses);
  ORDER(slippery.misses, >, table.misses + 2);
}

// What goes into its place wedges there when that is close (Whitney 1982): 1 mm less moves failures too.
static void check_what_wedges(const char *fidelity, int kits) {
  struct seen wide = run_trays(fidelity, kits, 1.25e-3), close = run_trays(fidelity, kits, 0.25e-3);
  ORDER(close.cycle, >, wide.cycle);
  ORDER(close.misses, >, wide.misses + 0.1 * 4 * kits);
}

static void test_the_shelf_the_clearance_and_the_friction(void **state) {
  (void)state;
  struct seen one = run("event", 50, 0.5, 2e-3, 0.9), again = run("event", 50, 0.5, 2e-3, 0.9);
  assert_true(one.digest == again.digest);
  check_what_moves("event", 400);
  check_what_wedges("event", 100);
}

static void test_the_same_at_body(void **state) {
  (void)state;
  check_what_moves("body", 36);
  check_what_wedges("body", 12);
}

// Where a bin stands in bad light more is seen wrong, and where it is nearly dark hands go slowly; where nothing is hidden a dim zone changes nothing.
static void test_the_light(void **state) {
  (void)state;
  static const char zone[] = ", zones: {shade: {kind: dim, area: [[0, 0], [3, 0], [3, 6], [0, 6]], occlusion: %s}}";
  static const char *const hidden[] = {"0 %", "60 %", "95 %"};
  struct seen lit = run("event", 400, 0.5, 2e-3, 0.9), dim[3];
  for (int k = 0; k < 3; k++) {
    char text[200];
    snprintf(text, sizeof text, zone, hidden[k]);
    dim[k] = run_in(text, "event", 400, 0.5, 2e-3, 0.9);
  }
  ORDER(dim[0].misses, ==, lit.misses);
  ORDER(dim[0].cycle, ==, lit.cycle);
  ORDER(dim[1].misses, >, lit.misses);
  ORDER(dim[2].cycle, >, 1.5 * lit.cycle);
}

static void test_what_nobody_can_do(void **state) {
  (void)state;
  static const struct { const char *from, *to, *says; } cases[] = {
    {"height: %g", "height: 2.3", "2.30 m"},
    {"mass: 0.5", "mass: 40", "40 kg"},
    {"size: [60 mm, 60 mm, 60 mm], mass: 0.5, friction: %g", "size: [50 mm, 50 mm, 50 mm], mass: 0.5, friction: 0.02 }} #%g", "no grip: needs more force than the hand gives"},
    {"size: [60 mm, 60 mm, 60 mm]", "size: [1.5, 1.2, 60 mm]", "1.20 m wide"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    char format[2048], text[2048];
    const char *at = strstr(line, cases[k].from);
    snprintf(format, sizeof format, "%.*s%s%s", (int)(at - line), line, cases[k].to, at + strlen(cases[k].from));
    snprintf(text, sizeof text, format, "", 0.5, 0.0, 0.9, "event");
    struct layout l = {0};
    struct error e = {0};
    struct twin_options o = twin_defaults();
    o.assets = "assets";
    o.kinds = kinds;
    read_line(&l, text);
    if (twin_create(&l, &o, &e)) fail_msg("%s is done", cases[k].to);
    CHECK(e.status, ==, STATUS_UNREACHABLE);
    CHECK_HAS(e.text, cases[k].says);
    CHECK_HAS(e.text, "shelf -> out");
    layout_finish(&l);
  }
}

// Parts that may come along a flow: those that leave what is before it.
static void test_parts_of_flows(void **state) {
  (void)state;
  char text[] =
    "takt: 1\nname: parts\nparts: {a: {}, b: {}, c: {}, kit: {}}\nstations:\n"
    "  s: {kind: source, makes: {a: 0.5, b: 0.5}}\n  t: {kind: source, makes: c}\n  m: {kind: machine, time: 1 s}\n"
    "  j: {kind: assembly, needs: {b: 1, c: 1}, take: early, makes: kit}\n  o: {kind: sink}\n"
    "flow: [s -> m, {path: m -> j, by: robots}, t -> j, {path: m -> o, part: a}, j -> o]\nrobots: {crew: {count: 1}}\n";
  struct layout l = {0};
  uint64_t comes[8];
  read_line(&l, text);
  hands_parts(&l, comes);
  CHECK(comes[0], ==, 3);
  CHECK(comes[1], ==, 2);           // the assembly does not take a
  CHECK(comes[2], ==, 4);
  CHECK(comes[3], ==, 1);
  CHECK(comes[4], ==, 8);
  layout_finish(&l);
}

struct ran { double picks, misses, goes, energy, hands; };

// A run at a fidelity; no contact check or drive may break.
static struct ran ran(const char *text_of, const char *fidelity, int seconds) {
  char text[2048];
  struct layout l = {0};
  struct arena a;
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  snprintf(text, sizeof text, text_of, fidelity);
  read_line(&l, text);
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  CHECK(twin_run(t, seconds * NS_SECOND), ==, TWIN_RUNS);
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(&l, &a);
  twin_measure(t, &s);
  struct fleet_sums *f = &s.fleet[0];
  struct ran r = {.picks = (double)f->picks, .misses = (double)f->misses, .energy = f->energy};
  for (int k = 0; k < l.step_count; k++) r.goes += (double)(s.step[k].done + s.step[k].failed);
  CHECK(f->stumbles + f->slips + f->tips + f->overloads, ==, 0);
  if (strcmp(fidelity, "body") == 0 && !(twin_bodies(t).worst_residual < 1e-6)) fail_msg("feet and body disagree by %g", twin_bodies(t).worst_residual);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return r;
}

// At body the same line, moved by its joints: the same parts, the energy within 2 %.
static void test_body_as_event(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: both\nfloor: {size: [8, 6]}\nparts: {p: {size: [60 mm, 60 mm, 60 mm], mass: 0.3}, q: {size: [0.3, 0.4, 0.2], mass: 5}}\nstations:\n"
    "  raw: {kind: source, makes: [{p: 1}, {q: 1}], at: [1.5, 3], size: [0.5, 0.6]}\n  out: {kind: sink, at: [4, 3], size: [0.5, 0.6], facing: 180}\n"
    "flow: [{path: raw -> out, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1, charging: {idle: false}}}\nrun: {fidelity: %s}\n";
  struct ran event = ran(text, "event", 120), body = ran(text, "body", 120);
  ORDER(event.picks, >, 5);
  CHECK_NEAR(body.picks, event.picks, 1.01);
  CHECK_NEAR(body.energy, event.energy, 0.02 * event.energy);
}

// Parts come along one by one to the end of a belt, where somebody waits: at 0.8 m/s they stand there 0.56 s after they have come within reach, before a hand is down.
// So they are taken like parts that stand there; of parts met in motion every sixth would slip.
static void test_what_stands_by_then_is_no_part_in_motion(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: belt\nfloor: {size: [8, 6]}\nparts: {p: {size: [60 mm, 60 mm, 60 mm], mass: 0.3}}\nstations:\n"
    "  raw: {kind: source, makes: p, every: 20 s}\n  belt: {kind: conveyor, path: [[1, 3], [4, 3]], size: [3, 0.4], speed: 0.8, pitch: 0.2, height: 0.9}\n"
    "  out: {kind: sink, at: [3.7, 1.2], size: [0.5, 0.6], facing: 90}\n"
    "flow: [raw -> belt, {path: belt -> out, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1, charging: {idle: false}}}\nrun: {fidelity: %s}\n";
  struct ran quick = ran(text, "event", 4 * 3600);
  ORDER(quick.picks, >, 600);
  ORDER(quick.misses, <, 0.02 * quick.picks);
}

// Every step of a bench is a motion that keeps its limits at each tick, in the time of the tables and with their energy.
static void test_benches_as_event(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: bench\nfloor: {size: [8, 6]}\nparts: {p: {size: [60 mm, 60 mm, 60 mm], mass: 1}}\nstations:\n"
    "  raw: {kind: source, makes: p}\n  bench: {kind: machine, at: [4, 3], steps: [{do: open}, {do: pick, part: p}, {do: place, part: p}, {do: insert, part: p, clearance: 0.3 mm}, {do: fasten, count: 2}, {do: press}, "
    "{do: inspect}, {do: scan}, {do: close}]}\n  out: {kind: sink}\n"
    "flow: [raw -> bench -> out]\nrobots: {crew: {model: optimus-gen2, count: 1, charging: {idle: false}}}\nrun: {fidelity: %s}\n";
  struct ran event = ran(text, "event", 120), body = ran(text, "body", 120);
  ORDER(event.goes, >, 25);
  CHECK_NEAR(body.goes, event.goes, 1.01);
  CHECK_NEAR(body.energy, event.energy, 0.02 * event.energy);
}

// What two do with one thing: the same at both, each in the time of both.
static void test_pairs_as_event(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: pair\nfloor: {size: [8, 6]}\nparts: {housing: {size: [0.7, 0.4, 0.4], mass: 28}, plate: {size: [0.10, 0.06, 0.03], mass: 0.5}}\nstations:\n"
    "  raw: {kind: source, makes: housing}\n  bench: {kind: machine, at: [4, 3], size: [0.6, 1.4], steps: [{do: carry, part: housing}, {do: handover, part: plate, count: 2}]}\n  out: {kind: sink}\n"
    "flow: [raw -> bench -> out]\nrobots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}}}\nrun: {fidelity: %s}\n";
  struct ran event = ran(text, "event", 100), body = ran(text, "body", 100);
  ORDER(event.goes, >, 20);
  CHECK_NEAR(body.goes, event.goes, 1.01);
  CHECK_NEAR(body.energy, event.energy, 0.02 * event.energy);
}

// Before the run: the handing over of that block is refused with that reason.
static void check_refused(const char *name, const char *block, const char *reason) {
  char text[1024];
  struct layout l = {0};
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  snprintf(text, sizeof text,
           "takt: 1\nname: pair\nfloor: {size: [8, 6]}\nparts: {a: {}, %s: {%s}}\nstations:\n"
           "  raw: {kind: source, makes: a}\n  bench: {kind: machine, at: [4, 3], steps: [{do: handover, part: %s}]}\n  out: {kind: sink}\n"
           "flow: [raw -> bench -> out]\nrobots: {crew: {model: optimus-gen2, count: 2}}\n", name, block, name);
  read_line(&l, text);
  assert_null(twin_create(&l, &o, &e));
  CHECK(e.status, ==, STATUS_UNREACHABLE);
  CHECK_HAS(e.text, reason);
  layout_finish(&l);
}

// The pair that cannot is named before the run, with the reason.
static void test_pairs_that_cannot(void **state) {
  (void)state;
  check_refused("block", "size: [0.1, 0.1, 0.1], mass: 9", "crew beside crew cannot hand over: who gives it: ");
  check_refused("block", "size: [0.12, 0.06, 0.03], mass: 0.5", "crew beside crew cannot hand over: both hands do not fit on block at once near its middle, and farther out it turns in the fingers: it is 0.12 m long, 0.10 m would do");
  // what would do stands last, and no name cuts it off
  check_refused("a-long-name-of-a-block-of-forty-letters-", "size: [0.12, 0.06, 0.03], mass: 0.5", "0.10 m would do");
}

static int unload(void **state) {
  (void)state;
  kinds_destroy((struct kinds *)(uintptr_t)kinds);
  return 0;
}

int test_hands_run(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_shelf_the_clearance_and_the_friction),
    cmocka_unit_test(test_the_same_at_body),
    cmocka_unit_test(test_the_light), cmocka_unit_test(test_what_nobody_can_do),
    cmocka_unit_test(test_parts_of_flows),
    cmocka_unit_test(test_what_stands_by_then_is_no_part_in_motion),
    cmocka_unit_test(test_body_as_event), cmocka_unit_test(test_benches_as_event), cmocka_unit_test(test_pairs_as_event), cmocka_unit_test(test_pairs_that_cannot),
  };
  return cmocka_run_group_tests_name("hands_run", tests, NULL, unload);
}
