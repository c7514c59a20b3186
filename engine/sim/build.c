#include "engine/sim/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/ahead.h"
#include "engine/sim/bays.h"
#include "engine/sim/body_clear.h"
#include "engine/sim/body.h"
#include "engine/sim/broken.h"
#include "engine/sim/fleet.h"
#include "engine/sim/footing.h"
#include "engine/sim/decide.h"
#include "engine/sim/hands.h"
#include "engine/sim/happen.h"
#include "engine/sim/motion.h"
#include "engine/sim/order.h"
#include "engine/sim/pace.h"
#include "engine/sim/place.h"
#include "engine/sim/seeing.h"
#include "engine/sim/server.h"
#include "engine/sim/shift.h"
#include "engine/sim/source.h"
#include "engine/sim/strain.h"
#include "engine/sim/team.h"
#include "engine/sim/update.h"
#include "engine/sim/watch.h"
#include "engine/sim/work.h"

#define LISTS_MAX 1024

static bool works(uint8_t kind) { return kind >= STATION_MACHINE && kind <= STATION_INSPECTION && kind != STATION_CONVEYOR; }

int32_t build_list(struct twin *t, uint64_t fleets, int priority) {
  for (int32_t k = 0; k < t->lists; k++)
    if (t->list[k].fleets == fleets && t->list[k].priority == priority) return k;
  if (t->lists == LISTS_MAX) return LISTS_MAX - 1;
  t->list[t->lists] = (struct job_list){.fleets = fleets, .priority = (int16_t)priority};
  return t->lists++;
}

// The needs of an assembly, a base counted among them.
static bool build_needs(struct twin *t, int s) {
  const struct station *plan = &t->layout->stations[s];
  struct station_row *r = &t->station[s];
  struct part_count *needs = ARENA_NEW(&t->arena, struct part_count, plan->need_count + 1);
  if (!needs) return false;
  int n = 0;
  bool listed = false;
  for (int k = 0; k < plan->need_count; k++) {
    needs[n++] = plan->needs[k];
    if (plan->needs[k].part == plan->base) listed = true;
  }
  if (plan->base != NONE && !listed) needs[n++] = (struct part_count){.part = plan->base, .count = 1};
  r->needs = needs;
  r->need_count = n;
  return true;
}

static bool build_stations(struct twin *t) {
  const struct layout *l = t->layout;
  const struct twin_options *o = &t->options;
  int32_t servers = 0, sets = 0, belts = 0;
  for (int s = 0; s < l->station_count; s++) {
    const struct station *plan = &l->stations[s];
    struct station_row *r = &t->station[s];
    r->kind = (uint8_t)plan->kind;
    r->servers = works(r->kind) ? plan->servers : 1;
    r->batch = works(r->kind) && plan->batch > 0 ? plan->batch : 1;
    r->first_server = servers;
    servers += r->servers;
    r->idle_servers = r->servers;
    r->capacity = works(r->kind) ? plan->servers * r->batch : plan->kind == STATION_BUFFER || plan->kind == STATION_RACK || plan->kind == STATION_BIN ? plan->capacity : INT32_MAX;
    r->careful = plan->kind == STATION_ASSEMBLY || plan->kind == STATION_CONVEYOR;
    r->lifo = plan->order == ORDER_LIFO;
    r->plain = (plan->kind == STATION_MACHINE || plan->kind == STATION_SORTER) && r->batch == 1 && plan->setup_when == SETUP_NEVER && plan->operators.count == 0 &&
               !plan->before_service && plan->scrap <= 0 && plan->rework <= 0 && plan->makes.count == 0;
    r->belt = plan->kind == STATION_CONVEYOR ? belts++ : NONE;
    r->set = NONE;
    r->operate_list = r->mend_list = NONE;
    r->arrival_left = -1;
    r->every = plan->every;
    r->made_left = plan->limit;
    if (plan->kind == STATION_ASSEMBLY) {
      if (!build_needs(t, s)) return false;
      r->set = sets;
      sets += r->servers * r->need_count;
    }
    r->time = stream_make(o->seed, o->replication, plan->name, "time", 0);
    r->setup = stream_make(o->seed, o->replication, plan->name, "setup", 0);
    r->route = stream_make(o->seed, o->replication, plan->name, "route", 0);
    r->outcome = stream_make(o->seed, o->replication, plan->name, "outcome", 0);
    r->makes = stream_make(o->seed, o->replication, plan->name, "makes", 0);
  }
  for (int k = 0; k < l->limit_count && k < LIMITS_MAX; k++) {
    const struct station_group *a = &l->groups[l->limits[k].from], *b = &l->groups[l->limits[k].to];
    for (int s = a->first; s < a->first + a->count; s++) t->station[s].limit_from |= 1u << k;
    for (int s = b->first; s < b->first + b->count; s++) t->station[s].limit_to |= 1u << k;
  }
  t->servers = servers;
  t->belts = belts;
  t->server = ARENA_NEW(&t->arena, struct server, servers + 1);
  t->failing = ARENA_NEW(&t->arena, struct failing, servers + 1);
  t->set = ARENA_NEW(&t->arena, struct set_need, sets + 1);
  t->belt = ARENA_NEW(&t->arena, struct belt, belts + 1);
  return t->server && t->failing && t->set && t->belt;
}

static bool build_servers(struct twin *t) {
  const struct layout *l = t->layout;
  for (int s = 0; s < l->station_count; s++) {
    const struct station *plan = &l->stations[s];
    struct station_row *r = &t->station[s];
    for (int32_t i = r->first_server, k = 0; k < r->servers; i++, k++) {
      t->server[i] = (struct server){.station = s, .cause = STATION_STARVED, .up_left = NS_NEVER};
      t->failing[i].up = stream_make(t->options.seed, t->options.replication, plan->name, "up", (uint32_t)k);
      t->failing[i].down = stream_make(t->options.seed, t->options.replication, plan->name, "down", (uint32_t)k);
    }
    if (r->belt == NONE) continue;
    struct belt *b = &t->belt[r->belt];
    b->length = ns_from_seconds(plan->length / plan->speed);
    b->pitch = ns_from_seconds(plan->part_pitch / plan->speed);
    if (b->pitch < 1) b->pitch = 1;
    b->capacity = (uint32_t)(b->length / b->pitch + 1);
    b->part = ARENA_NEW(&t->arena, uint32_t, b->capacity + 1);
    if (!b->part) return false;
  }
  return true;
}

// Timer numbers: one run per kind of owner.
static bool build_timers(struct twin *t) {
  const struct layout *l = t->layout;
  uint32_t n = (uint32_t)t->servers;
  t->timer_fail = n;        n += (uint32_t)t->servers;
  t->timer_robot = n;       n += ROBOT_TIMERS * (uint32_t)t->robots;
  t->timer_belt = n;        n += (uint32_t)t->belts;
  t->timer_source = n;      n += (uint32_t)l->station_count;
  t->timer_mend = n;        n += (uint32_t)l->station_count;
  t->timer_shift = n;       n += (uint32_t)l->shift_count;
  t->timer_happening = n++;
  t->timer_command = n++;
  t->timer_body = n++;
  t->timer_motion = n++;
  t->timer_part = n;        n += PARTS_MAX;
  t->timer_broken = n;      n += BROKEN_TIMERS * (uint32_t)t->robots;
  t->timer_update = n;      n += (uint32_t)l->fleet_count;
  if (n >= CALENDAR_TIMERS_MAX) return false;
  t->timer_alive = ARENA_NEW(&t->arena, uint8_t, n);
  return t->timer_alive && calendar_init(&t->calendar, n, &t->arena);
}

static uint64_t mask_of(const struct layout *l, const int *by, int count) {
  uint64_t mask = 0;
  for (int k = 0; k < count; k++) mask |= UINT64_C(1) << by[k];
  if (count == 0) for (int f = 0; f < l->fleet_count; f++) mask |= UINT64_C(1) << f;
  return mask;
}

// What lies in buffers at the start has left its source at time 0.
static bool hold_parts(struct twin *t) {
  const struct layout *l = t->layout;
  for (int s = 0; s < l->station_count; s++)
    for (int k = 0; k < l->stations[s].holds_count; k++)
      for (int c = 0; c < l->stations[s].holds[k].count; c++) {
        uint32_t p = part_new(t, l->stations[s].holds[k].part, s);
        if (!p) return false;
        t->part[p].born = 0;
        t->created++;
        wip_add(t, 1);
        place_enter(t, p, s);
      }
  return true;
}

static void start(struct twin *t) {
  const struct layout *l = t->layout;
  for (int32_t i = 0; i < t->servers; i++)
    if (works(t->station[t->server[i].station].kind)) server_first_failure(t, i);
  for (int32_t i = 0, n = 0; i < t->robots; i++) {
    int f = t->robot[i].fleet;
    n = i - t->fleet[f].first_robot;
    if (n < l->fleets[f].count) robot_start(t, i);
  }
  shifts_start(t);
  for (int s = 0; s < l->station_count; s++)
    if (t->station[s].kind == STATION_SOURCE) source_start(t, s);
  happenings_schedule(t);
}

static bool build_pools(struct twin *t) {
  const struct layout *l = t->layout;
  t->part = ARENA_NEW(&t->arena, struct part, PARTS_MAX);
  t->job = ARENA_NEW(&t->arena, struct job, JOBS_MAX);
  t->dirty = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  t->losing = ARENA_NEW(&t->arena, int32_t, l->station_count + 1);
  t->shift = ARENA_NEW(&t->arena, struct shift_row, l->shift_count + 1);
  t->zone_closed = ARENA_NEW(&t->arena, bool, l->zone_count + 1);
  t->leads_max = 1 << 20;
  t->lead = ARENA_NEW(&t->arena, float, t->leads_max);
  t->list = ARENA_NEW(&t->arena, struct job_list, LISTS_MAX);
  t->cursor = ARENA_NEW(&t->arena, uint32_t, LISTS_MAX);
  if (!orders_create(t)) return false;
  if (t->options.second_digests) {
    t->seconds_max = t->options.horizon > 0 ? (int32_t)(t->options.horizon / NS_SECOND + 2) : 1 << 24;
    t->second = ARENA_NEW(&t->arena, uint64_t, t->seconds_max);
    if (!t->second) return false;
  }
  return t->part && t->job && t->dirty && t->losing && t->shift && t->zone_closed && t->lead && t->list && t->cursor;
}

enum status build_twin(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  enum status s = error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for a twin of this layout");
  t->station = ARENA_NEW(&t->arena, struct station_row, l->station_count + 1);
  if (!t->station || !build_pools(t)) return s;
  t->sums = sums_make(l, &t->arena);
  if (!t->sums.station || !t->sums.fleet || !build_stations(t) || !build_servers(t)) return s;
  enum status hands = hands_create(t, e);
  if (hands != STATUS_OK) return hands;
  enum status ways = build_ways(t, e);
  if (ways != STATUS_OK) return ways;
  for (int k = 0; k < l->station_count; k++) {
    const struct station *plan = &l->stations[k];
    if (plan->operators.count > 0) t->station[k].operate_list = build_list(t, mask_of(l, plan->operators.by, plan->operators.by_count), 0);
    if (plan->failures.given && plan->failures.by != NONE) t->station[k].mend_list = build_list(t, UINT64_C(1) << plan->failures.by, 0);
  }
  enum status fleets = build_fleets(t, e);
  if (fleets == STATUS_OK) fleets = hands_makes(t, e);
  if (fleets == STATUS_OK) fleets = broken_create(t, e);
  if (fleets == STATUS_OK) fleets = updates_create(t, e);
  if (fleets == STATUS_OK) fleets = footing_create(t, e);
  if (fleets != STATUS_OK) return fleets;
  if (!work_create(t) || !team_create(t) || !seeing_create(t)) return s;
  if (!build_timers(t)) return error_at(e, STATUS_LIMIT, l->file, 0, 0, "more stations and robots than one twin can hold");
  if (l->run.fidelity == FIDELITY_EVENT) {
    enum status paces = pace_create(t, e);
    if (paces == STATUS_OK) paces = bays_create(t, e);
    if (paces != STATUS_OK) return paces;
  }
  if (l->run.fidelity == FIDELITY_MOTION) {
    enum status walkers = motion_create(t, e);
    if (walkers != STATUS_OK) return walkers;
  }
  if (l->run.fidelity == FIDELITY_BODY) {
    enum status bodies = body_create(t, e);
    if (bodies == STATUS_OK) bodies = clear_create(t, e);
    if (bodies != STATUS_OK) return bodies;
  }
  enum status strains = strain_create(t, e);
  if (strains != STATUS_OK) return strains;
  enum status scheduler = decide_create(t, e);
  if (scheduler != STATUS_OK) return scheduler;
  if (!ahead_create(t)) return s;
  if (t->ahead) ahead_plan(t);
  // all of it lies there before anything moves
  t->depth = DEPTH_MAX;
  if (!hold_parts(t)) return s;
  t->depth = 0;
  start(t);
  watch_start(t);
  return error_at(e, STATUS_OK, l->file, 0, 0, "%s", "");
}
