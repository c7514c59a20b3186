#include "engine/sim/moves.h"

#include "engine/sim/belt.h"
#include "engine/sim/job.h"
#include "engine/sim/place.h"
#include "engine/sim/server.h"
#include "engine/sim/set.h"
#include "engine/sim/source.h"
#include "scheduler/lookahead.h"

// Among the edges of a way with room ahead, the one that the station's `choose` names.
static uint32_t choose_edge(const struct twin *t, const struct way *y, uint32_t p) {
  const struct part *a = &t->part[p];
  enum choose_rule rule = t->layout->stations[y->station].choose;
  uint32_t best = UINT32_MAX;
  int32_t  least = INT32_MAX;
  for (uint32_t k = 0; k < y->edges; k++) {
    uint32_t at = rule == CHOOSE_IN_TURN ? (y->turn + k) % y->edges : k;
    const struct edge *e = &t->edge[y->first_edge + at];
    const struct station_row *to = &t->station[e->to];
    if (!place_room(t, e->to, a->becomes, e->by_robots) || !limits_allow(t, p, e->to)) continue;
    if (!e->by_robots && !belt_offers(t, y->station, p)) continue;
    if (rule != CHOOSE_EMPTIEST) return y->first_edge + at;
    if (to->count + to->incoming < least) {
      least = to->count + to->incoming;
      best = y->first_edge + at;
    }
  }
  return best;
}

// Waiting since: what the machine would have to be set up for counts as having come later, where lookahead says what goes next.
static ns_t waits_since(const struct twin *t, int32_t s, const struct part *a) {
  if (t->layout->policy != POLICY_LOOKAHEAD || t->ahead || t->layout->stations[s].setup_when != SETUP_PART_CHANGES) return a->since;
  return a->since + ns_from_seconds(lookahead_setup_wait(server_setup(t, s, a->becomes)));
}

uint32_t moves_best(const struct twin *t, int32_t s, int type, uint32_t *p) {
  const struct station_row *r = &t->station[s];
  uint32_t best = UINT32_MAX, best_part = 0;
  bool sets = r->kind == STATION_ASSEMBLY && !t->layout->stations[s].early;
  for (uint32_t i = 0; i < r->actives; i++) {
    uint32_t k = r->active[i];
    const struct edge *e = &t->edge[k];
    const struct way *y = &t->way[e->way];
    if (type != NONE && y->type != type) continue;
    uint32_t head = y->head;
    const struct part *a = &t->part[head];
    if (best != UINT32_MAX) {
      const struct edge *b = &t->edge[best];
      if (e->priority < b->priority) continue;
      if (e->priority == b->priority) {
        // of one buffer in lifo order the newest goes first, whatever its kind
        bool newest = t->station[y->station].lifo && t->way[b->way].station == y->station;
        ns_t since = newest ? t->part[best_part].since : waits_since(t, s, &t->part[best_part]), own = newest ? a->since : waits_since(t, s, a);
        float plan = t->ahead ? a->rank - t->part[best_part].rank : 0;
        if (plan > 0 || (plan >= 0 && (newest ? own < since : own > since))) continue;
        if (plan >= 0 && own == since && e->order > b->order) continue;
      }
    }
    if (y->higher != NONE && t->way[y->higher].count > 0) continue;   // its own buffer has a more urgent one
    const struct station_row *from = &t->station[y->station];
    if (from->kind == STATION_CONVEYOR && !e->by_robots && !belt_offers(t, y->station, head)) continue;
    if (from->kind == STATION_SOURCE && from->off) continue;
    if (r->careful && !sets && !place_room(t, s, a->becomes, e->by_robots)) continue;
    if (r->limit_from && !limits_allow(t, head, s)) continue;
    if (y->edges > 1 && !sets && choose_edge(t, y, head) != k) continue;
    best = k;
    best_part = head;
  }
  *p = best_part;
  return best;
}

void moves_arrive(struct twin *t, uint32_t p) {
  const struct edge *e = &t->edge[t->part[p].edge];
  place_unreserve(t, e->to, t->part[p].type, false);
  place_enter(t, p, e->to);
}

void moves_transfer(struct twin *t, uint32_t k, uint32_t p) {
  const struct edge *e = &t->edge[k];
  struct way *y = &t->way[e->way];
  struct part *a = &t->part[p];
  if (e->plain && a->state == PART_READY) {
    way_remove(t, p);
    place_leave(t, p);
    place_enter(t, p, e->to);
    return;
  }
  if (y->edges > 1) y->turn = (k - y->first_edge + 1) % y->edges;
  way_remove(t, p);
  uint32_t counted = a->limits;
  if (t->station[e->to].limit_from) limits_enter(t, p, e->to);
  a->limits_ahead = a->limits & ~counted;
  place_reserve(t, e->to, a->becomes, e->by_robots);
  a->edge = k;
  if (a->state == PART_BEFORE) {
    a->holding = true;
    server_space(t, p);
    return;
  }
  moves_depart(t, p);
}

void moves_depart(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  const struct edge *e = &t->edge[a->edge];
  if (e->by_robots) {
    a->state = PART_RESERVED;
    job_carry(t, p, a->edge);
    return;
  }
  const struct flow *f = e->flow == NONE ? NULL : &t->layout->flows[e->flow];
  int32_t from = a->station;
  place_leave(t, p);
  if (f && f->time.given) {
    const struct distribution *d = f->time.by_part[a->type];
    ns_t length = d ? distribution_sample(d, &t->station[from].makes) : 0;
    a->state = PART_TRANSIT;
    timer_set(t, t->timer_part + p, t->now + length, CLASS_END, true);
    return;
  }
  place_unreserve(t, e->to, a->type, false);
  place_enter(t, p, e->to);
}

// Once a place has taken something, parts that also wait elsewhere may choose anew.
static void reconsider(struct twin *t, int32_t s) {
  const struct station_row *r = &t->station[s];
  for (uint32_t i = 0; i < r->actives; i++) {
    const struct way *y = &t->way[t->edge[r->active[i]].way];
    if (y->edges < 2) continue;
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++)
      if (t->edge[e].to != s) station_dirty(t, t->edge[e].to);
  }
}

static void settle_station(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  if (r->careful && r->kind == STATION_ASSEMBLY && !t->layout->stations[s].early) {
    set_pull(t, s);
    return;
  }
  bool took = false;
  // the usual case, one place feeding one place, needs no comparison
  while (r->actives == 1 && !r->careful && r->limit_from == 0 && r->kind != STATION_ASSEMBLY) {
    uint32_t k = r->active[0];
    const struct way *y = &t->way[t->edge[k].way];
    if (!t->edge[k].plain && (y->edges > 1 || y->higher != NONE || t->station[y->station].kind == STATION_CONVEYOR || t->station[y->station].off)) break;
    if (r->kind != STATION_SINK && r->count + r->incoming >= r->capacity) return;
    if (++t->instant > INSTANT_MAX) break;
    moves_transfer(t, k, y->head);
  }
  while (r->actives > 0 && (r->careful || place_room(t, s, NONE, false))) {
    uint32_t p, e = moves_best(t, s, NONE, &p);
    if (e == UINT32_MAX) break;
    moves_transfer(t, e, p);
    took = true;
    if (++t->instant > INSTANT_MAX) {
      const struct way *y = &t->way[t->edge[e].way];
      twin_fault(t, "a million events and moves at one instant, the last ones between %s and %s: a source without a time before a place without a limit, or a circle that takes no time",
                 t->layout->stations[y->station].name, t->layout->stations[s].name);
      return;
    }
  }
  if (took && r->multi) reconsider(t, s);
}

void moves_settle(struct twin *t) {
  t->settling = true;
  while (t->dirty_count > 0 && t->state == TWIN_RUNS) {
    int32_t s = t->dirty[t->dirty_head];
    if (++t->dirty_head == (uint32_t)t->layout->station_count) t->dirty_head = 0;
    t->dirty_count--;
    struct station_row *r = &t->station[s];
    r->dirty = false;
    if (r->actives > 0 && (r->careful || r->count + r->incoming < r->capacity)) settle_station(t, s);
  }
  t->settling = false;
  if (t->losings > 0) sources_lose(t);
}
