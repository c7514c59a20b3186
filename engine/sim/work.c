#include "engine/sim/work.h"

#include "engine/sim/job.h"
#include "engine/sim/power.h"
#include "engine/sim/server.h"
#include "engine/sim/work_go.h"

static const struct station *plan_of(const struct twin *t, int32_t v) { return &t->layout->stations[t->server[v].station]; }

bool work_create(struct twin *t) {
  const struct layout *l = t->layout;
  if (l->step_count == 0) return true;
  t->work = ARENA_NEW(&t->arena, struct work, t->servers + 1);
  t->practice = ARENA_NEW(&t->arena, uint64_t, (t->robots + l->fleet_count) * l->skill_count + 1);
  if (!t->work || !t->practice) return false;
  for (int s = 0; s < l->station_count; s++)
    for (int32_t k = 0; l->stations[s].step_count && k < t->station[s].servers; k++)
      t->work[t->station[s].first_server + k].draws = stream_make(t->options.seed, t->options.replication, l->stations[s].name, "steps", (uint32_t)k);
  return true;
}

// ---- crew ------------------------------------------------------------------------------------------------

// of the steps from that one on
static int crew_from(const struct station *s, int step) {
  if (s->crew_said) return s->operators.count;
  int most = 1;
  for (int k = step; k < s->step_count; k++)
    if (s->steps[k].robots > most) most = s->steps[k].robots;
  return most;
}

int work_crew(const struct twin *t, int32_t i) {
  const struct station *s = plan_of(t, i);
  return s->step_count ? crew_from(s, 0) : s->operators.count;
}

// Those who stand at the post and work, by their sides; at most JOB_ROBOTS_MAX into who.
static int crew_of(const struct twin *t, int32_t i, int32_t who[JOB_ROBOTS_MAX]) {
  int n = 0;
  const struct job *a = &t->job[t->server[i].job];
  for (int k = 0; t->server[i].job && k < a->robots; k++) {
    const struct robot *b = &t->robot[a->robot[k]];
    if (b->act != ACT_POST || b->posted) continue;
    int p = n++;
    for (; p > 0 && t->robot[who[p - 1]].team > b->team; p--) who[p] = who[p - 1];
    who[p] = (int32_t)a->robot[k];
  }
  return n;
}

// ---- practice --------------------------------------------------------------------------------------------

static uint64_t *practice_of(struct twin *t, int32_t i, int skill) {
  const struct fleet_skill *own = layout_fleet_skill(t->layout, t->robot[i].fleet, skill);
  int row = own && own->shared ? t->robots + t->robot[i].fleet : i;
  return &t->practice[row * t->layout->skill_count + skill];
}

// What the layout says goes before what the model's own file says.
static struct robot_skill skill_of(const struct twin *t, int32_t f, const struct robot_skill *makes, int skill) {
  const struct fleet_skill *own = layout_fleet_skill(t->layout, f, skill);
  bool hands = makes && skill >= SKILL_HANDS && skill < SKILL_NAMED && makes[skill - SKILL_HANDS].learning > 0;
  struct robot_skill s = hands ? makes[skill - SKILL_HANDS] : (struct robot_skill){.learning = 1, .practice = 1};
  if (own && own->learning >= 0) s.learning = own->learning;
  if (own && own->practice >= 1) s.practice = own->practice;
  if (own && own->least >= 0) s.least = own->least;
  return s;
}

static double practised(struct twin *t, int32_t i, int skill) {
  bool typed = t->fleet[t->robot[i].fleet].typed;
  struct robot_skill s = skill_of(t, t->robot[i].fleet, typed ? NULL : make_of(t, &t->robot[i])->tables.skill, skill);
  return work_practice(s.learning, s.least, s.practice, s.practice + (double)*practice_of(t, i, skill));
}

// ---- one go ------------------------------------------------------------------------------------------------

// what is handled: the part that the step names, else the one that is worked on
static double mass_of(const struct twin *t, int32_t i, const struct step *x) {
  if (x->part != NONE) return t->layout->parts[x->part].mass;
  uint32_t p = t->server[i].first_part;
  return p ? t->part[p].mass : 0;
}

static void set_power(struct twin *t, int32_t i, double power) {
  struct robot *b = &t->robot[i];
  if (b->work_power == power) return;
  power_book(t, i);
  b->work_power = power;
  power_book(t, i);
  power_watch(t, i);
}

// Seconds until it begins: from other work it must find its way into this.
static double switching(struct twin *t, int32_t i, int32_t station) {
  struct robot *b = &t->robot[i];
  int32_t group = t->layout->stations[station].group + 1;
  bool other = b->worked_at != 0 && b->worked_at != group;
  b->worked_at = group;
  return other ? ns_to_seconds(t->layout->fleets[b->fleet].switching) : 0;
}

static ns_t begin_go(struct twin *t, int32_t i) {
  struct work *w = &t->work[i];
  int32_t s = t->server[i].station, who[JOB_ROBOTS_MAX];
  const struct step *x = &plan_of(t, i)->steps[w->step];
  int n = crew_of(t, i, who);
  bool pair = (x->what == STEP_HANDOVER || x->what == STEP_CARRY) && n > 1;
  double longest = 0, succeeds = 1, mass = mass_of(t, i, x);
  struct go go[JOB_ROBOTS_MAX];
  // all stand there, the first of them do it
  for (int k = 0; k < n && k < x->robots; k++) {
    double factor = practised(t, who[k], x->skill), late = switching(t, who[k], s);
    struct go *g = &go[k];
    *g = work_go(t, who[k], pair ? who[k == 0] : NONE, pair && k > 0, s, x, mass, &w->draws);
    g->feel *= factor;
    double time = late + g->motion + (g->time - g->motion) * factor;
    if (time > longest) longest = time;
    succeeds *= 1 - g->fails * factor;
    set_power(t, who[k], g->power);
  }
  for (int k = x->robots; k < n; k++) set_power(t, who[k], 0);
  w->fails = 1 - succeeds;
  ns_t length = ns_from_seconds(longest);
  for (int k = 0; k < n && k < x->robots; k++) work_go_play(t, who[k], pair ? who[k == 0] : NONE, pair && k > 0, s, x, mass, &go[k], length);
  return length;
}

ns_t work_start(struct twin *t, int32_t i) {
  struct work *w = &t->work[i];
  w->step = w->go = w->failed = 0;
  w->gave_up = false;
  return begin_go(t, i);
}

// ---- done ----------------------------------------------------------------------------------------------------

// What the go at hand was: counted, practised, in the digest. True: it succeeded.
static bool judge(struct twin *t, int32_t i) {
  struct work *w = &t->work[i];
  const struct station *s = plan_of(t, i);
  const struct step *x = &s->steps[w->step];
  struct step_sums *sums = &t->sums.step[s->first_step + w->step];
  int32_t who[JOB_ROBOTS_MAX];
  int n = crew_of(t, i, who);
  bool good = w->fails <= 0 || stream_unit(&w->draws) >= w->fails;
  sums->time += t->server[i].whole;
  if (good) sums->done++; else sums->failed++;
  uint64_t practice = 0;
  for (int k = 0; k < n && k < x->robots; k++) practice += ++*practice_of(t, who[k], x->skill);
  t->digest = digest_u64(t->digest, (uint64_t)t->now, UINT64_C(3) << 62 | practice << 20 | (uint64_t)(uint32_t)(w->step * 2 + good));
  return good;
}

bool work_next(struct twin *t, int32_t i) {
  struct work *w = &t->work[i];
  const struct station *s = plan_of(t, i);
  const struct step *x = &s->steps[w->step];
  if (judge(t, i)) {
    w->failed = 0;
    if (++w->go == x->count) {
      w->go = 0;
      if (++w->step == s->step_count) return false;
      crew_spare(t, i, crew_from(s, w->step));
    }
  } else if (++w->failed == x->tries) {
    w->gave_up = true;
    t->sums.step[s->first_step + w->step].gave_up++;
    twin_note(t, NOTE_STATION, t->server[i].station, "%s gave up: %s failed %d times", s->name, step_do_name(x->what), x->tries);
    return false;
  }
  server_work(t, i, begin_go(t, i));
  return true;
}

bool work_gave_up(const struct twin *t, int32_t i) { return t->work && t->work[i].gave_up; }

double work_progress(const struct twin *t, int32_t i, double part) {
  const struct station *s = plan_of(t, i);
  const struct work *w = &t->work[i];
  double done = 0, all = 0;
  for (int k = 0; k < s->step_count; k++) {
    all += s->steps[k].count;
    if (k < w->step) done += s->steps[k].count;
  }
  return (done + w->go + part) / all;
}

// Tries of one go until it succeeds or is given up.
static double tries_of(double fails, int most) {
  double tries = 0, left = 1;
  for (int n = 0; n < most && left > 1e-9; n++, left *= fails < 1 ? fails : 1) tries += left;
  return tries;
}

// of what all together handle
static double part_mass(const struct twin *t, const struct step *x) { return x->part != NONE ? t->layout->parts[x->part].mass : 0; }

double work_mean(const struct twin *t, int32_t s) {
  const struct station *plan = &t->layout->stations[s];
  double sum = 0;
  for (int k = 0; k < plan->step_count; k++) {
    const struct step *x = &plan->steps[k];
    struct go g = work_go_mean(t, plan->operators.by[0], s, x, part_mass(t, x));
    sum += g.time * tries_of(g.fails, x->tries) * x->count;
  }
  return sum;
}

double work_expected(struct twin *t, int32_t i, int32_t s, bool fresh) {
  const struct station *plan = &t->layout->stations[s];
  double sum = 0;
  for (int k = 0; k < plan->step_count; k++) {
    const struct step *x = &plan->steps[k];
    struct go g = work_go_mean(t, t->robot[i].fleet, s, x, part_mass(t, x));
    double factor = fresh ? 1 : practised(t, i, x->skill);
    sum += g.time * factor * tries_of(g.fails * factor, x->tries) * x->count;
  }
  return sum;
}

bool work_teaches(const struct twin *t, int32_t s) {
  const struct station *plan = &t->layout->stations[s];
  for (int k = 0; k < plan->step_count; k++)
    for (int n = 0; n < plan->operators.by_count; n++) {
      int f = plan->operators.by[n];
      if (skill_of(t, f, t->fleet[f].typed ? NULL : t->make[t->fleet[f].first_make].tables.skill, plan->steps[k].skill).learning < 1) return true;
    }
  return false;
}

int32_t work_shown(const struct twin *t, int32_t r) {
  const struct robot *b = &t->robot[r];
  if (!t->work || b->act != ACT_POST || b->posted || !b->job || t->job[b->job].kind != JOB_OPERATE) return -1;
  int32_t i = t->job[b->job].server;
  if (plan_of(t, i)->step_count == 0 || t->server[i].phase != PHASE_WORK) return -1;
  return t->work[i].step << 16 | t->work[i].go;
}

const char *work_check(const struct twin *t) {
  if (!t->work) return NULL;
  // who has practised has done it: every try is one of each of its robots
  uint64_t practice = 0, tries = 0;
  for (int k = 0; k < (t->robots + t->layout->fleet_count) * t->layout->skill_count; k++) practice += t->practice[k];
  for (int32_t s = 0; s < t->layout->station_count; s++)
    for (int k = 0; k < t->layout->stations[s].step_count; k++) {
      const struct step_sums *x = &t->sums.step[t->layout->stations[s].first_step + k];
      tries += (uint64_t)((x->done + x->failed) * t->layout->stations[s].steps[k].robots);
    }
  if (practice != tries) return "practice against tries";
  for (int32_t i = 0; i < t->servers; i++) {
    const struct station *s = plan_of(t, i);
    const struct work *w = &t->work[i];
    if (s->step_count == 0 || t->server[i].phase != PHASE_WORK) continue;
    if (w->step < 0 || w->step >= s->step_count) return "step of a server";
    if (w->go < 0 || w->go >= s->steps[w->step].count) return "go of a step";
    if (w->failed >= s->steps[w->step].tries) return "tries of a go";
    if (t->server[i].crew_needed < s->steps[w->step].robots) return "crew of a step";
  }
  return NULL;
}
