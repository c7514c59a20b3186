#include "engine/sim/server.h"

#include "engine/sim/ahead.h"
#include "engine/sim/job.h"
#include "engine/sim/outcome.h"
#include "engine/sim/place.h"
#include "engine/sim/seeing.h"
#include "engine/sim/set.h"
#include "engine/sim/straight.h"
#include "engine/sim/work.h"

static const struct station *plan_of(const struct twin *t, int32_t v) { return &t->layout->stations[t->server[v].station]; }

static bool crew_missing(const struct server *v) { return v->crew < v->crew_needed; }

void server_cause(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  enum station_cause c = STATION_STARVED;
  switch (v->phase) {
    case PHASE_IDLE:                              c = STATION_STARVED; break;
    case PHASE_CALL_SETUP: case PHASE_CALL_WORK:  c = STATION_WAITING_ROBOT; break;
    case PHASE_SETUP:                             c = crew_missing(v) ? STATION_WAITING_ROBOT : STATION_SETUP; break;
    case PHASE_SPACE:                             c = STATION_BLOCKED; break;
    case PHASE_WORK:                              c = crew_missing(v) ? STATION_WAITING_ROBOT : STATION_WORKING; break;
    case PHASE_DONE:                              c = v->reserved == v->parts ? STATION_WAITING_ROBOT : STATION_BLOCKED; break;
  }
  if (v->down) c = STATION_DOWN;
  if (t->station[v->station].off) c = STATION_OFF_SHIFT;
  server_book(t, v, c);
  if (v->job) crew_book(t, i, c);
}

// ---- running and stopping -----------------------------------------------------------------------------

// One timer serves the end of work and a failure during it: the earlier; at one instant a failure goes first.
static inline void run(struct twin *t, int32_t i, struct server *v) {
  v->running = true;
  v->started = t->now;
  v->fails = v->phase == PHASE_WORK && v->up_left <= v->remaining;
  if (v->fails) timer_set(t, (uint32_t)i, t->now + v->up_left, CLASS_FAILURE, true);
  else timer_set(t, (uint32_t)i, t->now + v->remaining, CLASS_END, true);
}

void server_run(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (v->phase != PHASE_SETUP && v->phase != PHASE_WORK) return;
  if (v->running || v->down || t->station[v->station].off || crew_missing(v)) return;
  run(t, i, v);
}

static void take_stock(struct twin *t, struct server *v) {
  ns_t gone = t->now - v->started;
  v->remaining -= gone;
  if (v->phase == PHASE_WORK && v->up_left != NS_NEVER) v->up_left -= gone;
  v->running = false;
}

void server_stop(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (!v->running) return;
  timer_cancel(t, (uint32_t)i);
  take_stock(t, v);
}

static void begin_phase(struct twin *t, int32_t i, enum server_phase phase, ns_t length) {
  struct server *v = &t->server[i];
  v->phase = (uint8_t)phase;
  if (t->ahead && phase == PHASE_WORK) ahead_began(t, i);
  v->whole = v->remaining = length;
  server_run(t, i);
  server_cause(t, i);
}

void server_work(struct twin *t, int32_t i, ns_t length) { begin_phase(t, i, PHASE_WORK, length); }

static ns_t draw(const struct duration *d, int type, struct stream *s) {
  const struct distribution *one = d->given ? d->by_part[type] : NULL;
  return one ? distribution_sample(one, s) : 0;
}

// The next working time. The one after it is drawn at once: nothing waits for it, so it is made beside the
// work on the calendar. When another distribution is asked for then, that draw is given back.
static ns_t draw_time(struct station_row *r, const struct distribution *d) {
  ns_t length = r->ahead;
  if (r->ahead_of != d) {
    if (r->ahead_of) r->time = r->before;
    length = distribution_sample(d, &r->time);
  }
  r->before = r->time;
  r->ahead_of = d;
  r->ahead = distribution_sample(d, &r->time);
  return length;
}

static ns_t draw_work(struct station_row *r, const struct duration *d, int type) {
  const struct distribution *one = d->given ? d->by_part[type] : NULL;
  return one ? draw_time(r, one) : 0;
}

// ---- the cycle ----------------------------------------------------------------------------------------

static int32_t idle_server(const struct twin *t, const struct station_row *r) {
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++)
    if (t->server[i].phase == PHASE_IDLE && !t->server[i].down) return i;
  return NONE;
}

// A machine of single parts without anything around its work begins at once.
void server_begin_plain(struct twin *t, int32_t i, uint32_t p) {
  struct server *v = &t->server[i];
  struct station_row *r = &t->station[v->station];
  struct part *a = &t->part[p];
  a->next = a->prev = a->mate = 0;
  a->server = i;
  v->first_part = p;
  v->parts = 1;
  v->phase = PHASE_WORK;
  if (t->ahead) ahead_began(t, i);
  v->whole = v->remaining = draw_work(r, &t->layout->stations[v->station].time, a->type);
  run(t, i, v);
  server_book(t, v, STATION_WORKING);
}

void servers_enter(struct twin *t, uint32_t p, int32_t s) {
  struct station_row *r = &t->station[s];
  if (r->plain && r->waiting == 0 && r->idle_servers > 0 && !r->off) {
    int32_t i = idle_server(t, r);
    if (i != NONE) {
      r->idle_servers--;
      server_begin_plain(t, i, p);
      return;
    }
  }
  t->part[p].next = 0;
  t->part[p].prev = r->last_waiting;
  if (r->last_waiting) t->part[r->last_waiting].next = p; else r->first_waiting = p;
  r->last_waiting = p;
  r->waiting++;
  servers_start(t, s);
}

void servers_start(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  while (r->waiting >= r->batch && r->waiting > 0 && r->idle_servers > 0 && !r->off) {
    int32_t i = idle_server(t, r);
    if (i == NONE) return;
    struct server *v = &t->server[i];
    v->first_part = r->first_waiting;
    v->parts = (uint32_t)r->batch;
    uint32_t last = 0;
    for (int k = 0; k < r->batch; k++) {
      uint32_t p = r->first_waiting;
      r->first_waiting = t->part[p].next;
      t->part[p].next = t->part[p].prev = t->part[p].mate = 0;
      t->part[p].server = i;
      if (last) t->part[last].mate = p;
      last = p;
    }
    if (r->first_waiting) t->part[r->first_waiting].prev = 0; else r->last_waiting = 0;
    r->waiting -= r->batch;
    server_begin(t, i);
  }
}

// The type that times and set-ups go by: of an assembly its base or what it makes, else the first part's.
static int work_type(const struct twin *t, int32_t i) {
  const struct server *v = &t->server[i];
  const struct station *s = plan_of(t, i);
  int type = t->part[v->first_part].type;
  if (s->kind != STATION_ASSEMBLY) return type;
  if (s->time.given && s->makes.count == 1 && s->time.by_part[s->makes.mix[0].part]) return s->makes.mix[0].part;
  if (s->base != NONE) return s->base;
  return type;
}

static ns_t work_length(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct station *s = plan_of(t, i);
  struct station_row *r = &t->station[v->station];
  if (s->step_count) return work_start(t, i);
  if (!s->time.given) return 0;
  if (s->kind == STATION_ASSEMBLY || v->parts == 1) return draw_work(r, &s->time, work_type(t, i));
  // one time for the batch: the longest of its parts' when they differ, one draw when they are alike
  ns_t longest = 0;
  const struct distribution *last = NULL;
  for (uint32_t p = v->first_part; p; p = t->part[p].mate) {
    const struct distribution *d = s->time.by_part[t->part[p].type];
    if (!d || d == last) continue;
    ns_t one = draw_time(r, d);
    if (one > longest) longest = one;
    last = d;
  }
  return longest;
}

static void work(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct station *s = plan_of(t, i);
  bool crew = s->operators.count > 0 && s->operators.during != DURING_SETUP;
  v->crew_needed = crew ? (uint8_t)work_crew(t, i) : 0;
  if (crew && crew_missing(v)) {
    v->phase = PHASE_CALL_WORK;
    server_cause(t, i);
    job_operate(t, i);
    if (crew_missing(v)) return;    // else somebody who keeps this post has already begun
    if (v->phase != PHASE_CALL_WORK) return;
  }
  begin_phase(t, i, PHASE_WORK, work_length(t, i));
}

static void room_then_work(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (!plan_of(t, i)->before_service) {
    work(t, i);
    return;
  }
  v->phase = PHASE_SPACE;
  v->pending = 0;
  server_cause(t, i);
  outcome_before(t, i);
  if (v->pending == 0) work(t, i);
}

void server_begin(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct station *s = plan_of(t, i);
  struct station_row *r = &t->station[v->station];
  assert(v->phase == PHASE_IDLE);
  r->idle_servers--;
  int type = work_type(t, i);
  bool setup = (s->setup_when == SETUP_PART_CHANGES && v->last_type != 0 && v->last_type != type + 1) ||
               (s->setup_when == SETUP_EVERY && v->since_setup >= (uint32_t)s->setup_every);
  v->last_type = (uint16_t)(type + 1);
  if (!setup) {
    room_then_work(t, i);
    return;
  }
  v->since_setup = 0;
  bool crew = s->operators.count > 0 && s->operators.during != DURING_PROCESS;
  v->crew_needed = crew ? (uint8_t)s->operators.count : 0;
  if (crew && crew_missing(v)) {
    v->phase = PHASE_CALL_SETUP;
    server_cause(t, i);
    job_operate(t, i);
    if (crew_missing(v) || v->phase != PHASE_CALL_SETUP) return;
  }
  begin_phase(t, i, PHASE_SETUP, draw(&s->setup, type, &r->setup));
}

void server_space(struct twin *t, uint32_t p) {
  int32_t i = t->part[p].server;
  struct server *v = &t->server[i];
  t->part[p].state = PART_INSIDE;
  assert(v->pending > 0);
  if (--v->pending == 0 && v->phase == PHASE_SPACE) work(t, i);
}

// An operator has come (or, by the end of a shift or an empty battery, gone).
void server_crew(struct twin *t, int32_t i, int change) {
  struct server *v = &t->server[i];
  v->crew = (uint8_t)(v->crew + change);
  if (change > 0 && !crew_missing(v)) {
    const struct station *s = plan_of(t, i);
    struct station_row *r = &t->station[v->station];
    if (v->phase == PHASE_CALL_SETUP) begin_phase(t, i, PHASE_SETUP, draw(&s->setup, v->last_type - 1, &r->setup));
    else if (v->phase == PHASE_CALL_WORK) begin_phase(t, i, PHASE_WORK, work_length(t, i));
    else server_run(t, i);
  }
  if (change < 0 && crew_missing(v)) {
    server_stop(t, i);
    if (v->phase != PHASE_IDLE && v->phase != PHASE_DONE && v->phase != PHASE_SPACE) job_operate(t, i);
  }
  server_cause(t, i);
}

double server_setup(const struct twin *t, int32_t s, int type) {
  const struct station *plan = &t->layout->stations[s];
  if (plan->setup_when != SETUP_PART_CHANGES || !plan->setup.given || !plan->setup.by_part[type]) return 0;
  for (int32_t i = t->station[s].first_server; i < t->station[s].first_server + plan->servers; i++)
    if (t->server[i].last_type == 0 || t->server[i].last_type == type + 1) return 0;
  return distribution_mean(plan->setup.by_part[type]);
}

static void finish_setup(struct twin *t, int32_t i) {
  if (plan_of(t, i)->operators.during == DURING_SETUP) crew_release(t, i);
  t->server[i].crew_needed = 0;
  room_then_work(t, i);
}

static void finish_work(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (t->station[v->station].plain) {
    seeing_worked(t, v->first_part);                  // nobody scans here, so nothing is held back
    if (straight_end(t, i)) return;
    if (t->ahead) ahead_ended(t, i);
    v->phase = PHASE_DONE;
    sums_of(t, v->station)->made++;
    part_ready(t, v->first_part);
    if (v->phase == PHASE_DONE) server_cause(t, i);
    return;
  }
  if (plan_of(t, i)->step_count && work_next(t, i)) return;
  v->since_setup += plan_of(t, i)->kind == STATION_ASSEMBLY ? 1 : v->parts;
  v->crew_needed = 0;
  v->phase = PHASE_DONE;
  // operators go first: what leaves now may let the next part begin, and call them again
  if (plan_of(t, i)->operators.count > 0) crew_release(t, i);
  if (t->ahead) ahead_ended(t, i);
  outcome_parts(t, i);
  if (v->phase == PHASE_DONE) server_cause(t, i);
}

static void idle(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  v->phase = PHASE_IDLE;
  v->first_part = 0;
  v->reserved = 0;
  t->station[v->station].idle_servers++;
}

// The usual case: one place feeds this machine, and what waits there can come at once.
static bool pull_on(struct twin *t, int32_t s) {
  struct station_row *r = &t->station[s];
  if (r->actives != 1 || r->waiting > 0 || r->limit_from || t->depth >= DEPTH_MAX || r->count + r->incoming >= r->capacity) return false;
  const struct edge *e = &t->edge[r->active[0]];
  uint32_t p = t->way[e->way].head;
  if (!e->plain || t->part[p].state != PART_READY) return false;
  if ((!t->settling && !t->quiet) || ++t->instant > INSTANT_MAX) return false;
  t->depth++;
  way_remove(t, p);
  place_leave(t, p);
  place_enter(t, p, s);
  t->depth--;
  return true;
}

void server_part_left(struct twin *t, uint32_t p) {
  struct part *a = &t->part[p];
  struct server *v = &t->server[a->server];
  assert(v->parts > 0);
  v->parts--;
  if (a->state == PART_RESERVED) v->reserved--;
  if (v->parts > 0 || v->phase != PHASE_DONE) {
    if (v->phase == PHASE_DONE) server_cause(t, a->server);
    return;
  }
  idle(t, a->server);
  const struct station_row *r = &t->station[v->station];
  if (r->kind == STATION_ASSEMBLY) set_emptied(t, a->server);
  // the cause is booked once it is known whether the next part comes at once
  if (r->plain && pull_on(t, v->station)) {
    if (v->phase == PHASE_IDLE) server_cause(t, a->server);
    return;
  }
  server_cause(t, a->server);
  if (r->waiting > 0) servers_start(t, v->station);
}

// ---- failures -------------------------------------------------------------------------------------------

static void next_failure(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct failures *f = &plan_of(t, i)->failures;
  if (!f->given) {
    v->up_left = NS_NEVER;
    return;
  }
  ns_t up = distribution_sample(&f->up, &t->failing[i].up);
  v->up_left = f->calendar ? NS_NEVER : up;
  if (f->calendar) timer_set(t, t->timer_fail + (uint32_t)i, t->now + up, CLASS_FAILURE, false);
}

void server_first_failure(struct twin *t, int32_t i) { next_failure(t, i); }

static void scrap_work(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (v->phase != PHASE_WORK) return;
  crew_release(t, i);
  v->crew_needed = 0;
  v->phase = PHASE_DONE;
  outcome_scrap(t, i);
}

// From the beginning, in steps from the first one: who was let go is called again.
static void restart_work(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (!plan_of(t, i)->step_count) {
    v->remaining = v->whole;
    return;
  }
  v->crew_needed = (uint8_t)work_crew(t, i);
  if (crew_missing(v)) {
    v->phase = PHASE_CALL_WORK;
    job_operate(t, i);
  } else {
    v->whole = v->remaining = work_start(t, i);
  }
}

static void fail(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  const struct failures *f = &plan_of(t, i)->failures;
  v->down |= 1;
  twin_note(t, NOTE_STATION, v->station, "%s failed", plan_of(t, i)->name);
  if (f->then == FAILURE_RESTART && v->phase == PHASE_WORK) restart_work(t, i);
  if (f->then == FAILURE_SCRAP) scrap_work(t, i);
  if (f->by != NONE) {
    v->down |= 4;
    job_mend(t, i);
  } else {
    timer_set(t, t->timer_fail + (uint32_t)i, t->now + distribution_sample(&f->down, &t->failing[i].down), CLASS_REPAIR, true);
  }
  server_cause(t, i);
}

void server_mend_begins(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  v->down &= (uint8_t)~4u;
  t->sums.line.interventions++;
  timer_set(t, t->timer_fail + (uint32_t)i, t->now + distribution_sample(&plan_of(t, i)->failures.down, &t->failing[i].down), CLASS_REPAIR, true);
}

void server_down(struct twin *t, int32_t i, uint8_t reason) {
  server_stop(t, i);
  t->server[i].down |= reason;
  if (t->ahead) ahead_floor(t, t->server[i].station);
  server_cause(t, i);
}

void server_up(struct twin *t, int32_t i, uint8_t reason) {
  struct server *v = &t->server[i];
  if (!(v->down & reason)) return;
  v->down &= (uint8_t)~reason;
  if (v->down) return;
  if (t->ahead) ahead_floor(t, v->station);
  server_run(t, i);
  server_cause(t, i);
  if (t->station[v->station].kind == STATION_ASSEMBLY) set_ready(t, i);
  servers_start(t, v->station);
  station_dirty(t, v->station);
}

void server_work_timer(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  bool fails = v->fails;
  take_stock(t, v);
  if (fails) {
    v->up_left = NS_NEVER;          // drawn anew after the repair
    fail(t, i);
  } else if (v->phase == PHASE_SETUP) {
    finish_setup(t, i);
  } else {
    finish_work(t, i);
  }
}

void server_fail_timer(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  if (v->down & 1) {
    twin_note(t, NOTE_STATION, v->station, "%s mended", plan_of(t, i)->name);
    if (v->mender) mend_done(t, i);
    next_failure(t, i);
    server_up(t, i, 1);
  } else {
    server_stop(t, i);
    fail(t, i);
  }
}
