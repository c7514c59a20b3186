#include "engine/sim/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/belt.h"
#include "engine/sim/set.h"
#include "engine/sim/stuck.h"

void watch_start(struct twin *t) {
  ns_t every = 600 * NS_SECOND;
  if (t->options.horizon / 64 > every) every = t->options.horizon / 64;
  t->watch_every = every;
  t->next_watch = every;
}

// Something is bound to happen at station s without any other station.
static bool stirs(const struct twin *t, int32_t s) {
  const struct station_row *r = &t->station[s];
  const struct calendar *c = &t->calendar;
  if (r->off || r->kind == STATION_SINK) return true;
  if (calendar_is_set(c, t->timer_mend + (uint32_t)s)) return true;
  if (r->kind == STATION_SOURCE) return calendar_is_set(c, t->timer_source + (uint32_t)s);
  if (r->kind == STATION_CONVEYOR) {
    const struct belt *b = &t->belt[r->belt];
    return calendar_is_set(c, t->timer_belt + (uint32_t)r->belt) || (b->halted & 3);
  }
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    const struct server *v = &t->server[i];
    if (v->running || v->down) return true;
    if (v->phase == PHASE_CALL_SETUP || v->phase == PHASE_CALL_WORK || v->phase == PHASE_SETUP || v->phase == PHASE_WORK) return true;
  }
  return false;
}

// Jobs that are being carried out stir the places at both ends; waiting ones do when there is anybody to do them.
static void stir_jobs(const struct twin *t, bool *alive) {
  bool anybody = false;
  for (int32_t i = 0; i < t->robots; i++) anybody = anybody || t->robot[i].act != ACT_GONE;
  for (uint32_t j = 1; j <= t->job_top; j++) {
    const struct job *a = &t->job[j];
    if (a->state == JOB_FREE || a->kind != JOB_CARRY || !anybody) continue;
    // a robot that waits for a gap on a belt waits for that belt, and for nobody else
    if (a->state == JOB_RUNNING && t->robot[a->robot[0]].act == ACT_WAIT_SPACE) continue;
    alive[a->from] = alive[a->to] = true;
  }
  for (uint32_t p = 1; p <= t->part_top; p++)
    if (t->part[p].state == PART_TRANSIT) alive[t->edge[t->part[p].edge].to] = true;
}

// Does station s want parts that it does not have?
static bool wants(const struct twin *t, int32_t s) {
  const struct station_row *r = &t->station[s];
  if (r->kind == STATION_SOURCE) return false;
  if (r->kind >= STATION_MACHINE && r->kind <= STATION_INSPECTION && r->kind != STATION_CONVEYOR) return r->idle_servers > 0;
  return r->count < r->capacity;
}

static bool wants_type(const struct twin *t, int32_t s, int32_t type) {
  const struct station_row *r = &t->station[s];
  if (r->kind != STATION_ASSEMBLY || type == NONE) return wants(t, s);
  for (int32_t i = r->first_server; i < r->first_server + r->servers; i++) {
    if (t->server[i].phase != PHASE_IDLE) continue;
    for (int k = 0; k < r->need_count; k++)
      if (r->needs[k].part == type && t->set[r->set + (i - r->first_server) * r->need_count + k].have < r->needs[k].count) return true;
  }
  return false;
}

static void spread(const struct twin *t, bool *alive) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (int32_t w = 0; w < t->ways; w++) {
      const struct way *y = &t->way[w];
      for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) {
        int32_t to = t->edge[e].to;
        // room may open at the target for what waits here; and what comes from here may be what the target wants
        if (!alive[y->station] && y->count > 0 && alive[to]) changed = alive[y->station] = true;
        if (!alive[to] && alive[y->station] && wants_type(t, to, y->type)) changed = alive[to] = true;
      }
    }
  }
}

static bool leads_to(const struct twin *t, int32_t w, int32_t s) {
  for (uint32_t e = t->way[w].first_edge; e < t->way[w].first_edge + t->way[w].edges; e++)
    if (t->edge[e].to == s) return true;
  return false;
}

// Station `at` holds a part of that type (NONE: of any) that does not yet wait before s, or is a source that would still
// make one.
static bool holds(const struct twin *t, int32_t at, int type, int32_t s) {
  const struct station *plan = &t->layout->stations[at];
  if (plan->kind == STATION_SOURCE && t->station[at].made_left > 0)
    for (int k = 0; k < plan->makes.count; k++) {
      int made = plan->makes.kind == MAKES_SEQUENCE ? plan->makes.sequence[k].part : plan->makes.mix[k].part;
      if (made == type || type == NONE) return true;
    }
  for (uint32_t p = 1; p <= t->part_top; p++) {
    const struct part *a = &t->part[p];
    if (a->state == PART_FREE || a->station != at || (type != NONE && a->type != type)) continue;
    if (a->state != PART_READY || a->way == NONE || !leads_to(t, a->way, s)) return true;
  }
  return false;
}

int32_t watch_supplier(const struct twin *t, int32_t s, int type, const bool *alive) {
  int32_t n = t->layout->station_count, found = NONE, head = 0, tail = 0;
  int32_t *queue = calloc((size_t)n + 1, sizeof *queue), *via = calloc((size_t)n + 1, sizeof *via);
  if (queue && via) {
    queue[tail++] = s;
    via[s] = s + 1;
    while (head < tail && found == NONE) {
      int32_t at = queue[head++];
      for (int32_t w = 0; w < t->ways && found == NONE; w++) {
        const struct way *y = &t->way[w];
        if (alive[y->station] || via[y->station] || (y->type != NONE && type != NONE && y->type != type)) continue;
        for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++) {
          int32_t flow = t->edge[e].flow;
          if (t->edge[e].to != at || via[y->station]) continue;
          if (flow != NONE && type != NONE && t->layout->flows[flow].part != NONE && t->layout->flows[flow].part != type) continue;
          via[y->station] = at == s || t->station[at].count == 0 ? y->station + 1 : via[at];     // empty places hold nobody up
          if (holds(t, y->station, type, s)) found = via[y->station] - 1;
          queue[tail++] = y->station;
        }
      }
    }
  }
  free(queue);
  free(via);
  return found;
}

// Who a dead station waits for, NONE: nobody in particular.
static int32_t waits_for(const struct twin *t, int32_t s, const bool *alive) {
  const struct station_row *r = &t->station[s];
  for (int32_t w = r->first_way; w < r->first_way + r->ways; w++) {
    const struct way *y = &t->way[w];
    if (y->count == 0) continue;
    for (uint32_t e = y->first_edge; e < y->first_edge + y->edges; e++)
      if (!alive[t->edge[e].to]) return t->edge[e].to;
  }
  // a set that lacks a part waits for whoever holds one, directly or behind others
  if (r->kind != STATION_ASSEMBLY || (r->count == 0 && r->actives == 0)) return NONE;
  for (int k = 0; k < r->need_count; k++)
    if (set_lacks(t, s, r->needs[k].part)) {
      int32_t from = watch_supplier(t, s, r->needs[k].part, alive);
      if (from != NONE) return from;
    }
  return NONE;
}

static bool name_circle(struct twin *t, const bool *alive) {
  int32_t n = t->layout->station_count;
  int32_t *seen = calloc((size_t)n + 1, sizeof *seen);
  if (!seen) return false;
  bool found = false;
  for (int32_t s = 0; s < n && !found; s++) {
    if (alive[s] || (t->station[s].count == 0 && t->station[s].actives == 0)) continue;
    int32_t at = s;
    for (int steps = 0; at != NONE && steps <= n && seen[at] != s + 1; steps++) {
      seen[at] = s + 1;
      at = waits_for(t, at, alive);
    }
    if (at == NONE || seen[at] != s + 1) continue;
    // at lies on the circle: walk it once more and say it
    size_t used = (size_t)snprintf(t->why, sizeof t->why, "%s", t->layout->stations[at].name);
    int32_t next = at;
    do {
      next = waits_for(t, next, alive);
      if (used < sizeof t->why - 80) used += (size_t)snprintf(t->why + used, sizeof t->why - used, " waits for %.60s%s", t->layout->stations[next].name, next == at ? "" : ", which");
    } while (next != at);
    found = true;
  }
  free(seen);
  return found;
}

enum twin_state watch_deadlock(struct twin *t) {
  const struct layout *l = t->layout;
  if (t->next_happening < l->happening_count || t->commands > 0) return TWIN_RUNS;
  bool *alive = calloc((size_t)l->station_count + 1, sizeof *alive);
  if (!alive) return TWIN_RUNS;
  for (int32_t s = 0; s < l->station_count; s++) alive[s] = stirs(t, s);
  stir_jobs(t, alive);
  spread(t, alive);
  bool found = name_circle(t, alive);
  free(alive);
  return found ? TWIN_DEADLOCK : TWIN_RUNS;
}

enum twin_state watch_end(struct twin *t) {
  if (watch_deadlock(t) == TWIN_DEADLOCK) return TWIN_DEADLOCK;
  // a shift that begins later may bring the line on
  for (int32_t k = 0; k < t->layout->shift_count; k++)
    if (calendar_is_set(&t->calendar, t->timer_shift + (uint32_t)k) && !t->shift[k].on) return TWIN_RUNS;
  if (t->wip > 0 && stuck_find(t)) return TWIN_DEADLOCK;
  char lack[sizeof t->why];
  snprintf(lack, sizeof lack, "%s", t->wip > 0 ? t->why : "");
  if (t->wip == 0) snprintf(t->why, sizeof t->why, "nothing is left to do: every part has left the line");
  else snprintf(t->why, sizeof t->why, "nothing is left to do: %lld part%s still in the line%s%.300s", (long long)t->wip, t->wip == 1 ? " is" : "s are", lack[0] ? "; " : "", lack);
  return TWIN_PARTS;
}
