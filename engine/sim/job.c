#include "engine/sim/job.h"

#include "engine/sim/admit.h"
#include "engine/sim/able.h"
#include "engine/sim/build.h"
#include "engine/sim/decide.h"
#include "engine/sim/explain.h"
#include "engine/sim/reassign.h"
#include "engine/sim/robot.h"
#include "engine/sim/server.h"
#include "engine/sim/source.h"

// ---- rows and lists -----------------------------------------------------------------------------------

static uint32_t job_new(struct twin *t, enum job_kind kind, int32_t list, int order) {
  uint32_t j = t->job_free;
  if (j) {
    t->job_free = t->job[j].next;
  } else if (t->job_top + 1 < JOBS_MAX) {
    j = ++t->job_top;
  } else {
    twin_fault(t, "more than %u jobs wait", JOBS_MAX - 1);
    return 0;
  }
  t->job[j] = (struct job){.kind = (uint8_t)kind, .need = 1, .from = NONE, .to = NONE, .server = NONE, .laid = NONE,
                           .order = order, .list = list, .work = -1, .reach = -1, .created = t->now, .priority = t->list[list].priority};
  return j;
}

void job_free(struct twin *t, uint32_t j) {
  assert(t->job[j].state != JOB_FREE);
  if (t->options.explain) explain_job(t, j, "over", 0);
  t->job[j].state = JOB_FREE;
  t->job[j].next = t->job_free;
  t->job_free = j;
}

// Oldest first; jobs of one instant in the order of the file.
static void list_insert(struct twin *t, uint32_t j) {
  struct job *a = &t->job[j];
  struct job_list *l = &t->list[a->list];
  uint32_t after = l->tail;
  while (after && (t->job[after].created > a->created || (t->job[after].created == a->created && t->job[after].order > a->order))) after = t->job[after].prev;
  a->prev = after;
  a->next = after ? t->job[after].next : l->head;
  if (a->next) t->job[a->next].prev = j; else l->tail = j;
  if (after) t->job[after].next = j; else l->head = j;
  a->state = JOB_RELEASED;
  if (t->options.explain) explain_job(t, j, "waits", 0);
  t->jobs_waiting++;
  t->dispatch_wanted = true;
}

static void list_remove(struct twin *t, uint32_t j) {
  struct job *a = &t->job[j];
  struct job_list *l = &t->list[a->list];
  if (a->prev) t->job[a->prev].next = a->next; else l->head = a->next;
  if (a->next) t->job[a->next].prev = a->prev; else l->tail = a->prev;
  a->next = a->prev = 0;
  t->jobs_waiting--;
}

void job_carry(struct twin *t, uint32_t p, uint32_t k) {
  const struct edge *e = &t->edge[k];
  const struct flow *f = &t->layout->flows[e->flow];
  struct part *a = &t->part[p];
  uint64_t asked = t->list[e->list].fleets, able = able_to_carry(t, asked, (double)a->mass, f->robots);
  uint32_t j = job_new(t, JOB_CARRY, able == asked ? e->list : build_list(t, able, t->list[e->list].priority), e->order);
  if (!j) return;
  t->job[j].need = (uint8_t)f->robots;
  t->job[j].from = a->station;
  t->job[j].to = e->to;
  t->job[j].part = p;
  t->job[j].edge = k;
  a->job = j;
  list_insert(t, j);
  struct station_row *r = &t->station[a->station];
  if (r->kind == STATION_SOURCE) {
    t->server[r->first_server].reserved++;
    source_book(t, a->station);
  } else if (r->kind >= STATION_MACHINE && r->kind != STATION_CONVEYOR) {
    t->server[a->server].reserved++;
    server_cause(t, a->server);
  }
}

void job_operate(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  int32_t s = v->station;
  if (v->job) {
    // somebody keeps this post, or is on the way already
    struct job *a = &t->job[v->job];
    a->need = v->crew_needed;
    for (int k = 0; k < a->robots; k++) {
      struct robot *r = &t->robot[a->robot[k]];
      if (r->act == ACT_POST && r->posted) {
        r->posted = false;
        server_crew(t, i, 1);
      }
    }
    if (a->robots < a->need && a->state != JOB_RELEASED) list_insert(t, v->job);
    return;
  }
  uint32_t j = job_new(t, JOB_OPERATE, t->station[s].operate_list, 1000000 + s);
  if (!j) return;
  t->job[j].need = v->crew_needed;
  t->job[j].from = s;
  t->job[j].server = i;
  v->job = j;
  list_insert(t, j);
}

void job_mend(struct twin *t, int32_t i) {
  int32_t s = t->server[i].station;
  uint32_t j = job_new(t, JOB_MEND, t->station[s].mend_list, 500000 + s);
  if (!j) return;
  t->job[j].from = s;
  t->job[j].server = i;
  t->server[i].mender = j;
  list_insert(t, j);
}

void job_relief(struct twin *t, int32_t i) {
  int32_t s = t->server[i].station;
  uint32_t j = job_new(t, JOB_RELIEF, t->station[s].operate_list, 1000000 + s);
  if (!j) return;
  t->job[j].from = s;
  t->job[j].server = i;
  list_insert(t, j);
}

uint32_t job_help(struct twin *t, int32_t i, int32_t list) {
  uint32_t j = job_new(t, JOB_HELP, list, 400000 + i);
  if (!j) return 0;
  t->job[j].server = i;
  list_insert(t, j);
  return j;
}

void job_drop_robot(struct job *a, int32_t r) {
  for (int k = 0; k < a->robots; k++)
    if (a->robot[k] == (uint32_t)r) {
      a->robot[k] = a->robot[--a->robots];
      return;
    }
}

void job_release_again(struct twin *t, uint32_t j) { list_insert(t, j); }

void job_cancel(struct twin *t, uint32_t j) {
  struct job *a = &t->job[j];
  if (a->state == JOB_RELEASED) list_remove(t, j);
  int n = a->robots;
  a->robots = 0;
  for (int k = 0; k < n; k++) robot_done(t, (int32_t)a->robot[k]);
  job_free(t, j);
}

// ---- dispatch -------------------------------------------------------------------------------------------

static bool first_of(const struct job *a, const struct job *b) {
  if (a->priority != b->priority) return a->priority > b->priority;
  return a->created < b->created || (a->created == b->created && a->order < b->order);
}

int32_t jobs_gather(struct twin *t, bool whole, int32_t n, bool on, uint32_t *job) {
  int      able[64] = {0};          // idle robots of each fleet
  uint64_t fleets = 0;
  for (int32_t k = 0; k < t->idles; k++) {
    able[t->idle_fleet[k]]++;
    fleets |= UINT64_C(1) << t->idle_fleet[k];
  }
  for (int32_t k = 0; k < t->lists && !on; k++) t->cursor[k] = t->list[k].fleets & fleets ? t->list[k].head : 0;
  int32_t got = 0;
  bool    fresh = true;
  while (got < n) {
    uint32_t best = 0;
    int32_t  from = NONE;
    for (int32_t k = 0; k < t->lists; k++) {
      uint32_t j = t->cursor[k];
      if (!j || (best && !first_of(&t->job[j], &t->job[best]))) continue;
      best = j;
      from = k;
    }
    if (!best) break;
    t->cursor[from] = t->job[best].next;
    const struct job *a = &t->job[best];
    if (whole && a->need - a->robots > 1) {
      int there = 0;
      for (uint64_t f = t->list[a->list].fleets & fleets; f; f &= f - 1) there += able[__builtin_ctzll(f)];
      if (there < a->need - a->robots) continue;
    }
    // last: what is admitted counts as given
    bool admitted = !t->admit || admit_job(t, best, fresh);
    fresh = false;
    if (admitted) job[got++] = best;
  }
  return got;
}

void job_give(struct twin *t, uint32_t j, int32_t r) {
  struct job *a = &t->job[j];
  t->digest = digest_u64(t->digest, (uint64_t)t->now, UINT64_C(1) << 63 | (uint64_t)r << 32 | j);
  if (t->options.explain) explain_job(t, j, "given", t->robot[r].number);
  a->robot[a->robots++] = (uint32_t)r;
  if (a->robots == a->need) {
    list_remove(t, j);
    a->state = JOB_ASSIGNED;
  }
  robot_assign(t, r, j);
}

// The same pairs in rows of the columns that everybody is shown.
static void explain_plain(struct twin *t, int pairs) {
  static const char *const names[] = {"nearest", "fifo", "idle-first"};
  bool any = explain_all(t);
  for (int k = 0; k < pairs; k++) any = any || explain_wants(t, t->idle_number[t->pairs[k][1]]);
  if (!any) return;
  decide_look(t);
  const struct policy_view *v = decide_view(t);
  struct policy_pair pair[64];
  int count = 0;
  for (int k = 0; k < pairs && count < 64; k++) {
    struct policy_pair p = {NONE, NONE};
    for (int32_t j = 0; j < v->jobs.n; j++)
      if (decide_job(t, j) == t->wait_job[t->pairs[k][0]]) p.job = j;
    for (int32_t r = 0; r < v->robots.idle; r++)
      if (decide_robot(t, r) == t->idle_robot[t->pairs[k][1]]) p.robot = r;
    if (p.job != NONE && p.robot != NONE) pair[count++] = p;
  }
  explain_answer(t, names[t->layout->policy], pair, count);
}

void jobs_dispatch(struct twin *t) {
  t->dispatch_wanted = false;
  bool reassigns = t->decide && decide_reassigns(t);
  if (reassigns && t->idles == 0 && t->jobs_waiting > 0) reassign_urgent(t);
  if (reassigns && t->idles > 0 && t->jobs_waiting == 0) reassign(t, NULL, 0);
  if (t->jobs_waiting == 0 || t->idles == 0) return;
  if (t->decide && !decide_plain(t)) {
    decide_jobs(t);
    return;
  }
  struct dispatch_robots robots = {.n = t->idles, .place = t->idle_place, .fleet = t->idle_fleet, .idle_since = t->idle_time, .number = t->idle_number};
  static const enum dispatch_rule rule[] = {DISPATCH_NEAREST, DISPATCH_FIFO, DISPATCH_IDLE_FIRST};
  int most = t->idles + 16, n, pairs = 0;
  // jobs that nobody can get to do not keep those behind them waiting
  for (bool on = false; pairs == 0 && (n = jobs_gather(t, true, most, on, t->wait_job)) > 0; on = true) {
    for (int k = 0; k < n; k++) {
      const struct job *a = &t->job[t->wait_job[k]];
      t->wait_place[k] = robots_job_place(t, t->wait_job[k]);
      t->wait_fleets[k] = t->list[a->list].fleets;
      t->wait_need[k] = (uint8_t)(a->need - a->robots);
    }
    struct dispatch_jobs jobs = {.n = n, .place = t->wait_place, .fleets = t->wait_fleets, .need = t->wait_need};
    pairs = dispatch(rule[t->layout->policy], &jobs, &robots, robots_walk_times, t, t->taken, t->seconds_away, t->pairs, t->pairs_max);
  }
  // there were more jobs than were looked at, perhaps for robots that found none among these
  t->dispatch_wanted = n == most && pairs > 0 && pairs < t->idles;
  if (explain_on(t)) explain_plain(t, pairs);
  // rows of idle robots move as they are taken: translate first
  for (int k = 0; k < pairs; k++) t->pairs[k][1] = t->idle_robot[t->pairs[k][1]];
  for (int k = 0; k < pairs; k++) job_give(t, t->wait_job[t->pairs[k][0]], t->pairs[k][1]);
}

// ---- operators --------------------------------------------------------------------------------------------

void crew_release(struct twin *t, int32_t i) {
  struct server *v = &t->server[i];
  uint32_t j = v->job;
  v->crew = 0;
  if (!j) return;
  struct job *a = &t->job[j];
  if (a->state == JOB_RELEASED) list_remove(t, j);
  bool keep = false;
  for (int k = 0; k < a->robots; k++) {
    struct robot *r = &t->robot[a->robot[k]];
    if (t->layout->fleets[r->fleet].relief && t->layout->stations[v->station].operators.during == DURING_ALL && !r->leaving) keep = true;
  }
  if (keep) {
    a->state = JOB_RUNNING;
    for (int k = 0; k < a->robots; k++) t->robot[a->robot[k]].posted = true;
    crew_book(t, i, STATION_STARVED);
    return;
  }
  v->job = 0;
  for (int k = 0; k < a->robots; k++) robot_done(t, (int32_t)a->robot[k]);
  job_free(t, j);
}

void crew_spare(struct twin *t, int32_t i, int need) {
  struct server *v = &t->server[i];
  struct job *a = &t->job[v->job];
  if (v->crew_needed <= need || !v->job) return;
  assert(a->state == JOB_RUNNING);
  for (int k = 0; k < a->robots; k++)
    if (t->layout->fleets[t->robot[a->robot[k]].fleet].relief) return;
  v->crew_needed = a->need = (uint8_t)need;
  while (a->robots > need) {
    int32_t r = (int32_t)a->robot[--a->robots];
    a->there--;
    v->crew--;
    robot_done(t, r);
  }
}

void crew_book(struct twin *t, int32_t i, enum station_cause cause) {
  const struct server *v = &t->server[i];
  if (!v->job) return;
  const struct job *a = &t->job[v->job];
  for (int k = 0; k < a->robots; k++) {
    int32_t r = (int32_t)a->robot[k];
    if (t->robot[r].act != ACT_POST) continue;
    enum robot_cause c = ROBOT_WAITING_PART;
    if (cause == STATION_WORKING || cause == STATION_SETUP) c = ROBOT_WORKING;
    else if (cause == STATION_BLOCKED) c = ROBOT_WAITING_SPACE;
    else if (cause == STATION_WAITING_ROBOT && a->robots > 1) c = ROBOT_WAITING_PARTNER;
    robot_book(t, r, c);
  }
}

void mend_done(struct twin *t, int32_t i) {
  uint32_t j = t->server[i].mender;
  t->server[i].mender = 0;
  struct job *a = &t->job[j];
  for (int k = 0; k < a->robots; k++) robot_done(t, (int32_t)a->robot[k]);
  job_free(t, j);
}
