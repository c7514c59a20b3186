#include "scheduler/shop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool shop_make(struct shop *s, int32_t jobs, int32_t machines, const int32_t *job_ops, const int32_t *op_alts,
               const int32_t *alt_machine, const int32_t *alt_time) {
  assert(jobs >= 1);
  assert(machines >= 1);
  int32_t ops = 0, alts = 0;
  for (int32_t j = 0; j < jobs; j++) ops += job_ops[j];
  for (int32_t i = 0; i < ops; i++) alts += op_alts[i];
  int32_t nodes = ops + jobs + 1;

  *s = (struct shop){.jobs = jobs, .machines = machines, .ops = ops, .nodes = nodes, .alts = alts};
  size_t count = (size_t)(jobs + 1) + (size_t)nodes + (size_t)(nodes + 1) + 2 * (size_t)alts;
  int32_t *at = s->memory = malloc(count * sizeof *at);
  if (at == NULL) return false;
  s->first = at;
  s->job = s->first + jobs + 1;
  s->alt = s->job + nodes;
  s->alt_machine = s->alt + nodes + 1;
  s->alt_time = s->alt_machine + alts;
  memcpy(s->alt_machine, alt_machine, (size_t)alts * sizeof *at);
  memcpy(s->alt_time, alt_time, (size_t)alts * sizeof *at);

  int32_t v = 0, a = 0, op = 0;
  for (int32_t j = 0; j < jobs; j++) {
    s->job[v] = -1;
    s->alt[v++] = a;
    s->first[j] = v;
    for (int32_t k = 0; k < job_ops[j]; k++, v++, op++) {
      s->job[v] = j;
      s->alt[v] = a;
      a += op_alts[op];
      if (op_alts[op] > 1) s->flexible = true;
    }
  }
  s->job[v] = -1;
  s->alt[v++] = a;
  s->alt[v] = a;
  s->first[jobs] = v;
  assert(v == nodes);
  return true;
}

void shop_finish(struct shop *s) {
  free(s->memory);
  *s = (struct shop){0};
}

int32_t shop_time_min(const struct shop *s, int32_t v) {
  if (s->alt[v] == s->alt[v + 1]) return 0;
  int32_t least = s->alt_time[s->alt[v]];
  for (int32_t a = s->alt[v] + 1; a < s->alt[v + 1]; a++)
    if (s->alt_time[a] < least) least = s->alt_time[a];
  return least;
}

bool shop_plan_make(struct shop_plan *p, const struct shop *s) {
  *p = (struct shop_plan){0};
  p->order = calloc((size_t)s->ops + 2 * (size_t)s->nodes, sizeof *p->order);
  if (p->order == NULL) return false;
  p->machine = p->order + s->ops;
  p->time = p->machine + s->nodes;
  return true;
}

void shop_plan_finish(struct shop_plan *p) {
  free(p->order);
  *p = (struct shop_plan){0};
}

void shop_plan_copy(struct shop_plan *to, const struct shop_plan *from, const struct shop *s) {
  to->makespan = from->makespan;
  memcpy(to->order, from->order, ((size_t)s->ops + 2 * (size_t)s->nodes) * sizeof *to->order);
}

int32_t shop_plan_times(const struct shop_plan *p, const struct shop *s, int32_t *start) {
  int32_t *free_at = calloc((size_t)s->machines, sizeof *free_at), end = 0;
  assert(free_at);
  for (int32_t i = 0; i < s->ops; i++) {
    int32_t v = p->order[i], m = p->machine[v], ready = free_at[m];
    // a boundary before the job's first operation: nothing to wait for
    if (s->job[v - 1] >= 0 && start[v - 1] + p->time[v - 1] > ready) ready = start[v - 1] + p->time[v - 1];
    start[v] = ready;
    free_at[m] = ready + p->time[v];
    if (free_at[m] > end) end = free_at[m];
  }
  free(free_at);
  return end;
}
