#include "app/decisions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PENDING 64                  // decisions of one frame; of more the oldest are dropped

_Static_assert(EXPLAIN_CANDIDATES == DECISION_CANDIDATES && POLICY_TERMS == DECISION_TERMS, "the stream tells as much as the twin");

struct decisions {
  struct explain      explain;
  const struct looks *looks;
  struct frame_decision pending[PENDING], told[PENDING];
  int                 first, count;
};

void looks_add(struct looks *l, uint32_t robot) {
  int k = 0;
  if (robot == 0) return;
  // from where it was, or over the oldest, all that are newer go back by one
  while (k < LOOKS_MAX - 1 && l->robot[k] != robot) k++;
  memmove(l->robot + 1, l->robot, (size_t)k * sizeof *l->robot);
  l->robot[0] = robot;
}

bool looks_has(const struct looks *l, uint32_t robot) {
  for (int k = 0; k < LOOKS_MAX; k++)
    if (robot > 0 && l->robot[k] == robot) return true;
  return false;
}

static float seconds(double s) { return (float)(s > 1e8 ? 1e8 : s < -1e8 ? -1e8 : s == s ? s : 0); }

// as much of a text as fits, not through the middle of a letter
static void cut(char *to, size_t capacity, const char *from) {
  size_t n = strlen(from);
  if (n >= capacity) {
    n = capacity - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80) n--;
  }
  memcpy(to, from, n);
  to[n] = 0;
}

static void tell_candidate(const struct explain_candidate *from, struct frame_candidate *to) {
  cut(to->robot, sizeof to->robot, from->robot);
  to->wins = from->wins;
  to->free_in = seconds(from->free_in);
  to->walk = seconds(from->walk);
  to->cost = seconds(from->cost);
  for (to->terms = 0; to->terms < from->terms; to->terms++) {
    cut(to->term[to->terms].name, sizeof to->term[0].name, from->term[to->terms].name);
    to->term[to->terms].cost = seconds(from->term[to->terms].cost);
  }
}

static void tell(void *context, const struct explanation *x) {
  struct decisions *d = context;
  if (x->kind != EXPLAIN_GIVEN && x->kind != EXPLAIN_CHARGE) return;
  struct frame_decision *to = &d->pending[(d->first + d->count) % PENDING];
  if (d->count == PENDING) d->first = (d->first + 1) % PENDING;
  else d->count++;
  memset(to, 0, sizeof *to);
  to->at = x->at;
  to->robot = x->robot;
  to->kind = x->kind == EXPLAIN_CHARGE ? DECISION_CHARGE : DECISION_GIVEN;
  cut(to->policy, sizeof to->policy, x->policy ? x->policy : "");
  cut(to->what, sizeof to->what, x->what);
  cut(to->why, sizeof to->why, x->why);
  to->age = seconds(x->age);
  to->work = seconds(x->work);
  to->due = isfinite(x->due) ? seconds(x->due) : (float)NAN;
  to->others = x->others;
  for (to->count = 0; to->count < x->count; to->count++) tell_candidate(&x->candidate[to->count], &to->candidate[to->count]);
}

static bool wants(void *context, uint32_t robot) {
  const struct decisions *d = context;
  return robot <= DECISIONS_FIRST || looks_has(d->looks, robot);
}

struct decisions *decisions_create(const struct looks *l) {
  struct decisions *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  d->looks = l;
  d->explain = (struct explain){.from = 0, .until = NS_NEVER, .wants = wants, .tell = tell, .context = d};
  return d;
}

void decisions_destroy(struct decisions *d) { free(d); }

const struct explain *decisions_explain(struct decisions *d, const struct explain *next) {
  d->explain.next = next;
  return &d->explain;
}

int decisions_take(struct decisions *d, struct bytes *out) {
  int n = d->count;
  for (int k = 0; k < n; k++) d->told[k] = d->pending[(d->first + k) % PENDING];
  d->first = d->count = 0;
  return n && frame_decisions_write(d->told, n, out) == STATUS_OK ? n : 0;
}
