#include "scheduler/assignment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/assignment_state.h"

#define BIDS     40                 // a job, on average: then paths, since a war of prices goes up by ever smaller steps
#define SHORT    24                 // candidates of a job
#define COARSE   10                 // slacks, of the first round
#define FAR      ((int64_t)1 << 60) // units

struct assignment *assignment_create(int jobs_max, int robots_max, int candidates_max, bool arrays) {
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
  a->row = malloc(jobs * sizeof *a->row);
  a->length = malloc(jobs * sizeof *a->length);
  a->all = malloc(robots * sizeof *a->all);
  a->ordered = malloc(jobs * sizeof *a->ordered);
  a->edge = malloc((arrays ? candidates : 1) * sizeof *a->edge);
  a->arrays = arrays;
  a->skip = malloc(jobs * sizeof *a->skip);
  a->back_first = malloc((robots + 1) * sizeof *a->back_first);
  a->back = malloc(candidates * sizeof *a->back);
  a->u = malloc(jobs * sizeof *a->u);
  a->v = malloc(robots * sizeof *a->v);
  a->top = malloc(robots * sizeof *a->top);
  a->fresh = malloc(robots * sizeof *a->fresh);
  a->job_of_robot = malloc(robots * sizeof *a->job_of_robot);
  a->queue = malloc(jobs * sizeof *a->queue);
  a->node = calloc(rows, sizeof *a->node);
  a->tree = malloc(rows * sizeof *a->tree);
  a->level = malloc((candidates + rows) * sizeof *a->level);
  a->heap = malloc((candidates + rows) * sizeof *a->heap);
  if (a->row && a->length && a->all && a->ordered && a->edge && a->skip && a->back_first && a->back && a->u && a->v && a->top && a->fresh && a->job_of_robot && a->queue && a->node &&
      a->tree && a->level && a->heap) return a;
  assignment_destroy(a);
  return NULL;
}

void assignment_destroy(struct assignment *a) {
  if (!a) return;
  void *blocks[] = {a->row, a->length, a->all, a->ordered, a->edge, a->skip, a->back_first, a->back, a->u, a->v, a->top, a->fresh, a->job_of_robot, a->queue, a->node, a->tree, a->level, a->heap};
  for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) free(blocks[k]);
  free(a);
}

// ---- the problem in whole numbers --------------------------------------------------------------------------

#define UNIT (1.0 / (1 << 20))      // for small costs; doubled until the largest fits

double assignment_unit(double most) {
  double unit = UNIT;
  while (most > unit * ASSIGNMENT_COST) unit *= 2;
  return unit;
}

static double unit_of(const struct assignment_problem *p) {
  double  most[4] = {0};
  int32_t n = p->first[p->jobs], e = 0;
  for (; e + 4 <= n; e += 4)
    for (int k = 0; k < 4; k++) most[k] = p->cost[e + k] > most[k] ? p->cost[e + k] : most[k];
  for (; e < n; e++) most[0] = p->cost[e] > most[0] ? p->cost[e] : most[0];
  for (int k = 1; k < 4; k++) most[0] = most[k] > most[0] ? most[k] : most[0];
  return assignment_unit(most[0]);
}

// x >= 0; what is out of all reason is cut off
static int64_t whole(double x, double per_unit) { return (int64_t)((x < 1e12 ? x : 1e12) * per_unit + 0.5); }

// Long rows by steps (Shell 1959), short ones put where they belong one after the other: they are nearly in order as a rule.
void assignment_order(struct assignment *a, int32_t j) {
  static const int gaps[] = {1750, 701, 301, 132, 57, 23, 10, 4, 1};
  struct assignment_edge *e = a->row[j];
  int n = a->length[j];
  a->ordered[j] = true;
  for (int g = n > SHORT ? 0 : 8; g < 9; g++)
    for (int i = gaps[g]; i < n; i++) {
      struct assignment_edge x = e[i];
      int k = i;
      for (; k >= gaps[g] && assignment_before(x, e[k - gaps[g]]); k -= gaps[g]) e[k] = e[k - gaps[g]];
      e[k] = x;
    }
}

void assignment_transpose(struct assignment *a) {
  int32_t *first = a->back_first, *fill = a->tree, jobs = a->jobs;
  struct back *back = a->back;
  memset(first, 0, ((size_t)a->robots + 1) * sizeof *first);
  for (int32_t j = 0; j < jobs; j++)
    for (const struct assignment_edge *e = a->row[j], *end = e + a->length[j]; e < end; e++) first[e->robot + 1]++;
  for (int32_t r = 0; r < a->robots; r++) {
    first[r + 1] += first[r];
    fill[r] = first[r];
  }
  for (int32_t j = 0; j < jobs; j++)
    for (const struct assignment_edge *e = a->row[j], *end = e + a->length[j]; e < end; e++) back[fill[e->robot]++] = (struct back){e->cost, j};
}

// ---- the start: what of the last answer still holds ------------------------------------------------------------

struct start { int queued, fresh; };            // jobs in the queue; in the tree, those with a candidate that is new

// Job j had robot r. The pair stays when it is still the cheapest that its job can get at these prices, but for the slack; else the job is queued.
static void keep(struct assignment *a, int32_t j, int32_t r, int64_t slack, struct start *s) {
  int64_t least = a->skip[j], had = -1;
  bool    any = false;
  const int64_t *v = a->v;
  const bool *fresh = a->fresh, ordered = a->ordered[j];
  for (const struct assignment_edge *e = a->row[j], *end = e + a->length[j]; e < end; e++) {
    // a price only adds to it
    if (e->cost > least + slack) {
      if (ordered) break;
      continue;
    }
    int64_t c = e->cost - v[e->robot];
    if (fresh[e->robot]) {
      any = true;
      continue;
    }
    if (c < least) least = c;
    if (e->robot == r) had = c;
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
    for (int32_t e = 0; e < a->length[j]; e++) {
      struct assignment_edge x = a->row[j][e];
      if (a->fresh[x.robot] && x.cost - a->u[j] < a->v[x.robot]) a->v[x.robot] = x.cost - a->u[j];
    }
  }
}

// The candidates of a job from the arrays.
static void load_row(struct assignment *a, const struct assignment_problem *p, int32_t j, double per_unit) {
  a->row[j] = &a->edge[p->first[j]];
  a->length[j] = p->first[j + 1] - p->first[j];
  a->ordered[j] = false;
  for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
    assert(p->cost[e] >= 0);
    a->edge[e] = (struct assignment_edge){assignment_whole(p->cost[e], per_unit), p->robot[e], 0};
  }
}

// Who is not there is too dear for every job.
static void load_robots(struct assignment *a, const struct assignment_problem *p, const double *price, double per_unit) {
  for (int32_t r = 0; r < p->robots; r++) {
    a->fresh[r] = false;
    a->v[r] = -FAR;
    a->job_of_robot[r] = NONE;
  }
  for (int32_t k = 0; k < a->theres; k++) {
    int32_t r = a->there[k];
    a->fresh[r] = price[r] > 0;
    a->top[r] = p->base ? -whole(p->base[r], per_unit) : 0;
    a->v[r] = a->top[r] - (price[r] < 0 ? whole(-price[r], per_unit) : 0);
  }
}

// The problem row by row, while each is at hand.
static struct start load(struct assignment *a, const struct assignment_problem *p, const double *price) {
  struct start s = {0};
  double per_unit = 1 / a->unit;
  int64_t candidates = 0;
  a->slack = whole(p->slack, per_unit);
  load_robots(a, p, price, per_unit);
  for (int32_t j = 0; j < p->jobs; j++) {
    int32_t had = a->robot_of_job[j];
    a->skip[j] = whole(p->skip[j], per_unit);
    if (p->row) {
      a->row[j] = p->row(p->context, j, &a->length[j], &had);
      a->ordered[j] = true;
      candidates += a->length[j];
    } else {
      load_row(a, p, j, per_unit);
    }
    keep(a, j, had, a->slack, &s);
  }
  assert(candidates <= a->candidates_max);
  return s;
}

// ---- bids --------------------------------------------------------------------------------------------------------

// Each queued job bids for its cheapest robot what it would lose at the second cheapest, and the slack; who is outbid bids
// again at once. Jobs that no bid settles (two robots alike, both taken, no slack; too many bids) stay in the queue; returns how many.
static int bid(struct assignment *a, int queued, int64_t slack) {
  int     left = 0, next = 0;
  int64_t bids = 0, bids_max = (int64_t)BIDS * queued;
  int32_t j = NONE;
  int64_t *v = a->v;
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
    for (const struct assignment_edge *e = a->row[j], *end = e + a->length[j]; e < end && e->cost < u2; e++) {
      int32_t r = e->robot;
      int64_t c = e->cost - v[r];
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
    v[r1] -= u2 - u1 + slack;
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
  assert(p->row || a->arrays);
  assert(p->row || p->first[p->jobs] <= a->candidates_max);
  a->count = (struct assignment_count){0};
  a->jobs = p->jobs;
  a->robots = p->robots;
  a->there = p->there ? p->there : a->all;
  a->theres = p->there ? p->theres : p->robots;
  for (int32_t r = 0; r < p->robots && !p->there; r++) a->all[r] = r;
  a->robot_of_job = robot_of_job;
  a->unit = p->row ? p->unit : unit_of(p);
  struct start s = load(a, p, price);
  price_new(a, s.fresh);

  int queued = s.queued;
  bool many = queued > a->jobs / 4;
  if (many && a->slack > 0) {
    // prices in great steps first; nobody keeps a price without a job
    bid(a, queued, COARSE * a->slack);
    for (int32_t k = 0; k < a->theres; k++) {
      int32_t r = a->there[k];
      if (a->job_of_robot[r] == NONE) a->v[r] = a->top[r];
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
  for (int32_t k = 0; k < a->theres; k++) {
    int32_t r = a->there[k];
    if (a->job_of_robot[r] != NONE || a->v[r] == a->top[r]) continue;
    if (!stale) assignment_transpose(a);
    stale = true;
    assignment_robot_path(a, r);
  }
  for (int32_t k = 0; k < a->theres; k++) price[a->there[k]] = (double)(a->v[a->there[k]] - a->top[a->there[k]]) * a->unit;
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
