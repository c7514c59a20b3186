#include "scheduler/lookahead.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/maths.h"
#include "scheduler/assignment.h"
#include "scheduler/near.h"

#define NONE (-1)

// choices of ours; see docs/scheduler.md for what they do
#define CANDIDATES      12          // robots a job looks at
#define ROW_MAX         16          // with those of robots that look at it and are not among them
#define FEW             256         // points: looked at one by one, a grid is not worth it
#define JOBS_A_ROBOT    8          // jobs that an idle robot looks at
#define JOBS_FIRST      8           // and the first by priority and age, whoever is near them
#define HORIZON         10.0        // s    robots free within it count
#define WORTH           600.0       // s    of doing a job now
#define WORTH_LARGE     60.0        // s    the same where the problem is large: who is farther away waits for a better time
#define LARGE           512         // jobs
#define PRIORITY_WORTH  3600.0      // s    each step of priority
#define AGE_WORTH       0.1         // s    each second of waiting
#define LATE_WORTH      300.0       // s    at full urgency and weight 1
#define LATE_SPREAD     3.0         // k of ATC
#define LATE_WAIT       2.0         // b of ATC
#define BATTERY_WORTH   30.0        // s    when the job is longer than the charge lasts
#define BATTERY_NEAR    600.0       // s    of slack that begin to count
#define HEAT_WORTH      20.0        // s    at the limit
#define IDLE_WORTH      1.0         // s    idle for IDLE_LONG or not at all
#define IDLE_LONG       300.0       // s
#define COMMIT_WORTH    1.0         // s    a robot that is free at last is better than one that will be
#define HOLD            60.0        // s
#define CHARGE_LEVEL    0.5         // below it charging is worth something
#define CHARGE_WORTH    1200.0      // s    at level 0
#define SLACK           0.1        // s    by which a bid goes up at least
#define DENSE_MAX       16384       // pairs of what is left over
#define EXCHANGES_MAX   4           // passes

struct row {                        // of a waiting job
  uint64_t key;
  uint32_t call;                    // last seen in
  int32_t  count;
  uint32_t given;                   // number of the robot of the last answer, 0: none
  uint32_t number[ROW_MAX];
  uint32_t stamp[ROW_MAX];
  float    walk[ROW_MAX];           // s
  double   hold_since;              // s, of a job for several; < 0: holds nobody
};

struct seen { int32_t place; uint8_t fleet; bool idle; double at[2]; uint32_t stamp, call; int32_t row; };

struct lookahead {
  int32_t jobs_max, robots_max;
  uint32_t call;
  struct near *robots, *jobs;
  // jobs: rows from a free list, found by a table of (row + 1) with linear probing
  struct row *row;   int32_t *free_row, frees;
  int32_t *table;    uint32_t table_mask;
  int32_t *before;   int32_t befores;         // rows of the last call
  // robots by their number
  struct seen *seen; double *price;           // <= 0, as assignment wants it
  // this call
  int32_t *pick, picks;                       // jobs of the view that are looked at, in its order
  int32_t *sees;                              // jobs each idle robot looks at, NONE: no more   (robots x JOBS_A_ROBOT)
  bool    *picked;                            //                                   (jobs)
  int32_t *row_of;                            // of each job of the view           (jobs)
  double  *urgency;                           //                                   (jobs)
  bool    *changed;                           // robot is not where it was         (robots)
  bool    *taken;                             // by a team, or sent to charge      (robots)
  int32_t *ring;                              // points of one ring
  struct assignment *solver, *dense;
  int32_t *job, *first, *robot, *match, *owner;   // of the problem: view rows, candidates; owner: job of each robot
  double  *cost, *skip, *row_price;
  int32_t *left, *spare;
  struct { int32_t first[DENSE_MAX + 1], robot[DENSE_MAX], match[DENSE_MAX]; double cost[DENSE_MAX], skip[DENSE_MAX], price[DENSE_MAX]; } rest;
  struct lookahead_count count;
  uint64_t hash;
};

// ---- memory ------------------------------------------------------------------------------------------

static void destroy(void *self) {
  struct lookahead *l = self;
  if (!l) return;
  near_destroy(l->robots);
  near_destroy(l->jobs);
  assignment_destroy(l->solver);
  assignment_destroy(l->dense);
  void *blocks[] = {l->row, l->free_row, l->table, l->before, l->seen, l->price, l->pick, l->picked, l->sees, l->row_of, l->urgency, l->changed, l->taken, l->ring,
                    l->job, l->first, l->robot, l->match, l->owner, l->cost, l->skip, l->row_price, l->left, l->spare};
  for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) free(blocks[k]);
  free(l);
}

static void *create(int32_t jobs_max, int32_t robots_max) {
  struct lookahead *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  size_t n = (size_t)jobs_max + 1, m = (size_t)robots_max + 1, more = n > m ? n : m, table = 4;
  while (table < 4 * n) table *= 2;
  l->jobs_max = jobs_max;
  l->robots_max = robots_max;
  l->robots = near_create(robots_max);
  l->jobs = near_create(jobs_max);
  l->row = calloc(n, sizeof *l->row);
  l->free_row = malloc(n * sizeof *l->free_row);
  l->table = calloc(table, sizeof *l->table);
  l->table_mask = (uint32_t)table - 1;
  l->before = malloc(n * sizeof *l->before);
  l->seen = calloc(m + 1, sizeof *l->seen);
  l->price = calloc(m + 1, sizeof *l->price);
  l->pick = malloc(n * sizeof *l->pick);
  l->picked = malloc(n * sizeof *l->picked);
  l->sees = malloc(m * JOBS_A_ROBOT * sizeof *l->sees);
  l->row_of = malloc(n * sizeof *l->row_of);
  l->urgency = malloc(n * sizeof *l->urgency);
  l->changed = malloc(m * sizeof *l->changed);
  l->taken = malloc(m * sizeof *l->taken);
  l->ring = malloc(more * sizeof *l->ring);
  l->job = malloc(n * sizeof *l->job);
  l->first = malloc((n + 1) * sizeof *l->first);
  l->robot = malloc(n * ROW_MAX * sizeof *l->robot);
  l->match = malloc(n * sizeof *l->match);
  l->owner = malloc(m * sizeof *l->owner);
  l->cost = malloc(n * ROW_MAX * sizeof *l->cost);
  l->skip = malloc(n * sizeof *l->skip);
  l->row_price = malloc(m * sizeof *l->row_price);
  l->left = malloc(n * sizeof *l->left);
  l->spare = malloc(m * sizeof *l->spare);
  l->solver = assignment_create(jobs_max, robots_max, (int)(n * ROW_MAX));
  l->dense = assignment_create(DENSE_MAX, DENSE_MAX, DENSE_MAX);
  if (!l->robots || !l->jobs || !l->row || !l->free_row || !l->table || !l->before || !l->seen || !l->price || !l->pick || !l->sees || !l->picked || !l->row_of || !l->urgency ||
      !l->changed || !l->taken || !l->ring || !l->job || !l->first || !l->robot || !l->match || !l->owner || !l->cost || !l->skip || !l->row_price ||
      !l->left || !l->spare || !l->solver || !l->dense) {
    destroy(l);
    return NULL;
  }
  for (int32_t k = 0; k < jobs_max; k++) l->free_row[l->frees++] = jobs_max - 1 - k;
  return l;
}

// ---- jobs that are known -----------------------------------------------------------------------------

static uint32_t home_of(const struct lookahead *l, uint64_t key) { return (uint32_t)(digest_u64(DIGEST_START, key, 0) >> 20) & l->table_mask; }

static int32_t row_find(const struct lookahead *l, uint64_t key) {
  for (uint32_t h = home_of(l, key); l->table[h]; h = (h + 1) & l->table_mask)
    if (l->row[l->table[h] - 1].key == key) return l->table[h] - 1;
  return NONE;
}

static int32_t row_new(struct lookahead *l, uint64_t key) {
  uint32_t h = home_of(l, key);
  while (l->table[h]) h = (h + 1) & l->table_mask;
  assert(l->frees > 0);
  int32_t r = l->free_row[--l->frees];
  l->row[r].key = key;
  l->row[r].count = 0;
  l->row[r].given = 0;
  l->row[r].hold_since = -1;
  l->table[h] = r + 1;
  return r;
}

static void row_free(struct lookahead *l, int32_t r) {
  uint32_t h = home_of(l, l->row[r].key), m = l->table_mask;
  while (l->table[h] != r + 1) h = (h + 1) & m;
  // those behind it that probed past it move up
  for (uint32_t k = (h + 1) & m; l->table[k]; k = (k + 1) & m) {
    uint32_t home = home_of(l, l->row[l->table[k] - 1].key);
    if (((k - home) & m) < ((k - h) & m)) continue;
    l->table[h] = l->table[k];
    h = k;
  }
  l->table[h] = 0;
  l->free_row[l->frees++] = r;
}

// Rows of the jobs that are looked at; those of jobs that are gone are given back first.
static void know_jobs(struct lookahead *l, const struct policy_jobs *jobs) {
  int32_t fresh = 0;
  for (int32_t k = 0; k < l->picks; k++) {
    int32_t j = l->pick[k], r = l->row_of[j] = row_find(l, jobs->key[j]);
    if (r == NONE) fresh++;
    else l->row[r].call = l->call;
  }
  for (int32_t k = 0; k < l->befores; k++)
    if (l->row[l->before[k]].call != l->call) row_free(l, l->before[k]);
  for (int32_t k = 0; k < l->picks; k++) {
    int32_t j = l->pick[k];
    if (fresh > 0 && l->row_of[j] == NONE) l->row_of[j] = row_new(l, jobs->key[j]);
    l->row[l->row_of[j]].call = l->call;
    l->before[k] = l->row_of[j];
  }
  l->befores = l->picks;
}

// Which robots are not where they were in the last call; returns how many.
static int32_t know_robots(struct lookahead *l, const struct policy_robots *robots) {
  int32_t changed = 0;
  for (int32_t r = 0; r < robots->n; r++) {
    assert(robots->number[r] >= 1);
    assert((int32_t)robots->number[r] <= l->robots_max);
    struct seen *s = &l->seen[robots->number[r]];
    bool idle = r < robots->idle;
    l->changed[r] = s->call + 1 != l->call || s->place != robots->place[r] || s->fleet != robots->fleet[r] || s->idle != idle ||
                    s->at[0] != robots->at[r][0] || s->at[1] != robots->at[r][1];
    if (l->changed[r]) {
      *s = (struct seen){.place = robots->place[r], .fleet = robots->fleet[r], .idle = idle, .at = {robots->at[r][0], robots->at[r][1]}, .stamp = s->stamp + 1};
      changed++;
    }
    s->call = l->call;
    s->row = r;
    l->taken[r] = false;
  }
  return changed;
}

// ---- candidates ----------------------------------------------------------------------------------------

static bool may(const struct policy_view *v, int32_t j, int32_t r) { return v->jobs.fleets[j] >> v->robots.fleet[r] & 1; }

// Put robot r among the candidates of a job, in order of arrival; the last one gives way when the row is full.
static void row_insert(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t r, double walk) {
  struct row *w = &l->row[l->row_of[j]];
  double there = v->robots.free_in[r] + walk;
  if (w->count >= CANDIDATES) {
    int32_t last = l->seen[w->number[w->count - 1]].row;
    if (v->robots.free_in[last] + (double)w->walk[w->count - 1] <= there) return;
    w->count--;
  }
  int i = w->count++;
  for (; i > 0; i--) {
    int32_t o = l->seen[w->number[i - 1]].row;
    if (v->robots.free_in[o] + (double)w->walk[i - 1] <= there) break;
    w->number[i] = w->number[i - 1];
    w->stamp[i] = w->stamp[i - 1];
    w->walk[i] = w->walk[i - 1];
  }
  w->number[i] = v->robots.number[r];
  w->stamp[i] = l->seen[v->robots.number[r]].stamp;
  w->walk[i] = (float)walk;
}

static double last_arrival(const struct lookahead *l, const struct policy_view *v, const struct row *w) {
  int32_t r = l->seen[w->number[w->count - 1]].row;
  return v->robots.free_in[r] + (double)w->walk[w->count - 1];
}

static double apart(const double a[2], const double b[2]) {
  double x = a[0] - b[0], y = a[1] - b[1];
  return m_sqrt(x * x + y * y);
}

static void look_at(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t r) {
  if (!may(v, j, r)) return;
  double s = v->walk(v->context, r, j);
  l->count.candidates++;
  if (s >= 0) row_insert(l, v, j, r, s);
}

// From nothing: rings around the job until no robot outside can be there sooner.
static void look_around(struct lookahead *l, const struct policy_view *v, int32_t j) {
  struct row *w = &l->row[l->row_of[j]];
  w->count = 0;
  double least, pace = v->speed > 0 ? 1 / v->speed : 0;
  if (v->robots.n <= FEW) {
    for (int32_t r = 0; r < v->robots.n; r++)
      if (w->count < CANDIDATES || v->robots.free_in[r] + apart(v->robots.at[r], v->jobs.at[j]) * pace < last_arrival(l, v, w)) look_at(l, v, j, r);
    return;
  }
  struct near_walk walk = near_begin(l->robots, v->jobs.at[j]);
  for (int32_t n; (n = near_next(&walk, l->ring, v->robots.n, &least)) >= 0;) {
    if (w->count == CANDIDATES && least * pace >= last_arrival(l, v, w)) break;
    for (int32_t k = 0; k < n; k++) look_at(l, v, j, l->ring[k]);
  }
}

// What is left of the candidates of the last call; false: too few.
static bool still_there(struct lookahead *l, struct row *w) {
  int had = w->count, kept = 0;
  for (int i = 0; i < had; i++) {
    const struct seen *s = &l->seen[w->number[i]];
    if (s->call != l->call || s->stamp != w->stamp[i]) continue;
    w->number[kept] = w->number[i];
    w->stamp[kept] = w->stamp[i];
    w->walk[kept++] = w->walk[i];
  }
  w->count = kept;
  return kept > CANDIDATES / 2;
}

// A robot that has come is a candidate of the jobs near it.
static void offer(struct lookahead *l, const struct policy_view *v, int32_t r) {
  struct near_walk walk = near_begin(l->jobs, v->robots.at[r]);
  double least;
  int32_t offered = 0;
  for (int32_t n; offered < CANDIDATES && (n = near_next(&walk, l->ring, v->jobs.n, &least)) >= 0;)
    for (int32_t k = 0; k < n; k++) {
      int32_t j = l->ring[k];
      if (!l->picked[j]) continue;
      struct row *w = &l->row[l->row_of[j]];
      bool has = !may(v, j, r);
      for (int i = 0; i < w->count && !has; i++) has = w->number[i] == v->robots.number[r];
      if (has) continue;
      look_at(l, v, j, r);
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
    for (int32_t m; (m = near_next(&walk, l->ring, v->jobs.n, &least)) >= 0;) {
      if (f.count == JOBS_A_ROBOT && least * pace >= f.seconds[f.count - 1]) break;
      for (int32_t k = 0; k < m; k++) see_job(v, &f, r, l->ring[k]);
    }
  }
  for (int i = 0; i < f.count; i++) l->picked[f.job[i]] = true;
  if (f.count < JOBS_A_ROBOT) f.job[f.count] = NONE;
}

// Which jobs matter: all of them when there are few, else the first ones, those for several robots, and for every idle
// robot those that it reaches first.
static bool pick_jobs(struct lookahead *l, const struct policy_view *v) {
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
    struct row *w = &l->row[l->row_of[job[i]]];
    bool has = w->count == ROW_MAX;
    for (int k = 0; k < w->count && !has; k++) has = w->number[k] == v->robots.number[r];
    if (has) continue;
    w->number[w->count] = v->robots.number[r];
    w->stamp[w->count] = l->seen[v->robots.number[r]].stamp;
    w->walk[w->count++] = (float)v->walk(v->context, r, job[i]);
  }
}

static void find_candidates(struct lookahead *l, const struct policy_view *v, int32_t changed, bool some) {
  if (v->robots.n > FEW) near_fill(l->robots, v->robots.at, v->robots.n);
  bool all = v->robots.n <= FEW || changed > v->robots.n / 3;
  for (int32_t k = 0; k < l->picks; k++)
    if (all || !still_there(l, &l->row[l->row_of[l->pick[k]]])) look_around(l, v, l->pick[k]);
  if (!all && changed > 0) {
    if (!some || v->jobs.n <= FEW) near_fill(l->jobs, v->jobs.at, v->jobs.n);
    for (int32_t r = 0; r < v->robots.n; r++)
      if (l->changed[r]) offer(l, v, r);
  }
  for (int32_t r = 0; r < v->robots.idle && some; r++) insist(l, v, r);
}

// ---- costs -----------------------------------------------------------------------------------------------

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

// 1 when the order will be late as things stand, falling with the slack that it has
static double urgency_of(const struct policy_jobs *jobs, int32_t j, double mean) {
  double slack = jobs->due[j] - jobs->work[j] - (1 + LATE_WAIT) * jobs->rest[j];
  if (slack > 1e300) return 0;
  double u = slack > 0 ? m_exp(-slack / (LATE_SPREAD * mean)) : 1;
  return u * clip(jobs->weight[j], 0.1, 4);
}

static double mean_work(const struct policy_jobs *jobs) {
  double sum = 0;
  for (int32_t j = 0; j < jobs->n; j++) sum += jobs->work[j] + jobs->rest[j];
  return sum > jobs->n ? sum / jobs->n : 1;
}

static double worth(const struct policy_view *v, int32_t j, double urgency) {
  double w = v->jobs.n > LARGE ? WORTH_LARGE : WORTH;
  double p = clip(v->jobs.priority[j], -1000, 1000);
  return w + PRIORITY_WORTH * (p + 1000 * (p < 0)) + AGE_WORTH * clip(v->jobs.age[j], 0, 1e7) + LATE_WORTH * urgency;
}

static double battery(const struct policy_view *v, int32_t j, int32_t r, double walk) {
  double left = v->robots.slack[r] - walk - v->jobs.work[j];
  return left >= BATTERY_NEAR ? 0 : BATTERY_WORTH * clip(1 - left / BATTERY_NEAR, 0, 1);
}

static double idle(const struct policy_view *v, int32_t r) {
  return r >= v->robots.idle ? IDLE_WORTH + COMMIT_WORTH : IDLE_WORTH * (1 - clip(v->robots.idle_for[r] / IDLE_LONG, 0, 1));
}

static double cost_of(const struct policy_view *v, int32_t j, int32_t r, double walk, double urgency) {
  return (v->robots.free_in[r] + walk) * (1 + urgency) + battery(v, j, r, walk) + HEAT_WORTH * v->robots.heat[r] + idle(v, r);
}

static int32_t explain(const void *self, const struct policy_view *v, int32_t j, int32_t r, struct policy_term *term) {
  (void)self;
  double walk = v->walk(v->context, r, j), u = urgency_of(&v->jobs, j, mean_work(&v->jobs));
  if (walk < 0) return 0;
  int32_t n = 0;
  term[n++] = (struct policy_term){"walk", walk};
  term[n++] = (struct policy_term){"free in", v->robots.free_in[r]};
  term[n++] = (struct policy_term){"late", (v->robots.free_in[r] + walk) * u};
  term[n++] = (struct policy_term){"battery", battery(v, j, r, walk)};
  term[n++] = (struct policy_term){"heat", HEAT_WORTH * v->robots.heat[r]};
  term[n++] = (struct policy_term){"idle", idle(v, r)};
  return n;
}

// ---- teams -------------------------------------------------------------------------------------------------

// The team of job j that is complete first: rows into l->spare; returns when, < 0: there is none.
static double team_of(struct lookahead *l, const struct policy_view *v, int32_t j, int32_t robots) {
  int need = v->jobs.need[j], got = 0;
  double arrival[256];
  for (int32_t r = 0; r < robots; r++) {
    if (l->taken[r] || !may(v, j, r)) continue;
    double s = v->walk(v->context, r, j);
    if (s < 0) continue;
    s += v->robots.free_in[r];
    if (got == need && arrival[got - 1] <= s) continue;
    int i = got < need ? got++ : got - 1;
    for (; i > 0 && arrival[i - 1] > s; i--) {
      arrival[i] = arrival[i - 1];
      l->spare[i] = l->spare[i - 1];
    }
    arrival[i] = s;
    l->spare[i] = r;
  }
  return got == need ? arrival[need - 1] : -1;
}

// The hold of a job for several: on for HOLD, off for as long.
static bool may_hold(struct row *w, double now) {
  if (w->hold_since < 0 || now - w->hold_since >= 2 * HOLD) w->hold_since = now;
  return now - w->hold_since < HOLD;
}

static int32_t teams(struct lookahead *l, const struct policy_view *v, struct policy_pair *pair, int32_t count, int32_t pairs_max) {
  for (int32_t j = 0; j < v->jobs.n; j++) {
    int need = v->jobs.need[j];
    if (need < 2 || need > v->robots.n || count + need > pairs_max) continue;
    double ready = team_of(l, v, j, v->robots.idle), soon = -1;
    if (v->robots.n > v->robots.idle) {
      double now = ready;
      soon = team_of(l, v, j, v->robots.n);
      if (soon < 0 || (now >= 0 && now <= soon + COMMIT_WORTH)) ready = team_of(l, v, j, v->robots.idle);
      else ready = -1;
    }
    if (ready >= 0) {
      for (int i = 0; i < need; i++) {
        pair[count++] = (struct policy_pair){j, l->spare[i]};
        l->taken[l->spare[i]] = true;
      }
    } else if (soon >= 0 && may_hold(&l->row[l->row_of[j]], v->now)) {
      for (int i = 0; i < need; i++) l->taken[l->spare[i]] = true;
      l->count.held++;
    }
  }
  return count;
}

// ---- charging ------------------------------------------------------------------------------------------------

// The robots that are lowest, while slots are free and their price is below what charging is worth.
static int32_t charging(struct lookahead *l, const struct policy_view *v, struct policy_pair *pair, int32_t count, int32_t pairs_max) {
  if (v->slots == 0 || v->slots >= v->drains) return count;
  for (int32_t free = v->slots_free; free > 0 && count < pairs_max; free--) {
    int32_t lowest = NONE;
    for (int32_t r = 0; r < v->robots.idle; r++) {
      double level = v->robots.level[r];
      if (l->taken[r] || level >= CHARGE_LEVEL || (lowest != NONE && level >= v->robots.level[lowest])) continue;
      if (CHARGE_WORTH * (1 - level / CHARGE_LEVEL) > -l->price[v->robots.number[r]]) lowest = r;
    }
    if (lowest == NONE) break;
    l->taken[lowest] = true;
    pair[count++] = (struct policy_pair){POLICY_CHARGE, lowest};
  }
  return count;
}

// ---- the solve -------------------------------------------------------------------------------------------------

// Jobs for one robot, their candidates and costs; returns how many jobs.
static int32_t state_problem(struct lookahead *l, const struct policy_view *v) {
  int32_t n = 0, edges = 0;
  double mean = mean_work(&v->jobs);
  for (int32_t k = 0; k < l->picks; k++) {
    int32_t j = l->pick[k];
    if (v->jobs.need[j] != 1) continue;
    const struct row *w = &l->row[l->row_of[j]];
    double u = l->urgency[n] = urgency_of(&v->jobs, j, mean);
    l->job[n] = j;
    l->first[n] = edges;
    l->skip[n] = worth(v, j, u);
    l->match[n] = NONE;
    for (int i = 0; i < w->count; i++) {
      int32_t r = l->seen[w->number[i]].row;
      if (l->taken[r]) continue;
      if (w->number[i] == w->given) l->match[n] = r;
      l->robot[edges] = r;
      l->cost[edges++] = cost_of(v, j, r, (double)w->walk[i], u);
    }
    n++;
  }
  l->first[n] = edges;
  return n;
}

static void solve(struct lookahead *l, const struct policy_view *v, int32_t n) {
  for (int32_t r = 0; r < v->robots.n; r++) l->row_price[r] = l->price[v->robots.number[r]];
  struct assignment_problem p = {n, v->robots.n, l->first, l->robot, l->cost, l->skip, SLACK};
  struct assignment_count c;
  assignment_solve(l->solver, &p, l->match, l->row_price, &c);
  l->count.bids += c.bids;
  l->count.paths += c.paths;
  uint64_t sum = 0;
  for (int32_t r = 0; r < v->robots.n; r++) {
    uint64_t bits;
    memcpy(&bits, &l->row_price[r], sizeof bits);
    sum += bits * (2 * (uint64_t)v->robots.number[r] + 1);
    l->price[v->robots.number[r]] = l->row_price[r];
    l->owner[r] = NONE;
  }
  l->hash = digest_u64(l->hash, sum, (uint64_t)n);
  for (int32_t k = 0; k < n; k++)
    if (l->match[k] != NONE) l->owner[l->match[k]] = k;
}

// Jobs that got nobody though robots stand idle: their candidates are taken, so look at all that are left. Returns how
// many jobs in l->left, 0 when none of them got anybody.
static int32_t complete(struct lookahead *l, const struct policy_view *v, int32_t n) {
  int32_t jobs = 0, robots = 0;
  for (int32_t r = 0; r < v->robots.idle; r++)
    if (!l->taken[r] && l->owner[r] == NONE) l->spare[robots++] = r;
  if (robots == 0) return 0;
  for (int32_t k = 0; k < n; k++)
    if (l->match[k] == NONE) l->left[jobs++] = k;
  if (jobs == 0) return 0;
  // the first that fit, by priority and age
  if (jobs > DENSE_MAX / robots) jobs = DENSE_MAX / robots > 0 ? DENSE_MAX / robots : 1;
  if (robots > DENSE_MAX) robots = DENSE_MAX;
  int32_t *first = l->rest.first, *robot = l->rest.robot, *match = l->rest.match, edges = 0;
  double  *cost = l->rest.cost, *skip = l->rest.skip, *price = l->rest.price;
  for (int32_t k = 0; k < robots; k++) price[k] = 0;
  for (int32_t i = 0; i < jobs; i++) {
    int32_t j = l->job[l->left[i]];
    first[i] = edges;
    skip[i] = 1e6 + l->skip[l->left[i]];
    match[i] = NONE;
    for (int32_t k = 0; k < robots && edges < DENSE_MAX; k++) {
      double s = may(v, j, l->spare[k]) ? v->walk(v->context, l->spare[k], j) : -1;
      if (s < 0) continue;
      robot[edges] = k;
      cost[edges++] = cost_of(v, j, l->spare[k], s, l->urgency[l->left[i]]);
    }
  }
  first[jobs] = edges;
  if (edges == 0) return 0;
  struct assignment_problem p = {jobs, robots, first, robot, cost, skip, SLACK};
  assignment_solve(l->dense, &p, match, price, NULL);
  int64_t before = l->count.completed;
  for (int32_t i = 0; i < jobs; i++) {
    if (match[i] == NONE) continue;
    int32_t k = l->left[i], r = l->spare[match[i]];
    l->match[k] = r;
    l->owner[r] = k;
    l->count.completed++;
  }
  return l->count.completed > before ? jobs : 0;
}

// Two jobs change robots while that is cheaper: what was completed may push a chain of shorter walks.
static void exchange(struct lookahead *l, const struct policy_view *v, int32_t jobs) {
  for (int pass = 0; pass < EXCHANGES_MAX; pass++) {
    bool any = false;
    for (int32_t i = 0; i < jobs; i++) {
      int32_t k = l->left[i], r = l->match[k];
      if (r == NONE) continue;
      double mine = v->walk(v->context, r, l->job[k]), best = SLACK;
      int32_t with = NONE;
      for (int32_t e = l->first[k]; e < l->first[k + 1]; e++) {
        int32_t o = l->owner[l->robot[e]];
        if (o == NONE || o == k || !may(v, l->job[o], r)) continue;
        double theirs = v->walk(v->context, r, l->job[o]);
        if (theirs < 0) continue;
        double now = cost_of(v, l->job[k], r, mine, l->urgency[k]) + cost_of(v, l->job[o], l->robot[e], v->walk(v->context, l->robot[e], l->job[o]), l->urgency[o]);
        double gain = now - l->cost[e] - cost_of(v, l->job[o], r, theirs, l->urgency[o]);
        if (gain <= best) continue;
        best = gain;
        with = e;
      }
      if (with == NONE) continue;
      int32_t o = l->owner[l->robot[with]];
      l->match[o] = r;
      l->owner[r] = o;
      l->match[k] = l->robot[with];
      l->owner[l->robot[with]] = k;
      l->left[i] = o;               // whoever got the far robot goes on
      l->count.exchanges++;
      any = true;
    }
    if (!any) break;
  }
}

static int32_t decide(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  struct lookahead *l = self;
  assert(v->jobs.n <= l->jobs_max);
  assert(v->robots.n <= l->robots_max);
  l->call++;
  l->count.calls++;
  bool some = pick_jobs(l, v);
  know_jobs(l, &v->jobs);
  int32_t changed = know_robots(l, &v->robots), count = 0;
  count = teams(l, v, pair, count, pairs_max);
  count = charging(l, v, pair, count, pairs_max);
  find_candidates(l, v, changed, some);
  int32_t n = state_problem(l, v);
  if (n == 0) return count;
  solve(l, v, n);
  exchange(l, v, complete(l, v, n));
  for (int32_t k = 0; k < n; k++) l->row[l->row_of[l->job[k]]].given = l->match[k] == NONE ? 0 : v->robots.number[l->match[k]];
  for (int32_t k = 0; k < n && count < pairs_max; k++)
    if (l->match[k] != NONE && l->match[k] < v->robots.idle) pair[count++] = (struct policy_pair){l->job[k], l->match[k]};
  return count;
}

static uint64_t hash_of(const void *self) { return ((const struct lookahead *)self)->hash; }

struct lookahead_count lookahead_counted(const void *self) { return ((const struct lookahead *)self)->count; }

const struct policy lookahead_policy = {POLICY_VERSION, "lookahead", HORIZON, create, destroy, decide, hash_of, explain};
