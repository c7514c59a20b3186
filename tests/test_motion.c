// Whole runs at motion fidelity: nobody is ever inside anybody or anything, walks take their time, work goes on, the same bits.
#include <stdlib.h>
#include <string.h>

#include "engine/sim/twin.h"
#include "base/maths.h"
#include "engine/world/passing.h"
#include "engine/world/kinds.h"
#include "engine/world/scene.h"
#include "robots/separation.h"
#include "tests/check.h"

static void read_line(struct layout *l, const char *text, const char *fidelity) {
  struct faults f;
  const struct layout_override set = {"run.fidelity", fidelity};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(l, "line", text, strlen(text), &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
}

static struct twin *open_twin(const struct layout *l, const struct kinds *kinds) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static struct kinds *load_kinds(const char *text) {
  struct layout l = {0};
  struct error e = {0};
  read_line(&l, text, "motion");
  struct kinds *k = kinds_load(&l, "assets", 1, &e);
  if (!k) fail_msg("%s", e.text);
  layout_finish(&l);
  return k;
}

// Every event checked: footprints, walls, parts, robots.
static int64_t run_checked(struct twin *t, double seconds) {
  while (twin_now(t) < ns_from_seconds(seconds)) {
    if (twin_step(t, ns_from_seconds(seconds)) != TWIN_RUNS) fail_msg("ended at %.3f s: %s", ns_to_seconds(twin_now(t)), twin_why(t));
    const char *broken = twin_validate(t);
    if (broken) fail_msg("%s", broken);
  }
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(twin_layout(t), &a);
  twin_measure(t, &s);
  int64_t made = s.line.made;
  arena_finish(&a);
  return made;
}

// A hall of two square kilometres has more cells than the coordinator takes: it has wider ones.
static const char vast[] =
  "takt: 1\nname: vast\nfloor: {size: [1500, 1500]}\nparts: {p: {mass: 3 kg}}\nstations:\n"
  "  in: {kind: source, makes: p, at: [3, 3], size: [1, 1.4], facing: 0}\n  out: {kind: sink, at: [12, 3], size: [1, 1.4], facing: 180}\n"
  "flow: [{path: in -> out, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 2}}\nrun: {fidelity: motion}\n";

static void test_vast_hall(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(vast);
  read_line(&l, vast, "motion");
  struct twin *t = open_twin(&l, k);
  if (twin_run(t, ns_from_seconds(60)) != TWIN_RUNS || twin_validate(t)) fail_msg("%s", twin_validate(t) ? twin_validate(t) : twin_why(t));
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// Two streams of robots cross in an open hall.
static const char crossing[] =
  "takt: 1\nname: crossing\nfloor: {size: [14, 14]}\nparts: {p: {}, q: {}}\nstations:\n"
  "  west: {kind: source, makes: p, copies: 4, choose: in-turn, at: [1, 5], step: [0, 1.4], size: [1, 1], facing: 0}\n"
  "  east: {kind: sink, copies: 4, at: [13, 5], step: [0, 1.4], size: [1, 1], facing: 180}\n"
  "  south: {kind: source, makes: q, copies: 4, choose: in-turn, at: [5, 1], step: [1.4, 0], size: [1, 1], facing: 90}\n"
  "  north: {kind: sink, copies: 4, at: [5, 13], step: [1.4, 0], size: [1, 1], facing: 270}\n"
  "flow: [{path: west -> east, by: robots}, {path: south -> north, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 16}}\n";

static void test_crossing(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(crossing);
  read_line(&l, crossing, "motion");
  struct twin *t = open_twin(&l, k);
  int64_t made = run_checked(t, 150);
  CHECK(made, >=, 16);
  uint64_t digest = twin_digest(t);
  twin_destroy(t);
  // in one go, without looking: the same
  t = open_twin(&l, k);
  twin_run(t, ns_from_seconds(150));
  assert_true(digest == twin_digest(t));
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// The same digest on any number of threads, where many walk freely and meet, and where they are led in a crowd.
static void same_on_threads(const char *text, double seconds, bool led) {
  struct layout l = {0};
  struct kinds *k = load_kinds(text);
  read_line(&l, text, "motion");
  uint64_t digest = 0;
  int64_t bumps = 0, cut = 0;
  for (int threads = 1; threads <= 3; threads++) {
    struct error e = {0};
    struct twin_options o = twin_defaults();
    o.assets = "assets";
    o.kinds = k;
    o.threads = threads;
    struct twin *t = twin_create(&l, &o, &e);
    if (!t) fail_msg("%s", e.text);
    for (double now = 1; now <= seconds; now++)
      if (twin_run(t, ns_from_seconds(now)) != TWIN_RUNS || twin_validate(t)) fail_msg("%d threads, %g s: %s", threads, now, twin_validate(t) ? twin_validate(t) : twin_why(t));
    struct twin_motion m = twin_motion(t);
    if (threads == 1) digest = twin_digest(t), bumps = m.bumps, cut = m.cut;
    // what the space says acts, and is the same
    CHECK(m.bumps, ==, bumps);
    CHECK(m.cut, ==, cut);
    if (digest != twin_digest(t)) fail_msg("%d threads: the digest is another one than on one thread", threads);
    CHECK(m.cut, >, 10);            // some do meet
    CHECK(led ? m.led_moves : 1, >, 0);
    if (threads == 1) CHECK(m.split_steps, ==, 0);
    else {
      CHECK(m.split_steps, >, m.steps / 4);
      CHECK(m.early, >, 20 * m.split_steps);
    }
    twin_destroy(t);
  }
  layout_finish(&l);
  kinds_destroy(k);
}

static void test_threads(void **state) {
  (void)state;
#define CROWD(size, copies, end, count) "takt: 1\nname: crowd\nfloor: {size: [" size ", " size "]}\nparts: {p: {}, q: {}}\nstations:\n" \
  "  lorries: {kind: source, every: 1 s, batch: 14, choose: in-turn, when_full: lose, makes: p}\n" \
  "  vans: {kind: source, every: 1 s, batch: 14, choose: in-turn, when_full: lose, makes: q}\n" \
  "  west: {kind: buffer, capacity: 16, copies: " copies ", choose: in-turn, at: [2, 4], step: [0, 2], size: [1, 1], facing: 0}\n" \
  "  east: {kind: sink, copies: " copies ", at: [" end ", 4], step: [0, 2], size: [1, 1], facing: 180}\n" \
  "  south: {kind: buffer, capacity: 16, copies: " copies ", choose: in-turn, at: [5, 1], step: [2, 0], size: [1, 1], facing: 90}\n" \
  "  north: {kind: sink, copies: " copies ", at: [5, " end "], step: [2, 0], size: [1, 1], facing: 270}\n" \
  "flow: [lorries -> west, vans -> south, {path: west -> east, by: robots}, {path: south -> north, by: robots}]\n" \
  "robots: {crew: {model: optimus-gen2, count: " count "}}\n" \
  "events: [{at: 10.01 s, do: remove, what: crew, count: 9}, {at: 20.01 s, do: add, what: crew, count: 5}]\n"
  same_on_threads(CROWD("50", "21", "48", "300"), 40, false);
  same_on_threads(CROWD("36", "14", "34", "340"), 40, true);
}

// Two square metres a robot: those without work stand in the way of the others until the coordinator has them make room.
static const char dense[] =
  "takt: 1\nname: dense\nfloor: {size: [12, 9]}\nparts: {p: {mass: 3 kg}}\nstations:\n"
  "  in: {kind: source, makes: p, copies: 2, choose: in-turn, at: [3, 3], step: [0, 3], size: [1, 1.4], facing: 0}\n"
  "  out: {kind: sink, copies: 2, at: [9, 3], step: [0, 3], size: [1, 1.4], facing: 180}\n"
  "flow: [{path: in -> out, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 50}}\n";

static void test_dense(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(dense);
  read_line(&l, dense, "motion");
  struct twin *t = open_twin(&l, k);
  int64_t made = run_checked(t, 120);
  CHECK(made, >=, 8);
  struct twin_motion m = twin_motion(t);
  CHECK(m.led_moves, >, 100);
  CHECK(m.jams, ==, 0);
  uint64_t digest = twin_digest(t);
  twin_destroy(t);
  t = open_twin(&l, k);
  twin_run(t, ns_from_seconds(120));
  assert_true(digest == twin_digest(t));
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// A room whose door lets one robot through at a time, with work on both sides.
static const char door[] =
  "takt: 1\nname: door\nfloor: {size: [12, 8], walls: [[[6, 0], [6, 8]]], doors: {gap: {at: [6, 4], width: 0.9}}}\nparts: {p: {}, q: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 2.5], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [11, 5.5], size: [1, 1], facing: 180}\n"
  "  c: {kind: source, makes: q, at: [11, 2.5], size: [1, 1], facing: 180}\n"
  "  d: {kind: sink, at: [1, 5.5], size: [1, 1], facing: 0}\n"
  "flow: [{path: a -> b, by: robots}, {path: c -> d, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 6}}\n";

static void test_door(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(door);
  read_line(&l, door, "motion");
  struct twin *t = open_twin(&l, k);
  int64_t made = run_checked(t, 400);
  CHECK(made, >=, 12);
  // nobody is kept from getting on for long
  CHECK(twin_motion(t).worst, <, 60 * NS_SECOND);
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// Alone, a robot takes the time of its footsteps, as at event fidelity.
static const char alone[] =
  "takt: 1\nname: alone\nfloor: {size: [14, 6]}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 3], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 3], size: [1, 1], facing: 180}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n";

static void measure(const char *line, const char *fidelity, const struct kinds *k, double out[3]) {
  struct layout l = {0};
  struct arena a;
  read_line(&l, line, fidelity);
  struct twin *t = open_twin(&l, k);
  twin_run(t, ns_from_seconds(1800));
  assert_true(arena_init(&a, (size_t)1 << 24));
  struct sums s = sums_make(&l, &a);
  twin_measure(t, &s);
  out[0] = (double)s.line.made;
  out[1] = ns_to_seconds(s.fleet[0].cause[ROBOT_WALKING]);
  out[2] = s.fleet[0].energy;
  CHECK(s.fleet[0].cause[ROBOT_TRAFFIC], ==, 0);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
}

static void test_alone_as_event(void **state) {
  (void)state;
  struct kinds *k = load_kinds(alone);
  double event[3], motion[3];
  measure(alone, "event", k, event);
  measure(alone, "motion", k, motion);
  CHECK(event[0], >, 40);
  CHECK_NEAR(motion[0], event[0], 1.01);
  // there and back for each, more than 8 m: to 0.1 s a way; the power of walking is the table's mean
  CHECK_NEAR(motion[1] / motion[0], event[1] / event[0], 0.2);
  CHECK_NEAR(motion[2] / motion[0], event[2] / event[0], 0.01 * event[2] / event[0]);
  kinds_destroy(k);
}

// Through a door each walk is later by what the door takes, as at event, and no longer stands in it while it opens.
static const char slow_door[] =
  "takt: 1\nname: slow door\nfloor: {size: [14, 6], walls: [[[7, 0], [7, 6]]], doors: {gate: {at: [7, 3], width: 2, time: 6 s}}}\nparts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 3], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 3], size: [1, 1], facing: 180}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n";

static void test_slow_door(void **state) {
  (void)state;
  struct kinds *k = load_kinds(alone);
  double open[3], shut[3], event[2][3];
  measure(alone, "motion", k, open);
  measure(slow_door, "motion", k, shut);
  measure(alone, "event", k, event[0]);
  measure(slow_door, "event", k, event[1]);
  // two walks a part: 12 s more for each
  double more = 1800 / shut[0] - 1800 / open[0];
  CHECK_NEAR(more, 12, 1.0);
  CHECK_NEAR(shut[0], event[1][0], 1.01);
  // it stands before it
  struct layout l = {0};
  struct arena a;
  struct scene s;
  read_line(&l, slow_door, "motion");
  struct twin *t = open_twin(&l, k);
  assert_true(arena_init(&a, (size_t)1 << 26) && scene_make(&s, &l, &a));
  int stands = 0;
  for (int n = 1; n <= 1200; n++) {
    twin_run(t, n * (NS_SECOND / 10));
    twin_scene(t, &s);
    double x = (double)s.robots.pos[0][0] - 7, away = x < 0 ? -x : x;
    bool still = (double)s.robots.speed[0] < 0.05;
    if (still && away < 2) stands++;
    if (still && away < 0.28) fail_msg("it stands in the door at %.1f s", 0.1 * n);
  }
  CHECK(stands, >, 100);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// Two doors close behind each other open one after the other, each walk 2 x 4 s later; and a door through a wall that is drawn as two lines is one door, at event too.
static void test_doors_in_a_row(void **state) {
  (void)state;
  static const char *const lines[2] = {
    "takt: 1\nname: lock\nfloor: {size: [14, 6], walls: [[[7, 0], [7, 6]], [[7.8, 0], [7.8, 6]]], doors: {outer: {at: [7, 3], width: 2, time: 4 s}, inner: {at: [7.8, 3], width: 2, time: 4 s}}}\n",
    "takt: 1\nname: thick\nfloor: {size: [14, 6], walls: [[[7, 0], [7, 6]], [[7.08, 6], [7.08, 0]]], doors: {gate: {at: [7.04, 3], width: 2, time: 8 s}}}\n"};
  struct kinds *k = load_kinds(alone);
  double open[3], shut[3], event[2][3];
  measure(alone, "motion", k, open);
  measure(alone, "event", k, event[0]);
  for (int n = 0; n < 2; n++) {
    char text[1024];
    snprintf(text, sizeof text, "%s%s", lines[n], strstr(slow_door, "parts:"));
    measure(text, "motion", k, shut);
    CHECK_NEAR(1800 / shut[0] - 1800 / open[0], 16, 3.0);
    measure(text, "event", k, event[1]);
    CHECK_NEAR(1800 / event[1][0] - 1800 / event[0][0], 16, 1.5);
  }
  kinds_destroy(k);
}

// People in the way: robots keep away as the separation distance says, and the work goes on.
static const char shared[] =
  "takt: 1\nname: shared\nfloor: {size: [14, 8]}\nparts: {p: {}, q: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 4], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [13, 4], size: [1, 1], facing: 180}\n"
  "  c: {kind: source, makes: q, at: [7, 1], size: [1, 1], facing: 90}\n"
  "  d: {kind: sink, at: [7, 7], size: [1, 1], facing: 270}\n"
  "flow: [{path: a -> b, by: robots}, {path: c -> d, by: people}]\n"
  "robots: {crew: {model: optimus-gen2, count: 2}}\npeople: {staff: {count: 1, speed: 1.2, handling: 2 s}}\n";

static void test_people(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(shared);
  struct arena a;
  struct scene s;
  struct separation safe = separation_defaults();
  read_line(&l, shared, "motion");
  struct twin *t = open_twin(&l, k);
  assert_true(arena_init(&a, (size_t)1 << 26) && scene_make(&s, &l, &a));
  int near = 0;
  for (int n = 0; n < 3000; n++) {
    twin_run(t, (n + 1) * (NS_SECOND / 10));
    twin_scene(t, &s);
    const float *h = s.robots.pos[2];
    for (int i = 0; i < 2; i++) {
      double x = (double)(s.robots.pos[i][0] - h[0]), y = (double)(s.robots.pos[i][1] - h[1]), apart = m_sqrt(x * x + y * y) - 0.6;
      double speed = (double)s.robots.speed[i];
      // it sees and brakes: what it had a look and its braking ago
      near += apart < 1;
      assert_true(speed <= separation_walk(&safe, 0, true, apart + 0.5) + 1e-3);
    }
  }
  CHECK(near, >, 20);
  CHECK(twin_motion(t).slowed, >, 20);
  const char *broken = twin_validate(t);
  if (broken) fail_msg("%s", broken);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// People at their machines and robots that bring and fetch there: each has room of its own beside the other, and who stands does not stop a robot for ever. (With one spot
// for both, and robots that stood still beside whoever stands, nothing left the mill.) Beside event, where nobody is in anybody's way, 22 % are lost: the way from saw to
// mill goes past both posts, robots slow for a person who stands there and the person steps aside, comes back and turns to the machine, 6 s, when the next part is there.
// That this is all of it two halls show: where the mill is across the hall nobody comes past a post, and robots as operators are gone around at full speed.
#define POSTS_MILL "at: [7.5, 6.5], facing: 270"
#define POSTS_STAFF "robots: {carriers: {model: optimus-gen2, count: 2}}\npeople: {staff: {count: 2, speed: 1.2, handling: 1 s}}\n"
#define POSTS(mill, staff)                                                                                                                            \
  "takt: 1\nname: posts\nfloor: {size: [12, 8]}\nparts: {p: {mass: 4 kg}}\nstations:\n"                                                               \
  "  in: {kind: source, makes: p, at: [1, 4], size: [1, 1], facing: 0}\n"                                                                             \
  "  saw: {kind: machine, at: [4.5, 6.5], facing: 270, size: [1, 1], time: 20 s, operator: {by: staff}}\n"                                            \
  "  mill: {kind: machine, " mill ", size: [1, 1], time: 20 s, operator: {by: staff}}\n"                                                              \
  "  out: {kind: sink, at: [11, 4], size: [1, 1], facing: 180}\n"                                                                                     \
  "flow: [{path: in -> saw, by: carriers}, {path: saw -> mill, by: carriers}, {path: mill -> out, by: carriers}]\n" staff

static void test_posts(void **state) {
  (void)state;
  static const struct { const char *line; int least; } hall[3] = {          // %  of event
    {POSTS(POSTS_MILL, POSTS_STAFF), 75},
    {POSTS("at: [7.5, 1.5], facing: 90", POSTS_STAFF), 93},
    {POSTS(POSTS_MILL, "robots: {carriers: {model: optimus-gen2, count: 2}, staff: {model: optimus-gen2, count: 2}}\n"), 90}};
  struct kinds *k = load_kinds(hall[0].line);
  for (int h = 0; h < 3; h++) {
    int64_t made[2];
    for (int m = 0; m < 2; m++) {
      struct layout l = {0};
      read_line(&l, hall[h].line, m ? "motion" : "event");
      struct twin *t = open_twin(&l, k);
      made[m] = run_checked(t, 3600);
      CHECK(twin_motion(t).jams, ==, 0);
      twin_destroy(t);
      layout_finish(&l);
    }
    // a part in 41 s at event
    CHECK(made[0], >=, 85);
    CHECK(100 * made[1], >=, hall[h].least * made[0]);
    CHECK(made[1], <=, made[0] + 1);
  }
  kinds_destroy(k);
}

// Who relieves one at a post stands there beside it before that one goes to charge: the machine waits for the first walk only, at event as at motion, whether parts come by
// themselves or carriers come and go there too.
static const char *const reliefs[2] = {
  "takt: 1\nname: relief\nfloor: {size: [20, 10]}\nparts: {p: {}}\nstations:\n  src: {kind: source, makes: p}\n"
  "  m: {kind: machine, time: 5 s, operator: {by: crew}, at: [14, 8], size: [1, 1], facing: 270}\n"
  "  charge: {kind: charger, at: [4, 8], size: [1, 2], facing: 270, slots: 3, power: 1 kW}\n  out: {kind: sink}\n"
  "flow: [src -> m -> out]\nrobots: {crew: {model: optimus-gen2, count: 3, home: charge, relief: true, charging: {below: 98.5 %, until: 99.5 %}}}\n",
  "takt: 1\nname: relief\nfloor: {size: [20, 10]}\nparts: {p: {}}\nstations:\n  src: {kind: source, makes: p, at: [18, 2], size: [1, 1], facing: 180}\n"
  "  m: {kind: machine, time: 30 s, operator: {by: crew}, at: [14, 8], size: [1, 1], facing: 270}\n"
  "  charge: {kind: charger, at: [4, 8], size: [1, 2], facing: 270, slots: 3, power: 1 kW}\n  out: {kind: sink}\n"
  "flow: [{path: src -> m, by: carriers}, m -> out]\nrobots:\n  crew: {model: optimus-gen2, count: 3, home: charge, relief: true, charging: {below: 98.5 %, until: 99.5 %}}\n"
  "  carriers: {model: optimus-gen2, count: 1, charging: {idle: false}}\n"};

static void test_relief(void **state) {
  (void)state;
  struct kinds *k = load_kinds(reliefs[0]);
  for (int h = 0; h < 2; h++) {
    double made[2];
    for (int m = 0; m < 2; m++) {
      struct layout l = {0};
      struct arena a;
      read_line(&l, reliefs[h], m ? "motion" : "event");
      struct twin *t = open_twin(&l, k);
      made[m] = (double)run_checked(t, 3000);
      assert_true(arena_init(&a, (size_t)1 << 24));
      struct sums s = sums_make(&l, &a);
      twin_measure(t, &s);
      // they charge in turn; the machine waits while the first one comes, no more
      double charging = ns_to_seconds(s.fleet[0].cause[ROBOT_CHARGING]), waits = ns_to_seconds(s.station[1].cause[STATION_WAITING_ROBOT]);
      if (charging < 1000 || waits > (m ? 35 : 12)) fail_msg("hall %d: %.0f s of charging, %.0f s without anybody", h, charging, waits);
      arena_finish(&a);
      twin_destroy(t);
      layout_finish(&l);
    }
    CHECK_NEAR(made[1], made[0], 0.04 * made[0]);
  }
  kinds_destroy(k);
}

// A closed aisle: those on the way turn back and go around, and come through again when it is open.
static const char closing[] =
  "takt: 1\nname: closing\nfloor: {size: [16, 9], obstacles: {shelf: {area: [[5, 3], [11, 3], [11, 6], [5, 6]]}}, zones: {south: {kind: slow, speed: 1, area: [[6, 0], [10, 0], [10, 3], [6, 3]]}}}\n"
  "parts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 2], size: [1, 1], facing: 0}\n"
  "  b: {kind: sink, at: [15, 2], size: [1, 1], facing: 180}\n"
  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 3}}\n"
  "events: [{at: 60 s, do: close, what: south}, {at: 160 s, do: open, what: south}]\n";

static void test_closed_aisle(void **state) {
  (void)state;
  struct layout l = {0};
  struct kinds *k = load_kinds(closing);
  struct arena a;
  struct scene s;
  read_line(&l, closing, "motion");
  struct twin *t = open_twin(&l, k);
  assert_true(arena_init(&a, (size_t)1 << 26) && scene_make(&s, &l, &a));
  int inside[3] = {0};
  for (int n = 0; n < 2600; n++) {
    twin_run(t, (n + 1) * (NS_SECOND / 10));
    twin_scene(t, &s);
    // those who were in it have left it 15 s later
    int when = n < 600 ? 0 : n < 750 ? -1 : n < 1600 ? 1 : 2;
    for (int i = 0; i < s.robots.n && when >= 0; i++)
      inside[when] += s.robots.pos[i][0] > 6.4f && s.robots.pos[i][0] < 9.6f && s.robots.pos[i][1] < 2.7f;
  }
  CHECK(inside[0], >, 0);
  CHECK(inside[1], ==, 0);
  CHECK(inside[2], >, 0);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  kinds_destroy(k);
}

// A zone that is closed around two machines while robots bring, tend and take: each of them leaves it when what it does is done, nobody goes in, and the line
// goes on when it is open again. A post stands in the straight way out of one.
static const char shutting[] =
  "takt: 1\nname: shutting\nfloor: {size: [14, 9], obstacles: {post: {area: [[5, 3.6], [6, 3.6], [6, 4.1], [5, 4.1]]}}, zones: {cell: {kind: people, area: [[3.5, 3.5], [10.5, 3.5], [10.5, 9], [3.5, 9]]}}}\n"
  "parts: {p: {}}\nstations:\n"
  "  a: {kind: source, makes: p, at: [1, 2], size: [1, 1], facing: 0}\n"
  "  m: {kind: machine, copies: 2, step: [3, 0], makes: p, at: [5.5, 7], size: [1, 1], facing: 270, time: 10 s, operator: {by: crew}}\n"
  "  b: {kind: sink, at: [13, 2], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [7, 0.6], facing: 90, size: [5, 0.6], slots: 5}\n"
  "flow: [{path: a -> m -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 5, home: rest}}\n";

static void shut_in(const struct kinds *k, const char *fidelity, int close) {
  struct layout l = {0};
  struct arena a;
  struct scene s;
  char text[sizeof shutting + 128];
  snprintf(text, sizeof text, "%sevents: [{at: %d s, do: close, what: cell}, {at: 200 s, do: open, what: cell}]\n", shutting, close);
  read_line(&l, text, fidelity);
  struct twin *t = open_twin(&l, k);
  assert_true(arena_init(&a, (size_t)1 << 26) && scene_make(&s, &l, &a));
  int before = 0, later = 0, again = 0, grace = strcmp(fidelity, "motion") == 0 ? 0 : 20;      // there who has set out gets to where it goes
  bool was[5] = {false};
  for (int n = 1; n <= 330; n++) {
    twin_run(t, n * NS_SECOND);
    const char *broken = twin_validate(t);
    if (broken) fail_msg("%s, closed at %d s: %s", fidelity, close, broken);
    twin_scene(t, &s);
    int inside = 0;
    for (int i = 0; i < 5; i++) {
      const float *p = s.robots.pos[i];
      bool is = p[0] > 3.5f && p[0] < 10.5f && p[1] > 3.5f;
      if (n > close + grace && n < 200 && is && !was[i]) fail_msg("%s, closed at %d s: R%d goes in at %d s", fidelity, close, i + 1, n);
      was[i] = is;
      inside += is;
    }
    if (n == close) before = inside;
    if (n > close + 75 && n < 200) later += inside;
    if (n > 200) again += inside;

  }
  CHECK(before, >, 0);
  if (later > 0) fail_msg("%s, closed at %d s: %d seconds inside", fidelity, close, later);
  CHECK(again, >, 0);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
}

static void test_shut_in(void **state) {
  (void)state;
  struct kinds *k = load_kinds(shutting);
  static const char *const fidelity[] = {"event", "body", "motion"};
  for (int f = 0; f < 3; f++)
    for (int close = 60; close < 100; close += 7) shut_in(k, fidelity[f], close);
  kinds_destroy(k);
}

static void expect_warnings_at(const char *fidelity, const char *text, int count, const char *word) {
  struct layout l = {0};
  struct faults f;
  const struct layout_override set = {"run.fidelity", fidelity};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(&l, "line", text, strlen(text), &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  passing_check(&l, &f);
  CHECK(f.warnings, ==, count);
  if (count > 0 && !strstr(f.fault[0].text, word)) fail_msg("'%s' does not say '%s'", f.fault[0].text, word);
  faults_finish(&f);
  layout_finish(&l);
}

static void expect_warnings(const char *text, int count, const char *word) { expect_warnings_at("motion", text, count, word); }

static void test_check(void **state) {
  (void)state;
#define HALL(dock, at) "takt: 1\nname: x\nfloor: {size: [14, 6], walls: [[[0, 3], [10, 3]]]}\nparts: {p: {}}\nstations:\n  a: {kind: source, makes: p, at: " at ", size: [1, 1], facing: 0}\n" \
  "  b: {kind: sink, at: [13, 1.5], size: [1, 1], facing: 180}\n  rest: {kind: dock, " dock "}\nflow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest}}\n"
  expect_warnings(HALL("at: [5, 1.2], size: [3, 0.6], slots: 4", "[1, 4.5]"), 0, "");
  expect_warnings(HALL("at: [5, 1.2], size: [1.6, 0.4], slots: 4", "[1, 4.5]"), 1, "do not fit side by side");
  expect_warnings(HALL("at: [5, 1.2], size: [3, 0.6], slots: 3", "[1, 4.5]"), 1, "4 robots live here");
  expect_warnings(HALL("at: [5, 3], size: [3, 0.6], slots: 4", "[1, 4.5]"), 1, "nobody can stand there");
  expect_warnings("takt: 1\nname: x\nfloor: {size: [14, 1.4]}\nparts: {p: {}}\nstations:\n  a: {kind: source, makes: p, at: [1, 0.7], size: [1, 1], facing: 0}\n"
                  "  b: {kind: sink, at: [13, 0.7], size: [1, 1], facing: 180}\nflow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 1}}\n", 2, "one by one");
  // can only jam: nowhere to pass, no room, a slot that nobody leaves
#define AISLE(size, count) "takt: 1\nname: x\nfloor: {size: " size "}\nparts: {p: {}}\nstations:\n  a: {kind: source, makes: p, at: [0.7, 0.7], size: [1, 1], facing: 0}\n" \
  "  b: {kind: sink, at: [6, 0.7], size: [1, 1], facing: 180}\nflow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: " count "}}\n"
  expect_warnings(AISLE("[7, 1.4]", "2"), 3, "nowhere on it can two pass each other");
  expect_warnings(AISLE("[7, 2]", "10"), 0, "");
  expect_warnings(AISLE("[7, 2]", "60"), 1, "they can only jam");
  // who walks through others does not jam; a wall is one still
  expect_warnings_at("body", AISLE("[7, 1.4]", "2"), 0, "");
  expect_warnings_at("body", AISLE("[7, 2]", "60"), 0, "");
  expect_warnings_at("body", HALL("at: [5, 1.2], size: [1.6, 0.4], slots: 3", "[1, 4.5]"), 0, "");
  expect_warnings_at("body", HALL("at: [5, 3], size: [3, 0.6], slots: 4", "[1, 4.5]"), 1, "nobody can stand there");
  expect_warnings("takt: 1\nname: x\nfloor: {size: [14, 6], walls: [[[0, 1.2], [4.5, 1.2]]]}\nparts: {p: {}}\nstations:\n  a: {kind: source, makes: p, at: [1, 4.5], size: [1, 1], facing: 0}\n"
                  "  b: {kind: sink, at: [13, 1.5], size: [1, 1], facing: 180}\n  rest: {kind: dock, at: [2.5, 0.55], size: [3, 0.6], slots: 4}\n"
                  "flow: [{path: a -> b, by: robots}]\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest}}\n", 1, "walled in");
}

// Robots that break where they stand, on the only spot of a place too, are mended there by somebody who stands beside them.
static const char mended[] =
  "takt: 1\nname: mended\nfloor: {size: [12, 8]}\nparts: {box: {}}\nstations:\n"
  "  from: {kind: source, makes: box, every: 4 s, at: [1.5, 2], size: [1, 1], facing: 0}\n  to: {kind: sink, at: [9.5, 6], size: [1, 1], facing: 180}\n"
  "  rest: {kind: dock, at: [5, 6.5], size: [4, 1], facing: 270, slots: 4}\nflow: [{path: from -> to, by: robots}]\n"
  "robots: {crew: {model: optimus-gen2, count: 4, home: rest, failures: {up: 100 s, down: 20 s}}}\npeople: {menders: {count: 1, home: rest, skills: [repair]}}\n";

static void test_mended_where_they_stand(void **state) {
  (void)state;
  int64_t made[2];
  struct kinds *k = load_kinds(mended);
  for (int motion = 0; motion < 2; motion++) {
    struct layout l = {0};
    read_line(&l, mended, motion ? "motion" : "event");
    struct twin *t = open_twin(&l, k);
    made[motion] = run_checked(t, 900);
    twin_destroy(t);
    layout_finish(&l);
  }
  CHECK(made[0], >, 40);
  CHECK(made[1], >, made[0] / 2);
  kinds_destroy(k);
}

int test_motion(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_vast_hall),
    cmocka_unit_test(test_crossing), cmocka_unit_test(test_dense), cmocka_unit_test(test_threads), cmocka_unit_test(test_door), cmocka_unit_test(test_slow_door), cmocka_unit_test(test_doors_in_a_row), cmocka_unit_test(test_alone_as_event),
    cmocka_unit_test(test_people), cmocka_unit_test(test_posts), cmocka_unit_test(test_relief), cmocka_unit_test(test_mended_where_they_stand), cmocka_unit_test(test_closed_aisle), cmocka_unit_test(test_shut_in), cmocka_unit_test(test_check),
  };
  return cmocka_run_group_tests_name("motion", tests, NULL, NULL);
}
