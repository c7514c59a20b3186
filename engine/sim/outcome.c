#include "engine/sim/outcome.h"

#include "engine/sim/moves.h"
#include "engine/sim/order.h"
#include "engine/sim/place.h"
#include "engine/sim/seeing.h"
#include "engine/sim/server.h"
#include "engine/sim/work.h"

static int draw_made(struct twin *t, int32_t s, int type) {
  const struct makes *m = &t->layout->stations[s].makes;
  if (m->kind == MAKES_SAME || m->count == 0) return type;
  if (m->count == 1) return m->mix[0].part;
  double u = stream_unit(&t->station[s].makes), sum = 0;
  for (int k = 0; k + 1 < m->count; k++) {
    sum += m->mix[k].share;
    if (u < sum) return m->mix[k].part;
  }
  return m->mix[m->count - 1].part;
}

// type: what it will go as.
static bool draw_failed(struct twin *t, const struct part *a, int type) {
  const struct station *plan = &t->layout->stations[a->station];
  if (plan->kind != STATION_INSPECTION) return false;
  double share = plan->finds && plan->finds[type] >= 0 ? plan->finds[type] : plan->false_alarm;
  if (a->wrong > 0) share = a->is != a->type && plan->finds && plan->finds[a->is] >= 0 ? plan->finds[a->is] : 1;
  return stream_unit(&t->station[a->station].outcome) < share;
}

// The part does not go where room was kept for it.
static void give_back(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  if (!a->holding) return;
  a->holding = false;
  place_unreserve(t, t->edge[a->edge].to, a->becomes, t->edge[a->edge].by_robots);
  limits_leave(t, &a->limits, a->limits_ahead);
}

static void turn(struct part *a) {
  if (a->becomes != a->type) a->is = a->becomes;
  a->type = a->becomes;
}

// The server's list of parts becomes single parts that wait; each keeps the number of its server.
static void release(struct twin *t, int32_t i, uint32_t p) {
  struct part *a = &t->part[p];
  const struct station *plan = &t->layout->stations[t->server[i].station];
  a->mate = 0;
  a->server = i;
  int32_t rework = t->station[a->station].rework_way;
  bool gave_up = work_gave_up(t, i);
  if (!seeing_worked(t, p)) gave_up = true;
  if (gave_up ? rework == NONE : plan->scrap > 0 && stream_unit(&t->station[a->station].outcome) < plan->scrap) {
    give_back(t, p);
    part_scrap(t, p);
    return;
  }
  if (!a->holding) a->becomes = (uint16_t)draw_made(t, a->station, a->type);
  // a product weighs what went into it; a part that was only worked on weighs what its new kind says
  if (a->becomes != a->type && plan->kind != STATION_ASSEMBLY) a->mass = (float)t->layout->parts[a->becomes].mass;
  if (gave_up || (plan->rework > 0 && stream_unit(&t->station[a->station].outcome) < plan->rework)) {
    sums_of(t, a->station)->reworked++;
    give_back(t, p);
    turn(a);
    a->state = PART_READY;
    way_push(t, rework, p);
    return;
  }
  turn(a);
  if (a->holding) {                 // its room was kept before service began
    a->holding = false;
    moves_depart(t, p);
    return;
  }
  a->failed = draw_failed(t, a, a->type);
  part_ready(t, p);
}

static void release_all(struct twin *t, int32_t i) {
  for (uint32_t p = t->server[i].first_part, next; p; p = next) {
    next = t->part[p].mate;
    release(t, i, p);
  }
}

// n parts go in, one product comes out: as old as its oldest part, as heavy as all of them.
static void join(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  int32_t s = v->station;
  struct station_row *r = &t->station[s];
  uint32_t first = v->first_part;
  struct part *product = &t->part[first];
  for (uint32_t p = product->mate, next; p; p = next) {
    struct part *a = &t->part[p];
    next = a->mate;
    if (a->born < product->born) product->born = a->born;
    product->mass += a->mass;
    order_join(t, product, a);
    seeing_join(product, a);
    // the product keeps one place in each flow limit that its parts had
    uint32_t twice = a->limits & product->limits;
    product->limits |= a->limits;
    limits_leave(t, &twice, twice);
    sums_of(t, s)->left++;
    station_out(r, a->entered, t->now);
    part_retire(t, p);
  }
  product->mate = 0;
  v->parts = 1;
  sums_of(t, s)->made++;
  release(t, i, first);
}

// One part goes in, several come out; each is as old as it was.
static void take_apart(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  int32_t s = v->station;
  const struct station *plan = &t->layout->stations[s];
  uint32_t whole = v->first_part, last = 0;
  struct part old = t->part[whole];
  v->parts = 0;
  for (int k = 0; k < plan->into_count; k++)
    for (int c = 0; c < plan->into[k].count; c++) {
      uint32_t p = part_new(t, plan->into[k].part, s);
      if (!p) return;
      struct part *a = &t->part[p];
      a->born = old.born;
      order_enter(t, a, old.order);
      a->limits = last ? 0 : old.limits;       // one of them keeps the place in flow limits
      if (last) t->part[last].mate = p; else v->first_part = p;
      last = p;
      v->parts++;
      station_in(&t->station[s], t->now);
      t->created++;
      wip_add(t, 1);
    }
  if (last) seeing_join(&t->part[last], &t->part[whole]);
  station_out(&t->station[s], old.entered, t->now);     // the one that went in
  sums_of(t, s)->left++;
  part_retire(t, whole);
  sums_of(t, s)->made += v->parts;
  release_all(t, i);
}

void outcome_parts(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct station *plan = &t->layout->stations[v->station];
  if (plan->kind == STATION_ASSEMBLY) {
    join(t, i);
    return;
  }
  if (plan->kind == STATION_DISASSEMBLY) {
    take_apart(t, i);
    return;
  }
  sums_of(t, v->station)->made += v->parts;
  release_all(t, i);
}

void outcome_scrap(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  sums_of(t, v->station)->made += v->parts;  // worked on, and no good
  uint32_t p = v->first_part;
  while (p) {
    uint32_t next = t->part[p].mate;
    struct part *a = &t->part[p];
    a->mate = 0;
    a->server = i;
    give_back(t, p);
    part_scrap(t, p);
    p = next;
  }
}

void outcome_before(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  // count first: a part that gets its room at once must not start the work of a batch alone
  bool one = t->layout->stations[v->station].kind == STATION_ASSEMBLY;      // of a set only the product goes on
  for (uint32_t p = v->first_part; p; p = one ? 0 : t->part[p].mate) v->pending++;
  for (uint32_t p = v->first_part, next; p; p = next) {
    struct part *a = &t->part[p];
    next = one ? 0 : a->mate;
    a->becomes = (uint16_t)draw_made(t, a->station, a->type);
    a->failed = draw_failed(t, a, a->becomes);
    a->state = PART_BEFORE;
    int32_t w = way_choose(t, a->station, a, a->becomes, a->failed);
    if (w == NONE) {
      a->state = PART_INSIDE;
      v->pending--;
    } else {
      way_push(t, w, p);
    }
  }
}
