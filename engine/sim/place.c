#include "engine/sim/place.h"

#include "engine/sim/ahead.h"
#include "engine/sim/belt.h"
#include "engine/sim/order.h"
#include "engine/sim/seeing.h"
#include "engine/sim/server.h"
#include "engine/sim/set.h"
#include "engine/sim/source.h"

uint32_t part_new(struct twin *t, int type, int32_t s) {
  uint32_t p = t->part_free;
  if (p) {
    t->part_free = t->part[p].next;
  } else if (t->part_top + 1 < PARTS_MAX) {
    p = ++t->part_top;
  } else {
    twin_fault(t, "more than %u parts are in the line: %s alone holds %d", PARTS_MAX - 1, t->layout->stations[s].name, t->station[s].count);
    return 0;
  }
  struct part *a = &t->part[p];
  *a = (struct part){.gen = (uint16_t)(a->gen + 1), .station = s, .way = NONE, .type = (uint16_t)type, .becomes = (uint16_t)type, .is = (uint16_t)type,
                     .state = PART_INSIDE, .entered = t->now, .since = t->now, .born = -1,
                     .mass = (float)t->layout->parts[type].mass};
  t->parts_live++;
  return p;
}

static void part_free(struct twin *t, uint32_t p) {
  assert(t->part[p].state != PART_FREE);
  t->part[p].state = PART_FREE;
  t->part[p].next = t->part_free;
  t->part_free = p;
  t->parts_live--;
}

// ---- ways -------------------------------------------------------------------------------------------

static void edge_activate(struct twin *t, uint32_t e) {
  struct station_row *to = &t->station[t->edge[e].to];
  to->active[to->actives] = e;
  t->edge[e].active_at = ++to->actives;
}

static void edge_deactivate(struct twin *t, uint32_t e) {
  struct station_row *to = &t->station[t->edge[e].to];
  uint32_t at = t->edge[e].active_at;
  assert(at > 0);
  uint32_t last = to->active[--to->actives];
  to->active[at - 1] = last;
  t->edge[last].active_at = at;
  t->edge[e].active_at = 0;
}

// Behind the last one.
static inline void way_append(struct twin *t, struct way *y, uint32_t p) {
  struct part *a = &t->part[p];
  a->next = 0;
  a->prev = y->tail;
  t->part[y->tail].next = p;
  y->tail = p;
  y->count++;
}

// Behind those that the plan does not put after it.
static void way_insert(struct twin *t, struct way *y, uint32_t p) {
  struct part *a = &t->part[p];
  uint32_t before = y->tail;
  while (before && t->part[before].rank > a->rank) before = t->part[before].prev;
  a->prev = before;
  a->next = before ? t->part[before].next : y->head;
  if (before) t->part[before].next = p; else y->head = p;
  if (a->next) t->part[a->next].prev = p; else y->tail = p;
  y->count++;
}

void ways_rank(struct twin *t) {
  for (int32_t w = 0; w < t->ways; w++) {
    struct way *y = &t->way[w];
    if (y->count < 2 || t->station[y->station].lifo) continue;
    uint32_t p = y->head;
    y->head = y->tail = 0;
    y->count = 0;
    for (uint32_t next; p; p = next) {
      next = t->part[p].next;
      t->part[p].rank = ahead_rank(t, p, t->edge[y->first_edge].to);
      way_insert(t, y, p);
    }
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) station_dirty(t, t->edge[e].to);
  }
}

void way_push(struct twin *t, int32_t w, uint32_t p) {
  struct way *y = &t->way[w];
  struct part *a = &t->part[p];
  bool first = y->count == 0;
  a->way = w;
  a->since = t->now;
  if (t->ahead) a->rank = ahead_rank(t, p, t->edge[y->first_edge].to);
  if (t->ahead && !first && !t->station[y->station].lifo) {
    way_insert(t, y, p);
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) station_dirty(t, t->edge[e].to);
    return;
  }
  if (!first && !t->station[y->station].lifo) {
    way_append(t, y, p);
  } else {
    a->prev = 0;
    a->next = y->head;
    if (first) y->tail = p; else t->part[y->head].prev = p;
    y->head = p;
    y->count++;
  }
  // a way of one kind leads to a set, which counts everything that waits
  if (!first && y->queue) return;
  for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) {
    if (first) edge_activate(t, e);
    station_dirty(t, t->edge[e].to);
  }
}

void way_remove(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  assert(a->way != NONE);
  struct way *y = &t->way[a->way];
  assert(y->count > 0);
  if (a->prev) t->part[a->prev].next = a->next; else y->head = a->next;
  if (a->next) t->part[a->next].prev = a->prev; else y->tail = a->prev;
  a->next = a->prev = 0;
  y->count--;
  if (y->count == 0) {
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) edge_deactivate(t, e);
  } else if (y->edges > 1) {
    // the next part has choices of its own
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) station_dirty(t, t->edge[e].to);
  }
}

uint32_t way_take_first(struct twin *t, int32_t w) {
  struct way *y = &t->way[w];
  uint32_t p = y->head, next = t->part[p].next;
  assert(y->count > 0);
  y->head = next;
  if (next) t->part[next].prev = 0; else y->tail = 0;
  t->part[p].next = 0;
  if (--y->count == 0) edge_deactivate(t, y->first_edge);
  return p;
}

static const struct choice *choice_of(const struct twin *t, int32_t s, const struct part *a, int type, bool failed) {
  const struct station_row *r = &t->station[s];
  int row = r->choice_by_type ? type : 0;
  if (r->levels > 1) row = row * r->levels + (a->order ? t->layout->orders[a->order - 1].level : 0);
  return &t->choice[r->choice + 2 * row + failed];
}

bool way_there(const struct twin *t, int32_t s, const struct part *a, int type) {
  const struct choice *c = choice_of(t, s, a, type, false);
  return c->shares > 0 || c->way != NONE;
}

int32_t way_choose(struct twin *t, int32_t s, const struct part *a, int type, bool failed) {
  struct station_row *r = &t->station[s];
  const struct choice *c = choice_of(t, s, a, type, failed);
  if (c->shares == 0) return c->way;
  double u = stream_unit(&r->route);
  const struct share *h = &t->share[c->first_share];
  int k = 0;
  while (k + 1 < c->shares && u >= h[k].up_to) k++;
  return h[k].way;
}

// The usual case: one place feeds one place, which has room and for which nobody waits. Then the move can be made at
// once, unless another event of this instant may still bring a more urgent part.
static bool pass_on(struct twin *t, uint32_t p, int32_t w) {
  const struct way *y = &t->way[w];
  const struct edge *e = &t->edge[y->first_edge];
  if (!e->plain || y->count > 0 || t->depth >= DEPTH_MAX) return false;
  const struct station_row *r = &t->station[e->to];
  if (r->actives > 0 || (r->kind != STATION_SINK && r->count + r->incoming >= r->capacity)) return false;
  if (!t->settling && !t->quiet) return false;
  if (++t->instant > INSTANT_MAX) return false;
  t->depth++;
  place_leave(t, p);
  place_enter(t, p, e->to);
  t->depth--;
  return true;
}

void part_ready(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  a->state = PART_READY;
  a->since = t->now;
  if (t->station[a->station].mixed != NONE) seeing_look(t, p);
  int32_t w = t->station[a->station].only_way;
  if (w == NONE) w = way_choose(t, a->station, a, a->type, a->failed);
  a->way = w;
  if (w == NONE) return;
  if (t->way[w].count > 0 && t->way[w].queue && !t->ahead) way_append(t, &t->way[w], p);
  else if (!pass_on(t, p, w)) way_push(t, w, p);
}

// ---- limits of work in process --------------------------------------------------------------------------

bool limits_allow(const struct twin *t, uint32_t p, int32_t s) {
  uint32_t wanted = t->station[s].limit_from & ~t->part[p].limits;
  for (; wanted; wanted &= wanted - 1) {
    int k = __builtin_ctz(wanted);
    if (t->limit_count[k] >= t->layout->limits[k].wip) return false;
  }
  return true;
}

void limits_enter(struct twin *t, uint32_t p, int32_t s) {
  uint32_t wanted = t->station[s].limit_from & ~t->part[p].limits;
  t->part[p].limits |= wanted;
  for (; wanted; wanted &= wanted - 1) t->limit_count[__builtin_ctz(wanted)]++;
}

void limits_leave(struct twin *t, uint32_t *mask, uint32_t which) {
  uint32_t gone = *mask & which;
  *mask &= ~gone;
  for (; gone; gone &= gone - 1) {
    int k = __builtin_ctz(gone);
    assert(t->limit_count[k] > 0);
    t->limit_count[k]--;
    const struct station_group *g = &t->layout->groups[t->layout->limits[k].from];
    for (int s = g->first; s < g->first + g->count; s++) station_dirty(t, s);
  }
}

// ---- room, entering, leaving ------------------------------------------------------------------------------

bool place_room(const struct twin *t, int32_t s, int type, bool by_robots) {
  const struct station_row *r = &t->station[s];
  switch (r->kind) {
    case STATION_SINK:     return true;
    case STATION_CONVEYOR: return belt_room(t, s, by_robots);
    case STATION_ASSEMBLY: return t->layout->stations[s].early && set_room(t, s, type);
    default:               return r->count + r->incoming < r->capacity;
  }
}

void place_reserve(struct twin *t, int32_t s, int type, bool by_robots) {
  t->station[s].incoming++;
  if (t->station[s].kind == STATION_CONVEYOR && !by_robots) t->belt[t->station[s].belt].kept++;
  if (t->station[s].kind == STATION_ASSEMBLY) set_reserve(t, s, type, 1);
}

void place_unreserve(struct twin *t, int32_t s, int type, bool by_robots) {
  assert(t->station[s].incoming > 0);
  t->station[s].incoming--;
  if (t->station[s].kind == STATION_CONVEYOR && !by_robots) t->belt[t->station[s].belt].kept--;
  if (t->station[s].kind == STATION_ASSEMBLY) set_reserve(t, s, type, -1);
  station_dirty(t, s);
}

static void sink_enter(struct twin *t, uint32_t p, int32_t s) {
  struct part *a = &t->part[p];
  struct line_sums *line = &t->sums.line;
  struct station_sums *sum = sums_of(t, s);
  sum->made++;
  sum->left++;
  if (t->layout->stations[s].scrapped) line->scrapped++; else line->made++, line->spoiled += a->wrong > 0;
  double age = ns_to_seconds(t->now - a->born);
  line->lead += age;
  line->lead_count++;
  line->last_sink = t->now;
  if (t->leads < t->leads_max) t->lead[t->leads++] = (float)age;
  if (a->limits) limits_leave(t, &a->limits, a->limits);
  part_retire(t, p);
}

void place_enter(struct twin *t, uint32_t p, int32_t s) {
  struct station_row *r = &t->station[s];
  struct part *a = &t->part[p];
  a->entered = t->now;
  a->station = s;
  a->state = PART_INSIDE;
  if (r->kind == STATION_SINK) {
    sink_enter(t, p, s);
    return;
  }
  station_in(r, t->now);
  switch (r->kind) {
    case STATION_BUFFER: case STATION_RACK: case STATION_BIN:
      store_book(t, r);
      part_ready(t, p);
      break;
    case STATION_CONVEYOR: belt_enter(t, p, s); break;
    case STATION_ASSEMBLY: set_enter(t, p, s); break;
    default:               servers_enter(t, p, s); break;
  }
}

void place_leave(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  int32_t s = a->station;
  struct station_row *r = &t->station[s];
  struct station_sums *sum = sums_of(t, s);
  station_out(r, a->entered, t->now);
  assert(r->count >= 0);
  sum->left++;
  if (a->limits & r->limit_to) limits_leave(t, &a->limits, r->limit_to);
  switch (r->kind) {
    case STATION_SOURCE:
      a->born = t->now;
      if (a->state == PART_RESERVED) t->server[r->first_server].reserved--;
      t->created++;
      wip_add(t, 1);
      source_left(t, s);
      break;
    case STATION_BUFFER: case STATION_RACK: case STATION_BIN:
      sum->made++;
      store_book(t, r);
      station_dirty(t, s);
      break;
    case STATION_CONVEYOR:
      sum->made++;
      belt_leave(t, p, s);
      break;
    default:
      server_part_left(t, p);
      if (r->careful || r->count + r->incoming < r->capacity) station_dirty(t, s);
      break;
  }
}

void part_retire(struct twin *t, uint32_t p) {
  wip_add(t, -1);
  t->retired++;
  t->wrong_out += t->part[p].wrong;
  order_leave(t, p);
  part_free(t, p);
}

void part_discard(struct twin *t, uint32_t p) {
  t->wrong_out += t->part[p].wrong;
  part_free(t, p);
}

void part_scrap(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  sums_of(t, a->station)->scrapped++;
  t->sums.line.scrapped++;
  place_leave(t, p);
  if (a->limits) limits_leave(t, &a->limits, a->limits);
  part_retire(t, p);
}
