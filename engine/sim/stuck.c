#include "engine/sim/stuck.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/place.h"
#include "engine/sim/set.h"
#include "engine/sim/watch.h"

#define HOPS_MAX 200                // stations followed in one chain

enum seen { NOT_SEEN, ON_THE_WAY, DONE };

struct hop { int32_t station; char text[160]; };

struct search {
  struct twin *t;
  uint8_t     *seen;                // of each station
  bool        *dead;                // all false: what watch_supplier wants to know
  uint32_t    *limits;              // flow limits that parts in each station are counted in
  uint32_t    *job;                 // a carrying job from each station that nobody has taken, 0: none
  int32_t     *keeper;              // station + 1 whose part has room kept in each station, blocking before service; 0: none
  struct hop   hop[HOPS_MAX];
  int          hops;
  int32_t      again;               // station at which the circle closes, NONE
  int32_t      hungry, lacks;       // first station found that lacks a part, and which
};

static bool follow(struct search *x, int32_t s);

static const char *name_of(const struct search *x, int32_t s) { return x->t->layout->stations[s].name; }

static void say(struct search *x, const char *format, va_list args) {
  vsnprintf(x->hop[x->hops].text, sizeof x->hop[x->hops].text, format, args);
}

// What the station at hand waits for will never be: the chain ends here.
static bool never(struct search *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool never(struct search *x, const char *format, ...) {
  va_list args;
  va_start(args, format);
  say(x, format, args);
  va_end(args);
  x->hops++;
  return true;
}

// The station at hand waits for another one: is that stuck?
static bool other(struct search *x, int32_t to, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool other(struct search *x, int32_t to, const char *format, ...) {
  if (x->seen[to] == DONE || x->hops + 1 >= HOPS_MAX) return false;
  va_list args;
  va_start(args, format);
  say(x, format, args);
  va_end(args);
  x->hops++;
  if (follow(x, to)) return true;
  x->hops--;
  return false;
}

// ---- people and robots ----------------------------------------------------------------------------------

static const char *fleet_name(const struct search *x, uint64_t fleets) {
  return fleets ? x->t->layout->fleets[__builtin_ctzll(fleets)].name : "a fleet that is not there";
}

// Where a robot is held up, NONE: it is not.
static int32_t held_at(const struct twin *t, const struct robot *b) {
  switch (b->act) {
    case ACT_WAIT_SPACE:   return t->job[b->job].to;
    case ACT_WAIT_PART:
    case ACT_WAIT_PARTNER: return t->job[b->job].from;
    case ACT_POST:         return b->station;
    default:               return NONE;
  }
}

// Somebody of these fleets is needed: all of them are held up elsewhere, or nobody will ever come.
static bool needs_somebody(struct search *x, int32_t s, uint64_t fleets, const char *to_do) {
  if (!fleets) return never(x, " waits for somebody who is able %s, and nobody is", to_do);
  const struct twin *t = x->t;
  bool held = false, broken = false;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    if (b->act == ACT_GONE || !(fleets >> b->fleet & 1)) continue;
    int32_t at = held_at(t, b);
    if (b->act == ACT_BROKEN) {
      broken = true;
      continue;
    }
    if (at == NONE) return never(x, " waits for somebody of %.40s %s", fleet_name(x, fleets), to_do);
    if (at == s && b->act == ACT_POST) return never(x, " waits for somebody of %.40s %s; who is there keeps the post", fleet_name(x, fleets), to_do);
    held = true;
    if (other(x, at, " waits for somebody of %.40s %s, who waits at %.60s", fleet_name(x, fleets), to_do, name_of(x, at))) return true;
  }
  if (!held && broken) return never(x, " waits for somebody of %.40s %s, who is broken, and nobody mends", fleet_name(x, fleets), to_do);
  return !held && never(x, " waits for somebody of %.40s %s, and nobody is there", fleet_name(x, fleets), to_do);
}

static uint64_t list_fleets(const struct twin *t, int32_t list) { return list == NONE ? 0 : t->list[list].fleets; }

static bool works_here(const struct station_row *r) { return r->kind >= STATION_MACHINE && r->kind <= STATION_INSPECTION && r->kind != STATION_CONVEYOR; }

static bool servers_stuck(struct search *x, int32_t s) {
  struct twin *t = x->t;
  const struct station_row *r = &t->station[s];
  if (r->kind == STATION_CONVEYOR && t->belt[r->belt].halted & 1) return never(x, " is stopped by order");
  if (!works_here(r)) return false;
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    const struct server *v = &t->server[i];
    bool called = v->phase == PHASE_CALL_SETUP || v->phase == PHASE_CALL_WORK || ((v->phase == PHASE_SETUP || v->phase == PHASE_WORK) && v->crew < v->crew_needed);
    if (v->parts == 0 && r->waiting == 0) continue;
    if (v->down & 2) return never(x, " is stopped by order");
    if (v->down & 4) return needs_somebody(x, s, list_fleets(t, r->mend_list), "to mend it");
    if (called && needs_somebody(x, s, list_fleets(t, r->operate_list), "to work there")) return true;
  }
  return false;
}

// ---- room, limits, sets -------------------------------------------------------------------------------------

// The flow limits that keep the part out of station `to`, and where those wait that fill them.
static bool limit_stuck(struct search *x, uint32_t p, int32_t to) {
  struct twin *t = x->t;
  const struct layout *l = t->layout;
  uint32_t wanted = t->station[to].limit_from & ~t->part[p].limits;
  for (; wanted; wanted &= wanted - 1) {
    int k = __builtin_ctz(wanted);
    if (t->limit_count[k] < l->limits[k].wip) continue;
    for (int32_t s = 0; s < l->station_count; s++)
      if (x->limits[s] >> k & 1 && other(x, s, " may not go on to %.40s: the flow limit of %d is full; %.60s", name_of(x, to), l->limits[k].wip, name_of(x, s))) return true;
  }
  return false;
}

static bool ways_stuck(struct search *x, int32_t s) {
  struct twin *t = x->t;
  const struct station_row *r = &t->station[s];
  for (int32_t w = r->first_way; w < r->first_way + r->ways; w++) {
    const struct way *y = &t->way[w];
    if (y->count == 0) continue;
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) {
      int32_t to = t->edge[e].to;
      if (!limits_allow(t, y->head, to)) {
        if (limit_stuck(x, y->head, to)) return true;
      } else if (other(x, to, " waits for %.60s", name_of(x, to))) {
        return true;
      }
    }
  }
  return false;
}

static bool lacks(struct search *x, int32_t s, int type) {
  int32_t from = watch_supplier(x->t, s, type, x->dead);
  if (from != NONE) return other(x, from, " waits for %.60s", name_of(x, from));
  if (x->hungry == NONE) {
    x->hungry = s;
    x->lacks = type;
  }
  return false;
}

// A set or a batch that is not complete.
static bool set_stuck(struct search *x, int32_t s) {
  const struct twin *t = x->t;
  const struct station_row *r = &t->station[s];
  if (r->kind == STATION_ASSEMBLY) {
    for (int k = 0; k < r->need_count; k++)
      if (set_lacks(t, s, r->needs[k].part) && lacks(x, s, r->needs[k].part)) return true;
    return false;
  }
  return works_here(r) && r->waiting > 0 && r->waiting < r->batch && r->idle_servers > 0 && lacks(x, s, NONE);
}

static bool follow(struct search *x, int32_t s) {
  if (x->seen[s] == ON_THE_WAY) {
    x->again = s;
    return true;
  }
  x->seen[s] = ON_THE_WAY;
  x->hop[x->hops].station = s;
  bool stuck = servers_stuck(x, s) || ways_stuck(x, s) || set_stuck(x, s) ||
               (x->job[s] && needs_somebody(x, s, list_fleets(x->t, x->t->job[x->job[s]].list), "to carry its part"));
  if (!stuck && x->keeper[s]) stuck = other(x, x->keeper[s] - 1, " keeps room for %.60s", name_of(x, x->keeper[s] - 1));
  x->seen[s] = DONE;
  return stuck;
}

// ---- the sentence ---------------------------------------------------------------------------------------------

static void say_chain(struct search *x) {
  struct twin *t = x->t;
  int first = 0;
  while (x->again != NONE && x->hop[first].station != x->again) first++;
  size_t used = (size_t)snprintf(t->why, sizeof t->why, "%s", name_of(x, x->hop[first].station));
  for (int k = first; k < x->hops && used < sizeof t->why - 1; k++) {
    int put = snprintf(t->why + used, sizeof t->why - used, "%s%s", k > first ? ", which" : "", x->hop[k].text);
    used += put > 0 ? (size_t)put : 0;
  }
}

static void look_around(struct search *x) {
  const struct twin *t = x->t;
  for (uint32_t p = 1; p <= t->part_top; p++) {
    const struct part *a = &t->part[p];
    if (a->state == PART_FREE) continue;
    x->limits[a->station] |= a->limits;
    if (a->holding) x->keeper[t->edge[a->edge].to] = a->station + 1;
  }
  for (int32_t k = 0; k < t->lists; k++)
    for (uint32_t j = t->list[k].head; j; j = t->job[j].next)
      if (t->job[j].kind == JOB_CARRY && x->job[t->job[j].from] == 0) x->job[t->job[j].from] = j;
}

static bool search(struct search *x) {
  const struct twin *t = x->t;
  for (int32_t s = 0; s < t->layout->station_count; s++) {
    const struct station_row *r = &t->station[s];
    if (r->count > 0 && r->kind != STATION_SOURCE && x->seen[s] == NOT_SEEN && follow(x, s)) return true;
  }
  return false;
}

bool stuck_find(struct twin *t) {
  size_t n = (size_t)t->layout->station_count + 1;
  struct search *x = calloc(1, sizeof *x);
  uint8_t *seen = calloc(n, sizeof *seen);
  bool *dead = calloc(n, sizeof *dead);
  uint32_t *limits = calloc(n, sizeof *limits), *job = calloc(n, sizeof *job);
  int32_t *keeper = calloc(n, sizeof *keeper);
  bool stuck = false;
  t->why[0] = 0;
  if (x && seen && dead && limits && job && keeper) {
    *x = (struct search){.t = t, .seen = seen, .dead = dead, .limits = limits, .job = job, .keeper = keeper, .again = NONE, .hungry = NONE, .lacks = NONE};
    look_around(x);
    stuck = search(x);
    if (stuck) say_chain(x);
    else if (x->hungry != NONE)
      snprintf(t->why, sizeof t->why, "%.60s lacks %.60s, and no more will come", name_of(x, x->hungry), x->lacks == NONE ? "parts for a batch" : t->layout->parts[x->lacks].name);
  }
  free(x);
  free(seen);
  free(dead);
  free(limits);
  free(job);
  free(keeper);
  return stuck;
}
