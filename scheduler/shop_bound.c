#include "scheduler/shop_bound.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DUAL_STEPS   300
#define GROUPS_MAX   4000           // machine sets tried
#define WEIGHT_ONE   1000000        // weights are whole millionths

struct bounds {
  const struct shop *s;
  int32_t *head, *tail, *least;     // by node, from the jobs alone      (nodes)
  int32_t *a, *b, *c, *scratch;     // one machine's operations          (ops, 3 ops)
};

static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

// ---- one machine -------------------------------------------------------------------------------------

// index order by key, smallest first; plain heapsort: no allocation, no worst case
static void sort_by(int32_t *index, int32_t n, const int32_t *key) {
  for (int32_t i = 0; i < n; i++) index[i] = i;
  for (int32_t end = n, start = n / 2; end > 1;) {
    if (start > 0) start--;
    else {
      end--;
      int32_t t = index[0];
      index[0] = index[end];
      index[end] = t;
    }
    int32_t moving = index[start], i = start;
    for (int32_t k; (k = 2 * i + 1) < end; i = k) {
      if (k + 1 < end && key[index[k + 1]] > key[index[k]]) k++;
      if (key[index[k]] <= key[moving]) break;
      index[i] = index[k];
    }
    index[i] = moving;
  }
}

static void push_tail(int32_t *heap, int32_t *count, int32_t o, const int32_t *tail) {
  int32_t i = (*count)++;
  for (; i > 0 && tail[heap[(i - 1) / 2]] < tail[o]; i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
  heap[i] = o;
}

static void pop_tail(int32_t *heap, int32_t *count, const int32_t *tail) {
  int32_t moving = heap[--*count], i = 0;
  for (int32_t k; (k = 2 * i + 1) < *count; i = k) {
    if (k + 1 < *count && tail[heap[k + 1]] > tail[heap[k]]) k++;
    if (tail[heap[k]] <= tail[moving]) break;
    heap[i] = heap[k];
  }
  heap[i] = moving;
}

int32_t one_machine_bound(int32_t n, const int32_t *head, const int32_t *time, const int32_t *tail, int32_t *scratch) {
  int32_t *by_head = scratch, *heap = scratch + n, *rest = scratch + 2 * n, waiting = 0, now = 0, bound = 0;
  sort_by(by_head, n, head);
  memcpy(rest, time, (size_t)n * sizeof *rest);
  // at every moment the released operation with the longest tail runs, until the next one is released
  for (int32_t i = 0; i < n || waiting > 0;) {
    if (waiting == 0) now = most(now, head[by_head[i]]);
    for (; i < n && head[by_head[i]] <= now; i++) push_tail(heap, &waiting, by_head[i], tail);
    int32_t o = heap[0];
    if (i < n && now + rest[o] > head[by_head[i]]) {
      rest[o] -= head[by_head[i]] - now;
      now = head[by_head[i]];
      continue;
    }
    now += rest[o];
    bound = most(bound, now + tail[o]);
    pop_tail(heap, &waiting, tail);
  }
  return bound;
}

// operations that have this machine alone
static int32_t machine_bound(struct bounds *x, const int32_t *nodes, int32_t n) {
  for (int32_t i = 0; i < n; i++) {
    x->a[i] = x->head[nodes[i]];
    x->b[i] = x->least[nodes[i]];
    x->c[i] = x->tail[nodes[i]];
  }
  return one_machine_bound(n, x->a, x->b, x->c, x->scratch);
}

static int32_t machines_bound(struct bounds *x) {
  const struct shop *s = x->s;
  // nodes by machine: begin[m] ... begin[m + 1] - 1
  int32_t *begin = calloc((size_t)s->machines + 2 + (size_t)s->ops, sizeof *begin), *nodes = begin + s->machines + 2, bound = 0;
  if (begin == NULL) return -1;
  for (int32_t v = 0; v < s->nodes; v++)
    if (s->alt[v + 1] - s->alt[v] == 1) begin[s->alt_machine[s->alt[v]] + 2]++;
  for (int32_t m = 1; m <= s->machines; m++) begin[m + 1] += begin[m];
  for (int32_t v = 0; v < s->nodes; v++)
    if (s->alt[v + 1] - s->alt[v] == 1) nodes[begin[s->alt_machine[s->alt[v]] + 1]++] = v;
  for (int32_t m = 0; m < s->machines; m++)
    if (begin[m + 1] > begin[m]) bound = most(bound, machine_bound(x, nodes + begin[m], begin[m + 1] - begin[m]));
  free(begin);
  return bound;
}

// ---- groups of machines ------------------------------------------------------------------------------

static int compare_times(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

// operations whose machines all are in the group
static int32_t group_bound(struct bounds *x, const uint8_t *in, int32_t size) {
  const struct shop *s = x->s;
  int32_t n = 0;
  int64_t work = 0;
  for (int32_t v = 0; v < s->nodes; v++) {
    bool inside = s->alt[v] < s->alt[v + 1];
    for (int32_t a = s->alt[v]; inside && a < s->alt[v + 1]; a++) inside = in[s->alt_machine[a]];
    if (!inside) continue;
    x->a[n] = x->head[v];
    x->c[n++] = x->tail[v];
    work += x->least[v];
  }
  // fewer operations than machines: some machines stay empty
  if (n < size) return 0;
  qsort(x->a, (size_t)n, sizeof *x->a, compare_times);
  qsort(x->c, (size_t)n, sizeof *x->c, compare_times);
  for (int32_t i = 0; i < size; i++) work += (int64_t)x->a[i] + x->c[i];
  return (int32_t)((work + size - 1) / size);
}

static int32_t groups_bound(struct bounds *x) {
  const struct shop *s = x->s;
  uint8_t *in = malloc((size_t)s->machines);
  int32_t bound = 0;
  if (in == NULL) return -1;
  memset(in, 1, (size_t)s->machines);
  bound = group_bound(x, in, s->machines);
  memset(in, 0, (size_t)s->machines);
  // the sets that operations name, each with what fits into it; many operations name the same one
  uint32_t seen[1024] = {0};
  for (int32_t v = 0, tried = 0; v < s->nodes && tried < GROUPS_MAX; v++) {
    if (s->alt[v + 1] - s->alt[v] < 2) continue;
    // a hash of the set, whatever its order
    uint32_t key = 1;
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) {
      uint32_t one = (uint32_t)(s->alt_machine[a] + 1) * 2654435761u;
      key += (one ^ one >> 15) * 2246822519u;
    }
    key ^= key >> 13;
    if (seen[key % 1024] == key) continue;
    seen[key % 1024] = key;
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) in[s->alt_machine[a]] = 1;
    bound = most(bound, group_bound(x, in, s->alt[v + 1] - s->alt[v]));
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) in[s->alt_machine[a]] = 0;
    if ((int64_t)++tried * s->alts > 200000000) break;
  }
  free(in);
  return bound;
}

// ---- weights of the machines -------------------------------------------------------------------------

// The bound of whole weights, and how much work each machine gets when every operation takes its cheapest one.
static int64_t dual_value(const struct bounds *x, const int64_t *weight, const int32_t *idle, double *load) {
  const struct shop *s = x->s;
  __int128 sum = 0;                 // 200,000 machines of 10^9 time units each, times weights
  int64_t weights = 0;
  for (int32_t m = 0; m < s->machines; m++) {
    sum += weight[m] * idle[m];
    weights += weight[m];
    load[m] = idle[m];
  }
  for (int32_t v = 0; v < s->nodes; v++) {
    int64_t least = INT64_MAX;
    int32_t taken = -1;
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) {
      int64_t cost = weight[s->alt_machine[a]] * s->alt_time[a];
      if (cost >= least) continue;
      least = cost;
      taken = a;
    }
    if (taken < 0) continue;
    sum += least;
    load[s->alt_machine[taken]] += s->alt_time[taken];
  }
  return weights > 0 ? (int64_t)((sum + weights - 1) / weights) : 0;
}

// the least of a column over what each machine can do; -1 for a machine that can do nothing
static void least_of(const struct shop *s, const int32_t *column, int32_t *least) {
  for (int32_t m = 0; m < s->machines; m++) least[m] = -1;
  for (int32_t v = 0; v < s->nodes; v++)
    for (int32_t a = s->alt[v]; a < s->alt[v + 1]; a++) {
      int32_t *l = &least[s->alt_machine[a]];
      if (*l < 0 || column[v] < *l) *l = column[v];
    }
}

static int32_t dual_bound(struct bounds *x) {
  const struct shop *s = x->s;
  size_t machines = (size_t)s->machines;
  int64_t *weight = malloc(machines * (2 * sizeof(int64_t) + 2 * sizeof(int32_t))), bound = 0;
  if (weight == NULL) return -1;
  double *load = (double *)(weight + machines);
  int32_t *idle = (int32_t *)(load + machines), *after = idle + machines;

  // a machine is idle before the least head and after the least tail of what it can do; one that can do nothing is no constraint
  least_of(s, x->head, idle);
  least_of(s, x->tail, after);
  for (int32_t m = 0; m < s->machines; m++) {
    weight[m] = idle[m] < 0 ? 0 : WEIGHT_ONE;
    idle[m] = idle[m] < 0 ? 0 : idle[m] + after[m];
  }

  int32_t steps = s->alts > 200000 ? 20 : DUAL_STEPS;
  for (int32_t k = 0; k < steps; k++) {
    int64_t value = dual_value(x, weight, idle, load);
    if (value > bound) bound = value;
    // machines with more work than the bound become dearer, in proportion
    for (int32_t m = 0; m < s->machines; m++) {
      if (weight[m] == 0) continue;
      double excess = bound > 0 ? (load[m] - (double)bound) / (double)bound : 0;
      double factor = 1 + excess * 0.5 / (1 + 0.1 * k);
      if (factor < 0.5) factor = 0.5;
      if (factor > 2) factor = 2;
      weight[m] = (int64_t)((double)weight[m] * factor);
      if (weight[m] < 1) weight[m] = 1;
      if (weight[m] > 1000 * (int64_t)WEIGHT_ONE) weight[m] = 1000 * (int64_t)WEIGHT_ONE;
    }
  }
  free(weight);
  return (int32_t)bound;
}

// ---- all of them -------------------------------------------------------------------------------------

int32_t shop_bound(const struct shop *s) {
  size_t nodes = (size_t)s->nodes;
  struct bounds x = {.s = s};
  x.head = calloc(9 * nodes, sizeof *x.head);
  if (x.head == NULL) return -1;
  x.tail = x.head + nodes;
  x.least = x.tail + nodes;
  x.a = x.least + nodes;
  x.b = x.a + nodes;
  x.c = x.b + nodes;
  x.scratch = x.c + nodes;

  int32_t bound = 0;
  for (int32_t v = 0; v < s->nodes; v++) x.least[v] = shop_time_min(s, v);
  for (int32_t v = 1; v < s->nodes; v++)
    if (s->job[v] >= 0) x.head[v] = x.head[v - 1] + x.least[v - 1];
  for (int32_t v = s->nodes - 2; v > 0; v--) {
    if (s->job[v] < 0) continue;
    x.tail[v] = x.tail[v + 1] + x.least[v + 1];
    bound = most(bound, x.head[v] + x.least[v] + x.tail[v]);
  }
  int32_t machine = machines_bound(&x), group = 0, dual = 0;
  if (s->flexible) {
    group = groups_bound(&x);
    dual = dual_bound(&x);
  }
  free(x.head);
  if (machine < 0 || group < 0 || dual < 0) return -1;
  return most(most(bound, machine), most(group, dual));
}
