#include "engine/sim/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/sim/decide.h"
#include "engine/sim/estimate.h"

#define WAITING_TOLD 5              // jobs that wait, in one decision

static bool is_on(const struct explain *x, ns_t now) { return now >= x->from && now <= x->until; }
static bool wants(const struct explain *x, uint32_t robot) { return !x->wants || x->wants(x->context, robot); }

bool explain_on(const struct twin *t) {
  for (const struct explain *x = t->options.explain; x; x = x->next)
    if (is_on(x, t->now)) return true;
  return false;
}

bool explain_all(const struct twin *t) {
  for (const struct explain *x = t->options.explain; x; x = x->next)
    if (is_on(x, t->now) && !x->wants) return true;
  return false;
}

bool explain_wants(const struct twin *t, uint32_t robot) {
  for (const struct explain *x = t->options.explain; x; x = x->next)
    if (is_on(x, t->now) && wants(x, robot)) return true;
  return false;
}

void explain_what(const struct twin *t, uint32_t j, char *out, size_t size) {
  const struct layout *l = t->layout;
  const struct job *a = &t->job[j];
  switch ((enum job_kind)a->kind) {
    case JOB_CARRY:   snprintf(out, size, "carry %.40s from %.60s to %.60s", l->parts[t->part[a->part].type].name, l->stations[a->from].name, l->stations[a->to].name); break;
    case JOB_OPERATE: snprintf(out, size, "work at %.60s", l->stations[a->from].name); break;
    case JOB_MEND:    snprintf(out, size, "mend %.60s", l->stations[a->from].name); break;
    case JOB_RELIEF:  snprintf(out, size, "relieve who stands at %.60s", l->stations[a->from].name); break;
    case JOB_HELP:    snprintf(out, size, "help R%u", t->robot[a->server].number); break;
  }
}

static void name_robot(const struct twin *t, int32_t i, char *out, size_t size) {
  snprintf(out, size, "%c%u", robot_letter(t, i), t->robot[i].number);
}

void explain_job(struct twin *t, uint32_t j, const char *state, uint32_t robot) {
  const struct explain *all = t->options.explain;
  while (all && all->wants) all = all->next;
  if (!all) return;
  struct explanation e = {.at = t->now, .kind = EXPLAIN_JOB, .job = j, .state = state, .robot = robot, .due = INFINITY, .policy = ""};
  // a part that is over has no name any more
  if (strcmp(state, "waits") == 0) explain_what(t, j, e.what, sizeof e.what);
  for (const struct explain *x = all; x; x = x->next)
    if (!x->wants) x->tell(x->context, &e);
}

// ---- candidates -----------------------------------------------------------------------------------------

static bool candidate_of(struct twin *t, int32_t j, int32_t r, struct explain_candidate *c) {
  const struct policy_view *v = decide_view(t);
  const struct policy *p = decide_policy(t);
  if (!(v->jobs.fleets[j] >> v->robots.fleet[r] & 1)) return false;
  double walk = v->walk(v->context, r, j);
  if (walk < 0) return false;
  *c = (struct explain_candidate){.walk = walk, .free_in = v->robots.free_in[r], .cost = walk + v->robots.free_in[r]};
  if (p && p->explain) c->terms = p->explain(decide_self(t), v, j, r, c->term);
  if (c->terms < 0 || c->terms > POLICY_TERMS) c->terms = 0;
  if (c->terms > 0) c->cost = 0;
  for (int k = 0; k < c->terms; k++) c->cost += c->term[k].cost;
  name_robot(t, decide_robot(t, r), c->robot, sizeof c->robot);
  return true;
}

static bool wins(const struct policy_pair *pair, int32_t count, int32_t j, int32_t r) {
  for (int32_t k = 0; k < count; k++)
    if (pair[k].job == j && pair[k].robot == r) return true;
  return false;
}

static void list_candidates(struct twin *t, struct explanation *e, int32_t j, const struct policy_pair *pair, int32_t count) {
  const struct policy_view *v = decide_view(t);
  for (int32_t r = 0; r < v->robots.n; r++) {
    struct explain_candidate c;
    if (!candidate_of(t, j, r, &c)) continue;
    c.wins = wins(pair, count, j, r);
    int i = e->count;
    if (e->count == EXPLAIN_CANDIDATES) {
      e->others++;
      // the one that wins is always told
      i--;
      if (e->candidate[i].wins || (!c.wins && e->candidate[i].cost <= c.cost)) continue;
    } else {
      e->count++;
    }
    for (; i > 0 && e->candidate[i - 1].cost > c.cost; i--) e->candidate[i] = e->candidate[i - 1];
    e->candidate[i] = c;
  }
}

static struct explanation about(struct twin *t, const char *policy, enum explain_kind kind, int32_t row) {
  uint32_t j = decide_job(t, row);
  const struct policy_view *v = decide_view(t);
  struct explanation e = {.at = t->now, .kind = kind, .policy = policy, .job = j, .age = v->jobs.age[row], .work = v->jobs.work[row], .due = v->jobs.due[row]};
  explain_what(t, j, e.what, sizeof e.what);
  return e;
}

// Why the job in that row gets nobody now.
static void say_why(struct twin *t, struct explanation *e, int32_t row) {
  const struct policy_view *v = decide_view(t);
  int able = 0, there = 0;
  for (int32_t r = 0; r < v->robots.idle; r++) {
    if (!(v->jobs.fleets[row] >> v->robots.fleet[r] & 1)) continue;
    able++;
    there += v->walk(v->context, r, row) >= 0;
  }
  int need = v->jobs.need[row];
  if (able == 0) snprintf(e->why, sizeof e->why, "nobody of its fleets is idle");
  else if (there == 0) snprintf(e->why, sizeof e->why, "none of %d idle can walk there", able);
  else if (there < need) snprintf(e->why, sizeof e->why, "it needs %d, %d idle could come", need, there);
  else if (e->count > 0 && e->candidate[0].free_in > 0) snprintf(e->why, sizeof e->why, "%s will be free in %.1f s and be there first", e->candidate[0].robot, e->candidate[0].free_in);
  else snprintf(e->why, sizeof e->why, "who could come goes elsewhere");
}

static void answer(struct twin *t, const struct explain *x, const char *policy, const struct policy_pair *pair, int32_t count) {
  const struct policy_view *v = decide_view(t);
  for (int32_t k = 0; k < count; k++) {
    if (!wants(x, v->robots.number[pair[k].robot])) continue;
    if (pair[k].job == POLICY_CHARGE) {
      int32_t r = pair[k].robot;
      struct explanation e = {.at = t->now, .kind = EXPLAIN_CHARGE, .policy = policy, .due = INFINITY, .robot = v->robots.number[r]};
      char name[12];
      name_robot(t, decide_robot(t, r), name, sizeof name);
      snprintf(e.what, sizeof e.what, "%s goes to charge", name);
      snprintf(e.why, sizeof e.why, "its charge is %.0f %%, %d of %d slots are free", 100 * v->robots.charge[r], v->slots_free, v->slots);
      x->tell(x->context, &e);
      continue;
    }
    bool first = true;              // of a job for several, once
    for (int32_t i = 0; i < k && !x->wants; i++) first = first && pair[i].job != pair[k].job;
    if (!first) continue;
    struct explanation e = about(t, policy, EXPLAIN_GIVEN, pair[k].job);
    e.robot = v->robots.number[pair[k].robot];
    list_candidates(t, &e, pair[k].job, pair, count);
    x->tell(x->context, &e);
  }
  for (int32_t j = 0, told = 0; !x->wants && j < v->jobs.n && told < WAITING_TOLD; j++) {
    bool given = false;
    for (int32_t k = 0; k < count; k++) given = given || pair[k].job == j;
    if (given) continue;
    struct explanation e = about(t, policy, EXPLAIN_WAITS, j);
    list_candidates(t, &e, j, pair, 0);
    say_why(t, &e, j);
    x->tell(x->context, &e);
    told++;
  }
}

void explain_answer(struct twin *t, const char *policy, const struct policy_pair *pair, int32_t count) {
  for (const struct explain *x = t->options.explain; x; x = x->next)
    if (is_on(x, t->now)) answer(t, x, policy, pair, count);
}
