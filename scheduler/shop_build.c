#include "scheduler/shop_build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define REKEYS_MAX 10000000          // a guess: half a second of them

// ---- dispatching -------------------------------------------------------------------------------------

// a job's next operation; the heap has the one on top that begins first, of those the longest rest
struct ready { int64_t begin; int32_t rest, node; };

static bool sooner(const struct ready *a, const struct ready *b) {
  if (a->begin != b->begin) return a->begin < b->begin;
  if (a->rest != b->rest) return a->rest > b->rest;
  return a->node < b->node;
}

static void sift_down(struct ready *heap, int32_t count, int32_t i) {
  struct ready moving = heap[i];
  for (int32_t k; (k = 2 * i + 1) < count; i = k) {
    if (k + 1 < count && sooner(&heap[k + 1], &heap[k])) k++;
    if (!sooner(&heap[k], &moving)) break;
    heap[i] = heap[k];
  }
  heap[i] = moving;
}

// the alternative that ends first, time beyond the shortest counted `thrift` times more, and when it begins
static int32_t best_alternative(const struct shop *s, int32_t v, const int32_t *free_at, int32_t ready, int32_t thrift, int32_t *begin) {
  int32_t best = -1;
  int64_t end = 0;
  for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) {
    int32_t from = free_at[s->alt_machine[a]] > ready ? free_at[s->alt_machine[a]] : ready;
    int64_t cost = from + (int64_t)s->alt_time[a] * (1 + thrift);
    if (best >= 0 && cost >= end) continue;
    best = a;
    end = cost;
    *begin = from;
  }
  return best;
}

struct builder { const struct shop *s; int32_t thrift, *free_at, *ready, *rest, *shake; struct ready *heap; };

static void dispatch_all(struct builder *b, struct shop_plan *p) {
  const struct shop *s = b->s;
  int32_t count = s->jobs, done = 0, rekeys = 0;
  for (int32_t j = 0; j < s->jobs; j++) b->heap[j] = (struct ready){b->shake[s->first[j]], b->rest[s->first[j]], s->first[j]};
  for (int32_t i = count / 2 - 1; i >= 0; i--) sift_down(b->heap, count, i);
  p->makespan = 0;
  while (count > 0) {
    int32_t v = b->heap[0].node, j = s->job[v], begin = 0;
    int32_t a = best_alternative(s, v, b->free_at, b->ready[j], b->thrift, &begin);

    // its machine was taken since: back into the heap. Where very many wait for one machine that is the square of their number: then they go as they came
    if (begin + (int64_t)b->shake[v] > b->heap[0].begin && rekeys < REKEYS_MAX) {
      rekeys++;
      b->heap[0].begin = begin + (int64_t)b->shake[v];
      sift_down(b->heap, count, 0);
      continue;
    }
    p->order[done++] = v;
    p->machine[v] = s->alt_machine[a];
    p->time[v] = s->alt_time[a];
    b->ready[j] = b->free_at[s->alt_machine[a]] = begin + s->alt_time[a];
    if (b->ready[j] > p->makespan) p->makespan = b->ready[j];
    if (s->job[v + 1] < 0) b->heap[0] = b->heap[--count];
    else b->heap[0] = (struct ready){b->ready[j] + (int64_t)b->shake[v + 1], b->rest[v + 1], v + 1};
    if (count > 0) sift_down(b->heap, count, 0);
  }
  assert(done == s->ops);
}

bool shop_build(struct shop_plan *p, const struct shop *s, double noise, int32_t thrift, struct dice *dice) {
  size_t nodes = (size_t)s->nodes, machines = (size_t)s->machines, jobs = (size_t)s->jobs;
  int32_t *block = calloc(2 * nodes + machines + jobs, sizeof *block);
  struct ready *heap = malloc(jobs * sizeof *heap);
  if (block == NULL || heap == NULL) {
    free(block);
    free(heap);
    return false;
  }
  struct builder b = {s, thrift, block, block + machines, block + machines + jobs, block + machines + jobs + nodes, heap};
  int64_t total = 0;
  for (int32_t v = s->nodes - 2; v > 0; v--) {
    b.rest[v] = s->job[v] < 0 ? 0 : b.rest[v + 1] + shop_time_min(s, v);
    total += shop_time_min(s, v);
  }
  uint32_t spread = (uint32_t)(noise * (double)total / s->ops) + 1;
  for (int32_t v = 1; v < s->nodes - 1 && noise > 0; v++) {
    b.shake[v] = (int32_t)dice_below(dice, spread);
    b.rest[v] += (int32_t)dice_below(dice, (uint32_t)(noise * b.rest[v]) + 1);
  }
  dispatch_all(&b, p);
  free(block);
  free(heap);
  return true;
}

// ---- between two plans -------------------------------------------------------------------------------

// starts of a plan, moved by late / 256 of the way to the latest ones that keep its makespan
static void starts(const struct shop_plan *p, const struct shop *s, int32_t late, int32_t *start, int32_t *due, int32_t *machine_due) {
  int32_t end = shop_plan_times(p, s, start);
  for (int32_t m = 0; m < s->machines; m++) machine_due[m] = end;
  for (int32_t i = s->ops - 1; i >= 0; i--) {
    int32_t v = p->order[i], latest = machine_due[p->machine[v]];
    if (s->job[v + 1] >= 0 && due[v + 1] < latest) latest = due[v + 1];
    due[v] = machine_due[p->machine[v]] = latest - p->time[v];
  }
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = p->order[i];
    start[v] += (int32_t)((int64_t)(due[v] - start[v]) * late / 256);
  }
}

struct rank { int64_t key; int32_t place, node; };      // place: in a

static int compare_ranks(const void *a, const void *b) {
  const struct rank *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

bool shop_relink(struct shop_plan *p, const struct shop *s, const struct shop_plan *a, const struct shop_plan *b, int32_t share, int32_t late, struct dice *dice) {
  size_t nodes = (size_t)s->nodes;
  int32_t *block = calloc(3 * nodes + (size_t)s->machines, sizeof *block);
  struct rank *ranks = malloc((size_t)s->ops * sizeof *ranks);
  if (block == NULL || ranks == NULL) {
    free(block);
    free(ranks);
    return false;
  }
  int32_t *in_a = block, *in_b = block + nodes, *due = block + 2 * nodes, *machine_due = block + 3 * nodes;
  starts(a, s, late, in_a, due, machine_due);
  starts(b, s, late, in_b, due, machine_due);
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = a->order[i];
    ranks[i] = (struct rank){(int64_t)in_a[v] * (256 - share) + (int64_t)in_b[v] * share, i, v};
    bool of_b = a->machine[v] != b->machine[v] && (int32_t)dice_below(dice, 256) < share;
    p->machine[v] = (of_b ? b : a)->machine[v];
    p->time[v] = (of_b ? b : a)->time[v];
  }
  // equal keys keep the order of a, which is one of jobs and machines
  qsort(ranks, (size_t)s->ops, sizeof *ranks, compare_ranks);
  for (int32_t i = 0; i < s->ops; i++) p->order[i] = ranks[i].node;
  p->makespan = shop_plan_times(p, s, in_a);
  free(block);
  free(ranks);
  return true;
}

// Pairs of a row that stand the wrong way round; the row is sorted on the way, by merging runs that grow from FALLS_RUN.
#define FALLS_RUN 32
static int64_t falls(int32_t *row, int32_t n, int32_t *scratch) {
  int64_t sum = 0;
  for (int32_t from = 0; from < n; from += FALLS_RUN)
    for (int32_t i = from + 1; i < n && i < from + FALLS_RUN; i++) {
      int32_t moving = row[i], k = i;
      for (; k > from && row[k - 1] > moving; k--) row[k] = row[k - 1];
      row[k] = moving;
      sum += i - k;
    }
  for (int32_t run = FALLS_RUN; run < n; run *= 2)
    for (int32_t from = 0; from + run < n; from += 2 * run) {
      int32_t a = from, b = from + run, stop = n - b < run ? n : b + run, k = from;
      memcpy(scratch + from, row + from, (size_t)(stop - from) * sizeof *row);
      while (a < from + run && b < stop) {
        if (scratch[a] <= scratch[b]) row[k++] = scratch[a++];
        else {
          sum += from + run - a;
          row[k++] = scratch[b++];
        }
      }
      while (a < from + run) row[k++] = scratch[a++];
      while (b < stop) row[k++] = scratch[b++];
    }
  return sum;
}

int64_t shop_plan_distance(const struct shop_plan *a, const struct shop_plan *b, const struct shop *s) {
  int32_t *block = calloc(2 * (size_t)s->ops + (size_t)s->nodes + 2 * (size_t)s->machines, sizeof *block);
  assert(block);
  int32_t *places = block, *scratch = block + s->ops, *place = scratch + s->ops, *begin = place + s->nodes, *end = begin + s->machines;
  int64_t apart = 0;
  for (int32_t i = 0; i < s->ops; i++) place[b->order[i]] = i;
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = a->order[i];
    if (a->machine[v] == b->machine[v]) end[a->machine[v]]++;
    else apart++;
  }
  int32_t sum = 0;
  for (int32_t m = 0; m < s->machines; m++) {
    begin[m] = sum;
    sum += end[m];
    end[m] = begin[m];
  }
  // places in b of each machine's operations, in the order of a; pairs that fall
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = a->order[i], m = a->machine[v];
    if (m == b->machine[v]) places[end[m]++] = place[v];
  }
  for (int32_t m = 0; m < s->machines; m++) apart += falls(places + begin[m], end[m] - begin[m], scratch);
  free(block);
  return apart;
}
