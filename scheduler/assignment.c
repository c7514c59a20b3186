#include "scheduler/assignment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/assignment_state.h"

#define BIDS     40                 // a job, on average: then paths, since a war of prices goes up by ever smaller steps
#define SHORT    24                 // candidates of a job
#define COARSE   10                 // slacks, of the first round
#define COST_MAX   (1 << 30)        // units

struct assignment *assignment_create(int jobs_max, int robots_max, int candidates_max) {
  assert(jobs_max >= 0);
  assert(robots_max >= 0);
  assert(candidates_max >= 0);
  struct assignment *a = calloc(1, sizeof *a);
  if (!a) return NULL;
  size_t jobs = (size_t)jobs_max + 1, robots = (size_t)robots_max + 1, candidates = (size_t)candidates_max + 1;
  size_t rows = jobs > robots ? jobs : robots;
  a->jobs_max = jobs_max;
  a->robots_max = robots_max;
  a->candidates_max = candidates_max;
  a->first_of_rows = malloc((jobs + 1) * sizeof *a->first_of_rows);
  a->ordered = malloc(jobs * sizeof *a->ordered);
  a->edge = malloc(candidates * sizeof *a->edge);
  a->skip = malloc(jobs * sizeof *a->skip);
  a->back_first = malloc((robots + 1) * sizeof *a->back_first);
  a->back = malloc(candidates * sizeof *a->back);
  a->u = malloc(jobs * sizeof *a->u);
  a->v = malloc(robots * sizeof *a->v);
  a->fresh = malloc(robots * sizeof *a->fresh);
  a->job_of_robot = malloc(robots * sizeof *a->job_of_robot);
  a->queue = malloc(jobs * sizeof *a->queue);
  a->node = calloc(rows, sizeof *a->node);
  a->tree = malloc(rows * sizeof *a->tree);
  a->level = malloc((candidates + rows) * sizeof *a->level);
  a->heap = malloc((candidates + rows) * sizeof *a->heap);
  if (a->first_of_rows && a->ordered && a->edge && a->skip && a->back_first && a->back && a->u && a->v && a->fresh && a->job_of_robot && a->queue && a->node &&
      a->tree && a->level && a->heap) return a;
  assignment_destroy(a);
  return NULL;
}

void assignment_destroy(struct assignment *a) {
  if (!a) return;
  void *blocks[] = {a->first_of_rows, a->ordered, a->edge, a->skip, a->back_first, a->back, a->u, a->v, a->fresh, a->job_of_robot, a->queue, a->node, a->tree, a->level, a->heap};
  for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) free(blocks[k]);
  free(a);
}

// ---- the problem in whole numbers --------------------------------------------------------------------------

#define UNIT (1.0 / (1 << 20))      // for small costs; doubled until the largest fits

static double unit_for(double most, double unit) {
  while (most > unit * COST_MAX) unit *= 2;
  return unit;
}

static double unit_of(const struct assignment_problem *p) {
  double  most[4] = {0}, unit = UNIT;
  int32_t n = p->first[p->jobs], e = 0;
  for (; e + 4 <= n; e += 4)
    for (int k = 0; k < 4; k++) most[k] = p->cost[e + k] > most[k] ? p->cost[e + k] : most[k];
  for (; e < n; e++) most[0] = p->cost[e] > most[0] ? p->cost[e] : most[0];
  for (int k = 0; k < 4; k++) unit = unit_for(most[k], unit);
  return unit;
}

// x >= 0; what is out of all reason is cut off
static int64_t whole(double x, double per_unit) { return (int64_t)((x < 1e12 ? x : 1e12) * per_unit + 0.5); }

static bool edge_before(struct edge a, struct edge b) { return a.cost < b.cost || (a.cost == b.cost && a.row < b.row); }

// Long rows by steps (Shell 1959), short ones put where they belong one after the other: they are nearly in order as a rule.
void assignment_order(struct assignment *a, int32_t j) {
  static const int gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
  struct edge *e = &a->edge[a->first[j]];
  int n = a->first[j + 1] - a->first[j];
  a->ordered[j] = true;
  for (int g = n > SHORT ? 0 : 8; g < 9; g++)
    for (int i = gaps[g]; i < n; i++) {
      struct edge x = e[i];
      int k = i;
      for (; k >= gaps[g] && edge_before(x, e[k - gaps[g]]); k -= gaps[g]) e[k] = e[k - gaps[g]];
      e[k] = x;
    }
}

// The candidates of a job in whole numbers; returns the largest cost.
static double load_row(struct assignment *a, int32_t j, int32_t n, const int32_t *robot, const double *cost, double per_unit) {
  struct edge *row = &a->edge[a->first[j]];
  int32_t *counts = a->back_first + 1;
  double most = 0;
  for (int32_t e = 0; e < n; e++) {
    assert(cost[e] >= 0);
    double c = cost[e] * per_unit + 0.5;
    most = cost[e] > most ? cost[e] : most;
    row[e] = (struct edge){(int32_t)(c < COST_MAX ? c : COST_MAX), robot[e]};
    counts[robot[e]]++;
  }
  a->ordered[j] = false;
  return most;
}

void assignment_transpose(struct assignment *a) {
  int32_t *first = a->back_first, *fill = a->tree;
  for (int32_t r = 0; r < a->robots; r++) {
    first[r + 1] += first[r];
    fill[r] = first[r];
  }
  for (int32_t j = 0; j < a->jobs; j++)
    for (int32_t e = a->first[j]; e < a->first[j + 1]; e++) a->back[fill[a->edge[e].row]++] = (struct edge){a->edge[e].cost, j};
}

// ---- the start: what of the last answer still holds ------------------------------------------------------------

struct start { int queued, fresh; };            // jobs in the queue; in the tree, those with a candidate that is new

// Job j had robot r. The pair stays when it is still the cheapest that its job can get at these prices, but for the slack; else the job is queued.
static void keep(struct assignment *a, int32_t j, int32_t r, int64_t slack, struct start *s) {
  int64_t least = a->skip[j], had = -1;
  bool    any = false;
  const int64_t *v = a->v;
  for (const struct edge *e = &a->edge[a->first[j]], *end = &a->edge[a->first[j + 1]]; e < end; e++) {
    // a price only adds to it
    if (e->cost > least + slack) continue;
    int64_t c = e->cost - v[e->row];
    if (a->fresh[e->row]) {
      any = true;
      continue;
    }
    if (c < least) least = c;
    if (e->row == r) had = c;
  }
  a->u[j] = least;
  if (any) a->tree[s->fresh++] = j;
  a->robot_of_job[j] = NONE;
  if (had >= 0 && had <= least + slack && had <= a->skip[j] && a->job_of_robot[r] == NONE) {
    a->u[j] = had;
    assignment_pair(a, j, r);
  } else if (least < a->skip[j]) {
    a->queue[s->queued++] = j;
  }
}

// A robot that is new is priced so that every job keeps what it has; who gains by it is found out later, by a path.
static void price_new(struct assignment *a, int rows) {
  for (int k = 0; k < rows; k++) {
    int32_t j = a->tree[k];
    for (int32_t e = a->first[j]; e < a->first[j + 1]; e++) {
      struct edge x = a->edge[e];
      if (a->fresh[x.row] && x.cost - a->u[j] < a->v[x.row]) a->v[x.row] = x.cost - a->u[j];
    }
  }
}

// The problem row by row, while each is at hand. Returns the largest cost: where that does not fit into the unit nothing of it is to be used.
static double load(struct assignment *a, const struct assignment_problem *p, const double *price, struct start *s) {
  double per_unit = 1 / a->unit, most = 0;
  *s = (struct start){0};
  a->slack = whole(p->slack, per_unit);
  memset(a->back_first, 0, ((size_t)p->robots + 1) * sizeof *a->back_first);
  for (int32_t r = 0; r < p->robots; r++) {
    a->fresh[r] = price[r] > 0;
    a->v[r] = price[r] < 0 ? -whole(-price[r], per_unit) : 0;
    a->job_of_robot[r] = NONE;
  }
  for (int32_t j = 0; j < p->jobs; j++) {
    int32_t had = a->robot_of_job[j], n;
    double  largest;
    a->skip[j] = whole(p->skip[j], per_unit);
    if (p->row) {
      int32_t robot[ASSIGNMENT_ROW];
      double  cost[ASSIGNMENT_ROW];
      n = p->row(p->context, j, robot, cost, &had);
      assert(n <= ASSIGNMENT_ROW);
      assert(a->first[j] + n <= a->candidates_max);
      a->first_of_rows[j + 1] = a->first_of_rows[j] + n;
      largest = load_row(a, j, n, robot, cost, per_unit);
    } else {
      n = p->first[j + 1] - p->first[j];
      largest = load_row(a, j, n, &p->robot[p->first[j]], &p->cost[p->first[j]], per_unit);
    }
    most = largest > most ? largest : most;
    keep(a, j, had, a->slack, s);
  }
  return most;
}

// ---- bids --------------------------------------------------------------------------------------------------------

// Each queued job bids for its cheapest robot what it would lose at the second cheapest, and the slack; who is outbid bids
// again at once. Jobs that no bid settles (two robots alike, both taken, no slack; too many bids) stay in the queue; returns how many.
static int bid(struct assignment *a, int queued, int64_t slack) {
  int     left = 0, next = 0;
  int64_t bids = 0, bids_max = (int64_t)BIDS * queued;
  int32_t j = NONE;
  while (j != NONE || next < queued) {
    if (j == NONE) j = a->queue[next++];
    if (bids >= bids_max) {
      a->queue[left++] = j;
      j = NONE;
      continue;
    }
    bids++;
    int64_t u1 = a->skip[j], u2 = u1;
    int32_t r1 = NONE, r2 = NONE;
    if (!a->ordered[j]) assignment_order(a, j);
    // the cheapest first, and a price only adds to it
    for (int32_t e = a->first[j]; e < a->first[j + 1] && a->edge[e].cost < u2; e++) {
      int32_t r = a->edge[e].row;
      int64_t c = a->edge[e].cost - a->v[r];
      if (c >= u2) continue;
      if (c < u1) {
        u2 = u1; r2 = r1;
        u1 = c;  r1 = r;
      } else {
        u2 = c; r2 = r;
      }
    }
    a->u[j] = u1;
    if (r1 == NONE) {
      j = NONE;                     // nobody is worth it
      continue;
    }
    if (u1 == u2 && a->job_of_robot[r1] != NONE && r2 != NONE && a->job_of_robot[r2] == NONE) r1 = r2;
    int32_t out = a->job_of_robot[r1];
    if (out != NONE && u1 == u2 && slack == 0) {
      a->queue[left++] = j;         // left <= next: the place is free
      j = NONE;
      continue;
    }
    a->v[r1] -= u2 - u1 + slack;
    a->u[j] = u2 + slack;
    assignment_pair(a, j, r1);
    if (out != NONE) a->robot_of_job[out] = NONE;
    j = out;
  }
  a->count.bids += bids;
  return left;
}

void assignment_solve(struct assignment *a, const struct assignment_problem *p, int32_t *robot_of_job, double *price, struct assignment_count *count) {
  assert(p->jobs <= a->jobs_max);
  assert(p->robots <= a->robots_max);
  assert(p->row || p->first[p->jobs] <= a->candidates_max);
  a->count = (struct assignment_count){0};
  a->jobs = p->jobs;
  a->robots = p->robots;
  a->first_of_rows[0] = 0;
  a->first = p->row ? a->first_of_rows : p->first;
  a->robot_of_job = robot_of_job;
  a->unit = p->row ? UNIT : unit_of(p);
  struct start s;
  for (double most; (most = load(a, p, price, &s)) > a->unit * COST_MAX;) a->unit = unit_for(most, a->unit);
  price_new(a, s.fresh);

  int queued = s.queued;
  bool many = queued > a->jobs / 4;
  if (many && a->slack > 0) {
    // prices in great steps first; nobody keeps a price without a job
    bid(a, queued, COARSE * a->slack);
    for (int32_t r = 0; r < a->robots; r++) {
      if (a->job_of_robot[r] == NONE) a->v[r] = 0;
      a->job_of_robot[r] = NONE;
      a->fresh[r] = false;          // the bids have priced it
    }
    s = (struct start){0};
    for (int32_t j = 0; j < a->jobs; j++) keep(a, j, a->robot_of_job[j], a->slack, &s);
    queued = s.queued;
  }
  int left = bid(a, queued, a->slack);
  for (int k = 0; k < left; k++) assignment_job_path(a, a->queue[k]);
  bool stale = false;
  for (int32_t r = 0; r < p->robots; r++) stale = stale || (a->job_of_robot[r] == NONE && a->v[r] < 0);
  if (stale) assignment_transpose(a);
  for (int32_t r = 0; r < p->robots && stale; r++)
    if (a->job_of_robot[r] == NONE && a->v[r] < 0) assignment_robot_path(a, r);

  for (int32_t r = 0; r < p->robots; r++) price[r] = (double)a->v[r] * a->unit;
  if (count) *count = a->count;
}

double assignment_total(const struct assignment_problem *p, const int32_t *robot_of_job) {
  assert(!p->row);
  double total = 0;
  for (int32_t j = 0; j < p->jobs; j++) {
    if (robot_of_job[j] == NONE) total += p->skip[j];
    for (int32_t e = p->first[j]; e < p->first[j + 1] && robot_of_job[j] != NONE; e++)
      if (p->robot[e] == robot_of_job[j]) total += p->cost[e];
  }
  return total;
}
