// The searches of the assignment (scheduler/assignment_state.h): shortest augmenting paths, one by one or many at a time.
#include <assert.h>
#include <string.h>

#include "scheduler/assignment_state.h"

// ---- heap: entries are left behind when a row gets nearer, and skipped when they come up --------------------

static bool before(struct entry a, struct entry b) { return a.key < b.key || (a.key == b.key && a.row < b.row); }

static void heap_push(struct assignment *a, int64_t key, int32_t row) {
  struct entry e = {key, row};
  int i = a->heap_count++;
  while (i > 0 && before(e, a->heap[(i - 1) / 2])) {
    a->heap[i] = a->heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  a->heap[i] = e;
}

static void sink(struct assignment *a, int i, struct entry e) {
  int n = a->heap_count;
  for (;;) {
    int k = 2 * i + 1;
    if (k >= n) break;
    if (k + 1 < n && before(a->heap[k + 1], a->heap[k])) k++;
    if (!before(a->heap[k], e)) break;
    a->heap[i] = a->heap[k];
    i = k;
  }
  a->heap[i] = e;
}

static struct entry heap_pop(struct assignment *a) {
  struct entry top = a->heap[0], e = a->heap[--a->heap_count];
  if (a->heap_count > 0) sink(a, 0, e);
  return top;
}

// ---- a search ---------------------------------------------------------------------------------------------------

// What a pair costs beyond its duals; bids leave it up to the slack below 0.
static int64_t reduced(int64_t cost, int64_t v, int64_t u) {
  int64_t c = cost - v - u;
  return c > 0 ? c : 0;
}

static void search_begin(struct assignment *a) {
  a->count.paths++;
  a->heap_count = a->levels = 0;
  a->stamp += 2;
  if (a->stamp == 0) {              // once in two thousand million searches
    memset(a->node, 0, sizeof *a->node * (size_t)(a->jobs_max > a->robots_max ? a->jobs_max : a->robots_max));
    a->stamp = 2;
  }
}

// `at`: the distance at hand; rows at that distance need no heap. False: it is as near already.
static bool reach(struct assignment *a, int32_t row, int64_t distance, int32_t from, int64_t at) {
  struct node *n = &a->node[row];
  if (n->stamp >= a->stamp && n->distance <= distance) return false;
  *n = (struct node){distance, from, a->stamp};
  if (distance == at) a->level[a->levels++] = row;
  else heap_push(a, distance, row);
  return true;
}

// The nearest row that is not settled; false when there is none nearer than `limit`.
static bool settle(struct assignment *a, int64_t limit, int32_t *row) {
  for (;;) {
    if (a->levels > 0) {
      *row = a->level[--a->levels];
    } else if (a->heap_count > 0) {
      *row = heap_pop(a).row;
    } else {
      return false;
    }
    struct node *n = &a->node[*row];
    if (n->stamp > a->stamp) continue;
    if (n->distance >= limit) return false;
    n->stamp++;
    return true;
  }
}

// The far end of a path is known: from there back to `start`, whoever is passed gets what comes before it and gives up what it has.
// mine: partner of those of the side of `start`; theirs: of the other side.
static void flip(struct assignment *a, int32_t start, int32_t end, int32_t *mine, int32_t *theirs) {
  for (int32_t k = NONE; k != start;) {
    k = a->node[end].from;
    int32_t passed = mine[k];
    mine[k] = end;
    theirs[end] = k;
    end = passed;
  }
}

// Duals that keep every pair the cheapest: those that were settled come nearer by what was left to the end.
static void reprice(struct assignment *a, int settled, int64_t least, const int32_t *partner, int64_t *far, int64_t *near) {
  for (int k = 0; k < settled; k++) {
    int64_t by = least - a->node[a->tree[k]].distance;
    far[a->tree[k]] -= by;
    near[partner[a->tree[k]]] += by;
  }
}

// The best end so far is a bound for everything else: it is taken where a row is reached, not where it is settled.
void assignment_job_path(struct assignment *a, int32_t j) {
  search_begin(a);
  int64_t least = reduced(a->skip[j], 0, a->u[j]), d = 0;
  int32_t without = j, end = NONE, at = j, r;
  int     settled = 0;
  for (;;) {
    if (!a->ordered[at]) assignment_order(a, at);
    // the cheapest first, and a price only adds to it
    for (const struct assignment_edge *e = a->row[at], *last = e + a->length[at]; e < last && d + e->cost - a->u[at] < least; e++) {
      struct assignment_edge x = *e;
      int64_t there = d + reduced(x.cost, a->v[x.robot], a->u[at]);
      if (there >= least) continue;
      int32_t k = a->job_of_robot[x.robot];
      if (k == NONE) {
        least = there;
        end = x.robot;
        a->node[end].from = at;
        continue;
      }
      if (!reach(a, x.robot, there, at, d)) continue;
      there += reduced(a->skip[k], 0, a->u[k]);
      if (there >= least) continue;
      least = there;
      without = k;
      end = NONE;
    }
    if (!settle(a, least, &r)) break;
    d = a->node[r].distance;
    at = a->job_of_robot[r];
    a->tree[settled++] = r;
  }
  reprice(a, settled, least, a->job_of_robot, a->v, a->u);
  a->u[j] += least;
  if (end == NONE) {
    a->u[without] = a->skip[without];
    end = a->robot_of_job[without];
    a->robot_of_job[without] = NONE;
    if (without == j) return;
  }
  flip(a, j, end, a->robot_of_job, a->job_of_robot);
}

void assignment_robot_path(struct assignment *a, int32_t r) {
  search_begin(a);
  int64_t least = a->top[r] - a->v[r], d = 0;
  int32_t freed = r, end = NONE, at = r, j;
  int     settled = 0;
  const int64_t *u = a->u;
  for (;;) {
    int64_t v = a->v[at];
    for (const struct back *e = &a->back[a->back_first[at]], *last = &a->back[a->back_first[at + 1]]; e < last; e++) {
      struct back x = *e;
      int64_t there = d + reduced(x.cost, v, u[x.job]);
      if (there >= least) continue;
      int32_t k = a->robot_of_job[x.job];
      if (k == NONE) {
        least = there;
        end = x.job;
        a->node[end].from = at;
        continue;
      }
      if (!reach(a, x.job, there, at, d)) continue;
      __builtin_prefetch(&a->back[a->back_first[k]]);   // where the search goes on
      there += a->top[k] - a->v[k];
      if (there >= least) continue;
      least = there;
      freed = k;
      end = NONE;
    }
    if (!settle(a, least, &j)) break;
    d = a->node[j].distance;
    at = a->robot_of_job[j];
    a->tree[settled++] = j;
  }
  reprice(a, settled, least, a->robot_of_job, a->u, a->v);
  a->v[r] += least;
  if (end == NONE) {
    a->v[freed] = a->top[freed];
    end = a->job_of_robot[freed];
    a->job_of_robot[freed] = NONE;
    if (freed == r) return;
  }
  flip(a, r, end, a->job_of_robot, a->robot_of_job);
}
