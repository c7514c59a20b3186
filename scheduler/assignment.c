#include "scheduler/assignment.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE ASSIGNMENT_NONE
#define BIDS_A_JOB 20               // then paths: a war of prices goes up by ever smaller steps

struct entry { double key; int32_t row; };

struct assignment {
  int       jobs_max, robots_max, candidates_max;
  // the problem by robot: candidates of robot r are back_first[r] .. back_first[r + 1] - 1
  int32_t  *back_first, *back_job;  // (robots + 1), (candidates)
  double   *back_cost;              // (candidates)
  double   *u;                      // (jobs)
  int32_t  *job_of_robot;           // (robots)
  int32_t  *queue;                  // (jobs)   jobs that nobody has yet
  // a search: distance, where it came from, in which search it was reached and settled; by robot or by job
  double   *distance;               // (larger of jobs, robots)
  int32_t  *from;
  uint32_t *reached, *settled;
  int32_t  *tree;                   // settled rows in order
  struct entry *heap;               // (candidates + 1)
  int       heap_count;
  uint32_t  stamp;
  struct assignment_count count;
};

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
  a->back_first = malloc((robots + 1) * sizeof *a->back_first);
  a->back_job = malloc(candidates * sizeof *a->back_job);
  a->back_cost = malloc(candidates * sizeof *a->back_cost);
  a->u = malloc(jobs * sizeof *a->u);
  a->job_of_robot = malloc(robots * sizeof *a->job_of_robot);
  a->queue = malloc(jobs * sizeof *a->queue);
  a->distance = malloc(rows * sizeof *a->distance);
  a->from = malloc(rows * sizeof *a->from);
  a->reached = calloc(rows, sizeof *a->reached);
  a->settled = calloc(rows, sizeof *a->settled);
  a->tree = malloc(rows * sizeof *a->tree);
  a->heap = malloc(candidates * sizeof *a->heap);
  if (!a->back_first || !a->back_job || !a->back_cost || !a->u || !a->job_of_robot || !a->queue || !a->distance || !a->from ||
      !a->reached || !a->settled || !a->tree || !a->heap) {
    assignment_destroy(a);
    return NULL;
  }
  return a;
}

void assignment_destroy(struct assignment *a) {
  if (!a) return;
  free(a->back_first);
  free(a->back_job);
  free(a->back_cost);
  free(a->u);
  free(a->job_of_robot);
  free(a->queue);
  free(a->distance);
  free(a->from);
  free(a->reached);
  free(a->settled);
  free(a->tree);
  free(a->heap);
  free(a);
}

// ---- heap: entries are left behind when a row gets nearer, and skipped when they come up --------------------

static bool before(struct entry a, struct entry b) { return a.key < b.key || (a.key == b.key && a.row < b.row); }

static void heap_push(struct assignment *a, double key, int32_t row) {
  struct entry e = {key, row};
  int i = a->heap_count++;
  assert(a->heap_count <= a->candidates_max + 1);
  while (i > 0 && before(e, a->heap[(i - 1) / 2])) {
    a->heap[i] = a->heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  a->heap[i] = e;
}

static struct entry heap_pop(struct assignment *a) {
  struct entry top = a->heap[0], e = a->heap[--a->heap_count];
  int n = a->heap_count, i = 0;
  for (;;) {
    int k = 2 * i + 1;
    if (k >= n) break;
    if (k + 1 < n && before(a->heap[k + 1], a->heap[k])) k++;
    if (!before(a->heap[k], e)) break;
    a->heap[i] = a->heap[k];
    i = k;
  }
  if (n > 0) a->heap[i] = e;
  return top;
}

// ---- the start: what of the last answer still holds ------------------------------------------------------------

// Candidates by robot, each robot's in the order of the jobs.
static void transpose(struct assignment *a, const struct assignment_problem *p) {
  int32_t *first = a->back_first, *fill = a->from;
  memset(first, 0, ((size_t)p->robots + 1) * sizeof *first);
  for (int32_t e = 0; e < p->first[p->jobs]; e++) first[p->robot[e] + 1]++;
  for (int32_t r = 0; r < p->robots; r++) {
    first[r + 1] += first[r];
    fill[r] = first[r];
  }
  for (int32_t j = 0; j < p->jobs; j++) {
    for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
      int32_t at = fill[p->robot[e]]++;
      a->back_job[at] = j;
      a->back_cost[at] = p->cost[e];
    }
  }
}

// A pair stays when it is still the cheapest that its job can get at these prices, but for the slack; the other jobs are queued.
static int keep(struct assignment *a, const struct assignment_problem *p, int32_t *robot_of_job, const double *price) {
  int queued = 0;
  for (int32_t r = 0; r < p->robots; r++) a->job_of_robot[r] = NONE;
  for (int32_t j = 0; j < p->jobs; j++) {
    double least = p->skip[j], had = -1;
    for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
      double c = p->cost[e] - price[p->robot[e]];
      assert(c >= 0);
      if (c < least) least = c;
      if (p->robot[e] == robot_of_job[j]) had = c;
    }
    a->u[j] = least;
    int32_t r = robot_of_job[j];
    robot_of_job[j] = NONE;
    if (had >= 0 && had <= least + p->slack && a->job_of_robot[r] == NONE) {
      a->u[j] = had;
      robot_of_job[j] = r;
      a->job_of_robot[r] = j;
    } else if (least < p->skip[j]) {
      a->queue[queued++] = j;
    }
  }
  return queued;
}

// ---- bids --------------------------------------------------------------------------------------------------------

static void pair(struct assignment *a, int32_t *robot_of_job, int32_t j, int32_t r) {
  robot_of_job[j] = r;
  a->job_of_robot[r] = j;
}

// Each queued job bids for its cheapest robot what it would lose at the second cheapest, and the slack; who is outbid bids
// again at once. Jobs that no bid settles (two robots alike, both taken, no slack) stay in the queue; returns how many.
static int bid(struct assignment *a, const struct assignment_problem *p, int queued, int32_t *robot_of_job, double *price) {
  int     left = 0, next = 0;
  int64_t bids = 0, bids_max = (int64_t)BIDS_A_JOB * queued;
  int32_t j = NONE;
  while (j != NONE || next < queued) {
    if (j == NONE) j = a->queue[next++];
    if (bids >= bids_max) {
      a->queue[left++] = j;
      j = NONE;
      continue;
    }
    bids++;
    double  u1 = p->skip[j], u2 = u1;
    int32_t r1 = NONE, r2 = NONE;
    for (int32_t e = p->first[j]; e < p->first[j + 1]; e++) {
      int32_t r = p->robot[e];
      double  c = p->cost[e] - price[r];
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
    if (out != NONE && u1 == u2 && p->slack == 0) {
      a->queue[left++] = j;         // left <= next: the place is free
      j = NONE;
      continue;
    }
    price[r1] -= u2 - u1 + p->slack;
    a->u[j] = u2 + p->slack;
    pair(a, robot_of_job, j, r1);
    if (out != NONE) robot_of_job[out] = NONE;
    j = out;
  }
  a->count.bids += bids;
  return left;
}

// ---- shortest augmenting paths --------------------------------------------------------------------------------------

// What a pair costs beyond its duals; bids leave it up to the slack below 0.
static double reduced(double cost, double price, double u) {
  double c = cost - price - u;
  return c > 0 ? c : 0;
}

static void search_begin(struct assignment *a) {
  a->count.paths++;
  a->heap_count = 0;
  a->stamp++;
}

static void reach(struct assignment *a, int32_t row, double distance, int32_t from) {
  a->count.scanned++;
  if (a->settled[row] == a->stamp) return;
  if (a->reached[row] == a->stamp && a->distance[row] <= distance) return;
  a->reached[row] = a->stamp;
  a->distance[row] = distance;
  a->from[row] = from;
  heap_push(a, distance, row);
}

// The nearest row that is not settled; false when there is none within `limit`.
static bool settle(struct assignment *a, double limit, int32_t *row) {
  while (a->heap_count > 0) {
    struct entry top = heap_pop(a);
    if (top.key >= limit) return false;
    if (a->settled[top.row] == a->stamp) continue;
    a->settled[top.row] = a->stamp;
    *row = top.row;
    return true;
  }
  return false;
}

// Somebody for job j, by passing robots on: to a robot that is free, or away from a job that can best do without.
static void path_of_job(struct assignment *a, const struct assignment_problem *p, int32_t j, int32_t *robot_of_job, double *price) {
  search_begin(a);
  double  least = reduced(p->skip[j], 0, a->u[j]), d = 0;
  int32_t without = j, end = NONE, at = j, r;
  int     settled = 0;
  for (;;) {
    for (int32_t e = p->first[at]; e < p->first[at + 1]; e++) {
      reach(a, p->robot[e], d + reduced(p->cost[e], price[p->robot[e]], a->u[at]), at);
    }
    if (!settle(a, least, &r)) break;
    d = a->distance[r];
    at = a->job_of_robot[r];
    if (at == NONE) {
      least = d;
      end = r;
      break;
    }
    a->tree[settled++] = r;
    if (d + reduced(p->skip[at], 0, a->u[at]) < least) {
      least = d + reduced(p->skip[at], 0, a->u[at]);
      without = at;
    }
  }
  // prices that keep every pair the cheapest for its job
  for (int k = 0; k < settled; k++) {
    double by = least - a->distance[a->tree[k]];
    if (by <= 0) continue;
    price[a->tree[k]] -= by;
    a->u[a->job_of_robot[a->tree[k]]] += by;
  }
  a->u[j] += least;
  if (end == NONE) {
    a->u[without] = p->skip[without];
    end = robot_of_job[without];
    robot_of_job[without] = NONE;
    if (without == j) return;
  }
  for (int32_t k = NONE; k != j;) {
    k = a->from[end];
    int32_t passed = robot_of_job[k];
    pair(a, robot_of_job, k, end);
    end = passed;
  }
}

// Robot r is free but has a price: a job for it, or a better one for another robot, or its price goes to 0.
static void path_of_robot(struct assignment *a, int32_t r, int32_t *robot_of_job, double *price) {
  search_begin(a);
  double  least = -price[r], d = 0;
  int32_t freed = r, end = NONE, at = r, j;
  int     settled = 0;
  for (;;) {
    for (int32_t e = a->back_first[at]; e < a->back_first[at + 1]; e++) {
      reach(a, a->back_job[e], d + reduced(a->back_cost[e], price[at], a->u[a->back_job[e]]), at);
    }
    if (!settle(a, least, &j)) break;
    d = a->distance[j];
    at = robot_of_job[j];
    if (at == NONE) {
      least = d;
      end = j;
      break;
    }
    a->tree[settled++] = j;
    if (d - price[at] < least) {
      least = d - price[at];
      freed = at;
    }
  }
  for (int k = 0; k < settled; k++) {
    double by = least - a->distance[a->tree[k]];
    if (by <= 0) continue;
    a->u[a->tree[k]] -= by;
    price[robot_of_job[a->tree[k]]] += by;
  }
  price[r] += least;
  if (end == NONE) {
    price[freed] = 0;
    end = a->job_of_robot[freed];
    a->job_of_robot[freed] = NONE;
    if (freed == r) return;
  }
  for (int32_t k = NONE; k != r;) {
    k = a->from[end];
    int32_t passed = a->job_of_robot[k];
    pair(a, robot_of_job, end, k);
    end = passed;
  }
}

double assignment_solve(struct assignment *a, const struct assignment_problem *p, int32_t *robot_of_job, double *price,
                        struct assignment_count *count) {
  assert(p->jobs <= a->jobs_max);
  assert(p->robots <= a->robots_max);
  assert(p->first[p->jobs] <= a->candidates_max);
  a->count = (struct assignment_count){0};

  int queued = keep(a, p, robot_of_job, price);
  int left = bid(a, p, queued, robot_of_job, price);
  for (int k = 0; k < left; k++) path_of_job(a, p, a->queue[k], robot_of_job, price);

  bool transposed = false;
  for (int32_t r = 0; r < p->robots; r++) {
    if (a->job_of_robot[r] != NONE || price[r] == 0) continue;
    if (!transposed) transpose(a, p);
    transposed = true;
    path_of_robot(a, r, robot_of_job, price);
  }

  double total = 0;
  for (int32_t j = 0; j < p->jobs; j++) {
    if (robot_of_job[j] == NONE) total += p->skip[j];
    for (int32_t e = p->first[j]; e < p->first[j + 1] && robot_of_job[j] != NONE; e++) {
      if (p->robot[e] == robot_of_job[j]) total += p->cost[e];
    }
  }
  if (count) *count = a->count;
  return total;
}
