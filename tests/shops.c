#include "tests/shops.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAP 4096                    // operations and alternatives of a test shop

struct columns { int32_t job_ops[CAP], op_alts[CAP], machine[CAP], time[CAP]; int ops, alts; };

static int below(struct stream *draws, int n) { return (int)(stream_u64(draws) % (uint64_t)n); }

void shop_draw(struct shop *s, int jobs, int ops, int machines, int alternatives, int time_max, struct stream *draws) {
  struct columns *c = calloc(1, sizeof *c);
  assert(c);
  for (int j = 0; j < jobs; j++) {
    c->job_ops[j] = 1 + below(draws, ops);
    for (int i = 0; i < c->job_ops[j]; i++) {
      int count = 1 + below(draws, alternatives < machines ? alternatives : machines), begin = c->alts;
      for (int a = 0; a < count; a++) {
        int m, fresh;
        do {
          m = below(draws, machines);
          fresh = 1;
          for (int k = begin; k < c->alts; k++) fresh = fresh && c->machine[k] != m;
        } while (!fresh);
        c->machine[c->alts] = m;
        c->time[c->alts++] = below(draws, time_max + 1);
      }
      c->op_alts[c->ops++] = count;
    }
  }
  bool good = shop_make(s, jobs, machines, c->job_ops, c->op_alts, c->machine, c->time);
  assert(good);
  free(c);
}

static int taillard_draw(int32_t *seed, int low, int high) {
  *seed = (int32_t)(INT64_C(16807) * *seed % INT32_MAX);
  return low + (int)((double)*seed / INT32_MAX * (high - low + 1));
}

void shop_taillard(struct shop *s, int jobs, int machines, int32_t time_seed, int32_t machine_seed) {
  struct columns *c = calloc(1, sizeof *c);
  assert(c);
  assert(jobs * machines <= CAP);
  for (int j = 0; j < jobs; j++) {
    int32_t *row = c->machine + j * machines;
    c->job_ops[j] = machines;
    for (int i = 0; i < machines; i++) {
      c->op_alts[j * machines + i] = 1;
      c->time[j * machines + i] = taillard_draw(&time_seed, 1, 99);
      row[i] = i;
    }
    for (int i = 0; i < machines; i++) {
      int k = taillard_draw(&machine_seed, i, machines - 1), t = row[i];
      row[i] = row[k];
      row[k] = t;
    }
  }
  bool good = shop_make(s, jobs, machines, c->job_ops, c->op_alts, c->machine, c->time);
  assert(good);
  free(c);
}

static void shuffle(int *order, int n, struct stream *draws) {
  for (int i = 0; i < n; i++) order[i] = i;
  for (int i = n - 1; i > 0; i--) {
    int k = below(draws, i + 1), t = order[i];
    order[i] = order[k];
    order[k] = t;
  }
}

void shop_rename(struct shop *to, const struct shop *from, struct stream *draws) {
  struct columns *c = calloc(1, sizeof *c);
  assert(c);
  int jobs[CAP], machines[CAP];
  shuffle(jobs, from->jobs, draws);
  shuffle(machines, from->machines, draws);
  for (int j = 0; j < from->jobs; j++)
    for (int v = from->first[jobs[j]]; from->job[v] >= 0; v++) {
      c->job_ops[j]++;
      c->op_alts[c->ops++] = from->alt[v + 1] - from->alt[v];
      for (int a = from->alt[v]; a < from->alt[v + 1]; a++) {
        c->machine[c->alts] = machines[from->alt_machine[a]];
        c->time[c->alts++] = from->alt_time[a];
      }
    }
  bool good = shop_make(to, from->jobs, from->machines, c->job_ops, c->op_alts, c->machine, c->time);
  assert(good);
  free(c);
}

const char *shop_plan_fault(const struct shop *s, const struct shop_plan *p) {
  int32_t *start = calloc((size_t)s->nodes, sizeof *start), end = 0;
  const char *fault = NULL;
  assert(start);
  if (shop_plan_times(p, s, start) != p->makespan) fault = "the makespan is not the last end";
  for (int v = 0; v < s->nodes; v++) {
    if (s->job[v] < 0) continue;
    int offered = 0;
    for (int a = s->alt[v]; a < s->alt[v + 1]; a++) offered += s->alt_machine[a] == p->machine[v] && s->alt_time[a] == p->time[v];
    if (offered != 1) fault = "a machine that the operation does not name";
    if (start[v] < 0) fault = "a start before 0";
    if (s->job[v + 1] >= 0 && start[v + 1] < start[v] + p->time[v]) fault = "a job out of order";
    if (start[v] + p->time[v] > end) end = start[v] + p->time[v];
    for (int w = v + 1; w < s->nodes; w++)
      if (s->job[w] >= 0 && p->machine[w] == p->machine[v] && start[w] < start[v] + p->time[v] && start[v] < start[w] + p->time[w])
        fault = "a machine does two operations at once";
  }
  if (end != p->makespan) fault = "the makespan is not the last end";
  free(start);
  return fault;
}

struct brute { const struct shop *s; int32_t next[16], ready[16], free_at[16], best; };

static void try_all(struct brute *b, int32_t end) {
  if (end >= b->best) return;
  bool open = false;
  for (int j = 0; j < b->s->jobs; j++) {
    int32_t v = b->next[j], ready = b->ready[j];
    if (b->s->job[v] < 0) continue;
    open = true;
    for (int a = b->s->alt[v]; a < b->s->alt[v + 1]; a++) {
      int32_t m = b->s->alt_machine[a], was = b->free_at[m], begin = was > ready ? was : ready, done = begin + b->s->alt_time[a];
      b->next[j] = v + 1;
      b->ready[j] = b->free_at[m] = done;
      try_all(b, done > end ? done : end);
      b->next[j] = v;
      b->ready[j] = ready;
      b->free_at[m] = was;
    }
  }
  if (!open) b->best = end;
}

int32_t shop_brute_force(const struct shop *s) {
  struct brute b = {.s = s, .best = INT32_MAX};
  assert(s->jobs <= 16);
  assert(s->machines <= 16);
  for (int j = 0; j < s->jobs; j++) b.next[j] = s->first[j];
  try_all(&b, 0);
  return b.best;
}
