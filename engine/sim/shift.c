#include "engine/sim/shift.h"

#include "engine/sim/belt.h"
#include "engine/sim/fleet.h"
#include "engine/sim/place.h"
#include "engine/sim/server.h"
#include "engine/sim/set.h"
#include "engine/sim/source.h"

#define DAY  ((ns_t)24 * 3600 * NS_SECOND)
#define WEEK (7 * DAY)

static ns_t wrap(ns_t t, ns_t period) {
  ns_t r = t % period;
  return r < 0 ? r + period : r;
}

static ns_t length_of(const struct shift *s) {
  ns_t length = wrap(s->end - s->start, DAY);
  return length == 0 ? DAY : length;
}

bool shift_works(const struct shift *s, ns_t week_time) {
  for (int d = 0; d < 7; d++) {
    if (!(s->days >> d & 1)) continue;
    ns_t since = wrap(week_time - (d * DAY + s->start), WEEK);
    if (since >= length_of(s)) continue;
    bool pause = false;
    for (int k = 0; k < s->break_count; k++) {
      ns_t begin = wrap(s->breaks[k].start - s->start, DAY);
      if (since >= begin && since < begin + s->breaks[k].length) pause = true;
    }
    if (!pause) return true;
  }
  return false;
}

ns_t shift_next_change(const struct shift *s, ns_t week_time) {
  bool now = shift_works(s, week_time);
  // every border of the week, nearest first, until the state differs
  ns_t after = 0;
  for (;;) {
    ns_t next = NS_NEVER;
    for (int d = 0; d < 7; d++) {
      if (!(s->days >> d & 1)) continue;
      ns_t start = d * DAY + s->start;
      ns_t border[2] = {start, start + length_of(s)};
      for (int k = 0; k < 2; k++) {
        ns_t away = wrap(border[k] - week_time - 1, WEEK) + 1;
        if (away > after && away < next) next = away;
      }
      for (int k = 0; k < s->break_count; k++)
        for (int e = 0; e < 2; e++) {
          ns_t at = start + wrap(s->breaks[k].start - s->start, DAY) + (e ? s->breaks[k].length : 0);
          ns_t away = wrap(at - week_time - 1, WEEK) + 1;
          if (away > after && away < next) next = away;
        }
    }
    if (next == NS_NEVER) return NS_NEVER;
    if (shift_works(s, wrap(week_time + next, WEEK)) != now) return week_time + next;
    after = next;
  }
}

static void station_shift(struct twin *t, int32_t s, bool on) {
  struct station_row *r = &t->station[s];
  if (r->kind == STATION_SOURCE) {
    source_shift(t, s, on);
    return;
  }
  r->off = !on;
  if (r->kind == STATION_CONVEYOR) {
    if (on) belt_run(t, s, 2); else belt_halt(t, s, 2);
    return;
  }
  if (r->kind < STATION_MACHINE || r->kind > STATION_INSPECTION) {
    store_book(t, &t->station[s]);
    return;
  }
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    if (on) server_run(t, i); else server_stop(t, i);
    server_cause(t, i);
    if (on && r->kind == STATION_ASSEMBLY) set_ready(t, i);
  }
  if (on) servers_start(t, s);
  station_dirty(t, s);
}

static void apply(struct twin *t, int32_t k, bool on) {
  t->shift[k].on = on;
  const struct layout *l = t->layout;
  for (int32_t s = 0; s < l->station_count; s++)
    if (l->stations[s].shift == k) station_shift(t, s, on);
  for (int32_t f = 0; f < l->fleet_count; f++)
    if (l->fleets[f].shift == k) fleet_shift(t, f, on);
}

static void schedule(struct twin *t, int32_t k) {
  ns_t week = wrap(t->layout->run.start + t->now, WEEK);
  ns_t next = shift_next_change(&t->layout->shifts[k], week);
  if (next != NS_NEVER) timer_set(t, t->timer_shift + (uint32_t)k, t->now + (next - week), CLASS_SHIFT, false);
}

void shifts_start(struct twin *t) {
  for (int32_t k = 0; k < t->layout->shift_count; k++) {
    t->shift[k].on = true;
    if (!shift_works(&t->layout->shifts[k], wrap(t->layout->run.start, WEEK))) apply(t, k, false);
    schedule(t, k);
  }
}

void shift_timer(struct twin *t, int32_t k) {
  apply(t, k, !t->shift[k].on);
  schedule(t, k);
}
