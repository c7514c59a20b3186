#include "engine/sim/twin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/ahead.h"
#include "engine/sim/belt.h"
#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/build.h"
#include "engine/sim/decide.h"
#include "engine/sim/fleet.h"
#include "engine/sim/hands.h"
#include "engine/sim/happen.h"
#include "engine/sim/job.h"
#include "engine/sim/motion.h"
#include "engine/sim/moves.h"
#include "engine/sim/order.h"
#include "engine/sim/pace.h"
#include "engine/sim/power.h"
#include "engine/sim/robot.h"
#include "engine/sim/server.h"
#include "engine/sim/shift.h"
#include "engine/sim/source.h"
#include "engine/sim/update.h"
#include "engine/sim/watch.h"

#define ARENA_SIZE ((size_t)6 << 30)          // address space, not memory: pages come when they are touched

struct twin_options twin_defaults(void) { return (struct twin_options){.seed = 1, .replication = 1}; }

void twin_fault(struct twin *t, const char *format, ...) {
  if (t->state != TWIN_RUNS) return;
  t->state = TWIN_FAULT;
  va_list args;
  va_start(args, format);
  vsnprintf(t->why, sizeof t->why, format, args);
  va_end(args);
}

void twin_note(struct twin *t, enum note_kind kind, int row, const char *format, ...) {
  struct note *n = &t->note[t->notes++ % NOTES_MAX];
  n->at = t->now;
  n->kind = kind;
  n->row = row;
  va_list args;
  va_start(args, format);
  vsnprintf(n->text, sizeof n->text, format, args);
  va_end(args);
}

struct twin *twin_create(const struct layout *l, const struct twin_options *o, struct error *e) {
  assert(l);
  assert(o);
  struct twin *t = calloc(1, sizeof *t);
  if (!t || !arena_init(&t->arena, ARENA_SIZE)) {
    free(t);
    error_at(e, STATUS_MEMORY, l->file, 0, 0, "no address space for a twin");
    return NULL;
  }
  t->layout = l;
  t->options = *o;
  t->digest = digest_u64(DIGEST_START, l->digest, digest_u64(o->seed, o->replication, 0));
  t->next_second = NS_SECOND;
  struct error local;
  if (build_twin(t, e ? e : &local) != STATUS_OK) {
    twin_destroy(t);
    return NULL;
  }
  return t;
}

void twin_destroy(struct twin *t) {
  if (!t) return;
  body_destroy(t);
  motion_destroy(t);
  for (int k = 0; k < t->route_sets; k++) routes_destroy(t->routes[k]);
  pace_destroy(t);
  decide_destroy(t);
  hands_destroy(t);
  build_finish(t);
  arena_finish(&t->arena);
  free(t);
}

// ---- the loop ---------------------------------------------------------------------------------------------

static void event(struct twin *t, uint32_t timer) {
  if (timer < t->timer_fail)           server_work_timer(t, (int32_t)timer);
  else if (timer < t->timer_robot)     server_fail_timer(t, (int32_t)(timer - t->timer_fail));
  else if (timer < t->timer_belt) {
    uint32_t k = timer - t->timer_robot;
    if (k % ROBOT_TIMERS == ROBOT_ACT) robot_done_timer(t, (int32_t)(k / ROBOT_TIMERS));
    else robot_battery_timer(t, (int32_t)(k / ROBOT_TIMERS));
  }
  else if (timer < t->timer_source)    belt_timer(t, (int32_t)(timer - t->timer_belt));
  else if (timer < t->timer_mend)      source_timer(t, (int32_t)(timer - t->timer_source));
  else if (timer < t->timer_shift)     mend_timer(t, (int32_t)(timer - t->timer_mend));
  else if (timer < t->timer_happening) shift_timer(t, (int32_t)(timer - t->timer_shift));
  else if (timer == t->timer_happening) happening_timer(t);
  else if (timer == t->timer_command)  command_timer(t);
  else if (timer == t->timer_body)     body_timer(t);
  else if (timer == t->timer_motion)   motion_timer(t);
  else if (timer < t->timer_broken)    moves_arrive(t, timer - t->timer_part);
  else if (timer < t->timer_update)    broken_timer(t, timer - t->timer_broken);
  else                                 update_timer(t, (int32_t)(timer - t->timer_update));
}

// Whose timer it is, for messages.
static const char *timer_name(const struct twin *t, uint32_t timer) {
  const struct layout *l = t->layout;
  if (timer < t->timer_robot) return l->stations[t->server[timer < t->timer_fail ? timer : timer - t->timer_fail].station].name;
  if (timer < t->timer_belt) return l->fleets[t->robot[(timer - t->timer_robot) / ROBOT_TIMERS].fleet].name;
  if (timer < t->timer_source) {
    for (int32_t s = 0; s < l->station_count; s++)
      if (t->station[s].belt == (int32_t)(timer - t->timer_belt)) return l->stations[s].name;
  }
  if (timer >= t->timer_source && timer < t->timer_mend) return l->stations[timer - t->timer_source].name;
  if (timer >= t->timer_update) return l->fleets[timer - t->timer_update].name;
  if (timer >= t->timer_broken) return l->fleets[t->robot[(timer - t->timer_broken) / BROKEN_TIMERS].fleet].name;
  if (timer >= t->timer_part) return l->stations[t->part[timer - t->timer_part].station].name;
  return "an event of the layout";
}

// Events of an instant are done: move parts, give out jobs, send the idle home. True when something may have changed.
static bool settle(struct twin *t) {
  bool did = t->ahead && ahead_settle(t);
  if (t->dirty_count > 0 || t->losings > 0) {
    moves_settle(t);
    did = true;
  }
  if (t->dispatch_wanted) {
    jobs_dispatch(t);
    did = true;
  } else if (t->freshes > 0 && t->dirty_count == 0) {
    robots_settle(t);
    did = true;
  }
  return did;
}

static void pass_time(struct twin *t, ns_t to) {
  while (t->next_second <= to) {
    if (t->body) t->digest = body_digest(t, t->digest);
    if (t->motion) t->digest = motion_digest(t, t->digest);
    if (t->options.second_digests && t->seconds < t->seconds_max) t->second[t->seconds++] = t->digest;
    t->next_second += NS_SECOND;
  }
  if (to > t->now) t->instant = 0;
  t->now = to;
}

enum twin_state twin_run(struct twin *t, ns_t until) {
  assert(until >= t->now);
  while (t->state == TWIN_RUNS) {
    ns_t next = calendar_next(&t->calendar);
    if (next > t->now) {
      if (settle(t)) continue;
      if (t->alive == 0) {
        t->state = watch_end(t);
        if (t->state != TWIN_RUNS) break;
      }
      if (next > until) {
        pass_time(t, until);
        break;
      }
      if (t->options.stop && *t->options.stop) break;
      if (next >= t->next_watch) {
        t->next_watch = next + t->watch_every;
        t->state = watch_deadlock(t);
        if (t->state != TWIN_RUNS) break;
      }
      if (next >= t->next_second) pass_time(t, next);
      t->now = next;
      t->instant = 0;
    }
    uint32_t timer = calendar_take(&t->calendar);
    t->quiet = calendar_quiet(&t->calendar, t->now);
    t->alive -= t->timer_alive[timer];
    t->events++;
    t->digest = digest_u64(t->digest, (uint64_t)t->now, timer);
    if (++t->instant > INSTANT_MAX) {
      twin_fault(t, "a million events and moves at one instant, %.3f s, the last one at %s: a circle of places that takes no time, or a source without a time before places without one",
                 ns_to_seconds(t->now), timer_name(t, timer));
      break;
    }
    event(t, timer);
  }
  motion_settle(t);                 // the caller may fork, or look at what was counted
  return t->state;
}

enum twin_state twin_step(struct twin *t, ns_t until) {
  // as in twin_run: parts move only when every event of the instant is done
  while (t->state == TWIN_RUNS && calendar_next(&t->calendar) > t->now && settle(t)) {}
  ns_t next = calendar_next(&t->calendar);
  if (next > until) next = until;
  return twin_run(t, next < t->now ? t->now : next);
}

const struct layout *twin_layout(const struct twin *t) { return t->layout; }
ns_t        twin_now(const struct twin *t)    { return t->now; }
uint64_t    twin_events(const struct twin *t) { return t->events; }
uint64_t    twin_digest(const struct twin *t) { return t->digest; }
const char *twin_why(const struct twin *t)    { return t->why; }
int             twin_second_count(const struct twin *t)   { return t->seconds; }
const uint64_t *twin_second_digests(const struct twin *t) { return t->second; }

struct twin_bodies twin_bodies(const struct twin *t) { return body_counted(t); }
struct twin_motion twin_motion(const struct twin *t) { return motion_counted(t); }

// What is booked, and what has passed since on top of it, in `out` only: a state that is looked at must stay
// the same to the bit, and a sum of floats cut in two does not.
void twin_measure(struct twin *t, struct sums *out) {
  sums_copy(out, &t->sums);
  for (int32_t i = 0; i < t->servers; i++) {
    const struct server *v = &t->server[i];
    out->station[v->station].cause[v->cause] += t->now - v->cause_since;
  }
  for (int32_t s = 0; s < t->layout->station_count; s++) {
    const struct station_row *r = &t->station[s];
    out->station[s].wait = (double)r->waited * 1e-9;
    out->station[s].area = (double)(r->waited + (__int128)r->count * t->now - r->entered) * 1e-9;
  }
  for (int32_t i = 0; i < t->robots; i++) {
    const struct robot *b = &t->robot[i];
    if (b->act == ACT_GONE) continue;
    out->fleet[b->fleet].cause[b->cause] += t->now - b->cause_since;
    out->fleet[b->fleet].energy += power_since(t, i);
    int32_t row = make_of(t, b)->revision_row;
    if (row == NONE) continue;
    out->revision[row].cause[b->cause] += t->now - b->cause_since;
    out->revision[row].energy += power_since(t, i);
  }
  for (int32_t f = 0; f < t->layout->fleet_count; f++) {
    out->fleet[f].present += (ns_t)t->fleet[f].present * (t->now - t->fleet[f].present_since);
    out->fleet[f].outside += fleet_outside(t, f);
  }
  orders_measure(t, &out->line);
  out->line.wip_area += (double)t->wip * ns_to_seconds(t->now - t->wip_since);
  out->now = t->now;
}

int twin_notes(struct twin *t, struct note *out, int max) {
  if (t->notes - t->notes_read > NOTES_MAX) t->notes_read = t->notes - NOTES_MAX;
  int n = 0;
  while (t->notes_read < t->notes && n < max) out[n++] = t->note[t->notes_read++ % NOTES_MAX];
  return n;
}

int twin_lead_times(const struct twin *t, double *out, int max) {
  int n = t->leads < max ? t->leads : max;
  for (int k = 0; k < n; k++) out[k] = (double)t->lead[k];
  return n;
}
