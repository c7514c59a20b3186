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
  if (a->edge && a->skip && a->back_first && a->back && a->u && a->v && a->fresh && a->job_of_robot && a->queue && a->node &&
      a->tree && a->level && a->heap) return a;
  assignment_destroy(a);
  return NULL;
}

void assignment_destroy(struct assignment *a) {
  if (!a) return;
  void *blocks[] = {a->edge, a->skip, a->back_first, a->back, a->u, a->v, a->fresh, a->job_of_robot, a->queue, a->node, a->tree, a->level, a->heap};
  for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) free(blocks[k]);
  free(a);
}

// ---- the problem in whole numbers --------------------------------------------------------------------------

// The power of two that is small enough for small costs and large enough for the largest.
static double unit_of(const struct assignment_problem *p) {
  double  most[4] = {0}, unit = 1.0 / (1 << 20);
  int32_t n = p->first[p->jobs], e = 0;
  for (; e + 4 <= n; e += 4)
    for (int k = 0; k < 4; k++) most[k] = p->cost[e + k] > most[k] ? p->cost[e + k] : most[k];
  for (; e < n; e++) most[0] = p->cost[e] > most[0] ? p->cost[e] : most[0];
  for (int k = 0; k < 4; k++)
    while (most[k] > unit * COST_MAX) unit *= 2;
  return unit;
}

// x >= 0; what is out of all reason is cut off
static int64_t whole(double x, double per_unit) { return (int64_t)((x < 1e12 ? x : 1e12) * per_unit + 0.5); }

static bool edge_before(struct edge a, struct edge b) { return a.cost < b.cost || (a.cost == b.cost && a.row < b.row); }

// Long rows in order, by steps (Shell 1959).
static void sort(struct edge *e, int n) {
  static const int gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
  for (int g = 0; g < 9; g++)
    for (int i = gaps[g]; i < n; i++) {
      struct edge x = e[i];
      int k = i;
      for (; k >= gaps[g] && edge_before(x, e[k - gaps[g]]); k -= gaps[g]) e[k] = e[k - gaps[g]];
      e[k] = x;
    }
}

// The candidates of a job, the cheapest first. Short rows are nearly in order as a rule: put where they belong as they come.
static void load_row(struct assignment *a, const struct assignment_problem *p, int32_t j, double per_unit) {
  struct edge *row = &a->edge[p->first[j]];
  int n = p->first[j + 1] - p->first[j];
  const double  *cost = &p->cost[p->first[j]];
  const int32_t *robot = &p->robot[p->first[j]];
  for (int e = 0; e < n; e++) {
    assert(cost[e] >= 0);
    struct edge x = {(int32_t)(cost[e] * per_unit + 0.5), robot[e]};
    int k = e;
    for (; n <= SHORT && k > 0 && edge_before(x, row[k - 1]); k--) row[k] = row[k - 1];
    row[k] = x;
    a->back_first[x.row + 1]++;
  }
  if (n > SHORT) sort(row, n);
}

static void load(struct assignment *a, const struct assignment_problem *p, int32_t *robot_of_job, const double *price) {
  a->jobs = p->jobs;
  a->robots = p->robots;
  a->first = p->first;
  a->robot_of_job = robot_of_job;
  a->unit = unit_of(p);
  double per_unit = 1 / a->unit;
  a->slack = whole(p->slack, per_unit);
  memset(a->back_first, 0, ((size_t)p->robots + 1) * sizeof *a->back_first);
  for (int32_t j = 0; j < p->jobs; j++) {
    a->skip[j] = whole(p->skip[j], per_unit);
    load_row(a, p, j, per_unit);
  }
  for (int32_t r = 0; r < p->robots; r++) {
    a->fresh[r] = price[r] > 0;
    a->v[r] = price[r] < 0 ? -whole(-price[r], per_unit) : 0;
    a->job_of_robot[r] = NONE;
  }
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

// A robot that is new is priced so that every job keeps what it has; who gains by it is found out later, by a path.
static void price_new(struct assignment *a, int rows) {
  for (int k = 0; k < rows; k++) {
    int32_t j = a->tree[k];
    for (int32_t e = a->first[j]; e < a->first[j + 1] && a->edge[e].cost < a->u[j]; e++) {
      struct edge x = a->edge[e];
      if (a->fresh[x.row] && x.cost - a->u[j] < a->v[x.row]) a->v[x.row] = x.cost - a->u[j];
    }
  }
}

// A pair stays when it is still the cheapest that its job can get at these prices, but for the slack; the other jobs are queued.
static int keep(struct assignment *a, int64_t slack) {
  int queued = 0, fresh = 0;
  for (int32_t j = 0; j < a->jobs; j++) {
    int32_t r = a->robot_of_job[j];
    int64_t least = a->skip[j], had = -1;
    bool    any = false;
    // the cheapest first, and a price only adds to it
    for (int32_t e = a->first[j]; e < a->first[j + 1] && a->edge[e].cost <= least + slack; e++) {
      struct edge x = a->edge[e];
      int64_t c = x.cost - a->v[x.row];
      if (a->fresh[x.row]) {
        any = true;
        continue;
      }
      if (c < least) least = c;
      if (x.row == r) had = c;
    }
    a->u[j] = least;
    if (any) a->tree[fresh++] = j;
    a->robot_of_job[j] = NONE;
    if (had >= 0 && had <= least + slack && had <= a->skip[j] && a->job_of_robot[r] == NONE) {
      a->u[j] = had;
      assignment_pair(a, j, r);
    } else if (least < a->skip[j]) {
      a->queue[queued++] = j;
    }
  }
  price_new(a, fresh);
  return queued;
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
  assert(p->first[p->jobs] <= a->candidates_max);
  a->count = (struct assignment_count){0};
  load(a, p, robot_of_job, price);

  int queued = keep(a, a->slack);
  bool many = queued > a->jobs / 4;
  if (many && a->slack > 0) {
    // prices in great steps first; nobody keeps a price without a job
    bid(a, queued, COARSE * a->slack);
    for (int32_t r = 0; r < a->robots; r++) {
      if (a->job_of_robot[r] == NONE) a->v[r] = 0;
      a->job_of_robot[r] = NONE;
      a->fresh[r] = false;          // the bids have priced it
    }
    queued = keep(a, a->slack);
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
  double total = 0;
  for (int32_t j = 0; j < p->jobs; j++) {
    if (robot_of_job[j] == NONE) total += p->skip[j];
    for (int32_t e = p->first[j]; e < p->first[j + 1] && robot_of_job[j] != NONE; e++)
      if (p->robot[e] == robot_of_job[j]) total += p->cost[e];
  }
  return total;
}
