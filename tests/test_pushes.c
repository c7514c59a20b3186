// Pushes and contacts at motion fidelity: who stands, who steps, who falls, what becomes of the parts, and that a hit is one impulse.
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "robots/impulse.h"
#include "robots/recover.h"
#include "tests/check.h"
#include "tests/pushed.h"

static struct kinds *kinds;
static struct balance_params body;
static double rise_time;            // s

static void read_line(struct layout *l, const char *text) {
  struct faults f;
  *l = (struct layout){0};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

static struct twin *twin_of(const struct layout *l, int threads, uint64_t seed) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = threads;
  o.assets = "assets";
  o.kinds = kinds;
  o.seed = seed;
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static void run_checked(struct twin *t, double seconds) {
  while (twin_now(t) < ns_from_seconds(seconds)) {
    if (twin_step(t, ns_from_seconds(seconds)) != TWIN_RUNS) fail_msg("ended at %.3f s: %s", ns_to_seconds(twin_now(t)), twin_why(t));
    const char *broken = twin_validate(t);
    if (broken) fail_msg("%.3f s: %s", ns_to_seconds(twin_now(t)), broken);
  }
}

static struct fleet_sums sums(struct twin *t, struct sums *all) {
  static struct arena a;
  arena_finish(&a);
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums s = sums_make(twin_layout(t), &a);
  twin_measure(t, &s);
  if (all) *all = s;
  return s.fleet[0];
}

// Robots that stand far apart, one pushed to just below and one to just above what `takt robot optimus-gen2 push` says, each way: of a fall, and of a step.
static void test_thresholds(void **state) {
  (void)state;
  static const double way[] = {0, 180, 30, 90, 120, 150};
  enum { WAYS = sizeof way / sizeof *way, ROBOTS = 4 * WAYS };
  char text[16384];
  struct layout l;
  int n = snprintf(text, sizeof text,
    "takt: 1\nname: dock\nfloor: {size: [12, 80]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 1000 s, at: [1.5, 2]}\n  to: {kind: sink, at: [10, 2]}\n"
    "  rest: {kind: dock, at: [6, 40], size: [74, 1], facing: 270, slots: %d}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: %d, home: rest}}\nevents:\n", ROBOTS, ROBOTS);
  for (int k = 0; k < ROBOTS; k++) {
    double direction = way[k / 4] * M_PI_D / 180, most = balance_impulse_max(&body, direction, k % 4 < 2 ? 0 : BALANCE_STEPS_MAX);
    n += snprintf(text + n, sizeof text - (size_t)n, "  - {at: 1 s, do: push, what: crew-%d, impulse: %.6g, direction: %g}\n", k + 1, most * (k % 2 ? 1.05 : 0.95), way[k / 4] - 90);
  }
  snprintf(text + n, sizeof text - (size_t)n, "run: {fidelity: motion}\n");
  read_line(&l, text);
  struct twin *t = twin_of(&l, 1, 1);
  run_checked(t, 0.99);
  double at[ROBOTS][2];
  for (int k = 0; k < ROBOTS; k++) {
    memcpy(at[k], t->motion->mover[k].at, sizeof at[k]);
    CHECK_NEAR(m_sin(t->motion->mover[k].heading), -1, 1e-9);
    for (int j = 0; j < k; j++) ORDER(geo_distance(at[j], at[k]), >, 2.5);
  }
  bool reels[ROBOTS] = {false}, lies[ROBOTS] = {false};
  for (double now = 1; now < 6; now += 0.02) {
    run_checked(t, now);
    for (int k = 0; k < ROBOTS; k++) reels[k] |= t->motion->mover[k].move == MOVE_REELS, lies[k] |= t->motion->mover[k].lies;
  }
  for (int k = 0; k < ROBOTS; k++) {
    const struct mover *m = &t->motion->mover[k];
    if (k % 4 >= 2 && lies[k] != (k % 2 == 1)) fail_msg("towards %g degrees: %s what it should stand, %s", way[k / 4], k % 2 ? "above" : "below", lies[k] ? "fell" : "stood");
    if (k % 4 >= 2) continue;
    if (reels[k] != (k % 2 == 1)) fail_msg("towards %g degrees: %s what its ankles hold, %s", way[k / 4], k % 2 ? "above" : "below", reels[k] ? "stepped" : "stayed");
    if (k % 2 == 0) CHECK_NEAR(geo_distance(m->at, at[k]), 0, 0);      // its feet stay where they are
  }
  CHECK(sums(t, NULL).pushes, ==, ROBOTS);
  CHECK(sums(t, NULL).falls, >=, WAYS);
  // who stepped goes back to its spot, and all are up again
  run_checked(t, 90);
  for (int k = 0; k < ROBOTS; k++) {
    CHECK(t->motion->mover[k].lies || t->motion->mover[k].move != MOVE_STANDS, ==, t->robot[k].act == ACT_BROKEN);
    if (t->robot[k].act != ACT_BROKEN) ORDER(geo_distance(t->motion->mover[k].at, at[k]), <, 0.02);
  }
  twin_destroy(t);
  layout_finish(&l);
}

// One robot carries a box along an open hall and is pushed on its way.
static const char carry[] =
  "takt: 1\nname: carry\nfloor: {size: [16, 8]}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg}}\nstations:\n"
  "  from: {kind: source, makes: box, every: 1000 s, first: 1 s, at: [1.5, 4], size: [1, 1], facing: 0}\n  to: {kind: sink, at: [14.5, 4], size: [1, 1], facing: 180}\n"
  "flow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n%srun: {fidelity: motion}\n";

// When its box arrives, and the sums then.
static double arrives(const char *events, struct fleet_sums *out, int *dropped) {
  char text[2048];
  struct layout l;
  struct sums all = {0};
  snprintf(text, sizeof text, carry, events);
  read_line(&l, text);
  struct twin *t = twin_of(&l, 1, 1);
  double now = 0;
  *dropped = 0;
  while (all.line.made == 0) {
    now += 0.02;
    if (now > 300) fail_msg("the box does not arrive");
    twin_run(t, ns_from_seconds(now));
    if (twin_validate(t)) fail_msg("%.2f s: %s", now, twin_validate(t));
    *out = sums(t, &all);
    if (all.line.made == 0 && t->job[1].on_floor) *dropped = 1;
  }
  twin_destroy(t);
  layout_finish(&l);
  return now;
}

// Pushed aside at 9 s in mid-walk: by 2 N s its ankles bear it; by more it steps aside and walks on, no time lost; stopped, it loses what stopping and setting out
// take; it falls, lies, gets up and brings the box all the same.
static void test_walker(void **state) {
  (void)state;
  struct fleet_sums s;
  int dropped;
  double plain = arrives("", &s, &dropped);
  CHECK(s.pushes, ==, 0);
  char event[128];
  int kinds_seen[4] = {0};
  for (double size = 2; size < 80; size += 4) {
    snprintf(event, sizeof event, "events: [{at: 9 s, do: push, what: crew-1, impulse: %g, direction: 90}]\n", size);
    double late = arrives(event, &s, &dropped) - plain;
    CHECK(s.pushes, ==, 1);
    CHECK(dropped, ==, s.falls > 0);
    if (s.falls > 0) {
      kinds_seen[3]++;
      CHECK(s.falls, ==, 1);
      CHECK(s.drops, ==, 1);
      // it falls in less than 2 s, lies for 1 s and gets up by its plan
      double lay = ns_to_seconds(s.cause[ROBOT_FALLEN]);
      ORDER(late, >, lay);
      ORDER(lay, >, 1 + rise_time);
      ORDER(lay, <, 3 + rise_time);
    } else if (late > 0.5) {
      kinds_seen[2]++;
      CHECK(kinds_seen[3], ==, 0);                          // harder is not better
      CHECK(s.captures, >, 0);
      ORDER(late, >, body.swing_time);
      ORDER(late, <, 10);
    } else if (s.captures > 0) {
      kinds_seen[1]++;
      CHECK(kinds_seen[2] + kinds_seen[3], ==, 0);
      ORDER(late, <, 0.3);                                  // the way back to its line
    } else {
      kinds_seen[0]++;
      CHECK(kinds_seen[1] + kinds_seen[2] + kinds_seen[3], ==, 0);
      CHECK_NEAR(late, 0, 0);
    }
  }
  for (int k = 0; k < 4; k++) CHECK(kinds_seen[k], >, 0);
}

// Pushed off its spot while its hands work, and again on its way back: the work goes on when it is there, and the box arrives.
static void test_pushed_on_the_way_back(void **state) {
  (void)state;
  struct fleet_sums s;
  int dropped, twice = 0;
  double plain = arrives("", &s, &dropped);
  for (int k = 0; k < 6; k++) {
    char event[256];
    snprintf(event, sizeof event, "events: [{at: 5 s, do: push, what: crew-1, impulse: 40, direction: 180}, {at: %g s, do: push, what: crew-1, impulse: 40, direction: 180}]\n", 6 + 0.3 * k);
    double late = arrives(event, &s, &dropped) - plain;
    CHECK(s.pushes, ==, 2);
    twice += s.falls == 0 && s.captures > 1;
    ORDER(late, <, 120);
  }
  CHECK(twice, >, 1);
}

// One who carries along its line, undisturbed so far.
static struct twin *carrier(struct layout *l, double seconds) {
  char text[2048];
  snprintf(text, sizeof text, carry, "");
  read_line(l, text);
  struct twin *t = twin_of(l, 1, 1);
  twin_run(t, ns_from_seconds(seconds));
  return t;
}

// What a walker does is what the closed form says of that instant; whoever walks on has gone aside by as much as its footstep.
static void test_steps_aside(void **state) {
  (void)state;
  struct layout l;
  int on = 0;
  for (int k = 0; k < 12; k++) {
    struct twin *t = carrier(&l, 8.5 + 0.06 * k);
    struct mover *m = &t->motion->mover[0];
    CHECK(m->move, ==, MOVE_WALKS);
    double y = m->at[1], rest = way_rest(t->motion, 0), v = m->velocity[0], steps = m_floor(rest / (v * body.swing_time));
    struct impulse j = {{0, k % 2 ? 6 : -6}, 0, 0};
    struct balance_params p = body;
    struct impulse_walk w = {v, p.swing_time, rest / v - steps * p.swing_time, (int)steps % 2 ? RIGHT : LEFT};
    struct impulse_answer a = impulse_walking(&p, &j, &w, 0.8);
    motion_push(t, 0, j.along, -1, 0);
    CHECK(m->move == MOVE_REELS, ==, a.strategy > IMPULSE_WALKS_ON);
    double most = 0;
    for (double now = 0; now < 2 && m->move == MOVE_WALKS; now += 0.02) {
      twin_run(t, twin_now(t) + MOTION_DT_NS);
      double off = m->at[1] - y;
      if (off * off > most * most) most = off;
    }
    if (a.strategy == IMPULSE_WALKS_ON) {
      on++;
      if (!(most * a.shift[1] > 0)) fail_msg("it went %g m aside, its footstep %g", most, a.shift[1]);
      ORDER(most / a.shift[1], <, 1.05);                   // it steers back meanwhile
      ORDER(most / a.shift[1], >, 0.5);
    }
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(on, >, 3);
}

// Pushes in one swing act as one: what the first has moved the capture point by grows until the second, and only the pressure in the sole takes off it. Many that the
// ankles would bear one by one are not borne together.
static void test_pushes_of_a_swing(void **state) {
  (void)state;
  char *events = malloc(4096);
  struct layout l;
  int kept = 0;
  for (int k = 0; k < 16; k++) {
    struct twin *t = carrier(&l, 8.5 + 0.05 * k);
    struct mover *m = &t->motion->mover[0];
    double later = 0.06, left[2], first = 4 + k, second = 3, scale = body.mass * body.rate;
    struct impulse_answer a[2];
    struct impulse j = {{0, first}, 0, 0};
    for (int n = 0; n < 2; n++) {
      double v = m->velocity[0], rest = way_rest(t->motion, 0) / v, steps = m_floor(rest / body.swing_time);
      struct impulse_walk w = {v, body.swing_time, rest - steps * body.swing_time, (int)steps % 2 ? RIGHT : LEFT};
      left[n] = w.left;
      a[n] = impulse_walking(&body, &j, &w, 0.8);
      motion_push(t, 0, (const double[]){0, n ? second : first}, -1, 0);
      if (n || a[0].strategy > IMPULSE_WALKS_ON || left[0] < later + 0.02) break;
      // xi' = w (xi - p), the pressure being such that the first push ends in its footstep
      double d = first / scale, g = m_exp(body.rate * left[0]), press = (d * g - a[0].shift[1]) / (g - 1), dt = 1e-5;
      for (double time = 0; time < later; time += dt) d += dt * body.rate * (d - press);
      j.along[1] = d * scale + second;
      twin_run(t, twin_now(t) + 3 * MOTION_DT_NS);
      CHECK(m->move, ==, MOVE_WALKS);
      if (a[0].strategy == IMPULSE_WALKS_ON) CHECK(m->sways, ==, 1);
      kept++;
    }
    if (left[0] >= later + 0.02 && a[0].strategy <= IMPULSE_WALKS_ON && (m->move == MOVE_REELS) != (a[1].strategy > IMPULSE_WALKS_ON))
      fail_msg("%g N s, then %g: it %s, the pendulum %s", first, second, m->move == MOVE_REELS ? "stops" : "walks on", impulse_strategy_text(a[1].strategy));
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(kept, >, 4);
  struct fleet_sums s;
  int dropped, n = snprintf(events, 4096, "events:\n");
  for (int k = 0; k < 12; k++) n += snprintf(events + n, 4096 - (size_t)n, "  - {at: %g s, do: push, what: crew-1, impulse: 2, direction: 90}\n", 9 + 0.02 * k);
  arrives(events, &s, &dropped);
  CHECK(s.pushes, ==, 12);
  CHECK(s.captures, >, 0);
  free(events);
}

// Two who run into each other without a chance to brake, both ways and one behind the other: one impulse, what the inelastic hit of two discs has, and none after it.
static void test_one_hit(void **state) {
  (void)state;
  static const struct { double v[2]; } hit[] = {{{1.0, -1.0}}, {{1.2, 0.4}}, {{0.9, -0.5}}, {{0.5, -0.5}}, {{0.4, 0.1}}};
  static const char text[] =
    "takt: 1\nname: hit\nfloor: {size: [30, 10]}\nparts: {p: {}, q: {}}\nstations:\n  a: {kind: source, makes: p, every: 1000 s, first: 1 s, at: [1, 2], size: [1, 1], facing: 0}\n  b: {kind: sink, at: [29, 2], size: [1, 1], facing: 180}\n"
    "  c: {kind: source, makes: q, every: 1000 s, first: 1 s, at: [29, 8], size: [1, 1], facing: 180}\n  d: {kind: sink, at: [1, 8], size: [1, 1], facing: 0}\n"
    "flow: [{path: a -> b, by: robots}, {path: c -> d, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 2}}\nrun: {fidelity: motion}\n";
  for (size_t k = 0; k < sizeof hit / sizeof *hit; k++) {
    struct layout l;
    read_line(&l, text);
    struct twin *t = twin_of(&l, 1, 1);
    struct motion *o = t->motion;
    double now = 0;
    while (o->mover[0].move != MOVE_WALKS || o->mover[1].move != MOVE_WALKS) twin_run(t, ns_from_seconds(now += 0.02));
    for (int i = 0; i < 2; i++) {
      struct mover *m = &o->mover[i];
      m->at[0] = 15 + (i ? 1 : -1) * (m->radius + 0.002), m->at[1] = 5;
      for (int x = 0; x < 2; x++) m->velocity[x] = m->wish[x] = x ? 0 : hit[k].v[i];
      m->faces = 0;
      grid_move(o, i);
    }
    for (int i = 0; i < 2; i++) o->mover[i].near[0] = !i, o->mover[i].near_at[0] = 0, o->mover[i].nears = 1;
    double first = 0, later = 0, sum[2] = {0, 0};
    int contacts = 0;
    for (int n = 0; n < 50; n++) {
      twin_run(t, twin_now(t) + MOTION_DT_NS);
      for (int c = 0; c < o->contacts; c++) {
        double closing = o->puts[0].velocity[0] - o->puts[1].velocity[0], j = o->contact[c].impulse;
        CHECK_NEAR(o->contact[c].normal[0], 1, 1e-3);
        CHECK_NEAR(j, impulse_of_bump(body.mass, body.mass, closing, 0), 1e-3 * body.mass);
        if (j < 0.01) continue;
        if (contacts++ == 0) first = j;
        else later += j;
        sum[0] -= j, sum[1] += j;
      }
      if (twin_validate(t)) fail_msg("%s", twin_validate(t));
    }
    CHECK(contacts, >=, 1);
    CHECK_NEAR(sum[0] + sum[1], 0, 0);
    // at most one step of brakes was in between
    CHECK_NEAR(first, impulse_of_bump(body.mass, body.mass, hit[k].v[0] - hit[k].v[1], 0), 0.5 * body.mass * 2 * MOTION_BRAKE * MOTION_DT + 1e-6);
    ORDER(later, <, 0.1 * first);
    CHECK(sums(t, NULL).pushes, ==, first >= MOTION_BUMP ? 2 : 0);
    twin_destroy(t);
    layout_finish(&l);
  }
}

// One who is pushed into another one pushes that one, by as much as the space says, and no more often than they meet.
static void test_falls_against(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: domino\nfloor: {size: [12, 8]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 1000 s, at: [1.5, 2]}\n  to: {kind: sink, at: [10.5, 2]}\n"
    "  rest: {kind: dock, at: [6, 5], size: [2.6, 1], facing: 0, slots: 3}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 3, home: rest}}\n"
    "events: [{at: 1 s, do: push, what: crew-1, impulse: 45, direction: 0}]\nrun: {fidelity: motion}\n";
  struct layout l;
  read_line(&l, text);
  struct twin *t = twin_of(&l, 1, 1);
  struct motion *o = t->motion;
  double first = 0;
  run_checked(t, 0.98);
  for (int i = 0; i < 2; i++) {
    o->mover[i].at[0] = 4 + 0.75 * i, o->mover[i].at[1] = 3, o->mover[i].heading = 0;
    grid_move(o, i);
  }
  while (twin_now(t) < 4 * NS_SECOND) {
    run_checked(t, ns_to_seconds(twin_now(t)) + 0.02);
    for (int c = 0; c < o->contacts; c++)
      if (o->contact[c].a == 0 && o->contact[c].b == 1 && first == 0) {
        first = o->contact[c].impulse;
        CHECK_NEAR(first, impulse_of_bump(body.mass, body.mass, o->puts[0].velocity[0], 0), 0.01 * first);
        ORDER(first, >, MOTION_BUMP);
        // the one has what the other one lost
        ORDER(first, <, 45);
      }
  }
  ORDER(first, >, 0);
  CHECK(sums(t, NULL).pushes, >=, 3);
  twin_destroy(t);
  layout_finish(&l);
}

// 300 falls: parts are carried, dropped, taken up again or scrapped, and none is lost; every second has one cause; nobody is inside anybody.
static void test_falls_keep_parts(void **state) {
  (void)state;
  struct pushed all = {0};
  char *text = malloc(1 << 16);
  for (uint64_t seed = 1; seed <= 40 && all.falls < 300; seed++) {
    pushed_case(text, 1 << 16, seed, true, "fidelity: motion");
    struct layout l;
    struct sums s;
    read_line(&l, text);
    struct twin *t = twin_of(&l, 1, seed);
    run_checked(t, 400);
    struct fleet_sums f = sums(t, &s);
    pushed_add(&all, &s);
    CHECK(f.pushes, >=, 90);
    // long after the last push the line runs
    int64_t then = s.line.made;
    twin_run(t, 550 * NS_SECOND);
    sums(t, &s);
    if (s.line.made <= then) fail_msg("seed %d: the line stands", (int)seed);
    twin_destroy(t);
    layout_finish(&l);
  }
  free(text);
  pushed_enough(&all);
  CHECK(all.steps, >, 100);
}

// Two who carry one thing, one of them pushed while they carry, fetch, pick or place: the other one waits for it or lays the thing down, and they go on.
static void test_teams(void **state) {
  (void)state;
  char *text = malloc(1 << 16), *events = malloc(1 << 16);
  int64_t falls = 0, drops = 0, steps = 0;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    pushed_events(events, 1 << 16, seed, 40, 2, 250, true);
    snprintf(text, 1 << 16, "takt: 1\nname: pair\nfloor: {size: [14, 8]}\nparts: {beam: {size: [0.7, 0.4, 0.4], mass: 28}}\nstations:\n"
      "  raw: {kind: source, makes: beam, at: [2, 4], height: 0.3, size: [0.4, 0.6]}\n  out: {kind: sink, at: [10, 4], height: 0.3, size: [0.4, 0.6]}\n"
      "flow: [{path: raw -> out, by: robots, robots: 2}]\nrobots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}, failures: {up: 1000 h, down: 20 s}}}\n"
      "events:\n%srun: {fidelity: motion}\n", events);
    struct layout l;
    struct sums s;
    read_line(&l, text);
    struct twin *t = twin_of(&l, 1, seed);
    run_checked(t, 400);
    struct fleet_sums f = sums(t, &s);
    falls += f.falls, drops += f.drops, steps += f.captures;
    int64_t then = s.line.made;
    run_checked(t, 700);
    sums(t, &s);
    if (s.line.made < then + 5) fail_msg("seed %d: %d made in 400 s, %d in 300 s more", (int)seed, (int)then, (int)(s.line.made - then));
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(falls, >, 30);
  CHECK(drops, >, 5);
  CHECK(steps, >, 30);
  free(text);
  free(events);
}

// Where so many walk that steps are split, pushes are the same bits on any number of threads, in one go or looked at.
static void test_same_bits(void **state) {
  (void)state;
  char *text = malloc(1 << 17), *events = malloc(1 << 16);
  pushed_events(events, 1 << 16, 7, 300, 300, 38, true);
  snprintf(text, 1 << 17, "takt: 1\nname: crowd\nfloor: {size: [50, 50]}\nparts: {p: {}, q: {}}\nstations:\n"
    "  lorries: {kind: source, every: 1 s, batch: 14, choose: in-turn, when_full: lose, makes: p}\n  vans: {kind: source, every: 1 s, batch: 14, choose: in-turn, when_full: lose, makes: q}\n"
    "  west: {kind: buffer, capacity: 16, copies: 21, choose: in-turn, at: [2, 4], step: [0, 2], size: [1, 1], facing: 0}\n  east: {kind: sink, copies: 21, at: [48, 4], step: [0, 2], size: [1, 1], facing: 180}\n"
    "  south: {kind: buffer, capacity: 16, copies: 21, choose: in-turn, at: [5, 1], step: [2, 0], size: [1, 1], facing: 90}\n  north: {kind: sink, copies: 21, at: [5, 48], step: [2, 0], size: [1, 1], facing: 270}\n"
    "flow: [lorries -> west, vans -> south, {path: west -> east, by: robots}, {path: south -> north, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 300}}\nevents:\n%s"
    "  - {at: 20.01 s, do: remove, what: crew, count: 9}\n  - {at: 30.01 s, do: add, what: crew, count: 5}\nrun: {fidelity: motion}\n", events);
  struct layout l;
  read_line(&l, text);
  uint64_t digest = 0;
  for (int threads = 1; threads <= 3; threads++) {
    struct twin *t = twin_of(&l, threads, 5);
    for (double now = threads == 2 ? 40 : 0.5; now <= 40; now += 0.5)
      if (twin_run(t, ns_from_seconds(now)) != TWIN_RUNS || twin_validate(t)) fail_msg("%d threads, %g s: %s", threads, now, twin_validate(t) ? twin_validate(t) : twin_why(t));
    if (threads == 1) digest = twin_digest(t);
    if (digest != twin_digest(t)) fail_msg("%d threads: the digest is another one than on one thread", threads);
    struct fleet_sums f = sums(t, NULL);
    CHECK(f.pushes, >=, 290);
    CHECK(f.falls, >, 50);
    CHECK(f.captures, >, 50);
    if (threads > 1) CHECK(twin_motion(t).split_steps, >, twin_motion(t).steps / 4);
    twin_destroy(t);
  }
  layout_finish(&l);
  free(text);
  free(events);
}

// The balance of one who is pushed and does not move from its place is part of the digest.
static void test_digest_knows(void **state) {
  (void)state;
  static const char text[] =
    "takt: 1\nname: dock\nfloor: {size: [12, 8]}\nparts: {box: {}}\nstations:\n  from: {kind: source, makes: box, every: 1000 s, at: [1.5, 2]}\n  to: {kind: sink, at: [10.5, 2]}\n"
    "  rest: {kind: dock, at: [6, 5], size: [2.6, 1], facing: 0, slots: 1}\nflow: [{path: from -> to, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1, home: rest}}\n"
    "events: [{at: 1.9 s, do: push, what: crew-1, impulse: %d}]\nrun: {fidelity: motion}\n";
  uint64_t digest[2];
  for (int k = 0; k < 2; k++) {
    char one[1024];
    struct layout l;
    snprintf(one, sizeof one, text, 5 + k);
    read_line(&l, one);
    struct twin *t = twin_of(&l, 1, 1);
    run_checked(t, 2.5);
    CHECK(t->motion->mover[0].move, ==, MOVE_STANDS);
    digest[k] = twin_digest(t);
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(digest[0] != digest[1], ==, 1);
}

static int setup(void **state) {
  (void)state;
  struct layout l;
  struct error e = {0};
  char text[4096];
  struct kind kind;
  pushed_line(text, sizeof text, "", "", "  - {at: 1 s, do: push, what: crew-1, impulse: 5}\n", "fidelity: motion");
  read_line(&l, text);
  kinds = kinds_load(&l, "assets", 2, &e);
  if (!kinds) fail_msg("%s", e.text);
  layout_finish(&l);
  if (kind_load(&kind, "assets/robots/optimus-gen2", 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  body = balance_params_of(&kind.humanoid, &kind.model, &kind.library.standing);
  struct recover_make make;
  struct rise rise;
  if (recover_make_init(&make, &kind.library, 0, LOAD_NONE, &e) != STATUS_OK || rise_make(&rise, &kind.library, &make.stand, make.crouch, make.crouched, &e) != STATUS_OK) fail_msg("%s", e.text);
  rise_time = recover_rise_time(&rise);
  rise_finish(&rise);
  recover_make_finish(&make);
  kind_finish(&kind);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

int test_pushes(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_thresholds), cmocka_unit_test(test_walker), cmocka_unit_test(test_pushed_on_the_way_back), cmocka_unit_test(test_steps_aside), cmocka_unit_test(test_pushes_of_a_swing), cmocka_unit_test(test_one_hit), cmocka_unit_test(test_falls_against), cmocka_unit_test(test_falls_keep_parts), cmocka_unit_test(test_teams), cmocka_unit_test(test_same_bits), cmocka_unit_test(test_digest_knows)};
  return cmocka_run_group_tests_name("pushes", tests, setup, teardown);
}
