// takt bench: named scenes with counters. Every time stands beside the work that was done in it.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/bench_assignment.h"
#include "app/bench_dynamics.h"
#include "app/bench_gait.h"
#include "app/bench_grasp.h"
#include "app/bench_pick.h"
#include "app/bench_scenes.h"
#include "app/bench_traffic.h"
#include "app/commands.h"
#include "app/options.h"
#include "app/robot.h"
#include "app/workers.h"
#include "app/wall_clock.h"
#include "engine/world/assets.h"
#include "stream/frame.h"
#include "viewer/viewer.h"

#define REPEATS 3                   // the best is kept

struct number { const char *scene, *name; double value; const char *unit, *goal; };
struct bench  { struct number number[128]; int count; bool failed; };

static void put(struct bench *b, const char *scene, const char *name, double value, const char *unit, const char *goal) {
  assert(b->count < (int)(sizeof b->number / sizeof *b->number));
  b->number[b->count++] = (struct number){scene, name, value, unit, goal};
}

static void say_failed(struct bench *b, const char *scene, const char *why) {
  fprintf(stderr, "takt bench: %s: %s\n", scene, why);
  b->failed = true;
}

// a layout of ours that must be right
static bool read_layout(struct bench *b, const char *scene, char *text, struct layout *l) {
  struct faults f;
  faults_init(&f, scene, text, strlen(text));
  bool ok = layout_read_text(l, scene, text, strlen(text), NULL, 0, &f) == STATUS_OK;
  if (!ok) {
    faults_print(&f, stderr);
    say_failed(b, scene, "its layout does not load");
  }
  faults_finish(&f);
  free(text);
  return ok;
}

// seconds this process has computed: what a busy machine takes away does not count
static double cpu_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- event engine -----------------------------------------------------------------------------------

struct timed { double load_s, run_s; uint64_t events; double made; };

// run a layout for `length` and count what its machines made; false: said why
static bool time_twin(struct bench *b, const char *scene, const struct layout *l, ns_t length, struct timed *out) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.seed = 1;
  o.replication = 1;
  o.horizon = length;
  double begun = cpu_clock();
  struct twin *t = twin_create(l, &o, &e);
  if (!t) { say_failed(b, scene, e.text); return false; }
  double made = cpu_clock();
  enum twin_state state = twin_run(t, length);
  double end = cpu_clock();
  if (state == TWIN_FAULT || state == TWIN_DEADLOCK) say_failed(b, scene, twin_why(t));
  struct arena a;
  bool ok = arena_init(&a, 4096 + sizeof(struct station_sums) * (size_t)(l->station_count + 2) + sizeof(struct fleet_sums) * (size_t)(l->fleet_count + 2));
  assert(ok);
  struct sums sums = sums_make(l, &a);
  twin_measure(t, &sums);
  *out = (struct timed){.load_s = made - begun, .run_s = end - made, .events = twin_events(t)};
  for (int i = 0; i < l->station_count; i++)
    if (station_is_machine(l->stations[i].kind)) out->made += (double)sums.station[i].made;
  arena_finish(&a);
  twin_destroy(t);
  return true;
}

static void scene_line10(struct bench *b) {
  static const double length = 400000;
  struct layout l = {0};
  if (!read_layout(b, "line10", bench_line_layout(10, 5), &l)) { layout_finish(&l); return; }
  double twin = INFINITY, bare = INFINITY;
  struct timed t = {0};
  uint64_t operations = 0;
  // in turns, so that both see the same machine
  for (int i = 0; i < REPEATS; i++) {
    if (!time_twin(b, "line10", &l, ns_from_seconds(length), &t)) break;
    if (t.run_s < twin) twin = t.run_s;
    double begun = cpu_clock();
    operations = bench_bare_line(10, 5, length, 1 + (uint64_t)i);
    double took = cpu_clock() - begun;
    if (took < bare) bare = took;
  }
  double done = t.made;
  put(b, "line10", "station operations", done, "", NULL);
  put(b, "line10", "events", (double)t.events, "", NULL);
  put(b, "line10", "time", twin, "s", NULL);
  put(b, "line10", "speed", done / twin / 1e6, "M operations/s", NULL);
  put(b, "line10", "bare heap, operations", (double)operations, "", NULL);
  put(b, "line10", "bare heap, speed", (double)operations / bare / 1e6, "M operations/s", NULL);
  put(b, "line10", "share of the bare heap", done / twin / ((double)operations / bare), "", ">= 0.35");
  layout_finish(&l);
}

static void scene_robots(struct bench *b, const char *scene, int robots, const char *goal, const char *speed_goal) {
  struct layout l = {0};
  double begun = cpu_clock();
  if (!read_layout(b, scene, bench_robots_layout(robots), &l)) { layout_finish(&l); return; }
  double read_s = cpu_clock() - begun, best = INFINITY;
  struct timed t = {0};
  for (int i = 0; i < REPEATS; i++) {
    if (!time_twin(b, scene, &l, 8 * 3600 * NS_SECOND, &t)) break;
    if (t.run_s < best) best = t.run_s;
  }
  put(b, scene, "robots", robots, "", NULL);
  put(b, scene, "events in 8 h", (double)t.events, "", NULL);
  put(b, scene, "load", read_s + t.load_s, "s", NULL);
  put(b, scene, "8 h simulated in", best, "s", goal);
  put(b, scene, "speed", (double)t.events / best / 1e6, "M events/s", speed_goal);
  layout_finish(&l);
}

// The same hall by nearest and by lookahead, in turns.
static void scene_policies(struct bench *b, const char *scene, int robots, ns_t length) {
  struct layout l = {0};
  if (!read_layout(b, scene, bench_robots_layout(robots), &l)) { layout_finish(&l); return; }
  static const enum policy_rule policy[2] = {POLICY_NEAREST, POLICY_LOOKAHEAD};
  double best[2] = {INFINITY, INFINITY};
  struct timed t[2] = {0};
  for (int i = 0; i < REPEATS; i++)
    for (int k = 0; k < 2; k++) {
      l.policy = policy[k];
      if (!time_twin(b, scene, &l, length, &t[k])) break;
      if (t[k].run_s < best[k]) best[k] = t[k].run_s;
    }
  put(b, scene, "events by nearest", (double)t[0].events, "", NULL);
  put(b, scene, "nearest", best[0], "s", NULL);
  put(b, scene, "lookahead", best[1], "s", NULL);
  put(b, scene, "times the cost", best[1] / best[0], "", "<= 10");
  layout_finish(&l);
}

static void scene_policies100(struct bench *b)  { scene_policies(b, "policies100", 100, 8 * 3600 * NS_SECOND); }
static void scene_policies1000(struct bench *b) { scene_policies(b, "policies1000", 1000, 3600 * NS_SECOND); }

static void scene_robots100(struct bench *b)  { scene_robots(b, "robots100", 100, "<= 0.15", ">= 3"); }
static void scene_robots1000(struct bench *b) { scene_robots(b, "robots1000", 1000, "<= 1.5", NULL); }

// two replications on one core, then on two
static void scene_replicas(struct bench *b) {
  struct layout l = {0};
  struct arena a;
  struct result_index index;
  if (!read_layout(b, "replicas", bench_line_layout(10, 5), &l)) { layout_finish(&l); return; }
  bool ok = arena_init(&a, 1 << 24) && result_index_make(&index, &l, &a);
  assert(ok);
  struct replication_plan p = {.layout = &l, .index = &index, .seed = 1, .length = 800000 * NS_SECOND};
  double best[2] = {INFINITY, INFINITY};
  for (int i = 0; i < REPEATS; i++) {
    for (int workers = 1; workers <= 2; workers++) {
      struct results r;
      struct error e;
      double begun = wall_clock();
      if (replications_run(&p, 2, workers, &r, &e) != STATUS_OK) say_failed(b, "replicas", e.text);
      double took = wall_clock() - begun;
      if (took < best[workers - 1]) best[workers - 1] = took;
      results_finish(&r);
    }
  }
  put(b, "replicas", "cores of this machine", cores(), "", NULL);
  put(b, "replicas", "two on one worker", best[0], "s", NULL);
  put(b, "replicas", "two on two workers", best[1], "s", NULL);
  put(b, "replicas", "times as fast", best[0] / best[1], "", ">= 1.8");
  arena_finish(&a);
  layout_finish(&l);
}

// largest resident set of a process that runs 1,000 robots for an hour
static void scene_memory(struct bench *b) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) { say_failed(b, "memory", "cannot start a process"); return; }
  if (pid == 0) {
    struct layout l = {0};
    struct timed t;
    bool ok = read_layout(b, "memory", bench_robots_layout(1000), &l) && time_twin(b, "memory", &l, 3600 * NS_SECOND, &t);
    _exit(ok ? 0 : 1);
  }
  int how;
  struct rusage use;
  wait4(pid, &how, 0, &use);
  if (how != 0) { say_failed(b, "memory", "the run failed"); return; }
  put(b, "memory", "1,000 robots, largest", (double)use.ru_maxrss / 1024, "MiB", "<= 100");
}

// ---- bodies ---------------------------------------------------------------------------------------------

struct bodies { double load_s, wall_s, cpu_s, walking; long steps; uint64_t digest; struct twin_bodies after; };

#define SET_OUT 70                  // s    after which every crew of bench_bodies_layout is on its way
#define SETTLED 180                 // s    after which the trays of bench_sorting_layout are at the tables

// The best of three times ten seconds in which nearly everybody walks, on so many threads; false: said why.
static bool time_bodies(struct bench *b, const char *scene, const struct layout *l, int threads, struct bodies *out) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = threads;
  double begun = wall_clock();
  struct twin *t = twin_create(l, &o, &e);
  if (!t) { say_failed(b, scene, e.text); return false; }
  *out = (struct bodies){.load_s = wall_clock() - begun, .wall_s = INFINITY, .cpu_s = INFINITY};
  struct arena a;
  struct scene s;
  bool ok = arena_init(&a, (size_t)1 << 26) && scene_make(&s, l, &a);
  assert(ok);
  // walks are solved, boxes are in the hands
  twin_run(t, SET_OUT * NS_SECOND);
  for (int i = 1; i <= REPEATS; i++) {
    struct twin_bodies before = twin_bodies(t);
    double wall = wall_clock(), cpu = cpu_clock();
    enum twin_state state = twin_run(t, (SET_OUT + 10 * i) * NS_SECOND);
    wall = wall_clock() - wall;
    cpu = cpu_clock() - cpu;
    if (state == TWIN_FAULT || state == TWIN_DEADLOCK) say_failed(b, scene, twin_why(t));
    out->after = twin_bodies(t);
    out->steps = out->after.robot_steps - before.robot_steps;
    if (wall < out->wall_s) out->wall_s = wall;
    if (cpu < out->cpu_s) out->cpu_s = cpu;
    twin_scene(t, &s);
    for (int r = 0; r < s.robots.n; r++) out->walking += s.robots.cause[r] == ROBOT_WALKING ? 1.0 / REPEATS : 0;
  }
  out->digest = twin_digest(t);
  arena_finish(&a);
  twin_destroy(t);
  return true;
}

static void scene_body1000(struct bench *b) {
  static const char name[] = "body1000";
  struct layout l = {0};
  if (!read_layout(b, name, bench_bodies_layout(1000), &l)) { layout_finish(&l); return; }
  struct bodies one = {0}, two = {0};
  if (!time_bodies(b, name, &l, 1, &one) || !time_bodies(b, name, &l, 2, &two)) { layout_finish(&l); return; }
  if (one.digest != two.digest) say_failed(b, name, "the digest depends on the threads");
  put(b, name, "robots that walk", two.walking, "", NULL);
  put(b, name, "robot steps in 10 s", (double)two.steps, "", NULL);
  put(b, name, "load, library of gaits", two.load_s, "s", NULL);
  put(b, name, "walks solved", (double)two.after.walks_solved, "", NULL);
  put(b, name, "walks shared", (double)two.after.walks_found, "", NULL);
  put(b, name, "walks kept", (double)two.after.walk_bytes / 1048576, "MiB", NULL);
  put(b, name, "one thread, processor", one.cpu_s, "s", NULL);
  put(b, name, "one thread, a robot step", one.cpu_s / (double)two.steps * 1e6, "us", NULL);
  put(b, name, "two threads, processor", two.cpu_s, "s", NULL);
  put(b, name, "two threads, clock", two.wall_s, "s", NULL);
  put(b, name, "times real time", 10 / two.wall_s, "", ">= 5");
  put(b, name, "stumbles", (double)two.after.stumbles, "", NULL);
  put(b, name, "slips", (double)two.after.slips, "", NULL);
  put(b, name, "twists", (double)two.after.twists, "", NULL);
  put(b, name, "tips", (double)two.after.tips, "", NULL);
  put(b, name, "overloads", (double)two.after.overloads, "", NULL);
  put(b, name, "feet against body", two.after.worst_residual, "N + N m", NULL);
  layout_finish(&l);
}

// A minute of 1,000 bodies that sort, on two threads.
static void scene_sort1000(struct bench *b) {
  static const char name[] = "sort1000";
  struct layout l = {0};
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = 2;
  if (!read_layout(b, name, bench_sorting_layout(1000), &l)) { layout_finish(&l); return; }
  double begun = wall_clock();
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) { say_failed(b, name, e.text); layout_finish(&l); return; }
  double load = wall_clock() - begun;
  struct arena a;
  bool ok = arena_init(&a, (size_t)1 << 25);
  assert(ok);
  struct sums from = sums_make(&l, &a), to = sums_make(&l, &a);
  twin_run(t, SETTLED * NS_SECOND);
  twin_measure(t, &from);
  double wall = wall_clock(), cpu = cpu_clock();
  enum twin_state state = twin_run(t, (SETTLED + 60) * NS_SECOND);
  wall = wall_clock() - wall;
  cpu = cpu_clock() - cpu;
  twin_measure(t, &to);
  if (state == TWIN_FAULT || state == TWIN_DEADLOCK) say_failed(b, name, twin_why(t));
  static const enum robot_cause cause[3] = {ROBOT_WORKING, ROBOT_WALKING, ROBOT_TRAFFIC};
  double time[3] = {0}, picks = 0, misses = 0;
  for (int f = 0; f < l.fleet_count; f++) {
    for (int k = 0; k < 3; k++) time[k] += ns_to_seconds(to.fleet[f].cause[cause[k]] - from.fleet[f].cause[cause[k]]) / 60;
    picks += (double)(to.fleet[f].picks - from.fleet[f].picks);
    misses += (double)(to.fleet[f].misses - from.fleet[f].misses);
  }
  struct twin_bodies bodies = twin_bodies(t);
  put(b, name, "load", load, "s", NULL);
  put(b, name, "robots whose hands work", time[0], "", NULL);
  put(b, name, "robots that walk", time[1], "", NULL);
  put(b, name, "robots in traffic", time[2], "", NULL);
  put(b, name, "picks an hour", 60 * picks, "", NULL);
  put(b, name, "tries that failed, an hour", 60 * misses, "", NULL);
  put(b, name, "trays an hour", 60.0 * (double)(to.line.made - from.line.made), "", NULL);
  put(b, name, "processor, a simulated s", cpu / 60, "s", NULL);
  put(b, name, "times real time", 60 / wall, "", ">= 3");
  put(b, name, "  if both cores were free", 120 / cpu, "at most", NULL);
  put(b, name, "tips and overloads", (double)(bodies.tips + bodies.overloads), "", NULL);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
}

struct hall { double load, cpu, wall, made, time[3]; long walker_steps; uint64_t digest; };      // time: working, walking, in traffic

// A hall at work for two minutes, after four in which everybody sets out; false: said why.
static bool time_hall(struct bench *b, const char *name, const struct layout *l, int threads, struct hall *out) {
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.threads = threads;
  double begun = cpu_clock();
  struct twin *t = twin_create(l, &o, &e);
  if (!t) { say_failed(b, name, e.text); return false; }
  *out = (struct hall){.load = cpu_clock() - begun};
  struct arena a;
  bool ok = arena_init(&a, (size_t)1 << 24);
  assert(ok);
  struct sums from = sums_make(l, &a), to = sums_make(l, &a);
  twin_run(t, 240 * NS_SECOND);
  twin_measure(t, &from);
  long before = twin_motion(t).walker_steps;
  double cpu = cpu_clock(), wall = wall_clock();
  enum twin_state state = twin_run(t, 360 * NS_SECOND);
  out->cpu = cpu_clock() - cpu;
  out->wall = wall_clock() - wall;
  twin_measure(t, &to);
  out->walker_steps = twin_motion(t).walker_steps - before;
  if (state == TWIN_FAULT || state == TWIN_DEADLOCK) say_failed(b, name, twin_why(t));
  for (int f = 0; f < l->fleet_count; f++) {
    static const enum robot_cause cause[3] = {ROBOT_WORKING, ROBOT_WALKING, ROBOT_TRAFFIC};
    for (int k = 0; k < 3; k++) out->time[k] += ns_to_seconds(to.fleet[f].cause[cause[k]] - from.fleet[f].cause[cause[k]]);
  }
  out->made = (double)(to.line.made - from.line.made);
  out->digest = twin_digest(t);
  arena_finish(&a);
  twin_destroy(t);
  return true;
}

// Processor time of one thread, and the clock of one and of two.
static void scene_hall(struct bench *b, const char *name, int robots, const char *goal, const char *memory) {
  struct layout l = {0};
  struct hall one, two;
  if (!read_layout(b, name, bench_hall_layout(robots), &l) || !time_hall(b, name, &l, 1, &one)) { layout_finish(&l); return; }
  put(b, name, "load", one.load, "s", NULL);
  put(b, name, "parcels an hour", one.made * 30, "", NULL);
  put(b, name, "robots at work or on foot", (one.time[0] + one.time[1] + one.time[2]) / 120, "", NULL);
  put(b, name, "of them in traffic", one.time[2] / 120, "", NULL);
  put(b, name, "a walking robot's step", one.cpu / (double)one.walker_steps * 1e6, "us", NULL);
  put(b, name, "times real time", 120 / one.cpu, "", goal);
  if (memory) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    put(b, name, "largest resident set", (double)use.ru_maxrss / 1024, "MiB", memory);
  }
  if (time_hall(b, name, &l, 2, &two)) {
    if (one.digest != two.digest) say_failed(b, name, "the digest depends on the threads");
    put(b, name, "one thread, clock", one.wall, "s", NULL);
    put(b, name, "two threads, processor", two.cpu, "s", NULL);
    put(b, name, "two threads, clock", two.wall, "s", NULL);
    put(b, name, "times as fast on two, both cores free", one.wall / two.wall, "", ">= 1.4");
  }
  layout_finish(&l);
}

static void scene_motion1000(struct bench *b) { scene_hall(b, "motion1000", 1000, ">= 20", NULL); }
static void scene_motion5000(struct bench *b) { scene_hall(b, "motion5000", 5000, ">= 3", NULL); }
static void scene_motion10000(struct bench *b) { scene_hall(b, "motion10000", 10000, ">= 1", "<= 500"); }

// largest resident set of 1,000 bodies at work
static void scene_body_memory(struct bench *b) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) { say_failed(b, "body-memory", "cannot start a process"); return; }
  if (pid == 0) {
    struct layout l = {0};
    struct bodies t;
    bool ok = read_layout(b, "body-memory", bench_bodies_layout(1000), &l) && time_bodies(b, "body-memory", &l, 2, &t);
    _exit(ok ? 0 : 1);
  }
  int how;
  struct rusage use;
  wait4(pid, &how, 0, &use);
  if (how != 0) { say_failed(b, "body-memory", "the run failed"); return; }
  put(b, "body-memory", "1,000 bodies, largest", (double)use.ru_maxrss / 1024, "MiB", "<= 200");
}

// ---- stream and viewer ------------------------------------------------------------------------------

// the scene's own columns are the picture's
static struct picture picture_of(const struct scene *s) {
  return (struct picture){
    .now = s->now,
    .robots = {s->robots.n, s->robots.id, s->robots.fleet, s->robots.cause, s->robots.pose, s->robots.pos, s->robots.heading, s->robots.speed, s->robots.phase,
               s->robots.charge, s->robots.held, s->robots.from, s->robots.to, s->robots.step, s->robots.hand, s->robots.waits, s->robots.kept, s->robots.legs, s->robots.way},
    .stations = {s->stations.n, s->stations.cause, s->stations.count, s->stations.progress, s->stations.made},
    .parts = {s->parts.n, s->parts.total, &s->parts.id->bits, s->parts.type, s->parts.pos}};
}

// 1,000 robots at work, 60 pictures a second: a keyframe a second, deltas between
static void scene_stream(struct bench *b) {
  struct layout l = {0};
  struct arena a;
  struct scene s;
  struct error e = {0};
  if (!read_layout(b, "stream", bench_robots_layout(1000), &l)) { layout_finish(&l); return; }
  struct twin_options o = twin_defaults();
  o.seed = 1;
  o.replication = 1;
  struct twin *t = twin_create(&l, &o, &e);
  if (!t || !arena_init(&a, (size_t)1 << 26)) { say_failed(b, "stream", e.text); layout_finish(&l); return; }
  bool ok = scene_make(&s, &l, &a);
  assert(ok);
  twin_run(t, 600 * NS_SECOND);
  struct frame_encoder *encoder = frame_encoder_create();
  struct bytes out = {0};
  double look = 0, key = 0, delta = 0;
  size_t key_size = 0, delta_size = 0;
  int keys = 0, deltas = 0;
  for (int i = 0; i < 600; i++) {
    twin_run(t, 600 * NS_SECOND + NS_SECOND / 60 * (i + 1));
    double begun = cpu_clock();
    twin_scene(t, &s);
    struct picture p = picture_of(&s);
    double seen = cpu_clock();
    out.size = 0;
    enum status status = i % 60 == 0 ? frame_keyframe(encoder, &p, &out) : frame_delta(encoder, &p, &out);
    double end = cpu_clock();
    if (status != STATUS_OK) { say_failed(b, "stream", status_text(status)); break; }
    look += seen - begun;
    if (i % 60 == 0) { key += end - seen; key_size += out.size; keys++; }
    else { delta += end - seen; delta_size += out.size; deltas++; }
  }
  int n = s.robots.n;
  put(b, "stream", "robots", n, "", NULL);
  put(b, "stream", "stations", s.stations.n, "", NULL);
  put(b, "stream", "parts", s.parts.n, "", NULL);
  put(b, "stream", "keyframe", (double)key_size / keys / n, "B a robot", "<= 64");
  put(b, "stream", "keyframe, encoding", key / keys * 1e6, "us", NULL);
  put(b, "stream", "delta", (double)delta_size / deltas / n, "B a robot", "<= 8");
  put(b, "stream", "delta, encoding", delta / deltas * 1e6, "us", NULL);
  put(b, "stream", "looking at the twin", look / (keys + deltas) * 1e6, "us", NULL);
  put(b, "stream", "of a core at 60 Hz", 100 * (look + key + delta) / (keys + deltas) * 60, "%", "<= 2");
  frame_encoder_destroy(encoder);
  bytes_finish(&out);
  twin_destroy(t);
  arena_finish(&a);
  layout_finish(&l);
}

static void scene_viewer(struct bench *b) {
  struct error e = {0};
  double ms = viewer_bench(1000, 5000, 120, &e);
  if (e.status != STATUS_OK) { say_failed(b, "viewer", e.text); return; }
  put(b, "viewer", "1,000 robots, 5,000 parts", ms, "ms a frame", "<= 8");
}

// ---- humanoids --------------------------------------------------------------------------------------

static void put_dynamics(struct bench *b, const char *scene, const struct robot_model *m, bool goals) {
  struct bench_dynamics d = bench_dynamics(m);
  put(b, scene, "joints, floating base", m->joint_count, "", NULL);
  put(b, scene, "poses and velocities", d.forward, "us a robot", NULL);
  put(b, scene, "inertia matrix", d.inertia, "us a robot", NULL);
  put(b, scene, "inverse dynamics", d.scalar, "us a robot", goals ? "<= 1.6" : NULL);
  if (d.lanes4 > 0) put(b, scene, "  4 robots a pass", d.lanes4, "us a robot", goals ? "<= 0.45" : NULL);
  if (d.lanes8 > 0) put(b, scene, "  8 robots a pass", d.lanes8, "us a robot", goals ? "<= 0.3" : NULL);
}

// a shipped robot, and 51 joints in general position; the peers' times are of another humanoid of 51 joints on another
// day, on a machine of the same kind: floating base, -O3 -march=native, RBDL 3.3.1, Pinocchio 3.7.0 without code generation
static void scene_dynamics(struct bench *b) {
  struct robot_case shipped;
  struct robot_model general;
  if (robot_open(&shipped, "optimus-gen2", ROBOT_TREE, true) != 0) say_failed(b, "dynamics", "optimus-gen2 does not load");
  else put_dynamics(b, "optimus-gen2", &shipped.model, false);
  robot_close(&shipped);
  bench_humanoid(&general);
  put_dynamics(b, "dynamics", &general, true);
  put(b, "dynamics", "RBDL, on another day", 3.47, "us a robot", NULL);
  put(b, "dynamics", "Pinocchio, on another day", 6.08, "us a robot", NULL);
  robot_model_finish(&general);
}

// a stride of 200 samples, solved until the full dynamics' centre of pressure is the planned one
static void scene_gait(struct bench *b) {
  static const struct { const char *name, *goal; double speed; } walk[] = {{"1.0 m/s", NULL, 1.0}, {"1.4 m/s", "<= 0.5", 1.4}, {"1.8 m/s", NULL, 1.8}};
  struct robot_case shipped;
  struct bench_gait g;
  struct error e = {0};
  if (robot_open(&shipped, "optimus-gen2", ROBOT_LIMBS | ROBOT_DRIVES, true) != 0) say_failed(b, "gait", "optimus-gen2 does not load");
  else
    for (int i = 0; i < 3; i++) {
      if (bench_gait(&g, &shipped.humanoid, &shipped.spec, walk[i].speed, &e)) { say_failed(b, "gait", e.text); break; }
      put(b, "gait", walk[i].name, g.solve, "ms a solved walk", walk[i].goal);
      if (i != 1) continue;
      put(b, "gait", "  legs and dynamics, once", g.pass, "ms", NULL);
      put(b, "gait", "  a leg's sample", g.leg[0], "ns", NULL);
      if (g.leg[1] > 0) put(b, "gait", "  a leg's sample, 4 a pass", g.leg[1], "ns", NULL);
      if (g.leg[2] > 0) put(b, "gait", "  a leg's sample, 8 a pass", g.leg[2], "ns", NULL);
    }
  robot_close(&shipped);
}

// ---- grasps -----------------------------------------------------------------------------------------

static void scene_assignment(struct bench *b) {
  struct bench_assignment a = bench_assignment();
  const char *scene = "assignment";
  put(b, scene, "5,000 jobs, 5,000 robots, all new", a.cold_mean, "ms", "<= 20");
  put(b, scene, "the slowest of five", a.cold_worst, "ms", "<= 60");
  put(b, scene, "jobs given then", a.given, "", NULL);
  put(b, scene, "5,500 robots", a.spare, "ms", "<= 20");
  put(b, scene, "200 changed, 5,500 robots", a.change_mean, "ms", "<= 2");
  put(b, scene, "the slowest of 40", a.change_worst, "ms", NULL);
  put(b, scene, "walks above the optimum (1,000)", 100 * a.above, "%", "<= 3");
  put(b, scene, "the same in a sparse hall", 100 * a.above_sparse, "%", "<= 3");
  put(b, scene, "nearest robot left, one by one", 100 * a.above_greedy, "%", NULL);
}

static void scene_grasp(struct bench *b) {
  static const char *const verdict[] = {"verdict, 2 contacts", "verdict, 3 contacts", "verdict, 4 contacts"};
  static const char *const quality[] = {"with both qualities, 2", "with both qualities, 3", "with both qualities, 4"};
  struct bench_grasp g = bench_grasp();
  for (int n = 2; n <= BENCH_GRASP_CONTACTS; n++) put(b, "grasp", verdict[n - 2], g.closed[n], "us", "<= 1");
  for (int n = 2; n <= BENCH_GRASP_CONTACTS; n++) put(b, "grasp", quality[n - 2], g.quality[n], "us", NULL);
  put(b, "grasp", "in space, 3 fingers", g.spatial, "us", NULL);
  put(b, "grasp", "plan a grip", g.plan, "us", "<= 50");
}

static void scene_pick(struct bench *b) {
  struct bench_pick p;
  struct error e = {0};
  char folder[1024];
  if (!assets_find("optimus-gen2", NULL, NULL, folder)) { say_failed(b, "pick", "no model optimus-gen2"); return; }
  if (bench_pick(folder, &p, &e) != STATUS_OK) { say_failed(b, "pick", e.text); return; }
  put(b, "pick", "random scenes", p.done, "", NULL);
  put(b, "pick", "planned cold, mean", p.mean, "us", "<= 50");
  put(b, "pick", "median", p.median, "us", NULL);
  put(b, "pick", "the slowest", p.worst, "us", NULL);
  put(b, "pick", "with one hand", p.one_hand, "us", NULL);
  put(b, "pick", "with both hands", p.both, "us", NULL);
  put(b, "pick", "such a pick takes, mean", p.takes, "s", NULL);
  put(b, "pick", "scenes that cannot be done", p.not_done, "", NULL);
  put(b, "pick", "saying so", p.refused, "us", NULL);
}

// ---- traffic ----------------------------------------------------------------------------------------

static void scene_traffic(struct bench *b) {
  struct bench_traffic best = {0}, one;
  for (int i = 0; i < REPEATS; i++) {
    if (!bench_traffic(&one, 10000, 0, 300)) { say_failed(b, "traffic", "out of memory"); return; }
    if (i == 0 || one.mean < best.mean) best = one;
  }
  put(b, "traffic", "robots, 140 x 500 cells", best.robots, "", NULL);
  put(b, "traffic", "a step", best.mean, "ms", "<= 10");
  put(b, "traffic", "99 % of the steps below", best.p99, "ms", "<= 25");
  put(b, "traffic", "longest step", best.max, "ms", NULL);
  put(b, "traffic", "first step", best.first, "ms", "<= 100");
  put(b, "traffic", "goals reached", best.reached, "a step", NULL);
  put(b, "traffic", "robots that go forward", 100 * best.moves, "%", NULL);
  put(b, "traffic", "distance fields", best.fields, "MiB", NULL);
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) { say_failed(b, "traffic", "cannot start a process"); return; }
  if (pid == 0) _exit(bench_traffic(&one, 10000, 0, 300) ? 0 : 1);
  int how;
  struct rusage use;
  wait4(pid, &how, 0, &use);
  if (how != 0) { say_failed(b, "traffic", "the run failed"); return; }
  put(b, "traffic", "largest resident set", (double)use.ru_maxrss / 1024, "MiB", "<= 1024");
}

// ---- the command ------------------------------------------------------------------------------------

// memory first: a child process inherits what scenes before it have touched
static const struct scene_entry { const char *name; void (*run)(struct bench *); } scenes[] = {
  {"memory", scene_memory}, {"body-memory", scene_body_memory}, {"line10", scene_line10}, {"robots100", scene_robots100},
  {"robots1000", scene_robots1000}, {"policies100", scene_policies100}, {"policies1000", scene_policies1000}, {"assignment", scene_assignment}, {"replicas", scene_replicas}, {"body1000", scene_body1000}, {"sort1000", scene_sort1000}, {"motion1000", scene_motion1000}, {"motion5000", scene_motion5000}, {"motion10000", scene_motion10000}, {"stream", scene_stream}, {"dynamics", scene_dynamics},
  {"gait", scene_gait}, {"grasp", scene_grasp}, {"pick", scene_pick}, {"traffic", scene_traffic}, {"viewer", scene_viewer}};
#define SCENES ((int)(sizeof scenes / sizeof *scenes))

static bool goal_reached(const struct number *n) {
  double limit = strtod(n->goal + 2, NULL);
  return n->goal[0] == '<' ? n->value <= limit : n->value >= limit;
}

static void print_table(const struct bench *b) {
  const char *last = "";
  for (int i = 0; i < b->count; i++) {
    const struct number *n = &b->number[i];
    char value[32];
    snprintf(value, sizeof value, n->value >= 1e5 ? "%.0f" : "%.4g", n->value);
    printf("%-12s %-28s %12s %-16s", strcmp(last, n->scene) ? n->scene : "", n->name, value, n->unit);
    if (n->goal) printf(" goal %s%s", n->goal, goal_reached(n) ? "" : "  MISSED");
    putchar('\n');
    last = n->scene;
  }
}

static void print_csv(const struct bench *b) {
  printf("scene,number,value,unit,goal\n");
  for (int i = 0; i < b->count; i++) {
    const struct number *n = &b->number[i];
    printf("%s,\"%s\",%.6g,%s,%s\n", n->scene, n->name, n->value, n->unit, n->goal ? n->goal : "");
  }
}

static void print_json(const struct bench *b) {
  struct json j;
  json_init(&j, true);
  json_list(&j);
  for (int i = 0; i < b->count; i++) {
    const struct number *n = &b->number[i];
    json_object(&j);
    json_key(&j, "scene"); json_text(&j, n->scene);
    json_key(&j, "number"); json_text(&j, n->name);
    json_key(&j, "value"); json_number(&j, n->value);
    json_key(&j, "unit"); json_text(&j, n->unit);
    if (n->goal) {
      json_key(&j, "goal"); json_text(&j, n->goal);
      json_key(&j, "reached"); json_bool(&j, goal_reached(n));
    }
    json_object_end(&j);
  }
  json_list_end(&j);
  puts(j.text);
  json_finish(&j);
}

int command_bench(int argc, char **argv) {
  const char *only = NULL;
  bool json = false, csv = false;
  const struct option options[] = {
    {"only", OPTION_TEXT, &only, "NAME", "one scene: line10, robots100, robots1000, policies100, policies1000, assignment, replicas, memory, body1000, sort1000, body-memory, motion1000, motion5000, motion10000, stream, dynamics, gait, grasp, pick, traffic or viewer", 0, 0, NULL},
    {"json", OPTION_FLAG, &json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"csv", OPTION_FLAG, &csv, NULL, "lines of scene,number,value,unit,goal", 0, 0, NULL},
  };
  const struct usage u = {"bench", "[options]", "  takt bench\n  takt bench --only line10 --csv\n",
                          "Runs the named scenes three times and keeps the best. Times are of the processor; those of replicas are of the clock.", options, 3, 0, 0};
  int names;
  switch (options_read(&u, argc, argv, NULL, &names)) {
    case OPTIONS_HELP: return 0;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
  }
  if (json && csv) return usage_wrong(&u, "--json or --csv, not both");
  const char *known[SCENES];
  bool found = !only;
  for (int i = 0; i < SCENES; i++) {
    known[i] = scenes[i].name;
    found |= only && !strcmp(only, scenes[i].name);
  }
  if (!found) {
    const char *near = nearest_word(only, known, SCENES);
    return usage_wrong(&u, "--only: there is no scene '%s'%s%s", only, near ? "; did you mean " : "", near ? near : "");
  }
  struct bench b = {0};
  for (int i = 0; i < SCENES; i++)
    if (!only || !strcmp(only, scenes[i].name)) scenes[i].run(&b);
  if (json) print_json(&b); else if (csv) print_csv(&b); else print_table(&b);
  return b.failed ? 5 : 0;
}
