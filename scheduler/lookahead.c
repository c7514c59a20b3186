#include "scheduler/lookahead.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "scheduler/lookahead_state.h"

// ---- memory ------------------------------------------------------------------------------------------

static void destroy(void *self) {
  struct lookahead *l = self;
  if (!l) return;
  near_destroy(l->robots);
  near_destroy(l->jobs);
  assignment_destroy(l->solver);
  assignment_destroy(l->dense);
  void *blocks[] = {l->row, l->candidate, l->free_row, l->table, l->before, l->seen, l->here, l->still, l->steady, l->price, l->pick, l->picked, l->sees, l->row_of, l->urgency, l->base,
                    l->changed, l->taken, l->ring, l->job, l->match, l->owner, l->skip, l->there, l->left, l->spare};
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
  l->unit = assignment_unit(0);
  l->candidates = robots_max > MANY ? CANDIDATES_MANY : CANDIDATES;
  // every row of a large fleet begins a line of memory
  size_t wide = (size_t)l->candidates + GUESTS;
  l->robots = near_create(robots_max);
  l->jobs = near_create(jobs_max);
  l->row = calloc(n, sizeof *l->row);
  l->candidate = aligned_alloc(LINE, (n * wide * sizeof *l->candidate + LINE - 1) / LINE * LINE);
  l->free_row = malloc(n * sizeof *l->free_row);
  l->table = calloc(table, sizeof *l->table);
  l->table_mask = (uint32_t)table - 1;
  l->before = malloc(n * sizeof *l->before);
  l->seen = calloc(m + 1, sizeof *l->seen);
  l->here = malloc((m + 1) * sizeof *l->here);
  l->still = malloc((m + 1) * sizeof *l->still);
  l->steady = malloc((m + 1) * sizeof *l->steady);
  l->price = calloc(m + 1, sizeof *l->price);
  l->pick = malloc(n * sizeof *l->pick);
  l->picked = malloc(n * sizeof *l->picked);
  l->sees = malloc(m * JOBS_A_ROBOT * sizeof *l->sees);
  l->row_of = malloc(n * sizeof *l->row_of);
  l->urgency = malloc(n * sizeof *l->urgency);
  l->base = calloc(m + 1, sizeof *l->base);
  l->changed = malloc(m * sizeof *l->changed);
  l->taken = malloc(m * sizeof *l->taken);
  l->ring = malloc((more + 1) * sizeof *l->ring);
  l->job = malloc(n * sizeof *l->job);
  l->match = malloc(n * sizeof *l->match);
  l->owner = malloc(m * sizeof *l->owner);
  l->skip = malloc(n * sizeof *l->skip);
  l->there = malloc(m * sizeof *l->there);
  l->left = malloc(n * sizeof *l->left);
  l->spare = malloc(m * sizeof *l->spare);
  l->solver = assignment_create(jobs_max, robots_max + 1, (int)(n * wide), false);
  l->dense = assignment_create(DENSE_MAX, DENSE_MAX, DENSE_MAX, true);
  if (!l->robots || !l->jobs || !l->row || !l->candidate || !l->free_row || !l->table || !l->before || !l->seen || !l->here || !l->still || !l->steady || !l->price || !l->pick || !l->sees || !l->picked ||
      !l->row_of || !l->urgency || !l->base || !l->changed || !l->taken || !l->ring || !l->job || !l->match || !l->owner || !l->skip || !l->there ||
      !l->left || !l->spare || !l->solver || !l->dense) {
    destroy(l);
    return NULL;
  }
  for (int32_t k = 0; k < jobs_max; k++) {
    l->row[k].of = l->candidate + (size_t)k * wide;
    l->free_row[l->frees++] = jobs_max - 1 - k;
  }
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

// Most jobs come in the order of the last call, a few of them gone: those that follow there are looked at first.
static int32_t row_follows(const struct lookahead *l, uint64_t key, int32_t *next) {
  for (int32_t k = *next; k < *next + AHEAD && k < l->befores; k++)
    if (l->row[l->before[k]].key == key) {
      *next = k + 1;
      return l->before[k];
    }
  return row_find(l, key);
}

// The costs of its pairs hold while all that is of the job alone does.
static void know_job(struct lookahead *l, const struct policy_view *v, int32_t j, double mean) {
  struct lookahead_row *w = &l->row[l->row_of[j]];
  double urgency = lookahead_urgency(&v->jobs, j, mean), work = v->jobs.work[j];
  bool plain = lookahead_plain(v, j);
  // one that is plain again was priced with its set-up
  w->stale = w->urgency != urgency || w->work != work || !plain || !w->plain;
  w->plain = plain;
  w->urgency = urgency;
  w->work = work;
  l->work_most = work > l->work_most ? work : l->work_most;
}

// Rows of the jobs that are looked at; those of jobs that are gone are given back first.
static void know_jobs(struct lookahead *l, const struct policy_view *v) {
  const struct policy_jobs *jobs = &v->jobs;
  int32_t fresh = 0, next = 0;
  double mean = lookahead_mean_work(jobs);
  l->work_most = 0;
  for (int32_t k = 0; k < l->picks; k++) {
    int32_t j = l->pick[k], r = l->row_of[j] = row_follows(l, jobs->key[j], &next);
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
    know_job(l, v, j, mean);
  }
  l->befores = l->picks;
}

// Which robots are not where they were in the last call; returns how many.
static int32_t know_robots(struct lookahead *l, const struct policy_robots *robots) {
  int32_t changed = 0;
  double plenty = BATTERY_NEAR + l->walk_most + l->work_most;         // s    of slack: no pair asks for less
  for (int32_t k = 0; k <= l->robots_max; k++) l->here[k] = l->still[k] = l->steady[k] = NONE;
  for (int32_t r = 0; r < robots->n; r++) {
    assert(robots->number[r] >= 1);
    assert((int32_t)robots->number[r] <= l->robots_max);
    struct lookahead_seen *s = &l->seen[robots->number[r]];
    bool idle = r < robots->idle;
    l->changed[r] = s->call + 1 != l->call || s->place != robots->place[r] || s->fleet != robots->fleet[r] || s->idle != idle ||
                    s->at[0] != robots->at[r][0] || s->at[1] != robots->at[r][1];
    double free_in = robots->free_in[r], slack = robots->slack[r];
    bool steady = !l->changed[r] && s->free_in == free_in && (s->slack == slack || (s->slack >= plenty && slack >= plenty));
    *s = (struct lookahead_seen){robots->place[r], l->call, robots->fleet[r], idle, {robots->at[r][0], robots->at[r][1]}, free_in, slack};
    changed += l->changed[r];
    l->here[robots->number[r]] = r;
    if (!l->changed[r]) l->still[robots->number[r]] = r;
    if (steady) l->steady[robots->number[r]] = r;
    l->taken[r] = false;
  }
  return changed;
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
static bool may_hold(struct lookahead_row *w, double now) {
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

// ---- one call ----------------------------------------------------------------------------------------------

static int32_t decide(void *self, const struct policy_view *v, struct policy_pair *pair, int32_t pairs_max) {
  struct lookahead *l = self;
  assert(v->jobs.n <= l->jobs_max);
  assert(v->robots.n <= l->robots_max);
  l->call++;
  l->count.calls++;
  bool some = lookahead_pick(l, v);
  know_jobs(l, v);
  int32_t changed = know_robots(l, &v->robots), count = 0;
  count = teams(l, v, pair, count, pairs_max);
  count = charging(l, v, pair, count, pairs_max);
  lookahead_candidates(l, v, changed, some);
  int32_t n = lookahead_solve(l, v);
  for (int32_t k = 0; k < n && count < pairs_max; k++)
    if (l->match[k] != NONE && l->match[k] < v->robots.idle) pair[count++] = (struct policy_pair){l->job[k], l->match[k]};
  return count;
}

static uint64_t hash_of(const void *self) { return ((const struct lookahead *)self)->hash; }

struct lookahead_count lookahead_counted(const void *self) { return ((const struct lookahead *)self)->count; }

const struct policy lookahead_policy = {POLICY_VERSION, "lookahead", HORIZON, create, destroy, decide, hash_of, lookahead_explain};
