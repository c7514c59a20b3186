// The assignment of lookahead: candidates and costs as a problem, its solution, and what that leaves over (scheduler/lookahead_state.h).
#include <string.h>

#include "base/digest.h"
#include "scheduler/lookahead_state.h"

struct pricing { const struct lookahead *l; int32_t jobs; };

static struct assignment_edge *edges_of(void *context, int32_t job, int32_t *count, int32_t *had) {
  const struct pricing *p = context;
  const struct lookahead *l = p->l;
  const struct lookahead_row *w = &l->row[l->row_of[l->job[job]]];
  if (job + AHEAD_OF < p->jobs) lookahead_fetch(l, l->row_of[l->job[job + AHEAD_OF]]);
  *had = w->given ? (int32_t)w->given : NONE;
  *count = w->count;
  return w->of;
}

// The costs of a row anew, in the unit at hand.
static void price_row(struct lookahead *l, const struct policy_view *v, int32_t j) {
  struct lookahead_row *w = &l->row[l->row_of[j]];
  w->most = 0;
  for (int i = 0; i < w->count; i++) {
    struct assignment_edge e = w->of[i];
    e.cost = lookahead_price(l, v, w, j, e.robot, e.own);
    int k = i;
    for (; k > 0 && assignment_before(e, w->of[k - 1]); k--) w->of[k] = w->of[k - 1];
    w->of[k] = e;
  }
  w->stale = false;
}

// Costs of all rows that have changed. The unit is one that the largest fits into; where it is another one than before, all are made anew.
static void price_rows(struct lookahead *l, const struct policy_view *v) {
  double most = 0;
  for (int32_t k = 0; k < l->picks; k++) {
    struct lookahead_row *w = &l->row[l->row_of[l->pick[k]]];
    if (w->stale) price_row(l, v, l->pick[k]);
    most = w->most > most ? w->most : most;
  }
  double unit = assignment_unit(most);
  if (unit == l->unit) return;
  l->unit = unit;
  for (int32_t k = 0; k < l->picks; k++) price_row(l, v, l->pick[k]);
}

// Jobs for one robot, and what their robots ask for; returns how many.
static int32_t state_problem(struct lookahead *l, const struct policy_view *v) {
  int32_t n = 0;
  price_rows(l, v);
  l->theres = 0;
  for (int32_t r = 0; r < v->robots.n; r++) {
    l->base[v->robots.number[r]] = lookahead_base(v, r);
    if (!l->taken[r]) l->there[l->theres++] = (int32_t)v->robots.number[r];
  }
  for (int32_t k = 0; k < l->picks; k++) {
    int32_t j = l->pick[k];
    if (v->jobs.need[j] != 1) continue;
    double u = l->urgency[n] = l->row[l->row_of[j]].urgency;
    l->job[n] = j;
    l->skip[n] = lookahead_worth(v, j, u);
    l->match[n++] = NONE;
  }
  return n;
}

static void solve(struct lookahead *l, const struct policy_view *v, int32_t n) {
  // who has come somewhere else has no price there yet
  for (int32_t r = 0; r < v->robots.n; r++)
    if (l->changed[r] && l->call > 1) l->price[v->robots.number[r]] = 1;
  struct pricing pricing = {l, n};
  struct assignment_problem p = {.jobs = n, .robots = l->robots_max + 1, .skip = l->skip, .slack = SLACK, .row = edges_of, .context = &pricing, .unit = l->unit, .base = l->base,
                                 .there = l->there, .theres = l->theres};
  struct assignment_count c;
  assignment_solve(l->solver, &p, l->match, l->price, &c);
  l->count.bids += c.bids;
  l->count.paths += c.paths;
  uint64_t sum = 0;
  for (int32_t r = 0; r < v->robots.n; r++) {
    uint32_t number = v->robots.number[r];
    uint64_t bits;
    if (l->price[number] > 0) l->price[number] = 0;      // taken
    memcpy(&bits, &l->price[number], sizeof bits);
    sum += bits * (2 * (uint64_t)number + 1);
    l->owner[r] = NONE;
  }
  l->hash = digest_u64(l->hash, sum, (uint64_t)n);
  for (int32_t k = 0; k < n; k++) {
    if (l->match[k] == NONE) continue;
    l->match[k] = l->here[l->match[k]];
    l->owner[l->match[k]] = k;
  }
}

static double cost_of(const struct lookahead *l, const struct policy_view *v, int32_t k, int32_t r, double walk) { return lookahead_cost(v, l->job[k], r, walk, l->urgency[k], l->base[v->robots.number[r]]); }

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
      cost[edges++] = lookahead_cost(v, j, l->spare[k], s, l->urgency[l->left[i]], l->base[v->robots.number[l->spare[k]]]);
    }
  }
  first[jobs] = edges;
  if (edges == 0) return 0;
  struct assignment_problem p = {.jobs = jobs, .robots = robots, .first = first, .robot = robot, .cost = cost, .skip = skip, .slack = SLACK};
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
      const struct lookahead_row *w = &l->row[l->row_of[l->job[k]]];
      for (int c = 0; c < w->count; c++) {
        int32_t q = l->here[w->of[c].robot], o = q == NONE ? NONE : l->owner[q];
        if (o == NONE || o == k || !may(v, l->job[o], r)) continue;
        double theirs = v->walk(v->context, r, l->job[o]);
        if (theirs < 0) continue;
        double now = cost_of(l, v, k, r, mine) + cost_of(l, v, o, q, v->walk(v->context, q, l->job[o]));
        double gain = now - cost_of(l, v, k, q, (double)w->of[c].own) - cost_of(l, v, o, r, theirs);
        if (gain <= best) continue;
        best = gain;
        with = q;
      }
      if (with == NONE) continue;
      int32_t o = l->owner[with];
      l->match[o] = r;
      l->owner[r] = o;
      l->match[k] = with;
      l->owner[with] = k;
      l->left[i] = o;               // whoever got the far robot goes on
      l->count.exchanges++;
      any = true;
    }
    if (!any) break;
  }
}

static void remember(struct lookahead *l, const struct policy_view *v, int32_t n) {
  for (int32_t k = 0; k < n; k++) l->row[l->row_of[l->job[k]]].given = l->match[k] == NONE ? 0 : v->robots.number[l->match[k]];
}

int32_t lookahead_solve(struct lookahead *l, const struct policy_view *v) {
  int32_t n = state_problem(l, v);
  if (n == 0) return 0;
  solve(l, v, n);
  exchange(l, v, complete(l, v, n));
  remember(l, v, n);
  return n;
}
