#include "scheduler/timetable.h"

#include <math.h>
#include <stdlib.h>

#define NONE TIMETABLE_NONE
#define STRETCHES_MAX 10000         // of hours on and off in one operation

struct turn { int32_t machine; double rank; int32_t op; };

struct scratch {
  int32_t *next;                    // op of each machine that comes next, in `turn`     (machines + 1)
  struct turn *turn;                // ops by machine and rank                            (ops)
  int32_t *first;                   // of each machine in `turn`                          (machines + 1)
  bool    *done;                    //                                                    (ops)
  double  *free_machine;            // s                                                  (machines)
  double  *head;                    // s  when each head was let go, sorted in its pool   (all heads)
  int32_t *first_head;              //                                                    (pools + 1)
};

// The first moment from `at` on that lies in the hours.
static double next_on(const struct timetable *t, int32_t hours, double at) {
  double until;
  for (int k = 0; hours != NONE && k < STRETCHES_MAX && !t->works(t->context, hours, at, &until); k++) {
    if (!(until < INFINITY)) return at;
    at = until;
  }
  return at;
}

static double end_of(const struct timetable *t, int32_t hours, double begin, double time) {
  double at = begin;
  for (int k = 0; hours != NONE && k < STRETCHES_MAX; k++) {
    double until;
    bool   on = t->works(t->context, hours, at, &until);
    if (!(until < INFINITY)) break;
    if (on && at + time <= until) break;
    if (on) time -= until - at;
    at = until;
  }
  return at + time;
}

// When it could begin at the earliest, as things are.
static double ready(const struct timetable *t, const struct scratch *s, int32_t o, const double *end) {
  const struct timetable_op *p = &t->op[o];
  double at = o > 0 && t->op[o - 1].job == p->job ? end[o - 1] : 0;
  if (p->machine != NONE && s->free_machine[p->machine] > at) at = s->free_machine[p->machine];
  if (p->pool != NONE && p->heads > 0) {
    double come = s->head[s->first_head[p->pool] + p->heads - 1] + p->approach;
    if (come > at) at = come;
  }
  return next_on(t, p->hours, at);
}

static void take(const struct timetable *t, struct scratch *s, int32_t o, double end) {
  const struct timetable_op *p = &t->op[o];
  s->done[o] = true;
  if (p->machine != NONE) {
    s->free_machine[p->machine] = end;
    s->next[p->machine]++;
  }
  if (p->pool == NONE) return;
  double *head = &s->head[s->first_head[p->pool]];
  int32_t n = t->size[p->pool];
  for (int32_t k = 0; k < p->heads; k++) head[k] = end;
  // those that were let go last stand at the end
  for (int32_t i = 1; i < n; i++) {
    double x = head[i];
    int32_t k = i;
    for (; k > 0 && head[k - 1] > x; k--) head[k] = head[k - 1];
    head[k] = x;
  }
}

static int by_rank(const void *a, const void *b) {
  const struct turn *p = a, *q = b;
  if (p->machine != q->machine) return p->machine < q->machine ? -1 : 1;
  if (p->rank != q->rank) return p->rank < q->rank ? -1 : 1;
  return p->op < q->op ? -1 : p->op > q->op;
}

static bool make_scratch(const struct timetable *t, struct scratch *s) {
  int32_t heads = 0;
  for (int32_t p = 0; p < t->pools; p++) heads += t->size[p];
  s->next = malloc(sizeof *s->next * ((size_t)t->machines + 1));
  s->first = calloc((size_t)t->machines + 2, sizeof *s->first);
  s->turn = malloc(sizeof *s->turn * ((size_t)t->ops + 1));
  s->done = calloc((size_t)t->ops + 1, sizeof *s->done);
  s->free_machine = calloc((size_t)t->machines + 1, sizeof *s->free_machine);
  s->head = calloc((size_t)heads + 1, sizeof *s->head);
  s->first_head = calloc((size_t)t->pools + 1, sizeof *s->first_head);
  if (!s->next || !s->first || !s->turn || !s->done || !s->free_machine || !s->head || !s->first_head) return false;
  for (int32_t p = 0; p < t->pools; p++) s->first_head[p + 1] = s->first_head[p] + t->size[p];
  int32_t n = 0;
  for (int32_t o = 0; o < t->ops; o++)
    if (t->op[o].machine != NONE) s->turn[n++] = (struct turn){t->op[o].machine, t->op[o].rank, o}, s->first[t->op[o].machine + 1]++;
  for (int32_t m = 0; m < t->machines; m++) s->first[m + 1] += s->first[m];
  for (int32_t m = 0; m < t->machines; m++) s->next[m] = s->first[m];
  qsort(s->turn, (size_t)n, sizeof *s->turn, by_rank);
  return true;
}

static void finish(struct scratch *s) {
  free(s->next);
  free(s->first);
  free(s->turn);
  free(s->done);
  free(s->free_machine);
  free(s->head);
  free(s->first_head);
}

static bool may_begin(const struct timetable *t, const struct scratch *s, int32_t o) {
  const struct timetable_op *p = &t->op[o];
  if (s->done[o] || (o > 0 && t->op[o - 1].job == p->job && !s->done[o - 1])) return false;
  return p->machine == NONE || s->turn[s->next[p->machine]].op == o;
}

bool timetable_make(const struct timetable *t, double *begin, double *end) {
  struct scratch s = {0};
  int32_t *at = malloc(sizeof *at * ((size_t)t->ops + 1)), jobs = 0;        // next op of each job
  bool ok = at && make_scratch(t, &s);
  for (int32_t o = 0; ok && o < t->ops; o++)
    if (o == 0 || t->op[o - 1].job != t->op[o].job) at[jobs++] = o;
  for (int32_t left = ok ? t->ops : 0; left > 0; left--) {
    int32_t best = NONE, of = NONE;
    double  least = INFINITY;
    for (int32_t j = 0; j < jobs; j++) {
      int32_t o = at[j];
      if (o == NONE || !may_begin(t, &s, o)) continue;
      double b = ready(t, &s, o, end);
      if (best != NONE && (b > least || (b == least && t->op[o].rank >= t->op[best].rank))) continue;
      best = o;
      of = j;
      least = b;
    }
    if (best == NONE) {
      ok = false;                   // orders of machines and jobs go in a circle
      break;
    }
    begin[best] = least;
    end[best] = end_of(t, t->op[best].hours, least, t->op[best].time);
    take(t, &s, best, end[best]);
    at[of] = best + 1 < t->ops && t->op[best + 1].job == t->op[best].job ? best + 1 : NONE;
  }
  finish(&s);
  free(at);
  return ok;
}
