// Bodies that share the floor while orders come: who is taken out, stopped, pushed, updated, sent home or shut out as it waits or walks keeps nothing, is kept clear of, and goes on.
#include <math.h>
#include <string.h>

#include "engine/sim/body_clear_state.h"
#include "engine/sim/broken.h"
#include "engine/sim/fleet.h"
#include "engine/sim/robot.h"
#include "tests/check.h"

#define SWAYS 0.05                  // m    that a pelvis is beside the middle of its footprint as it walks
#define HALL(size) "takt: 1\nname: floor\nrun: {fidelity: body, body_rate: 100}\nfloor:\n  size: " size "\n"

struct world { struct layout l; struct twin *t; double worst; };       // m: the least distance beyond two footprints, of those who keep their balance

static void open_world(struct world *w, const char *text) {
  struct faults f;
  struct error e = {0};
  struct twin_options o = twin_defaults();
  *w = (struct world){.worst = 1e30};
  faults_init(&f, "floor", text, strlen(text));
  if (layout_read_text(&w->l, "floor", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  w->t = twin_create(&w->l, &o, &e);
  if (!w->t) fail_msg("%s", e.text);
}

static void close_world(struct world *w) {
  twin_destroy(w->t);
  layout_finish(&w->l);
}

static struct clear *clear_of(const struct world *w, int32_t i) { return &w->t->body->clears->of[i]; }
static const struct walk *walk_of(const struct world *w, int32_t i) { return rows_of(w->t, i)->walk[w->t->body->row_of[i]]; }
static bool walks(const struct world *w, int32_t i) { return tracks_walks(w->t, i) && rows_of(w->t, i)->began[w->t->body->row_of[i]] <= w->t->body->step; }

// One step more; all books hold after it.
static void step(struct world *w) {
  struct twin *t = w->t;
  ns_t dt = NS_SECOND / w->l.run.body_rate;
  if (twin_run(t, (t->now / dt + 1) * dt) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  for (int32_t i = 0; i < t->robots; i++)
    for (int32_t j = 0; j < i; j++) {
      double p[2], q[2], heading, speed;
      if (!body_stepped(t, i) || !body_stepped(t, j) || body_upset(t, i) || body_upset(t, j) || t->robot[i].act == ACT_GONE || t->robot[j].act == ACT_GONE) continue;
      body_position(t, i, p, &heading, &speed);
      body_position(t, j, q, &heading, &speed);
      double beyond = hypot(p[0] - q[0], p[1] - q[1]) - clear_radius(t, i) - clear_radius(t, j) + SWAYS;
      if (beyond < w->worst) w->worst = beyond;
    }
}

static void run(struct world *w, double until) {
  while (w->t->now < ns_from_seconds(until)) step(w);
}

static int64_t through(const struct world *w) {
  int64_t n = 0;
  for (int f = 0; f < w->l.fleet_count; f++) n += w->t->sums.fleet[f].through;
  return n;
}

static int64_t picks(const struct world *w) {
  int64_t n = 0;
  for (int f = 0; f < w->l.fleet_count; f++) n += w->t->sums.fleet[f].picks;
  return n;
}

static void keeps_apart(const struct world *w) {
  if (!(w->worst > -1e-9)) fail_msg("somebody was %g m in somebody", -w->worst);
  CHECK(through(w), ==, 0);
}

#define HOME HALL("[14, 8]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, every: 14 s, at: [1, 2], size: [1, 1.4]}\n  b: {kind: sink, at: [13, 2], size: [1, 1.4], facing: 180}\n" \
  "  rest: {kind: dock, at: [4, 7], size: [3, 1], facing: 270, slots: 3}\nflow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}\n"

// Pushed on its way home and taken out there, it is nowhere for those who set out at that instant.
static void test_gone(void **state) {
  (void)state;
  struct world w;
  const double hall[4] = {0, 0, 14, 8}, impulse[2] = {0, 9};
  int32_t near[TRACKS_NEAR];
  open_world(&w, HOME);
  int32_t i = NONE;
  while (i == NONE && w.t->now < 120 * NS_SECOND) {
    step(&w);
    for (int32_t k = 0; k < 2; k++)
      if (w.t->robot[k].act == ACT_HOME && walks(&w, k) && w.t->now - w.t->robot[k].act_start > 3 * NS_SECOND) i = k;
  }
  CHECK(i, !=, NONE);
  const struct walk *was = walk_of(&w, i);
  body_push(w.t, i, impulse, body_kind(w.t, i)->library.standing.com_height);
  step(&w);
  if (walk_of(&w, i) == was || walk_of(&w, i) == NULL) fail_msg("it has no walk of its own");
  CHECK(tracks_near(w.t, 1 - i, hall, 0, near), ==, 1);
  robot_gone(w.t, i);
  CHECK(tracks_near(w.t, 1 - i, hall, 0, near), ==, 0);
  run(&w, 150);
  close_world(&w);
}

// Called back from their way home they are known to be on their new way at once: books hold in each step.
static void test_called_back(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HOME);
  run(&w, 120);
  keeps_apart(&w);
  close_world(&w);
}

// In an aisle for one some walk behind another who is stopped by order, at any time of his way; when he goes on all of them do.
static void test_stopped_ahead(void **state) {
  (void)state;
  for (int at = 0; at < REPEATS(1, 4); at++) {
    struct world w;
    char text[2048];
    snprintf(text, sizeof text, HALL("[20, 6]") "  obstacles: {upper: {area: [[5, 3.6], [15, 3.6], [15, 6], [5, 6]]}, lower: {area: [[5, 0], [15, 0], [15, 2.4], [5, 2.4]]}}\nparts: {p: {mass: 2 kg}}\n"
      "stations:\n  a: {kind: source, makes: p, at: [1, 3], size: [1, 2.8]}\n  b: {kind: sink, at: [19, 3], size: [1, 2.8], facing: 180}\nflow: [{path: a -> b, by: robots}]\n"
      "robots: {crew: {model: optimus-gen2, count: 4}}\nevents:\n  - {at: %g s, do: estop, what: crew-1, category: hold}\n  - {at: %g s, do: resume, what: crew-1}\n", 20 + 2.5 * at, 55 + 2.5 * at);
    open_world(&w, text);
    run(&w, 120);
    if (!(w.worst > -1e-9)) fail_msg("stopped at %g s: somebody was %g m in somebody", 20 + 2.5 * at, -w.worst);
    CHECK(picks(&w), >, 4);
    close_world(&w);
  }
}

#define IDLERS HALL("[9, 6]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, every: 25 s, at: [1, 3], size: [0.6, 0.6]}\n  b: {kind: sink, at: [8, 3], size: [0.6, 0.6], facing: 180}\n" \
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 3}}\n"

// The first one that makes room; NONE: nobody did by then.
static int32_t first_aside(struct world *w, double until) {
  while (w->t->now < ns_from_seconds(until)) {
    step(w);
    for (int32_t i = 0; i < w->t->robots; i++)
      if (clear_of(w, i)->aside) return i;
  }
  return NONE;
}

// Who makes room and is pushed over, told to break or stopped meanwhile does not make room any more when it has come to rest.
static void test_aside(void **state) {
  (void)state;
  for (int what = 0; what < 3; what++) {
    struct world w;
    open_world(&w, IDLERS);
    int32_t i = first_aside(&w, 120);
    CHECK(i, !=, NONE);
    run(&w, ns_to_seconds(w.t->now) + 1.5);
    CHECK(clear_of(&w, i)->aside, ==, 1);
    if (what == 0) body_push(w.t, i, (const double[2]){0, 60}, body_kind(w.t, i)->library.standing.com_height);
    if (what == 1) robot_break(w.t, i, BREAK_ARM);
    if (what == 2) robot_stop(w.t, i, STOPS_HOLD);
    double at = ns_to_seconds(w.t->now);
    run(&w, at + 12);
    CHECK(clear_of(&w, i)->aside, ==, 0);
    if (what == 1) CHECK(robot_is_broken(w.t, i), ==, 1);
    if (what == 2) robot_restart(w.t, i);
    run(&w, at + 40);
    CHECK(w.t->robot[i].stopped, ==, 0);
    close_world(&w);
  }
}

// The shift ends among six on little room: who has not set out stays, nobody walks through anybody all night, and all go on in the morning.
static void test_shift(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HALL("[9, 7]") "parts: {p: {mass: 2 kg}}\n"
    "stations:\n  a: {kind: source, copies: 2, step: [0, 3], makes: p, at: [1, 2], size: [0.6, 0.6]}\n  b: {kind: sink, copies: 2, step: [0, 3], at: [8, 2], size: [0.6, 0.6], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 6}}\n");
  run(&w, 30);
  fleet_shift(w.t, 0, false);
  run(&w, 119);
  keeps_apart(&w);
  int64_t before = picks(&w);
  fleet_shift(w.t, 0, true);
  run(&w, 150);
  keeps_apart(&w);
  CHECK(picks(&w), >, before + 1);
  close_world(&w);
}

#define UPDATE "events: [{at: 40 s, do: update, what: crew, revision: feb-2024}]\n"

// Updated where it stands on a spot it has it still, and nobody overlooks it. A fleet of one that is to be updated has nobody to look out for.
static void test_updated(void **state) {
  (void)state;
  struct world w;
  const double hall[4] = {0, 0, 9, 6};
  int32_t near[TRACKS_NEAR], spot[3];
  open_world(&w, IDLERS UPDATE);
  CHECK(w.t->body->clears->alone, ==, 0);
  while (w.t->now < ns_from_seconds(39.99)) step(&w);
  int stood = 0;
  for (int32_t i = 0; i < 3; i++) spot[i] = clear_of(&w, i)->spot;
  for (int k = 0; k < 2; k++) step(&w);
  for (int32_t i = 0; i < 3; i++) {
    if (w.t->robot[i].make == w.t->fleet[0].first_make || spot[i] == NONE) continue;
    stood++;
    CHECK(clear_of(&w, i)->spot, ==, spot[i]);
    CHECK(tracks_near(w.t, i, hall, 0, near), ==, 2);
  }
  CHECK(stood, >, 0);
  run(&w, 90);
  keeps_apart(&w);
  close_world(&w);
  open_world(&w, HALL("[9, 6]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, at: [1, 3], size: [0.6, 0.6]}\n  b: {kind: sink, at: [8, 3], size: [0.6, 0.6], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n" UPDATE);
  CHECK(w.t->body->clears->alone, ==, 1);
  close_world(&w);
}

// The only gap closes while robots wait, pick and walk: nobody who has not set out by then comes to the other side before it opens.
static void test_shut_out(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HALL("[14, 7]") "  obstacles: {upper: {area: [[6.5, 4.1], [7.5, 4.1], [7.5, 7], [6.5, 7]]}, lower: {area: [[6.5, 0], [7.5, 0], [7.5, 2.9], [6.5, 2.9]]}}\n"
    "  zones: {gap: {kind: people, area: [[6.5, 2.9], [7.5, 2.9], [7.5, 4.1], [6.5, 4.1]]}}\nparts: {p: {mass: 2 kg}}\n"
    "stations:\n  a: {kind: source, makes: p, at: [1, 3.5], size: [0.6, 0.6]}\n  b: {kind: sink, at: [13, 3.5], size: [0.6, 0.6], facing: 180}\nflow: [{path: a -> b, by: robots}]\n"
    "robots: {crew: {model: optimus-gen2, count: 5}}\nevents: [{at: 45 s, do: close, what: gap}, {at: 130 s, do: open, what: gap}]\n");
  bool under_way[5];
  double side[5], heading, speed;
  run(&w, 44.99);
  for (int32_t i = 0; i < 5; i++) {
    double at[2];
    body_position(w.t, i, at, &heading, &speed);
    under_way[i] = walks(&w, i);
    side[i] = at[0] - 7;
  }
  run(&w, 129);
  int kept = 0;
  for (int32_t i = 0; i < 5; i++) {
    double at[2];
    body_position(w.t, i, at, &heading, &speed);
    if (under_way[i]) continue;
    kept++;
    if (!(side[i] * (at[0] - 7) > 0)) fail_msg("R%d went from x - 7 = %g to %g", i + 1, side[i], at[0] - 7);
  }
  CHECK(kept, >, 1);
  int64_t before = picks(&w);
  run(&w, 180);
  CHECK(picks(&w), >, before);
  keeps_apart(&w);
  close_world(&w);
}

// More stand near a way than are looked for at once: none of them is walked through.
static void test_many(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HALL("[40, 30]") "parts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, at: [20, 15], size: [1, 1]}\n  b: {kind: sink, at: [38, 15], size: [1, 1], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 150}}\n");
  int32_t last = 149;
  struct track track = {.count = 301, .at = (double[301][2]){{0}}};
  const struct v3 *from = &rows_of(w.t, 0)->origin[w.t->body->row_of[0]];
  double to[2];
  tracks_end(w.t, last, to);
  // to a corner of the hall, and to where the last one stands
  for (int k = 0; k <= 300; k++) {
    const double corner[2] = {39, 29}, *a = k < 200 ? (const double[2]){from->x, from->y} : corner, *b = k < 200 ? corner : to;
    double s = k < 200 ? k / 200.0 : (k - 200) / 100.0;
    track.at[k][0] = a[0] + s * (b[0] - a[0]) - from->x;
    track.at[k][1] = a[1] + s * (b[1] - a[1]) - from->y;
  }
  for (int32_t i = 1; i < last; i++) {
    // all others are on the left of the hall, in its box still
    rows_of(w.t, i)->origin[w.t->body->row_of[i]] = v3(0.3 + 0.02 * i, 29.7, 0);
  }
  rows_of(w.t, 0)->origin[w.t->body->row_of[0]] = *from;
  tracks_look(w.t);
  CHECK(tracks_wait(w.t, 0, &track, *from, 0, 1, NULL), ==, TRACKS_AHEAD + 1);
  close_world(&w);
}

// Who falls on its way leaves its spot to others.
static void test_falls(void **state) {
  (void)state;
  struct world w;
  open_world(&w, IDLERS);
  int32_t i = NONE;
  while (i == NONE && w.t->now < 120 * NS_SECOND) {
    step(&w);
    for (int32_t k = 0; k < 3; k++)
      if (w.t->robot[k].act == ACT_CARRY && walks(&w, k) && w.t->now - w.t->robot[k].act_start > 3 * NS_SECOND) i = k;
  }
  CHECK(i, !=, NONE);
  CHECK(clear_of(&w, i)->spot, !=, NONE);
  body_push(w.t, i, (const double[2]){0, 140}, body_kind(w.t, i)->library.standing.com_height);
  while (w.t->robot[i].act != ACT_FALLEN && w.t->now < 140 * NS_SECOND) step(&w);
  CHECK(w.t->robot[i].act, ==, ACT_FALLEN);
  CHECK(clear_of(&w, i)->spot, ==, NONE);
  CHECK(clear_of(&w, i)->leaving, ==, NONE);
  run(&w, ns_to_seconds(w.t->now) + 40);
  close_world(&w);
}

// Pairs and singles fetch at one place with room for little more than a pair: a pair that stands there half is filled up before those who have waited longer.
static void test_pairs_and_singles(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HALL("[12, 8]") "parts: {big: {shape: box, size: [0.4, 0.9, 0.2], mass: 12 kg}, p: {mass: 2 kg}}\nstations:\n  a: {kind: buffer, capacity: 8, at: [1, 4], size: [1, 1.2]}\n  b: {kind: sink, at: [11, 4], size: [1, 1.2], facing: 180}\n"
    "  big-in: {kind: source, makes: big, every: 15 s}\n  in: {kind: source, makes: p, every: 6 s}\n"
    "flow: [big-in -> a, in -> a, {path: a -> b, part: big, by: robots, robots: 2}, {path: a -> b, part: p, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 6}}\n");
  run(&w, 240);
  CHECK(through(&w), ==, 0);
  CHECK(picks(&w), >, 10);
  close_world(&w);
}

// Who comes into a full hall stands beside its place, and does not go by way of it.
static void test_beside(void **state) {
  (void)state;
  struct world w;
  open_world(&w, HALL("[16, 8]") "  obstacles: {rack: {area: [[3, 5], [9, 5], [9, 5.4], [3, 5.4]]}}\nparts: {p: {mass: 2 kg}}\nstations:\n  a: {kind: source, makes: p, at: [2, 3], size: [1, 1]}\n  b: {kind: sink, at: [14, 3], size: [1, 1], facing: 180}\n"
    "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 8}}\n");
  int moved = 0;
  for (int32_t i = 0; i < 8; i++) {
    double at[2];
    tracks_end(w.t, i, at);
    bool there = hypot(at[0] - w.t->place_at[w.t->robot[i].place][0], at[1] - w.t->place_at[w.t->robot[i].place][1]) < 0.3;
    moved += !there;
    CHECK(w.t->robot[i].astray, ==, !there);
  }
  CHECK(moved, ==, 7);
  close_world(&w);
}

int test_clear_state(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gone), cmocka_unit_test(test_called_back), cmocka_unit_test(test_stopped_ahead), cmocka_unit_test(test_aside), cmocka_unit_test(test_shift),
                                     cmocka_unit_test(test_updated), cmocka_unit_test(test_shut_out), cmocka_unit_test(test_many), cmocka_unit_test(test_falls), cmocka_unit_test(test_pairs_and_singles),
                                     cmocka_unit_test(test_beside)};
  return cmocka_run_group_tests_name("clear_state", tests, NULL, NULL);
}
