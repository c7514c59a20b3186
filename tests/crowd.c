#include "tests/crowd.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "tests/check.h"

#define FLEETS 3
#define TYPES  5

static double unit(struct crowd *c) {
  c->dice = c->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(c->dice >> 11) * 0x1p-53;
}
static int    pick(struct crowd *c, int n) { return (int)(unit(c) * n); }

static void *column(int n, size_t size) {
  void *p = calloc((size_t)n + 1, size);
  assert(p);
  return p;
}

static void robot_place(struct crowd *c, int i) {
  struct picture_robots *r = &c->picture.robots;
  for (int k = 0; k < 2; k++) r->pos[i][k] = (float)(unit(c) * 100);
  r->id[i] = (uint32_t)i + 1;
  r->fleet[i] = (uint8_t)pick(c, FLEETS);
  r->charge[i] = (float)unit(c);
  r->heading[i] = (float)(unit(c) * 6.28);
  r->held[i] = (int16_t)(pick(c, TYPES + 1) - 1);
  r->from[i] = (int16_t)(pick(c, c->picture.stations.n + 1) - 1);
  r->to[i] = (int16_t)(pick(c, c->picture.stations.n + 1) - 1);
  r->waits[i] = -1;
  r->kept[i][0] = r->kept[i][1] = -1;
  r->step[i] = pick(c, 3) == 0 ? (int32_t)pick(c, 1 << 20) : -1;
}

static void part_place(struct crowd *c, int i) {
  struct picture_parts *p = &c->picture.parts;
  p->id[i] = c->next_part++;
  p->type[i] = (uint8_t)pick(c, TYPES);
  p->pos[i][0] = (float)(unit(c) * 100);
  p->pos[i][1] = (float)(unit(c) * 100);
}

void crowd_make(struct crowd *c, int robots, int stations, int parts, uint64_t seed) {
  *c = (struct crowd){ .dice = seed, .next_part = 1, .parts_max = parts };
  struct picture_robots *r = &c->picture.robots;
  r->n = robots;
  r->id = column(robots, sizeof *r->id);
  r->fleet = column(robots, 1);
  r->cause = column(robots, 1);
  r->pose = column(robots, 1);
  r->pos = column(robots, sizeof *r->pos);
  r->heading = column(robots, sizeof *r->heading);
  r->speed = column(robots, sizeof *r->speed);
  r->phase = column(robots, sizeof *r->phase);
  r->charge = column(robots, sizeof *r->charge);
  r->held = column(robots, sizeof *r->held);
  r->from = column(robots, sizeof *r->from);
  r->to = column(robots, sizeof *r->to);
  r->hand = column(robots, sizeof *r->hand);
  r->step = column(robots, sizeof *r->step);
  r->waits = column(robots, sizeof *r->waits);
  r->kept = column(robots, sizeof *r->kept);
  r->legs = column(robots, 1);
  r->way = column(robots, sizeof *r->way);
  struct picture_stations *s = &c->picture.stations;
  s->n = stations;
  s->cause = column(stations, 1);
  s->count = column(stations, sizeof *s->count);
  s->progress = column(stations, sizeof *s->progress);
  s->made = column(stations, sizeof *s->made);
  struct picture_parts *p = &c->picture.parts;
  p->id = column(parts, sizeof *p->id);
  p->type = column(parts, 1);
  p->pos = column(parts, sizeof *p->pos);
  for (int i = 0; i < robots; i++) robot_place(c, i);
  for (p->n = 0; p->n < parts; p->n++) part_place(c, p->n);
  p->total = parts;
  int names = stations > TYPES ? stations : TYPES;
  c->names = column(names, sizeof *c->names);
  for (int i = 0; i < names; i++) c->names[i] = "name";
  crowd_step(c, 0);
}

void crowd_finish(struct crowd *c) {
  struct picture_robots *r = &c->picture.robots;
  void *all[] = { r->id, r->fleet, r->cause, r->pose, r->pos, r->heading, r->speed, r->phase, r->charge, r->held, r->from, r->to, r->hand, r->step, r->waits, r->kept, r->legs, r->way,
                  c->picture.stations.cause, c->picture.stations.count, c->picture.stations.progress, c->picture.stations.made,
                  c->picture.parts.id, c->picture.parts.type, c->picture.parts.pos, (void *)c->names };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
}

static void pass_point(struct picture_robots *r, int i) {
  r->legs[i]--;
  for (int k = 0; k < r->legs[i]; k++)
    for (int a = 0; a < 2; a++) r->way[i][k][a] = r->way[i][k + 1][a];
}

// Another way, or none; now and then it waits for somebody, or has a part of its way for itself.
static void walk_on(struct crowd *c, int i) {
  struct picture_robots *r = &c->picture.robots;
  r->legs[i] = (uint8_t)pick(c, pick(c, 10) ? 6 : WAY_POINTS_MAX + 1);
  for (int k = 0; k < r->legs[i]; k++)
    for (int a = 0; a < 2; a++) r->way[i][k][a] = (float)(unit(c) * 100);
  r->waits[i] = pick(c, 3) ? -1 : pick(c, r->n) + 1;
  bool keeps = pick(c, 3) == 0;
  r->kept[i][0] = keeps ? (float)(unit(c) * 60) : -1;
  r->kept[i][1] = keeps ? (float)(unit(c) * 5) : -1;
}

void crowd_step(struct crowd *c, double dt) {
  struct picture_robots *r = &c->picture.robots;
  c->picture.now += (int64_t)(dt * 1e9);
  for (int i = 0; i < r->n; i++) {
    bool walks = i % 10 != 0;
    if (unit(c) < 0.05 * dt) walk_on(c, i);
    else if (unit(c) < 0.15 * dt && r->legs[i] > 1) pass_point(r, i);
    if (unit(c) < 0.2 * dt) r->heading[i] = (float)(unit(c) * 6.28);
    r->speed[i] = walks ? 1.4f : 0;
    r->pose[i] = walks ? 1 : 3;
    r->cause[i] = walks ? 1 : 0;
    r->phase[i] = (float)fmod((double)r->phase[i] + dt / 1.1, 1.0);
    r->pos[i][0] += (float)(cos((double)r->heading[i]) * (double)r->speed[i] * dt);
    r->pos[i][1] += (float)(sin((double)r->heading[i]) * (double)r->speed[i] * dt);
    r->charge[i] = fmaxf(0, r->charge[i] - (float)(dt / 8000));
    for (int h = 0; h < 2; h++) {
      double reach = walks ? 0.2 : 0.3 + 0.3 * unit(c), side = (double)r->heading[i] + (h ? -0.8 : 0.8);
      r->hand[i][h][0] = r->pos[i][0] + (float)(reach * cos(side));
      r->hand[i][h][1] = r->pos[i][1] + (float)(reach * sin(side));
    }
  }
  struct picture_stations *s = &c->picture.stations;
  for (int i = 0; i < s->n; i++) {
    s->progress[i] += (float)(dt / 10);
    if (s->progress[i] > 1) s->progress[i] = 0, s->made[i]++;
    if (unit(c) < dt) s->cause[i] = (uint8_t)pick(c, FRAME_STATION_CAUSES), s->count[i] = (uint16_t)pick(c, 50);
  }
  struct picture_parts *p = &c->picture.parts;
  for (int i = 0; i < p->n; i++) {
    if (i % 2) p->pos[i][0] += (float)(0.3 * dt);               // half of them ride
    if (unit(c) < 0.05 * dt) part_place(c, i);                  // gone, and a new one in its row
  }
  if (p->n > 0 && unit(c) < 0.3) p->n--;
  if (p->n < c->parts_max && unit(c) < 0.3) part_place(c, p->n++);
  p->total = p->n;
}

struct frame_hello crowd_hello(struct crowd *c) {
  return (struct frame_hello){ .layout = "takt: 1\nname: crowd\n", .layout_size = 19, .plan = "{}", .plan_size = 2, .name = "crowd", .fidelity = "event",
                               .version = "0", .seed = 7, .part_count = TYPES, .station_count = c->picture.stations.n, .fleet_count = FLEETS,
                               .parts = c->names, .stations = c->names, .fleets = c->names };
}

static double turn_apart(double a, double b, double period) {
  double d = fmod(a - b, period);
  if (d > period / 2) d -= period;
  if (d < -period / 2) d += period;
  return fabs(d);
}

static void check_way(const struct picture_robots *w, const struct picture_robots *g, int i) {
  CHECK(g->waits[i], ==, w->waits[i]);
  for (int k = 0; k < 2; k++) CHECK_NEAR((double)g->kept[i][k], (double)w->kept[i][k], 0.0101);
  CHECK(g->legs[i], ==, w->legs[i]);
  for (int k = 0; k < w->legs[i]; k++)
    for (int a = 0; a < 2; a++) CHECK_NEAR((double)g->way[i][k][a], (double)w->way[i][k][a], k + 1 < w->legs[i] ? 0.0056 : 0.00052);
}

static void check_robot(const struct picture_robots *w, const struct picture_robots *g, int i, bool delta) {
  check_way(w, g, i);
  CHECK(g->id[i], ==, w->id[i]);
  CHECK(g->fleet[i], ==, w->fleet[i]);
  CHECK(g->cause[i], ==, w->cause[i]);
  CHECK(g->pose[i], ==, w->pose[i]);
  CHECK(g->held[i], ==, w->held[i]);
  CHECK(g->from[i], ==, w->from[i]);
  CHECK(g->to[i], ==, w->to[i]);
  CHECK(g->step[i], ==, w->step[i]);
  CHECK_NEAR(turn_apart((double)g->heading[i], (double)w->heading[i], 6.28318530717958648), 0, 5e-5);
  CHECK_NEAR(turn_apart((double)g->phase[i], (double)w->phase[i], 1), 0, 0.002);
  CHECK_NEAR((double)g->speed[i], (double)w->speed[i], delta ? 0.0205 : 0.00051);
  CHECK_NEAR((double)g->charge[i], (double)w->charge[i], delta ? 0.00201 : 8e-6);
  for (int k = 0; k < 2; k++) {
    CHECK_NEAR((double)g->pos[i][k], (double)w->pos[i][k], 0.00052);
    for (int h = 0; h < 2; h++) CHECK_NEAR((double)g->hand[i][h][k], (double)w->hand[i][h][k], 0.0056);
  }
}

void crowd_check(const struct picture *want, const struct picture *got, bool delta) {
  assert_non_null(got);
  CHECK(got->now, ==, want->now);
  CHECK(got->robots.n, ==, want->robots.n);
  for (int i = 0; i < want->robots.n; i++) check_robot(&want->robots, &got->robots, i, delta);
  CHECK(got->stations.n, ==, want->stations.n);
  for (int i = 0; i < want->stations.n; i++) {
    CHECK(got->stations.cause[i], ==, want->stations.cause[i]);
    CHECK(got->stations.count[i], ==, want->stations.count[i]);
    CHECK(got->stations.made[i], ==, want->stations.made[i]);
    CHECK_NEAR((double)got->stations.progress[i], (double)want->stations.progress[i], 8e-6);
  }

  // the parts of a delta may have another order: look for each by its id
  CHECK(got->parts.n, ==, want->parts.n);
  CHECK(got->parts.total, ==, want->parts.total);
  for (int i = 0; i < want->parts.n; i++) {
    int j = 0;
    while (j < got->parts.n && got->parts.id[j] != want->parts.id[i]) j++;
    if (j == got->parts.n) fail_msg("part %u is not in the picture", want->parts.id[i]);
    CHECK(got->parts.type[j], ==, want->parts.type[i]);
    for (int k = 0; k < 2; k++) CHECK_NEAR((double)got->parts.pos[j][k], (double)want->parts.pos[i][k], 0.00052);
  }
}
