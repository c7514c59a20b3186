// The candidates of lookahead: which jobs are looked at, and by whom (scheduler/lookahead_state.h).
#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "base/maths.h"
#include "scheduler/lookahead_state.h"

// What is the cheapest that can be found around one job: rows in order of arrival.
struct around { int most, count; int32_t row[CANDIDATES]; double walk[CANDIDATES], there[CANDIDATES]; };

// What is kept for the next call is in the digest, where it changes; what is left out of a row follows from the view.
static void hash_candidate(struct lookahead *l, uint64_t key, const struct assignment_edge *e) {
  uint32_t walk;
  memcpy(&walk, &e->own, sizeof walk);
  l->hash = digest_u64(l->hash, key, (uint64_t)(uint32_t)e->robot << 32 | walk);
}

static double apart(const double a[2], const double b[2]) {
  double x = a[0] - b[0], y = a[1] - b[1];
  return m_sqrt(x * x + y * y);
}

// m    that nobody comes from within so many seconds
static double reach_of(const struct policy_view *v, double seconds) { return v->speed > 0 ? seconds * v->speed : INFINITY; }

static void look_at(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t r, struct around *a) {
  if (!may(v, j, r)) return;
  double s = v->walk(v->context, r, j), there = v->robots.free_in[r] + s;
  l->count.candidates++;
  if (s < 0 || (a->count == a->most && there >= a->there[a->most - 1])) return;
  int i = a->count < a->most ? a->count++ : a->most - 1;
  for (; i > 0 && a->there[i - 1] > there; i--) {
    a->row[i] = a->row[i - 1];
    a->walk[i] = a->walk[i - 1];
    a->there[i] = a->there[i - 1];
  }
  a->row[i] = r;
  a->walk[i] = s;
  a->there[i] = there;
}

static double last_of(const struct around *a) { return a->count < a->most ? INFINITY : a->there[a->most - 1]; }

// From nothing: rings around the job until no robot outside can be there sooner.
static void look_around(struct lookahead *l, const struct policy_view *v, int32_t j) {
  struct lookahead_row *w = &l->row[l->row_of[j]];
  struct around a = {.most = l->candidates};
  double least, pace = v->speed > 0 ? 1 / v->speed : 0;
  if (v->robots.n <= FEW) {
    for (int32_t r = 0; r < v->robots.n; r++)
      if (v->robots.free_in[r] + apart(v->robots.at[r], v->jobs.at[j]) * pace < last_of(&a)) look_at(l, v, j, r, &a);
  } else {
    struct near_walk walk = near_begin(l->robots, v->jobs.at[j]);
    for (int32_t n; (n = near_next(&walk, reach_of(v, last_of(&a)), l->ring, v->robots.n, &least)) >= 0;) {
      if (least * pace >= last_of(&a)) break;
      for (int32_t k = 0; k < n; k++) look_at(l, v, j, l->ring[k], &a);
    }
  }
  w->count = a.count;
  for (int i = 0; i < a.count; i++) {
    w->of[i] = (struct assignment_edge){0, (int32_t)v->robots.number[a.row[i]], (float)a.walk[i]};
    hash_candidate(l, w->key, &w->of[i]);
    if (a.walk[i] > l->walk_most) l->walk_most = a.walk[i];
  }
  w->stale = true;
}

// Robot r comes among the candidates of job j.
static void put(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t r, double walk) {
  struct lookahead_row *w = &l->row[l->row_of[j]];
  struct assignment_edge e = {0, (int32_t)v->robots.number[r], (float)walk};
  if (!w->stale) e.cost = lookahead_price(l, v, w, j, e.robot, e.own);
  if (walk > l->walk_most) l->walk_most = walk;
  hash_candidate(l, w->key, &e);
  int i = w->count++;
  for (; i > 0 && assignment_before(e, w->of[i - 1]); i--) w->of[i] = w->of[i - 1];
  w->of[i] = e;
}

static double there(const struct lookahead *l, const struct policy_view *v, const struct assignment_edge *e) { return v->robots.free_in[l->here[e->robot]] + (double)e->own; }

// The same where it is there sooner than another one: who is there last gives way when the row is full.
static void row_insert(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t r, double walk) {
  struct lookahead_row *w = &l->row[l->row_of[j]];
  if (w->count >= l->candidates) {
    int last = 0;
    for (int i = 1; i < w->count; i++)
      if (there(l, v, &w->of[i]) >= there(l, v, &w->of[last])) last = i;
    if (there(l, v, &w->of[last]) <= v->robots.free_in[r] + walk) return;
    w->count--;
    for (int i = last; i < w->count; i++) w->of[i] = w->of[i + 1];
  }
  put(l, v, j, r, walk);
}

// What is left of the candidates of the last call; false: too few. A row that was not looked at in the last call is gone, so all in it were there then.
static bool still_there(struct lookahead *l, struct lookahead_row *w) {
  int had = w->count, kept = 0;
  int32_t loose = 0;                // < 0: one of them
  for (int i = 0; i < had; i++) loose |= l->steady[w->of[i].robot];
  if (loose >= 0) return had > l->candidates / 2;
  for (int i = 0; i < had; i++) {
    int32_t r = w->of[i].robot;
    if (l->still[r] == NONE) continue;
    w->stale = w->stale || l->steady[r] == NONE;
    w->of[kept++] = w->of[i];
  }
  w->count = kept;
  return kept > l->candidates / 2;
}

// A robot that has come is a candidate of the jobs near it.
static void offer(struct lookahead *l, const struct policy_view *v, int32_t r) {
  struct near_walk walk = near_begin(l->jobs, v->robots.at[r]);
  double least;
  int32_t offered = 0;
  for (int32_t n; offered < l->candidates && (n = near_next(&walk, INFINITY, l->ring, v->jobs.n, &least)) >= 0;)
    for (int32_t k = 0; k < n; k++) {
      int32_t j = l->ring[k];
      if (!l->picked[j]) continue;
      struct lookahead_row *w = &l->row[l->row_of[j]];
      bool has = !may(v, j, r);
      for (int i = 0; i < w->count && !has; i++) has = w->of[i].robot == (int32_t)v->robots.number[r];
      if (has) continue;
      double s = v->walk(v->context, r, j);
      l->count.candidates++;
      if (s >= 0) row_insert(l, v, j, r, s);
      offered++;
    }
}

// The jobs that robot r reaches first, in l->sees.
struct first_jobs { int32_t count, *job; double seconds[JOBS_A_ROBOT]; };

static void see_job(const struct policy_view *v, struct first_jobs *f, int32_t r, int32_t j) {
  double s = may(v, j, r) ? v->walk(v->context, r, j) : -1;
  if (s < 0 || (f->count == JOBS_A_ROBOT && s >= f->seconds[f->count - 1])) return;
  int i = f->count < JOBS_A_ROBOT ? f->count++ : f->count - 1;
  for (; i > 0 && f->seconds[i - 1] > s; i--) {
    f->seconds[i] = f->seconds[i - 1];
    f->job[i] = f->job[i - 1];
  }
  f->seconds[i] = s;
  f->job[i] = j;
}

static void see_jobs(struct lookahead *l, const struct policy_view *v, int32_t r) {
  struct first_jobs f = {.job = &l->sees[(size_t)r * JOBS_A_ROBOT]};
  double least, pace = v->speed > 0 ? 1 / v->speed : 0;
  if (v->jobs.n <= FEW) {
    for (int32_t j = 0; j < v->jobs.n; j++)
      if (f.count < JOBS_A_ROBOT || apart(v->robots.at[r], v->jobs.at[j]) * pace < f.seconds[f.count - 1]) see_job(v, &f, r, j);
  } else {
    struct near_walk walk = near_begin(l->jobs, v->robots.at[r]);
    for (int32_t m; (m = near_next(&walk, reach_of(v, f.count < JOBS_A_ROBOT ? INFINITY : f.seconds[f.count - 1]), l->ring, v->jobs.n, &least)) >= 0;) {
      if (f.count == JOBS_A_ROBOT && least * pace >= f.seconds[f.count - 1]) break;
      for (int32_t k = 0; k < m; k++) see_job(v, &f, r, l->ring[k]);
    }
  }
  for (int i = 0; i < f.count; i++) l->picked[f.job[i]] = true;
  if (f.count < JOBS_A_ROBOT) f.job[f.count] = NONE;
}

// Which jobs matter: all of them when there are few, else the first ones, those for several robots, and for every idle
// robot those that it reaches first.
bool lookahead_pick(struct lookahead *l, const struct policy_view *v) {
  int32_t n = v->jobs.n;
  bool some = v->robots.idle <= n / 4, all = !some || n <= 2 * JOBS_A_ROBOT;
  for (int32_t j = 0; j < n; j++) l->picked[j] = all || j < JOBS_FIRST || v->jobs.need[j] > 1 || v->jobs.due[j] < 0;
  if (some && n > FEW) near_fill(l->jobs, v->jobs.at, n);
  for (int32_t r = 0; r < v->robots.idle && some; r++) see_jobs(l, v, r);
  l->picks = 0;
  for (int32_t j = 0; j < n; j++)
    if (l->picked[j]) l->pick[l->picks++] = j;
  return some;
}

// Each idle robot is a candidate of the jobs it looks at, also where others are there sooner.
static void insist(struct lookahead *l, const struct policy_view *v, int32_t r) {
  const int32_t *job = &l->sees[(size_t)r * JOBS_A_ROBOT];
  for (int i = 0; i < JOBS_A_ROBOT && job[i] != NONE; i++) {
    struct lookahead_row *w = &l->row[l->row_of[job[i]]];
    bool has = w->count == l->candidates + GUESTS;
    for (int k = 0; k < w->count && !has; k++) has = w->of[k].robot == (int32_t)v->robots.number[r];
    if (has) continue;
    put(l, v, job[i], r, v->walk(v->context, r, job[i]));
  }
}

void lookahead_candidates(struct lookahead *l, const struct policy_view *v, int32_t changed, bool some) {
  if (v->robots.n > FEW) near_fill(l->robots, v->robots.at, v->robots.n);
  bool all = v->robots.n <= FEW || changed > v->robots.n / 3;
  for (int32_t k = 0; k < l->picks; k++) {
    if (k + AHEAD_OF < l->picks) lookahead_fetch(l, l->row_of[l->pick[k + AHEAD_OF]]);
    if (all || !still_there(l, &l->row[l->row_of[l->pick[k]]])) look_around(l, v, l->pick[k]);
  }
  if (!all && changed > 0) {
    if (!some || v->jobs.n <= FEW) near_fill(l->jobs, v->jobs.at, v->jobs.n);
    for (int32_t r = 0; r < v->robots.n; r++)
      if (l->changed[r]) offer(l, v, r);
  }
  for (int32_t r = 0; r < v->robots.idle && some; r++) insist(l, v, r);
}
