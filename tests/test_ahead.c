// The plan of a whole line: better than the order of release, followed, mended, and every part made once.
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "engine/layout/layout.h"
#include "engine/sim/ahead.h"
#include "engine/sim/twin.h"
#include "tests/lines.h"

// Two machines, a: m1 10 s, m2 100 s; b: m1 100 s, m2 10 s. Johnson (1954): a before b, so 10 + 100 + 10 = 120 s where b
// before a takes 100 + 10 + 100 = 210 s. The file has b first.
static void johnson(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct line r;
    char extra[300];
    snprintf(extra, sizeof extra, "parts: {a: {}, b: {}}\norders: [{product: b, quantity: 1}, {product: a, quantity: 1}]\nscheduler: {policy: %s}\n", k ? "lookahead" : "nearest");
    line_open(&r, "src: {kind: source, makes: orders}\nm1: {kind: machine, time: {a: 10 s, b: 100 s}}\nq: {kind: buffer}\nm2: {kind: machine, time: {a: 100 s, b: 10 s}}\nout: {kind: sink}", NULL, extra);
    line_made_at(&r, NULL, 2, k ? 120 : 210);
    line_close(&r);
  }
}

// One machine, all there at once: due dates decide (Jackson 1955), whatever the file says.
static void due_dates(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "src: {kind: source, makes: orders}\nq: {kind: buffer}\nm: {kind: machine, time: 10 s}\nout: {kind: sink}", NULL,
            "parts: {a: {}, b: {}, c: {}}\norders: [{product: a, quantity: 3, due: 90 s}, {product: b, quantity: 3, due: 60 s}, {product: c, quantity: 3, due: 30 s}]\nscheduler: {policy: lookahead}\n");
  line_to(&r, 200);
  CHECK(r.now.line.made, ==, 9);
  CHECK(r.now.line.late_ended, ==, 0);
  line_close(&r);
}

// With walks, two who carry and one who operates two machines: the plan is as long as the day turns out, within a tenth. As machines alone it would be a third of that.
struct spans { double planned, worked; };

static void tell_span(void *context, const struct bar *b) {
  struct spans *s = context;
  double end = ns_to_seconds(b->end);
  if (b->planned && end > s->planned) s->planned = end;
  if (!b->planned && end > s->worked) s->worked = end;
}

static void people_are_in_the_plan(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nparts: {a: {}, b: {}}\nfloor: {size: [60, 10]}\norders: [{product: a, quantity: 12}, {product: b, quantity: 12}]\nstations:\n  src: {kind: source, makes: orders, at: [2, 5]}\n"
    "  m1: {kind: machine, time: 30 s, at: [20, 5], operator: {by: staff}}\n  q1: {kind: buffer, at: [18, 5]}\n  q2: {kind: buffer, at: [38, 5]}\n  e1: {kind: buffer, at: [22, 5]}\n  e2: {kind: buffer, at: [42, 5]}\n  m2: {kind: machine, time: 30 s, at: [40, 5], operator: {by: staff}}\n  out: {kind: sink, at: [58, 5]}\n"
    "flow:\n  - {path: src -> q1, part: a, by: crew}\n  - {path: src -> q2, part: b, by: crew}\n  - q1 -> m1 -> e1\n  - q2 -> m2 -> e2\n  - {path: e1 -> out, by: crew}\n  - {path: e2 -> out, by: crew}\n"
    "robots: {crew: {count: 2, speed: 1, handling: 2 s}}\npeople: {staff: {speed: 1}}\nscheduler: {policy: lookahead}\nrun: {for: 3 h}\n";
  struct layout l;
  struct faults f;
  struct error e;
  struct spans s = {0};
  struct bars bars = {tell_span, &s};
  faults_init(&f, "people.yaml", text, sizeof text - 1);
  CHECK(layout_read_text(&l, "people.yaml", text, sizeof text - 1, NULL, 0, &f), ==, STATUS_OK);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.bars = &bars;
  struct twin *t = twin_create(&l, &o, &e);
  assert_non_null(t);
  twin_run(t, 10800 * NS_SECOND);
  CHECK_NEAR(s.planned, s.worked, 0.1 * s.worked);
  assert_true(s.planned > 3 * 12 * 30);
  twin_destroy(t);
  layout_finish(&l);
}

// The machine works by day, who operates it by night: that work has no hour, and the plan says when it would be with somebody there.
static void hours_that_never_meet(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nparts: {a: {}}\norders: [{product: a, quantity: 2}]\nshifts: {day: {start: '06:00', end: '14:00'}, night: {start: '22:00', end: '06:00'}}\n"
    "stations:\n  src: {kind: source, makes: orders}\n  m1: {kind: machine, time: 30 s, shift: day, operator: {by: staff}}\n  out: {kind: sink}\n"
    "flow:\n  - src -> m1 -> out\npeople: {staff: {shift: night}}\nscheduler: {policy: lookahead}\nrun: {for: 1 h}\n";
  struct layout l;
  struct faults f;
  struct error e;
  struct spans s = {0};
  struct bars bars = {tell_span, &s};
  faults_init(&f, "hours.yaml", text, sizeof text - 1);
  if (layout_read_text(&l, "hours.yaml", text, sizeof text - 1, NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.count ? f.fault[0].text : "?");
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.bars = &bars;
  struct twin *t = twin_create(&l, &o, &e);
  assert_non_null(t);
  twin_run(t, 3600 * NS_SECOND);
  assert_true(s.planned > 0 && s.planned < 7 * 24 * 3600.0);
  CHECK(s.worked <= 0, ==, 1);
  twin_destroy(t);
  layout_finish(&l);
}

// ---- shops -----------------------------------------------------------------------------------------------------

struct shop_text { char text[60000]; size_t used; };

#define PUT(...) s->used += (size_t)snprintf(s->text + s->used, sizeof s->text - s->used, __VA_ARGS__)

// Five machines in an order of its own for each of six products; orders with release and due times.
static void draw_shop(struct shop_text *s, uint32_t number, bool fails, int orders) {
  struct stream r = stream_make(9, number, "ahead", "shop", 0);
  enum { MACHINES = 5, PRODUCTS = 6 };
  int way[PRODUCTS][MACHINES], span = 0;
  s->used = 0;
  PUT("takt: 1\nparts: {p0: {}, p1: {}, p2: {}, p3: {}, p4: {}, p5: {}}\norders:\n");
  for (int k = 0; k < orders; k++) {
    int product = (int)(stream_u64(&r) % PRODUCTS), quantity = (int)(1 + stream_u64(&r) % 8), release = (int)(stream_u64(&r) % 4000), due = release + 500 + (int)(stream_u64(&r) % 5000);
    PUT("  - {product: p%d, quantity: %d, release: %d s, due: %d s}\n", product, quantity, release, due);
    span += quantity * 80;
  }
  PUT("stations:\n  src: {kind: source, makes: orders}\n  pool: {kind: buffer}\n");
  for (int m = 0; m < MACHINES; m++) {
    PUT("  q%d: {kind: buffer}\n  m%d: {kind: machine, copies: %d, time: {", m, m, m == 0 ? 2 : 1);
    for (int p = 0; p < PRODUCTS; p++) PUT("%sp%d: %d s", p ? ", " : "", p, (int)(10 + stream_u64(&r) % 60));
    PUT("}%s}\n", fails && m % 2 ? ", failures: {up: exponential(1500 s), down: exponential(200 s)}" : "");
  }
  PUT("  out: {kind: sink}\nflow:\n  - src -> pool\n");
  for (int m = 0; m < MACHINES; m++) PUT("  - q%d -> m%d\n", m, m);
  for (int p = 0; p < PRODUCTS; p++) {
    for (int m = 0; m < MACHINES; m++) {
      int at = (int)(stream_u64(&r) % (unsigned)(m + 1));
      way[p][m] = way[p][at];
      way[p][at] = m;
    }
    PUT("  - {path: pool -> q%d, part: p%d}\n", way[p][0], p);
    for (int m = 0; m + 1 < MACHINES; m++) PUT("  - {path: m%d -> q%d, part: p%d}\n", way[p][m], way[p][m + 1], p);
    PUT("  - {path: m%d -> out, part: p%d}\n", way[p][MACHINES - 1], p);
  }
  PUT("run: {for: %d s}\n", 10 * span);
}

struct told { int planned, worked, parts; };

static void tell(void *context, const struct bar *b) {
  struct told *t = context;
  CHECK(b->end >= b->begin, ==, 1);
  if (b->planned) t->planned++;
  else t->worked++, t->parts += b->parts;
}

static struct sums sums;
static uint64_t run_shop(const struct shop_text *s, const char *policy, struct arena *a, struct told *told, int64_t *ordered, ns_t step) {
  struct layout l;
  struct faults f;
  struct error e;
  struct layout_override set = {"scheduler.policy", policy};
  faults_init(&f, "shop.yaml", s->text, s->used);
  if (layout_read_text(&l, "shop.yaml", s->text, s->used, &set, 1, &f) != STATUS_OK) fail_msg("%s", f.count ? f.fault[0].text : "?");
  faults_finish(&f);
  struct bars bars = {tell, told};
  struct twin_options o = twin_defaults();
  if (told) o.bars = &bars;
  struct twin *t = twin_create(&l, &o, &e);
  assert_non_null(t);
  enum twin_state state = TWIN_RUNS;
  for (ns_t at = step; state == TWIN_RUNS && at <= 40000 * NS_SECOND; at += step) {
    state = twin_run(t, at);
    const char *broken = at % (1000 * NS_SECOND) == 0 ? twin_validate(t) : NULL;
    if (broken) fail_msg("%s", broken);
  }
  CHECK(state, ==, TWIN_PARTS);
  sums = sums_make(&l, a);
  twin_measure(t, &sums);
  *ordered = 0;
  for (int k = 0; k < l.order_count; k++) *ordered += l.orders[k].quantity;
  uint64_t digest = twin_digest(t);
  twin_destroy(t);
  layout_finish(&l);
  return digest;
}

// However often somebody stops to look, the run is the same, plans that are made anew and all.
static void looked_at(void **state) {
  (void)state;
  static struct shop_text s;
  struct arena a;
  int64_t ordered;
  assert_true(arena_init(&a, 1 << 20));
  draw_shop(&s, 3, true, 60);
  uint64_t first = run_shop(&s, "lookahead", &a, NULL, &ordered, 20 * NS_SECOND), often = run_shop(&s, "lookahead", &a, NULL, &ordered, NS_SECOND / 10), whole = run_shop(&s, "lookahead", &a, NULL, &ordered, 40000 * NS_SECOND);
  assert_true(first == whole);
  assert_true(often == whole);
  arena_finish(&a);
}

// Over eight shops, four of them with machines that break: less delay in all than in order of release; the same twice.
static void shops(void **state) {
  (void)state;
  static struct shop_text s;
  double plain = 0, planned = 0;
  for (uint32_t k = 0; k < 8; k++) {
    struct arena a;
    struct told told = {0};
    int64_t ordered;
    assert_true(arena_init(&a, 1 << 20));
    draw_shop(&s, k, k % 2, 12 + 2 * (int)k);
    run_shop(&s, "nearest", &a, NULL, &ordered, 20 * NS_SECOND);
    CHECK(sums.line.made, ==, ordered);
    plain += sums.line.delay_ended;
    uint64_t digest = run_shop(&s, "lookahead", &a, &told, &ordered, 20 * NS_SECOND);
    CHECK(sums.line.made, ==, ordered);
    planned += sums.line.delay_ended;
    CHECK(told.parts, ==, 5 * ordered);
    CHECK(told.planned, >, 0);
    if (k < 3) CHECK(run_shop(&s, "lookahead", &a, NULL, &ordered, 20 * NS_SECOND) == digest, ==, 1);
    arena_finish(&a);
  }
  CHECK(planned < 0.8 * plain, ==, 1);
}

int test_ahead(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(johnson), cmocka_unit_test(people_are_in_the_plan), cmocka_unit_test(due_dates), cmocka_unit_test(hours_that_never_meet), cmocka_unit_test(looked_at), cmocka_unit_test(shops)};
  return cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
}
