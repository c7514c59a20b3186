#include "engine/sim/admit.h"

#include <string.h>

#include "engine/sim/motion.h"

#define SERVE 10.0                  // s    that one takes a spot for a pick or a place, turning included; a guess
#define SPEED 1.2                   // m/s  of those who come; a guess
#define AHEAD 2                     //      times as many may be bound for a target where nobody stands in the way; a guess, the parcel hall makes a quarter less without it

enum status admit_create(struct twin *t, struct error *e) {
  struct admit *d = ARENA_NEW(&t->arena, struct admit, 1);
  if (d) {
    d->bound = ARENA_NEW(&t->arena, int32_t, t->places + 1);
    d->spots = ARENA_NEW(&t->arena, int32_t, t->places + 1);
  }
  if (!d || !d->bound || !d->spots) return error_at(e, STATUS_MEMORY, t->layout->file, 0, 0, "no memory for places");
  for (int32_t p = 0; p < t->places; p++) d->spots[p] = 1;
  t->admit = d;
  return STATUS_OK;
}

// Where only who carries takes a place, and where a crew has spots of its own, others take nothing from carriers.
static bool takes_place(const struct twin *t, const struct job *a, int32_t p) {
  if (a->kind == JOB_CARRY) return true;
  return t->motion && !((a->kind == JOB_OPERATE || a->kind == JOB_RELIEF) && motion_crew(t, p));
}

static void bind(struct twin *t, int32_t i, int32_t by) {
  int32_t *bound = t->admit->bound;
  const struct robot *b = &t->robot[i];
  if (!b->job || b->act == ACT_GONE) return;
  const struct job *a = &t->job[b->job];
  bool fetches = b->act == ACT_FETCH || b->act == ACT_WAIT_PART || b->act == ACT_WAIT_PARTNER || b->act == ACT_PICK;
  int32_t from = a->from != NONE && (fetches || a->kind != JOB_CARRY) ? t->stand[a->from] : NONE, to = a->to != NONE ? t->stand[a->to] : NONE;
  if (from != NONE && takes_place(t, a, from)) bound[from] += by;
  if (to != NONE && takes_place(t, a, to)) bound[to] += by;
}

static void count_bound(struct twin *t) {
  memset(t->admit->bound, 0, sizeof *t->admit->bound * (size_t)t->places);
  for (int32_t i = 0; i < t->robots; i++) bind(t, i, 1);
}

// Some idle robot has a way to p now.
static bool comes(const struct twin *t, int32_t p) {
  for (int32_t k = 0; k < t->idles; k++) {
    int32_t r = t->fleet[t->idle_fleet[k]].routes;
    if (r != NONE && (t->idle_place[k] == p || t->idle_place[k] == NONE || routes_length(t->routes[r], t->idle_place[k], p) >= 0)) return true;
  }
  return false;
}

// Both places can serve one more by the time it would come.
static bool room(const struct twin *t, const struct job *a, double time) {
  const struct admit *d = t->admit;
  int32_t rounds = (int32_t)((time > 0 ? time : 0) / SERVE + 1);
  for (int end = 0; end < 2; end++) {
    int32_t s = end ? a->to : a->from, p = t->stand[s];
    if (t->station[s].kind == STATION_CONVEYOR) continue;       // picked from, or set down on, anywhere along it
    // whoever is bound for the target fetches first; at motion those who are early would stand in the way there
    int32_t turns = end && t->bays ? AHEAD * rounds : rounds;
    if (d->bound[p] >= d->spots[p] * turns) return false;
  }
  return true;
}

static bool has_places(const struct twin *t, const struct job *a) { return a->kind == JOB_CARRY && t->stand[a->from] != NONE && t->stand[a->to] != NONE; }

bool admit_job(struct twin *t, uint32_t j, bool fresh) {
  struct admit *d = t->admit;
  const struct job *a = &t->job[j];
  if (fresh) count_bound(t);
  if (!has_places(t, a)) return true;
  double time = routes_time(t->routes[0], t->stand[a->from], t->stand[a->to], SPEED);
  // what nobody can get to now keeps nobody from the same places
  if (time < 0 || !comes(t, t->stand[a->from])) return true;
  if (!room(t, a, time)) return false;
  d->bound[t->stand[a->from]]++;
  d->bound[t->stand[a->to]]++;
  return true;
}

bool admit_room(struct twin *t, uint32_t j, int32_t i) {
  const struct job *a = &t->job[j];
  count_bound(t);
  bind(t, i, -1);
  return !has_places(t, a) || room(t, a, routes_time(t->routes[0], t->stand[a->from], t->stand[a->to], SPEED));
}
