#include "engine/sim/admit.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "engine/sim/decide.h"
#include "engine/sim/estimate.h"
#include "engine/sim/job.h"
#include "engine/sim/robot.h"
#include "engine/sim/spot.h"

#define ROOM_MOST 16                // spots of a place that are told apart
#define BEARABLE  0.05              // 1    of the time until it is at its target that one may wait where that is in nobody's way: with none a scarce spot stands free between two who come; a choice

static const struct admit_known NOTHING = {-1, NAN, INFINITY, -INFINITY};

// ---- memory ---------------------------------------------------------------------------------------------

// Places with spots where nobody can stand while somebody stands at p; returns how many.
static int32_t find_near(struct admit *d, const struct spots *s, int32_t p, int32_t *out) {
  int32_t n = 0;
  for (int32_t k = s->first[p]; k < s->first[p + 1]; k++)
    for (uint32_t a = 0; s->spot[k].slot < SPOT_CREW && a < s->spot[k].nears; a++) {
      const struct spot *b = &s->spot[s->near[s->spot[k].first_near + a]];
      if (b->place == p || b->slot >= SPOT_CREW || d->kept[b->place] == p + 1) continue;
      d->kept[b->place] = p + 1;            // seen: the column is not in use yet
      if (out) out[n] = b->place;
      n++;
    }
  return n;
}

// The last steps of who stands in line when a spot gets free, of the slowest fleet that walks.
static double walk_up(const struct twin *t) {
  double most = 0;
  for (int f = 0; f < t->layout->fleet_count; f++) {
    const struct fleet_row *row = &t->fleet[f];
    double s = row->routes != NONE ? spot_walk_up(row, &t->make[row->first_make]) : 0;
    most = s > most ? s : most;
  }
  return most;
}

enum status admit_create(struct twin *t, const struct spots *s, struct error *e) {
  struct arena *a = &t->arena;
  struct admit *d = ARENA_NEW(a, struct admit, 1);
  if (!d) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  d->spots = s;
  d->room = ARENA_NEW(a, int32_t, t->places + 1);
  d->first = ARENA_NEW(a, int32_t, t->places + 1);
  d->late = ARENA_NEW(a, int32_t, t->places + 1);
  d->kept = ARENA_NEW(a, int32_t, t->places + 1);
  d->first_near = ARENA_NEW(a, int32_t, t->places + 2);
  d->walk = ARENA_NEW(a, float, t->layout->station_count + 1);
  d->walks = ARENA_NEW(a, uint8_t, t->layout->station_count + 1);
  d->known = ARENA_NEW(a, struct admit_known, t->places + 1);
  if (!d->room || !d->known || !d->first || !d->late || !d->kept || !d->first_near || !d->walk || !d->walks) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  for (int pass = 0; pass < 2; pass++) {
    memset(d->kept, 0, sizeof *d->kept * (size_t)t->places);
    int32_t n = 0, most = 0;
    for (int32_t p = 0; p < t->places; p++) {
      d->room[p] = spots_single(s, p);
      d->first_near[p] = n;
      int32_t nears = find_near(d, s, p, pass ? d->near + n : NULL);
      n += nears;
      most = nears > most ? nears : most;
    }
    d->first_near[t->places] = n;
    if (pass == 1) continue;
    // two ends of all that are given and all that are shown at once
    d->most = 2 * (t->robots + (t->robots > DECIDE_JOBS ? t->robots : DECIDE_JOBS) + 16) * (1 + most);
    d->coming = arena_alloc(a, sizeof *d->coming * (size_t)d->most, 8);
    if (!d->coming || !(d->near = ARENA_NEW(a, int32_t, n + 1))) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  }
  d->walk_up = t->motion || t->body ? walk_up(t) : 0;
  t->admit = d;
  return STATUS_OK;
}

// ---- who comes ------------------------------------------------------------------------------------------

// Two sorted lists; those of a come first where both are due at once.
static int32_t merge(struct coming *c, int32_t a, int32_t b) {
  int32_t first = NONE, *link = &first;
  while (a != NONE && b != NONE) {
    int32_t *least = c[b].at < c[a].at ? &b : &a;
    *link = *least;
    link = &c[*least].next;
    *least = *link;
  }
  *link = a != NONE ? a : b;
  return first;
}

static void push(struct admit *d, int32_t p, double at, double stay) {
  assert(d->count < d->most);
  int32_t k = d->count++;
  d->coming[k] = (struct coming){at, stay, d->late[p]};
  d->late[p] = k;
  d->known[p] = NOTHING;
}

// Those who came to be expected at p since it was asked last, by `at` and then by who was expected first. Most places are not asked.
static void sort_in(struct admit *d, int32_t p) {
  struct coming *c = d->coming;
  int32_t back = d->late[p], next, run[32], runs = 0;
  if (back == NONE) return;
  d->late[p] = NONE;
  // the last one is the first of the list: merge runs that get longer, each of later ones than those in front of it
  for (int count = 0; back != NONE; back = next, count++) {
    next = c[back].next;
    c[back].next = NONE;
    run[runs++] = back;
    for (int n = count; n & 1; n >>= 1) run[runs - 2] = merge(c, run[runs - 1], run[runs - 2]), runs--;
  }
  while (runs > 1) run[runs - 2] = merge(c, run[runs - 1], run[runs - 2]), runs--;
  d->first[p] = merge(c, d->first[p], run[0]);
}

// Until the next one can stand there.
static double stays(const struct admit *d, int32_t p) { return (double)d->spots->visit[p] + d->walk_up; }

static void expect(struct admit *d, int32_t p, double at) {
  double stay = stays(d, p);
  if (at < -stay) at = -stay;       // it has been there for longer than usual: it goes now
  push(d, p, at, stay);
  for (int32_t k = d->first_near[p]; k < d->first_near[p + 1]; k++) push(d, d->near[k], at, stay);
}

// Somebody is there for one at a time: along a belt too, where walkers have footprints.
static bool asked(const struct twin *t, int32_t station) { return t->motion || t->body || t->station[station].kind != STATION_CONVEYOR; }

static void bind(struct twin *t, int32_t i) {
  struct admit *d = t->admit;
  const struct robot *b = &t->robot[i];
  if (!b->job || b->act == ACT_GONE || b->place == NONE || b->stopped || b->off) return;
  uint32_t j = b->job;
  const struct job *a = &t->job[j];
  double at = ns_to_seconds(b->act_start - t->now);             // that it has been there for
  if (a->kind != JOB_CARRY) {
    // where only who carries takes a place, and where a crew has spots of its own, others take nothing from carriers
    bool crew = (a->kind == JOB_OPERATE || a->kind == JOB_RELIEF) && spots_crew(d->spots, b->place);
    if ((t->motion || t->body) && !crew) d->kept[b->place]++;
    return;
  }
  bool fetches = b->act == ACT_FETCH || b->act == ACT_WAIT_PART || b->act == ACT_WAIT_PARTNER || b->act == ACT_PICK;
  if (b->act == ACT_FETCH || b->act == ACT_CARRY) {
    at += ns_to_seconds(b->act_length);
    if (at < 0) at = 0;     // in line, or held up on its way
  }
  if (!fetches) {
    if (a->to != NONE && asked(t, a->to)) expect(d, b->place, at);
    return;
  }
  if (asked(t, a->from)) expect(d, b->place, at);
  if (a->to != NONE && t->stand[a->to] != NONE && t->station[a->to].kind != STATION_CONVEYOR) expect(d, t->stand[a->to], (b->act == ACT_FETCH && at > 0 ? at : 0) + estimate_reach(t, j));
}

static void count(struct twin *t, int32_t but) {
  struct admit *d = t->admit;
  for (int32_t p = 0; p < t->places; p++) d->first[p] = d->late[p] = NONE, d->kept[p] = 0, d->known[p] = NOTHING;
  d->count = 0;
  for (int32_t i = 0; i < t->robots; i++)
    if (i != but) bind(t, i);
}

// ---- who would wait -------------------------------------------------------------------------------------

// Some idle robot has a way to p now.
static bool comes(const struct twin *t, int32_t p) {
  for (int32_t k = 0; k < t->idles; k++) {
    int32_t r = t->fleet[t->idle_fleet[k]].routes;
    if (r != NONE && (t->idle_place[k] == p || t->idle_place[k] == NONE || routes_length(t->routes[r], t->idle_place[k], p) >= 0)) return true;
  }
  return false;
}

// Seconds that all who come to p wait there, in the order in which they come; no more of them are counted when they are above `most`. more: of one more beside them, NULL.
static double wait_at(const struct admit *d, int32_t p, const struct coming *more, double most) {
  double free[ROOM_MOST], sum = 0;
  int    n = d->room[p] - d->kept[p], first = 0;
  n = n < 1 ? 1 : n > ROOM_MOST ? ROOM_MOST : n;
  for (int k = 0; k < n; k++) free[k] = -1e30;
  for (int32_t c = d->first[p]; (c != NONE || more) && sum <= most; ) {
    const struct coming *x = more && (c == NONE || d->coming[c].at > more->at) ? more : &d->coming[c];
    if (x == more) more = NULL;
    else c = x->next;
    double begins = free[first] > x->at ? free[first] : x->at;
    sum += begins - x->at;
    free[first] = begins + x->stay;
    for (int k = 0; k < n; k++)
      if (free[k] < free[first]) first = k;
  }
  return sum;
}

// Nobody waits for one more who comes at that time, nor does that one, but for as long as is bearable. Many jobs ask the same.
static bool free_at(struct admit *d, int32_t p, double at, double bearable) {
  struct admit_known *k = &d->known[p];
  struct coming x = {at, stays(d, p), NONE};
  if (k->at != at) k->at = at, k->free = INFINITY, k->full = -INFINITY;
  if (bearable >= k->free) return true;
  if (bearable <= k->full) return false;
  sort_in(d, p);
  if (k->waits < 0) k->waits = wait_at(d, p, NULL, INFINITY);
  bool good = wait_at(d, p, &x, k->waits + bearable) <= k->waits + bearable;
  if (good) k->free = bearable;
  else k->full = bearable;
  return good;
}

struct visits { int32_t from, to; double at[2]; };      // places, NONE: none is taken

static struct visits visits_of(struct twin *t, uint32_t j) {
  const struct job *a = &t->job[j];
  struct visits v = {asked(t, a->from) ? robots_job_place(t, j) : NONE, t->station[a->to].kind != STATION_CONVEYOR ? t->stand[a->to] : NONE, {(double)t->admit->walk[a->from], 0}};
  v.at[1] = v.at[0] + estimate_reach(t, j);
  return v;
}

static bool room(const struct twin *t, const struct visits *v) {
  struct admit *d = t->admit;
  double bearable = t->motion || t->body ? 1e-9 : BEARABLE * v->at[1];
  return (v->from == NONE || free_at(d, v->from, v->at[0], bearable)) && (v->to == NONE || free_at(d, v->to, v->at[1], bearable));
}

static bool has_places(const struct twin *t, const struct job *a) { return a->kind == JOB_CARRY && t->stand[a->from] != NONE && t->stand[a->to] != NONE; }

bool admit_job(struct twin *t, uint32_t j, bool fresh) {
  struct admit *d = t->admit;
  const struct job *a = &t->job[j];
  if (fresh) count(t, NONE);
  if (!has_places(t, a)) return true;
  // what nobody can get to now keeps nobody from the same places
  if (routes_length(t->routes[0], t->stand[a->from], t->stand[a->to]) < 0 || !comes(t, t->stand[a->from])) return true;
  struct visits v = visits_of(t, j);
  if (!room(t, &v)) return false;
  if (v.from != NONE) expect(d, v.from, v.at[0]);
  if (v.to != NONE) expect(d, v.to, v.at[1]);
  return true;
}

bool admit_room(struct twin *t, uint32_t j, int32_t i) {
  if (!has_places(t, &t->job[j])) return true;
  count(t, i);
  struct visits v = visits_of(t, j);
  return room(t, &v);
}

void admit_sent(struct twin *t, uint32_t j, double walk) {
  const struct job *a = &t->job[j];
  if (t->admit && a->kind == JOB_CARRY && !a->on_floor) spot_mean(&t->admit->walk[a->from], &t->admit->walks[a->from], (float)walk);
}
