#include "engine/sim/decide.h"

#include <math.h>
#include <string.h>

#include "engine/sim/carry.h"
#include "engine/sim/estimate.h"
#include "engine/sim/explain.h"
#include "engine/sim/job.h"
#include "engine/sim/power.h"
#include "engine/sim/reassign.h"
#include "engine/sim/robot.h"
#include "engine/sim/server.h"
#include "engine/sim/strain.h"
#include "engine/sim/walk.h"
#include "engine/sim/work.h"
#include "engine/world/library.h"
#include "scheduler/lookahead.h"
#include "scheduler/policy.h"
#include "scheduler/rules.h"

#define WAIT_MORE 64                // lookahead: so many more than four for each idle robot
#define NEAR      16                // lookahead: idle robots a job is shown when there are many

struct decide {
  const struct policy *policy;      // NULL: a rule
  enum dispatch_index  rule;
  void   *self;
  int32_t jobs_max;
  // columns of jobs, and whose rows they are
  uint32_t *job;
  uint64_t *key, *fleets;
  int32_t  *place, *priority, *order;
  double  (*at)[2], *age, *work, *rest, *due, *weight, *setup, *index;
  int32_t  *family;
  uint8_t  *need, *skill, *teach;
  uint8_t  *learns;                 // of each station: how long work takes depends on who does it
  // columns of robots
  int32_t  *robot, *stands;
  uint32_t *number;
  uint8_t  *fleet;
  double  (*spot)[2], *free_in, *idle_for, *charge, *level, *slack, *heat, *wear, *switching;
  int32_t  *did;                    // family of its last work
  struct policy_pair *pair;
  struct policy_view  view;
};

// ---- memory ---------------------------------------------------------------------------------------------

static bool make_columns(struct twin *t, struct decide *d) {
  struct arena *a = &t->arena;
  size_t n = (size_t)d->jobs_max + 1, m = (size_t)t->robots + 1;
  d->job = ARENA_NEW(a, uint32_t, n);
  d->key = ARENA_NEW(a, uint64_t, n);
  d->fleets = ARENA_NEW(a, uint64_t, n);
  d->place = ARENA_NEW(a, int32_t, n);
  d->priority = ARENA_NEW(a, int32_t, n);
  d->order = ARENA_NEW(a, int32_t, n);
  d->at = arena_alloc(a, sizeof *d->at * n, 8);
  d->age = ARENA_NEW(a, double, n);
  d->work = ARENA_NEW(a, double, n);
  d->rest = ARENA_NEW(a, double, n);
  d->due = ARENA_NEW(a, double, n);
  d->weight = ARENA_NEW(a, double, n);
  d->index = ARENA_NEW(a, double, n);
  d->setup = ARENA_NEW(a, double, n);
  d->family = ARENA_NEW(a, int32_t, n);
  d->skill = ARENA_NEW(a, uint8_t, n);
  d->teach = ARENA_NEW(a, uint8_t, n);
  d->need = ARENA_NEW(a, uint8_t, n);
  d->learns = ARENA_NEW(a, uint8_t, t->layout->station_count + 1);
  d->robot = ARENA_NEW(a, int32_t, m);
  d->stands = ARENA_NEW(a, int32_t, m);
  d->number = ARENA_NEW(a, uint32_t, m);
  d->fleet = ARENA_NEW(a, uint8_t, m);
  d->spot = arena_alloc(a, sizeof *d->spot * m, 8);
  d->free_in = ARENA_NEW(a, double, m);
  d->idle_for = ARENA_NEW(a, double, m);
  d->charge = ARENA_NEW(a, double, m);
  d->level = ARENA_NEW(a, double, m);
  d->slack = ARENA_NEW(a, double, m);
  d->heat = ARENA_NEW(a, double, m);
  d->wear = ARENA_NEW(a, double, m);
  d->switching = ARENA_NEW(a, double, m);
  d->did = ARENA_NEW(a, int32_t, m);
  d->pair = arena_alloc(a, sizeof *d->pair * (m + 1), 8);
  if (!d->pair || !d->heat || !d->need || !d->spot || !d->at || !d->index || !d->setup || !d->family || !d->skill || !d->teach || !d->learns || !d->wear || !d->switching || !d->did) return false;
  // who is trained at a skill, or another model, is faster; without steps a station's time is its own
  for (int s = 0; s < t->layout->station_count; s++) d->learns[s] = t->layout->stations[s].step_count > 0 && (t->layout->stations[s].operators.by_count > 1 || work_teaches(t, s));
  return true;
}

bool decide_plain(const struct twin *t) { return t->layout->policy <= POLICY_IDLE_FIRST && !t->options.policy; }

enum status decide_create(struct twin *t, struct error *e) {
  const struct layout *l = t->layout;
  if (decide_plain(t) && !t->options.explain) return STATUS_OK;
  struct decide *d = t->decide = ARENA_NEW(&t->arena, struct decide, 1);
  if (!d) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the scheduler");
  d->jobs_max = DECIDE_JOBS;
  if (t->options.policy) d->policy = t->options.policy;
  else if (l->policy == POLICY_LOOKAHEAD) d->policy = &lookahead_policy;
  else if (l->policy == POLICY_LIBRARY && t->options.stranger) {
    return error_at(e, STATUS_CONFLICT, l->file, 0, 0, "its policy is the library %.300s: a file that came from somewhere else never loads code", l->policy_file);
  } else if (l->policy == POLICY_LIBRARY && !(d->policy = library_open(l->policy_file, l->file, e))) return e->status;
  d->rule = l->policy == POLICY_SPT ? INDEX_SPT : l->policy == POLICY_EDD ? INDEX_EDD : INDEX_ATC;
  if (!make_columns(t, d) || !estimate_create(t)) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the scheduler");
  if (d->policy == &lookahead_policy && !t->reassign && !reassign_create(t)) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the scheduler");
  if (d->policy && d->policy->create && !(d->self = d->policy->create(d->jobs_max, t->robots))) return error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the policy %s", d->policy->name);
  return STATUS_OK;
}

void decide_destroy(struct twin *t) {
  if (!t->decide) return;
  if (t->decide->self && t->decide->policy->destroy) t->decide->policy->destroy(t->decide->self);
}

void decide_again(struct twin *t) {
  struct error e;
  decide_destroy(t);
  t->decide = NULL;
  if (decide_create(t, &e) != STATUS_OK) twin_fault(t, "%s", e.text);
  t->dispatch_wanted = true;
}

// ---- what is there ----------------------------------------------------------------------------------------

static void place_of(const struct twin *t, int32_t place, double at[2]) {
  at[0] = place == NONE ? 0 : t->place_at[place][0];
  at[1] = place == NONE ? 0 : t->place_at[place][1];
}

static double setup_of(const struct twin *t, const struct job *a) { return a->kind == JOB_CARRY ? server_setup(t, a->to, t->part[a->part].type) : 0; }

// So many of a hundred jobs at which one learns, by their keys: the same ones every time.
static bool teaches(const struct twin *t, uint64_t key) {
  return t->layout->teach > 0 && (double)(digest_u64(DIGEST_START, key, 1) >> 11) * 0x1p-53 < t->layout->teach;
}

static void see_work(struct twin *t, struct decide *d, int32_t k) {
  const struct job *a = &t->job[d->job[k]];
  bool operate = a->kind == JOB_OPERATE || a->kind == JOB_RELIEF;
  d->setup[k] = setup_of(t, a);
  d->family[k] = operate && t->layout->stations[a->from].step_count ? t->layout->stations[a->from].group : NONE;
  d->skill[k] = operate && d->learns[a->from];
  d->teach[k] = d->skill[k] && teaches(t, d->key[k]);
}

static void see_jobs(struct twin *t, struct decide *d, int32_t n) {
  for (int32_t k = 0; k < n; k++) {
    uint32_t j = d->job[k];
    const struct job *a = &t->job[j];
    struct estimate_job e = estimate_job(t, j);
    d->key[k] = (uint64_t)a->created << 22 ^ j;
    d->place[k] = robots_job_place(t, j);
    place_of(t, d->place[k], d->at[k]);
    d->fleets[k] = t->list[a->list].fleets;
    d->need[k] = (uint8_t)(a->need - a->robots);
    d->priority[k] = a->priority;
    d->age[k] = ns_to_seconds(t->now - a->created);
    d->work[k] = e.work;
    d->rest[k] = e.rest;
    d->due[k] = e.due;
    d->weight[k] = e.weight;
    see_work(t, d, k);
  }
}

// Seconds until a robot that carries has set its part down, < 0: not known, or not within the horizon.
static double busy_for(const struct twin *t, const struct robot *b, double horizon) {
  if (b->off || b->leaving || b->must_charge || (b->act != ACT_CARRY && b->act != ACT_PLACE)) return -1;
  const struct robot *first = &t->robot[t->job[b->job].robot[0]];
  double left = ns_to_seconds(first->act_start + first->act_length - t->now);
  if (left < 0) left = 0;
  if (b->act == ACT_PLACE || left > horizon) return left <= horizon ? left : -1;
  const struct fleet_row *f = &t->fleet[b->fleet];
  return left + (f->typed ? distribution_mean(&t->layout->fleets[b->fleet].handling) : robot_place_time(&make_of(t, b)->tables, HAND_TRAVEL, (double)b->load, 0));
}

static void see_charge(const struct twin *t, struct decide *d, int32_t row, int32_t i) {
  const struct robot *b = &t->robot[i];
  const struct fleet_row *f = &t->fleet[b->fleet];
  const struct fleet *plan = &t->layout->fleets[b->fleet];
  d->heat[row] = strain_heat(t, i);
  d->wear[row] = strain_wear(t, i);
  d->did[row] = b->worked_at - 1;
  d->switching[row] = ns_to_seconds(plan->switching);
  d->charge[row] = d->level[row] = 1;
  d->slack[row] = INFINITY;
  if (!f->drains) return;
  double charge = robot_charge(t, i), above = charge - plan->charge_below;
  const struct make *m = make_of(t, b);
  double rate = (m->rate_walk > m->rate_work ? m->rate_walk : m->rate_work) * 1e9;
  d->charge[row] = charge;
  d->level[row] = above / (plan->charge_until - plan->charge_below);
  d->slack[row] = above <= 0 ? 0 : rate > 0 ? above / rate : INFINITY;
}

static void see_robot(struct twin *t, struct decide *d, int32_t row, int32_t i, double free_in) {
  const struct robot *b = &t->robot[i];
  d->robot[row] = i;
  d->number[row] = b->number;
  d->fleet[row] = b->fleet;
  d->stands[row] = b->place;
  d->free_in[row] = free_in;
  d->idle_for[row] = free_in > 0 ? 0 : ns_to_seconds(t->now - b->idle_since);
  walk_stands(t, i, d->spot[row]);
  see_charge(t, d, row, i);
}

static double fastest(const struct twin *t) {
  double v = 0;
  for (int32_t f = 0; f < t->layout->fleet_count; f++)
    for (int32_t m = t->fleet[f].first_make; m < t->fleet[f].first_make + t->fleet[f].makes; m++) {
      double own = t->fleet[f].typed ? t->fleet[f].speed : t->make[m].tables.walk_speed;
      if (own <= 0) return 0;
      if (own > v) v = own;
    }
  return v;
}

static void see_chargers(const struct twin *t, struct policy_view *v) {
  v->slots = v->slots_free = v->drains = 0;
  for (int32_t c = 0; c < t->chargers; c++) {
    v->slots += t->charger[c].slots;
    v->slots_free += t->charger[c].slots - t->charger[c].taken;
  }
  for (int32_t f = 0; f < t->layout->fleet_count; f++) v->drains += t->fleet[f].drains ? t->fleet[f].present : 0;
}

static double walk_of(void *context, int32_t r, int32_t j) {
  struct twin *t = context;
  const struct decide *d = t->decide;
  // whoever asks may be a library of somebody else
  if (r < 0 || r >= d->view.robots.n || j < 0 || j >= d->view.jobs.n) return -1;
  int32_t i = d->robot[r];
  double length;
  // rules go by the walks between places
  if (r < d->view.robots.idle) return d->policy ? walk_time_from_spot(t, i, d->place[j]) : walk_time(t, i, d->place[j], 0, &length);
  const struct fleet_row *f = &t->fleet[t->robot[i].fleet];
  if (f->routes == NONE || d->place[j] == NONE || d->stands[r] == NONE || d->stands[r] == d->place[j]) return 0;
  const struct robot_tables *tables = &make_of(t, &t->robot[i])->tables;
  double speed = f->typed ? f->speed : tables->walk_speed;
  if (speed <= 0) return 0;
  double s = routes_time(t->routes[f->routes], d->stands[r], d->place[j], speed);
  return s < 0 ? s : s + (f->typed ? 0 : tables->start_stop);
}

static double service_of(void *context, int32_t r, int32_t j) {
  struct twin *t = context;
  const struct decide *d = t->decide;
  if (r < 0 || r >= d->view.robots.n || j < 0 || j >= d->view.jobs.n) return -1;
  return d->skill[j] ? work_expected(t, d->robot[r], t->job[d->job[j]].from, false) : d->work[j];
}

// With many more idle robots than jobs a policy that asks for few sees those that are there first, and nobody who works.
static void mark_near(struct twin *t, struct decide *d, int32_t jobs) {
  for (int32_t k = 0; k < t->idles; k++) t->taken[k] = false;
  for (int32_t j = 0; j < jobs; j++) {
    int32_t near[NEAR], got = 0;
    robots_walk_times(t, d->place[j], t->seconds_away);
    for (int32_t k = 0; k < t->idles; k++) {
      double s = t->seconds_away[k];
      if (s < 0 || (got == NEAR && s >= t->seconds_away[near[got - 1]]) || !(d->fleets[j] >> t->idle_fleet[k] & 1)) continue;
      int i = got < NEAR ? got++ : got - 1;
      for (; i > 0 && t->seconds_away[near[i - 1]] > s; i--) near[i] = near[i - 1];
      near[i] = k;
    }
    for (int i = 0; i < got; i++) t->taken[near[i]] = true;
  }
}

static int32_t see_robots(struct twin *t, struct decide *d, bool near, double horizon) {
  int32_t n = 0;
  for (int32_t k = 0; k < t->idles; k++)
    if (!near || t->taken[k]) see_robot(t, d, n++, t->idle_robot[k], 0);
  d->view.robots.idle = n;
  for (int32_t i = 0; i < t->robots && horizon > 0 && !near; i++) {
    double s = busy_for(t, &t->robot[i], horizon);
    if (s >= 0 && s <= horizon) see_robot(t, d, n++, i, s);
  }
  return n;
}

// Everything as the policy sees it; returns the number of waiting jobs.
static int32_t look(struct twin *t, struct decide *d, bool on) {
  double horizon = d->policy ? d->policy->horizon : 0;
  bool   ours = d->policy == &lookahead_policy;
  int32_t most = ours && 4 * t->idles + WAIT_MORE < d->jobs_max ? 4 * t->idles + WAIT_MORE : d->jobs_max;
  int32_t jobs = jobs_gather(t, false, most, on, d->job);
  if (jobs == 0) return 0;
  see_jobs(t, d, jobs);
  struct policy_view *v = &d->view;
  bool near = ours && jobs * (NEAR + 1) <= t->idles;
  for (int32_t j = 0; j < jobs; j++) near = near && d->need[j] == 1;
  if (near) mark_near(t, d, jobs);
  int32_t n = see_robots(t, d, near, horizon), idle = v->robots.idle;
  *v = (struct policy_view){.now = ns_to_seconds(t->now), .speed = fastest(t), .walk = walk_of, .service = service_of, .context = t,
    .jobs = {jobs, d->key, d->place, (const double (*)[2])d->at, d->fleets, d->need, d->priority, d->age, d->work, d->rest, d->due, d->weight, d->setup, d->family, d->skill, d->teach},
    .robots = {n, idle, d->number, d->fleet, d->stands, (const double (*)[2])d->spot, d->free_in, d->idle_for, d->charge, d->level, d->slack, d->heat, d->wear, d->did, d->switching}};
  see_chargers(t, v);
  return jobs;
}

// ---- the answer ---------------------------------------------------------------------------------------------

// The rule's order, then each job to the nearest robot that may do it.
static int32_t by_rule(struct twin *t, struct decide *d) {
  const struct policy_view *v = &d->view;
  struct index_jobs x = {v->jobs.n, d->work, d->due, d->rest, d->weight};
  dispatch_index(d->rule, &x, d->index);
  dispatch_rank(d->index, v->jobs.n, v->jobs.n, d->order);
  int32_t count = 0, idle = v->robots.idle;
  for (int32_t r = 0; r < idle; r++) t->taken[r] = false;
  for (int32_t k = 0; k < v->jobs.n && idle > 0; k++) {
    int32_t j = d->order[k], need = d->need[j];
    struct dispatch_jobs one = {.n = 1, .place = &d->place[j], .fleets = &d->fleets[j], .need = &d->need[j]};
    if (need > idle) continue;
    struct dispatch_robots robots = {.n = v->robots.idle, .place = t->idle_place, .fleet = t->idle_fleet, .idle_since = t->idle_time, .number = t->idle_number};
    int got = dispatch_job(DISPATCH_NEAREST, &one, 0, &robots, robots_walk_times, t, t->taken, t->seconds_away, t->pairs);
    for (int i = 0; i < got; i++) d->pair[count++] = (struct policy_pair){j, t->pairs[i][1]};
    idle -= got;
  }
  return count;
}

// A robot of the view sent to a charger.
static void to_charge(struct twin *t, int32_t i) {
  if (power_seek(t, i, true)) robot_idle_remove(t, i);
}

// Our own mistake in a policy of ours, somebody else's in a library: named, and the run ends.
static bool right(struct twin *t, struct decide *d, int32_t count) {
  const char *name = d->policy ? d->policy->name : "the rule";
  const struct policy_view *v = &d->view;
  if (count < 0 || count > t->robots) {
    twin_fault(t, "policy %.40s: %d pairs for %d idle robots", name, count, v->robots.idle);
    return false;
  }
  for (int32_t r = 0; r < v->robots.n; r++) t->taken[r] = false;
  for (int32_t j = 0; j < v->jobs.n; j++) d->order[j] = 0;
  for (int32_t k = 0; k < count; k++) {
    int32_t j = d->pair[k].job, r = d->pair[k].robot;
    if (r < 0 || r >= v->robots.n || j < POLICY_CHARGE || j >= v->jobs.n) {
      twin_fault(t, "policy %.40s: pair %d is (job %d, robot %d), but there are %d jobs and %d robots", name, k, j, r, v->jobs.n, v->robots.n);
    } else if (r >= v->robots.idle) {
      twin_fault(t, "policy %.40s: R%u is given a job while it works", name, d->number[r]);
    } else if (t->taken[r]) {
      twin_fault(t, "policy %.40s: R%u is given two jobs at once", name, d->number[r]);
    } else if (j == POLICY_CHARGE) {
      t->taken[r] = true;
      continue;
    } else if (!(d->fleets[j] >> d->fleet[r] & 1)) {
      twin_fault(t, "policy %.40s: R%u may not do job %u: it is of fleet %.60s", name, d->number[r], d->job[j], t->layout->fleets[d->fleet[r]].name);
    } else if (d->order[j] == d->need[j]) {
      twin_fault(t, "policy %.40s: job %u needs %d robot%s and is given more", name, d->job[j], d->need[j], d->need[j] == 1 ? "" : "s");
    } else if (walk_of(t, r, j) < 0) {
      twin_fault(t, "policy %.40s: R%u cannot walk to job %u", name, d->number[r], d->job[j]);
    } else {
      t->taken[r] = true;
      d->order[j]++;
      continue;
    }
    return false;
  }
  for (int32_t j = 0; j < v->jobs.n; j++)
    if (d->order[j] > 0 && d->order[j] < d->need[j]) {
      twin_fault(t, "policy %.40s: job %u needs %d robots and is given %d", name, d->job[j], d->need[j], d->order[j]);
      return false;
    }
  return true;
}

bool decide_reassigns(const struct twin *t) { return t->reassign && t->decide->policy == &lookahead_policy; }

void decide_look(struct twin *t) { look(t, t->decide, false); }
const struct policy_view *decide_view(const struct twin *t) { return &t->decide->view; }
const struct policy *decide_policy(const struct twin *t) { return t->decide->policy; }
const void *decide_self(const struct twin *t) { return t->decide->self; }
uint32_t decide_job(const struct twin *t, int32_t row) { return t->decide->job[row]; }
int32_t decide_robot(const struct twin *t, int32_t row) { return t->decide->robot[row]; }

void decide_jobs(struct twin *t) {
  struct decide *d = t->decide;
  int32_t count = 0, jobs;
  bool    seen = false, team = false;
  // jobs that nobody can get to, or that wait for somebody, do not keep those behind them waiting; a team that is held does
  for (; count == 0 && !team && (jobs = look(t, d, seen)) > 0; seen = true) {
    count = d->policy ? d->policy->decide(d->self, &d->view, d->pair, t->robots) : by_rule(t, d);
    for (int32_t j = 0; j < jobs && d->policy == &lookahead_policy; j++) team = team || d->need[j] > 1;
  }
  if (!seen) return;
  if (d->policy && d->policy->digest) t->digest = digest_u64(t->digest, d->policy->digest(d->self), (uint64_t)t->now);
  if (!right(t, d, count)) return;
  static const char *const rules[] = {[INDEX_SPT] = "spt", [INDEX_EDD] = "edd", [INDEX_ATC] = "atc"};
  if (explain_on(t)) explain_answer(t, d->policy ? d->policy->name : rules[d->rule], d->pair, count);
  // rows of idle robots move as they are taken, those of the view do not
  int32_t given = 0;
  for (int32_t k = 0; k < count; k++) {
    int32_t i = d->robot[d->pair[k].robot];
    if (d->pair[k].job == POLICY_CHARGE) to_charge(t, i);
    else job_give(t, d->job[d->pair[k].job], i), d->stands[given++] = i;
  }
  if (d->policy == &lookahead_policy) reassign(t, d->stands, given);
}
