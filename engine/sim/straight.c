#include "engine/sim/straight.h"

#include "engine/sim/ahead.h"
#include "engine/sim/place.h"
#include "engine/sim/server.h"

// The first part of the store goes to the machine at station s, where the part before it has just left.
static uint32_t take_next(struct twin *t, int32_t s) {
  const struct station_row *r = &t->station[s];
  int32_t store = t->way[r->feed].station;
  struct station_row *from = &t->station[store];
  uint32_t p = way_take_first(t, r->feed);
  struct part *a = &t->part[p];
  struct station_sums *sum = sums_of(t, store);
  station_out(from, a->entered, t->now);
  sum->left++;
  sum->made++;
  store_book(t, from);
  station_dirty(t, store);
  a->entered = t->now;
  a->station = s;
  a->state = PART_INSIDE;
  return p;
}

// Nothing came: the machine starves.
static void run_empty(struct twin *t, struct server *v) {
  struct station_row *r = &t->station[v->station];
  v->phase = PHASE_IDLE;
  v->first_part = v->parts = 0;
  r->idle_servers++;
  server_book(t, v, STATION_STARVED);
}

bool straight_end(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  struct station_row *r = &t->station[v->station];
  if (r->feed == NONE || !t->quiet || t->instant + 2 > INSTANT_MAX) return false;
  const struct station_row *to = &t->station[r->next];
  if (to->actives > 0 || (to->kind != STATION_SINK && to->count + to->incoming >= to->capacity)) return false;
  assert(r->waiting == 0);
  assert(v->parts == 1);
  uint32_t p = v->first_part;
  struct station_sums *sum = sums_of(t, v->station);
  sum->made++;
  sum->left++;
  if (t->ahead) ahead_ended(t, i);
  station_out(r, t->part[p].entered, t->now);
  if (t->way[r->feed].count > 0) {
    station_in(r, t->now);
    server_begin_plain(t, i, take_next(t, v->station));
    t->instant++;
  } else {
    run_empty(t, v);
  }
  place_enter(t, p, r->next);
  t->instant++;
  return true;
}
