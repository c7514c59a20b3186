#include "engine/sim/source.h"

#include "engine/sim/order.h"
#include "engine/sim/place.h"

static const struct station *plan_of(const struct twin *t, int32_t s) { return &t->layout->stations[s]; }
static uint32_t timer_of(const struct twin *t, int32_t s) { return t->timer_source + (uint32_t)s; }

// The kind of the next part of a mix: drawn once, when it is first asked for.
static int next_of_mix(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  const struct makes *m = &plan_of(t, s)->makes;
  if (m->count == 1) return m->mix[0].part;
  if (r->drawn_type == 0) {
    double u = stream_unit(&r->makes), sum = 0;
    int k = 0;
    for (; k + 1 < m->count; k++) {
      sum += m->mix[k].share;
      if (u < sum) break;
    }
    r->drawn_type = m->mix[k].part + 1;
  }
  return r->drawn_type - 1;
}

static int next_type(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  const struct makes *m = &plan_of(t, s)->makes;
  if (m->kind == MAKES_SEQUENCE) {
    int type = m->sequence[r->sequence_item].part;
    if (++r->sequence_done >= m->sequence[r->sequence_item].count) {
      r->sequence_done = 0;
      r->sequence_item = (r->sequence_item + 1) % m->count;
    }
    return type;
  }
  if (m->kind == MAKES_ORDERS) return t->layout->orders[order_first(t)].product;
  int type = next_of_mix(t, s);
  r->drawn_type = 0;
  return type;
}

// By the type that the next part will have.
static ns_t draw_every(struct twin *t, int32_t s) {
  const struct duration *d = &t->station[s].every;
  const struct makes *m = &plan_of(t, s)->makes;
  if (m->kind == MAKES_ORDERS && order_first(t) == NONE) return 0;
  int type = m->kind == MAKES_SEQUENCE ? m->sequence[t->station[s].sequence_item].part
             : m->kind == MAKES_ORDERS ? t->layout->orders[order_first(t)].product : next_of_mix(t, s);
  const struct distribution *one = d->by_part[type];
  return one ? distribution_sample(one, &t->station[s].time) : 0;
}

void source_book(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  struct server *v = &t->server[r->first_server];
  enum station_cause c = STATION_STARVED;
  if (r->count > 0) c = v->reserved == (uint32_t)r->count ? STATION_WAITING_ROBOT : STATION_BLOCKED;
  else if (calendar_is_set(&t->calendar, timer_of(t, s))) c = STATION_WORKING;
  if (r->off) c = STATION_OFF_SHIFT;
  server_book(t, v, c);
}

static void schedule(struct twin *t, int32_t s, ns_t after) {
  if (t->station[s].made_left <= 0 || calendar_is_set(&t->calendar, timer_of(t, s))) return;
  if (plan_of(t, s)->makes.kind == MAKES_ORDERS) after = order_wait(t, after);
  if (t->station[s].off) {
    t->station[s].arrival_left = after;
    return;
  }
  timer_set(t, timer_of(t, s), t->now + after, CLASS_ARRIVAL, true);
}

// One arrival: as many parts as a batch has.
static void make(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  const struct station *plan = plan_of(t, s);
  for (int k = 0; k < plan->arrivals && r->made_left > 0; k++) {
    int type = next_type(t, s);
    uint32_t p = part_new(t, type, s);
    if (!p) return;
    r->made_left--;
    if (plan->makes.kind == MAKES_ORDERS) order_release(t, &t->part[p]);
    station_in(r, t->now);
    sums_of(t, s)->made++;
    part_ready(t, p);
  }
  if (plan->lose) t->losing[t->losings++] = s;
}

void source_start(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  const struct station *plan = plan_of(t, s);
  ns_t first = 0;
  if (plan->first.given) {
    const struct makes *m = &plan->makes;
    int type = m->kind == MAKES_SEQUENCE ? m->sequence[0].part : next_of_mix(t, s);
    const struct distribution *d = plan->first.by_part[type];
    first = d ? distribution_sample(d, &r->time) : 0;
  } else if (r->every.given) {
    first = draw_every(t, s);
  }
  schedule(t, s, first);
  source_book(t, s);
}

void source_timer(struct twin *t, int32_t s) {
  make(t, s);
  if (plan_of(t, s)->lose && t->station[s].every.given) schedule(t, s, draw_every(t, s));
  source_book(t, s);
}

void source_left(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  if (r->count == 0 && !plan_of(t, s)->lose) {
    if (r->every.given) schedule(t, s, draw_every(t, s));
    else if (plan_of(t, s)->makes.kind == MAKES_ORDERS && order_wait(t, 0) > 0) schedule(t, s, 0);
    else if (r->made_left > 0) make(t, s);
  }
  source_book(t, s);
}

void source_rate(struct twin *t, int32_t s, const struct duration *every) {
  struct station_row *r = &t->station[s];
  bool waits = calendar_is_set(&t->calendar, timer_of(t, s));
  r->every = *every;
  if (!waits) return;
  timer_cancel(t, timer_of(t, s));
  schedule(t, s, draw_every(t, s));
}

void source_shift(struct twin *t, int32_t s, bool on) {
  struct station_row *r = &t->station[s];
  r->off = !on;
  if (!on) {
    r->arrival_left = -1;
    if (calendar_is_set(&t->calendar, timer_of(t, s))) {
      r->arrival_left = calendar_time(&t->calendar, timer_of(t, s)) - t->now;
      timer_cancel(t, timer_of(t, s));
    }
  } else {
    if (r->arrival_left >= 0) schedule(t, s, r->arrival_left);
    r->arrival_left = -1;
    for (int32_t w = r->first_way; w < r->first_way + r->ways; w++)
      for (uint32_t e = t->way[w].first_edge; e < t->way[w].first_edge + t->way[w].edges; e++) station_dirty(t, t->edge[e].to);
  }
  source_book(t, s);
}

void sources_lose(struct twin *t) {
  for (int k = 0; k < t->losings; k++) {
    int32_t s = t->losing[k];
    struct station_row *r = &t->station[s];
    for (int32_t w = r->first_way; w < r->first_way + r->ways; w++)
      while (t->way[w].count > 0) {
        uint32_t p = t->way[w].tail;
        way_remove(t, p);
        station_out(r, t->part[p].entered, t->now);
        t->sums.line.lost++;
        part_discard(t, p);
      }
    source_book(t, s);
  }
  t->losings = 0;
}
