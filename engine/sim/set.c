#include "engine/sim/set.h"

#include "engine/sim/belt.h"
#include "engine/sim/moves.h"
#include "engine/sim/place.h"
#include "engine/sim/server.h"

static struct set_need *needs_of(const struct twin *t, int32_t i) {
  const struct server *v = &t->server[i];
  const struct station_row *r = &t->station[v->station];
  return &t->set[r->set + (i - r->first_server) * r->need_count];
}

static int need_of(const struct station_row *r, int type) {
  for (int k = 0; k < r->need_count; k++)
    if (r->needs[k].part == type) return k;
  return NONE;
}

// The row's needs hold a base too (one of it), so all parts are counted alike.
static bool base_there(const struct twin *t, int32_t i) {
  int32_t s = t->server[i].station;
  int base = t->layout->stations[s].base;
  return base == NONE || needs_of(t, i)[need_of(&t->station[s], base)].have > 0;
}

static bool complete(const struct twin *t, int32_t i) {
  const struct station_row *r = &t->station[t->server[i].station];
  const struct set_need *n = needs_of(t, i);
  for (int k = 0; k < r->need_count; k++)
    if (n[k].have < r->needs[k].count) return false;
  return true;
}

// The first server that can still use one of that type; with coming: one that waits for a reserved one.
static int32_t taker(const struct twin *t, int32_t s, int type, bool coming) {
  const struct station *plan = &t->layout->stations[s];
  const struct station_row *r = &t->station[s];
  int k = need_of(r, type);
  if (k == NONE) return NONE;
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    if (t->server[i].phase != PHASE_IDLE) continue;
    const struct set_need *n = &needs_of(t, i)[k];
    if (coming) {
      if (n->coming > 0) return i;
    } else if (n->have + n->coming < r->needs[k].count && (type == plan->base || base_there(t, i))) {
      return i;
    }
  }
  return NONE;
}

bool set_room(const struct twin *t, int32_t s, int type) { return taker(t, s, type, false) != NONE; }

void set_reserve(struct twin *t, int32_t s, int type, int change) {
  int k = need_of(&t->station[s], type);
  if (k == NONE) return;
  int32_t i = taker(t, s, type, change < 0);
  if (i != NONE) needs_of(t, i)[k].coming += change;
}

static void join_set(struct twin *t, uint32_t p, int32_t i) {
  struct server *v = &t->server[i];
  struct part *a = &t->part[p];
  const struct station *s = &t->layout->stations[v->station];
  needs_of(t, i)[need_of(&t->station[v->station], a->type)].have++;
  a->server = i;
  // the base leads the list, so that the product is built on it
  if (v->first_part && a->type != s->base) {
    a->mate = t->part[v->first_part].mate;
    t->part[v->first_part].mate = p;
  } else {
    a->mate = v->first_part;
    v->first_part = p;
  }
  v->parts++;
}

void set_enter(struct twin *t, uint32_t p, int32_t s) {
  int32_t i = taker(t, s, t->part[p].type, false);
  assert(i != NONE);
  join_set(t, p, i);
  set_ready(t, i);
  // a base that has come makes room for the others
  if (t->part[p].type == t->layout->stations[s].base) station_dirty(t, s);
}

void set_ready(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (v->phase == PHASE_IDLE && !v->down && !t->station[v->station].off && v->parts > 0 && complete(t, i)) server_begin(t, i);
}

void set_emptied(struct twin *t, int32_t i) {
  struct set_need *n = needs_of(t, i);
  for (int k = 0; k < t->station[t->server[i].station].need_count; k++) n[k].have = 0;
  t->server[i].parts = 0;
}

// Parts of that type that wait for this station, enough for a set.
static bool enough(const struct twin *t, int32_t s, int type, int wanted) {
  const struct station_row *r = &t->station[s];
  uint32_t there = 0;
  for (uint32_t k = 0; k < r->actives; k++) {
    const struct way *y = &t->way[t->edge[r->active[k]].way];
    if (y->type != type) continue;
    const struct station_row *from = &t->station[y->station];
    // a belt gives only the part at its end, a source nothing while it is off
    if (from->kind == STATION_CONVEYOR) there += belt_offers(t, y->station, y->head);
    else if (from->kind != STATION_SOURCE || !from->off) there += y->count;
  }
  return there >= (uint32_t)wanted;
}

bool set_lacks(const struct twin *t, int32_t s, int type) {
  const struct station_row *r = &t->station[s];
  int k = need_of(r, type);
  if (k == NONE || r->idle_servers == 0) return false;
  if (!t->layout->stations[s].early) return !enough(t, s, type, r->needs[k].count);
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++)
    if (t->server[i].phase == PHASE_IDLE && needs_of(t, i)[k].have < r->needs[k].count) return true;
  return false;
}

// A server whose set has not begun: nothing is there, nothing is on its way.
static bool untouched(const struct twin *t, int32_t i) {
  const struct set_need *n = needs_of(t, i);
  for (int k = 0; k < t->station[t->server[i].station].need_count; k++)
    if (n[k].have > 0 || n[k].coming > 0) return false;
  return t->server[i].phase == PHASE_IDLE;
}

// A whole set may enter under the flow limits that begin here.
static bool limits_take(const struct twin *t, const struct station_row *r) {
  int total = 0;
  for (int k = 0; k < r->need_count; k++) total += r->needs[k].count;
  for (uint32_t wanted = r->limit_from; wanted; wanted &= wanted - 1) {
    int k = __builtin_ctz(wanted);
    if (t->limit_count[k] + total > t->layout->limits[k].wip) return false;
  }
  return true;
}

void set_pull(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    if (!untouched(t, i)) continue;
    if (!limits_take(t, r)) return;
    for (int k = 0; k < r->need_count; k++)
      if (!enough(t, s, r->needs[k].part, r->needs[k].count)) return;
    for (int k = 0; k < r->need_count; k++)
      for (int c = 0; c < r->needs[k].count; c++) {
        uint32_t p, e = moves_best(t, s, r->needs[k].part, &p);
        if (e == UINT32_MAX) return;
        t->instant++;
        moves_transfer(t, e, p);
      }
  }
}
