#include "app/why.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_NS       (5 * NS_SECOND)   // either side of the time that is asked for
#define DECISIONS_MAX 400

struct change  { ns_t at; const char *state; uint32_t robot; };
struct history { uint32_t job; int count, room; struct change *change; char what[200]; bool told, closed; };

struct why {
  struct explain explain;
  ns_t at;
  struct explanation *decision; int decisions, decisions_room;
  bool more;                        // decisions than are kept
  // histories of jobs that are not over, found by the job's row; and of those that were decided on, over or not
  int     *of_job; uint32_t jobs_room;          // index + 1
  struct history *history; int histories, histories_room;
};

static void *grow(void *block, size_t size, int *room, int count) {
  if (count < *room) return block;
  *room = *room ? 2 * *room : 64;
  void *bigger = realloc(block, size * (size_t)*room);
  assert(bigger);
  return bigger;
}

static int history_slot(struct why *w) {
  for (int k = 0; k < w->histories; k++)
    if (w->history[k].closed && !w->history[k].told) return k;
  w->history = grow(w->history, sizeof *w->history, &w->histories_room, w->histories);
  w->history[w->histories] = (struct history){0};
  return w->histories++;
}

static int history_of(struct why *w, uint32_t job) {
  if (job >= w->jobs_room) {
    uint32_t room = job + job / 2 + 64;
    w->of_job = realloc(w->of_job, sizeof *w->of_job * room);
    assert(w->of_job);
    memset(w->of_job + w->jobs_room, 0, sizeof *w->of_job * (room - w->jobs_room));
    w->jobs_room = room;
  }
  if (w->of_job[job]) return w->of_job[job] - 1;
  int k = history_slot(w);
  struct change *kept = w->history[k].change;
  int room = w->history[k].room;
  w->history[k] = (struct history){.job = job, .change = kept, .room = room};
  w->of_job[job] = k + 1;
  return k;
}

static void on_change(struct why *w, const struct explanation *e) {
  int k = history_of(w, e->job);
  struct history *h = &w->history[k];
  h->change = grow(h->change, sizeof *h->change, &h->room, h->count);
  h->change[h->count++] = (struct change){e->at, e->state, e->robot};
  if (e->what[0] && !h->what[0]) snprintf(h->what, sizeof h->what, "%s", e->what);
  if (strcmp(e->state, "over") != 0) return;
  h->closed = true;
  w->of_job[e->job] = 0;
}

static void tell(void *context, const struct explanation *e) {
  struct why *w = context;
  if (e->kind == EXPLAIN_JOB) {
    on_change(w, e);
    return;
  }
  if (w->decisions == DECISIONS_MAX) {
    w->more = true;
    return;
  }
  w->decision = grow(w->decision, sizeof *w->decision, &w->decisions_room, w->decisions);
  w->decision[w->decisions++] = *e;
  if (e->kind != EXPLAIN_CHARGE) w->history[history_of(w, e->job)].told = true;
}

struct why *why_create(ns_t at) {
  struct why *w = calloc(1, sizeof *w);
  if (!w) return NULL;
  w->at = at;
  w->explain = (struct explain){.from = at > NEAR_NS ? at - NEAR_NS : 0, .until = at + NEAR_NS, .tell = tell, .context = w};
  return w;
}

void why_destroy(struct why *w) {
  if (!w) return;
  for (int k = 0; k < w->histories; k++) free(w->history[k].change);
  free(w->history);
  free(w->of_job);
  free(w->decision);
  free(w);
}

const struct explain *why_explain(struct why *w) { return &w->explain; }

// ---- printing -------------------------------------------------------------------------------------------

static void print_candidate(const struct explain_candidate *c, FILE *out) {
  fprintf(out, "    %-16s %8.1f", c->robot, c->cost);
  const char *sign = " =";
  for (int k = 0; k < c->terms; k++) {
    if (c->term[k].cost < 0.05 && c->term[k].cost > -0.05) continue;
    fprintf(out, "%s %s %.1f", sign, c->term[k].name, c->term[k].cost);
    sign = " +";
  }
  if (c->terms == 0) fprintf(out, " = walk %.1f", c->walk);
  if (c->terms == 0 && c->free_in > 0) fprintf(out, " + free in %.1f", c->free_in);
  fprintf(out, "%s\n", c->wins ? "   takes it" : "");
}

static void print_decision(const struct explanation *e, FILE *out) {
  fprintf(out, "  %.3f s  ", ns_to_seconds(e->at));
  if (e->kind == EXPLAIN_CHARGE) {
    fprintf(out, "%s: %s\n", e->what, e->why);
    return;
  }
  fprintf(out, "job %u, %s: waits for %.1f s, work %.1f s", e->job, e->what, e->age, e->work);
  if (isfinite(e->due)) fprintf(out, e->due < 0 ? ", late by %.0f s" : ", due in %.0f s", fabs(e->due));
  if (e->kind == EXPLAIN_WAITS) fprintf(out, "; waits on: %s", e->why);
  fputc('\n', out);
  for (int k = 0; k < e->count && (e->kind == EXPLAIN_GIVEN || k < 2); k++) print_candidate(&e->candidate[k], out);
  if (e->kind == EXPLAIN_GIVEN && e->others > 0) fprintf(out, "    and %d more\n", e->others);
}

static void print_history(const struct history *h, FILE *out) {
  fprintf(out, "  job %u, %s:", h->job, h->what);
  for (int k = 0; k < h->count; k++) {
    const struct change *c = &h->change[k];
    fprintf(out, "%s %.3f s %s", k ? "," : "", ns_to_seconds(c->at), c->state);
    if (c->robot) fprintf(out, " to R%u", c->robot);
  }
  fputc('\n', out);
}

void why_print(const struct why *w, FILE *out) {
  fprintf(out, "Decisions from %.3f s to %.3f s%s%s\n", ns_to_seconds(w->explain.from), ns_to_seconds(w->explain.until),
          w->decisions > 0 ? ", costs in s, by " : ": none", w->decisions > 0 ? w->decision[0].policy : "");
  for (int k = 0; k < w->decisions; k++) print_decision(&w->decision[k], out);
  if (w->more) fprintf(out, "  and more: only the first %d are told\n", DECISIONS_MAX);
  bool any = false;
  for (int k = 0; k < w->histories; k++) any = any || w->history[k].told;
  if (any) fprintf(out, "Those jobs from their beginning\n");
  for (int k = 0; k < w->histories; k++)
    if (w->history[k].told) print_history(&w->history[k], out);
  fputc('\n', out);
}
